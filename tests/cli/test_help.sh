#!/usr/bin/env bash
# What a person reads about the commands: help, man pages, completion, and the first mistakes.
set -uo pipefail
. "$(dirname "$0")/lib.sh"

commands() { "$program" help --json | python3 -c 'import json,sys
for line in sys.stdin: print(json.loads(line)["command"])'; }

# Every text, in one file to review.
run help
cp "$work/out" "$work/help.txt"
while read -r name; do
    printf '\n%s\n' "==== alcove help $name" >> "$work/help.txt"
    # shellcheck disable=SC2086
    expect 0 help $name
    cat "$work/out" >> "$work/help.txt"
    silent
    cp "$work/out" "$work/by-help"
    # shellcheck disable=SC2086
    expect 0 $name --help
    check cmp -s "$work/out" "$work/by-help"
done < <(commands)
golden help.txt "$work/help.txt"
last="help texts"
check test "$(awk 'length > 79' "$work/help.txt" | wc -l)" = 0
check test "$(commands | sort | uniq -d | wc -l)" = 0
check test "$(commands | wc -l)" -gt 20

# No command: all of them, with --help as without.
run
cp "$work/out" "$work/all"
expect 0 --help
check cmp -s "$work/out" "$work/all"

# A group.
expect 0 help pipeline
says 'pipeline check'
expect 2 pipeline
warns 'pipeline needs one of: init, check'

# Groups of two words.
expect 0 help store keys
says 'store keys add'
says 'store keys remove'
check test "$(grep -c 'store info' "$work/out")" = 0
expect 2 store keys
warns 'store keys needs one of: list, add'
expect 2 store keys ad
warns 'did you mean "alcove store keys add"?'

# The first mistakes.
expect 2 hlep
warns 'unknown command "hlep" (did you mean "alcove help"?)'
expect 2 pipeline chek x
warns 'unknown command "pipeline chek" (did you mean "alcove pipeline check"?)'
expect 2 pipelin check x
warns 'did you mean "alcove pipeline check"?'
expect 2 rules list --lable NAME
warns 'unknown option "--lable" (did you mean "--label"?)'
expect 2 rules list --label
warns '--label needs a value: --label LABEL'
expect 2 rules list --label --json
warns '--label needs a value'
expect 2 help --threads 0
warns '--threads wants a whole number between 1 and 256, not "0"'
expect 2 help --color sometimes
warns '--color wants one of auto, always, never, not "sometimes"'
expect 2 help --json=yes
warns '--json takes no value'
expect 2 pipeline check
warns 'pipeline check needs FILE|FOLDER...'
expect 2 rules list extra
warns 'rules list takes no operands, but "extra" was given'
expect 2 --json hlep
check python3 -c 'import json,sys; e=json.load(open(sys.argv[1]))["error"]; assert e["code"]=="usage" and "hint" in e' "$work/err"
check test ! -s "$work/out"

# Options before the command, with "=", after "--".
expect 0 --threads 2 --color=never help help
says 'alcove help - '
expect 3 pipeline check -- --json
warns '--json'
expect 0 --version
says "alcove "
expect 0 --version --json
json '"version" in j'
ALCOVE_THREADS=many expect 2 help
warns 'ALCOVE_THREADS wants a whole number'

# Colours: the option goes before the environment, that before the terminal.
escape=$(printf '\033')
ALCOVE_COLOR=always expect 0 help
says "$escape["
ALCOVE_COLOR=always expect 0 help --color never
check test "$(grep -c "$escape" "$work/out")" = 0
expect 0 help
check test "$(grep -c "$escape" "$work/out")" = 0
if command -v script >/dev/null && script -qec true /dev/null > /dev/null 2>&1 < /dev/null; then
    TERM=xterm script -qec "'$program' help" /dev/null > "$work/out" 2> "$work/err" < /dev/null
    last="help on a terminal" && says "$escape["
    TERM=xterm NO_COLOR=1 script -qec "'$program' help" /dev/null > "$work/out" 2> "$work/err" < /dev/null
    last="help on a terminal with NO_COLOR" && check test "$(grep -c "$escape" "$work/out")" = 0
else
    skip "colours on a terminal" "no script(1), or no pseudo-terminal"
fi

# What cannot be written is not done.
last="help > /dev/full"
"$program" help > /dev/full 2> "$work/err" && code=0 || code=$?
check test "$code" = 75

# Man pages: one a command, and clean.
expect 0 help --man "$work/man"
check test "$(find "$work/man" -name 'alcove*.1' | wc -l)" = "$(($(commands | wc -l) + 1))"
if command -v groff >/dev/null; then
    for page in "$work"/man/*.1; do
        groff -man -Tutf8 -ww -z "$page" >> "$work/groff" 2>&1
    done
    last="groff of all man pages"
    cp "$work/groff" "$work/err"
    silent
else
    skip "man pages through groff" "no groff"
fi

# Completion.
for shell in bash zsh fish; do
    expect 0 completion "$shell"
    cp "$work/out" "$work/complete.$shell"
    if command -v "$shell" >/dev/null; then check "$shell" -n "$work/complete.$shell"; else skip "completion parsed by $shell" "not here"; fi
done
completes() { # the line so far, a word that must be offered
    local line=$1 want=$2
    bash -c '. "$1"; COMP_WORDS=($2); [ "${2: -1}" = " " ] && COMP_WORDS+=(""); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
             _alcove; printf "%s\n" "${COMPREPLY[@]}"' _ "$work/complete.bash" "$line" > "$work/out"
    last="completion of '$line'"
    if grep -qx -- "$want" "$work/out"; then pass; else fail "no $want"; fi
}
completes "alcove mod" model
completes "alcove model " bench
completes "alcove model bench --pre" --prefill
completes "alcove rules list --color " never
expect 2 completion tcsh
warns 'it is one of bash, zsh, fish'

finish
