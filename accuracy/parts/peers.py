"""The stall of T1 as other tools report it, beside the true value."""

import re
import shutil
import subprocess

from parts.lab import CLIENT_CORE
from parts.latency import PERIOD, RATE, STALL, stall_quantile
from parts.report import Row, say, seconds_text

CONNECTIONS = 10
UNITS = {"us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}
# Tools that Debian does not have: what they document or do, with the source.
ABSENT = {
    "wrk2": (
        ["wrk2"],
        "times from the planned start; a connection that is behind catches up at twice its rate at most, which by "
        "the formula of T1 with ρ = 0.5 makes it 0.95 s (README.md and src/wrk.c of giltene/wrk2)",
    ),
    "vegeta": (
        ["vegeta"],
        "times from the moment at which a worker takes a hit over; starts one more worker when all wait, without limit "
        "by default (-max-workers), so what is due in a stall is sent and timed (lib/attack.go of tsenart/vegeta)",
    ),
}


def stall(lab):
    """wrk, h2load, ab and hey on 10 connections, at 200 requests/s where they can."""
    seconds = int(PERIOD) * (3 if lab.quick else 6)
    true = stall_quantile(0.99, 0.0, 0.0)
    url = "http://127.0.0.1:{port}/bytes/100"
    each = RATE / CONNECTIONS
    tools = [
        ("wrk", f"wrk -t1 -c{CONNECTIONS} -d{seconds}s --latency {url}", "back to back", r"99%\s+([\d.]+)(\w+)"),
        (
            "ab",
            f"ab -q -k -c {CONNECTIONS} -t {seconds} -n 100000000 {url}",
            "back to back",
            r"99%\s+(\d+)()",
        ),
        (
            "hey",
            f"hey -z {seconds}s -c {CONNECTIONS} -q {each:g} -cpus 1 {url}",
            f"{RATE}/s",
            r"99%\D+in ([\d.]+) (sec)",
        ),
        (
            "h2load",
            f"h2load --h1 -t1 -c{CONNECTIONS} -D{seconds} --rps={each:g} {url}",
            f"{RATE}/s",
            r"(?:time for request|request)\s*:(.*)",
        ),
    ]
    rows = []
    for name, command, pace, pattern in tools:
        if not shutil.which(name):
            rows.append(Row("peers", name, seconds_text(true), "not installed", "", None))
            continue
        rows.append(one(lab, name, command, pace, pattern, true, seconds))
    for name, (programs, behaviour) in ABSENT.items():
        found = next((program for program in programs if shutil.which(program)), None)
        if found == "wrk2":
            command = f"wrk2 -t1 -c{CONNECTIONS} -d{seconds}s -R{RATE} --latency {url}"
            rows.append(one(lab, name, command, f"{RATE}/s", r"99\.000%\s+([\d.]+)(\w+)", true, seconds))
        elif found == "vegeta":
            command = (
                f"sh -c \"echo GET {url} | vegeta attack -rate={RATE} -duration={seconds}s | vegeta report\""
            )
            pattern = r"Latencies\s.*?\]\s+(?:[\w.µ]+,\s+){5}([\d.]+)(\w+)"
            rows.append(one(lab, name, command, f"{RATE}/s", pattern, true, seconds))
        else:
            rows.append(Row("peers", name, seconds_text(true), f"not installed; {behaviour}", "", None))
    with lab.serve("--stall", f"{STALL:g}s/{PERIOD:g}s") as server:
        run = lab.run(server.url(), "-c", CONNECTIONS, "--every", f"{1000 / each:g}ms", "-d", f"{seconds}s")
    measured = run.seconds("latency.response.p99")
    held = abs(measured - true) <= 1 / RATE + 0.002
    rows.append(Row("peers", f"headroom, {RATE}/s: p99", seconds_text(true), seconds_text(measured), "± 7 ms", held))
    return rows


def one(lab, name, command, pace, pattern, true, seconds):
    say(f"peers: {name}")
    with lab.serve("--stall", f"{STALL:g}s/{PERIOD:g}s") as server:
        words = ["taskset", "-c", str(CLIENT_CORE), "sh", "-c", command.format(port=server.port)]
        try:
            done = subprocess.run(words, capture_output=True, text=True, timeout=seconds + 60, check=False)
        except subprocess.TimeoutExpired:
            return Row("peers", f"{name}, {pace}: p99", seconds_text(true), "did not end", "", None)
    found = re.search(pattern, done.stdout)
    if name == "h2load":
        text = h2load_text(done.stdout, found)
    elif not found:
        text = "no p99 in its output"
    else:
        number, unit = float(found.group(1)), found.group(2)
        text = seconds_text(number * ({"": 1e-3, "sec": 1.0}.get(unit) or UNITS.get(unit, 1.0)))
    return Row("peers", f"{name}, {pace}: p99 as it reports", seconds_text(true), text, "", None)


def h2load_text(output, found):
    """Newer versions print min, max, median, p95, p99, mean; older ones have no percentile."""
    if not found:
        return "no times in its output"
    names = re.search(r"^\s+(min\s+max.*)$", output, re.MULTILINE)
    columns = re.split(r"\s{2,}", names.group(1).strip()) if names else []
    values = found.group(1).split()
    if "p99" in columns:
        return values[columns.index("p99")]
    shown = ", ".join(f"{column} {value}" for column, value in zip(columns, values))
    return f"no percentiles: {shown}"
