#!/usr/bin/env python3
"""note_stages.py - where the time of a note goes, from file to commit, and the peak memory of all processes.

    bench/note_stages.py [--alcove build/alcove] [--pipeline pipelines/clinical-note.yaml] [--rounds 3] [INPUT...]

Runs the pipeline over INPUT (default: examples/notes) into a fresh store each round and prints the median milliseconds
of each stage a document, and the seconds of the whole run, as one JSON line and one readable line.
"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time


def one_round(o, folder):
    start = time.monotonic()
    done = subprocess.run([o.alcove, "run", o.pipeline, *o.input, "--store", os.path.join(folder, "bench.alc"), "--json", "-q"],
                          capture_output=True, text=True, check=False,
                          env={**os.environ, "XDG_STATE_HOME": folder, "XDG_DATA_HOME": folder, "XDG_CACHE_HOME": folder})
    seconds = time.monotonic() - start
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise SystemExit(f"alcove run ended with {done.returncode}")
    return seconds, [json.loads(line) for line in done.stdout.splitlines()][:-1]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("input", nargs="*", default=["examples/notes"])
    parser.add_argument("--alcove", default="build/alcove")
    parser.add_argument("--pipeline", default="pipelines/clinical-note.yaml")
    parser.add_argument("--rounds", type=int, default=3)
    o = parser.parse_args()
    seconds, stages = [], {}
    for _ in range(o.rounds):
        with tempfile.TemporaryDirectory() as folder:
            took, documents = one_round(o, folder)
        seconds.append(took)
        for document in documents:
            for stage, ms in document["ms"].items():
                stages.setdefault(stage, []).append(ms)
    result = {"documents": len(documents), "run_s": round(statistics.median(seconds), 2),
              "ms": {stage: round(statistics.median(values), 2) for stage, values in stages.items()},
              "peak_rss_of_largest_process_bytes": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024}
    print("  ".join(f"{stage} {ms} ms" for stage, ms in result["ms"].items()), f"  whole run {result['run_s']} s",
          f"  peak {result['peak_rss_of_largest_process_bytes'] >> 20} MiB", file=sys.stderr)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
