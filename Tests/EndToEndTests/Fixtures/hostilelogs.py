"""Writes logs that no writer makes, one file each, into a folder, to see that none of them traps."""

import base64
import struct
import sys
import zlib

FOLDER = sys.argv[1]
HEADER = (
    "#[Logged with nobody]\n#[Histogram log format version 1.3]\n"
    "#[BaseTime: 1700000000.000 (seconds since epoch)]\n"
    "#[StartTime: 1700000000.000 (seconds since epoch), Tue Nov 14 22:13:20 UTC 2023]\n"
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"\n'
)


def plain(payload, claimed=None, digits=3, highest=3_600_000_000_000, cookie=0x1C849313):
    length = len(payload) if claimed is None else claimed
    return struct.pack(">IIIIQQd", cookie, length, 0, digits, 1, highest, 1.0) + payload


def packed(stream, claimed=None):
    return struct.pack(">II", 0x1C849314, len(stream) if claimed is None else claimed) + stream


def compressed(data):
    return packed(zlib.compress(data, 9))


def line(data, head="Tag=response,0.000,1.000,0.001,"):
    return head + base64.b64encode(data).decode() + "\n"


def bomb(start, megabytes):
    """A small stream of a header and very many zeros."""
    stream = zlib.compressobj(9)
    out = stream.compress(start)
    for _ in range(megabytes):
        out += stream.compress(bytes(1 << 20))
    return packed(out + stream.flush())


GOOD = plain(b"\x02")
CASES = {
    "claims-too-much": line(compressed(plain(b"\x02", claimed=0x7FFFFFFF))),
    "bomb": line(bomb(plain(b"", claimed=1000), 512)),
    "bomb-wide": line(bomb(plain(b"", claimed=48 << 20, digits=5, highest=(1 << 63) - 1), 256)),
    "zero-run": line(compressed(plain(b"\xff" * 9))),
    "slot-out-of-range": line(compressed(plain(b"\xff\xff\x7f\x02"))),
    "digits": line(compressed(plain(b"\x02", digits=9))),
    "range": line(compressed(plain(b"\x02", highest=(1 << 64) - 1))),
    "word-cut": line(compressed(plain(b"\x80"))),
    "too-many": line(compressed(plain(b"\xfe\xff\xff\xff\xff\xff\xff\xff\x7f" * 3))),
    "older": line(compressed(plain(b"\x02", cookie=0x1C849301))),
    "cookie": line(b"\x00\x01\x02\x03" + GOOD),
    "nested": line(packed(zlib.compress(compressed(GOOD)))),
    "stream": line(packed(b"\x78\xda" + bytes(40))),
    "base64": line(compressed(GOOD)).replace("HISTF", "HIS*F"),
    "tag": line(compressed(GOOD), head="Tag=a b,0.000,1.000,0.001,"),
    "fields": "Tag=response,0.000\n",
    "time": line(compressed(GOOD), head="Tag=response,nan,1.000,0.001,"),
    "time-far": line(compressed(GOOD), head="Tag=response,1e300,1.000,0.001,"),
    "controls": "\x1b[2J\x1b]0;owned\x07,1.0,1.0,HISTF\n",
}
for name, text in CASES.items():
    with open(f"{FOLDER}/{name}.hlog", "w", newline="") as file:
        file.write(HEADER + text)
