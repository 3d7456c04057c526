from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC
from functools import partial

import pytest

from drivers.base import (
    AntennaChange,
    ClockStepped,
    GpiChange,
    LinkChange,
    NoRead,
    Observation,
    Scan,
    TagRead,
)
from gateway.core.announce import Ways, announce
from gateway.core.dock_door import DockDoor
from gateway.core.filter import Filter, Turned
from gateway.core.identify import Identifier, Sighting
from gateway.core.pipeline import Pipeline
from gateway.core.read_point import Outcome, ReadPoint, Step, Unsaid, Voice
from gateway.core.repeats import Repeats, one_thing
from gs1.epc import codec
from gs1.keys import Sgtin
from tests.unit.gateway.core.scenes import PLAN, START_US, line, thing, walk
from wire.event import ObjectEvent

VOICE = Voice("dock-pi-1", UTC, "urn:test:door-1", "live")
WAYS = Ways(Step("receiving"), Step("shipping"))
SECOND_US = 1_000_000


def door_at_work(door: DockDoor, voice: Voice = VOICE) -> ReadPoint[object]:
    return ReadPoint("dock_door", door, voice, partial(announce, ways=WAYS))


def pipeline() -> Pipeline:
    return Pipeline(Identifier(accept_raw=False), [door_at_work(DockDoor(PLAN), VOICE)])


def reads(serial: int, start_s: float = 0.0) -> list[TagRead]:
    """A tag that walks in, as the driver gives it."""
    bits = codec.encode(Sgtin("09521141012345", str(serial)), "SGTIN-96", 2, 7)
    assert isinstance(bits, bytes)
    return [_read(bits, sighting) for sighting in walk(thing(), line(-4, 4, 6), start_s)]


def _read(bits: bytes, sighting: Sighting) -> TagRead:
    device, _, antenna = sighting.antenna.partition(":")
    at_us = sighting.at_us
    return TagRead(device, int(antenna), bits, at_us, at_us, rssi_dbm=sighting.rssi_dbm, channel=1)


def feed(pipe: Pipeline, observations: Iterable[Observation], first: int = 0) -> list[Outcome]:
    return [
        event
        for number, observation in enumerate(observations, first)
        for event in pipe.feed(number, observation)
    ]


def test_a_walk_becomes_a_movement_when_time_has_passed() -> None:
    pipe = pipeline()
    walked = reads(1)
    assert feed(pipe, walked) == []

    (said,) = pipe.tick(len(walked), START_US + 10 * SECOND_US, {})

    assert isinstance(said, ObjectEvent)
    assert said.kind == "movement"
    assert pipe.read_points[0].passes == 1


def test_a_replay_gives_the_same_events_byte_for_byte() -> None:
    observations = [*reads(1), *reads(2, 12.0), *reads(3, 24.0)]

    assert feed(pipeline(), observations) == feed(pipeline(), observations)


def test_an_open_pass_is_found_again_from_where_it_began() -> None:
    """As after a crash: what was concluded is not concluded again, what was open is."""
    observations = [*reads(1), *reads(2, 12.0)]
    whole = pipeline()
    told = feed(whole, observations[:300])
    resume = whole.resume()
    assert len(told) == 1
    assert resume == {"door-1": 200}

    again = pipeline()
    again.read_points[0].resume = resume["door-1"]
    feed(again, observations[:300])
    rest = [*feed(again, observations[300:], 300), *again.tick(400, START_US + 60 * SECOND_US, {})]

    expected = feed(whole, observations[300:], 300) + whole.tick(400, START_US + 60 * SECOND_US, {})
    assert rest == expected
    assert len(rest) == 1


def test_a_pass_that_opens_after_a_checkpoint_is_found_from_the_one_before() -> None:
    """What a tag was seen to do before it was seen to move belongs to its pass."""
    pipe = pipeline()
    pipe.checkpoint(50)
    pipe.checkpoint(70)
    walked = reads(1)
    feed(pipe, walked[:110], 70)
    assert pipe.read_points[0].machine.is_open

    pipe.checkpoint(180)
    pipe.checkpoint(190)

    assert pipe.resume() == {"door-1": 50}


def test_a_closed_pass_is_never_replayed() -> None:
    pipe = pipeline()
    feed(pipe, reads(1))
    pipe.tick(200, START_US + 10 * SECOND_US, {})
    assert pipe.resume() == {"door-1": 200}

    pipe.checkpoint(210)
    assert pipe.resume() == {"door-1": 200}
    pipe.checkpoint(220)
    assert pipe.resume() == {"door-1": 210}


