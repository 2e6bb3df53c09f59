#!/usr/bin/env bash
# Proofs that leave the store: made by the program, checked by it and by docs/verify_bundle.py, which shares no code.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/run_lib.sh"
stranger() { python3 "$source_dir/docs/verify_bundle.py" "$@" > "$work/out" 2> "$work/err"; }
altered() { # FILE EXPRESSION: the bundle `j` with a change, into $work/altered.json
    python3 - "$1" "$2" > "$work/altered.json" <<'PY'
import json, sys
j = json.load(open(sys.argv[1]))
exec(sys.argv[2])
json.dump(j, sys.stdout)
PY
}

expect 0 run "$pipeline" "$work/docs" --store "$store" -q
expect 0 store info --store "$store" --json
key=$(python3 -c 'import json,sys; print(json.load(sys.stdin)["verifier_key"])' < "$work/out")

# A proof of one result: summed up, in a file, on standard output.
expect 0 audit prove "$work/docs/b.txt" --store "$store"
says 'verified: the proof of one result'
says 'what is shown is what the record commits to'
says "$key"
no_canary "$work/out"
expect 0 audit prove "$work/docs/b.txt" --store "$store" --out "$work/b.proof"
check test "$(stat -c %a "$work/b.proof")" = 600
no_canary "$work/b.proof"
check sh -c "! grep -q 'b\\.txt' '$work/b.proof'"
expect 0 audit prove "$work/docs/b.txt" --store "$store" --json --digests-only
cp "$work/out" "$work/digests.proof"
check sh -c "! grep -q stored\\\" '$work/digests.proof'"
expect 4 audit prove nothing.txt --store "$store"
expect 0 audit log --store "$store" --event result-prove --json
json 'len(lines) == 3 and all(line["object"] == lines[0]["object"] for line in lines)'

# Whoever gets it needs no key and no store.
mv "$store" "$work/away.alc"
mv "${store%.alc}.key" "$work/away.key"
expect 0 audit verify-bundle "$work/b.proof"
says 'verified'
warns 'the key that the bundle itself names'
expect 0 audit verify-bundle "$work/b.proof" --key "$key" --json
silent
json 'j["ok"] and j["pinned"] and not j["anchored"] and j["stored"] and j["record"]["event"] == "document-done"'
expect 0 audit verify-bundle "$work/b.proof" --anchor "$work/state/alcove/s.anchor"
silent
says 'as in the anchor'
expect 0 audit verify-bundle "$work/digests.proof" -q
expect 7 audit verify-bundle "$work/b.proof" --key "${key%?}x"
warns 'verifier_key'
expect 4 audit verify-bundle "$work/nowhere.proof"
for change in 'j["stored"]["redacted_text"] = "Ann was seen."' 'j["result"]["path"].pop()' 'j["opening"] = "00" * 32' \
    'j["stored"]["spans"][0]["start"] += 1' 'j["run"]["leaf"] += 1' 'j["result"], j["run"] = j["run"], j["result"]' \
    'j["checkpoint"] = j["checkpoint"].replace("\n", "\n1", 1)'; do
    altered "$work/b.proof" "$change"
    expect 7 audit verify-bundle "$work/altered.json" --json
    json 'j == {"ok": False}'
    warns altered.json
    last="the stranger's program on $change"
    stranger "$work/altered.json"
    check test $? = 7
done
for proof in b digests; do
    last="the stranger's program on $proof.proof"
    check stranger "$work/$proof.proof" "$key"
    says verified
done

# An export of the log: a folder with the bundle and a README, or the bundle on standard output.
mv "$work/away.alc" "$store"
mv "$work/away.key" "${store%.alc}.key"
expect 0 audit export --store "$store" --out "$work/export"
says 'verified: the export of an audit log'
says 'none left out'
check grep -qF "$key" "$work/export/README.txt"
last="the digest in README.txt" && check sh -c "cd '$work/export' && grep -E '^SHA-256' README.txt | sed 's/^SHA-256 *//' | sha256sum -c --quiet"
no_canary "$work/export/audit.ndjson" "$work/export/README.txt"
check sh -c "! grep -qE 'b\\.txt|No names at all' '$work/export/audit.ndjson'"
check test "$(stat -c %a "$work/export/audit.ndjson" "$work/export/README.txt" | sort -u)" = 600
expect 4 audit export --store "$store" --out "$work/export"
warns 'holds no export yet'
expect 2 audit export --store "$store" --from yesterday
expect 2 audit export --store "$store" --from 2026-02 --to 2026-01
year=$(date -u +%Y)
expect 0 audit export --store "$store" --from "$year" --to "$year" --out "$work/year"
expect 0 audit export --store "$store" --to 2001
cp "$work/out" "$work/nothing.ndjson"
expect 0 audit log --store "$store" --event audit-export --json
json 'len(lines) == 3 and lines[0]["from"] is None and lines[2]["to"] == "2001"'
mv "$store" "$work/away.alc"
expect 0 audit verify-bundle "$work/export" --anchor "$work/state/alcove/s.anchor" --json
silent
json 'j["ok"] and j["anchored"] and j["bundle"] == "export" and j["first"] == 0 and j["records"] == j["size"]'
expect 0 audit verify-bundle "$work/year/audit.ndjson" --key "$key"
expect 0 audit verify-bundle "$work/nothing.ndjson" -q
says 'records     1, leaves 0 to 0'
for file in export/audit.ndjson year/audit.ndjson nothing.ndjson; do
    last="the stranger's program on $file" && check stranger "$work/$file" "$key"
    says verified
done
for change in '4d' '2d' '$d' '1s/"edge":\[/"edge":["'"$(printf '0%.0s' $(seq 64))"'"/' '5s/"uid\\":[0-9]*/"uid\\":77/' '4{h;d};5{G}' \
    '$s/"records":/"records":1/'; do
    sed "$change" "$work/export/audit.ndjson" > "$work/altered.ndjson"
    last="sed $change" && check test "$(cmp -s "$work/export/audit.ndjson" "$work/altered.ndjson"; echo $?)" = 1
    expect 7 audit verify-bundle "$work/altered.ndjson"
    warns 'altered.ndjson:'
    last="the stranger's program on sed $change"
    stranger "$work/altered.ndjson"
    check test $? = 7
done
finish
