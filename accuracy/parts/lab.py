"""One headroom and one server, each on a core of its own."""

import csv
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

from parts.statistics import quantile

CLIENT_CORE, SERVER_CORE = 0, 1
READY_LIMIT_SECONDS = 10
END_LIMIT_SECONDS = 60
DRAIN_ALLOWANCE_SECONDS = 90
# The observer is the reference: with real-time priority, only the kernel takes its core from it.
OBSERVER_PRIORITY = 1


class LabError(Exception):
    """A test cannot run; the text has the reason."""


class Arrival(NamedTuple):
    """A request as the server saw it, in nanoseconds of the monotonic clock; `out` is nil without an answer."""

    connection: int
    number: int
    first_in: int
    complete_in: int
    out: int | None

    @property
    def residence(self):
        return self.out - self.first_in


class Lab:
    """What all tests share."""

    def __init__(self, binary, work, quick, is_shielded, only=None):
        self.binary, self.work, self.quick, self.is_shielded = binary, work, quick, is_shielded
        self.only = only
        # This process waits, and must not disturb headroom meanwhile.
        os.sched_setaffinity(0, {SERVER_CORE})

    def path(self, name):
        return os.path.join(tempfile.mkdtemp(dir=self.work), name)

    def serve(self, *options):
        return Server(self, [str(option) for option in options])

    def profile(self, server, path="/bytes/100", step=""):
        """A profile with one request per session, so that a rate of sessions is one of requests."""
        return self.session_profile(server, f"  - get: {path}\n{step}")

    def session_profile(self, server, steps, rest=""):
        """A profile of these steps, and its other keys as `rest`, in YAML."""
        name = self.path("profile.yaml")
        with open(name, "w") as file:
            file.write(
                f"version: 1\nname: accuracy\ntarget:\n  url: {server.url('')}\nsession:\n{steps}{rest}"
            )
        return name

    def open(self, server, rate, seconds, *options, path="/bytes/100", **more):
        """An open load of single requests on kept connections."""
        words = ["-R", f"{rate}req/s", "-d", f"{seconds}s", *options]
        if "--connection" not in words:
            words += ["--connection", "per_user"]
        return self.run(self.profile(server, path), *words, **more)

    def run(self, source, *options, threads=1, prepare=None, beside=None, record=False, is_exposed=False, allowance=0):
        """Runs headroom to its end; `prepare` is called in its process, `beside(process)` while it runs.

        `allowance`: seconds that it may take beyond `-d`.

        On a machine that is not quiet headroom runs with real-time priority if that is asked for (--shield), unless it
        `is_exposed` to a disturbance that this would keep away.
        """
        folder = self.path("record") if record else None
        words = [self.binary, "run", source, *map(str, options), "-t", str(threads), "--json"]
        words += ["-o", folder] if record else ["--no-record"]

        def enter():
            os.sched_setaffinity(0, {CLIENT_CORE})
            if self.is_shielded and not is_exposed:
                os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(OBSERVER_PRIORITY))
            if prepare:
                prepare()

        errors = self.path("errors")
        began = time.monotonic()
        with open(errors, "w") as stderr:
            process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, preexec_fn=enter
            )
        try:
            if beside:
                beside(process)
            output, _ = process.communicate(timeout=seconds_of(options) + allowance + DRAIN_ALLOWANCE_SECONDS)
        except subprocess.TimeoutExpired:
            raise LabError("headroom did not end") from None
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        with open(errors) as file:
            said = " ".join(file.read().split())[-300:]
        try:
            facts = json.loads(output)
        except ValueError:
            raise LabError(f"headroom ended with {process.returncode}: {said or 'no run.json'}") from None
        return Run(self, facts, process.returncode, time.monotonic() - began, folder)


def seconds_of(options):
    """The seconds that -d asks for."""
    words = list(map(str, options))
    if "-d" not in words:
        return 0
    return float(words[words.index("-d") + 1].removesuffix("s"))


