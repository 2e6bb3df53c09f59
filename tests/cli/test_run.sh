#!/usr/bin/env bash
# run: a folder, files, lines of JSON; resume, force, limit, shard, set, dry run; what is printed and what is kept.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/run_lib.sh"

# A dry run leaves no trace.
expect 0 run "$pipeline" "$work/docs" --store "$store" --dry-run
says '3 documents: 3 to process'
says 'Nothing was written.'
check test ! -e "$store"
check test ! -e "$work/s.key"
expect 0 run "$pipeline" "$work/docs/a.txt" --store "$store" --dry-run
says '1 document: 1 to process'

# A folder, in byte order of the path, hidden files skipped; store, key and next steps are named.
expect 0 run "$pipeline" "$work/docs" --store "$store"
says '3 documents: 3 done, 0 skipped'
says 'removed: 2 (NAME 1, SSN 1)'
warns "$store"
warns "$work/s.key"
warns 'alcove results list'
check test "$(grep -oE '(a|b|sub/c)\.txt' "$work/out" | tr '\n' ' ')" = 'a.txt b.txt sub/c.txt '
check test "$(stat -c %a "$work/s.key")" = 600
no_canary "$work/out" "$work/err"

# Again: nothing to do; with --force all; a changed file alone.
expect 0 run "$pipeline" "$work/docs" --store "$store" --json
json 'j["documents"] == 3 and j["skipped"] == 3 and j["done"] == 0'
json 'all(l["status"] == "skipped" for l in lines[:-1])'
expect 0 run "$pipeline" "$work/docs" --store "$store" --json --force
json 'j["done"] == 3 and j["skipped"] == 0'
printf 'Seen by Dr. Quillon Zebradine again.\n' > "$work/docs/b.txt"
expect 0 run "$pipeline" "$work/docs" --store "$store" --json
json 'j["done"] == 1 and j["skipped"] == 2'
json '[l["document"].rsplit("/", 1)[1] for l in lines[:-1] if l["status"] == "done"] == ["b.txt"]'
expect 0 run "$pipeline" "$work/docs" --store "$store" --dry-run --json
json 'j["dry_run"] and j["documents"] == 3 and j["skipped"] == 3 and j["process"] == 0'

# --set is part of the digest: other settings are another run.
expect 0 run "$pipeline" "$work/docs" --store "$store" --json --set redact.threshold=0.6
json 'j["done"] == 3'
expect 3 run "$pipeline" "$work/docs" --store "$store" --set redact.thresholt=0.6
warns 'threshold'

# The line of a document and the last line, as the contract has them.
expect 0 run "$pipeline" "$work/docs/a.txt" --store "$work/one.alc" --json
json 'set(lines[0]) == {"document","id","status","reason","redactions","labels","results","audit_leaf","ms"}'
json 'lines[0]["document"].endswith("docs/a.txt") and len(lines[0]["id"]) == 32 and lines[0]["status"] == "done"'
json 'lines[0]["redactions"] == 1 and lines[0]["labels"] == {"NAME": 1} and lines[0]["audit_leaf"] >= 0'
json 'set(j) == {"run","documents","done","skipped","quarantined","failed","checkpoint"} and len(j["run"]) == 32'
json 'j["checkpoint"].count("\n") >= 4'

# Lines of JSON: one answer a line, in order, also for the lines that are wrong.
cat > "$work/lines" <<'LINES'
{"id":"n-1","text":"Seen by Dr. Quillon Zebradine."}
{"id": 2.50, "text":"plain", "other":[1,2]}
not json

{"id":"n-4"}
{"id":"n-5","text":"\u00e9t\u00e9 Ms. Ovelia Karsten"}
LINES
input=$work/lines expect 1 run "$pipeline" - --store "$work/lines.alc"
json '[l["document"] for l in lines[:-1]] == ["n-1", "2.50", "-:3", "n-4", "n-5"]'
json '[l["status"] for l in lines[:-1]] == ["done", "done", "quarantined", "quarantined", "done"]'
json '"byte 0" in lines[2]["reason"] and "text" in lines[3]["reason"]'
json 'j["documents"] == 5 and j["done"] == 3 and j["quarantined"] == 2'
no_canary "$work/out" "$work/err"
input=$work/lines expect 1 run "$pipeline" - --store "$work/lines.alc"
json 'j["skipped"] == 3 and j["quarantined"] == 2'

