#!/usr/bin/env bash
# A copy of a store shares its anchor: looking at the copy, whole or damaged, must not lock out the original.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/run_lib.sh"
copy=$work/k2/s.alc anchor=$work/state/alcove/s.anchor
mkdir -p "$work/k2"
copied() { cp "$work/s.alc" "$work/s.key" "$work/k2/"; }
flip() { # FILE OFFSET: every bit of this byte
    python3 - "$1" "$2" <<'PY'
import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(int(sys.argv[2]))
    b = f.read(1)
    f.seek(int(sys.argv[2]))
    f.write(bytes([b[0] ^ 255]))
PY
}

expect 0 run "$pipeline" "$work/docs" --store "$store" -q
sum=$(cksum < "$anchor")

# Reads of either are recorded in it, and the anchor stays as it is.
copied
for s in "$copy" "$store"; do
    expect 0 results list --store "$s"
    expect 0 results show "$work/docs/b.txt" --store "$s"
    expect 0 results export --store "$s"
    expect 0 audit log --store "$s" --event results-list,result-show,results-export --json
    json 'len(lines) == 3'
    last="reads of $s and the anchor"
    check test "$(cksum < "$anchor")" = "$sum"
    expect 0 audit verify --store "$s"
done

# A damaged copy says so; the original works on. A flip in the first page, and one in each page further on.
copied
flip "$copy" 8300
expect 6 results list --store "$copy"
expect 6 store check --store "$copy"
expect 6 audit verify --store "$copy"
bytes=$(stat -c %s "$work/s.alc")
for at in $(seq 12400 20480 $((bytes - 1))); do
    copied
    flip "$copy" "$at"
    run results list --store "$copy"
    if [ "$status" != 0 ] && [ "$status" != 6 ]; then fail "exit status $status"; else pass; fi
    run audit verify --store "$copy"
    if [ "$status" != 0 ] && [ "$status" != 6 ] && [ "$status" != 7 ]; then fail "exit status $status"; else pass; fi
    expect 6 store check --store "$copy"
done
expect 0 results list --store "$store"
expect 0 store check --store "$store"
expect 0 audit verify --store "$store"
expect 0 run "$pipeline" "$work/docs" --store "$store" -q

# What changes the store publishes, the reads before it as well; the older copy is refused from then on.
copied
expect 0 results list --store "$store"
expect 0 audit checkpoint --store "$store"
check test "$(cksum < "$anchor")" != "$sum"
expect 0 audit verify --store "$store"
expect 7 results list --store "$copy"
expect 7 audit verify --store "$copy"
finish
