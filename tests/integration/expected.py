"""A door with lights for tests: the dock of dock.py with a scanner, lists and a network to cut."""

import asyncio
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from gateway.shell.clock import now
from simulator.llrp.reader import SimulatedReader
from simulator.llrp.wiring import OutputChange
from simulator.scanner.pty import PtyScanner
from simulator.scene.goods import Packer, Pallet
from tests.integration.dock import Door, gateway_toml
from tests.integration.processes import (
    PATIENCE_S,
    command,
    eventually,
    free_port,
    running,
    until,
)
from wire import instant
from wire.expected import Expected, Line, Place, Way
from wire.topics import Source

SOURCE = Source("test", "dock-gw")
URI = "urn:example:desadv:4711"
GREEN, AMBER, RED, BUZZER = 1, 2, 3, 4

SETTINGS = """\
scanner = "hand-1"
lights = {{ green = "dock-1:gpo1", amber = "dock-1:gpo2", red = "dock-1:gpo3", \
buzzer = "dock-1:gpo4", show_s = {show_s} }}

[[scanner]]
name = "hand-1"
driver = "serial"
device = "{folder}/scanner"
"""


@dataclass
class Network:
    """Between the gateway and its reader. While it is pulled nothing goes through, and nobody is
    told: bytes wait where they are, as with a cable that is out."""

    to_port: int
    port: int = 0
    _plugged: asyncio.Event = field(default_factory=asyncio.Event)
    _wires: set[asyncio.Task[None]] = field(default_factory=set)

    def pull(self) -> None:
        self._plugged.clear()

    def plug(self) -> None:
        self._plugged.set()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to_port)
        for one, other in ((reader, far_writer), (far_reader, writer)):
            wire = asyncio.create_task(self._carry(one, other))
            self._wires.add(wire)
            wire.add_done_callback(self._wires.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(65_536):
                await self._plugged.wait()
                writer.write(chunk)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Network"]:
        self._plugged.set()
        server = await asyncio.start_server(self.connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for wire in list(self._wires):
                wire.cancel()


@dataclass
class LitDoor:
    """A door, who works there, and the central system that says what to expect."""

    folder: Path
    broker: int
    reader: SimulatedReader
    network: Network
    hand: PtyScanner
    door: Door
    show_s: int = 60

    @property
    def log(self) -> Path:
        return self.folder / "gateway.log"

    @property
    def config(self) -> Path:
        return self.folder / "gateway.toml"

    def configure(self) -> None:
        path = gateway_toml(self.folder, self.broker, self.network.port, absent=free_port())
        path.write_text(path.read_text() + SETTINGS.format(folder=self.folder, show_s=self.show_s))

    @contextmanager
    def gateway(self) -> Iterator["subprocess.Popen[bytes]"]:
        with running(command("gateway", "run", "--config", self.config), self.log) as process:
            yield process

    async def reading(self) -> None:
        await self.door.watched(self.log)
        await eventually(lambda: self.log.read_text().count("device_up") == 2, "all devices are up")

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command("gateway", *arguments, "--config", self.config),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    async def bound(self) -> None:
        """By its code, as soon as the list is here."""
        while True:
            said = await asyncio.to_thread(
                self.command, "bind", "--read-point", "door-1", "--document", "DA 4711"
            )
            if said.returncode == 0:
                assert said.stdout == f"door-1: bound to {URI}\n"
                return
            assert "no document that is expected here" in said.stderr, said.stderr

    # -- lights -----------------------------------------------------------------------------------

    def edges(self, port: int) -> list[OutputChange]:
        return [each for each in self.reader.on_output if each.port == port]

    def blinks(self, port: int, since: int = 0) -> int:
        """How often it went high."""
        return sum(each.high for each in self.edges(port)[since:])

    async def blinking(self, port: int, times: int = 2) -> None:
        before = self.blinks(port)
        await eventually(lambda: self.blinks(port) >= before + times, f"output {port} blinks")


def publish(broker: int, *parts: tuple[Place, bytes]) -> None:
    """As a central system does: retained, at least once."""
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="wms")
    client.connect("127.0.0.1", broker)
    client.loop_start()
    for place, payload in parts:
        client.publish(place.topic(SOURCE), payload, qos=1, retain=True).wait_for_publish(
            PATIENCE_S
        )
    client.disconnect()
    client.loop_stop()
    until(lambda: not client.is_connected(), "it is said")


def pallets(count: int) -> list[Pallet]:
    """Those that `Door` will let through, before it does."""
    packer = Packer(Random(Door.seed), 6, 6)
    return [packer.pallet() for _ in range(count)]


def listed(*loads: Pallet, direction: Way = "in", door: str = "door-1") -> tuple[Place, bytes]:
    """A list of these pallets with what is on them."""
    lines = [
        line
        for load in loads
        for line in (
            Line(key=load.sscc.key),
            *(Line(key=case.key, parent=load.sscc.key) for case in load.cases),
        )
    ]
    said = Expected(
        document=URI,
        type="desadv",
        version=1,
        part=1,
        parts=1,
        direction=direction,
        made=instant.to_text(now().utc_us),
        code="DA 4711",
        lines=tuple(lines),
    )
    return Place(door, "DA-4711", 1), said.to_payload()


def documents(folder: Path) -> list[str | None]:
    """What the events of the outbox are of, by their numbers."""
    path = f"file:{folder}/gateway/outbox.sqlite?mode=ro"
    with closing(sqlite3.connect(path, uri=True)) as db:
        rows = db.execute(
            "SELECT json_extract(body, '$.bizTransactionList[0].bizTransaction')"
            " FROM event ORDER BY seq"
        )
        return [row[0] for row in rows]


@asynccontextmanager
async def lit_door(folder: Path, broker: int) -> AsyncIterator[LitDoor]:
    async with (
        SimulatedReader("dock-1") as reader,
        PtyScanner(folder / "scanner") as hand,
        Network(reader.port).running() as network,
    ):
        made = LitDoor(folder, broker, reader, network, hand, Door(reader))
        made.configure()
        yield made
