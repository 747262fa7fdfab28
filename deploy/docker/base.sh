#!/usr/bin/env bash
# Base images where no container registry can be reached: Debian by debootstrap, imported and tagged by hand. Of the images that
# compose.yaml uses, stand-ins with the same way in: PostgreSQL as Debian packs it, Apache Kafka from Maven Central.
#
#   deploy/docker/base.sh runtime postgres kafka      what `make up` needs beside wiredesk's own image
#   deploy/docker/base.sh build                       what the Dockerfile builds in, with this machine's Rust toolchain
#
# Tags: wiredesk-base/runtime, /build, /postgres, /kafka (:bookworm). The root file systems stay in BASE_CACHE (.cache/docker) as
# NAME.tar, so that the next time only the import is left. Needs root, debootstrap and a Docker engine; for kafka also Java and Maven.
# DEBIAN_MIRROR names another mirror than debootstrap's own.
set -euo pipefail
cd "$(dirname "$0")/../.."
SUITE=bookworm
CACHE=${BASE_CACHE:-$PWD/.cache/docker}
mkdir -p "$CACHE"
CACHE=$(cd "$CACHE" && pwd)
WORK=
trap '[ -z "$WORK" ] || rm -rf --one-file-system "$WORK"' EXIT
trap 'exit 130' INT TERM

die() { echo "base.sh: $*" >&2; exit 1; }

minbase() { # the least Debian, once
    [ -f "$CACHE/minbase.tar" ] && return
    [ "$(id -u)" = 0 ] || die "only root can make a Debian root file system: run it as root once; the archives in $CACHE serve everybody"
    command -v debootstrap >/dev/null || die "debootstrap is missing: on Debian or Ubuntu, apt-get install debootstrap"
    debootstrap --variant=minbase "$SUITE" "$WORK/minbase" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >"$CACHE/debootstrap.log" 2>&1 ||
        die "debootstrap failed; the end of its log: $(tail -n 2 "$CACHE/debootstrap.log")"
    tar -C "$WORK/minbase" -cf "$CACHE/minbase.part" .
    mv "$CACHE/minbase.part" "$CACHE/minbase.tar"
}

