"""Runs the histogram loops in Swift and in C in turns, and stores the cost of each: scripts/bench histogram."""

import argparse
import json
import os
import statistics
import subprocess
import sys

from parts.machine import machine

SCHEMA = "headroom.bench-histogram/1"
ROUNDS = 7
SLACK = 1.05  # Swift against C: more than this is more than noise


def run(binary):
    return json.loads(subprocess.run([binary], capture_output=True, text=True, check=True).stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--swift", required=True)
    parser.add_argument("--c", required=True)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    samples = [{"swift": run(options.swift), "c": run(options.c)} for _ in range(options.rounds)]
    first = samples[0]
    if any(first["swift"][key] != first["c"][key] for key in ("checksum", "total", "records")):
        sys.exit("bench: the two programs did not record the same: the comparison would be worthless")

    def median(side, key):
        return statistics.median(sample[side][key] for sample in samples)

    ours, theirs = median("swift", "record_ns"), median("c", "record_ns")
    facts = machine(root)
    rows = [
        ("record a value", f"{ours:.2f} ns", f"{1e3 / ours:.0f} million/s on one core"),
        ("record a value, the same shape in C", f"{theirs:.2f} ns", f"ratio {ours / theirs:.2f}"),
        ("merge a histogram of 8,192 values", f"{median('swift', 'merge_ns') / 1e3:.2f} µs", ""),
    ]
    for count in (1000, 100000):
        cost = median("swift", f"encode_{count}_ns") / 1e3
        size = first["swift"][f"encoded_{count}_bytes"]
        rows.append((f"encode a line of {count:,} values", f"{cost:.0f} µs", f"{size:,} characters"))
    lines = [
        "# Histograms: what they cost",
        "",
        f"`scripts/bench histogram`, {facts['cpu']}, {facts['cores']} cores, {facts['kernel']}, commit "
        f"{facts['commit']}. CPU time, medians of {options.rounds} rounds in turns; every sample is in "
        "bench-histogram.json. Recording: 10^8 values around 200 µs, three digits, 1 ns to 24 h; both programs "
        "end with the same counts.",
        "",
        "| | cost | |",
        "|---|---|---|",
    ] + [f"| {what} | {cost} | {note} |" for what, cost, note in rows]
    text = "\n".join(lines) + "\n"
    os.makedirs(f"{root}/results", exist_ok=True)
    with open(f"{root}/results/bench-histogram.md", "w") as file:
        file.write(text)
    with open(f"{root}/results/bench-histogram.json", "w") as file:
        json.dump({"schema": SCHEMA, "machine": facts, "samples": samples}, file, indent=2)
        file.write("\n")
    print(text, end="")
    if ours > theirs * SLACK:
        print(f"bench: recording costs {ours / theirs:.2f} of C's; at most {SLACK} is the aim", file=sys.stderr)


main()
