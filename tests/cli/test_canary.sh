#!/usr/bin/env bash
# No removed value anywhere: canaries are planted in documents, and every byte that was written is searched: the store,
# its log, the anchor, caches, temporary files, output, errors, and what strace saw each process write.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/run_lib.sh"
export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 TMPDIR=$work/tmp
mkdir -p "$work/tmp" "$work/secret-docs" "$work/cores"

# Each canary is a value that a rule finds; they also stand where errors could quote them.
printf 'Seen by Dr. Quillon Zebradine, SSN 219-09-9998.\n' > "$work/secret-docs/1.txt"
printf 'Ms. Ovelia Karsten \0 SSN 219-09-9998' > "$work/secret-docs/2-nul.txt"
printf 'Ms. Ovelia Karsten K\303\266 \377 SSN 219-09-9998' > "$work/secret-docs/3-utf8.txt"
printf '{"id":"l1","text":"Dr. Quillon Zebradine"}\n{"id":"l2","text":"Ms. Ovelia Karsten\n{"Dr. Quillon Zebradine":1}\n{"id":"l4","text":["219-09-9998"]}\n' > "$work/lines"

searched() { # every file below these, also as UTF-16, base64 and hex
    python3 - "$canaries" "$@" <<'PY'
import base64, os, sys
words = [w.encode() for w in sys.argv[1].split("|")]
forms = set()
for w in words:
    forms |= {w, w.decode().encode("utf-16-le"), w.hex().encode(), w.hex().upper().encode(), w[::-1]}
    for shift in range(3):
        forms.add(base64.b64encode(b"\0" * shift + w)[(shift * 4 + 2) // 3 + (shift > 0):].rstrip(b"=")[:-1])
count = 0
for root in sys.argv[2:]:
    files = [root] if os.path.isfile(root) else [os.path.join(d, f) for d, _, fs in os.walk(root) for f in fs]
    for path in files:
        if not os.path.isfile(path):
            continue
        data = open(path, "rb").read()
        count += 1
        for form in forms:
            if form in data:
                sys.exit(f"{path} holds a removed value ({len(form)} bytes)")
if count == 0:
    sys.exit("nothing was searched")
PY
}
clean() { if searched "$@" > "$work/verdict" 2>&1; then pass; else fail "$(cat "$work/verdict")"; fi; }

# The search itself finds what is there, in each form.
printf 'x Quillon y' > "$work/planted"
last='the search'
if searched "$work/planted" > /dev/null 2>&1; then fail 'a planted value was not found'; else pass; fi
printf 'x Zebradine y' | base64 > "$work/planted"
if searched "$work/planted" > /dev/null 2>&1; then fail 'a value in base64 was not found'; else pass; fi
rm "$work/planted"

# While the run is in the middle, with its log open, and afterwards.
mkfifo "$work/in"
"$program" run "$pipeline" "$work/secret-docs" - --store "$store" -v < "$work/in" > "$work/out.live" 2> "$work/err.live" &
pid=$! last='run with canaries'
exec 7> "$work/in"
head -1 "$work/lines" >&7
for _ in $(seq 200); do grep -q '"l1"' "$work/out.live" && break; sleep 0.05; done
mkdir "$work/middle" && cp "$work"/s.alc* "$work/middle/"
kill -ABRT "$(child_of "$pid" alcove-worker)" 2> /dev/null # a crash must leave no core
cat "$work/lines" >&7
exec 7>&-
wait "$pid"
check test $? = 1
clean "$work/middle" "$work/out.live" "$work/err.live" "$store" "$work/s.key" "$work/state" "$work/tmp"
[ -e "$work/data" ] && clean "$work/data"
[ -e "$work/cache" ] && clean "$work/cache"
check test -z "$(find "$work" . -maxdepth 1 -name 'core*' -type f -newer "$pipeline" 2> /dev/null)"

# Reading commands, errors in JSON, redact with its explanations.
for command in 'results list' 'audit log'; do
    run $command --store "$store" --json
    [ "$status" = 2 ] && { skip "canaries in $command" 'the command does not exist'; continue; }
    clean "$work/out" "$work/err"
done
for file in "$work"/secret-docs/*; do
    run redact --rules "$work/mini.yaml" --explain --json "$file"
    last="redact --explain $(basename "$file")"
    cp "$work/out" "$work/redact.out"
    cat "$work/err" >> "$work/redact.out"
    [ -s "$work/redact.out" ] && clean "$work/redact.out"
done

# What the processes wrote, as strace saw it: nothing but channels may hold a value.
if ! command -v strace > /dev/null || ! strace -qq -o /dev/null true 2> /dev/null; then
    skip 'writes seen by strace' 'strace is missing or may not trace here'
elif [ "$(id -u)" != 0 ]; then
    skip 'writes seen by strace' 'only root can read the memory of a process that is not dumpable'
else
    last='strace of writes'
    strace -f -qq -yy -s 1000000 -o "$work/trace" -e trace=write,pwrite64,writev,pwritev,openat,rename,sendmsg \
        "$program" run "$pipeline" "$work/secret-docs" --store "$work/t.alc" > "$work/out" 2> "$work/err" < /dev/null
    check test -s "$work/trace"
    python3 - "$work/trace" "$canaries" > "$work/verdict" <<'PY' && pass || fail "$(cat "$work/verdict")"
import re, sys
words, seen = sys.argv[2].split("|"), 0
for line in open(sys.argv[1], errors="replace"):
    m = re.match(r"\d+\s+(\w+)\(\d+<([^>]*)", line)
    if not m or m.group(1) == "openat":
        continue
    if m.group(2).startswith(("UNIX", "socket")):
        seen += any(w in line for w in words)
        continue
    if any(w in line for w in words):
        print("written to", m.group(2))
        sys.exit(1)
if seen == 0:
    print("no channel carried a document: the trace proves nothing")
    sys.exit(1)
PY
    # Files that were opened to be written: the store and its companions, no temporary text.
    grep -oE 'openat\([^)]*O_(WRONLY|RDWR)[^)]*\)[^<]*<[^>]*>' "$work/trace" | grep -oE '<[^>]*>$' | sort -u |
        grep -vE "^<($work/(t\.(alc|key)|state)|/dev/null|$work/\.?)" > "$work/opened" || true
    last='files opened for writing'
    check test ! -s "$work/opened"
fi
finish
