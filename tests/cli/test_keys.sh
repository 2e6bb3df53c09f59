#!/usr/bin/env bash
# Who can open a store: keys are listed, added and removed; each change is recorded, and the last key stays.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
store=$work/k.alc

expect 0 store init --store "$store" -q
expect 0 store keys list --store "$store"
says 'this key'
expect 0 store keys add --store "$store" --new-key-file "$work/second.key" --json
json 'j == {"slot": 2, "type": "key file"}'
check test "$(stat -c %a "$work/second.key")" = 600
printf 'correct horse battery\n' > "$work/phrase"
exec 3< "$work/phrase"
expect 0 store keys add --store "$store" --new-passphrase-fd 3
says 'a passphrase opens the store now, in slot 3'
exec 3< "$work/phrase"
expect 0 store keys list --store "$store" --passphrase-fd 3 --json
json '[line["this"] for line in lines] == [False, False, True] and lines[2]["type"] == "passphrase"'
expect 0 store keys remove --store "$store" --key-file "$work/second.key" --slot 1
says '2 keys are left'
expect 6 store info --store "$store"
warns 'opens no key slot'
expect 0 store info --store "$store" --key-file "$work/second.key" --json
json 'j["slots"] == 2'
expect 0 store keys remove --store "$store" --key-file "$work/second.key" --slot 3 --json
json 'j == {"slot": 3, "type": "passphrase", "left": 1}'
expect 6 store keys remove --store "$store" --key-file "$work/second.key" --slot 2
warns 'the last key of a store cannot be removed'
expect 6 store keys remove --store "$store" --key-file "$work/second.key" --slot 1
warns 'no key in slot 1'
expect 2 store keys remove --store "$store" --key-file "$work/second.key"
expect 2 store keys remove --store "$store" --key-file "$work/second.key" --slot 9
expect 2 store keys add --store "$store"
expect 2 store keys add --store "$store" --new-key-file a --new-passphrase-fd 3
printf short > "$work/short.key"
expect 6 store keys add --store "$store" --key-file "$work/second.key" --new-key-file "$work/short.key"
expect 0 audit log --store "$store" --key-file "$work/second.key" --event key-add,key-remove --json
json '[(l["event"][4:], l["slot"], l["outcome"]) for l in lines] == [("add", 2, "ok"), ("add", 3, "ok"),
    ("remove", 1, "ok"), ("remove", 3, "ok"), ("remove", 2, "refused")]'
expect 0 store check --store "$store" --key-file "$work/second.key"
expect 0 audit verify --store "$store" --key-file "$work/second.key"
finish
