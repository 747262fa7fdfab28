#!/usr/bin/env bash
# `make test`: starts a throwaway PostgreSQL and a real Apache Kafka, runs every test, stops what it started.
# Arguments go to `cargo test` (for example: deploy/local/test.sh -p wiredesk-bus).
set -euo pipefail
cd "$(dirname "$0")/../.."
LOCAL=deploy/local
CACHE=$PWD/.cache
mkdir -p "$CACHE"
# The cluster's owner is another account when this is root, and must reach its folder: not below a private home.
SERVERS=$(mktemp -d /tmp/wiredesk-test.XXXXXX)
chmod 755 "$SERVERS"

finish() {
    code=$?
    trap - EXIT
    if [ -n "${BESIDE_PID:-}" ]; then kill "$BESIDE_PID" 2>/dev/null || true; wait "$BESIDE_PID" 2>/dev/null || true; fi
    $LOCAL/kafka.sh stop "$SERVERS/kafka" >/dev/null 2>&1 || true
    $LOCAL/postgres.sh stop "$SERVERS/postgres" >/dev/null 2>&1 || true
    if [ "$code" = 0 ] || [ -z "${KEEP_SERVERS:-}" ]; then rm -rf "$SERVERS"; fi
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

missing() { # a part that cannot be had: a visible SKIP, and in CI a failure
    echo "SKIP: $1"
    [ "${CI:-}" = true ] && { echo "in CI every part must be there" >&2; exit 1; }
    return 0
}
free_port() { python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])' 2>/dev/null || echo $((20000 + RANDOM % 20000)); }

if PORT=$(free_port) && $LOCAL/postgres.sh start "$SERVERS/postgres" "$PORT" throwaway; then
    export WIREDESK_TEST_DATABASE_URL="postgres://wiredesk@127.0.0.1:$PORT/postgres"
else
    missing "no PostgreSQL could be started: the tests of the store and of the whole pipeline do not run"
fi
# A record with a time of long ago is past its topic's retention as soon as it is written. Kafka looks every five minutes,
# which loses it to one run in thirty; here it looks each second, so that it is lost to all.
export KAFKA_PROPERTIES="log.retention.check.interval.ms=1000
log.initial.task.delay.ms=1000"
if PORT=$(free_port) && KAFKA_CACHE=$CACHE/kafka $LOCAL/kafka.sh start "$SERVERS/kafka" "$PORT"; then
    export WIREDESK_TEST_KAFKA="127.0.0.1:$PORT"
else
    missing "no Apache Kafka could be started: the tests on Kafka do not run"
fi

# The executable comes with the tests: built apart, under other features, it would compile the heavy crates twice. The
# examples measure and are not tests: clippy sees that they compile.
TESTS="--release --locked --workspace --lib --bins --tests"
# shellcheck disable=SC2086
cargo test $TESTS --no-run
export WIREDESK_BIN="$PWD/target/release/wiredesk"
if [ $# -gt 0 ]; then
    # shellcheck disable=SC2086
    cargo test $TESTS --no-fail-fast "$@"
    if [ -n "${WIREDESK_API_FUZZ:-}" ]; then tests/api_fuzz/run.sh "$WIREDESK_API_FUZZ"; fi
    exit 0
fi

# Most tests of the pipeline wait for wires, leases and brokers, and leave the processors to others. So what shares nothing with them
# runs beside them, each part saying how it ended; its output comes at the end.
BESIDE=$SERVERS/beside
mkdir "$BESIDE"
part() { # NAME COMMAND…
    local name=$1 began=$SECONDS code=0
    shift
    "$@" >"$BESIDE/$name.log" 2>&1 || code=$?
    echo "$code" >"$BESIDE/$name.code"
    echo "beside: $name ended with $code after $((SECONDS - began)) s"
}
beside() {
    # Roles, TLS and ACLs, on servers of their own.
    part security cargo test --release --locked --workspace --no-fail-fast --test security
    # What watches a desk: Prometheus' configuration, alarms and the questions of the dashboards.
    part prometheus tests/prometheus/run.sh
    # The migrations, as a database that is in use would take them.
    part migrations tests/migrations/run.sh
    # The chart for Kubernetes.
    part helm tests/helm/run.sh
    # The archive of a release.
    part dist tests/dist/run.sh
    # The image and compose.yaml, on a Docker engine.
    part docker tests/docker/run.sh
}
beside &
BESIDE_PID=$!

OTHERS=$(cargo metadata --no-deps --format-version 1 | python3 -c '
import json, sys
targets = (t for p in json.load(sys.stdin)["packages"] for t in p["targets"])
print(*(f"--test {name}" for name in sorted({t["name"] for t in targets if "test" in t["kind"]} - {"security"})))')
# shellcheck disable=SC2086
cargo test --release --locked --workspace --lib --bins $OTHERS --no-fail-fast
# The API, asked what nobody would ask; WIREDESK_API_FUZZ says how many requests at least.
tests/api_fuzz/run.sh "${WIREDESK_API_FUZZ:-400}"

# The page, in a real browser.
CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "${WIREDESK_TEST_DATABASE_URL:-}" ]; then
    missing "the page is not tested: it needs PostgreSQL"
elif [ -z "$CHROMIUM" ] || ! command -v npm >/dev/null; then
    missing "the page is not tested: chromium or npm is missing"
elif ! (cd tests/page && npm ci --silent --no-audit --no-fund); then
    missing "the page is not tested: npm could not install playwright-core"
else
    CHROMIUM=$CHROMIUM node --test tests/page/*.test.mjs
fi

wait "$BESIDE_PID"
failed=""
for name in security prometheus migrations helm dist docker; do
    echo "--- $name"
    if [ "$(cat "$BESIDE/$name.code")" = 0 ]; then
        # A SKIP is to be seen, and how many tests there were.
        grep -E 'SKIP|^test result' "$BESIDE/$name.log" || tail -n 1 "$BESIDE/$name.log"
    else
        cat "$BESIDE/$name.log"
        failed="$failed $name"
    fi
done
[ -z "$failed" ] || { echo "failed:$failed" >&2; exit 1; }

# What `make run` starts, as docs/quick-start.md has it.
tests/quick_start/run.sh