rootfs() { # NAME PACKAGE…: unpacks the least Debian and installs into it; the path is in $ROOT
    minbase
    [ "$(id -u)" = 0 ] || die "only root can install packages into a root file system: run it as root once"
    ROOT=$WORK/$1; shift
    mkdir -p "$ROOT"
    tar -C "$ROOT" -xf "$CACHE/minbase.tar"
    cp /etc/resolv.conf "$ROOT/etc/resolv.conf"
    # Debian keeps what mends security beside the mirror.
    sed "s#^deb \([^ ]*\) $SUITE #deb \1-security $SUITE-security #" "$ROOT/etc/apt/sources.list" >"$ROOT/etc/apt/sources.list.d/security.list"
    # Nobody may start a server here, and Debian makes no cluster of its own.
    printf '#!/bin/sh\nexit 101\n' >"$ROOT/usr/sbin/policy-rc.d"
    chmod 755 "$ROOT/usr/sbin/policy-rc.d"
    mkdir -p "$ROOT/etc/postgresql-common"
    echo "create_main_cluster = false" >"$ROOT/etc/postgresql-common/createcluster.conf"
    # The mounts go with the namespace.
    # shellcheck disable=SC2016
    unshare --mount sh -euc '
        mount -t proc proc "$1/proc"; root=$1; shift
        export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
        chroot "$root" apt-get update -qq
        chroot "$root" apt-get upgrade -y -qq
        chroot "$root" apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "$@"
        chroot "$root" apt-get clean' _ "$ROOT" "$@" >"$CACHE/packages.log" 2>&1 ||
        die "apt-get failed in $ROOT; the end of its log: $(tail -n 3 "$CACHE/packages.log")"
    rm -rf "$ROOT"/var/lib/apt/lists/* "$ROOT"/var/cache/apt/* "$ROOT"/usr/share/{man,info} "$ROOT"/usr/share/locale/[a-z]* "$ROOT/usr/sbin/policy-rc.d"
    : >"$ROOT/etc/resolv.conf"
}

keep() { # NAME: the root file system becomes the archive
    tar -C "$ROOT" -cf "$CACHE/$1.part" .
    mv "$CACHE/$1.part" "$CACHE/$1.tar"
    rm -rf --one-file-system "$ROOT"
}

import() { # NAME CHANGE…: makes the image, unless it is there from the same archive
    local name=$1 tag=wiredesk-base/$1:$SUITE stamp changes=()
    shift
    stamp=$(stat -c %Y-%s "$CACHE/$name.tar")
    if [ "$(docker image inspect -f '{{index .Config.Labels "archive"}}' "$tag" 2>/dev/null)" = "$stamp" ]; then return; fi
    for change in "$@" "LABEL archive=$stamp"; do changes+=(--change "$change"); done
    docker import "${changes[@]}" "$CACHE/$name.tar" "$tag" >/dev/null
    echo "$tag: $(docker image inspect -f '{{.Size}}' "$tag") bytes"
}

runtime() {
    if [ ! -f "$CACHE/runtime.tar" ]; then
        rootfs runtime ca-certificates libssl3 zlib1g
        keep runtime
    fi
    import runtime
}

build() {
    if [ ! -f "$CACHE/build.tar" ]; then
        command -v rustc >/dev/null || die "no Rust toolchain to take over: install it from https://rustup.rs"
        rootfs build ca-certificates build-essential cmake pkg-config libssl-dev zlib1g-dev
        # The toolchain as it is here, without its pages of documentation; and the authorities that this machine trusts, a
        # company's own among them.
        local sysroot
        sysroot=$(rustc --print sysroot)
        tar -C "$sysroot" --exclude=./share --exclude=./lib/rustlib/components -cf - . | tar -C "$ROOT/usr/local" -xf -
        cp -L /etc/ssl/certs/ca-certificates.crt "$ROOT/etc/ssl/certs/ca-certificates.crt"
        keep build
    fi
    import build "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"
}

postgres() {
    if [ ! -f "$CACHE/postgres.tar" ]; then
        rootfs postgres postgresql
        # The number that the official image gives the account.
        chroot "$ROOT" groupmod -g 999 postgres
        chroot "$ROOT" usermod -u 999 -g 999 postgres
        install -d -o 999 -g 999 -m 1777 "$ROOT/var/lib/postgresql" "$ROOT/var/lib/postgresql/data" "$ROOT/var/run/postgresql"
        ln -s "$(basename "$(ls -d "$ROOT"/usr/lib/postgresql/*)")" "$ROOT/usr/lib/postgresql/current"
        install -m 755 deploy/docker/standin/postgres.sh "$ROOT/usr/local/bin/docker-entrypoint.sh"
        keep postgres
    fi
    import postgres 'ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/lib/postgresql/current/bin PGDATA=/var/lib/postgresql/data LC_ALL=C.UTF-8' \
        'VOLUME /var/lib/postgresql/data' 'EXPOSE 5432' 'ENTRYPOINT ["docker-entrypoint.sh"]' 'CMD ["postgres"]'
}

kafka() {
    if [ ! -f "$CACHE/kafka.tar" ]; then
        local jars=${KAFKA_CACHE:-$PWD/.cache/kafka}
        KAFKA_CACHE=$jars deploy/local/kafka.sh fetch "$WORK/kafka-fetch"
        rootfs kafka openjdk-17-jre-headless
        mkdir -p "$ROOT/etc/kafka/docker" "$ROOT/opt/kafka/libs" "$ROOT/mnt/shared/config"
        cp "$jars"/*.jar "$ROOT/opt/kafka/libs/"
        install -m 755 deploy/docker/standin/kafka.sh "$ROOT/etc/kafka/docker/run"
        chroot "$ROOT" useradd -u 1000 -m appuser
        install -d -o 1000 -g 1000 "$ROOT/var/lib/kafka/data" "$ROOT/opt/kafka/config" "$ROOT/opt/kafka/logs"
        keep kafka
    fi
    import kafka 'ENV PATH=/usr/local/bin:/usr/bin:/bin LC_ALL=C.UTF-8' 'USER appuser' \
        'VOLUME ["/var/lib/kafka/data"]' 'EXPOSE 9092' 'CMD ["/etc/kafka/docker/run"]'
}

[ $# -gt 0 ] || die "usage: base.sh runtime|build|postgres|kafka …"
docker version >/dev/null 2>&1 || die "no Docker engine answers: start one, or set DOCKER_HOST"
WORK=$(mktemp -d "${TMPDIR:-/var/tmp}/wiredesk-base.XXXXXX")
for image in "$@"; do
    case $image in
    runtime | build | postgres | kafka) "$image" ;;
    *) die "no such image: $image (runtime, build, postgres, kafka)" ;;
    esac
done
