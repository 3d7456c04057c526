"""A dock door for tests: a simulated reader in this process, and pallets at the test's command."""

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
    """Pallets through one door. A whole crossing is reported at once, as a reader's backlog is."""

    reader: SimulatedReader
    seed: int = 5
    _packer: Packer = field(init=False)
    _count: int = 0

    def __post_init__(self) -> None:
        self._packer = Packer(Random(self.seed), 6, 6)

    def pass_through(self, direction: Direction = "in", back_s: float = 20.0) -> Crossing:
        """One pallet, whose crossing began `back_s` ago by the reader's clock."""
        self._count += 1
        scene = DoorScene("dock-1", Random(self.seed * 1000 + self._count))
        scene.cross(self._packer.pallet(), direction, 0.0, 1.2)
        reads = scene.step(10.0)
        (crossing,) = scene.finished()
        self.reader.report(reads, clock.now().utc_us - round(back_s * 1e6))
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
