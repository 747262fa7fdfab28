#!/usr/bin/env bash
# Prometheus' own promtool on deploy/prometheus and on the PromQL of deploy/grafana: the configuration is read, every alert fires when
# it should and does not when it should not, and leads to a section of docs/runbooks.md.
# promtool is that on the PATH, else the one of Debian's package, unpacked under .cache: installed, it would start a server.
set -euo pipefail
cd "$(dirname "$0")/../.."
CACHE=$PWD/.cache/prometheus

skip() {
    echo "SKIP: $1"
    [ "${CI:-}" = true ] && { echo "in CI every part must be there" >&2; exit 1; }
    exit 0
}

fetch() { # promtool out of the package, nothing installed
    local room package
    room=$(mktemp -d)
    if (cd "$room" && apt-get download -qq prometheus) >"$room/log" 2>&1; then
        package=$(ls "$room"/*.deb)
        mkdir -p "$CACHE"
        dpkg-deb --fsys-tarfile "$package" | tar -x -C "$CACHE" --strip-components=3 ./usr/bin/promtool
    fi
    rm -rf "$room"
    [ -x "$CACHE/promtool" ]
}

command -v python3 >/dev/null || skip "Prometheus' rules are not tested: python3 is missing"
if command -v promtool >/dev/null; then
    PROMTOOL=$(command -v promtool)
elif [ -x "$CACHE/promtool" ]; then
    PROMTOOL=$CACHE/promtool
elif command -v apt-get >/dev/null; then
    # The lists of packages may be older than the package.
    fetch || { [ "$(id -u)" = 0 ] && apt-get update -qq >/dev/null 2>&1 && fetch; } ||
        skip "Prometheus' rules are not tested: the package prometheus could not be fetched"
    PROMTOOL=$CACHE/promtool
else
    skip "Prometheus' rules are not tested: promtool is missing"
fi

"$PROMTOOL" check config deploy/prometheus/prometheus.yml
"$PROMTOOL" test rules deploy/prometheus/rules_test.yml

ROOM=$(mktemp -d)
trap 'rm -rf "$ROOM"' EXIT
python3 tests/prometheus/panels.py >"$ROOM/panels.yml"
"$PROMTOOL" check rules "$ROOM/panels.yml"
python3 tests/prometheus/alerts.py
