"""The tools, and the command line that gives each of them the same load."""

import math
import os

# Longer than any measurement: every tool is ended after the second mark.
RUN_SECONDS = 300
RAMP_SECONDS = 5
# The floor's stride from user to user: about 0.618 of 10,000, as in headroom, and coprime to it.
FLOOR_STRIDE = 6_181

MAIN = ["headroom", "wrk", "h2load", "ab", "floor"]
PACED = ["headroom", "headroom-in-turn", "headroom-1ms", "h2load", "floor", "floor-in-turn"]
MEMORY = ["headroom", "wrk", "h2load", "floor"]
TLS = ["headroom", "wrk", "h2load", "ab", "floor"]
HTTP2 = ["headroom", "h2load"]
# How ciphertext reaches OpenSSL, in the floor: see bench/floor-tls.c.
TLS_FLOORS = {"floor": "socket", "floor-shared": "shared", "floor-memory": "memory", "floor-plain": "plain"}
# With --tools only: hey costs several times as much as any other, and the floors are for a design decision.
OPTIONAL = ["hey", "floor-shared", "floor-memory", "floor-plain"]

NO_SUCH_LOAD = "has no form of this load"


def back_to_back(tool, binaries, nginx, size, connections):
    """The command for `connections` users who ask again as soon as they are answered; nil if the tool cannot."""
    url = nginx.url(size)
    return {
        "headroom": [
            binaries["headroom"],
            "run",
            url,
            "-c",
            str(connections),
            "-d",
            f"{RUN_SECONDS}s",
            "-t",
            "1",
            "--quiet",
            "--no-record",
        ],
        "wrk": ["wrk", "-t1", f"-c{connections}", f"-d{RUN_SECONDS}s", url],
        "h2load": ["h2load", "--h1", "-t1", f"-c{connections}", f"-D{RUN_SECONDS}", url],
        "ab": [
            "ab",
            "-q",
            "-k",
            "-r",
            "-c",
            str(connections),
            "-t",
            str(RUN_SECONDS),
            "-n",
            "100000000",
            url,
        ],
        "hey": ["hey", "-z", f"{RUN_SECONDS}s", "-c", str(connections), "-cpus", "1", url],
        "floor": [
            binaries["floor"],
            "127.0.0.1",
            str(nginx.port),
            f"/{size}",
            str(connections),
            str(RUN_SECONDS),
        ],
    }.get(tool)


def over_tls(tool, binaries, nginx, size, connections, kind):
    """The same over TLS; `kind`: "tls", or "fresh" for a handshake per request."""
    if tool in TLS_FLOORS:
        return [
            binaries["floor-tls"],
            "127.0.0.1",
            str(nginx.ports[kind]),
            f"/{size}",
            str(connections),
            str(RUN_SECONDS),
            TLS_FLOORS[tool],
        ]
    plain = back_to_back(tool, binaries, nginx, size, connections)
    if plain is None:
        return None
    argv = [nginx.url(size, kind) if word == nginx.url(size) else word for word in plain]
    # Only headroom verifies certificates, so only headroom needs an authority.
    return argv + ["--http", "1.1", "--cacert", nginx.certificate] if tool == "headroom" else argv


def over_http2(tool, binaries, nginx, size, connections, streams):
    """Users back to back on `connections` HTTP/2 connections in clear text, so many on each."""
    url = nginx.url(size, "h2c")
    plain = back_to_back(tool, binaries, nginx, size, connections)
    if tool == "headroom":
        users = str(connections * streams)
        argv = [url if word == nginx.url(size) else word for word in plain]
        argv[argv.index("-c") + 1] = users
        return argv + ["--http", "h2c", "--streams", str(streams)]
    if tool == "h2load":
        # Its duration is of the phase after the warm-up; its windows are 1 GiB by default.
        return ["h2load", "-t1", f"-c{connections}", f"-m{streams}", f"-D{RUN_SECONDS}", url]
    return None


def paced(tool, binaries, nginx, size, connections, every):
    """The command for `connections` users who ask every `every` seconds; nil if the tool cannot."""
    url = nginx.url(size)
    floor = [
        binaries["floor"],
        "127.0.0.1",
        str(nginx.port),
        nginx.path(size),
        str(connections),
        str(RUN_SECONDS),
        f"{every:g}",
        str(RAMP_SECONDS),
    ]
    headroom = [
        binaries["headroom"],
        "run",
        url,
        "-c",
        str(connections),
        "--every",
        f"{every:g}s",
        "-d",
        f"{RUN_SECONDS}s",
        "-t",
        "1",
        "--ramp",
        f"{RAMP_SECONDS}s",
        "--quiet",
        "--no-record",
    ]
    return {
        "headroom": headroom,
        # They join over one cycle and go on from there, in the order of the connections, as h2load's do.
        "headroom-in-turn": [*headroom, "--start", "cold", "--ramp", f"{every:g}s"],
        "headroom-1ms": headroom + ["--tick", "1ms"],
        # With -D it connects all users at once, and they ask together from then on: another, cheaper load. So they
        # connect one by one, as evenly as its milliseconds allow, over one cycle or several.
        "h2load": [
            "h2load",
            "--h1",
            "-t1",
            f"-c{connections}",
            "-r",
            "1",
            f"--rate-period={max(1, int(every * 1000 / connections))}ms",
            "-n",
            str(connections * math.ceil(RUN_SECONDS / every)),
            f"--rps={1 / every:g}",
            url,
        ],
        "floor": [*floor, "0.000000001", str(FLOOR_STRIDE)],
        "floor-in-turn": floor,
    }.get(tool)


def shown(argv, nginx):
    """A command as the table shows it: without a path or a port of this machine."""
    text = " ".join([os.path.basename(argv[0])] + argv[1:]).replace(nginx.certificate, "CERTIFICATE")
    for port in nginx.ports.values():
        text = text.replace(f"127.0.0.1:{port}", "SERVER").replace(f" {port} ", " PORT ")
    return text
