#!/bin/sh
# A private PostgreSQL cluster on loopback: `postgres.sh start DIR PORT [throwaway]`, `postgres.sh stop DIR [MODE]`
# (fast, or immediate: as a crash).
# PostgreSQL refuses root, so as root the cluster belongs to the account `postgres` (or `nobody`).
# `throwaway` turns fsync off: for tests only. POSTGRES_OPTIONS: further `-c name=value` for the server.
set -eu

usage() { echo "usage: postgres.sh start DIR PORT [throwaway] | stop DIR [fast|immediate]" >&2; exit 2; }

bin() { # the newest installed server
    for dir in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -Vr) $(dirname "$(command -v pg_ctl 2>/dev/null || echo /)"); do
        if [ -x "$dir/initdb" ]; then echo "$dir"; return; fi
    done
    echo "no PostgreSQL server is installed: on Debian or Ubuntu, apt-get install postgresql" >&2
    exit 1
}

as() { # runs a command as the cluster's owner
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid="$OWNER" --regid="$(id -g "$OWNER")" --init-groups \
            env -i PATH="$BIN:/usr/bin:/bin" HOME="$DIR" LC_ALL=C.UTF-8 "$@"
    else
        env PATH="$BIN:$PATH" LC_ALL=C.UTF-8 "$@"
    fi
}

[ $# -ge 2 ] || usage
COMMAND=$1
mkdir -p "$2"
DIR=$(cd "$2" && pwd)
BIN=$(bin)
OWNER=$(id -un)
if [ "$(id -u)" = 0 ]; then
    if id postgres >/dev/null 2>&1; then OWNER=postgres; else OWNER=nobody; fi
    # Below a private home (root's is 0700) that account cannot reach the folder: a place of its own then, told by path.
    if ! as test -x "$DIR"; then
        DIR=/var/lib/wiredesk/$(echo "$DIR" | cksum | cut -d' ' -f1)
        mkdir -p "$DIR"
        [ "$COMMAND" = start ] && echo "the account $OWNER cannot reach $2: PostgreSQL keeps its data in $DIR" >&2
    fi
fi

case $COMMAND in
start)
    PORT=${3:?usage: postgres.sh start DIR PORT}
    [ "$(id -u)" = 0 ] && chown "$OWNER" "$DIR"
    chmod 700 "$DIR"
    if [ ! -f "$DIR/data/PG_VERSION" ]; then
        as "$BIN/initdb" -D "$DIR/data" -U wiredesk --auth=trust --encoding=UTF8 --locale=C.UTF-8 >"$DIR/initdb.log" 2>&1 ||
            { cat "$DIR/initdb.log" >&2; exit 1; }
    fi
    OPTIONS="-p $PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 -c idle_in_transaction_session_timeout=60s -c max_wal_size=2GB -c shared_buffers=128MB -c wal_compression=on"
    [ "${4:-}" = throwaway ] && OPTIONS="$OPTIONS -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    OPTIONS="$OPTIONS ${POSTGRES_OPTIONS:-}"
    if as "$BIN/pg_ctl" -D "$DIR/data" status >/dev/null 2>&1; then exit 0; fi
    # A cluster whose process was killed leaves a pid file that may name somebody else's process; pg_ctl sorts that out.
    as "$BIN/pg_ctl" -D "$DIR/data" -w -t 60 -l "$DIR/postgres.log" -o "$OPTIONS" start >/dev/null ||
        { tail -n 20 "$DIR/postgres.log" >&2; exit 1; }
    if [ -z "$(as "$BIN/psql" -h 127.0.0.1 -p "$PORT" -U wiredesk -d postgres -Atc "SELECT 1 FROM pg_database WHERE datname='wiredesk'")" ]; then
        as "$BIN/createdb" -h 127.0.0.1 -p "$PORT" -U wiredesk wiredesk
    fi
    ;;
stop)
    as "$BIN/pg_ctl" -D "$DIR/data" -m "${3:-fast}" -w -t 60 stop >/dev/null 2>&1 || true
    ;;
*) usage ;;
esac
