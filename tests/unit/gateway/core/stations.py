"""A station with a person who scans: for the tests of what it does and of what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC
from functools import partial

from drivers.base import Scan
from gateway.core.identify import Identifier
from gateway.core.read_point import Light, Memory, Mode, Outcome, ReadPoint, Step, Voice
from gateway.core.station import Station, StationPlan, Status
from gateway.core.station_scan import Conclusion, Task
from gateway.core.station_telling import tell
from wire.event import Event, ObjectEvent

START_US = 1_763_800_000_000_000
TEA = "https://id.gs1.org/01/09521141012345"
TEA_CODE = "0109521141012345"
LOT_CODE = TEA_CODE + "10A-1"
CASE_CODE = TEA_CODE + "217"
PALLET_CODE = "00195211411234567899"
HALL, DOCK, BIN_7, BIN_8 = (f"urn:x:{place}" for place in ("hall", "dock", "bin-7", "bin-8"))
STEPS: Mapping[Task, Step] = {
    Task.NONE: Step("inspecting"),
    Task.RECEIVE: Step("receiving", HALL, "supplier"),
    Task.SHIP: Step("shipping", None, HALL, "transit"),
    Task.MOVE: Step("storing"),
    Task.COUNT: Step("cycle_counting"),
}
LABELS = {"DOCK": DOCK, "BIN-7": BIN_7, "BIN-8": BIN_8}


def plan(told_as: str = "live", steps: Mapping[Task, Step] = STEPS) -> StationPlan:
    return StationPlan(
        name="desk-1",
        scanners=frozenset({"hand-1"}),
        steps=steps,
        mode_timeout_us=300_000_000,
        locations=LABELS,
        operators={"4711": "anna"},
        told_as=told_as,
    )


@dataclass
class Hand:
    """Scans at the station, and hears what it says. The memory is on disk after every scan."""

    mode: Mode = "live"
    now_us: int = START_US
    steps: Mapping[Task, Step] = field(default_factory=lambda: STEPS)
    disk: dict[str, object] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    number: int = 0
    station: Station = field(init=False)
    point: ReadPoint[Conclusion] = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """As after SIGKILL: all that is known is what was committed."""
        voice = Voice("desk-gw", UTC, "urn:x:desk-1", self.mode)
        self.station = Station(plan(self.mode, self.steps))
        self.point = ReadPoint("station", self.station, voice, partial(tell, "desk-1"))
        memory: Memory = dict(self.disk)  # type: ignore[arg-type]
        self.point.start(self.number, memory)

    def scan(self, text: str, after_s: float = 1.0, symbology: str | None = None) -> list[Outcome]:
        self.now_us += round(after_s * 1e6)
        if symbology is None:
            symbology = "C1" if text[:2] in ("00", "01", "41", "80") else "C0"
        scan = Scan("hand-1", self.now_us, text.encode(), symbology)
        said = self.point.notice(self.number, Identifier(accept_raw=False).scanned(scan))
        self.number += 1
        self.disk.update(self.point.changes())
        self.events += [each for each in said if isinstance(each, ObjectEvent)]
        return said

    def light(self, text: str, after_s: float = 1.0) -> tuple[str, str]:
        """What the person is told."""
        (light,) = [each for each in self.scan(text, after_s) if isinstance(each, Light)]
        assert light.read_point == "desk-1"
        return light.word, light.text

    def event(self, text: str, after_s: float = 1.0) -> ObjectEvent:
        (event,) = [each for each in self.scan(text, after_s) if isinstance(each, ObjectEvent)]
        return event

    def say(self, *texts: str) -> "Hand":
        for text in texts:
            self.scan(text)
        return self

    @property
    def status(self) -> Status:
        return self.station.status(self.now_us)
