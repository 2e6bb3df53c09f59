#!/usr/bin/env bash
# The walk-throughs of README.md run as they are printed, in a folder of their own.
set -euo pipefail
source_dir=${ALCOVE_SOURCE_DIR:?} program=${ALCOVE_PROGRAM:?}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_DATA_HOME=$work/data XDG_CACHE_HOME=$work/cache XDG_STATE_HOME=$work/state HOME=$work
export ASAN_OPTIONS=detect_leaks=0:symbolize=0
mkdir "$work/bin" "$work/walk"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$program" > "$work/bin/alcove"
chmod +x "$work/bin/alcove"
export PATH=$work/bin:$PATH
ln -s "$source_dir/examples" "$source_dir/pipelines" "$work/walk/"
passed=0

block() { # the sh block after <!-- walk: NAME -->
    awk -v mark="<!-- walk: $1 -->" '$0 == mark { on = 1; next }
        on && /^```sh$/ { inside = 1; next } inside && /^```$/ { exit } inside { print }' "$source_dir/README.md"
}

walk() {
    block "$1" > "$work/$1.sh"
    [ -s "$work/$1.sh" ] || { echo "FAILED: no walk $1 in README.md" >&2; exit 1; }
    (cd "$work/walk" && bash -euo pipefail "$work/$1.sh" > "$work/$1.out" 2> "$work/$1.err") || {
        echo "FAILED: walk $1 ended with $?" >&2
        cat "$work/$1.err" >&2
        exit 1
    }
    passed=$((passed + 1))
}

walk analyst
for value in 219-09-9998 '4111 1111 1111 1111' 'l.achterberg@riverbank' 'ann@mail.example'; do
    if grep -qF "$value" "$work/analyst.out"; then echo "FAILED: an identifier in the analyst's output" >&2; exit 1; fi
done
walk auditor
grep -q 'memos' "$work/auditor.out"
if alcove model verify default >/dev/null 2>&1 && [ -z "${ALCOVE_SANITIZED:-}" ]; then
    walk clinician
    test -s "$work/walk/notes.html"
    if grep -qF 'Okonjo' "$work/clinician.out" "$work/walk/notes.html"; then echo "FAILED: a name in a result" >&2; exit 1; fi
else
    echo "SKIPPED: walk clinician (the default model is not here; scripts/quickstart gets it)"
fi
echo "$passed passed, 0 failed"
