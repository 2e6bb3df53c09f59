#!/usr/bin/env bash
# redact: text, spans and objects without a store; offsets, keys, and what does not come out.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/run_lib.sh"
rules=$work/mini.yaml

expect 0 redact --rules "$rules" "$work/docs/b.txt"
check test "$(cat "$work/out")" = 'Seen by [NAME_1], SSN [SSN_1].'
warns 'random key'
no_canary "$work/out"
input=$work/docs/b.txt expect 0 redact --rules "$rules" -
says 'Seen by [NAME_1]'
input=$work/docs/b.txt expect 0 redact --rules "$rules"
says 'Seen by [NAME_1]'
expect 0 redact --rules "$rules" "$work/docs/a.txt" "$work/docs/b.txt"
check test "$(wc -l < "$work/out")" = 2
check test ! -e "$work/data" -a ! -e "$work/state"

# Spans: places in the input as UTF-8, whatever its encoding.
printf 'caf\351: Dr. Ann Lee\n' > "$work/latin.txt"
expect 0 redact --rules "$rules" --spans "$work/latin.txt"
json 'len(lines) == 1 and (j["start"], j["end"]) == (7, 18) and j["label"] == "NAME" and j["rule"] == "mini.name"'
json 'set(j) == {"document","start","end","label","rule","score","operator"} and j["operator"] == "tag"'
expect 0 redact --rules "$rules" --json "$work/docs/b.txt" "$work/docs/sub/c.txt"
json 'len(lines) == 2 and set(lines[0]) == {"document","text","spans"} and lines[1]["spans"] == []'
json 'lines[0]["text"] == "Seen by [NAME_1], SSN [SSN_1].\n"'
json '[s["label"] for s in lines[0]["spans"]] == ["NAME", "SSN"]'

# --explain names rule, version and the arithmetic, on stderr; never the value.
expect 0 redact --rules "$rules" --explain "$work/docs/b.txt"
warns 'NAME by mini.name'
warns 'mini 1.0.0: pattern 0.90'
no_canary "$work/out" "$work/err"
expect 0 redact --rules "$rules" --spans --explain "$work/docs/b.txt"
json 'all("mini 1.0.0" in l["explain"] for l in lines)'

# Default rules: all shipped packs, the profile of DESIGN.
printf 'Patient: John Smith, SSN: 219-09-9998, seen 3/4/2024\n' > "$work/note.txt"
expect 0 redact "$work/note.txt"
check test "$(grep -cE 'Smith|219-09|3/4' "$work/out")" = 0
says '2024'
expect 0 redact --profile hipaa-safe-harbor "$work/note.txt"

# A document that fails gives no text; the others do.
printf 'bad \0 bytes' > "$work/nul.txt"
expect 1 redact --rules "$rules" "$work/nul.txt" "$work/docs/b.txt"
warns "$work/nul.txt"
warns 'byte 4: NUL'
check test "$(wc -l < "$work/out")" = 1
expect 4 redact --rules "$rules" "$work/nowhere.txt"
warns 'nowhere.txt'
expect 1 redact --rules "$rules" "$work/nowhere.txt" "$work/docs/b.txt"
expect 4 redact --rules "$rules" "$work/docs"
warns 'not a regular file'

# Options.
expect 1 redact --rules "$rules" --fail-on-findings "$work/docs/b.txt"
expect 0 redact --rules "$rules" --fail-on-findings "$work/docs/sub/c.txt"
expect 0 redact --rules "$rules" --ner off "$work/docs/b.txt"
expect 2 redact --rules "$rules" --ner on "$work/docs/b.txt"
warns 'no name tagger'
expect 2 redact --rules "$rules" --profile hippa-safe-harbor "$work/docs/b.txt"
warns 'did you mean "hipaa-safe-harbor"?'
expect 3 redact --rules no-such-pack "$work/docs/b.txt"
expect 2 redact --rules "$rules,,x" "$work/docs/b.txt"
head -c 31 /dev/urandom > "$work/short.key"
expect 6 redact --rules "$rules" --key-file "$work/short.key" "$work/docs/b.txt"
warns 'key file'
head -c 32 /dev/urandom > "$work/good.key"
expect 0 redact --rules "$rules" --key-file "$work/good.key" "$work/docs/b.txt"
silent
expect 6 redact --rules "$rules" --key-file "$work/absent.key" "$work/docs/b.txt"
expect 0 redact -q --rules "$rules" "$work/docs/b.txt"
silent

# max_bytes of pipelines does not apply, the order of files is kept, and one thread is as good as two.
python3 -c 'print("Seen by Dr. Ann Lee. " * 1000 + "word " * 4400000)' > "$work/large.txt"
expect 0 redact --rules "$rules" "$work/large.txt"
check test "$(grep -c 'Lee' "$work/out")" = 0
sha=$(sha256sum < "$work/out")
expect 0 redact --threads 1 --rules "$rules" "$work/large.txt"
check test "$(sha256sum < "$work/out")" = "$sha"

# A closed or full output is said.
last='redact > /dev/full'
status=0
"$program" redact --rules "$rules" "$work/docs/b.txt" > /dev/full 2> "$work/err" || status=$?
check test "$status" = 75

# Closed standard descriptors: nothing that is opened afterwards takes their place.
last='redact >&-'
status=0
"$program" redact --rules "$rules" "$work/docs/b.txt" >&- 2> "$work/err" || status=$?
check test "$status" = 75
last='redact <&-'
status=0
timeout 20 "$program" redact --rules "$rules" <&- > "$work/out" 2> "$work/err" || status=$?
check test "$status" = 4
warns '-: cannot be read'
finish
