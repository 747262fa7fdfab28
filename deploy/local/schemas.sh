#!/bin/sh
# Writes what is generated from the types: schemas/messages, schemas/asyncapi.yaml, schemas/openapi.json.
set -eu
cd "$(dirname "$0")/../.."
cargo run --release --locked -q -p wiredesk-contract --example generate
cargo run --release --locked -q -p wiredesk-api --example openapi
