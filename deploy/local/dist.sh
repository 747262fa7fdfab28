#!/usr/bin/env bash
# `make dist`: dist/wiredesk-VERSION-ARCH-linux.tar.gz, its list of contents (SBOM), the chart, and SHA256SUMS, from an executable that
# is there.
# The same tree and the same executable give the same bytes: files are sorted, their time is that of the commit (SOURCE_DATE_EPOCH).
#
#   deploy/local/dist.sh EXECUTABLE [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/../.."
BIN=$(realpath "${1:?usage: dist.sh EXECUTABLE [FOLDER]}")
OUT=${2:-dist}
for tool in strip readelf tar gzip sha256sum python3 cargo; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: install binutils, tar, gzip, coreutils, python3 and Rust" >&2; exit 1; }
done
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || true)}
[ -n "$SOURCE_DATE_EPOCH" ] || { echo "set SOURCE_DATE_EPOCH: this is no git checkout that could say when it was made" >&2; exit 1; }
export SOURCE_DATE_EPOCH LC_ALL=C TZ=UTC

VERSION=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' Cargo.toml)
ARCH=$(readelf -h "$BIN" | sed -n 's/^ *Machine: *//p')
case "$ARCH" in
*X86-64*) ARCH=x86_64 ;;
*AArch64*) ARCH=aarch64 ;;
*) echo "an executable for $ARCH is not known here" >&2; exit 1 ;;
esac
case "$("$BIN" --version)" in
"wiredesk $VERSION") ;;
*) echo "$BIN is not of version $VERSION: build it anew" >&2; exit 1 ;;
esac

NAME=wiredesk-$VERSION-$ARCH-linux
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
ROOT=$WORK/$NAME
mkdir -p "$ROOT"/{completions,man,config} "$OUT"
strip -o "$ROOT/wiredesk" "$BIN"
for shell in bash zsh fish; do "$BIN" completions "$shell" >"$ROOT/completions/wiredesk.$shell"; done
"$BIN" man --folder "$ROOT/man"
cp config/default.toml config/wires.toml "$ROOT/config/"
cp LICENSE-APACHE LICENSE-MIT NOTICE "$ROOT/"
cargo metadata --format-version 1 --locked --filter-platform "$ARCH-unknown-linux-gnu" >"$WORK/metadata.json"
cargo tree --locked -p wiredesk -e normal,build --target "$ARCH-unknown-linux-gnu" --prefix none --format '{p}' |
    sort -u >"$WORK/tree"
python3 deploy/local/bill.py "$WORK/metadata.json" "$WORK/tree" Cargo.lock "$ROOT/wiredesk" "$ROOT"

# What the loader will ask for, from the executable itself.
LIBRARIES=$(readelf -d "$ROOT/wiredesk" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort)
GLIBC=$(readelf -V "$ROOT/wiredesk" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1)
cat >"$ROOT/README.txt" <<TEXT
wiredesk $VERSION for Linux on $ARCH

It needs glibc ${GLIBC#GLIBC_} or newer and these libraries, which Debian has in libssl3 and zlib1g (and libgcc-s1):
$(echo "$LIBRARIES" | sed 's/^/    /')
and for TLS the certificates of the public authorities (ca-certificates).

    install -m 0755 wiredesk /usr/local/bin/
    install -m 0644 man/*.1 /usr/local/share/man/man1/
    install -m 0644 completions/wiredesk.bash /usr/share/bash-completion/completions/wiredesk
    wiredesk config          # what is in force, and where each value came from
    wiredesk doctor          # what is missing

config/default.toml is what it uses when no --config is given; config/wires.toml is what \`wiredesk sources import --starter\` lists.
THIRD-PARTY.md has the licences of what it is built of, sbom.cdx.json the same for programs (CycloneDX 1.6).
TEXT
chmod -R u=rwX,go=rX "$ROOT"
chmod 0755 "$ROOT/wiredesk"
pack() { # folder, what of it
    tar --sort=name --format=posix --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime --mtime="@$SOURCE_DATE_EPOCH" \
        --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -C "$1" -cf - "$2" | gzip -n -6
}
pack "$WORK" "$NAME" >"$OUT/$NAME.tar.gz"
# A chart's archive is its folder; its examples are in the tree.
mkdir "$WORK/charts"
cp -R deploy/helm/wiredesk "$WORK/charts/wiredesk"
rm -r "$WORK/charts/wiredesk/ci"
CHART=wiredesk-chart-$(sed -n 's/^version: //p' deploy/helm/wiredesk/Chart.yaml)
pack "$WORK/charts" wiredesk >"$OUT/$CHART.tgz"
cp "$ROOT/sbom.cdx.json" "$OUT/$NAME.cdx.json"
(cd "$OUT" && sha256sum "$CHART.tgz" "$NAME.cdx.json" "$NAME.tar.gz" >SHA256SUMS)
echo "$OUT/$NAME.tar.gz: $(stat -c %s "$OUT/$NAME.tar.gz" | awk '{printf "%.0f MB", $1 / 1e6}'), needs glibc ${GLIBC#GLIBC_} and $(echo "$LIBRARIES" | tr '\n' ' ')"
