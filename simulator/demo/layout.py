"""The demo's files: settings for gateway and ledger, and the master data of the scene."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gs1.keys import Gtin
from simulator.scene.goods import CATALOGUE

SITE = "demo"
GATEWAY = "dock-gw"
GLN = "https://id.gs1.org/414/9521141123454/254"
HALL = f"{GLN}/hall-1"
IDLE_S = 3.0  # how long a door is silent before its pass closes


class UsedFolder(Exception):
    """The message says what is there, and what was expected."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Loopback ports of the broker, the ledger's HTTP and each reader."""

    broker: int
    http: int
    readers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything is below one folder."""

    folder: Path
    ports: Ports

    @property
    def gateway_toml(self) -> Path:
        return self.folder / "gateway.toml"

    @property
    def ledger_toml(self) -> Path:
        return self.folder / "ledger.toml"

    @property
    def items_csv(self) -> Path:
        return self.folder / "items.csv"

    @property
    def locations_csv(self) -> Path:
        return self.folder / "locations.csv"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports.http}"

    @property
    def readers(self) -> list[str]:
        return [f"dock-{number}" for number in range(1, len(self.ports.readers) + 1)]

    def log(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"

    def refuse_books(self) -> None:
        """Raises UsedFolder where another demo has been: its events would count as doubled."""
        for name in ("ledger", "gateway"):
            kept = self.folder / name
            if kept.is_dir() and any(kept.iterdir()):
                raise UsedFolder(
                    f"{kept}: there are books of another run already:"
                    " expected a new folder, or one without"
                )

    def write(self) -> None:
        (self.folder / "logs").mkdir(parents=True, exist_ok=True)
        self.gateway_toml.write_text(self._gateway())
        self.ledger_toml.write_text(self._ledger())
        self.items_csv.write_text(_csv("sku,description,unit,gtin,quantity", _items()))
        hall = [(HALL, "Hall 1", "internal", SITE)]
        self.locations_csv.write_text(_csv("location,name,kind,site", hall))

    def _gateway(self) -> str:
        parts = [
            f'[gateway]\nid = "{GATEWAY}"\nsite = "{SITE}"\ndata_dir = "{self.folder}/gateway"\n',
            f"[mqtt]\nport = {self.ports.broker}\n",
        ]
        for reader, port in zip(self.readers, self.ports.readers, strict=True):
            names = {"reader": reader, "name": _name_of(reader), "door": door_of(reader)}
            parts.append(_DOOR.format(port=port, hall=HALL, idle_s=IDLE_S, **names))
        return "\n".join(parts)

    def _ledger(self) -> str:
        return (
            f'[ledger]\ndata_dir = "{self.folder}/ledger"\n\n'
            f"[http]\nport = {self.ports.http}\n\n"
            f"[mqtt]\nport = {self.ports.broker}\n"
        )


def door_of(reader: str) -> str:
    """The read point URI of the door that a reader hears."""
    return f"{GLN}/{_name_of(reader)}"


def _name_of(reader: str) -> str:
    return f"door-{reader.removeprefix('dock-')}"


def quantities() -> dict[str, tuple[str, int]]:
    """Class key -> (item, base units) of all goods in the scene."""
    return {Gtin(item.gtin).key: (item.sku, item.base_units_per_case) for item in CATALOGUE}


_DOOR = """\
[[reader]]
name = "{reader}"
driver = "llrp"
host = "127.0.0.1"
port = {port}
antennas = [{{ port = 1, power_dbm = 30.0 }}, {{ port = 2, power_dbm = 30.0 }}, {{ port = 3, power_dbm = 30.0 }}, {{ port = 4, power_dbm = 30.0 }}]
keepalive_s = 2.0

[[read_point]]
name = "{name}"
kind = "dock_door"
read_point = "{door}"
inner = ["{reader}:1", "{reader}:2"]
outer = ["{reader}:3", "{reader}:4"]
inbound = {{ biz_step = "receiving", biz_location = "{hall}", from = "supplier" }}
outbound = {{ biz_step = "shipping", to = "transit" }}
idle_s = {idle_s}
mode = "live"
"""  # noqa: E501 - an inline table is one line of TOML


def _items() -> list[tuple[str, ...]]:
    return [
        (item.sku, item.description, "piece", item.gtin, str(item.base_units_per_case))
        for item in CATALOGUE
    ]


def _csv(header: str, rows: Sequence[tuple[str, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return text.getvalue()
