#!/usr/bin/env bash
# The image and compose.yaml on a real engine: everything is brought up, looked at from outside, and each service killed in turn.
#
#   tests/docker/run.sh [EXECUTABLE]      target/release/wiredesk, built for this machine
#
# Says SKIP where there is no engine and none can be started (root and dockerd, Debian's docker.io, are enough). The images of
# Postgres and Kafka are made of Debian and of Maven's jars by deploy/docker/base.sh; where that cannot be, or with
# WIREDESK_TEST_BASES=official, the official ones are pulled.
set -euo pipefail
cd "$(dirname "$0")/../.."
EXECUTABLE=${1:-${WIREDESK_BIN:-target/release/wiredesk}}
CACHE=$PWD/.cache/docker
mkdir -p "$CACHE"
source tests/docker/engine.sh

say() { echo "[$SECONDS s] $*"; }
die() { echo "tests/docker: $*" >&2; exit 1; }
# Engines may be absent, in CI too.
skip() { echo "SKIP: the image and compose.yaml are not tried: $1"; exit 0; }
skip_compose() { echo "SKIP: compose.yaml is not tried: $1"; exit 0; }

# Lints first: they need no engine.
tests/docker/lint.sh
command -v docker >/dev/null || skip "the command docker is missing"
engine_client || skip "this docker cannot build: the plugin buildx is missing"
[ -x "$EXECUTABLE" ] || die "$EXECUTABLE is missing: run make build"
WORK=$(mktemp -d)
finish() {
    code=$?
    trap - EXIT
    if [ -n "${PROJECT:-}" ]; then
        [ "$code" = 0 ] || { docker compose ps --all; docker compose logs --tail 15; } || true
        docker compose down --volumes --timeout 3 >/dev/null 2>&1 || true
    fi
    engine_stop
    rm -rf "$WORK"
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM
engine_start || skip "no engine answers and none can be started here"

OWN=""
own() { # NAME…: bases made here
    [ "${WIREDESK_TEST_BASES:-}" != official ] && deploy/docker/base.sh "$@"
}
say "the image"
export WIREDESK_IMAGE=wiredesk:test
if own runtime; then
    OWN=1
    export RUNTIME_IMAGE=wiredesk-base/runtime:bookworm
else
    docker pull --quiet debian:bookworm-slim || skip "no base image can be made or pulled here"
fi
# The stage that builds is named and skipped.
BUILD_IMAGE=${RUNTIME_IMAGE:-debian:bookworm-slim} BUILD_FLAGS=--quiet deploy/docker/image.sh "$EXECUTABLE"
inspect() { docker image inspect -f "$1" "$WIREDESK_IMAGE"; }
[ "$(inspect '{{.Size}}')" -lt 120000000 ] || die "the image has $(inspect '{{.Size}}') bytes; the limit is 120 MB"
[ "$(inspect '{{.Config.User}}')" = 10001:10001 ] || die "the image runs as $(inspect '{{.Config.User}}')"
[ -n "$(inspect '{{index .Config.Labels "org.opencontainers.image.revision"}}')" ] || die "the image has no revision"
docker run --rm --read-only --network none "$WIREDESK_IMAGE" version
if docker run --rm --entrypoint /bin/sh "$WIREDESK_IMAGE" -c true 2>/dev/null; then die "the image holds a shell"; fi
# Nobody is there to be asked, and that is said.
if said=$(docker run --rm --network none "$WIREDESK_IMAGE" health 2>&1); then die "health is content with nobody"; fi
[[ $said == *"nobody answers at 0.0.0.0:8081"* ]] || die "health says: $said"

for tool in kcat psql curl python3; do command -v $tool >/dev/null || skip_compose "$tool is missing"; done
engine_compose || skip_compose "docker compose is missing"
tests/docker/variants.sh
if [ -n "$OWN" ]; then
    own postgres kafka || skip_compose "the images of Postgres and Kafka cannot be made here"
    export KAFKA_IMAGE=wiredesk-base/kafka:bookworm POSTGRES_IMAGE=wiredesk-base/postgres:bookworm
fi

say "compose up"
free_port() { python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'; }
PROJECT=wiredesk-test-$$
export COMPOSE_PROJECT_NAME=$PROJECT WIREDESK_CONFIG=$PWD/tests/docker/desk.toml WIREDESK_SECRETS=$WORK/secrets
WIREDESK_PORT=$(free_port) WIREDESK_KAFKA_PORT=$(free_port) WIREDESK_POSTGRES_PORT=$(free_port)
export WIREDESK_PORT WIREDESK_KAFKA_PORT WIREDESK_POSTGRES_PORT
deploy/docker/up.sh >"$WORK/up.log" 2>&1 || { tail -n 30 "$WORK/up.log"; die "not everything came up"; }
grep -A 20 "is up" "$WORK/up.log"

SERVICES="postgres kafka sample-wire fetcher cleaner processor relay stories api alerts"
wait_for() { # WHAT SECONDS COMMAND…
    local what=$1 until=$((SECONDS + $2))
    shift 2
    until "$@" >"$WORK/last" 2>&1; do
        [ "$SECONDS" -lt "$until" ] || { tail -n 5 "$WORK/last"; die "in vain waited for: $what"; }
        sleep 0.5
    done
}
# A container that comes back is the same one.
declare -A ID
for service in $SERVICES; do ID[$service]=$(docker compose ps --all --quiet "$service"); done
state() { docker inspect -f "$1" "${ID[$2]}"; }
is_healthy() { [ "$(state '{{.State.Status}} {{.State.Health.Status}}' "$1")" = "running healthy" ]; }

say "rights"
for service in $SERVICES; do
    is_healthy "$service" || die "$service is not healthy"
    rights=$(state '{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.HostConfig.RestartPolicy.Name}}' "$service")
    [ "$rights" = "true [ALL] [no-new-privileges:true] unless-stopped" ] || die "$service: $rights"
    # As the kernel sees it, where it is this machine's.
    status=/proc/$(state '{{.State.Pid}}' "$service")/status
    if [ -n "$ENGINE_PID" ] || [ -r "$status" ]; then
        seen=$(awk '$1 ~ /^(Cap(Prm|Eff|Bnd|Amb)|NoNewPrivs):/ {printf "%s ", $2} $1 == "Uid:" {printf "%s ", ($2 != 0)}' "$status")
        [ "$seen" = "1 0000000000000000 0000000000000000 0000000000000000 0000000000000000 1 " ] ||
            die "$service runs with (not root, capabilities, no new privileges) $seen"
    fi
    open=$(state '{{range .NetworkSettings.Ports}}{{range .}}{{println .HostIp}}{{end}}{{end}}' "$service" | grep -v -e '^127\.0\.0\.1$' -e '^$' || true)
    [ -z "$open" ] || die "$service is published on $open"
done

say "live rows"
PAGE=http://127.0.0.1:$WIREDESK_PORT
has() { [[ $(curl -fsS "$PAGE$1") == *"$2"* ]]; }
wait_for "items on $PAGE/v1/items" 60 has /v1/items '"item_id"'
has / "<html" || die "there is no page"
[ "$(curl -s -o /dev/null -w '%{http_code}' -H 'Host: rebound.example' "$PAGE/v1/items")" != 200 ] || die "the API answers to foreign names"
kcat -q -b "127.0.0.1:$WIREDESK_KAFKA_PORT" -C -t wiredesk.items.v1 -o beginning -c 3 -X isolation.level=read_committed >"$WORK/records"
[ "$(grep -c '"item_id"' "$WORK/records")" = 3 ] || die "Kafka's items cannot be read from outside"
dashboard() {
    PGPASSWORD=$(cat "$WIREDESK_SECRETS/dashboard_password") psql -qXAt -v ON_ERROR_STOP=1 \
        "postgres://wiredesk_dashboard@127.0.0.1:$WIREDESK_POSTGRES_PORT/wiredesk" -c "$1" 2>&1
}
[ "$(dashboard 'SELECT sum(items) > 0 FROM v_items_hourly')" = t ] || die "the dashboards' role sees no items"
if dashboard 'SELECT * FROM item'; then die "the dashboards' role reads a table"; fi
# Each service is itself and nobody is the owner.
as_owner() { docker compose exec -T postgres psql -U wiredesk -d wiredesk -qXAt -c "$1"; }
users=$(as_owner "SELECT string_agg(DISTINCT usename::text, ' ') FROM pg_stat_activity WHERE client_addr IS NOT NULL AND usename NOT LIKE 'wiredesk_login_%'")
[ -z "$users" ] || die "$users is logged in beside the services' own logins"
for service in fetcher relay stories api; do
    [ "$(as_owner "SELECT count(*) > 0 FROM pg_stat_activity WHERE usename = 'wiredesk_login_$service'")" = t ] || die "$service uses another login"
done
# Neither a server nor a stage speaks to the world.
[ "$(docker network inspect -f '{{.Internal}}' "${PROJECT}_inside")" = true ] || die "the network inside has a way out"

# A crash, not `docker compose kill`: what an operator stops by the engine's command stays stopped on purpose.
kill_it() {
    local pid
    pid=$(state '{{.State.Pid}}' "$1")
    [ "$pid" -gt 1 ] || die "$1 does not run"
    kill -KILL "$pid"
}
came_back() { [ "$(state '{{.RestartCount}}' "$1")" -gt "$2" ] && is_healthy "$1"; }
everybody() { for one in $SERVICES; do is_healthy "$one" || return 1; done; }
if [ -z "$ENGINE_PID" ] && [ "$(id -u)" != 0 ]; then
    say "SKIP: nothing is killed: only root may kill what the containers run"
else
    published=$(as_owner "SELECT count(*) FROM item_version")
    for service in $SERVICES; do
        before=$(state '{{.RestartCount}}' "$service")
        kill_it "$service"
        wait_for "$service to come back" 60 came_back "$service" "$before"
        say "$service was killed and came back"
    done
    wait_for "all to be healthy" 60 everybody
    news_go_on() { [ "$(as_owner "SELECT count(*) > $published FROM item_version")" = t ]; }
    wait_for "news after the kills" 60 news_go_on
fi

say "audit"
operator() { docker compose run --rm -T operator "$@"; }
docker compose stop --timeout 10 fetcher >/dev/null 2>&1
# What was fetched goes through first; the verdict is on the whole then.
wait_for "the audit to say equal" 60 operator audit
cat "$WORK/last"
grep -q "equal" "$WORK/last" || die "the audit does not say equal"
say "everything holds"
