#!/usr/bin/env bash
# Makes tests/upgrade/VERSION by the executable of this tree: a step of a release (docs/releases.md). Needs what `make test` needs.
set -euo pipefail
cd "$(dirname "$0")/../.."
VERSION=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
export WIREDESK_UPGRADE_MAKE=$PWD/tests/upgrade/$VERSION
if [ -e "$WIREDESK_UPGRADE_MAKE" ]; then
    echo "tests/upgrade/$VERSION is there already: what a release left behind is not made again. Remove it first if it was not released." >&2
    exit 1
fi
cargo build --release --locked -p wiredesk
deploy/local/test.sh -p wiredesk-tests --test upgrade make -- --ignored --exact make::make
du -sh "$WIREDESK_UPGRADE_MAKE"
