#!/usr/bin/env bash
# Models: the registry, what a model is, tokens, logits, generation, speed; on a tiny random model made here.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
tiny=$work/tiny.gguf
"$build_dir/tests/make_tiny_model" "$tiny" || { echo "FAILED: make_tiny_model" >&2; exit 1; }
export ALCOVE_MODELS=$work/models
mkdir "$ALCOVE_MODELS"

# Nothing there: exit 5, the file and the cure.
expect 5 model info nosuch
warns 'nosuch'
warns 'alcove model add'
expect 5 model info "$work/absent.gguf"
expect 0 model list
says 'default'

# Added, found by name, held to its digest.
expect 0 model add "$tiny" --name tiny
says 'is now the model "tiny"'
expect 0 model list --json
json 'any(l["name"] == "tiny" and l["present"] and len(l["sha256"]) == 64 for l in lines)'
expect 0 model verify tiny --json
json 'j["valid"] and j["name"] == "tiny"'
added=$(find "$XDG_DATA_HOME/alcove/models" -name '*.gguf')
last="added model" && check test "$(stat -c %a "$XDG_DATA_HOME/alcove/models")" = 700

expect 0 model info tiny
says 'llama'
says '2 layers of 64'
expect 0 model info tiny --json
json 'j["layers"] == 2 and j["dim"] == 64 and j["architecture"] == "llama" and j["parameters"] > 1000 and len(j["sha256"]) == 64'

# Tokens.
printf 'Hello <|im_start|>' > "$work/text"
input=$work/text expect 0 model tokenize tiny -
json 'isinstance(j, list) and len(j) > 3'
cp "$work/out" "$work/plain"
expect 0 model tokenize tiny "$work/text" --special
json 'len(j) < len(json.load(open("'"$work"'/plain")))'
printf 'a\377' > "$work/bad"
expect 4 model tokenize tiny "$work/bad"
warns 'not valid UTF-8'

# Logits: rows of the vocabulary, the same bytes whatever the threads.
vocabulary=$("$program" model info tiny --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["vocabulary"])')
expect 0 model logits tiny --tokens 5,6,7 --out "$work/a.f32" --threads 1
check test "$(stat -c %s "$work/a.f32")" = $((vocabulary * 4))
expect 0 model logits tiny --tokens 5,6,7 --out "$work/b.f32" --threads 3
check cmp -s "$work/a.f32" "$work/b.f32"
expect 0 model logits tiny --tokens 5,6,7 --out "$work/all.f32" --all
check test "$(stat -c %s "$work/all.f32")" = $((3 * vocabulary * 4))
tail -c $((vocabulary * 4)) "$work/all.f32" > "$work/last.f32"
check cmp -s "$work/a.f32" "$work/last.f32"
expect 2 model logits tiny --tokens 5,x --out "$work/a.f32"
warns '--tokens wants ids below'
expect 2 model logits tiny --tokens 99999999 --out "$work/a.f32"
expect 2 model logits tiny --tokens 1

# An embedding: of length 1 unless raw, from a text as from its ids, and refused by a model that has none.
expect 5 model embed tiny "$work/text"
warns 'give no embeddings'
encoder=${ALCOVE_SHARED_DIR:-$source_dir/../shared}/reference/bert-mean-f32.gguf
if [ -r "$encoder" ]; then
    printf 'hello world' > "$work/text"
    expect 0 model embed "$encoder" "$work/text"
    json 'len(j) == 96 and abs(sum(x * x for x in j) - 1) < 1e-5'
    cp "$work/out" "$work/by-text"
    ids=$("$program" model tokenize "$encoder" "$work/text" | tr -d '[]\n')
    expect 0 model embed "$encoder" --tokens "$ids"
    check cmp -s "$work/out" "$work/by-text"
    expect 0 model embed "$encoder" --tokens "$ids" --raw --out "$work/raw.f32"
    check test "$(stat -c %s "$work/raw.f32")" = $((96 * 4))
    expect 5 model logits "$encoder" --tokens "$ids" --out "$work/a.f32"
fi

# Generation: the same seed and prompt, the same text, whatever the threads.
printf 'Once upon a time' > "$work/prompt"
for extra in "" "--chat" "--template chatml" "--temperature 0.8 --seed 7"; do
    # shellcheck disable=SC2086
    expect 0 model generate tiny --prompt-file "$work/prompt" --max-tokens 12 --json --threads 1 $extra
    json 'j["tokens"] <= 12 and j["prompt_tokens"] > 3 and "text" in j'
    cp "$work/out" "$work/once"
    # shellcheck disable=SC2086
    expect 0 model generate tiny --prompt-file "$work/prompt" --max-tokens 12 --json --threads 2 $extra
    check cmp -s "$work/out" "$work/once"
done
expect 4 model generate tiny --prompt-file "$work/nowhere"
expect 2 model generate tiny
expect 2 model generate tiny --prompt-file "$work/prompt" --template nobody
warns 'known are chatml'

expect 0 model bench tiny --threads 1 --prefill 16 --decode 4 --json
json 'all(j[k] > 0 for k in ("prefill_tokens_per_s", "decode_tokens_per_s", "load_ms", "rss_bytes"))'

# Tampered, cut off, or not a model at all: exit 5, and nothing is registered.
printf 'tampered' | dd of="$added" bs=1 seek=5000 conv=notrunc status=none
expect 5 model verify tiny
expect 5 model info tiny
warns 'SHA-256'
head -c 3000 "$tiny" > "$work/cut.gguf"
expect 5 model info "$work/cut.gguf"
expect 5 model verify "$work/cut.gguf"
expect 0 model verify "$tiny"
says 'not registered'
expect 5 model add "$work/cut.gguf" --name cut
warns "error: $work/cut.gguf: "
printf 'GGUF' > "$work/stub.gguf"
expect 5 model info "$work/stub.gguf"
expect 5 model add "$work/prompt" --name text
expect 0 model list --json
json 'not any(l["name"] in ("cut", "text") for l in lines)'

finish
