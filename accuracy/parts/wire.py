#!/usr/bin/env python3
"""What passes the loopback between clients and a port: wire.py PORT prints how long each exchange took, by the kernel's
stamps, as JSON, when its input ends.

An exchange begins with the first packet of a client that carries data and ends with the last one of the server's
before the next of the client's: requests of a connection follow one another.
"""

import json
import select
import socket
import struct
import sys

IPV4 = 0x0800
SO_RCVBUFFORCE, SO_TIMESTAMPNS = 33, 35
SOL_PACKET, PACKET_STATISTICS = 263, 6
BUFFER_BYTES = 64 << 20
HEADERS = 120  # bytes of the longest headers of IPv4 and TCP together
STAMP = struct.Struct("@ll")


class Exchanges:
    """Seconds of each, by the ports of the clients."""

    def __init__(self):
        self.open, self.durations = {}, []

    def take(self, client, is_request, stamp):
        if is_request:
            self.end(client)
            self.open[client] = (stamp, None)
        elif client in self.open:
            self.open[client] = (self.open[client][0], stamp)

    def end(self, client):
        began, ended = self.open.pop(client, (None, None))
        if ended is not None:
            self.durations.append(ended - began)


def main():
    port = int(sys.argv[1])
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(IPV4))
    wire.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES)
    wire.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    wire.bind(("lo", IPV4))
    print("ready", flush=True)
    exchanges = Exchanges()
    ended = False
    while True:
        readable, _, _ = select.select([wire] if ended else [wire, sys.stdin], [], [], 0 if ended else None)
        if wire in readable:
            take(exchanges, port, *wire.recvmsg(HEADERS, socket.CMSG_SPACE(STAMP.size))[:2])
        elif ended:
            break
        if sys.stdin in readable:
            ended = True
    for client in list(exchanges.open):
        exchanges.end(client)
    _, dropped = struct.unpack("@II", wire.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
    json.dump({"durations": exchanges.durations, "dropped": dropped}, sys.stdout)


def take(exchanges, port, packet, control):
    """One packet of any process: packets without data, and those of other ports, are skipped."""
    header = (packet[0] & 0x0F) * 4
    if len(packet) < header + 20 or packet[9] != socket.IPPROTO_TCP or not control:
        return
    total = int.from_bytes(packet[2:4], "big")
    source, target = struct.unpack_from("!HH", packet, header)
    data = total - header - (packet[header + 12] >> 4) * 4
    if data <= 0 or port not in (source, target):
        return
    seconds, nanoseconds = STAMP.unpack(control[0][2])
    client, is_request = (source, True) if target == port else (target, False)
    exchanges.take(client, is_request, seconds + nanoseconds / 1e9)


main()
