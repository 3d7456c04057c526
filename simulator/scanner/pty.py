"""A scanner at a serial port: a pseudo terminal behind a link that stays, as by-id links do."""

import asyncio
import os
import tty
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

HEARD_BYTES_MAX = 4 << 10  # of what the host said; the oldest go


@dataclass(slots=True)
class PtyScanner:
    """`async with`; `link` is the device's path. `send` what it scans, `unplug` and `plug` it."""

    link: Path
    heard: bytes = b""  # what the host said to it: its triggers
    _master: int | None = None
    _slave: int | None = None
    _said: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        await self.plug()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.unplug()

    async def plug(self) -> None:
        """A new terminal under the same link, as after a replug."""
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.link.symlink_to(os.ttyname(self._slave))
        asyncio.get_running_loop().add_reader(self._master, self._listen)

    async def unplug(self) -> None:
        if self._master is None or self._slave is None:
            return
        asyncio.get_running_loop().remove_reader(self._master)
        self.link.unlink(missing_ok=True)
        os.close(self._slave)
        os.close(self._master)
        self._master = self._slave = None

    async def send(self, data: bytes) -> None:
        """All of it goes out at once; raises OSError where it is not plugged in."""
        if self._master is None:
            raise OSError("not plugged in")
        while data:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:  # The host does not read: its terminal is full.
                await asyncio.sleep(0.01)

    async def until_heard(self, expected: bytes) -> None:
        while expected not in self.heard:
            self._said.clear()
            await self._said.wait()

    def stop_listening(self) -> None:
        """Take no more of what the host says: its writes wait."""
        assert self._master is not None
        asyncio.get_running_loop().remove_reader(self._master)

    def _listen(self) -> None:
        assert self._master is not None
        self.heard = (self.heard + os.read(self._master, HEARD_BYTES_MAX))[-HEARD_BYTES_MAX:]
        self._said.set()
