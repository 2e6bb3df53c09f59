#!/usr/bin/env bash
# Nothing leaves the machine, seen from outside: strace over all processes of run and redact (never with --seccomp-bpf,
# which hides denied calls), a network namespace without interfaces, and a control that must be caught.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/run_lib.sh"
export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 # its tracer cannot be traced

# The verdict on a trace: socketpairs, messages on them that carry a descriptor, and one refused socket() a process.
judge() { # TRACE PROCESSES: the number that must have closed their sandbox
    python3 - "$1" "$2" <<'PY'
import re, sys
tried = {}
for line in open(sys.argv[1], errors="replace"):
    m = re.match(r"(\d+)\s+(?:<\.\.\. )?(\w+)(?:\(| resumed)(.*)", line)
    if not m or m.group(2) in ("socketpair",) or "unfinished" in line:
        continue
    pid, call, rest = m.group(1), m.group(2), m.group(3)
    # Only root's strace can read the memory of a process that is not dumpable; others see a pointer.
    if call in ("sendmsg", "recvmsg") and re.search(r"EPERM|EAGAIN|msg_name=NULL|^\d+, 0x[0-9a-f]+, ", rest):
        continue
    if call == "socket" and "EPERM" in rest:
        tried[pid] = tried.get(pid, 0) + 1
        continue
    if call in ("strace", "exited", "killed") or line.strip().endswith("+++"):
        continue
    print("a network call: " + line.strip())
    sys.exit(1)
if any(n > 1 for n in tried.values()) or len(tried) < int(sys.argv[2]):
    print("self-tests by process:", tried)
    sys.exit(1)
PY
}
traced() { # STATUS PROCESSES ARGS...: under strace
    local want=$1 processes=$2
    shift 2
    last="strace alcove $*"
    status=0
    strace -f -qq -o "$work/trace" -e trace=%network,io_uring_setup "$program" "$@" > "$work/out" 2> "$work/err" \
        < "${input:-/dev/null}" || status=$?
    check test "$status" = "$want"
    if judge "$work/trace" "$processes" > "$work/err"; then pass; else fail "$(cat "$work/err")"; fi
}

if ! command -v strace > /dev/null || ! strace -qq -o /dev/null true 2> /dev/null; then
    skip 'network calls seen by strace' 'strace is missing or may not trace here'
else
    traced 0 4 run "$pipeline" "$work/docs" --store "$store"
    printf '{"id":"n","text":"Dr. Ann Lee"}\n{"id":"m"}\n' > "$work/lines"
    input=$work/lines traced 1 4 run "$pipeline" - --store "$store"
    traced 0 4 redact --rules "$work/mini.yaml" "$work/docs/b.txt"
    traced 6 3 run "$pipeline" "$work/docs" --store "$store" --key-file /dev/null # before the keeper reads anything

    # The control: a sandbox without its filter calls socket() as the self-test does. The program refuses (8) and the
    # verdict above must see it.
    control=$build_dir/tests/test.base.sandbox_off last='the control without a filter'
    status=0
    strace -f -qq -o "$work/trace" -e trace=%network,io_uring_setup "$control" open > "$work/out" 2> "$work/err" || status=$?
    check test "$status" = 8
    if judge "$work/trace" 0 > "$work/out"; then fail 'an open socket was not noticed'; else pass; fi
    says 'a network call'
    says 'socket('
fi

# Without any interface the results are the same bytes.
results() { # STORE-NAME COMMAND...: documents, labels, results of a run in that world
    local name=$1
    shift
    last="$* alcove run"
    "$@" "$program" run "$pipeline" "$work/docs" --store "$work/$name.alc" --json > "$work/$name.out" 2> "$work/err" ||
        { fail 'exit status'; return; }
    python3 - "$work/$name.out" > "$work/$name.results" <<'PY'
import json, sys
for line in list(open(sys.argv[1]))[:-1]:
    d = json.loads(line)
    print(json.dumps({k: d[k] for k in ("document", "status", "redactions", "labels", "results")}, sort_keys=True))
PY
    "$@" "$program" redact --rules "$work/mini.yaml" "$work/docs/b.txt" >> "$work/$name.results" 2>> "$work/err"
}
namespace='unshare -rn'
$namespace true 2> /dev/null || namespace='unshare -n'
if $namespace true 2> /dev/null; then
    results here env
    results nowhere $namespace
    check cmp "$work/here.results" "$work/nowhere.results"
    check test -s "$work/here.results"
    $namespace bash -c "'$program' run '$pipeline' '$work/docs' --store '$work/count.alc' > /dev/null 2>&1; cat /proc/net/dev" > "$work/dev"
    last='packets in the namespace'
    check test "$(awk -F'[: ]+' '/:/ {n += $4 + $12} END {print n + 0}' "$work/dev")" = 0
else
    skip 'results without interfaces' 'a network namespace cannot be made here'
fi
finish
