#!/usr/bin/env python3
"""A server that misbehaves on request: what it does wrong is chosen by the path.

    faultserver.py [--host 127.0.0.1] [--limit N] [--limit-reset] [--never-accept]

Listens on a free port, prints `PORT n` when it is ready, and ends when its standard input does. One path for
each fault of a server that speaks HTTP/1.1; `/stats` tells in JSON what the server saw, its own request not
included. Where a fault leaves the client nothing to wait for, the connection stays open: that the client
closes it is part of what the tests look at.
"""

import argparse
import asyncio
import collections
import gzip
import json
import os
import signal
import socket
import struct
import sys
import threading
import urllib.parse

BODY = b"0123456789abcdef" * 3_125  # 50,000 bytes
HEAD_LIMIT = 64 * 1024  # of a request
FLOOD_LIMIT = (
    64 * 1024 * 1024
)  # of anything endless: a client that does not stop must not fill the disk of a log
PIECE = 16 * 1024
EXTENSION_FLOOD = 1_000_000
MANY_HEADERS = 1_000_000
BACKLOG = 4_096
NEVER_ACCEPT_BACKLOG = 8
LISTENING_PATHS = 4_096  # different paths counted apart in /stats

STATS = {"connections": 0, "open": 0, "refused": 0, "answers": 0, "bytes_sent": 0}
REQUESTS = collections.Counter()
LAST = {"head": "", "body": ""}  # the last request that was not for /stats
LAST_BODY_LIMIT = 1_024
OPTIONS = None
FAULTS = {}


class Closed(Exception):
    """The connection is to be closed; nothing more is answered on it."""


def fault(name):
    """Registers a behaviour under the first segment of its path."""

    def register(function):
        FAULTS[name] = function
        return function

    return register


