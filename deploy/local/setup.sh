#!/bin/sh
# Installs what a machine lacks: `setup.sh run` for `make run`, `setup.sh test` for `make test` (which also wants Kafka's
# Java, kcat, jq, openssl, Python, Node, Go, Chromium and libfaketime). By apt when root, otherwise it says what to install.
set -eu
WHAT=${1:-run}

if ! command -v cargo >/dev/null; then
    if [ -x "$HOME/.cargo/bin/cargo" ]; then
        echo "cargo is installed but not on the PATH: run '. \$HOME/.cargo/env' and try again" >&2
    else
        echo "Rust is missing: install it from https://rustup.rs and try again (rust-toolchain.toml names the version)" >&2
    fi
    exit 1
fi

MISSING=""
want() { MISSING="$MISSING $1"; }
has() { command -v "$1" >/dev/null 2>&1; }

has cc || want build-essential
has make || want make
has cmake || want cmake
has pkg-config || want pkg-config
pkg-config --exists openssl 2>/dev/null || want libssl-dev
pkg-config --exists zlib 2>/dev/null || want zlib1g-dev
has curl || want curl

if [ "$WHAT" = test ] || [ -z "${DATABASE_URL:-}" ]; then
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || has initdb || want postgresql
fi
if [ "$WHAT" = test ] || [ "${KAFKA:-0}" = 1 ]; then
    if [ -z "${KAFKA_BOOTSTRAP_SERVERS:-}" ]; then
        has java || want default-jdk-headless
        has mvn || want maven
    fi
fi
if [ "$WHAT" = test ]; then
    has kcat || want kcat
    has jq || want jq
    has openssl || want openssl
    # Debian's python3 makes no virtual environment without a package of its own; schemathesis wants one.
    has python3 || want python3
    python3 -c 'import ensurepip' 2>/dev/null || want python3-venv
    has node || want nodejs
    ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || want faketime
    has npm || want npm
    # It builds helm and kubeconform.
    has go || want golang-go
    has chromium || want chromium
    # promtool is fetched by tests/prometheus/run.sh: its package, installed, would start a server.
    # The image and compose.yaml; without root nobody can start an engine, and tests/docker says SKIP.
    if [ "$(id -u)" = 0 ]; then
        has dockerd || want docker.io
        has debootstrap || want debootstrap
    fi
fi

[ -z "$MISSING" ] && exit 0
if [ "$(id -u)" = 0 ] && has apt-get; then
    echo "installing:$MISSING"
    export DEBIAN_FRONTEND=noninteractive
    LOG=$(mktemp)
    # One package that cannot be had (no network, another distribution) must not keep the others away.
    apt-get update -qq >"$LOG" 2>&1 || true
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $MISSING >>"$LOG" 2>&1 ||
        for package in $MISSING; do
            apt-get install -y -qq --no-install-recommends "$package" >>"$LOG" 2>&1 || echo "could not install $package (see $LOG)" >&2
        done
    # Debian's postgresql starts a cluster of its own, which nobody asked for.
    case "$MISSING" in *postgresql*) has pg_ctlcluster && for v in $(ls /etc/postgresql 2>/dev/null); do pg_ctlcluster "$v" main stop >/dev/null 2>&1 || true; done ;; esac
    exit 0
fi
echo "these packages are missing:$MISSING" >&2
echo "install them and try again; on Debian or Ubuntu: sudo apt-get install$MISSING" >&2
exit 1
