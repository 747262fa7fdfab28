#!/usr/bin/env bash
# `make run`: the whole pipeline in one process on private servers under .wiredesk/, until Ctrl-C.
# DATABASE_URL and KAFKA_BOOTSTRAP_SERVERS name servers of your own; KAFKA=1 starts a private Apache Kafka.
set -euo pipefail
cd "$(dirname "$0")/../.."
BIN=${1:?usage: run.sh BINARY}
HOME_DIR=${WIREDESK_HOME:-.wiredesk}
mkdir -p "$HOME_DIR"
HOME_DIR=$(cd "$HOME_DIR" && pwd)
LOCAL=deploy/local

# A port that is kept from run to run, and moved only when somebody else has it.
port() {
    local file="$HOME_DIR/$1.port" wanted=$2
    [ -f "$file" ] && wanted=$(cat "$file")
    while (exec 3<>"/dev/tcp/127.0.0.1/$wanted") 2>/dev/null; do wanted=$((wanted + 10)); done
    echo "$wanted" | tee "$file"
}

started_postgres="" started_kafka=""
finish() {
    trap - EXIT INT TERM
    [ -n "$started_kafka" ] && $LOCAL/kafka.sh stop "$HOME_DIR/kafka"
    [ -n "$started_postgres" ] && $LOCAL/postgres.sh stop "$HOME_DIR/postgres"
    exit "${1:-0}"
}
trap 'finish $?' EXIT

if [ -z "${DATABASE_URL:-}" ]; then
    # A cluster that an earlier, killed run left behind is taken over rather than doubled.
    $LOCAL/postgres.sh stop "$HOME_DIR/postgres"
    PORT=$(port postgres 5433)
    echo "starting a private PostgreSQL on port $PORT (data in $HOME_DIR/postgres) …"
    $LOCAL/postgres.sh start "$HOME_DIR/postgres" "$PORT"
    started_postgres=1
    export DATABASE_URL="postgres://wiredesk@127.0.0.1:$PORT/wiredesk"
fi
if [ "${KAFKA:-0}" = 1 ] && [ -z "${KAFKA_BOOTSTRAP_SERVERS:-}" ]; then
    $LOCAL/kafka.sh stop "$HOME_DIR/kafka"
    PORT=$(port kafka 9092)
    echo "starting a private Apache Kafka on port $PORT (data in $HOME_DIR/kafka) …"
    KAFKA_CACHE=${KAFKA_CACHE:-$PWD/.cache/kafka} $LOCAL/kafka.sh start "$HOME_DIR/kafka" "$PORT"
    started_kafka=1
    export KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:$PORT"
fi

export WIREDESK_HOME="$HOME_DIR"
# Ctrl-C reaches the child by itself (same terminal); this shell only waits until it has drained.
trap 'kill -TERM "$child" 2>/dev/null || true' TERM
trap ':' INT
"$BIN" run --config "${WIREDESK_CONFIG:-config/default.toml}" &
child=$!
code=0
while kill -0 "$child" 2>/dev/null; do wait "$child" && code=0 || code=$?; done
finish "$code"
