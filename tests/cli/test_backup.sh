#!/usr/bin/env bash
# A backup: proved, opened by the same key, never over a file, and known for an older state afterwards.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/run_lib.sh"
key=${store%.alc}.key copy=$work/copy.alc

expect 0 run "$pipeline" "$work/docs" --store "$store" -q
expect 0 store backup --store "$store" --out "$copy"
says 'verified: the backup opens with this key'
says 'results     3'
check test "$(stat -c %a "$copy")" = 600
check test "$(find "$work" -name 'copy.alc*' | wc -l)" = 1
no_canary "$copy"
expect 0 store check --store "$copy" --key-file "$key"
expect 6 store backup --store "$store" --out "$copy"
warns 'would overwrite a file'
expect 2 store backup --store "$store"
expect 6 store backup --store "$store" --out "$work/nowhere/copy.alc"
expect 0 store backup --store "$store" --out "$work/second.alc" --json
json 'j["results"] == 3 and j["bytes"] > 8192'

# The copy is an older state, and says so, until it gets an anchor of its own.
expect 7 results list --store "$copy" --key-file "$key"
warns 'rolled back'
expect 0 store info --store "$copy" --key-file "$key"
expect 0 audit checkpoint --store "$copy" --key-file "$key" --anchor "$work/new.anchor" --new-anchor
expect 0 results list --store "$copy" --key-file "$key" --json
json 'len(lines) == 3'
expect 0 audit verify --store "$copy" --key-file "$key"
expect 0 audit verify --store "$store"
expect 0 audit log --store "$store" --event store-backup --json
json 'len(lines) == 2 and lines[0]["file"] != lines[1]["file"] and lines[0]["seq"] == lines[0]["size"]'
finish
