#!/usr/bin/env bash
# Bad input: each kind with its exit status, its message, and the rest of the batch unharmed.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/run_lib.sh"
bad=$work/bad
mkdir -p "$bad"

# A store that cannot be made: the missing folder is named, and a key that is none leaves nothing behind.
for command in 'store init' "run $pipeline $work/docs"; do
    expect 6 $command --store "$work/nope/dir/x.alc"
    warns "$work/nope/dir: the folder of the store is missing"
    for bytes in 31 4097; do
        head -c $bytes /dev/zero > "$work/wrong.key"
        expect 6 $command --store "$work/keyless.alc" --key-file "$work/wrong.key"
        check test ! -e "$work/keyless.alc"
    done
done

# One bad file among good ones: quarantined with a reason, exit 1, the others done.
quarantines() { # FILE REASON
    rm -rf "$work/mix"
    mkdir "$work/mix"
    cp "$work/docs/a.txt" "$work/mix/1.txt"
    mv "$bad/$1" "$work/mix/2-$1"
    cp "$work/docs/b.txt" "$work/mix/3.txt"
    expect 1 run "$pipeline" "$work/mix" --store "$work/bad.alc" --json --force
    json 'j["documents"] == 3 and j["done"] == 2 and j["quarantined"] == 1'
    json "lines[1]['status'] == 'quarantined' and '$2' in lines[1]['reason'] and lines[1]['redactions'] == 0"
    expect 1 redact --rules "$work/mini.yaml" "$work/mix/2-$1"
    warns "$2"
    check test ! -s "$work/out"
}
: > "$bad/empty.txt"
quarantines empty.txt 'empty'
printf 'some \0 text' > "$bad/nul.txt"
quarantines nul.txt 'byte 5: NUL'
printf 'K\303\266nig \377 here' > "$bad/utf8.txt"
quarantines utf8.txt 'byte 7: not valid UTF-8'
printf 'lone \303( here' > "$bad/lone.txt"
quarantines lone.txt 'not valid UTF-8'
printf '\377\376a\0b\0c' > "$bad/utf16.txt"
quarantines utf16.txt 'byte 6: UTF-16 is cut off'
printf 'h\0e\0l\0l\0o\0 \0w\0o\0r\0l\0d\0' > "$bad/nobom.txt"
quarantines nobom.txt 'without a byte order mark'
head -c 4096 /dev/urandom > "$bad/noise.txt"
quarantines noise.txt 'byte'

# Larger than max_bytes: quarantined unread by run (redact has no such limit).
cat > "$work/small.yaml" <<YAML
version: 1
name: small
purpose: Tests of the run
ingest: {max_bytes: 1KiB}
redact: {rules: [$work/mini.yaml]}
YAML
mkdir "$work/big"
head -c 2000 /dev/zero | tr '\0' x > "$work/big/big.txt"
expect 1 run "$work/small.yaml" "$work/big" --store "$work/big.alc" --json
json '"max_bytes is 1024" in lines[0]["reason"]'

# A line of 50 MB: too long for the pipeline, the next line is answered; as a file it is redacted whole.
python3 - "$work/fat" <<'PY'
import sys
with open(sys.argv[1], "w") as f:
    f.write('{"id":"fat","text":"' + "x" * (50 << 20) + '"}\n{"id":"thin","text":"after it"}\n')
PY
input=$work/fat expect 1 run "$pipeline" - --store "$work/fat.alc"
json 'lines[0]["document"] == "-:1" and lines[0]["status"] == "quarantined" and "max_bytes" in lines[0]["reason"]'
json 'lines[1]["document"] == "thin" and lines[1]["status"] == "done"'
python3 -c 'import sys; sys.stdout.write("Dr. Ann Lee " + "word " * (10 << 20))' > "$work/line.txt"
expect 0 redact --rules "$work/mini.yaml" "$work/line.txt"
check test "$(head -c 40 "$work/out" | grep -c '\[NAME_1\] word')" = 1

# What is no regular file is refused without waiting for it.
mkfifo "$work/pipe.txt"
expect 4 run "$pipeline" "$work/pipe.txt" --store "$work/special.alc"
warns 'not a regular file'
expect 4 run "$pipeline" /dev/zero --store "$work/special.alc"
mkdir "$work/special"
mv "$work/pipe.txt" "$work/special/"
cp "$work/docs/a.txt" "$work/special/"
expect 1 run "$pipeline" "$work/special" --store "$work/special.alc" --json
json 'j["done"] == 1 and j["failed"] == 1'

# Unreadable: only if this user can be kept out.
printf 'secret\n' > "$work/locked.txt"
chmod 000 "$work/locked.txt"
if [ -r "$work/locked.txt" ]; then
    skip 'unreadable file by its mode' 'root reads everything; a socket stands in'
    python3 -c 'import socket,sys; s=socket.socket(socket.AF_UNIX); s.bind(sys.argv[1])' "$work/locked.sock"
    expect 4 run "$pipeline" "$work/locked.sock" --store "$work/locked.alc"
    warns 'cannot be opened'
