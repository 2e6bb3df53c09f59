#!/usr/bin/env bash
# Pipelines: every mistake with its words, place and exit status; tests inside; init, explain, schema.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
cases=$source_dir/tests/cases/pipelines

# Each mistake, alone, as a person sees it.
: > "$work/errors.txt"
cd "$cases" || exit 1
for file in *.yaml; do
    run pipeline check "$file"
    { echo "== $file: exit $status"; sed "s#$source_dir/##g" "$work/err" "$work/out"; } >> "$work/errors.txt"
done
cd "$source_dir" || exit 1
golden pipeline-errors.txt "$work/errors.txt"

# All of a folder at once: each is named, none is passed over.
expect 3 pipeline check "$cases"
check test "$(grep -c '^alcove: error: ' "$work/err")" = "$(($(find "$cases" -name '*.yaml' | wc -l) - 1))"
says 'weak-profile.yaml: ok'
expect 3 pipeline check "$cases/weak-profile.yaml" --deny-warnings
warns 'weak-profile.yaml:8:11: profile hipaa-safe-harbor needs dates as year; operator "keep" keeps days (use "year")'
expect 0 pipeline check "$cases/weak-profile.yaml" -q
silent
expect 3 pipeline check "$cases/unknown-operator.yaml" --json
check python3 -c 'import json,sys; e=json.load(open(sys.argv[1]))["error"]
assert e["code"]=="pipeline" and e["line"]==7 and e["column"]==11 and e["hint"]=="did you mean \"mask\"?"' "$work/err"
expect 3 pipeline check "$work/nowhere.yaml"
warns 'nowhere.yaml'
mkdir "$work/bare"
expect 4 pipeline check "$work/bare"
warns 'no pipeline (*.yaml) in this folder'

# The shipped ones hold, with their tests.
expect 0 pipeline check pipelines --tests
says 'clinical-note.yaml: ok'
says 'referral-triage.yaml: ok'
expect 0 pipeline check pipelines/clinical-note.yaml --json
json 'j["valid"] and j["name"] == "clinical-note" and len(j["digest"]) == 64'

# A test that does not hold is named with its place, and its exit status says so.
cat > "$work/failing.yaml" <<'YAML'
version: 1
name: failing
purpose: test
redact: {rules: [common, us-hipaa]}
tests:
  - {text: "SSN: 219-09-9998", expect: {labels: {SSN: 1}, spans: [{label: SSN, text: 219-09-9998}]}}
  - {text: "SSN: 219-09-9998", expect: {labels: {SSN: 2}}}
  - {text: "nothing here", expect: {spans: [{label: NAME, text: here}]}}
YAML
expect 3 pipeline check "$work/failing.yaml" --tests
says 'failing.yaml:7:5: test failed: expected 2 SSN, found 1'
says 'failing.yaml:8:5: test failed: expected a span NAME over "here"'
says '1 of 3 tests hold'
expect 0 pipeline check "$work/failing.yaml"

# Expected results need a model: without one that is said, not passed over.
sed 's/^tests:/steps: [{classify: {name: s, model: absent, labels: [a, b]}}]\ntests:\n  - {text: x, expect: {results: {s: a}}}/; /SSN: 2/d; /nothing/d' \
    "$work/failing.yaml" > "$work/results.yaml"
expect 0 pipeline check "$work/results.yaml" --tests
warns 'expected results are NOT tested'
says '1 expected results NOT tested'

# With a model both labels are expected of the same text, so exactly one of the two tests holds.
"$build_dir/tests/make_tiny_model" "$work/tiny.gguf" || { echo "FAILED: make_tiny_model" >&2; exit 1; }
cat > "$work/model.yaml" <<YAML
version: 1
name: model
purpose: test
redact: {rules: [common]}
steps: [{classify: {name: s, model: $work/tiny.gguf, labels: [alpha, beta]}}]
tests:
  - {text: "the pain is in the knee", expect: {results: {s: alpha}}}
  - {text: "the pain is in the knee", expect: {results: {s: beta}}}
YAML
expect 3 pipeline check "$work/model.yaml" --tests
says '1 of 2 tests hold'
says 'test failed: expected s "'
expect 3 pipeline check "$work/model.yaml" --tests --json
json 'j["tests"] == {"run": 2, "failed": 1, "untested_results": 0}'

# init gives a pipeline that holds, never over a file that is there.
expect 0 pipeline init "$work/My Notes.yaml"
check grep -q '^name: my-notes$' "$work/My Notes.yaml"
expect 0 pipeline check "$work/My Notes.yaml" --tests
silent
expect 2 pipeline init "$work/My Notes.yaml"
warns 'this file is there already'
expect 0 pipeline init
says 'version: 1'

# explain shows what takes effect; --set changes value and digest, and is refused like the file itself.
expect 0 pipeline explain pipelines/clinical-note.yaml
says 'redact.threshold'
digest=$(awk '$1 == "(digest)" { print $2 }' "$work/out")
expect 0 pipeline explain pipelines/clinical-note.yaml --set redact.threshold=0.4 --set steps.specialty.model=m.gguf --json
json 'j["values"]["redact"]["threshold"] == 0.4 and j["values"]["steps"][0]["classify"]["model"] == "m.gguf"'
check grep -qv "$digest" "$work/out"
expect 3 pipeline explain pipelines/clinical-note.yaml --set redact.threshold=much
warns '--set redact.threshold=much: "threshold" must be a number between 0 and 1, not "much"'
expect 2 pipeline explain pipelines/clinical-note.yaml --set redact.threshold
warns '--set wants PATH=VALUE'

# The schema is JSON Schema, and the shipped pipelines are valid by it (an independent validator, where there is one).
expect 0 pipeline schema
check python3 -m json.tool "$work/out" /dev/null
if python3 -c 'import jsonschema, yaml' 2>/dev/null; then
    check python3 - "$work/out" pipelines/*.yaml <<'PY'
import json, sys, yaml, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for path in sys.argv[2:]:
    value = yaml.safe_load(open(path))
    validator.validate(value)
    value["redact"]["treshold"] = 1
    assert not validator.is_valid(value)
PY
else
    skip "pipelines against the schema" "no Python jsonschema and yaml"
fi

finish
