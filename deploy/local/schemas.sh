#!/bin/sh
# Writes what is generated from the types: schemas/messages, schemas/asyncapi.yaml, schemas/openapi.json,
# schemas/config.schema.json and docs/configuration.md.
set -eu
cd "$(dirname "$0")/../.."
cargo run --release --locked -q -p wiredesk-contract --example generate
cargo run --release --locked -q -p wiredesk-api --example openapi
cargo build --release --locked -q -p wiredesk
# First beside it: a command that fails leaves the file as it was.
for made in "--schema schemas/config.schema.json" "--reference docs/configuration.md"; do
    target/release/wiredesk config "${made% *}" >"${made#* }.new"
    mv "${made#* }.new" "${made#* }"
done