class Run:
    """A run that is over: its run.json, exit code and, if there is one, its record."""

    def __init__(self, lab, facts, code, wall, folder):
        self.lab, self.facts, self.code, self.wall, self.folder = lab, facts, code, wall, folder

    def __getitem__(self, path):
        """A value of run.json by its path, such as `latency.response.p99`; nil if it is missing."""
        value = self.facts
        for key in path.split("."):
            if not isinstance(value, dict) or key not in value:
                return None
            value = value[key]
        return value

    def seconds(self, path):
        value = self[path]
        return None if value is None else value / 1e9

    @property
    def verdict(self):
        return self["validity.verdict"]

    def claim(self, name):
        return self[f"validity.claims.{name}.verdict"]

    def buckets(self, tag):
        """Every slot of a distribution of the hold: (lowest, highest, count)."""
        if tag.split(".")[0] in self["latency"] and not self[f"latency_all.{tag.split('.')[0]}.count"]:
            return []
        rows = csv.DictReader(self.export(tag, "buckets-csv"))
        return [(int(row["Lower"]), int(row["Upper"]), int(row["Count"])) for row in rows]

    def interval_values(self, tag):
        """The values of a distribution of the hold in each interval that has some, in nanoseconds: one or two."""
        lines = [line for line in self.export(tag, "interval-csv", "--unit", "ns") if not line.startswith("#")]
        values = []
        for row in csv.DictReader(lines):
            found = [float(row["Int_50%"]), float(row["Int_Max"])]
            count = int(row["Int_Count"])
            if count > len(found):
                raise LabError(f"{tag}: {count} values in an interval")
            values.append(found[len(found) - count :])
        return values

    def export(self, tag, form, *options):
        """The lines of a distribution of the record."""
        done = subprocess.run(
            [self.lab.binary, "export", self.folder, "--format", form, "--tag", tag, *options],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise LabError(f"export of {tag}: {done.stderr.strip()}")
        return done.stdout.splitlines()

    def intervals(self):
        with open(os.path.join(self.folder, "intervals.csv")) as file:
            return list(csv.DictReader(file))

    def forget(self):
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


class Server:
    """`headroom serve` with one thread on its core; `stop` returns its log of arrivals."""

    def __init__(self, lab, options):
        self.log_path = lab.path("arrivals.csv")
        words = [lab.binary, "serve", "--port", "0", "--threads", "1", "--arrival-log", self.log_path]
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            words + options,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=enter_observer,
        )
        line = self.process.stdout.readline()
        found = re.search(r"http://[^ ]*:(\d+)", line)
        if not found:
            self.process.kill()
            raise LabError(f"the server did not start: {line}{self.process.stderr.read().strip()}")
        self.port = int(found.group(1))
        self.arrivals = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.arrivals is None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def url(self, path="/bytes/100"):
        return f"http://127.0.0.1:{self.port}{path}"

    def stats(self):
        """Its counts, without this request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/stats")
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def usage(self):
        """(CPU, time ready but without a CPU) of its threads so far, in nanoseconds."""
        total = [0, 0]
        folder = f"/proc/{self.process.pid}/task"
        for thread in os.listdir(folder):
            with open(f"{folder}/{thread}/schedstat") as file:
                cpu, delay = file.read().split()[:2]
            total[0] += int(cpu)
            total[1] += int(delay)
        return tuple(total)

    def stop(self):
        """Ends it, and returns every request that it saw, in the order of arrival."""
        self.process.send_signal(signal.SIGTERM)
        try:
            _, errors = self.process.communicate(timeout=END_LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise LabError("the server did not end") from None
        if errors.strip():
            raise LabError(f"the server said: {errors.strip()}")
        self.arrivals = []
        with open(self.log_path) as file:
            next(file)
            for line in file:
                *numbers, out = line.rstrip("\n").split(",")
                self.arrivals.append(Arrival(*map(int, numbers), int(out) if out else None))
        os.unlink(self.log_path)
        self.arrivals.sort(key=lambda arrival: arrival.first_in)
        return self.arrivals


def bare_timer(rate, seconds):
    """How late this machine wakes up a process that does nothing else on headroom's core."""
    words = [sys.executable, os.path.join(os.path.dirname(__file__), "bare.py"), CLIENT_CORE, rate, seconds]
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=True, timeout=seconds + 30
    )
    return dict(zip(("p50", "p99", "p999"), map(float, done.stdout.split())))


class Wire:
    """Captures the packets of a server's port on the loopback while it is entered; `durations` afterwards, in seconds."""

    def __init__(self, port):
        words = [sys.executable, os.path.join(os.path.dirname(__file__), "wire.py"), str(port)]
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.durations, self.dropped = [], 0

    def __enter__(self):
        if self.process.stdout.readline().strip() != "ready":
            raise LabError("the loopback cannot be watched: " + self.process.stderr.read().strip()[-200:])
        return self

    def __exit__(self, *_):
        output, errors = self.process.communicate(timeout=END_LIMIT_SECONDS)
        if self.process.returncode:
            raise LabError("the loopback was not watched to the end: " + errors.strip()[-200:])
        found = json.loads(output)
        self.durations, self.dropped = sorted(found["durations"]), found["dropped"]


def enter_observer():
    os.sched_setaffinity(0, {SERVER_CORE})
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(OBSERVER_PRIORITY))
    except OSError:
        pass  # not permitted: it shares its core like any other process


def residences(arrivals):
    """The seconds that answered requests spent in the server, sorted."""
    return sorted(arrival.residence / 1e9 for arrival in arrivals if arrival.out is not None)


def residence_quantiles(arrivals, *shares):
    values = residences(arrivals)
    return [quantile(values, share) for share in shares]
