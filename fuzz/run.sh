#!/usr/bin/env bash
# Runs each fuzz target for so many seconds and prints what it found.
#
#   fuzz/run.sh SECONDS [TARGET…]
#
# Exit code 1 on any crash, hang or document over the memory cap. Inputs that failed are kept in fuzz/found/TARGET.
# FUZZ_JOBS=n runs n targets side by side (1); FUZZ_BIN=folder takes executables that are built already.
set -u
here=$(cd "$(dirname "$0")" && pwd)
seconds=${1:?usage: fuzz/run.sh SECONDS [TARGET…]}
shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(
    feed wire repair decode dates address page robots opml headers extract clean jsonld
    dateline enrich dedupe stories message record letters export marks asked push discover coded listed config
)
jobs=${FUZZ_JOBS:-1}
# A document that takes longer than this many seconds is a hang; more memory than this many MiB is a leak or a bomb.
timeout=${FUZZ_TIMEOUT:-5}
memory=${FUZZ_MEMORY:-768}
longest=${FUZZ_LONGEST:-65536}

if [ -z "${FUZZ_BIN:-}" ]; then
    (cd "$here" && RUSTC_BOOTSTRAP=1 nice -n 5 cargo build --release --bins) || exit 2
    FUZZ_BIN=${CARGO_TARGET_DIR:-$here/target}/release
fi

# One target for its time: after a finding it starts again with what it has learnt, so that one does not hide another.
one() {
    local target=$1 log=$here/found/$1.log until=$((SECONDS + seconds)) left
    mkdir -p "$here/corpus/$target" "$here/found/$target"
    : >"$log"
    while left=$((until - SECONDS)) && [ "$left" -gt 0 ] && [ "$(find "$here/found/$target" -type f | wc -l)" -lt 20 ]; do
        nice -n 10 "$FUZZ_BIN/$target" -max_total_time="$left" -timeout="$timeout" -rss_limit_mb="$memory" \
            -max_len="$longest" -dict="$here/dictionary.txt" -artifact_prefix="$here/found/$target/" \
            -print_final_stats=1 "$here/corpus/$target" "$here/seeds/$target" >>"$log" 2>&1
    done
    echo "seconds: $((SECONDS - until + seconds))" >>"$log"
}

# What lay there from an earlier run is not this run's finding.
for target in "${targets[@]}"; do
    rm -rf "${here:?}/found/$target"
    one "$target" &
    while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
done
wait

bad=0
printf '%-9s %12s %8s %8s %7s %7s %9s %9s\n' target executions seconds crashes hangs 'no mem' 'peak MiB' coverage
for target in "${targets[@]}"; do
    log=$here/found/$target.log
    sum() { sed -nE "s/^stat::$1: +([0-9]+).*/\\1/p" "$log" | awk '{ n += $1; if ($1 > m) m = $1 } END { print '"$2"' + 0 }'; }
    runs=$(sum number_of_executed_units n) peak=$(sum peak_rss_mb m)
    cov=$(sed -nE 's/^#[0-9]+.* cov: ([0-9]+) .*/\1/p' "$log" | sort -n | tail -n 1)
    time=$(sed -nE 's/^seconds: ([0-9]+)/\1/p' "$log")
    count() { find "$here/found/$target" -name "$1-*" 2>/dev/null | wc -l; }
    crashes=$(count crash) hangs=$(($(count timeout) + $(count slow-unit))) ooms=$(count oom)
    printf '%-9s %12s %8s %8s %7s %7s %9s %9s\n' "$target" "${runs:-0}" "${time:-0}" "$crashes" "$hangs" "$ooms" "${peak:-?}" "${cov:-0}"
    if [ "$crashes" -gt 0 ] || [ "$hangs" -gt 0 ] || [ "$ooms" -gt 0 ] || [ "${runs:-0}" -eq 0 ]; then bad=1; fi
done
exit $bad
