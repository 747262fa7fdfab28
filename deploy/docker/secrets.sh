#!/bin/sh
# Makes the secrets that compose.yaml mounts, one file each; what is there stays.
#   deploy/docker/secrets.sh [FOLDER]      POSTGRES_ADDRESS=host:port/database where Postgres is not the one of compose.yaml
#
# The folder is its owner's alone (0700), so nobody else on this machine reaches the files. They themselves may be read by all,
# because each is mounted into its container by itself and is read there by an account that does not exist here.
set -eu
FOLDER=${1:-$(dirname "$0")/secrets}
ADDRESS=${POSTGRES_ADDRESS:-postgres:5432/wiredesk}
umask 077
mkdir -p "$FOLDER"
chmod 700 "$FOLDER"

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
keep() { # NAME TEXT
    [ -s "$FOLDER/$1" ] && return
    printf '%s\n' "$2" >"$FOLDER/$1.new"
    chmod 444 "$FOLDER/$1.new"
    mv "$FOLDER/$1.new" "$FOLDER/$1"
}

keep postgres_password "$(random)"
keep owner_url "postgres://wiredesk:$(cat "$FOLDER/postgres_password")@$ADDRESS"
for service in fetcher cleaner processor relay stories api alerts operator; do
    keep "${service}_url" "postgres://wiredesk_login_$service:$(random)@$ADDRESS"
done
keep dashboard_password "$(random)"
keep grafana_password "$(random)"
