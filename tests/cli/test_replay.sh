#!/usr/bin/env bash
# audit replay: the same inputs give the same bytes on other kernels and threads; what else differs is named.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/run_lib.sh"
"$build_dir/tests/make_tiny_model" "$work/tiny.gguf" || fail 'make_tiny_model'
steps=$work/steps.yaml b=$work/docs/b.txt
cat > "$steps" <<YAML
version: 1
name: steps
purpose: Tests of the replay
redact: {rules: [$work/mini.yaml], operators: {NAME: surrogate}}
steps:
  - classify: {name: kind, model: $work/tiny.gguf, labels: [Letter, Call]}
  - summarize: {name: summary, model: $work/tiny.gguf, max_tokens: 24}
store: {keep: [redacted_text, spans, results]}
YAML
state_of() { # NAME STATE of the last --json
    json "[r['state'] for r in j['compared'] if r['name'] == '$1'] == ['$2']"
}
replay() { # STATUS ARGS...: of b.txt under the pipeline of the run
    local want=$1
    shift
    expect "$want" audit replay "$b" --pipeline "$steps" --store "$store" "$@"
}
all='["input", "pipeline", "rules", "model tiny.gguf", "numerics", "redacted_text", "spans", "results", "labels"]'

# Made with one thread and the plainest kernels, replayed with two threads and the best ones.
ALCOVE_KERNELS=scalar expect 0 run "$steps" "$work/docs" --store "$store" --threads 1 -q
expect 0 store info --store "$store" --json
cp "$work/out" "$work/info"
replay 0 --threads 2
says 'same bytes: yes'
says 'kernels: scalar in the run'
no_canary "$work/out" "$work/err"
replay 0 --threads 2 --json
silent
json 'j["same"] is True and {r["state"] for r in j["compared"]} == {"same"}'
json "[r['name'] for r in j['compared']] == $all"
json 'all(r["recorded"] == r["now"] != "" for r in j["compared"])'
json 'j["kernels"]["recorded"].startswith("scalar")'
id=$(python3 -c 'import json,sys; print(json.load(sys.stdin)["result"])' < "$work/out")
expect 0 audit replay "$id" --pipeline "$steps" --store "$store" --json
json "j['document'] == '$b'"
cp "$b" "$work/elsewhere.txt"
replay 0 --input "$work/elsewhere.txt"

# The store has no more results than before, and a record of each replay.
expect 0 store info --store "$store" --json
python3 -c 'import json,sys
a, b = (json.load(open(f)) for f in sys.argv[1:])
sys.exit(any(a[k] != b[k] for k in ("documents", "done", "quarantined", "failed", "runs")))' "$work/info" "$work/out" && pass || fail 'a replay left a result'
expect 0 audit log --store "$store" --event audit-replay --object "$b" --json
json 'len(lines) == 4 and all(l["outcome"] == "ok" and l["differs"] == [] and "spans" in l["same"] for l in lines)'
json "all(l['result'] == '$id' for l in lines)"
expect 0 audit verify --store "$store"

# Another input, by its commitment: 4, nothing is processed; forced, the result is compared.
printf 'Seen by Dr. Quillon Zebradine, twice.\n' > "$work/changed.txt"
replay 4 --input "$work/changed.txt" --json
json 'j["same"] is False and {r["state"] for r in j["compared"] if r["name"] in ("redacted_text", "spans", "results")} == {"not run"}'
state_of input differs
state_of pipeline same
warns 'input: not that of the record'
replay 4 --input "$work/changed.txt"
says 'same bytes: not replayed'
warns '--force'
replay 4 --input "$work/changed.txt" --force --json
state_of input differs
state_of redacted_text differs
warns 'the result differs'
no_canary "$work/out" "$work/err"
mv "$b" "$work/away.txt"
replay 4
warns '--input'
mv "$work/away.txt" "$b"
replay 4 --input "$work/nowhere.txt"
warns "$work/nowhere.txt"
expect 0 audit log --store "$store" --event audit-replay --json
json '[l["outcome"] for l in lines[-3:]] == ["refused", "refused", "failed"] and lines[-2]["differs"] == ["input"]'

# Another value of the pipeline: 3, with both digests. One that changes nothing is told apart from one that does.
replay 3 --set redact.threshold=0.6 --json
state_of pipeline differs
state_of input same
warns "$(python3 -c 'import json,sys; print(next(r["now"] for r in json.loads(open(sys.argv[1]).readline())["compared"] if r["name"] == "pipeline"))' "$work/out")"
warns 'pipeline: not that of the record'
replay 3 --set redact.threshold=0.6 --force
says 'same bytes: yes, from other inputs'
warns 'the result is the same'
replay 3 --set steps.summary.max_tokens=16 --set redact.threshold=0.95 --force --json
state_of spans differs
warns 'the result differs'
expect 3 audit replay "$b" --pipeline "$work/no-such.yaml" --store "$store"
expect 2 audit replay "$b" --store "$store"
warns '--pipeline'
expect 4 audit replay "$work/nothing.txt" --pipeline "$steps" --store "$store"

