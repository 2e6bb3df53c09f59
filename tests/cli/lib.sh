# lib.sh - sourced by the tests of the whole program: a world of its own for the program, expectations, golden files.
#
#   run ARGS...              runs the program; $status, $work/out, $work/err
#   expect STATUS ARGS...    the same, and fails unless it exits with STATUS
#   says PATTERN, warns P    a fixed string on stdout, on stderr
#   golden NAME FILE         compares with tests/golden/NAME; `bash test_x.sh --update` rewrites it: review the diff
source_dir=${ALCOVE_SOURCE_DIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
program=${ALCOVE_PROGRAM:-$source_dir/build/alcove}
build_dir=${ALCOVE_BUILD_DIR:-$(dirname "$program")}
[ -x "$program" ] || { echo "FAILED: no program at $program (set ALCOVE_PROGRAM)" >&2; exit 1; }
work=$(mktemp -d)
trap 'chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT
export HOME=$work XDG_DATA_HOME=$work/data XDG_CACHE_HOME=$work/cache XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:symbolize=0
unset ALCOVE_RULES ALCOVE_MODELS ALCOVE_STORE ALCOVE_THREADS ALCOVE_COLOR ALCOVE_PROGRESS NO_COLOR ALCOVE_KERNELS
passed=0 failed=0 status=0 last='' update=${1:-}

fail() {
    failed=$((failed + 1))
    echo "FAILED: $last: $*" >&2
    sed 's/^/    out: /' "$work/out" | cut -c1-300 | head -12 >&2
    sed 's/^/    err: /' "$work/err" | cut -c1-300 | head -12 >&2
}
pass() { passed=$((passed + 1)); }
check() { if "$@"; then pass; else fail "$*"; fi; }

run() {
    last="alcove $*"
    status=0
    "$program" "$@" > "$work/out" 2> "$work/err" < "${input:-/dev/null}" || status=$?
}
expect() {
    local want=$1
    shift
    run "$@"
    if [ "$status" = "$want" ]; then pass; else fail "exit status $status, not $want"; fi
}
says() { if grep -qF -- "$1" "$work/out"; then pass; else fail "stdout lacks: $1"; fi; }
warns() { if grep -qF -- "$1" "$work/err"; then pass; else fail "stderr lacks: $1"; fi; }
silent() { if [ ! -s "$work/err" ]; then pass; else fail "stderr is not empty"; fi; }
json() { # a Python expression over the parsed line(s) `j` (one) and `lines` (all) of stdout
    if python3 - "$work/out" "$1" <<'PY'
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1]) if line.strip()]
j = lines[-1] if lines else None
sys.exit(0 if eval(sys.argv[2]) else 1)
PY
    then pass; else fail "not true of the JSON: $1"; fi
}
golden() {
    local file=$source_dir/tests/golden/$1
    if [ "$update" = --update ]; then
        cp "$2" "$file"
    elif diff -u "$file" "$2" > "$work/diff" 2>&1; then
        pass
    else
        failed=$((failed + 1))
        echo "FAILED: golden file $1 (bash $0 --update rewrites it; review the diff)" >&2
        head -40 "$work/diff" >&2
    fi
}
skip() { echo "SKIPPED: $1 ($2)"; }
finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ]
}
