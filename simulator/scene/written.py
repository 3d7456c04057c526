"""A day at a door as two files of NDJSON: a recording, and what was true.

The recording is what `readpoint-gateway replay` reads (gateway/core/recording.py). The truth has a
line for each load at each door that heard it, when it is gone, and at the end one with the tags
that stood there and were heard. Times are seconds since 1970 UTC by the clock of the host, as in
the recording; what was set then is in them.
"""

from collections.abc import Iterator, Sequence

from simulator.scene.dock import Journey
from simulator.scene.dock_day import DockDay
from simulator.scene.host import Heard, HeardClock, HeardLink, HeardRead, HostClock
from wire import json
from wire.json import JsonObject

STEP_S = 0.5  # a reader reads some hundred tags in it: that much is in memory at once


def lines_of(day: DockDay) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Step by step: lines of the recording, lines of the truth; none has its line feed."""
    at_s, told = 0.0, 0
    ends_s = sorted(journey.end_s for journey in day.truth())
    while at_s < day.end_s:
        at_s += STEP_S
        heard = day.step(at_s)[1]
        truth: list[str] = []
        if told < len(ends_s) and ends_s[told] <= at_s:
            gone = [each for each in day.truth() if at_s - STEP_S < each.end_s <= at_s]
            truth = [json.encode(_truth(each, day.clock)) for each in gone]
            told += len(gone)
        yield [json.encode(_recorded(each)) for each in heard], truth
    yield [], [json.encode({"parked": [*sorted(day.heard_strays)]})]


def _recorded(heard: Heard) -> JsonObject:
    match heard:
        case HeardRead(reader, at_us, read):
            return {
                "t": at_us / 1e6,
                "reader": reader,
                "antenna": read.antenna,
                "epc": read.epc.hex(),
                "pc": f"{read.pc:04x}",
                "rssi": read.rssi_dbm,
                "channel": read.channel,
            }
        case HeardLink(reader, at_us, up):
            return {"t": at_us / 1e6, "reader": reader, "up": up, "held": up}
        case HeardClock(at_us, step_us):
            return {"t": at_us / 1e6, "clock_step": step_us / 1e6}


def _truth(journey: Journey, clock: HostClock) -> JsonObject:
    def host_s(scene_s: float) -> float:
        at_us = round(scene_s * 1e6)
        return (at_us + clock.offset_us(at_us)) / 1e6

    return {
        "door": journey.door,
        "n": journey.n,
        "kind": journey.kind,
        "direction": journey.direction,
        "start": host_s(journey.start_s),
        "crossed": host_s(journey.crossed_s),
        "end": host_s(journey.end_s),
        "things": list(journey.things),
        "readable": list(journey.readable),
        "clean": journey.clean,
    }
