"""A server that never accepts more than LIMIT connections at once: what comes beyond waits in the kernel's queue of
eight, connected as far as the client can tell, and is never answered. acceptlimit.py LIMIT; prints "PORT n"."""

import os
import select
import socket
import sys
import threading

LIMIT = int(sys.argv[1])
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def main():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(8)
    listener.setblocking(False)
    print("PORT", listener.getsockname()[1], flush=True)
    clients = set()
    while True:
        waiting = list(clients) + ([listener] if len(clients) < LIMIT else [])
        readable, _, _ = select.select(waiting, [], [], 1)
        for ready in readable:
            if ready is listener:
                try:
                    client, _ = listener.accept()
                except OSError:
                    continue
                clients.add(client)
                continue
            try:
                data = ready.recv(65536)
                # A request is small and comes whole.
                if data:
                    ready.sendall(ANSWER * data.count(b"\r\n\r\n"))
                    continue
            except OSError:
                pass
            clients.discard(ready)
            ready.close()


def until_input_ends():
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=until_input_ends, daemon=True).start()
main()
