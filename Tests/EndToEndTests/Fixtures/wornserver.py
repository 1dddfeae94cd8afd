"""A server that answers its first FAST requests at once and each one after them SLOW seconds later, for good: a target
that does not recover. wornserver.py FAST SLOW; prints "PORT n"."""

import asyncio
import os
import sys
import threading

FAST, SLOW = int(sys.argv[1]), float(sys.argv[2])
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
served = 0


async def serve(reader, writer):
    global served
    try:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            served += 1
            if served > FAST:
                await asyncio.sleep(SLOW)
            writer.write(ANSWER)
            await writer.drain()
    except (asyncio.IncompleteReadError, OSError):
        writer.close()


def until_input_ends():
    sys.stdin.buffer.read()
    os._exit(0)


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    threading.Thread(target=until_input_ends, daemon=True).start()
    print("PORT", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
