"""Whether a tool holds a paced load as planned, or starts its users together: seen by `headroom serve`.

It is not part of any cost: it has a run of its own, beside the rounds.
"""

import os
import re
import signal
import statistics
import subprocess
import time

from parts import tools

SERVER_CORE, CLIENT_CORE = 0, 1
BODY_BYTES = 100  # small, because the server must see when requests come, and not be busy
CONNECT_LIMIT_SECONDS = 60
SETTLE_SECONDS = 2
WINDOW_SECONDS = 3
END_LIMIT_SECONDS = 30
# A request that comes within this part of the mean distance after another one counts as coming together with it. With
# users at independent random points of their shares 3 % do, with Poisson arrivals 22 %. At 8,000/s it is 31 µs: more
# than the server takes for a small answer, so that requests sent at once are recognised.
TOGETHER = 0.25


class Front:
    """The server in the form that `tools.paced` expects."""

    certificate = ""

    def __init__(self, port):
        self.port = port
        self.ports = {"plain": port}

    def path(self, size):
        return f"/bytes/{size}"

    def url(self, size, kind="plain"):
        return f"http://127.0.0.1:{self.port}{self.path(size)}"


def together_share(tool, binaries, users, every, work):
    """Share of a tool's requests that came together with another, or nil if it did not carry the load."""
    log = os.path.join(work, "arrivals.csv")
    server = subprocess.Popen(
        [binaries["headroom"], "serve", "--port", "0", "--threads", "1", "--arrival-log", log],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}),
    )
    client = None
    try:
        found = re.search(r"http://[^ ]*:(\d+)", server.stdout.readline())
        if not found:
            return None
        argv = tools.paced(tool, binaries, Front(int(found.group(1))), BODY_BYTES, users, every)
        client = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=lambda: os.sched_setaffinity(0, {CLIENT_CORE}),
        )
        if not wait_for_sockets(client, users):
            return None
        time.sleep(SETTLE_SECONDS + WINDOW_SECONDS)
        end = time.monotonic()  # of the same clock as the log
        stop(client)
        stop(server)
        return share_of(log, end - WINDOW_SECONDS, end)
    finally:
        for process in (client, server):
            if process and process.poll() is None:
                process.kill()
                process.wait()


def wait_for_sockets(process, users):
    """Returns once the client has a descriptor per user; False if it ended or took too long."""
    deadline = time.monotonic() + CONNECT_LIMIT_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return False
        if len(os.listdir(f"/proc/{process.pid}/fd")) >= users:
            return True
        time.sleep(0.2)
    return False


def stop(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=END_LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def share_of(log, begin, end):
    with open(log) as file:
        next(file)
        times = sorted(int(line.split(",", 3)[2]) / 1e9 for line in file)
    times = [moment for moment in times if begin <= moment < end]
    gaps = [later - earlier for earlier, later in zip(times, times[1:])]
    if not gaps:
        return None
    limit = TOGETHER * statistics.fmean(gaps)
    return sum(gap < limit for gap in gaps) / len(gaps)
