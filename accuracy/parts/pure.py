"""Tests of pure arithmetic: on a virtual clock in `swift test`; a row names the filter that proves it."""

import os
import subprocess

from parts.report import Row

FILTERS = {
    "T2": ("back-fill and no double counting", "HistogramExpectedIntervalTests"),
    "T5": ("bound of the histogram's error", "HistogramTests|HistogramLayoutTests"),
    "T6": ("a merge is the union, byte for byte", "HistogramEncodingTests|RunDistributionsTests"),
    "T7": ("logs to and from Java, bit for bit", "JavaReferenceTests|HistogramLogReaderTests|HistogramLogWriterTests"),
    "T17": ("coverage of intervals, or refusal", "BatchMeansTests"),
    "T19": ("warm-up and drift", "SteadinessTests"),
}
LIMIT_SECONDS = 1_800


def all_of_them(lab):
    return [row for test in FILTERS for row in one(test)]


def one(test):
    what, names = FILTERS[test]
    words = ["swift", "test", "--disable-xctest", "--filter", names]
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    try:
        done = subprocess.run(
            words,
            cwd=root,
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
            check=False,
            preexec_fn=lambda: os.sched_setaffinity(0, range(os.cpu_count())),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return [Row(test, what, "all tests pass", f"could not be run: {type(error).__name__}", "", None)]
    # "Test run with 12 tests in 3 suites passed after 4.1 seconds."
    lines = [line for line in done.stdout.splitlines() + done.stderr.splitlines() if "Test run with" in line]
    said = lines[-1].split("Test run with", 1)[1].strip(" .") if lines else "no test ran"
    held = done.returncode == 0 and bool(lines) and not said.startswith("0 tests")
    return [Row(test, f"{what}: `swift test --filter '{names}'`", "all tests pass", said, "", held)]
