"""T8, and the ways to disturb the generator."""

import contextlib
import math
import os
import signal
import subprocess
import sys
import threading
import time

from parts.lab import CLIENT_CORE, SERVER_CORE, bare_timer
from parts.report import Row, near, percent, seconds_text, within

UNKNOWN = 20
HOG = os.path.join(os.path.dirname(os.path.abspath(__file__)), "hog.py")
STEAL_PRIORITY = 50
SHIFT_INVALID = 0.065  # as in ValidityThresholds.swift
CGROUPS = "/sys/fs/cgroup"


# MARK: Disturbances


@contextlib.contextmanager
def hogs(count=1, length=None, period=None):
    """Busy processes on headroom's core: always and at its priority, or real-time for `length` of every `period` s."""
    words = [sys.executable, HOG, str(CLIENT_CORE)]
    if length:
        words += [str(STEAL_PRIORITY), f"{length:.6f}", f"{period:.6f}"]
    processes = [subprocess.Popen(words, stdin=subprocess.DEVNULL) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


class Quota:
    """A control group that may use `share` of a CPU; None from `create` if the machine does not allow one."""

    PERIOD_MICROSECONDS = 100_000

    def __init__(self, path):
        self.path = path

    @staticmethod
    def create(share):
        quota = str(int(share * Quota.PERIOD_MICROSECONDS))
        for base, name, text in (
            (f"{CGROUPS}/cpu", "cpu.cfs_quota_us", quota),
            (CGROUPS, "cpu.max", f"{quota} {Quota.PERIOD_MICROSECONDS}"),
        ):
            path = os.path.join(base, f"headroom-accuracy-{os.getpid()}")
            try:
                os.makedirs(path, exist_ok=True)
                with open(os.path.join(path, name), "w") as file:
                    file.write(text)
                return Quota(path)
            except OSError:
                with contextlib.suppress(OSError):
                    os.rmdir(path)
        return None

    def join(self):
        """Call this in the process to limit."""
        with open(os.path.join(self.path, "cgroup.procs"), "w") as file:
            file.write(str(os.getpid()))

    def remove(self):
        with contextlib.suppress(OSError):
            os.rmdir(self.path)


class Stops:
    """SIGSTOP for `length` s, every `period` s, from `period` s on."""

    def __init__(self, length, period, limit):
        self.length, self.period, self.limit = length, period, limit
        self.lengths = []

    def __call__(self, process):
        threading.Thread(target=self._stop, args=(process,), daemon=True).start()

    def _stop(self, process):
        began = time.monotonic()
        for number in range(1, self.limit + 1):
            time.sleep(max(0, began + number * self.period - self.length - time.monotonic()))
            if process.poll() is not None:
                return
            stopped = time.monotonic()
            process.send_signal(signal.SIGSTOP)
            time.sleep(self.length)
            process.send_signal(signal.SIGCONT)
            self.lengths.append(time.monotonic() - stopped)


# MARK: T8


def stopped(lab):
    """The tool pauses for 300 ms every 5 s: it detects that, and blames itself."""
    length, period, seconds = 0.3, 5.0, 30 if lab.quick else 60
    stops = Stops(length, period, round(seconds / period) - 1)
    # An answer takes so long that the server's queue after each stop, of the requests due meanwhile, hardly shows.
    service = 0.02
    line = ("--service-time", f"constant:{service * 1000:g}ms")
    with lab.serve(*line) as server:
        undisturbed = lab.open(server, 200, seconds)
    with lab.serve(*line) as server:
        # Between the time that the server took and the time with the stops.
        run = lab.open(server, 200, seconds, "--slo", "p99 < 100ms", beside=stops, record=True)
    slots = run.buckets("send_lag")
    run.forget()
    kernel = undisturbed.seconds("latency.service_kernel.p99")
    late = sum(count for low, _, count in slots if low > 10_000_000) / sum(count for _, _, count in slots)
    expected = len(stops.lengths) * (length - 0.01) / seconds
    longest = max(stops.lengths)
    rows = [
        near("T8", "SIGSTOP 300 ms every 5 s: send lag > 10 ms", expected, late, 0.01, percent),
        within("T8", "largest send lag", length - 0.005, longest + 0.02, run.seconds("latency.send_lag.max")),
        within("T8", "largest response holds it", length - 0.005, longest + service + 0.03, run.seconds("latency.response.max")),
        near(
            "T8",
            "p99 of the service time by the kernel's stamps, beside an undisturbed run",
            kernel,
            run.seconds("latency.service_kernel.p99"),
            0.1 * kernel,
        ),
        Row("T8", "latency claim", "INVALID", run.claim("latency"), "", run.claim("latency") == "INVALID"),
        Row("T8", "exit code with p99 < 100ms, which the stops alone exceed", str(UNKNOWN), str(run.code), "", run.code == UNKNOWN),
    ]
    return rows + starved(lab, 3 if lab.quick else 20)


QUOTA = 0.2  # of a CPU
STARVED = 1.5  # times the quota: the need of a load that the quota starves


def starving_rate(lab):
    """(Requests/s, the share of a CPU that they would take): more than a quota gives, on any machine."""
    rate = 8_000
    with lab.serve() as server:
        worker = lab.open(server, rate, 4)["client.workers"][0]
    share = worker["cpu"] / worker["duration"]
    times = max(1, math.ceil(STARVED * QUOTA / share))
    return times * rate, times * share


def starved(lab, count):
    """A quota of 20 % of a CPU, or two neighbours; and idle runs for comparison."""
    rows = []
    verdicts = []
    quota = Quota.create(QUOTA)
    if quota:
        rate, share = starving_rate(lab)
        for _ in range(count):
            with lab.serve() as server:
                run = lab.open(server, rate, 4, prepare=quota.join, is_exposed=True)
            verdicts.append(run.verdict)
        quota.remove()
        what = f"CPU quota of {QUOTA:.0%}, {rate:,}/s that would take {share:.0%}: INVALID"
        rows.append(counted(what, count, verdicts, verdicts.count("INVALID") == count))
    else:
        rows.append(Row("T8", "CPU quota of 20 %", "-", "no control group can be made here", "", None))
    verdicts = []
    for _ in range(count):
        with lab.serve() as server, hogs(2):
            verdicts.append(lab.open(server, 1_000, 4, is_exposed=True).verdict)
    rows.append(counted("two neighbours on its core, 1,000/s: INVALID", count, verdicts, None))
    verdicts, machine = [], 0.0
    for _ in range(count):
        # With answers in 100 µs, a wake-up is a large part of the time on any machine, and INVALID is correct.
        with lab.serve("--service-time", "constant:5ms") as server:
            verdicts.append(lab.open(server, 1_000, 4).verdict)
        machine = max(machine, bare_timer(1_000, 2)["p99"])
    held = "INVALID" not in verdicts
    # A machine whose bare timer moves p99 of 5 ms by more than INVALID allows is not idle.
    if not held and machine > SHIFT_INVALID * 0.005:
        held = None
    what = f"idle (p99 of a bare timer loop {seconds_text(machine)}), 1,000/s of 5 ms each: not INVALID"
    rows.append(counted(what, count, verdicts, held))
    return rows


def counted(what, count, verdicts, held):
    words = ", ".join(f"{verdicts.count(word)} {word}" for word in ("VALID", "SUSPECT", "INVALID") if word in verdicts)
    return Row("T8", f"{what}, of {count} runs", str(count), words, "", held)