else
    expect 4 run "$pipeline" "$work/locked.txt" --store "$work/locked.alc"
    warns 'Permission denied'
fi

# A folder that contains itself: named, not entered, and no reason to fail.
mkdir -p "$work/loop/inner"
cp "$work/docs/a.txt" "$work/loop/inner/"
ln -s .. "$work/loop/inner/up"
ln -s nowhere "$work/loop/dangling.txt"
expect 1 run "$pipeline" "$work/loop" --store "$work/loop.alc" --json
warns 'folder loop'
warns "$work/loop/inner/up"
json 'j["done"] == 1 and j["failed"] == 1'
rm "$work/loop/dangling.txt"
expect 0 run "$pipeline" "$work/loop" --store "$work/loop.alc"
warns 'folder loop'

# Pipelines and rules.
printf 'version: 1\nname: x\n\tpurpose: y\n' > "$work/tab.yaml"
expect 3 run "$work/tab.yaml" "$work/docs"
warns 'tab.yaml:3'
printf 'version: 1\nname: x\nname: y\npurpose: z\nredact: {rules: [common]}\n' > "$work/twice.yaml"
expect 3 run "$work/twice.yaml" "$work/docs"
warns 'twice.yaml:3:1'
printf 'version: 1\nname: x\npurpose: y\nredact:\n  rules: [common]\n  operators: {NAME: maskk}\n' > "$work/op.yaml"
expect 3 run "$work/op.yaml" "$work/docs"
warns 'did you mean "mask"?'
sed 's/Dr|Mr|Ms/(Dr|Mr|Ms/' "$work/mini.yaml" > "$work/broken.yaml"
sed "s|mini.yaml|broken.yaml|" "$pipeline" > "$work/broken-pipeline.yaml"
expect 3 run "$work/broken-pipeline.yaml" "$work/docs" --store "$work/broken.alc"
warns 'broken.yaml:6'
check test ! -e "$work/broken.alc"

# A model that is no model.
cat > "$work/model.yaml" <<YAML
version: 1
name: model
purpose: Tests of the run
redact: {rules: [$work/mini.yaml]}
steps: [{classify: {name: kind, model: $work/fake.gguf, labels: [A, B]}}]
YAML
expect 5 run "$work/model.yaml" "$work/docs" --store "$work/model.alc"
printf 'GGUF\3\0\0\0garbage' > "$work/fake.gguf"
expect 5 run "$work/model.yaml" "$work/docs" --store "$work/model.alc"
warns 'fake.gguf'
check test ! -e "$work/model.alc"

# Keys and stores.
expect 0 run "$pipeline" "$work/docs" --store "$store"
head -c 32 /dev/urandom > "$work/wrong.key"
expect 6 run "$pipeline" "$work/docs" --store "$store" --key-file "$work/wrong.key"
printf 'x' > "$work/tiny.key"
expect 6 run "$pipeline" "$work/docs" --store "$store" --key-file "$work/tiny.key"
printf 'not a store at all, but long enough to be looked at by anyone who cares to look\n' > "$work/no.alc"
cp "$work/s.key" "$work/no.key"
expect 6 run "$pipeline" "$work/docs" --store "$work/no.alc"

# Two runs at once: the second is told.
mkfifo "$work/in"
"$program" run "$pipeline" - --store "$store" < "$work/in" > "$work/first" 2>&1 &
pid=$!
exec 7> "$work/in"
printf '{"id":"hold","text":"t"}\n' >&7
for _ in $(seq 200); do grep -q hold "$work/first" && break; sleep 0.05; done
expect 6 run "$pipeline" "$work/docs" --store "$store"
warns 'in use'
exec 7>&-
wait "$pid" && pass || fail 'the first run did not end well'

# A full disk: temporary, and the store is still good.
if [ "$(id -u)" = 0 ] && mkdir "$work/disk" && mount -t tmpfs -o size=600k tmpfs "$work/disk" 2>/dev/null; then
    python3 -c 'import sys
for i in range(400): print("{\"id\":\"f-%d\",\"text\":\"%s\"}" % (i, "some words " * 400))' > "$work/flood"
    input=$work/flood expect 75 run "$pipeline" - --store "$work/disk/full.alc"
    check grep -qE 'space|full' "$work/err"
    rm -rf "$work/copy" && mkdir "$work/copy" && cp "$work/disk"/full.* "$work/copy/"
    umount "$work/disk"
    expect 0 store check --store "$work/copy/full.alc"
    input=$work/flood expect 0 run "$pipeline" - --store "$work/copy/full.alc"
    json 'j["documents"] == 400 and j["skipped"] > 0 and j["done"] > 0'
else
    skip 'full disk' 'a tmpfs cannot be mounted here'
fi
finish
