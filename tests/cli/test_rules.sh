#!/usr/bin/env bash
# Rules: list, show, lint, test, explain.
set -uo pipefail
. "$(dirname "$0")/lib.sh"

expect 0 rules list --json
json 'len(lines) >= 45 and all(l["id"] and l["label"] and l["pack"] for l in lines)'
json 'len({l["id"] for l in lines}) == len(lines)'
expect 0 rules list --rules us-hipaa --label SSN
says 'us.ssn'
check test "$(grep -c PHONE "$work/out")" = 0
expect 2 rules list --label SNN
warns 'unknown label "SNN"'
expect 3 rules list --rules no-such-pack
warns 'no-such-pack'

expect 0 rules show us.ssn
says 'pattern: '
says 'validate: us-ssn'
expect 0 rules show us.ssn --json
json 'j["rule"]["label"] == "SSN" and j["pack"] == "us-hipaa" and j["line"] > 0'
json 'j["rule"]["hipaa"] == 7 and isinstance(j["rule"]["score"]["pattern"], (int, float))'
json 'all(isinstance(text, str) for text in j["rule"]["examples"]["match"])'
expect 2 rules show us.snn
warns 'did you mean "us.ssn"?'

expect 0 rules lint
says ' 0 problems'
expect 0 rules test
says ' 0 failed'

# A pack of one's own: a pattern that does not compile, a missing example, an example that fails.
cat > "$work/bad.yaml" <<'YAML'
pack: bad
version: 1
rules:
  - id: bad.open
    label: ID
    pattern: '(\d{3}'
    score: {pattern: 0.6}
    examples: {match: ["123"], reject: ["abc"]}
YAML
expect 3 rules list --rules "$work/bad.yaml"
warns 'bad.yaml:6:'
cat > "$work/wrong.yaml" <<'YAML'
pack: wrong
version: 1
rules:
  - id: wrong.three
    label: ID
    pattern: '\bA\d{3}\b'
    score: {pattern: 0.6}
    examples: {match: ["A123", "B123"], reject: ["A1234"]}
YAML
expect 3 rules test "$work/wrong.yaml"
says 'wrong.yaml:8:'
says '1 pack, 3 examples, 1 failed'
expect 3 rules test "$work/wrong.yaml" --json
json 'j["failed"] == 1 and j["examples"] == 3'
json 'len(lines) == 2 and lines[0]["file"].endswith("wrong.yaml") and lines[0]["line"] == 8 and lines[0]["message"]'
expect 0 rules list --rules "$work/wrong.yaml"
check grep -qx '1 rule' "$work/out"

# explain: the parts add up to the score, places are right, and the text itself is not repeated.
printf 'Letter\nSSN: 219-09-9998 of the patient\nticket 219-09-9998\n' > "$work/letter.txt"
expect 0 rules explain "$work/letter.txt" --rules us-hipaa --json
json 'any(l["rule"] == "us.ssn" and l["start"] == 12 and l["end"] == 23 and l["redacted"] for l in lines)'
json 'all(abs(l["score"] - max(0, min(1, l["pattern"] + l["context"] + l["valid"] - abs(l["negative"])))) < 1e-6 for l in lines)'
expect 0 rules explain "$work/letter.txt" --rules us-hipaa
says '2:6: SSN'
says 'redacted'
check test "$(grep -c '219' "$work/out")" = 0
input=$work/letter.txt expect 0 rules explain -
says '2:6: SSN'
expect 4 rules explain "$work/absent.txt"
printf 'caf\351\n' > "$work/latin1.txt"
expect 4 rules explain "$work/latin1.txt"
warns 'not valid UTF-8'

# Packs come from the program's own place or from ALCOVE_RULES, never from the folder one stands in.
mkdir -p "$work/rules/packs" && cp "$work/wrong.yaml" "$work/rules/packs/common.yaml"
cd "$work" || exit 1
expect 0 rules list --rules common --json
json 'not any(l["id"] == "wrong.three" for l in lines)'
ALCOVE_RULES=$work/rules/packs expect 0 rules list --json
json '[l["id"] for l in lines] == ["wrong.three"]'
ALCOVE_RULES=$work/nowhere expect 3 rules list
warns 'ALCOVE_RULES names no readable folder'

finish