class Connection:
    """One client: its requests in order, and what has been answered so far."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.answered = 0  # on this connection
        self.method = ""
        self.number = STATS["connections"]

    async def send(self, data):
        self.writer.write(data)
        await self.writer.drain()
        STATS["bytes_sent"] += len(data)

    async def answer(self, body=BODY, status="200 OK", headers=(), send_body=True):
        """A faultless answer."""
        await self.send(
            head(status, [f"Content-Length: {len(body)}", *headers])
            + (body if send_body and self.method != "HEAD" else b"")
        )

    async def wait_for_the_client(self):
        """Reads until the client closes, and answers nothing."""
        while await self.reader.read(PIECE):
            pass
        raise Closed

    def reset(self):
        """Ends the connection with RST instead of FIN."""
        self.writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        self.writer.transport.abort()
        raise Closed

    async def request(self):
        """The next request: its path, or nil at the end of the stream."""
        try:
            text = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except asyncio.IncompleteReadError:
            return None
        lines = text.split("\r\n")
        self.method, _, rest = lines[0].partition(" ")
        length = 0
        is_observer = rest.startswith("/stats")
        if not is_observer:
            LAST.update(head=text, body="")
        for line in lines[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "content-length" and value.strip().isdigit():
                length = int(value)
        while length > 0:
            piece = await self.reader.read(min(length, PIECE))
            if not piece:
                return None
            length -= len(piece)
            if not is_observer:
                LAST["body"] = (LAST["body"] + piece.decode("latin-1"))[:LAST_BODY_LIMIT]
        return rest.rsplit(" ", 1)[0]


def head(status, lines, version="HTTP/1.1"):
    """The bytes of a head, the empty line included."""
    return "\r\n".join([f"{version} {status}", *lines, "", ""]).encode("latin-1")


def chunked(body, size=PIECE):
    """A body in chunks, without the last one."""
    pieces = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces)


def number(arguments, index, default):
    """The `index`-th part of the path as a number."""
    return int(arguments[index]) if len(arguments) > index and arguments[index].isdigit() else default


# No fault at all: what the others are compared with.


@fault("bytes")
async def bytes_(connection, arguments):
    await connection.answer(
        (BODY * (number(arguments, 0, 50_000) // len(BODY) + 1))[: number(arguments, 0, 50_000)]
    )


@fault("chunked")
async def chunked_(connection, _):
    await connection.send(
        head("200 OK", ["Transfer-Encoding: chunked"]) + chunked(BODY) + b"0\r\nX-Trailer: 1\r\n\r\n"
    )


@fault("delay")
async def delay(connection, arguments):
    await asyncio.sleep(number(arguments, 0, 100) / 1000)
    await connection.answer()


@fault("bimodal")
async def bimodal(connection, arguments):
    """/bimodal/PERIOD/MS: of all such requests every PERIODth is answered after MS milliseconds, the others at once.

    The first of a connection is never slow: a run waits for the first answer of each user before it measures."""
    if connection.answered and REQUESTS["/".join(["/bimodal", *arguments])] % number(arguments, 0, 50) == 0:
        await asyncio.sleep(number(arguments, 1, 8_000) / 1000)
    await connection.answer(b"x")


# 1: no status line.


@fault("garbage")
async def garbage(connection, _):
    await connection.send(b"\x16\x03\x01\x00\xff\x00SSH-2.0-not-http\r\n\r\n" + bytes(range(256)))
    await connection.wait_for_the_client()


@fault("http99")
async def http99(connection, _):
    await connection.send(head("200 OK", ["Content-Length: 5"], "HTTP/9.9") + b"hello")
    await connection.wait_for_the_client()


@fault("onedigit")
async def onedigit(connection, _):
    await connection.send(head("2 OK", ["Content-Length: 5"]) + b"hello")
    await connection.wait_for_the_client()


@fault("extra-space")
async def extra_space(connection, _):
    await connection.send(head(" 200 OK", ["Content-Length: 5"]) + b"hello")
    await connection.wait_for_the_client()


# 2 and 3: header lines.

BAD_HEADERS = {
    "space-in-name": b"X Bad: 1",
    "space-before-colon": b"X-Bad : 1",
    "bare-cr": b"X-Bad: a\rb",
    "nul": b"X-Bad: a\0b",
    "obs-fold": b"X-Bad: a\r\n b",
    "no-colon": b"X-Bad",
    "empty-name": b": 1",
    "control": b"X-Bad: a\x01b",
    "leading-space": b" X-Bad: 1",
}


@fault("bad-header")
async def bad_header(connection, arguments):
    line = BAD_HEADERS[arguments[0]]
    await connection.send(b"HTTP/1.1 200 OK\r\n" + line + b"\r\nContent-Length: 5\r\n\r\nhello")
    await connection.wait_for_the_client()


@fault("bare-lf")
async def bare_lf(connection, _):
    await connection.send(b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello")
    await connection.wait_for_the_client()


# 4 and 5: lengths.


@fault("content-length")
async def content_length(connection, arguments):
    """Each further part of the path is a further field."""
    await connection.send(
        head("200 OK", [f"Content-Length: {value}" for value in arguments or [""]]) + b"hello"
    )
    await connection.wait_for_the_client()


@fault("chunk-size")
async def chunk_size(connection, arguments):
    await connection.send(
        head("200 OK", ["Transfer-Encoding: chunked"])
        + ("/".join(arguments) + "\r\nhello\r\n0\r\n\r\n").encode("latin-1")
    )
    await connection.wait_for_the_client()


@fault("chunk-extension-flood")
async def chunk_extension_flood(connection, arguments):
    size = number(arguments, 0, EXTENSION_FLOOD)
    await connection.send(
        head("200 OK", ["Transfer-Encoding: chunked"]) + b"5;x=" + b"a" * size + b"\r\nhello\r\n0\r\n\r\n"
    )
    await connection.wait_for_the_client()


# 6 and 7: cut short.


@fault("truncate")
async def truncate(connection, arguments):
    await connection.send(
        head("200 OK", [f"Content-Length: {len(BODY)}"]) + BODY[: number(arguments, 0, len(BODY) - 1)]
    )
    raise Closed


@fault("truncate-chunked")
async def truncate_chunked(connection, arguments):
    whole = chunked(BODY)
    sent = {
        "body": whole[:-100],
        "size": whole + b"1",
        "final": whole,
        "trailers": whole + b"0\r\nX-Trailer: 1\r\n",
    }
    await connection.send(
        head("200 OK", ["Transfer-Encoding: chunked"]) + sent[arguments[0] if arguments else "final"]
    )
    raise Closed


# 8 and 9: ends of connections.


@fault("close-delimited")
async def close_delimited(connection, _):
    await connection.send(head("200 OK", ["Connection: close"]) + BODY)
    raise Closed


@fault("close-delimited-rst")
async def close_delimited_rst(connection, _):
    """A body up to the connection's end, which is a reset: nobody can know whether it was whole."""
    await connection.send(head("200 OK", ["Connection: close"]) + BODY)
    connection.reset()


