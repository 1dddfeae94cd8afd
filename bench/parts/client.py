"""One client process under measurement.

No tool's own word is taken. Between two marks, set after all its connections are open and before it ends,
requests are read from nginx's stub_status, CPU from the scheduler's accounts (nanoseconds, all threads),
memory from /proc. What a tool needs to start, to connect and to sum up lies outside of the marks, for each alike.
"""

import os
import re
import subprocess
import time

from parts import memory
from parts.nginx import thread_cpu_nanoseconds

CONNECT_LIMIT_SECONDS = (
    60  # for all connections to be open: the slowest ramp takes 20 s, a dropped SYN 1 or 3 more
)
STOP_LIMIT_SECONDS = 5
QUIET_LIMIT_SECONDS = 60  # then it still measures, and the report names the disturbance
QUIET_SHARE = 0.1  # of a core
HELD_SHARE = 0.99  # of the connections asked for: with fewer it is another load, without a figure
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class ClientError(Exception):
    """The client did not carry the load; the text has the reason."""


def measure(nginx, argv, core, connections, settle, window, sample_each_second=False):
    """Runs `argv` until its connections are open, waits `settle`, measures `window` seconds, ends it."""
    nginx.wait_until_idle()
    wait_for_quiet()
    before = memory.kernel_tcp_bytes()
    group = memory.Group.create()
    output_path = os.path.join(nginx.work, "client.out")

    def prepare():
        os.sched_setaffinity(0, {core})
        if group:
            group.join()

    with open(output_path, "w") as output:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=prepare,
            cwd=nginx.work,
        )
    try:
        wait_for_connections(nginx, process, connections)
        time.sleep(settle)
        sample = between_marks(nginx, process, window, sample_each_second)
        if sample["connections"] < connections * HELD_SHARE:
            raise ClientError(f"held {sample['connections']} of {connections} connections")
        sample.update(memory.of_process(process.pid))
        sample["kernel_tcp_bytes"] = max(0, memory.kernel_tcp_bytes() - before)
        sample["group_kernel_bytes"] = group.kernel_bytes() if group else None
    except ClientError as error:
        with open(output_path, errors="replace") as output:
            said = " ".join(output.read()[-200:].split()).replace(nginx.work, "…")
        raise ClientError(f"{error}; it said: {said or 'nothing'}") from None
    finally:
        end(process)
        if group:
            group.remove()
    return sample


def wait_for_quiet():
    """Waits until other processes leave the machine idle: a busy core changes the cost of a wake-up."""
    deadline = time.monotonic() + QUIET_LIMIT_SECONDS
    while time.monotonic() < deadline:
        before, began = machine_cpu_seconds(), time.monotonic()
        time.sleep(0.5)
        if machine_cpu_seconds() - before < QUIET_SHARE * (time.monotonic() - began):
            return


def wait_for_connections(nginx, process, connections):
    """Returns once the server sees that many connections."""
    deadline = time.monotonic() + CONNECT_LIMIT_SECONDS
    while True:
        active = nginx.status()[1]
        if active >= connections * HELD_SHARE:
            return
        if process.poll() is not None:
            raise ClientError(
                f"ended with status {process.returncode} at {active} of {connections} connections"
            )
        if time.monotonic() > deadline:
            raise ClientError(f"opened {active} of {connections} connections in {CONNECT_LIMIT_SECONDS} s")
        time.sleep(0.1)


def between_marks(nginx, process, window, sample_each_second):
    """One measurement: rates and CPU between now and `window` seconds from now."""
    first = mark(nginx, process)
    counts, lowest = [first["requests"]], first["connections"]
    end_at = first["time"] + window
    while sample_each_second and end_at - time.monotonic() > 1.5:
        time.sleep(1 - (time.monotonic() - first["time"]) % 1)
        requests, active = nginx.status()
        counts.append(requests)
        lowest = min(lowest, active)
    time.sleep(max(0, end_at - time.monotonic()))
    last = mark(nginx, process)
    asked_by_us = len(counts)  # each status request after the first mark is a request, too
    requests = last["requests"] - first["requests"] - asked_by_us
    if requests <= 0:
        raise ClientError("made no request between the marks")
    seconds = last["time"] - first["time"]
    client = last["client_cpu"] - first["client_cpu"]
    server = last["server_cpu"] - first["server_cpu"]
    each_second = [later - earlier - 1 for earlier, later in zip(counts, counts[1:])]
    return {
        "seconds": seconds,
        "requests": requests,
        "connections": min(lowest, last["connections"]),
        "requests_per_second": requests / seconds,
        "client_cpu_microseconds": client / 1000 / requests,
        "server_cpu_microseconds": server / 1000 / requests,
        "sum_cpu_microseconds": (client + server) / 1000 / requests,
        "other_cpu_share": (
            max(0.0, last["machine_cpu"] - first["machine_cpu"] - (client + server) / 1e9) / seconds
        ),
        "peak_second_over_mean": max(each_second) * seconds / requests if each_second else None,
    }


def mark(nginx, process):
    """All counters at one time: right after the server answered, while its count is fresh."""
    requests, active = nginx.status()
    moment = time.monotonic()
    server_cpu = nginx.cpu_nanoseconds()
    if process.poll() is not None:
        raise ClientError(f"ended early with status {process.returncode}")
    return {
        "time": moment,
        "requests": requests,
        "connections": active,
        "server_cpu": server_cpu,
        "client_cpu": process_cpu_nanoseconds(process.pid),
        "machine_cpu": machine_cpu_seconds(),
    }


def process_cpu_nanoseconds(pid):
    """CPU time of all living threads of a process."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            total += thread_cpu_nanoseconds(f"/proc/{pid}/task/{thread}/schedstat")
        except OSError:
            pass  # a thread that has just ended
    return total


def machine_cpu_seconds():
    """Seconds in which cores were not idle, with stolen time: all but client and server is disturbance."""
    with open("/proc/stat") as file:
        fields = [int(field) for field in file.readline().split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS_PER_SECOND


def end(process):
    """Ends the client, gently at first."""
    # Its largest size was read from /proc before, because wait4's is at least the parent's size at the fork.
    process.terminate()
    try:
        process.wait(STOP_LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def version(argv):
    """The version that a tool prints."""
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    found = re.search(r"\d+\.\d+[\w.+~-]*", done.stdout + done.stderr)
    return found.group(0) if found else "unknown"
