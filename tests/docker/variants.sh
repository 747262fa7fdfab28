#!/usr/bin/env bash
# compose.yaml as Compose reads it: alone, with dashboards and tools, and over servers of one's own. Needs no engine.
set -euo pipefail
cd "$(dirname "$0")/../.."
services() { docker compose "$@" config --services | sort | tr '\n' ' '; }
expect() { # WHAT WANTED GOT
    [ "$2" = "$3" ] || { printf '%s: expected %s\n     got %s\n' "$1" "$2" "$3" >&2; exit 1; }
}
ALONE="alerts api cleaner fetcher kafka logins migrate postgres processor relay sample-wire stories "
expect "compose.yaml" "$ALONE" "$(services -f compose.yaml)"
expect "with dashboards" "alerts api cleaner fetcher grafana kafka logins migrate postgres processor prometheus relay sample-wire stories " \
    "$(services --profile dashboards -f compose.yaml)"
expect "own servers" "alerts api cleaner fetcher logins migrate processor relay sample-wire stories " \
    "$(KAFKA_BOOTSTRAP_SERVERS=broker.example:9092 services -f compose.yaml -f deploy/docker/own-servers.yaml)"
own=$(KAFKA_BOOTSTRAP_SERVERS=broker.example:9092 docker compose -f compose.yaml -f deploy/docker/own-servers.yaml config | sed "/^x-/,\$d")
expect "own servers, mentions of the others" 0 "$(grep -cE '^ +(kafka|postgres):$|kafka:9094' <<<"$own" || true)"
