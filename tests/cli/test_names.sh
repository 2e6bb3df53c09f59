#!/usr/bin/env bash
# Names with control bytes: exact in JSON, harmless for people; a byte that is not UTF-8 shares no name.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/run_lib.sh"

raw() { if grep -qP '[\x1b\x07]' "$work/out" "$work/err"; then fail 'a control byte reached the terminal'; else pass; fi; }
mkdir "$work/names"
cp "$work/docs/a.txt" "$work/names/"$'new\nline\e[31m.txt'
cp "$work/docs/a.txt" "$work/names/"$'x\377.txt'
cp "$work/docs/a.txt" "$work/names/"'x\xFF.txt'
expect 0 run "$pipeline" "$work/names" --store "$work/names.alc" --json
json 'j["done"] == 3'
json 'lines[0]["document"].endswith("/new\nline\x1b[31m.txt")'
json 'sorted(l["document"].rsplit("/", 1)[1] for l in lines[1:3]) == ["x\\x5CxFF.txt", "x\\xFF.txt"]'
expect 0 run "$pipeline" "$work/names" --store "$work/names.alc" --dry-run --json
json 'j["documents"] == 3 and j["skipped"] == 3'
expect 0 run "$pipeline" "$work/names" --store "$work/names.alc" --force
raw
check test "$(grep -c '^line' "$work/out")" = 0
expect 0 results list --store "$work/names.alc"
raw
expect 4 run "$pipeline" "$work/"$'no\e[31m\377' --store "$work/names.alc"
raw
warns 'no?[31m?: cannot be opened'
expect 4 run "$pipeline" "$work/"$'no\e[31m\377' --store "$work/names.alc" --json
warns 'no\u001B[31m?"'
expect 1 run "$pipeline" "$work/"$'no\e[31m' "$work/docs/a.txt" --store "$work/names.alc"
raw
for form in '' --explain; do
    expect 0 redact --rules "$work/mini.yaml" $form "$work/names/"$'new\nline\e[31m.txt'
    raw
done
expect 4 redact --rules "$work/mini.yaml" "$work/names/"$'no\e[31m'
raw
expect 0 redact --rules "$work/mini.yaml" --json "$work/names/"$'x\377.txt'
json 'j["document"].endswith("x\\xFF.txt")'

finish
