# run_lib.sh - sourced by the tests of run and redact: a small pack and pipeline of their own, a few documents.
# Canaries are values that no other file holds.
mkdir -p "$work/docs/sub"
cat > "$work/mini.yaml" <<'YAML'
pack: mini
version: 1.0.0
rules:
  - id: mini.name
    label: NAME
    pattern: '\b(?:Dr|Mr|Ms)\. [A-Z][a-z]+(?: [A-Z][a-z]+)?'
    score: {pattern: 0.9}
    examples: {match: ["Seen by Dr. Ann Lee"], reject: ["seen by a doctor"]}
  - id: mini.ssn
    label: SSN
    pattern: '\b\d{3}-\d{2}-\d{4}\b'
    score: {pattern: 0.9}
    examples: {match: ["SSN 219-09-9998"], reject: ["no number"]}
YAML
pipeline=$work/mini-pipeline.yaml store=$work/s.alc
cat > "$pipeline" <<YAML
version: 1
name: mini
purpose: Tests of the run
redact: {rules: [$work/mini.yaml], profile: hipaa-safe-harbor}
store: {keep: [redacted_text, spans, results]}
YAML
printf 'Seen by Dr. Quillon Zebradine, SSN 219-09-9998.\n' > "$work/docs/b.txt"
printf 'Ms. Ovelia Karsten called. Nothing else.\n' > "$work/docs/a.txt"
printf 'No names at all.\n' > "$work/docs/sub/c.txt"
printf 'hidden Dr. Ann Lee\n' > "$work/docs/.hidden.txt"
canaries='Quillon|Zebradine|Ovelia|Karsten|219-09-9998'

no_canary() { # no removed value in these files
    if grep -qaE "$canaries" "$@"; then fail "a removed value is in: $(grep -laE "$canaries" "$@" | tr '\n' ' ')"; else pass; fi
}
child_of() { # NAME of the run's child, by its root process: waits for it
    local spawner pid
    for _ in $(seq 100); do
        for spawner in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
            for pid in $spawner $(cat "/proc/$spawner/task/$spawner/children" 2>/dev/null); do
                [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$2" ] && { echo "$pid"; return 0; }
            done
        done
        sleep 0.05
    done
    return 1
}