# An answer comes before the next line is given.
mkfifo "$work/in" "$work/answers"
"$program" run "$pipeline" - --store "$work/live.alc" < "$work/in" > "$work/answers" 2> "$work/err" &
last='run - through pipes'
exec 7> "$work/in" 8< "$work/answers"
for id in x y z; do
    printf '{"id":"%s","text":"hello"}\n' "$id" >&7
    if read -r -t 20 line <&8 && [[ $line == *"\"document\":\"$id\""* ]]; then pass; else fail "no answer to $id: $line"; fi
done
exec 7>&-
cat <&8 > "$work/out"
exec 8<&-
wait $! && pass || fail 'the run did not end well'
json 'j["done"] == 3'

# Empty input is success.
expect 0 run "$pipeline" - --store "$work/live.alc"
json 'j["documents"] == 0'

# --limit and --shard.
expect 0 run "$pipeline" "$work/docs" --store "$work/limit.alc" --limit 2 --json
json 'j["documents"] == 2'
: > "$work/seen"
for i in 0 1 2; do
    expect 0 run "$pipeline" "$work/docs" --store "$work/shard$i.alc" --shard $i/3 --json
    python3 - "$work/out" "$work/docs" $i 3 >> "$work/seen" <<'PY' || fail 'a document in the wrong shard'
import hashlib, json, os, sys
out, root, index, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
for line in [json.loads(l) for l in open(out)][:-1]:
    relative = os.path.relpath(line["document"], root)
    first = int.from_bytes(hashlib.sha256(b"alcove-shard-v1\0" + relative.encode()).digest()[:8], "big")
    assert first % count == index, relative
    print(relative)
PY
done
check test "$(sort "$work/seen" | tr '\n' ' ')" = 'a.txt b.txt sub/c.txt '
printf '{"id":"n-%d","text":"t"}\n' 1 2 3 4 5 6 > "$work/many"
: > "$work/seen"
for i in 0 1; do
    input=$work/many expect 0 run "$pipeline" - --store "$work/line-shard$i.alc" --shard $i/2
    python3 -c 'import json,sys; [print(json.loads(l)["document"]) for l in list(open(sys.argv[1]))[:-1]]' "$work/out" >> "$work/seen"
done
check test "$(sort "$work/seen" | tr '\n' ' ')" = 'n-1 n-2 n-3 n-4 n-5 n-6 '
for bad in 3/3 1 a/b -1/2 1/0 1/2/3 ' 1/2'; do expect 2 run "$pipeline" "$work/docs" --shard "$bad"; done

# --fail-on-findings, keep, quiet.
expect 1 run "$pipeline" "$work/docs" --store "$work/f.alc" --fail-on-findings
expect 0 run "$pipeline" "$work/docs/sub" --store "$work/f2.alc" --fail-on-findings
expect 0 run "$pipeline" "$work/docs" --store "$work/q.alc" -q # results stay, remarks go
says '3 documents: 3 done'
says 'removed: 1 (NAME 1)'
silent

# Steps on a model: the same results whatever the threads; the digest of the model is in the run's record.
"$build_dir/tests/make_tiny_model" "$work/tiny.gguf" || fail 'make_tiny_model'
cat > "$work/steps.yaml" <<YAML
version: 1
name: steps
purpose: Tests of the run
redact: {rules: [$work/mini.yaml]}
steps:
  - classify: {name: kind, model: $work/tiny.gguf, labels: [Letter, Call]}
  - summarize: {name: summary, model: $work/tiny.gguf, max_tokens: 24}
YAML
for threads in 1 2; do
    expect 0 run "$work/steps.yaml" "$work/docs" --store "$work/steps$threads.alc" --threads $threads --json
    json 'j["done"] == 3 and all(set(l["results"]) == {"kind", "summary"} for l in lines[:-1])'
    json 'all(l["results"]["kind"]["label"] in ("Letter", "Call") for l in lines[:-1])'
    json 'all({"kind", "summary", "redact"} <= set(l["ms"]) for l in lines[:-1])'
    no_canary "$work/out" "$work/err"
    python3 -c 'import json,sys
for l in list(open(sys.argv[1]))[:-1]: print(json.dumps(json.loads(l)["results"], sort_keys=True))' "$work/out" > "$work/results$threads"
done
check cmp "$work/results1" "$work/results2"
expect 0 run "$work/steps.yaml" "$work/docs/a.txt" --store "$work/steps3.alc"
says '    kind: '

# A kernel column that is none: named with those there are, and no reason to fail.
ALCOVE_KERNELS=bogus expect 0 run "$work/steps.yaml" "$work/docs/a.txt" --store "$work/steps3.alc" --force
warns 'ALCOVE_KERNELS asks for "bogus"'
warns 'scalar, avx2, avxvnni and avx512'
ALCOVE_KERNELS=scalar expect 0 run "$work/steps.yaml" "$work/docs/a.txt" --store "$work/steps3.alc" --force
check test "$(grep -c ALCOVE_KERNELS "$work/err")" = 0

