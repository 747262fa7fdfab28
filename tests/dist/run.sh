#!/usr/bin/env bash
# The archive of a release: made twice under different circumstances it has the same bytes; what is unpacked runs; nothing that the
# executable is built of is missing from the lists, and the SBOM is what CycloneDX says it must be.
#
# Needs the executable (WIREDESK_BIN, target/release/wiredesk), python3 and what deploy/local/dist.sh needs.
set -euo pipefail
cd "$(dirname "$0")/../.."
VALIDATOR=11.12.0
BIN=${WIREDESK_BIN:-$PWD/target/release/wiredesk}
CACHE=$PWD/.cache/cyclonedx-$VALIDATOR

skip() {
    echo "SKIP: $1"
    [ "${CI:-}" = true ] && { echo "in CI every part must be there" >&2; exit 1; }
    return 0
}
[ -x "$BIN" ] || { skip "the archive is not tested: there is no executable at $BIN (make build)"; exit 0; }
command -v readelf >/dev/null || { skip "the archive is not tested: binutils are missing"; exit 0; }
python3 -c 'import tomllib' 2>/dev/null || { skip "the archive is not tested: python3 is missing or older than 3.11"; exit 0; }

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
deploy/local/dist.sh "$BIN" "$WORK/one"
# Other permissions, clock, language and settings, and an executable that lies elsewhere and was touched.
cp "$BIN" "$WORK/moved" && touch -d 2001-01-01 "$WORK/moved"
(umask 077 && TZ=Asia/Tokyo LANG=de_DE.UTF-8 WIREDESK_CONFIG=/nowhere.toml USER=somebody deploy/local/dist.sh "$WORK/moved" "$WORK/two" >/dev/null)
diff -r "$WORK/one" "$WORK/two" || { echo "two runs gave different bytes" >&2; exit 1; }
# The time is that of SOURCE_DATE_EPOCH and is in the archive: another one is another archive.
for archive in "$WORK"/one/*.tar.gz "$WORK"/one/*.tgz; do tar -tvf "$archive"; done | awk '{print $4, $5}' | sort -u >"$WORK/times"
[ "$(wc -l <"$WORK/times")" = 1 ] || { echo "the files of the archive have several times:" >&2; cat "$WORK/times" >&2; exit 1; }

(cd "$WORK/one" && sha256sum --check --quiet SHA256SUMS)
tar -xzf "$WORK"/one/*.tar.gz -C "$WORK"
ROOT=$(echo "$WORK"/wiredesk-*-linux)
for file in README.txt LICENSE-APACHE LICENSE-MIT NOTICE THIRD-PARTY.md sbom.cdx.json config/default.toml config/wires.toml \
    man/wiredesk.1 completions/wiredesk.bash completions/wiredesk.zsh completions/wiredesk.fish; do
    [ -s "$ROOT/$file" ] || { echo "$file is missing or empty" >&2; exit 1; }
done
"$ROOT/wiredesk" config --config "$ROOT/config/default.toml" >/dev/null
[ "$("$ROOT/wiredesk" --version)" = "$("$BIN" --version)" ]
bash -n "$ROOT/completions/wiredesk.bash"
if readelf -S "$ROOT/wiredesk" | grep -qE '\.(symtab|debug_info)'; then echo "the executable is not stripped" >&2; exit 1; fi
# Where it was made is nobody's business.
for path in "$PWD" "$HOME/"; do
    if grep -rlF --exclude=wiredesk "$path" "$ROOT"; then echo "these files name $path" >&2; exit 1; fi
done

# The chart, with the helm that tests/helm has built.
HELM=$(find .cache/helm/bin -name 'helm-v*' 2>/dev/null | tail -n 1)
tar -xzf "$WORK"/one/wiredesk-chart-*.tgz -C "$WORK"
diff -r --exclude ci deploy/helm/wiredesk "$WORK/wiredesk"
if [ -n "$HELM" ]; then
    "$HELM" template desk "$WORK"/one/wiredesk-chart-*.tgz --kube-version 1.37.0 --set fetcher.contact=https://newsroom.example >/dev/null
fi

python3 tests/dist/listed.py "$ROOT"
install() {
    python3 -m venv "$CACHE" && "$CACHE/bin/pip" install --quiet --disable-pip-version-check "cyclonedx-python-lib[json-validation]==$VALIDATOR"
}
if [ ! -x "$CACHE/bin/python" ]; then
    mkdir -p .cache
    install >/dev/null 2>&1 || rm -rf "$CACHE"
fi
if [ -x "$CACHE/bin/python" ]; then
    "$CACHE/bin/python" tests/dist/valid.py "$ROOT/sbom.cdx.json"
else
    skip "the SBOM is not held against CycloneDX's schema: cyclonedx-python-lib $VALIDATOR could not be installed"
fi
