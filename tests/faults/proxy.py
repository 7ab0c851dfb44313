"""A TCP proxy in front of Redis that can be slow, silent, half-open, or lose replies."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

CHUNK = 65536
LOOK = 0.02  # seconds between two looks while nothing may pass


@dataclass(eq=False)
class _Link:
    """One connection of a client and the one behind it."""

    pushes: bool = False  # the last command put something into a queue
    dead: bool = False  # nothing passes any more, and nobody is told


class RedisProxy:
    """Listens on a port of its own for as long as the process lives, or until ``stop()``."""

    def __init__(self, target: Callable[[], int]) -> None:
        self._target = target  # asked at each connection: Redis may not be there yet
        self._links: set[_Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self.silent = False  # nothing passes, in neither direction; held back, not lost
        self.pause = 0.0  # seconds by which every piece is late
        self.replies_to_lose = 0  # so many replies to a push are replaced by a broken connection
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0)
        )
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def sever(self) -> None:
        """Every present connection stays open and carries nothing ever again; new ones work."""
        for link in list(self._links):
            link.dead = True

    def stop(self) -> None:
        """Close everything."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        link = _Link()
        self._links.add(link)
        try:
            await self._connect(link, reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            self._links.discard(link)
            writer.transport.abort()

    async def _connect(
        self, link: _Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await self._held_back(link)
        behind, before = await asyncio.open_connection("127.0.0.1", self._target())
        pipes = [
            asyncio.create_task(self._commands(link, reader, before)),
            asyncio.create_task(self._replies(link, behind, writer)),
        ]
        try:
            await asyncio.wait(pipes, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pipe in pipes:
                pipe.cancel()
            await asyncio.gather(*pipes, return_exceptions=True)
            before.transport.abort()

    async def _commands(
        self, link: _Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                link.pushes = b"LPUSH" in data
                await self._pass_on(link, data, writer)

    async def _replies(
        self, link: _Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                if link.pushes and self.replies_to_lose > 0:
                    self.replies_to_lose -= 1
                    return
                await self._pass_on(link, data, writer)

    async def _pass_on(self, link: _Link, data: bytes, writer: asyncio.StreamWriter) -> None:
        if self.pause:
            await asyncio.sleep(self.pause)
        await self._held_back(link)
        writer.write(data)
        await writer.drain()

    async def _held_back(self, link: _Link) -> None:
        while self.silent or link.dead:  # noqa: ASYNC110 - set by other threads
            await asyncio.sleep(LOOK)
