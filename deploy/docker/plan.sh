#!/bin/sh
# Copies the workspace's manifests to a folder, each with empty sources: enough to build what the crates depend on.
#   deploy/docker/plan.sh FOLDER
set -eu
PLAN=${1:?usage: plan.sh FOLDER}
mkdir -p "$PLAN"
cp Cargo.toml Cargo.lock "$PLAN"
find shared services tests benches -name Cargo.toml | while read -r manifest; do
    crate=${manifest%/Cargo.toml}
    mkdir -p "$PLAN/$crate/src"
    cp "$manifest" "$PLAN/$manifest"
    if [ -f "$crate/src/lib.rs" ]; then : >"$PLAN/$crate/src/lib.rs"; fi
    if [ -f "$crate/src/main.rs" ]; then echo 'fn main() {}' >"$PLAN/$crate/src/main.rs"; fi
    # Targets that are named must be there.
    sed -n 's/^path = "\(.*\.rs\)"$/\1/p' "$manifest" | while read -r target; do
        mkdir -p "$PLAN/$crate/$(dirname "$target")"
        echo 'fn main() {}' >"$PLAN/$crate/$target"
    done
done
