"""One simulated day through the real pipeline of the gateway, and through the rules of thumb."""

from collections import Counter
from random import Random

from benchmarks.doors.baselines import FirstLast, InWindow
from benchmarks.doors.score import Booking, Day
from drivers.base import ClockStepped, LinkChange, Observation, TagRead
from gateway.core.identify import Identifier
from gateway.core.pipeline import Pipeline
from gateway.core.read_point import Light, Outcome, Unsaid
from gateway.settings.file import GatewaySettings
from simulator.scene.dock_day import DayPlan, DockDay
from simulator.scene.door import SceneRead
from simulator.scene.host import Heard, HeardClock, HeardLink, HeardRead
from wire import instant, toml
from wire.event import AggregationEvent

STEP_S = 0.5
METHODS = ("readpoint", "first/last antenna", "read in the window")

_HEAD = """
[gateway]
id = "bench"
site = "bench"
"""
_DOOR = """
[[read_point]]
name = "{name}"
kind = "dock_door"
read_point = "urn:door:{name}"
inner = ["{name}:1", "{name}:2"]
outer = ["{name}:3", "{name}:4"]
mode = "live"
neighbours = [{neighbours}]
"""


def pipeline(doors: int) -> Pipeline:
    """As a gateway with that many doors has it, all else by default."""
    names = [f"dock-{number + 1}" for number in range(doors)]
    text = _HEAD + "".join(
        _DOOR.format(name=name, neighbours=", ".join(f'"{x}"' for x in names if x != name))
        for name in names
    )
    settings = toml.read(text, GatewaySettings, GatewaySettings.misfits_without_readers)
    if isinstance(settings, toml.Problems):
        raise AssertionError([str(problem) for problem in settings.found])
    return Pipeline(Identifier(accept_raw=False), settings.at_work())


def judge(plan: DayPlan, seed: int) -> dict[str, Counter[str]]:
    """The counts of one day, by method; those that are of no method under ""."""
    day = DockDay(plan, Random(f"{plan.kind} {seed}"))
    ours = _Ours(pipeline(plan.doors), day)
    keys = {thing.epc: thing.key for thing in day.things}
    first_last, in_window = FirstLast(keys), InWindow(keys)
    at_s = 0.0
    while at_s < day.end_s:
        at_s += STEP_S
        for door, reads in ours.step(at_s).items():
            first_last.take(door, reads)
            loads = day.under_way(door, round((at_s - STEP_S) * 1e6), round(at_s * 1e6))
            in_window.take(door, reads, loads)
    first_last.finish()
    truth = Day(day.truth(), day.heard_strays, day.end_s)
    said = (ours.bookings, first_last.bookings, in_window.bookings)
    found = {method: truth.tally(bookings) for method, bookings in zip(METHODS, said, strict=True)}
    return found | {"": truth.exposure() + Counter(reads=ours.reads, days=1)}


class _Ours:
    """The pipeline, fed as gateway.shell.intake feeds it."""

    def __init__(self, pipe: Pipeline, day: DockDay) -> None:
        self.bookings: list[Booking] = []
        self.reads = 0
        self._pipe = pipe
        self._day = day
        self._number = 0

    def step(self, until_s: float) -> dict[str, list[SceneRead]]:
        reads, heard = self._day.step(until_s)
        for each in heard:
            said = self._pipe.feed(self._number, observation(each))
            self._number += 1
            self.reads += isinstance(each, HeardRead)
            self._take(said, until_s)
        now_us = round(until_s * 1e6) + self._offset_us(until_s)
        self._take(self._pipe.tick(self._number, now_us, {}), until_s)
        return reads

    def _offset_us(self, at_s: float) -> int:
        return self._day.clock.offset_us(round(at_s * 1e6))

    def _take(self, said: list[Outcome], at_s: float) -> None:
        """`at_s` is when it was said: what the clock showed then, event times are by."""
        for event in said:
            if isinstance(event, Unsaid):
                raise event.error
            if (
                isinstance(event, Light)
                or event.kind not in ("movement", "review")
                or event.read_point is None
            ):
                continue
            keys = event.epc_list if event.type == "ObjectEvent" else event.child_epcs
            if isinstance(event, AggregationEvent):
                keys = (event.parent_id, *keys)
            scene_us = instant.to_us(event.event_time) - self._offset_us(at_s)
            door = event.read_point.id.rpartition(":")[2]
            self.bookings += [
                Booking(
                    door,
                    key,
                    scene_us / 1e6,
                    event.direction or "unknown",
                    event.kind == "review",
                    event.pass_id or "",
                )
                for key in keys
            ]


def observation(heard: Heard) -> Observation:
    """As a driver says it."""
    match heard:
        case HeardRead(reader, at_us, read):
            return TagRead(
                device=reader,
                antenna=read.antenna,
                epc=read.epc,
                first_us=at_us,
                last_us=at_us,
                pc=read.pc,
                rssi_dbm=float(read.rssi_dbm),
                channel=read.channel,
            )
        case HeardLink(reader, at_us, up):
            return LinkChange(reader, at_us, up, held=up)
        case HeardClock(at_us, step_us):
            return ClockStepped(at_us, step_us)
