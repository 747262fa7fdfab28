#!/usr/bin/env bash
# Asks a running desk what nobody would: schemathesis on the OpenAPI document, then requests that no client library sends. No
# answer may be a server error, differ from the document, or show anything of the inside.
#
#   tests/api_fuzz/run.sh [REQUESTS]      at least so many by schemathesis (400)
#
# Needs WIREDESK_TEST_DATABASE_URL and WIREDESK_BIN, as `make test` sets them. Without Python or the package index it says SKIP.
set -euo pipefail
cd "$(dirname "$0")/../.."
REQUESTS=${1:-400}
VERSION=4.32.5
CACHE=$PWD/.cache/schemathesis-$VERSION

skip() {
    echo "SKIP: the API is not fuzzed: $1"
    [ "${CI:-}" = true ] && { echo "in CI every part must be there" >&2; exit 1; }
    exit 0
}
[ -n "${WIREDESK_TEST_DATABASE_URL:-}" ] || skip "it needs PostgreSQL (WIREDESK_TEST_DATABASE_URL)"
command -v psql >/dev/null || skip "psql is missing"
command -v python3 >/dev/null || skip "python3 is missing"
if [ ! -x "$CACHE/bin/schemathesis" ]; then
    mkdir -p .cache
    python3 -m venv "$CACHE" >/dev/null 2>&1 || { rm -rf "$CACHE"; skip "python3 cannot make a virtual environment"; }
    "$CACHE/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$VERSION" >/dev/null 2>&1 ||
        { rm -rf "$CACHE"; skip "schemathesis $VERSION could not be installed"; }
fi

NAME=wiredesk_fuzz_$$_$RANDOM
WORK=$(mktemp -d)
psql "$WIREDESK_TEST_DATABASE_URL" -qAtX -c "CREATE DATABASE $NAME"
export DATABASE_URL="${WIREDESK_TEST_DATABASE_URL%/*}/$NAME" KAFKA_BOOTSTRAP_SERVERS="" WIREDESK_HOME=$WORK
DESK=
finish() {
    code=$?
    trap - EXIT
    if [ -n "$DESK" ]; then kill "$DESK" 2>/dev/null || true; wait "$DESK" 2>/dev/null || true; fi
    psql "$WIREDESK_TEST_DATABASE_URL" -qAtX -c "DROP DATABASE $NAME WITH (FORCE)" || true
    [ "$code" = 0 ] || tail -n 30 "$WORK/desk.log" 2>/dev/null || true
    rm -rf "$WORK"
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

free_port() { python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'; }
PORT=$(free_port)
cat >"$WORK/desk.toml" <<TOML
[api]
listen = "127.0.0.1:$PORT"
access = "token"
anonymous_per_minute = 1000000
[admin]
listen = "127.0.0.1:0"
[sample_wire]
enabled = true
listen = "127.0.0.1:0"
speed = 10.0
[fetcher.push]
listen = "127.0.0.1:0"
TOML
"$WIREDESK_BIN" run --config "$WORK/desk.toml" >"$WORK/desk.log" 2>&1 &
DESK=$!
# The tables are there as soon as the desk is asked for anything but its description.
TOKEN=
for _ in $(seq 600); do
    kill -0 "$DESK" 2>/dev/null || { echo "the desk has ended" >&2; exit 1; }
    if [ -z "$TOKEN" ]; then
        TOKEN=$("$WIREDESK_BIN" token create --name fuzz --scope read,admin --rate 1000000 --config "$WORK/desk.toml" 2>/dev/null || true)
    fi
    if [ -n "$TOKEN" ] && curl -fsS -H "Authorization: Bearer $TOKEN" "http://127.0.0.1:$PORT/v1/items" 2>/dev/null | grep -q '"item_id"'; then
        break
    fi
    sleep 0.2
done
URL=http://127.0.0.1:$PORT/v1/openapi.json
export SCHEMATHESIS_HOOKS=$PWD/tests/api_fuzz/checks.py API_FUZZ_COUNT=$WORK/count
touch "$API_FUZZ_COUNT"

# The live stream never ends: it has its turn below. A cursor is any text to the document, and only some are given out.
round=0
while [ "$(wc -l <"$API_FUZZ_COUNT")" -lt "$REQUESTS" ]; do
    round=$((round + 1))
    (cd "$WORK" && "$CACHE/bin/schemathesis" --config-file "$OLDPWD/tests/api_fuzz/schemathesis.toml" run "$URL" \
        --header "Authorization: Bearer $TOKEN" --exclude-path /v1/stream --generation-database none --no-color \
        --seed "${API_FUZZ_SEED:-$round}" --max-examples "$(((REQUESTS + 13) / 14))" --continue-on-failure) >"$WORK/report" 2>&1 ||
        { cat "$WORK/report"; exit 1; }
    [ "$round" -lt 50 ] || { cat "$WORK/report"; echo "schemathesis sends no more requests" >&2; exit 1; }
done
echo "schemathesis $VERSION: $(wc -l <"$API_FUZZ_COUNT") requests in $round rounds, $(sort "$API_FUZZ_COUNT" | uniq -c | awk '{printf "%s%s: %s", s, $2, $1; s=", "}')"
python3 tests/api_fuzz/strange.py 127.0.0.1 "$PORT" "$TOKEN"
if grep -qE "panicked|PANIC" "$WORK/desk.log"; then
    grep -E "panicked|PANIC" "$WORK/desk.log" | head
    echo "the desk panicked" >&2
    exit 1
fi
if grep -qF "${TOKEN#wd_????????}" "$WORK/desk.log"; then
    echo "the token is in the log" >&2
    exit 1
fi
