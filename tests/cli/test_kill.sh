#!/usr/bin/env bash
# kill -9 at random moments of a run: afterwards the store opens and verifies, and run goes on to the same end result.
# ALCOVE_KILL_ROUNDS (10) rounds; ALCOVE_TEST_SEED chooses the moments.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/run_lib.sh"
rounds=${ALCOVE_KILL_ROUNDS:-10} documents=${ALCOVE_KILL_DOCUMENTS:-300}
RANDOM=${ALCOVE_TEST_SEED:-4711}
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

# How long a whole run takes here, to spread the kills over it.
start=$(date +%s%N)
expect 0 run "$pipeline" "$work/many" --store "$work/timed.alc" --json
whole_ms=$((($(date +%s%N) - start) / 1000000))

killed=0 middles=0
for round in $(seq "$rounds"); do
    name=$work/round$round
    for attempt in 1 2; do # two kills in a row, then the way to the end
        "$program" run "$pipeline" "$work/many" --store "$name.alc" --json > "$work/out" 2> "$work/err" &
        pid=$! last="round $round, kill $attempt"
        sleep "$(awk -v ms=$whole_ms -v r=$RANDOM 'BEGIN {printf "%.3f", ms * r / 32768 / 1000}')"
        kill -9 "$pid" 2> /dev/null && killed=$((killed + 1))
        wait "$pid" 2> /dev/null
        [ -e "$name.alc" ] || continue
        cp "$work/out" "$work/answered"
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
echo "$killed kills, $middles of them in the middle of the documents (a run takes $whole_ms ms)"
check test "$killed" -gt 0
check test "$middles" -gt 0
sleep 0.2
check test -z "$(pgrep -f "$work/round" || true)"
finish
