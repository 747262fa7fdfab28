#!/usr/bin/env bash
# Migrations are run on databases that are in use: squawk says what would hold others up, or break the release before. Each file in
# bad/ breaks the rule that it is named for, those in good/ break none, so that the rules are seen to bite.
#
# Needs python3 (squawk comes as a wheel).
set -euo pipefail
cd "$(dirname "$0")/../.."
SQUAWK=2.70.0
# The first number that no release has. Released migrations are never edited; a database that has one refuses another text of it.
SINCE=0024
CACHE=$PWD/.cache/squawk-$SQUAWK
HERE=tests/migrations

skip() {
    echo "SKIP: the migrations are not checked: $1"
    [ "${CI:-}" = true ] && { echo "in CI every part must be there" >&2; exit 1; }
    exit 0
}
command -v python3 >/dev/null || skip "python3 is missing"
if [ ! -x "$CACHE/bin/squawk" ]; then
    mkdir -p .cache
    python3 -m venv "$CACHE" >/dev/null 2>&1 || { rm -rf "$CACHE"; skip "python3 cannot make a virtual environment"; }
    "$CACHE/bin/pip" install --quiet --disable-pip-version-check "squawk-cli==$SQUAWK" >/dev/null 2>&1 ||
        { rm -rf "$CACHE"; skip "squawk $SQUAWK could not be installed"; }
fi

lint() { # file, then flags: as the migrator would run it
    local file=$1
    shift
    if head -n 1 "$file" | grep -qx -- '-- no-transaction'; then
        # Several statements in one message are a transaction all the same, and there is no place for SET.
        if [ "$(grep -cE ';[[:space:]]*(--.*)?$' "$file")" -ne 1 ]; then
            echo "$file: without a transaction a file has one statement, or the server makes a transaction of them (one-statement)"
            return 1
        fi
        # The flag replaces what the file excludes.
        set -- "$@" --no-assume-in-transaction \
            --exclude require-lock-timeout,require-statement-timeout,prefer-bigint-over-int,prefer-bigint-over-smallint
    fi
    "$CACHE/bin/squawk" --config "$HERE/squawk.toml" "$@" "$file"
}

code=0 old=() new=0
for file in schemas/postgres/[0-9]*.sql; do
    name=$(basename "$file")
    number=${name%%_*}
    if [[ ! $name =~ ^[0-9]{4}_[a-z_]+\.sql$ ]]; then
        echo "$file: its name is not NNNN_words.sql"
        code=1
        continue
    fi
    if [ "$number" = "${last:-}" ]; then echo "$file: there are two of number $number" && code=1; fi
    last=$number
    if [ "$((10#$number))" -lt "$((10#$SINCE))" ]; then
        old+=("$file")
    else
        new=$((new + 1))
        lint "$file" --reporter gcc >"$CACHE/said" 2>&1 || { cat "$CACHE/said"; code=1; }
    fi
done
"$CACHE/bin/squawk" --config "$HERE/old.toml" --reporter gcc "${old[@]}" >"$CACHE/said" 2>&1 || { cat "$CACHE/said"; code=1; }

bad=0 good=0
for file in "$HERE"/bad/*.sql; do
    bad=$((bad + 1)) rule=$(basename "$file" .sql)
    if lint "$file" --reporter gcc >"$CACHE/said" 2>&1 || ! grep -q "$rule" "$CACHE/said"; then
        echo "$file is not refused for $rule:" && cat "$CACHE/said" && code=1
    fi
done
for file in "$HERE"/good/*.sql; do
    good=$((good + 1))
    lint "$file" --reporter gcc >"$CACHE/said" 2>&1 || { echo "$file is refused:"; cat "$CACHE/said"; code=1; }
done
echo "migrations: ${#old[@]} of old, $new since $SINCE; $bad bad examples refused, $good good ones taken: $([ $code = 0 ] && echo well || echo "NOT well")"
exit $code