@fault("close-after")
async def close_after(connection, arguments):
    """Says nothing of it, and closes right after the k-th answer."""
    await connection.answer()
    if connection.answered + 1 >= number(arguments, 0, 1):
        raise Closed


@fault("stale")
async def stale(connection, arguments):
    """Closes at the k+1-th request, without a byte: the race that a keep-alive client can lose."""
    if connection.answered >= number(arguments, 0, 1):
        raise Closed
    await connection.answer()


@fault("client")
async def client(connection, arguments):
    """Learns the process that is to be stopped by `/stopped`."""
    STATS["client"] = number(arguments, 0, 0)
    await connection.answer(b"")


@fault("stopped")
async def stopped(connection, arguments):
    """Closes at the second request while the client stands still, for 300 ms; after so many milliseconds."""
    if connection.answered == 0:
        while not STATS.get("client"):
            await asyncio.sleep(0.01)
        return await connection.answer(b"")
    os.kill(STATS["client"], signal.SIGSTOP)
    try:
        await asyncio.sleep(number(arguments, 0, 0) / 1_000)
        connection.writer.close()
        await asyncio.sleep(0.3)
    finally:
        os.kill(STATS["client"], signal.SIGCONT)
    raise Closed


@fault("announced-close")
async def announced_close(connection, arguments):
    last = connection.answered + 1 >= number(arguments, 0, 1)
    await connection.answer(headers=["Connection: close"] if last else [])
    if last:
        raise Closed


# 10: resets.


@fault("rst-before")
async def rst_before(connection, _):
    connection.reset()


