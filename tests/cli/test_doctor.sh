#!/usr/bin/env bash
# doctor: for each check something is broken, and the row says so. The sandbox and core dumps are broken in
# tests/analyzer/command/test_doctor.c, from inside.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
export ALCOVE_MODELS=$work/models
mkdir "$ALCOVE_MODELS"

row() { # check, status: the row of the last JSON has it
    json "[c['status'] for c in j['checks'] if c['check'] == '$1'] == ['$2']"
}

expect 0 doctor --json
for name in sandbox 'core dumps' clock rules 'key file' store; do row "$name" ok; done
json 'all(c["detail"] for c in j["checks"])'
expect 0 doctor
says 'all 4 roles close'
check test "$(grep -c '^failed' "$work/out")" = 0

# rules
mkdir "$work/empty"
ALCOVE_RULES=$work/empty expect 3 doctor --json
row rules failed
printf 'pack: x\n\tversion: 1\n' > "$work/empty/x.yaml"
ALCOVE_RULES=$work/empty expect 3 doctor --json
row rules failed

# models: registered and not there (for a copy of the program, which stands beside none), there, tampered
beside_models=$program
cp "$program" "$work/alcove" && program=$work/alcove
cp "$source_dir/models/models.yaml" "$ALCOVE_MODELS"
ALCOVE_RULES=$source_dir/rules/packs expect 0 doctor --json
row models warning
program=$beside_models
rm "$ALCOVE_MODELS/models.yaml"
"$build_dir/tests/make_tiny_model" "$work/tiny.gguf" && expect 0 model add "$work/tiny.gguf"
expect 0 doctor --json
row models ok
printf 'tampered' | dd of="$(find "$XDG_DATA_HOME/alcove/models" -name '*.gguf')" bs=1 seek=5000 conv=notrunc status=none
expect 5 doctor --json
row models failed
rm -rf "$XDG_DATA_HOME/alcove/models"

# processor
ALCOVE_KERNELS=abacus expect 0 doctor --json
row cpu warning

# memory lock
( ulimit -l 0 && "$program" doctor --json > "$work/out" 2> "$work/err" )
last="doctor with ulimit -l 0" && row 'memory lock' warning

# key file and store
expect 0 store init --store "$work/s.alc"
expect 0 doctor --json --store "$work/s.alc"
row store ok
row 'key file' ok
chmod 644 "$work/s.key"
expect 0 doctor --json --store "$work/s.alc"
row 'key file' warning
chmod 600 "$work/s.key"
chmod 666 "$work/s.alc"
expect 0 doctor --json --store "$work/s.alc"
row store warning
chmod 600 "$work/s.alc"
head -c 32 /dev/urandom > "$work/other.key"
expect 6 doctor --json --store "$work/s.alc" --key-file "$work/other.key"
row store failed
head -c 5 "$work/s.key" > "$work/short.key"
expect 6 doctor --json --store "$work/s.alc" --key-file "$work/short.key"
row 'key file' failed
touch -d 2099-01-01 "$work/s.alc"
run doctor --json --store "$work/s.alc"
row clock failed
touch "$work/s.alc"
mv "$work/s.key" "$work/away.key"
expect 6 doctor --json --store "$work/s.alc"
row 'key file' failed
mv "$work/away.key" "$work/s.key"
head -c 65536 /dev/urandom | dd of="$work/s.alc" bs=65536 conv=notrunc status=none # both copies of the header
expect 6 doctor --json --store "$work/s.alc"
row store failed

finish
