"""A dock door for tests: a simulated reader in this process, and pallets at the test's command."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from simulator.llrp import clock
from simulator.llrp.reader import SimulatedReader
from simulator.scene.crossing import Crossing, Direction
from simulator.scene.door import DoorScene
from simulator.scene.goods import Packer
from tests.integration.processes import PATIENCE_S, eventually

SPEED_MS = 1.2
APART_US = 4_000_000  # more than idle_s
HALL = "https://id.gs1.org/414/9521141123454/254/hall-1"
DOOR = "https://id.gs1.org/414/9521141123454/254/door-1"

GATEWAY = """\
[gateway]
id = "dock-gw"
site = "test"
data_dir = "{folder}/gateway"

[mqtt]
port = {broker}

[[reader]]
name = "dock-1"
driver = "llrp"
host = "127.0.0.1"
port = {reader}
antennas = [{{ port = 1 }}, {{ port = 2 }}, {{ port = 3 }}, {{ port = 4 }}]

[[reader]]
name = "dock-2"
driver = "llrp"
host = "127.0.0.1"
port = {absent}
antennas = [{{ port = 1 }}]

[[read_point]]
name = "door-1"
kind = "dock_door"
read_point = "{door}"
inner = ["dock-1:1", "dock-1:2"]
outer = ["dock-1:3", "dock-1:4"]
inbound = {{ biz_step = "receiving", biz_location = "{hall}" }}
mode = "live"
"""

LEDGER = """\
[ledger]
data_dir = "{folder}/ledger"

[http]
port = 0

[mqtt]
port = {broker}
"""


def gateway_toml(folder: Path, broker: int, reader: int, absent: int) -> Path:
    path = folder / "gateway.toml"
    text = GATEWAY.format(
        folder=folder, broker=broker, reader=reader, absent=absent, door=DOOR, hall=HALL
    )
    path.write_text(text)
    return path


def ledger_toml(folder: Path, broker: int) -> Path:
    path = folder / "ledger.toml"
    path.write_text(LEDGER.format(folder=folder, broker=broker))
    return path


@dataclass
class Door:
    """Pallets through one door. A whole crossing is reported when it is over, as one batch."""

    reader: SimulatedReader
    seed: int = 5
    _packer: Packer = field(init=False)
    _count: int = 0
    _free_from_us: int = 0  # when the next may begin to cross

    def __post_init__(self) -> None:
        self._packer = Packer(Random(self.seed), 6, 6)

    async def watched(self, gateway_log: Path) -> None:
        """A gateway hears the reader; what was before that it could not have seen."""
        async with asyncio.timeout(PATIENCE_S):
            await self.reader.until_active()
        await eventually(lambda: "device_up" in gateway_log.read_text(), "the gateway hears it")
        self._free_from_us = clock.now().utc_us

    async def pass_through(self, direction: Direction = "in") -> Crossing:
        """One pallet at walking speed, behind the one before it."""
        self._count += 1
        scene = DoorScene("dock-1", Random(self.seed * 1000 + self._count))
        scene.cross(self._packer.pallet(), direction, 0.0, SPEED_MS)
        reads = scene.step(10.0)
        (crossing,) = scene.finished()
        begins_us = self._free_from_us
        over_us = begins_us + round(reads[-1].at_s * 1e6)
        await eventually(lambda: clock.now().utc_us > over_us, "it is through")
        self.reader.report(reads, begins_us)
        self._free_from_us = over_us + APART_US
        return crossing


def marks(folder: Path) -> tuple[int, int]:
    """(made, settled) of the gateway's outbox; zeros before there is one."""
    try:
        with closing(
            sqlite3.connect(f"file:{folder}/gateway/outbox.sqlite?mode=ro", uri=True)
        ) as db:
            row = db.execute("SELECT made, committed FROM mark").fetchone()
    except sqlite3.OperationalError:
        return 0, 0
    return (0, 0) if row is None else (int(row[0]), int(row[1]))


def booked(folder: Path) -> list[tuple[str, str]]:
    """(event id, verdict) of the ledger's events, in the order in which they were booked."""
    path = f"file:{folder}/ledger/ledger.sqlite?mode=ro"
    try:
        with closing(sqlite3.connect(path, uri=True)) as db:
            return db.execute("SELECT event_id, verdict FROM event ORDER BY pseq").fetchall()
    except sqlite3.OperationalError:
        return []