# Other rules: 3. Another model under the same name, and none: 5.
cp "$work/mini.yaml" "$work/mini.kept"
sed -i 's/version: 1.0.0/version: 1.0.1/' "$work/mini.yaml"
replay 3 --json
state_of rules differs
warns 'rules: not that of the record'
mv "$work/mini.kept" "$work/mini.yaml"
mv "$work/tiny.gguf" "$work/tiny.kept"
replay 5
warns 'tiny.gguf'
"$build_dir/tests/make_tiny_model" "$work/tiny.gguf" 77
replay 5 --json
state_of rules same
warns 'model tiny.gguf: not that of the record'
replay 5 --force --json
state_of redacted_text same
state_of numerics same
mv "$work/tiny.kept" "$work/tiny.gguf"
replay 0

# A row that was altered from outside: 7, though all inputs are the same.
alter() { "$build_dir/tests/alter_store" "$store" "${store%.alc}.key" "$1" || fail "alter_store: $1"; }
for change in "redacted_text:UPDATE results SET redacted_text = CAST('Ann Lee was seen.' AS BLOB)" \
    "results:UPDATE results SET results = replace(results, 'Letter', 'Lettre') || ' '" "spans:UPDATE spans SET score = 0.5" \
    "labels:UPDATE results SET labels = '{}'"; do
    where="WHERE id = '$id'"
    [ "${change%%:*}" != spans ] || where="WHERE number = 0 AND result = (SELECT number FROM results WHERE id = '$id')"
    cp "$store" "$work/before.alc"
    alter "${change#*:} $where"
    replay 7 --json
    state_of "${change%%:*}" differs
    json 'len([r for r in j["compared"] if r["state"] == "differs"]) == 1 and j["same"] is False'
    warns "${change%%:*}"
    warns 'audit verify'
    # A store that is put back is behind its anchor: begin both anew.
    rm -f "$store" "$work/state/alcove/s.anchor" && cp "$work/before.alc" "$store"
    expect 0 audit checkpoint --store "$store" --new-anchor -q
done
replay 0

# What the pipeline does not keep cannot be compared; the rest is.
sed 's/keep: .*}/keep: [spans]}/' "$steps" > "$work/brief.yaml"
expect 0 run "$work/brief.yaml" "$b" --store "$work/brief.alc" -q
expect 0 audit replay "$b" --pipeline "$work/brief.yaml" --store "$work/brief.alc" --json
state_of redacted_text 'not kept'
state_of results 'not kept'
state_of spans same
state_of labels same
json 'j["same"] is True'

# A line of JSON: on standard input, in a file of its own with and without its end, among others.
cat > "$work/lines" <<'LINES'
{"id":"n-1","text":"Nothing here."}
{"id":"n-2","text":"Seen by Dr. Quillon Zebradine, SSN 219-09-9998."}
not json
LINES
input=$work/lines expect 1 run "$pipeline" - --store "$work/lines.alc"
sed -n 2p "$work/lines" > "$work/one"
head -c -1 "$work/one" > "$work/bare"
for file in lines one bare; do
    expect 0 audit replay n-2 --pipeline "$pipeline" --store "$work/lines.alc" --input "$work/$file"
    says 'same bytes: yes'
    input=$work/$file expect 0 audit replay n-2 --pipeline "$pipeline" --store "$work/lines.alc" --input -
done
expect 4 audit replay n-2 --pipeline "$pipeline" --store "$work/lines.alc"
warns '--input'
input=$work/one expect 4 audit replay n-1 --pipeline "$pipeline" --store "$work/lines.alc" --input - --json
state_of input differs
input=/dev/null expect 4 audit replay n-1 --pipeline "$pipeline" --store "$work/lines.alc" --input -

# A file of one line without an end is a file.
printf 'Seen by Dr. Quillon Zebradine' > "$work/single.txt"
expect 0 run "$pipeline" "$work/single.txt" --store "$work/lines.alc" -q
expect 0 audit replay "$work/single.txt" --pipeline "$pipeline" --store "$work/lines.alc"

# Quarantined: there is nothing to replay, and the log says that it was tried.
input=$work/lines expect 1 audit replay --pipeline "$pipeline" --store "$work/lines.alc" --input - -- -:3
warns 'there is nothing to replay'
check test ! -s "$work/out"
expect 0 audit log --store "$work/lines.alc" --event audit-replay --json
json 'lines[-1]["outcome"] == "refused" and lines[-1]["same"] == []'
expect 0 audit verify --store "$work/lines.alc"
finish
