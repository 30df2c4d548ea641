"""Regional systems for ``benchmarks.sweep``: one server on loopback, healthy or not by the address.

    python -m benchmarks._systems PORT DELAY_SECONDS RECORDS

``/<manner>/<region>/<record set>``: every manner waits before it answers or misbehaves.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import sys
from contextlib import suppress

MANNERS = ("healthy", "hanging", "refusing", "resetting", "dripping", "endless")
_RESET = struct.pack("ii", 1, 0)


def body(region: str, records: int) -> bytes:
    """Answer with so many complaints of a region."""
    listed = [
        {
            "ticket": f"{region}-{number:05d}",
            "region": region,
            "received": f"2026-03-{1 + number % 28:02d}T04:{number % 60:02d}:00Z",
            "state": "received",
            "topic": "pelayanan",
            "updated": "2026-03-29T05:00:00Z",
        }
        for number in range(records)
    ]
    return json.dumps({"data": listed}).encode()


async def serve(port: int, delay: float, records: int) -> None:
    """Answer until ended."""
    bodies: dict[str, bytes] = {}

    async def misbehave(manner: str, writer: asyncio.StreamWriter) -> None:
        begin = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000000\r\n\r\n{"
        if manner == "hanging":
            await asyncio.sleep(3_600)
        writer.write(begin)
        if manner == "resetting":
            await writer.drain()
            raw: socket.socket = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()
            return
        piece, pause = (b" ", 0.5) if manner == "dripping" else (b" " * 65_536, 0.02)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                _, manner, region, _ = head.split(b" ", 2)[1].decode().split("?")[0].split("/")
                await asyncio.sleep(delay)
                if manner != "healthy":
                    await misbehave(manner, writer)
                    break
                content = bodies.setdefault(region, b"") or body(region, records)
                bodies[region] = content
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                    % (len(content), content)
                )
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", port, backlog=4_096)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])))
