#!/usr/bin/env bash
# What `make run` starts once everything is built, as docs/quick-start.md tells a newcomer: a private PostgreSQL and every stage, the
# sample wire comes in, it stops in order with all that it started, and goes on where it was.
#
# Needs WIREDESK_BIN, as `make test` sets it.
set -euo pipefail
cd "$(dirname "$0")/../.."

skip() {
    echo "SKIP: make run is not tried: $1"
    [ "${CI:-}" = true ] && { echo "in CI every part must be there" >&2; exit 1; }
    exit 0
}
[ -x "${WIREDESK_BIN:-}" ] || skip "WIREDESK_BIN names no executable"
for tool in curl jq python3; do command -v $tool >/dev/null || skip "$tool is missing"; done
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || skip "no PostgreSQL server is installed"

# PostgreSQL's account must reach it: not below a private home.
WORK=$(mktemp -d /tmp/wiredesk-quick.XXXXXX)
chmod 755 "$WORK"
DESK=
finish() {
    code=$?
    trap - EXIT
    if [ -n "$DESK" ]; then kill "$DESK" 2>/dev/null || true; wait "$DESK" 2>/dev/null || true; fi
    deploy/local/postgres.sh stop "$WORK/home/postgres" >/dev/null 2>&1 || true
    [ "$code" = 0 ] || tail -n 30 "$WORK"/*.log || true
    rm -rf "$WORK"
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

read -r API ADMIN SAMPLE PUSH POSTGRES <<<"$(python3 -c '
import socket
sockets = [socket.socket() for _ in range(5)]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))')"
# Without the live wires: a test asks nobody on the internet.
cat >"$WORK/desk.toml" <<TOML
[api]
listen = "127.0.0.1:$API"
[admin]
listen = "127.0.0.1:$ADMIN"
[sample_wire]
listen = "127.0.0.1:$SAMPLE"
speed = 10.0
[fetcher.push]
listen = "127.0.0.1:$PUSH"
TOML
mkdir -p "$WORK/home"
echo "$POSTGRES" >"$WORK/home/postgres.port"
unset DATABASE_URL KAFKA_BOOTSTRAP_SERVERS
export WIREDESK_HOME=$WORK/home WIREDESK_CONFIG=$WORK/desk.toml KAFKA=0

items() { curl -fsS "http://127.0.0.1:$API/v1/items?limit=200" 2>/dev/null | jq '.items | length'; }
started() { # LOG ITEMS: runs until it says so and has more items than that
    deploy/local/run.sh "$WIREDESK_BIN" >"$WORK/$1.log" 2>&1 &
    DESK=$!
    for _ in $(seq 900); do
        kill -0 "$DESK" 2>/dev/null || { echo "it has ended" >&2; exit 1; }
        if grep -q "is ready" "$WORK/$1.log" && [ "$(items || echo 0)" -gt "$2" ]; then return; fi
        sleep 0.2
    done
    echo "it is not ready, or no more than $2 items have come" >&2
    exit 1
}
stopped() {
    kill -TERM "$DESK"
    wait "$DESK" || { echo "it does not stop in order" >&2; exit 1; }
    DESK=
    if (exec 3<>"/dev/tcp/127.0.0.1/$POSTGRES") 2>/dev/null; then echo "PostgreSQL was left running" >&2; exit 1; fi
}

started first 0
for said in "page      http://127.0.0.1:$API/" "look in   psql 'postgres://wiredesk@127.0.0.1:$POSTGRES/wiredesk'" "sample    http://127.0.0.1:$SAMPLE"; do
    grep -qF "$said" "$WORK/first.log" || { echo "it does not say: $said" >&2; exit 1; }
done
curl -fsS "http://127.0.0.1:$ADMIN/readyz" >/dev/null
before=$(items)
stopped
started second $((before - 1))
stopped
echo "make run: ready twice, $before items the first time, stopped in order"
