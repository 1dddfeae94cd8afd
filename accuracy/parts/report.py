"""Rows of the table: printed as they come, merged with those of earlier runs, and stored."""

import dataclasses
import datetime
import json
import os
import re
import subprocess
import sys

SCHEMA = "headroom.accuracy/1"
ORDER = ["T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12", "T13", "T14", "T17", "T19"]
DISTURBED_SHARE = 0.1  # of the machine's CPU time, by processes outside of the test


@dataclasses.dataclass
class Row:
    """One claim: `held` is nil if nothing is promised, or if it could not be tested."""

    test: str
    what: str
    expected: str
    measured: str
    tolerance: str
    held: bool | None
    quick: bool = False
    shielded: bool = False
    date: str = ""
    commit: str = ""

    @property
    def word(self):
        return {True: "held", False: "NOT HELD", None: "-"}[self.held]


def say(text):
    print(f"accuracy: {text}", file=sys.stderr, flush=True)


def seconds_text(value):
    """A time with four digits and a fitting unit."""
    if value is None:
        return "none"
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if abs(value) >= size:
            return f"{value / size:.4g} {unit}"
    return f"{value / 1e-9:.0f} ns"


def near(test, what, expected, measured, tolerance, text=seconds_text):
    """A row that holds if the measured value is within the tolerance."""
    held = measured is not None and abs(measured - expected) <= tolerance
    return Row(test, what, text(expected), text(measured), "± " + text(tolerance), held)


def at_most(test, what, limit, measured, text=seconds_text):
    held = measured is not None and measured <= limit
    return Row(test, what, "≤ " + text(limit), text(measured), "", held)


def within(test, what, low, high, measured, text=seconds_text):
    held = measured is not None and low <= measured <= high
    return Row(test, what, f"{text(low)} .. {text(high)}", text(measured), "", held)


def equal(test, what, expected, measured, slack=0):
    held = measured is not None and abs(measured - expected) <= slack
    tolerance = f"± {slack}" if slack else "exact"
    return Row(test, what, f"{expected:,}", "none" if measured is None else f"{measured:,}", tolerance, held)


def plain(value):
    return "none" if value is None else f"{value:.4g}"


def percent(value):
    return "none" if value is None else f"{100 * value:.2f} %"


class Store:
    """results/accuracy.md and .json."""

    def __init__(self, folder, lab):
        self.path = os.path.join(folder, "accuracy")
        self.lab = lab
        self.rows = self._read()
        self.commit = commit()
        self.date = datetime.date.today().isoformat()

    def _read(self):
        try:
            with open(self.path + ".json") as file:
                return [Row(**row) for row in json.load(file)["rows"]]
        except FileNotFoundError:
            return []

    def add(self, rows):
        """Takes the rows of tests in place of their older ones."""
        tests = {row.test for row in rows}
        self.rows = [row for row in self.rows if row.test not in tests]
        for row in rows:
            row.quick, row.shielded = self.lab.quick, self.lab.is_shielded
            row.date, row.commit = self.date, self.commit
            print(" | ".join([row.test, row.what, row.expected, row.measured, row.tolerance, row.word]), flush=True)
        self.rows += rows
        self.rows.sort(key=lambda row: ORDER.index(row.test) if row.test in ORDER else len(ORDER))

    def write(self):
        facts = machine_facts()
        with open(self.path + ".json", "w") as file:
            rows = [dataclasses.asdict(row) for row in self.rows]
            json.dump({"schema": SCHEMA, "machine": facts, "rows": rows}, file, indent=1, ensure_ascii=False)
            file.write("\n")
        with open(self.path + ".md", "w") as file:
            file.write(table(self.rows, facts))


def table(rows, facts):
    lines = [
        "# Accuracy",
        "",
        "`scripts/accuracy` (all, or one test at a time; each row says when and at which commit). " + facts + ".",
        "",
        "headroom with one worker on core 0, `headroom serve` with one thread on core 1, HTTP/1.1 over the loopback. "
        "The server keeps a log of its own of every request (`--arrival-log`), which is what T3, T4, T9, T11 and the "
        "calibration (validity.md) compare with. `quick`: shorter than the test's full length. "
        "`shielded`: headroom ran as a real-time process, for the machine was not quiet.",
        "",
        "| test | what | expected | measured | tolerance | | |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        held = f"**{row.word}**" if row.held is False else row.word
        origin = f"{row.date} {row.commit}{' quick' if row.quick else ''}{' shielded' if row.shielded else ''}"
        cells = [row.test, row.what, row.expected, row.measured, row.tolerance, held, origin]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def machine_facts():
    """What the figures depend on, without a path of this machine."""
    with open("/proc/cpuinfo") as file:
        model = re.search(r"model name\s*:\s*(.*)", file.read())
    name = model.group(1) if model else os.uname().machine
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{name}, {os.cpu_count()} cores, {memory / 1e9:.1f} GB, {os.uname().sysname} {os.uname().release}"


def commit():
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

    def git(*words):
        done = subprocess.run(["git", "-C", root, *words], capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else "unknown"

    changed = git("status", "--porcelain", "--", "Sources", "accuracy", "scripts", "Package.swift")
    return git("rev-parse", "--short=12", "HEAD") + ("+" if changed else "")
