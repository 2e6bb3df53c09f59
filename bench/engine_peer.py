#!/usr/bin/env python3
"""engine_peer.py - our engine against llama.cpp: same GGUF, same threads, taking turns in one run.

    bench/engine_peer.py --engine build/bench/bench.engine --peer FOLDER MODEL.gguf [--threads N] [--prefill N]
                         [--decode N] [--rounds N]

FOLDER holds libllama*.so and its libggml*.so, as the Python package llama-cpp-python (llama_cpp/lib) and the npm package
@node-llama-cpp/linux-x64 (bins/linux-x64) have them. Without --peer the installed llama_cpp is looked for. The library is
driven through its C interface in a process of its own each round, so that neither side warms the other's memory. Prints
the medians and their ratio; exit status 3 when there is no peer to measure.
"""
import argparse
import ctypes
import glob
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time

RUNS_A_PROCESS = 3
CONTEXT_AT = 0  # n_ctx is the first field of llama_context_params


class Opaque(ctypes.Structure):
    """A parameter struct of any version: larger than the real one, which is passed in memory and read from its start."""
    _fields_ = [("bytes", ctypes.c_uint8 * 1024)]


class Batch(ctypes.Structure):
    _fields_ = [("n_tokens", ctypes.c_int32)] + [(n, ctypes.c_void_p) for n in
                ("token", "embd", "pos", "n_seq_id", "seq_id", "logits")]


def find_peer(folder):
    if not folder:
        spec = importlib.util.find_spec("llama_cpp")
        folder = os.path.join(os.path.dirname(spec.origin), "lib") if spec else None
    names = [n for n in glob.glob(os.path.join(folder, "libllama*.so*")) if "common" not in n] if folder else []
    return (folder, sorted(names)[0]) if names else (None, None)


def open_peer(folder, name):
    for each in ("libggml-base*.so*", "libggml.so*", "libggml.v*.so*", "libggml-cpu.so*"):
        for path in sorted(glob.glob(os.path.join(folder, each))):
            last = ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
            if hasattr(last, "ggml_backend_load_all_from_path"):
                last.ggml_backend_load_all_from_path(folder.encode())
    lib = ctypes.CDLL(name)
    for function in ("llama_model_default_params", "llama_context_default_params"):
        getattr(lib, function).restype = Opaque
    for function in ("llama_model_load_from_file", "llama_init_from_model", "llama_get_memory", "llama_model_get_vocab",
                     "llama_get_logits_ith"):
        getattr(lib, function).restype = ctypes.c_void_p
    lib.llama_batch_get_one.restype = Batch
    return lib


def feed(lib, context, ids):
    array = (ctypes.c_int32 * len(ids))(*ids)
    if lib.llama_decode(context, lib.llama_batch_get_one(array, ctypes.c_int32(len(ids)))):
        raise SystemExit("llama_decode failed")
    if not lib.llama_get_logits_ith(context, ctypes.c_int32(-1)):  # waits for the result
        raise SystemExit("llama.cpp gave no logits")


def measure_peer(o):
    quiet = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)(lambda *_: None)
    lib = open_peer(*find_peer(o.peer))
    lib.llama_log_set(quiet, None)
    lib.llama_backend_init()
    start = time.monotonic()
    model = ctypes.c_void_p(lib.llama_model_load_from_file(o.model.encode(), lib.llama_model_default_params()))
    load_ms = (time.monotonic() - start) * 1e3
    parameters = lib.llama_context_default_params()
    wanted = max(o.prefill, o.decode + 16) + 16
    ctypes.memmove(ctypes.addressof(parameters) + CONTEXT_AT, ctypes.byref(ctypes.c_uint32(wanted)), 4)
    context = ctypes.c_void_p(lib.llama_init_from_model(model, parameters))
    if not model or not context:
        raise SystemExit("llama.cpp cannot load the model")
    lib.llama_set_n_threads(context, ctypes.c_int32(o.threads), ctypes.c_int32(o.threads))
    vocabulary = lib.llama_vocab_n_tokens(ctypes.c_void_p(lib.llama_model_get_vocab(model)))
    memory = ctypes.c_void_p(lib.llama_get_memory(context))
    ids = [(i * 7919 + 13) % vocabulary for i in range(wanted)]
    prefill = decode = 0.0
    for _ in range(RUNS_A_PROCESS):
        lib.llama_memory_clear(memory, ctypes.c_bool(True))
        start = time.monotonic()
        feed(lib, context, ids[:o.prefill])
        prefill = max(prefill, o.prefill / (time.monotonic() - start))
        lib.llama_memory_clear(memory, ctypes.c_bool(True))
        feed(lib, context, ids[:16])
        start = time.monotonic()
        for i in range(o.decode):
            feed(lib, context, [ids[i]])
        decode = max(decode, o.decode / (time.monotonic() - start))
    with open("/proc/self/status", encoding="ascii") as status:
        peak = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    return {"prefill_tokens_per_s": prefill, "decode_tokens_per_s": decode, "load_ms": load_ms, "peak_rss_bytes": peak}


def in_process(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise SystemExit(f"{command[0]} failed")
    return json.loads(done.stdout.strip().splitlines()[-1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--engine")
    parser.add_argument("--peer")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--prefill", type=int, default=512)
    parser.add_argument("--decode", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer-alone", action="store_true", help=argparse.SUPPRESS)
    o = parser.parse_args()
    if o.peer_alone:
        print(json.dumps(measure_peer(o)))
        return 0
    if not find_peer(o.peer)[1]:
        print("engine_peer: no llama.cpp library to compare with (--peer FOLDER)", file=sys.stderr)
        return 3
    numbers = [str(n) for n in (o.threads, o.prefill, o.decode, RUNS_A_PROCESS)]
    ours, theirs = [], []
    for _ in range(o.rounds):
        ours.append(in_process([o.engine, o.model] + numbers))
        theirs.append(in_process([sys.executable] + sys.argv + ["--peer-alone"]))
    result = {"threads": o.threads, "rounds": o.rounds}
    for key in ("prefill_tokens_per_s", "decode_tokens_per_s", "load_ms", "peak_rss_bytes"):
        a, b = (statistics.median(r[key] for r in side) for side in (ours, theirs))
        result[key] = {"alcove": round(a, 1), "llama.cpp": round(b, 1), "ratio": round(a / b, 2)}
        print(f"{key:22} alcove {a:14.1f}   llama.cpp {b:14.1f}   ratio {a / b:6.2f}", file=sys.stderr)
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