@fault("rst-body")
async def rst_body(connection, arguments):
    await connection.send(
        head("200 OK", [f"Content-Length: {len(BODY)}"]) + BODY[: number(arguments, 0, len(BODY) // 2)]
    )
    connection.reset()


# 11 and 12: slow, or silent.


@fault("drip")
async def drip(connection, arguments):
    """/drip/BYTES/MILLISECONDS: one byte at a time; 50,000 and 1,000 without."""
    body = (BODY * (number(arguments, 0, len(BODY)) // len(BODY) + 1))[: number(arguments, 0, len(BODY))]
    await connection.send(head("200 OK", [f"Content-Length: {len(body)}"]))
    for at in range(len(body)):
        await asyncio.sleep(number(arguments, 1, 1000) / 1000)
        await connection.send(body[at : at + 1])


@fault("stall-after-head")
async def stall_after_head(connection, _):
    await connection.send(head("200 OK", [f"Content-Length: {len(BODY)}"]))
    await connection.wait_for_the_client()


@fault("stall-in-head")
async def stall_in_head(connection, _):
    await connection.send(b"HTTP/1.1 200 OK\r\nContent-Le")
    await connection.wait_for_the_client()


@fault("stall-in-body")
async def stall_in_body(connection, _):
    await connection.send(head("200 OK", [f"Content-Length: {len(BODY)}"]) + BODY[: len(BODY) // 2])
    await connection.wait_for_the_client()


@fault("never")
async def never(connection, _):
    await connection.wait_for_the_client()


@fault("half-never")
async def half_never(connection, _):
    """Every second connection is never answered; the others do not suffer from it."""
    if connection.number % 2 == 0:
        await connection.wait_for_the_client()
    await connection.answer()


# 13 and 14: endless.


async def flood(connection, piece):
    """The same bytes until the client goes away."""
    for _ in range(FLOOD_LIMIT // len(piece)):
        await connection.send(piece)
    raise Closed


@fault("endless-header")
async def endless_header(connection, _):
    await connection.send(b"HTTP/1.1 200 OK\r\nX-Endless: ")
    await flood(connection, b"a" * PIECE)


@fault("many-headers")
async def many_headers(connection, arguments):
    lines = number(arguments, 0, MANY_HEADERS)
    await connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n")
    for at in range(0, lines, 1000):
        await connection.send(b"".join(b"X-%d: 1\r\n" % index for index in range(at, min(at + 1000, lines))))
    await connection.send(b"\r\nhello")


@fault("interim")
async def interim(connection, arguments):
    """/interim/N answers of 103 before the real one; /interim/endless never comes to it."""
    one = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
    if arguments and arguments[0] == "endless":
        await flood(connection, one * 100)
    await connection.send(one * number(arguments, 0, 1))
    await connection.answer()


@fault("upgrade")
async def upgrade(connection, _):
    await connection.send(
        head("101 Switching Protocols", ["Upgrade: h2c", "Connection: Upgrade"]) + b"\0" * 64
    )
    await connection.wait_for_the_client()


# 15: answers that have no body, whatever their fields say.


@fault("bodiless")
async def bodiless(connection, arguments):
    """/bodiless/STATUS/KIND, KIND of none, length, length-body, chunked, chunked-body, body; HEAD: 200."""
    status, kind = (arguments + ["204", "none"])[:2] if len(arguments) >= 2 else ("204", "none")
    field = {"length": [f"Content-Length: {len(BODY)}"], "chunked": ["Transfer-Encoding: chunked"]}
    body = {"length-body": BODY, "chunked-body": chunked(BODY) + b"0\r\n\r\n", "body": b"hello"}
    await connection.send(head(f"{status} Bodiless", field.get(kind.split("-")[0], [])) + body.get(kind, b""))


@fault("head-with-body")
async def head_with_body(connection, _):
    await connection.send(head("200 OK", [f"Content-Length: {len(BODY)}"]) + BODY)


@fault("204-body")
async def no_content_with_body(connection, _):
    await connection.send(head("204 No Content", ["Content-Length: 5"]) + b"hello")


@fault("304-cl")
async def not_modified_with_length(connection, _):
    await connection.send(head("304 Not Modified", [f"Content-Length: {len(BODY)}"]))


# 16: more than was asked for.


@fault("surplus")
async def surplus(connection, _):
    await connection.send(head("200 OK", ["Content-Length: 5"]) + b"hello and more")
    await connection.wait_for_the_client()


@fault("two-responses")
async def two_responses(connection, _):
    await connection.send((head("200 OK", ["Content-Length: 5"]) + b"hello") * 2)


# 17: shapes of smuggling.


@fault("cl-te")
async def length_and_chunked(connection, _):
    await connection.send(
        head("200 OK", [f"Content-Length: {len(BODY)}", "Transfer-Encoding: chunked"])
        + chunked(BODY)
        + b"0\r\n\r\n"
    )
    await connection.wait_for_the_client()


@fault("te")
async def transfer_encoding(connection, arguments):
    """Each further part of the path is a further field."""
    await connection.send(
        head("200 OK", [f"Transfer-Encoding: {value}" for value in arguments]) + chunked(BODY) + b"0\r\n\r\n"
    )
    await connection.wait_for_the_client()


# 18: compressed, although `identity` was asked for.


@fault("gzip-bomb")
async def gzip_bomb(connection, _):
    await connection.answer(gzip.compress(bytes(10_000_000)), headers=["Content-Encoding: gzip"])


@fault("gzip-chain")
async def gzip_chain(connection, arguments):
    layers = min(number(arguments, 0, 10), 32)
    body = BODY
    for _ in range(layers):
        body = gzip.compress(body)
    await connection.answer(body, headers=["Content-Encoding: " + ", ".join(["gzip"] * layers)])


@fault("gzip-junk")
async def gzip_junk(connection, _):
    await connection.answer(gzip.compress(BODY) + b"junk", headers=["Content-Encoding: gzip"])


# 19 and 20: well formed, and wrong.


@fault("wrong-size")
async def wrong_size(connection, arguments):
    await connection.answer(BODY[: number(arguments, 0, 49_000)])


@fault("status")
async def status_(connection, arguments):
    """/status/N; a status that can have no body gets none."""
    status = number(arguments, 0, 200)
    if status in (204, 304) or status < 200:
        await connection.send(head(f"{status} As Asked", []))
    else:
        await connection.answer(b"as asked\n", f"{status} As Asked")


@fault("half500")
async def half500(connection, _):
    """Every second request to this path, over all connections."""
    if REQUESTS["/half500"] % 2 == 0:
        await connection.answer(b"half of all\n", "500 Internal Server Error")
    else:
        await connection.answer()


@fault("redirect-loop")
async def redirect_loop(connection, _):
    await connection.answer(b"", "302 Found", ["Location: /redirect-loop"])


@fault("redirect-host")
async def redirect_host(connection, _):
    await connection.answer(b"", "302 Found", ["Location: http://elsewhere.invalid/"])


async def stats(connection):
    """What this server saw; the connection that asks is no longer counted."""
    if not getattr(connection, "is_observer", False):
        connection.is_observer = True
        STATS["connections"] -= 1
        STATS["open"] -= 1
    body = json.dumps({**STATS, "requests": dict(REQUESTS), "last": LAST}).encode() + b"\n"
    before = STATS["bytes_sent"]
    await connection.answer(body, headers=["Content-Type: application/json"])
    STATS["bytes_sent"] = before
    raise Closed


async def serve(connection):
    """Answers the requests of one connection until a fault or the client ends it."""
    while True:
        target = await connection.request()
        if target is None:
            return
        path = target.partition("?")[0]
        if path == "/stats":
            await stats(connection)
            continue
        REQUESTS[path if path in REQUESTS or len(REQUESTS) < LISTENING_PATHS else "other"] += 1
        name, *arguments = path.lstrip("/").split("/")
        arguments = [urllib.parse.unquote(argument, "latin-1") for argument in arguments]
        try:
            await FAULTS.get(name, not_found)(connection, arguments)
        except (KeyError, IndexError):  # a fault that does not know its argument
            await not_found(connection, arguments)
        connection.answered += 1
        STATS["answers"] += 1


async def not_found(connection, _):
    known = " ".join(sorted(FAULTS))
    await connection.answer(f"no such fault; there are: {known}\n".encode(), "404 Not Found")


async def accept(reader, writer):
    connection = Connection(reader, writer)
    STATS["connections"] += 1
    STATS["open"] += 1
    try:
        if OPTIONS.limit is not None and STATS["open"] > OPTIONS.limit:
            STATS["refused"] += 1
            if OPTIONS.limit_reset:
                connection.reset()
            return
        await serve(connection)
    except (Closed, ConnectionError, asyncio.LimitOverrunError, asyncio.CancelledError):
        pass
    finally:
        if not getattr(connection, "is_observer", False):
            STATS["open"] -= 1
        writer.close()


def end_with_standard_input(loop, finish):
    """Calls `finish` on the loop once standard input ends, so that no server outlives its test."""

    def watch():
        while sys.stdin.buffer.read(PIECE):
            pass
        loop.call_soon_threadsafe(finish)

    threading.Thread(target=watch, daemon=True).start()


async def main():
    listener = socket.create_server(
        (OPTIONS.host, 0), backlog=NEVER_ACCEPT_BACKLOG if OPTIONS.never_accept else BACKLOG
    )
    finished = asyncio.Event()
    if not OPTIONS.never_accept:
        await asyncio.start_server(accept, sock=listener, limit=HEAD_LIMIT, backlog=BACKLOG)
    end_with_standard_input(asyncio.get_running_loop(), finished.set)
    print(f"PORT {listener.getsockname()[1]}", flush=True)
    await finished.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--limit", type=int, help="close every further connection at once")
    parser.add_argument("--limit-reset", action="store_true", help="with RST instead of FIN")
    parser.add_argument("--never-accept", action="store_true", help="listen, and accept nobody")
    OPTIONS = parser.parse_args()
    asyncio.run(main())
