"""What the gateway's configuration file may say, and what it means.

Every key has a default that works but for the names of the site and its things; config/gateway.toml
lists them all. Unknown keys are errors.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from drivers.registry import DeviceSettings, ReaderSettings, ScannerSettings
from gateway.core.expected import Lists
from gateway.core.filter import Filter
from gateway.core.read_point import ReadPoint, Voice
from gateway.settings.conveyor import ConveyorTable
from gateway.settings.dock_door import DockDoorTable, neighbours_of
from gateway.settings.shelf import ShelfTable
from gateway.settings.station import StationTable
from gateway.settings.table import Name, Table
from gs1.epc.codec import SCHEMES
from gs1.trade_number import Region
from wire import toml
from wire.event import Uri
from wire.topics import RESERVED_GATEWAY, Source

Pattern = Annotated[str, Field(min_length=1, max_length=200)]
PATTERNS_MAX = 1_000  # each is asked of each new tag; more is a list for the ledger to judge
GPI_PORTS = range(1, 33)  # which of them a reader has, only the reader knows
SOCKET_BYTES_MAX = 107  # of the path of a Unix socket (unix(7)): what sun_path holds


# An address, or the name of one, and a port.
_LISTEN = r"^(|([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):[0-9]{1,5})$"


class SettingsError(Exception):
    """The file cannot be used; each line says where, what and what was expected."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))


class GatewayTable(Table):
    id: Name
    site: Name
    data_dir: Path = Path("data/gateway")
    socket: Path = Path("gateway.sock")  # below data_dir, where it is not absolute
    timezone: str = "UTC"
    ring_max_mib: int = Field(default=256, ge=16, le=65536)

    @field_validator("id")
    @classmethod
    def _not_reserved(cls, name: str) -> str:
        if name == RESERVED_GATEWAY:
            raise ValueError(f'"{RESERVED_GATEWAY}" is the ledger\'s own name')
        return name

    @model_validator(mode="after")
    def _short_socket(self) -> Self:
        path = os.fsencode(self.socket_path)
        if len(path) > SOCKET_BYTES_MAX:
            raise ValueError(
                f"socket: a path of {len(path)} bytes: expected at most {SOCKET_BYTES_MAX}"
            )
        return self

    @property
    def socket_path(self) -> Path:
        return self.data_dir / self.socket

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            _zone(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f'unknown time zone "{name}": expected e.g. Europe/Berlin') from None
        return name


class MqttTable(Table):
    host: toml.Host = "127.0.0.1"
    port: int = Field(default=1883, ge=1, le=65535)
    username: str | None = None
    password_file: Path | None = None

    @model_validator(mode="after")
    def _password_of_somebody(self) -> Self:
        if self.password_file is not None and self.username is None:
            raise ValueError("password_file without username: whose password is it?")
        return self

    def password(self) -> str | None:
        """Raises SettingsError."""
        if self.password_file is None:
            return None
        try:
            return self.password_file.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError([f"mqtt.password_file: {error}"]) from None


class IdentifyTable(Table):
    raw_tags: Literal["exception", "accept"] = "exception"
    region: Region | None = None  # whose restricted circulation numbers are scanned here


