#!/usr/bin/env bash
# kill -9 at random moments of a run: afterwards the store opens and verifies, and run goes on to the same end result.
# ALCOVE_KILL_ROUNDS (10) rounds; ALCOVE_TEST_SEED chooses the moments.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/run_lib.sh"
rounds=${ALCOVE_KILL_ROUNDS:-10} documents=${ALCOVE_KILL_DOCUMENTS:-300}
seed=${ALCOVE_TEST_SEED:-4711}
mkdir "$work/many"
python3 - "$work/many" "$documents" <<'PY'
import sys
for i in range(int(sys.argv[2])):
    with open("%s/%04d.txt" % (sys.argv[1], i), "w") as f:
        f.write("Note %d. Seen by Dr. Ann Lee, SSN 219-09-%04d. %s\n" % (i, i, "More words. " * (i % 50)))
PY

summary() { # STORE: what the store holds of each document, without ids and times
    "$program" results list --store "$1" --json --limit 100000 2>> "$work/err" | python3 -c '
import json, sys
rows = {}
for line in sys.stdin:
    d = json.loads(line)
    if d["status"] == "done":
        assert d["document"] not in rows, "twice: " + d["document"]
        rows[d["document"]] = json.dumps([d.get("labels"), d.get("results"), d.get("redactions")], sort_keys=True)
for name in sorted(rows): print(name, rows[name])'
}

run results list --help
if [ "$status" != 0 ]; then
    skip 'kill -9 during a run' 'results list is missing'
    exit 77
fi
expect 0 run "$pipeline" "$work/many" --store "$work/whole.alc" --json
summary "$work/whole.alc" > "$work/want"
last='the run that nobody kills'
check test "$(wc -l < "$work/want")" = "$documents"

# Runs the program and kills it: after a random number of answers and some microseconds more, or, one time in four, at a
# random moment of its start. Prints "killed" if it was still running.
cat > "$work/kill.py" <<'PY'
import os, random, subprocess, sys, time
seed, documents, answers, errors, command = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5:]
dice = random.Random(seed)
process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=open(errors, "wb"), stdin=subprocess.DEVNULL)
with open(answers, "wb") as out:
    if dice.random() < 0.25:
        time.sleep(dice.random() * 0.2)
    else:
        for _ in range(dice.randrange(documents)):
            line = process.stdout.readline()
            if not line:
                break
            out.write(line)
        time.sleep(dice.random() * 0.004)
    print("killed" if process.poll() is None else "finished")
    process.kill()
    out.write(process.stdout.read())
process.wait()
PY

killed=0 middles=0
for round in $(seq "$rounds"); do
    name=$work/round$round
    for attempt in 1 2; do # two kills in a row, then the way to the end
        last="round $round, kill $attempt"
        verdict=$(python3 "$work/kill.py" "$seed-$round-$attempt" "$documents" "$work/answered" "$work/err" \
            "$program" run "$pipeline" "$work/many" --store "$name.alc" --json)
        [ "$verdict" = killed ] && killed=$((killed + 1))
        [ -e "$name.alc" ] || continue
        lines=$(wc -l < "$work/answered")
        [ "$lines" -gt 0 ] && [ "$lines" -lt "$documents" ] && middles=$((middles + 1))
        [ -s "$name.key" ] || { fail 'a store without its key'; continue; }
        run store info --store "$name.alc" # killed before the store had its first header: it is made anew
        [ "$lines" = 0 ] && [ "$status" = 6 ] && grep -q 'holds no store' "$work/err" && continue
        expect 0 audit verify --store "$name.alc"
        expect 0 store check --store "$name.alc"
        # What was answered is in the store.
        summary "$name.alc" > "$work/have"
        python3 - "$work/answered" "$work/have" <<'PY' && pass || fail 'answered, but not in the store'
import json, sys
have = {line.split(" ", 1)[0] for line in open(sys.argv[2])}
for line in open(sys.argv[1]):
    if not line.endswith("}\n"):
        continue
    d = json.loads(line)
    assert "document" not in d or d["status"] != "done" or d["document"] in have, d["document"]
PY
    done
    expect 0 run "$pipeline" "$work/many" --store "$name.alc" --json
    json "j['done'] + j['skipped'] == $documents and j['quarantined'] == 0"
    summary "$name.alc" > "$work/have"
    check cmp "$work/want" "$work/have"
    expect 0 audit verify --store "$name.alc"
    rm -f "$name".*
done
last="$rounds rounds"
echo "$killed kills, $middles of them in the middle of the documents"
check test "$killed" -gt "$rounds"
check test "$middles" -gt 0
sleep 0.2
check test -z "$(pgrep -f "$work/round" || true)"
finish
