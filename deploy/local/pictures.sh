#!/usr/bin/env bash
# `make pictures`: starts a throwaway PostgreSQL, takes the pictures, stops it. Arguments: the executable, the folder of the pictures.
set -euo pipefail
cd "$(dirname "$0")/../.."
LOCAL=deploy/local
CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
    echo "the pictures need a browser: install chromium" >&2
    exit 1
}
SERVERS=$(mktemp -d /tmp/wiredesk-pictures.XXXXXX)
chmod 755 "$SERVERS"
finish() {
    code=$?
    trap - EXIT
    $LOCAL/postgres.sh stop "$SERVERS/postgres" >/dev/null 2>&1 || true
    rm -rf "$SERVERS"
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM
PORT=$(python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])')
$LOCAL/postgres.sh start "$SERVERS/postgres" "$PORT" throwaway
export WIREDESK_TEST_DATABASE_URL="postgres://wiredesk@127.0.0.1:$PORT/postgres"
WIREDESK_BIN=$(realpath "$1")
export WIREDESK_BIN CHROMIUM
(cd tests/page && npm ci --silent --no-audit --no-fund)
node tests/page/pictures.mjs "$2" docs
echo "the pictures are in $2, those of the README in docs/"
