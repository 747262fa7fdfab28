#!/usr/bin/env bash
# `make bench`: the whole pipeline's speed on a durable PostgreSQL and a real Apache Kafka, with the audit's verdict.
# Arguments go to the benchmark, for example: deploy/local/bench.sh --bus postgres --items 20000
set -euo pipefail
cd "$(dirname "$0")/../.."
LOCAL=deploy/local
SERVERS=$(mktemp -d /var/tmp/wiredesk-bench.XXXXXX)
chmod 755 "$SERVERS"
finish() {
    code=$?
    trap - EXIT
    $LOCAL/kafka.sh stop "$SERVERS/kafka" >/dev/null 2>&1 || true
    $LOCAL/postgres.sh stop "$SERVERS/postgres" >/dev/null 2>&1 || true
    rm -rf "$SERVERS"
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM
cargo build --release --locked -p wiredesk -p wiredesk-benches
export WIREDESK_BIN="$PWD/target/release/wiredesk"
# fsync stays on: what is measured is what an operator gets.
$LOCAL/postgres.sh start "$SERVERS/postgres" 25532
export WIREDESK_TEST_DATABASE_URL="postgres://wiredesk@127.0.0.1:25532/postgres"
mkdir -p .cache
KAFKA_CACHE=$PWD/.cache/kafka $LOCAL/kafka.sh start "$SERVERS/kafka" 25592
export WIREDESK_TEST_KAFKA="127.0.0.1:25592"
target/release/wiredesk-benches "$@"
