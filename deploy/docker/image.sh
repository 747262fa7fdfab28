#!/usr/bin/env bash
# Builds the image (WIREDESK_IMAGE, wiredesk:latest): `image.sh`, or `image.sh EXECUTABLE` around one that is built already, for the
# same release of Debian. BUILD_IMAGE and RUNTIME_IMAGE name other bases; further flags of `docker build` stand in BUILD_FLAGS.
set -euo pipefail
cd "$(dirname "$0")/../.."
IMAGE=${WIREDESK_IMAGE:-wiredesk:latest}
EXECUTABLE=${1:-}
export DOCKER_BUILDKIT=1

VERSION=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
REVISION=$(git rev-parse HEAD 2>/dev/null || echo unknown)
CREATED=$(date -u -d "@${SOURCE_DATE_EPOCH:-$(date +%s)}" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u +%Y-%m-%dT%H:%M:%SZ)
arguments=(--build-arg "VERSION=$VERSION" --build-arg "REVISION=$REVISION" --build-arg "CREATED=$CREATED")
for name in BUILD_IMAGE RUNTIME_IMAGE; do
    [ -z "${!name:-}" ] || arguments+=(--build-arg "$name=${!name}")
done
if [ -n "$EXECUTABLE" ]; then
    # An image of one file, tagged by hand, in the place of the stage that builds.
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    strip -o "$folder/wiredesk" "$EXECUTABLE" 2>/dev/null || cp "$EXECUTABLE" "$folder/wiredesk"
    chmod 755 "$folder/wiredesk"
    tar -C "$folder" -cf - wiredesk | docker import - wiredesk-binary:local >/dev/null
    arguments+=(--build-arg BINARY=wiredesk-binary:local)
fi
# shellcheck disable=SC2086
docker build ${BUILD_FLAGS:-} -f deploy/docker/Dockerfile "${arguments[@]}" -t "$IMAGE" .
echo "$IMAGE: $(docker image inspect -f '{{.Size}}' "$IMAGE") bytes"