# A leak: the only labels are parts of a name that was removed from one document. It is quarantined, the batch goes on,
# the end is 8, and nothing of that document is kept.
sed -e 's/Letter, Call/Zebradine, Quillon/' -e '/summarize/d' "$work/steps.yaml" > "$work/leak.yaml"
expect 8 run "$work/leak.yaml" "$work/docs" --store "$work/leak.alc" --json
json 'j["documents"] == 3 and j["done"] == 2 and j["quarantined"] == 1'
json '[l["status"] for l in lines[:-1]] == ["done", "quarantined", "done"] and lines[1]["results"] == {}'
json '"NAME" in lines[1]["reason"] and "mini.name" in lines[1]["reason"]'
json '"Zebradine" not in lines[1]["reason"] and "Quillon" not in lines[1]["reason"]'

sed -i 's/rules: \[\(.*\)\]}/rules: [\1], verify: warn}/' "$work/leak.yaml"
expect 0 run "$work/leak.yaml" "$work/docs" --store "$work/leak.alc" --json
json 'j["done"] == 3'
warns 'verify: warn'

# What is asked wrongly.
expect 2 run "$pipeline"
warns 'no INPUT'
expect 2 run
expect 3 run "$work/no-such.yaml" "$work/docs"
expect 4 run "$pipeline" "$work/nowhere" --store "$work/never.alc"
warns "$work/nowhere"
check test ! -e "$work/never.alc"
expect 1 run "$pipeline" "$work/nowhere" "$work/docs/a.txt" --store "$work/half.alc" --json
json 'j["documents"] == 2 and j["done"] == 1 and j["failed"] == 1'
json 'lines[0]["document"].endswith("/nowhere") and lines[0]["status"] == "failed" and "opened" in lines[0]["reason"]'
warns "$work/nowhere"
expect 4 run "$pipeline" "$work/nowhere" "$work/docs/a.txt" --store "$work/half.alc" --json # a.txt was done before
json 'j["skipped"] == 1 and j["failed"] == 1 and j["done"] == 0'
expect 0 results list --store "$work/half.alc"
says "$work/nowhere"
expect 1 run "$pipeline" "$work/nowhere" "$work/docs/a.txt" --store "$work/half.alc" --dry-run
says '2 documents: 0 to process'
expect 4 run "$pipeline" "$work/nowhere" "$work/nowhere2" --store "$work/never.alc"
warns "$work/nowhere: cannot be opened"
warns "$work/nowhere2: cannot be opened"
check test ! -e "$work/never.alc"
expect 2 run "$pipeline" - --dry-run

# SIGTERM: 75; SIGINT: 130; what was answered is kept and the rest goes on from there.
for signal in TERM:75 INT:130; do
    rm -f "$work/in" && mkfifo "$work/in"
    "$program" run "$pipeline" - --store "$work/sig.alc" < "$work/in" > "$work/out" 2> "$work/err" &
    pid=$! last="run stopped by ${signal%:*}"
    exec 7> "$work/in"
    printf '{"id":"before-%s","text":"kept"}\n' "$signal" >&7
    for _ in $(seq 200); do [ -s "$work/out" ] && break; sleep 0.05; done
    kill -"${signal%:*}" "$pid"
    status=0
    wait "$pid" || status=$?
    exec 7>&-
    check test "$status" = "${signal#*:}"
    json 'j["done"] == 1 and "checkpoint" in j'
done

# A killed child is replaced: the document is quarantined or not, the next ones are done.
for child in alcove-worker alcove-parser; do
    rm -f "$work/in" && mkfifo "$work/in"
    "$program" run "$pipeline" - --store "$work/kill-$child.alc" < "$work/in" > "$work/out" 2> "$work/err" &
    pid=$! last="run with a killed $child"
    exec 7> "$work/in"
    printf '{"id":"one","text":"t"}\n' >&7
    for _ in $(seq 200); do [ -s "$work/out" ] && break; sleep 0.05; done
    kill -9 "$(child_of "$pid" "$child")"
    printf '{"id":"two","text":"t"}\n{"id":"three","text":"t"}\n' >&7
    exec 7>&-
    status=0
    wait "$pid" || status=$?
    check test "$status" -le 1
    json 'j["documents"] == 3 and lines[2]["status"] == "done" and lines[0]["status"] == "done"'
done
finish
