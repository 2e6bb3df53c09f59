#!/usr/bin/env python3
"""Checks a proof or an export of Alcove's audit log: verify_bundle.py FILE [VERIFIERKEY]

Made to be read: Python's own library only, none of Alcove's code. What a bundle holds is described in
docs/internals/audit-bundles.md. Prints what is proved, or the first thing that does not fit, and exits 7.
"""
import base64, hashlib, hmac, json, struct, sys

# ---- Ed25519 signatures (RFC 8032), for clarity and not for speed ----
P = 2**255 - 19                                             # the field
L = 2**252 + 27742317777372353535851937790883648493         # the order of the base point
D = -121665 * pow(121666, -1, P) % P                        # the curve: -x^2 + y^2 = 1 + D x^2 y^2


def point(data):
    """Decodes 32 bytes: y, and the lowest bit of x on top."""
    y = int.from_bytes(data, "little") & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P:
        raise ValueError("not a point of the curve")
    return (P - x if x & 1 != data[31] >> 7 else x, y)


def add(a, b):
    k = D * a[0] * b[0] * a[1] * b[1] % P
    return ((a[0] * b[1] + a[1] * b[0]) * pow(1 + k, -1, P) % P, (a[1] * b[1] + a[0] * b[0]) * pow(1 - k, -1, P) % P)


def times(n, a):
    total = (0, 1)
    while n:
        if n & 1:
            total = add(total, a)
        a, n = add(a, a), n >> 1
    return total


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def is_signed(public_key, message, signature):
    s = int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % L
    return s < L and times(s, BASE) == add(point(signature[:32]), times(h, point(public_key)))


# ---- the log ----
def check(held, what):
    if not held:
        print(f"NOT VERIFIED: {what}")
        sys.exit(7)


def leaf_hash(record):
    return hashlib.sha256(b"\0" + record.encode()).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_by_path(leaf, index, size, path):
    """RFC 9162, section 2.1.3.2."""
    fn, sn, r = index, size - 1, leaf
    for p in path:
        check(sn > 0, "the path is too long")
        if fn & 1 or fn == sn:
            r = node(p, r)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    check(sn == 0, "the path is too short")
    return r


def read_checkpoint(note, verifier_key):
    """C2SP tlog-checkpoint in a C2SP signed-note: size and root of the log."""
    name, key_id, key = verifier_key.split("+", 2)
    key = base64.b64decode(key, validate=True)
    check(key[0] == 1 and len(key) == 33, "the verifier key is not an Ed25519 key")
    check(hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8] == key_id, "the verifier key has another id")
    text, signatures = note.rsplit("\n\n", 1)
    text += "\n"
    lines = [line.split(" ") for line in signatures.splitlines()]
    ours = [base64.b64decode(line[2]) for line in lines if line[:2] == ["\u2014", name]]
    ours = [s[4:] for s in ours if s[:4].hex() == key_id]
    check(ours and all(is_signed(key[1:], text.encode(), s) for s in ours), "the checkpoint is not signed by the key")
    origin, size, root = text.splitlines()[:3]
    check(origin == name, "the checkpoint is of another log")
    return int(size), base64.b64decode(root, validate=True)


# ---- one result ----
def span_bytes(span):
    numbers = struct.pack("<4Qd", span["start"], span["end"], span["out_start"], span["out_end"], span["score"])
    return numbers + b"".join(span[k].encode() + b"\0" for k in ("label", "rule", "operator"))


def verify_proof(proof):
    size, root = read_checkpoint(proof["checkpoint"], proof["verifier_key"])
    records = {}
    for part in ("result", "run"):
        p = proof[part]
        leaf = leaf_hash(p["record"])
        check(leaf.hex() == p["leaf_hash"], f"{part}.leaf_hash is not that of the record")
        path = [bytes.fromhex(h) for h in p["path"]]
        check(root_by_path(leaf, p["leaf"], size, path) == root, f"{part}.path does not lead to the root")
        records[part] = json.loads(p["record"])
        check(records[part]["seq"] == p["leaf"], f"{part}.record belongs to another place")
    check(records["run"]["event"] == "run-start" and records["run"]["run"] == records["result"]["run"],
          "the run is not the one that made the result")
    for kind, digest in proof["digests"].items():
        committed = hmac.new(bytes.fromhex(proof["opening"]), kind.encode() + b"\0" + bytes.fromhex(digest), "sha256")
        check(committed.hexdigest() == records["result"][kind], f"digests.{kind} is not what the record commits to")
        if "stored" in proof:
            held = proof["stored"][kind]
            held = b"".join(map(span_bytes, held)) if kind == "spans" else held.encode()
            check(hashlib.sha256(held).hexdigest() == digest, f"stored.{kind} is not what its digest says")
    check(len(proof["digests"]) == 5, "digests are missing")
    print(f"verified: record {proof['result']['leaf']} of {size}, {records['result']['event']}")


# ---- a stretch of the log ----
def append(edge, size, leaf):
    """The roots of the perfect trees over size + 1 leaves, from those over size leaves."""
    while size & 1:
        edge, leaf, size = edge[:-1], node(edge[-1], leaf), size >> 1
    return edge + [leaf]


def root_of(edge):
    root = edge[-1] if edge else hashlib.sha256().digest()
    for left in reversed(edge[:-1]):
        root = node(left, root)
    return root


def has_grown(first, second, first_root, second_root, path):
    """RFC 9162, section 2.1.4.2."""
    if first == second:
        return not path and first_root == second_root
    path = path if first & (first - 1) else [first_root] + path
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for p in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(p, fr), node(p, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


def verify_export(first, lines):
    key, start, end = first["verifier_key"], first["from"], first["to"]
    size, edge, time = first["first"], [bytes.fromhex(h) for h in first["edge"]], None
    check(len(edge) == bin(size).count("1"), "the edge does not fit the records before")
    check(lines and "records" in lines[-1], "the last line is missing")
    for number, line in enumerate(lines[:-1], 2):
        if "checkpoint" in line:
            check(read_checkpoint(line["checkpoint"], key) == (size, root_of(edge)), f"line {number}: another root")
            continue
        record = json.loads(line["record"])
        check(line["leaf"] == record["seq"] == size, f"line {number}: records are missing or moved")
        time = record["time"]
        if size == first["first"]:
            check(record.get("verifier_key") == key if size == 0 else start and time < start,
                  f"line {number}: the range does not begin there")
        edge, size = append(edge, size, leaf_hash(line["record"])), size + 1
    count = size - first["first"]
    check(count == lines[-1]["records"] > 0, "records are missing")
    last_size, last_root = read_checkpoint(lines[-1]["checkpoint"], key)
    path = [bytes.fromhex(h) for h in lines[-1]["consistency"]]
    check(has_grown(size, last_size, root_of(edge), last_root, path), "the last checkpoint does not cover the records")
    check(size == last_size or end and time[:len(end)] > end, "the range does not end there")
    print(f"verified: {count} records from leaf {first['first']} on, none left out, of {last_size}")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    try:
        values = [json.loads(text)]
    except json.JSONDecodeError:
        values = [json.loads(line) for line in text.splitlines()]
    if len(sys.argv) > 2:
        check(values[0]["verifier_key"] == sys.argv[2], "signed by another key")
    if values[0]["format"] == "alcove-proof-1":
        verify_proof(values[0])
    else:
        check(values[0]["format"] == "alcove-export-1", "not a bundle that this program knows")
        verify_export(values[0], values[1:])
    print(f"signed by {values[0]['verifier_key']}")


if __name__ == "__main__":
    main()