class FilterTable(Table):
    """Which tags count at the read points; docs/read-points.md."""

    rssi_min_dbm: float | None = Field(default=None, ge=-120, le=0)
    schemes: tuple[str, ...] = ()
    company_prefixes: tuple[Annotated[str, Field(pattern=r"^[0-9]{3,12}$")], ...] = ()
    allow: Annotated[tuple[Pattern, ...], Field(max_length=PATTERNS_MAX)] = ()
    deny: Annotated[tuple[Pattern, ...], Field(max_length=PATTERNS_MAX)] = ()

    @field_validator("schemes")
    @classmethod
    def _known_schemes(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in SCHEMES:
                raise ValueError(f'no EPC scheme "{name}"{toml.nearest(name, SCHEMES)}')
        return names

    def filter(self) -> Filter:
        return Filter(
            self.rssi_min_dbm,
            frozenset(self.schemes),
            self.company_prefixes,
            self.allow,
            self.deny,
        )


class CommissionTable(Table):
    """What `tag write` may write, and where a thing is that has just got its tag."""

    company_prefixes: tuple[Annotated[str, Field(pattern=r"^[0-9]{6,12}$")], ...] = ()
    biz_location: Uri | None = None


class LedgerTable(Table):
    """Where the ledger's HTTP API is: `tag write` asks it which numbers are in use."""

    url: Annotated[str, Field(pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$")] | None = None


class LocalPageTable(Table):
    """Where the page for people at the read points is served; an empty `listen`: nowhere."""

    listen: Annotated[str, Field(pattern=_LISTEN)] = "127.0.0.1:8090"

    @property
    def address(self) -> tuple[str, int] | None:
        host, _, port = self.listen.rpartition(":")
        return (host.strip("[]"), int(port)) if host else None

    @field_validator("listen")
    @classmethod
    def _a_port(cls, listen: str) -> str:
        port = listen.rpartition(":")[2]
        if port and int(port) not in range(1, 65536):
            raise ValueError(f"port {port}: expected 1 to 65535")
        return listen


class LogTable(Table):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"


ReadPointTable = Annotated[
    DockDoorTable | ConveyorTable | ShelfTable | StationTable, Field(discriminator="kind")
]


class GatewaySettings(Table):
    gateway: GatewayTable
    mqtt: MqttTable = MqttTable()
    identify: IdentifyTable = IdentifyTable()
    filter: FilterTable = FilterTable()
    commission: CommissionTable = CommissionTable()
    ledger: LedgerTable = LedgerTable()
    local_page: LocalPageTable = LocalPageTable()
    log: LogTable = LogTable()
    reader: tuple[ReaderSettings, ...] = ()
    scanner: tuple[ScannerSettings, ...] = ()
    read_point: tuple[ReadPointTable, ...] = ()

    @property
    def source(self) -> Source:
        return Source(self.gateway.site, self.gateway.id)

    @property
    def devices(self) -> tuple[DeviceSettings, ...]:
        return (*self.reader, *self.scanner)

    @property
    def repeat_us(self) -> dict[str, int]:
        """By scanner: for how long a thing that it read is not read again."""
        return {each.name: int(each.repeat_s * 1e6) for each in self.scanner}

    @property
    def zone(self) -> tzinfo:
        return _zone(self.gateway.timezone)

    def at_work(
        self, *, verdicts: bool = False, lists: Lists | None = None
    ) -> list[ReadPoint[object]]:
        """The read points, but for those that are off; `lists` of what is expected at doors."""
        neighbours = neighbours_of(self.doors)
        found: list[ReadPoint[object]] = []
        for each in self.read_point:
            if each.mode == "off":
                continue
            voice = Voice(self.gateway.id, self.zone, each.read_point, each.mode, verdicts=verdicts)
            if isinstance(each, DockDoorTable):
                found.append(each.at_work(voice, neighbours, lists or Lists(frozenset())))
            else:
                found.append(each.at_work(voice))
        return found

    @property
    def doors(self) -> tuple[DockDoorTable, ...]:
        return tuple(each for each in self.read_point if isinstance(each, DockDoorTable))

    def read_point_of(self, antenna: str) -> str:
        """The URI of the read point that has the antenna, or of the reader itself."""
        for each in self.read_point:
            if antenna in (name for _, name in each.antennas):
                return each.read_point
        reader = antenna.partition(":")[0]
        return f"urn:readpoint:reader:{self.gateway.site}:{self.gateway.id}:{reader}"

    def all_live(self) -> "GatewaySettings":
        """The same, with every read point at work and no longer on trial."""
        read_points = tuple(each.model_copy(update={"mode": "live"}) for each in self.read_point)
        return self.model_copy(update={"read_point": read_points})

    def misfits(self) -> list[tuple[toml.Path, str]]:
        """Names that stand twice, devices that are not there, and those of two read points."""
        antennas = {f"{each.name}:{port}" for each in self.reader for port in each.antenna_ports}
        inputs = {f"{each.name}:gpi{port}" for each in self.reader for port in GPI_PORTS}
        scanners = {each.name for each in self.scanner}
        found = self._misfits(antennas, inputs, scanners)
        readers = {each.name for each in self.reader}
        for index, point in enumerate(self.read_point):
            of_outputs = [(key, name.partition(":")[0]) for key, name in point.outputs]
            found += _unknown(index, "reader", of_outputs, readers)
        return found + self._of_two("output")

    def misfits_without_readers(self) -> list[tuple[toml.Path, str]]:
        """Those that remain where any device may be there: a recording has its own."""
        points = self.read_point
        return self._misfits(
            {name for each in points for _, name in each.antennas},
            {name for each in points for _, name in each.inputs},
            {name for each in points for _, name in each.scanners},
        )

    def _misfits(
        self, antennas: set[str], inputs: set[str], scanners: set[str]
    ) -> list[tuple[toml.Path, str]]:
        """Given what there is to hear with."""
        found = _repeated("reader", [reader.name for reader in self.reader])
        found += _repeated("scanner", [scanner.name for scanner in self.scanner])
        readers = {reader.name for reader in self.reader}
        found += [
            (("scanner", index, "name"), f'"{scanner.name}" is a reader: expected another name')
            for index, scanner in enumerate(self.scanner)
            if scanner.name in readers
        ]
        found += _repeated("read_point", [each.name for each in self.read_point])
        for index, each in enumerate(self.read_point):
            found += _unknown(index, "antenna", each.antennas, antennas)
            found += _unknown(index, "input", each.inputs, inputs)
            found += _unknown(index, "scanner", each.scanners, scanners)
        return found + self._neighbours() + self._of_two("antenna") + self._of_two("scanner")

    def _neighbours(self) -> list[tuple[toml.Path, str]]:
        doors = {each.name for each in self.doors}
        return [
            (
                ("read_point", index, "neighbours"),
                f'no other door "{name}"{toml.nearest(name, others)}',
            )
            for index, each in enumerate(self.read_point)
            for others in [doors - {each.name}]
            for name in (each.neighbours if isinstance(each, DockDoorTable) else ())
            if name not in others
        ]

    def _of_two(self, what: Literal["antenna", "scanner", "output"]) -> list[tuple[toml.Path, str]]:
        found: list[tuple[toml.Path, str]] = []
        taken: dict[str, str] = {}
        for index, each in enumerate(self.read_point):
            if each.is_sharing and what != "output":
                continue
            sources = each.outputs
            if what != "output":
                sources = each.antennas if what == "antenna" else each.scanners
            found += [
                (("read_point", index, key), f'"{name}" is {_AN[what]} of "{taken[name]}"')
                for key, name in sources
                if name in taken
            ]
            taken |= {name: each.name for _, name in sources}
        return found


_AN = {"antenna": "an antenna", "scanner": "a scanner", "output": "an output"}


def _unknown(
    index: int, what: str, sources: Sequence[tuple[str, str]], known: set[str]
) -> list[tuple[toml.Path, str]]:
    return [
        (("read_point", index, key), f'no {what} "{name}"{toml.nearest(name, known)}')
        for key, name in sources
        if name not in known
    ]


def _repeated(table: str, names: list[str]) -> list[tuple[toml.Path, str]]:
    return [
        ((table, index, "name"), f'a second "{name}"')
        for index, name in enumerate(names)
        if name in names[:index]
    ]


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings, and the text they came from (its hash says which ones a gateway runs)."""

    settings: GatewaySettings
    text: str


def load(path: Path) -> Loaded:
    """Raises SettingsError with every problem of the file."""
    loaded = _read(path, GatewaySettings.misfits)
    try:
        loaded.settings.mqtt.password()
    except SettingsError as error:
        raise SettingsError([f"{path}: {error}"]) from None
    return loaded


def load_for_replay(path: Path) -> Loaded:
    """As `load`; but the readers need not be in the file, nor the broker's password on this box."""
    return _read(path, GatewaySettings.misfits_without_readers)


def _read(path: Path, misfits: Callable[[GatewaySettings], list[tuple[toml.Path, str]]]) -> Loaded:
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path}: {error}"]) from None
    found = toml.read(text, GatewaySettings, misfits)
    if isinstance(found, toml.Problems):
        raise SettingsError([f"{path}: {problem}" for problem in found.found])
    return Loaded(found, text)


def _zone(name: str) -> tzinfo:
    return UTC if name == "UTC" else ZoneInfo(name)