def test_a_pass_that_no_event_can_be_made_of_costs_that_pass_alone() -> None:
    """A bug, or a value that no rule foresaw: the door next to it, and the next pass, go on."""
    mute = door_at_work(DockDoor(replace(PLAN, name="door-2")), replace(VOICE, read_point=""))
    pipe = Pipeline(Identifier(accept_raw=False), [mute, door_at_work(DockDoor(PLAN), VOICE)])
    walked = reads(1)
    feed(pipe, walked)

    unsaid, said = pipe.tick(len(walked), START_US + 10 * SECOND_US, {})

    assert isinstance(unsaid, Unsaid)
    assert (unsaid.read_point, unsaid.what[:20]) == ("door-2", "Pass(door='door-2', ")
    assert isinstance(unsaid.error, ValueError)
    assert isinstance(said, ObjectEvent)
    assert pipe.resume() == {"door-2": 200, "door-1": 200}
    assert [each.passes for each in pipe.read_points] == [1, 1]


def test_no_time_passes_at_a_door_beyond_what_its_readers_were_heard() -> None:
    pipe = pipeline()
    walked = reads(1)
    feed(pipe, walked)
    now_us, heard_us = START_US + 20 * SECOND_US, START_US + 7 * SECOND_US

    assert pipe.tick(200, now_us, {"dock-1": heard_us}) == []
    assert len(pipe.tick(200, now_us, {"dock-1": now_us, "yard-1": heard_us})) == 1


def test_a_read_at_no_possible_time_is_counted() -> None:
    """A lone timestamp an hour ahead, which the next read does not confirm."""
    pipe = pipeline()
    walked = reads(1)
    ahead_us = walked[99].last_us + 3600 * SECOND_US
    odd = walked[99]._replace(first_us=ahead_us, last_us=ahead_us)

    feed(pipe, [*walked[:100], odd, *walked[100:]])

    assert pipe.dropped == 1
    assert len(pipe.tick(201, START_US + 10 * SECOND_US, {})) == 1


def test_a_read_at_an_antenna_of_no_read_point_is_counted() -> None:
    pipe = pipeline()

    feed(pipe, [TagRead("dock-1", 0, b"", START_US, START_US)])

    assert (pipe.unrouted, pipe.read_points[0].machine.is_open) == (1, False)


def test_what_no_read_point_uses_is_counted() -> None:
    pipe = pipeline()

    scan = Scan("belt-1", START_US, b"09521141012345")
    feed(pipe, [scan, GpiChange("dock-1", START_US, 1, high=True)])
    feed(pipe, [AntennaChange("dock-1", START_US, 1, connected=False)])

    assert pipe.not_understood == 1  # inputs and antennas are not for a door


@pytest.mark.parametrize(
    ("rule", "turned"),
    [
        (Filter(rssi_min_dbm=-150.0, company_prefixes=("9521141",)), None),
        (Filter(rssi_min_dbm=0.0), Turned.WEAK),
        (Filter(company_prefixes=("9521142",)), Turned.COMPANY),
    ],
)
def test_what_the_filter_turns_away_no_read_point_sees(rule: Filter, turned: Turned | None) -> None:
    pipe = Pipeline(
        Identifier(accept_raw=False, filter=rule), [door_at_work(DockDoor(PLAN), VOICE)]
    )
    walked = reads(1)

    feed(pipe, walked)

    said = pipe.tick(len(walked), START_US + 10 * SECOND_US, {})
    assert len(said) == (turned is None)
    assert pipe.turned == ({} if turned is None else {turned: len(walked)})


def test_a_read_at_no_read_point_is_that_whatever_the_filter_says() -> None:
    pipe = Pipeline(Identifier(accept_raw=False, filter=Filter(rssi_min_dbm=0.0)), [])

    feed(pipe, reads(1)[:1])

    assert (pipe.unrouted, pipe.turned) == (1, {})


def test_scans_that_say_again_what_was_said_and_triggers_without_a_code_are_counted() -> None:
    pipe = pipeline()
    pipe.repeats = Repeats({"belt-1": SECOND_US}, one_thing)
    scan = Scan("belt-1", START_US, b"00195211411234567899", "C1")

    said = feed(pipe, [scan, scan, replace(scan, data=b"x"), NoRead("belt-1", START_US)])

    assert said == []
    assert (pipe.repeated, pipe.not_understood) == ({"belt-1": 1}, 3)


def test_links_and_clocks_reach_every_door() -> None:
    pipe = pipeline()
    walked = reads(1)

    feed(pipe, [*walked, LinkChange("dock-1", START_US + 6 * SECOND_US, up=False)])
    assert pipe.tick(201, START_US + 60 * SECOND_US, {}) == []
    feed(pipe, [ClockStepped(START_US, 3600 * SECOND_US)], 201)

    assert pipe.read_points[0].machine.advance(START_US + 3610 * SECOND_US) == []
    back = LinkChange("dock-1", START_US + 3660 * SECOND_US, up=True, held=True)
    feed(pipe, [back], 202)
    assert len(pipe.tick(203, START_US + 3661 * SECOND_US, {})) == 1
