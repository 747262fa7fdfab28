#!/bin/sh
# The way into the stand-in for the official postgres image: of its variables those that compose.yaml sets. It runs as the account
# `postgres`; the first start makes the cluster.
set -eu
if [ "${1:-}" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
    chmod 700 "$PGDATA"
    # shellcheck disable=SC2086
    initdb -U "$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" --auth-host=scram-sha-256 --auth-local=trust ${POSTGRES_INITDB_ARGS:-}
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    # Without TCP: nobody takes a cluster without its database for ready.
    pg_ctl -w -o "-c listen_addresses=" start
    createdb -U "$POSTGRES_USER" "${POSTGRES_DB:-$POSTGRES_USER}"
    pg_ctl -w stop
fi
exec "$@"
