#!/usr/bin/env bash
# `make up`: secrets, the image where there is none yet, everything started and healthy, and where to look.
set -euo pipefail
cd "$(dirname "$0")/../.."
docker version >/dev/null 2>&1 || { echo "no Docker engine answers: install Docker and start it, or set DOCKER_HOST" >&2; exit 1; }
docker compose version >/dev/null 2>&1 || { echo "docker compose is missing: install the Compose plugin, version 2.24 or later" >&2; exit 1; }
deploy/docker/secrets.sh "${WIREDESK_SECRETS:-deploy/docker/secrets}"
docker image inspect "${WIREDESK_IMAGE:-wiredesk:latest}" >/dev/null 2>&1 || deploy/docker/image.sh
docker compose up --detach --wait --wait-timeout "${WIREDESK_WAIT:-600}" || {
    echo "not everything is healthy; \`docker compose ps --all\` shows what is not, \`docker compose logs SERVICE\` why" >&2
    exit 1
}
cat <<TEXT

  wiredesk is up

  page       http://127.0.0.1:${WIREDESK_PORT:-8080}/
  API        http://127.0.0.1:${WIREDESK_PORT:-8080}/v1/items
  Kafka      127.0.0.1:${WIREDESK_KAFKA_PORT:-9092}, topic wiredesk.items.v1
  Postgres   127.0.0.1:${WIREDESK_POSTGRES_PORT:-5433}, database wiredesk, for dashboards the role wiredesk_dashboard
             (its password is in ${WIREDESK_SECRETS:-deploy/docker/secrets}/dashboard_password)
  commands   docker compose run --rm operator status      (or search, tail, audit, doctor, …)
  dashboards docker compose --profile dashboards up --detach
  logs       make logs
  stop       make down                                    (what it holds stays in the volumes)

TEXT
