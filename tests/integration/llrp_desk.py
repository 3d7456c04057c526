"""A desk for tests: the simulated reader in this process, tags on it, and the gateway's commands.

The commands are processes, as a person starts them. The test's loop goes on meanwhile, so that it
can do to the reader and to the tags what happens to them in the middle of a write.
"""

import asyncio
import json
import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, Unpack

from simulator.llrp.capabilities import Capabilities
from simulator.llrp.presets import GENERIC
from simulator.llrp.reader import SimulatedReader
from simulator.llrp.tag import Failure, Field, SimTag
from tests.integration.processes import PATIENCE_S, command, eventually, free_port

ROUNDS_PER_S = 200.0
TID_HEAD = bytes.fromhex("e28011052000")  # a chip with 48 bits of serial number

GATEWAY = """\
[gateway]
id = "desk-gw"
site = "test"
data_dir = "{folder}/gw"

[mqtt]
port = {broker}

[[reader]]
name = "desk-1"
driver = "llrp"
host = "127.0.0.1"
port = {reader}
antennas = [{{ port = 1 }}, {{ port = 2 }}]
"""

Said = tuple[int, str, str]  # exit code, standard output, standard error


class TagGiven(TypedDict, total=False):
    """What a test says of a tag, as SimTag has it."""

    tid: bytes
    user: bytes
    access_password: int
    antennas: Collection[int]
    rssi_dbm: int
    locked: Collection[Field]


class DeskTag(SimTag):
    """A tag of which the test hears each access, before it is done."""

    on_read: Callable[[int], None] = staticmethod(lambda _count: None)
    on_write: Callable[[int], None] = staticmethod(lambda _count: None)
    reads = 0
    writes = 0

    def read(self, bank: int, pointer: int, words: int, password: int) -> bytes | Failure:
        self.reads += 1
        self.on_read(self.reads)
        return super().read(bank, pointer, words, password)

    def write(
        self, bank: int, pointer: int, data: bytes, password: int
    ) -> tuple[int, Failure | None]:
        self.writes += 1
        self.on_write(self.writes)
        return super().write(bank, pointer, data, password)

    def leave(self) -> None:
        """Out of the field of all antennas."""
        self.antennas = frozenset()

    def come_back(self) -> None:
        self.antennas = frozenset((1,))


@dataclass
class Desk:
    folder: Path
    reader: SimulatedReader
    broker: int

    @property
    def config(self) -> Path:
        return self.folder / "gateway.toml"

    @property
    def log(self) -> Path:
        return self.folder / "gateway.log"

    def put(self, epc: str, serial: int = 1, **given: Unpack[TagGiven]) -> DeskTag:
        """A tag that is placed in front of antenna 1, where nothing else is given."""
        given.setdefault("tid", TID_HEAD + serial.to_bytes(6))
        tag = DeskTag(bytes.fromhex(epc), **given)
        self.reader.place(tag)
        return tag

    def answers_last(self, tag: DeskTag) -> None:
        """All others are met before it, from the next round on."""
        self.reader.remove(tag)
        self.reader.place(tag)

    def say_more(self, settings: str) -> None:
        with self.config.open("a") as file:
            file.write(settings)

    async def start(self, *arguments: str | Path) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *command("gateway", *arguments, "--config", self.config),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def run(self, *arguments: str | Path) -> Said:
        return await ended(await self.start(*arguments))

    @asynccontextmanager
    async def daemon(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """The daemon, once it has its reader."""
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *command("gateway", "run", "--config", self.config), stdout=log, stderr=log
            )
        try:
            await eventually(lambda: "device_up" in self.log.read_text(), "it has its reader")
            yield process
        finally:
            if process.returncode is None:
                process.terminate()
            async with asyncio.timeout(PATIENCE_S):
                await process.wait()

    def events(self) -> list[dict[str, object]]:
        """What the outbox has to say, in its order."""
        with closing(sqlite3.connect(self.folder / "gw" / "outbox.sqlite")) as db:
            rows = db.execute("SELECT body FROM event ORDER BY seq")
            return [json.loads(body) for (body,) in rows]


async def ended(process: asyncio.subprocess.Process) -> Said:
    try:
        async with asyncio.timeout(PATIENCE_S):
            out, error = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode is not None
    return process.returncode, out.decode(), error.decode()


def kill(process: asyncio.subprocess.Process) -> None:
    """At once, also in the middle of a round: before the reader says another word."""
    os.kill(process.pid, signal.SIGKILL)


@asynccontextmanager
async def desk(
    folder: Path, capabilities: Capabilities = GENERIC, broker: int | None = None
) -> AsyncIterator[Desk]:
    async with SimulatedReader(
        "desk-1", capabilities=capabilities, rounds_per_s=ROUNDS_PER_S
    ) as reader:
        made = Desk(folder, reader, broker or free_port())
        made.config.write_text(
            GATEWAY.format(folder=folder, broker=made.broker, reader=reader.port)
        )
        yield made
