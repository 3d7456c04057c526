"""A replay gives the events that live gave, with no clock but what the devices said."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from drivers.base import ClockStepped, GpiChange, LinkChange, Observation, Scan, TagRead
from gateway.core.dock_door import DockDoor
from gateway.core.identify import Identifier
from gateway.core.pipeline import Pipeline
from gateway.core.read_point import Light, Outcome, Said, Unsaid, Voice
from gateway.core.replay import DEVICES_MAX, Replay
from tests.unit.gateway.core.scenes import PLAN, START_US, still, thing
from tests.unit.gateway.core.test_pipeline import SECOND_US, VOICE, door_at_work, reads
from wire.event import Event, ObjectEvent
from wire.reason import Reason

TICK_US = 100_000
DOOR_2 = replace(PLAN, name="door-2", inner=frozenset({"dock-2:1"}), outer=frozenset({"dock-2:3"}))
WIDE = replace(PLAN, inner=frozenset({"dock-1:1"}), outer=frozenset({"dock-2:1"}))


def pipeline(voice: Voice = VOICE) -> Pipeline:
    doors = [
        door_at_work(DockDoor(PLAN), voice),
        door_at_work(DockDoor(DOOR_2), replace(voice, read_point="urn:test:door-2")),
    ]
    return Pipeline(Identifier(accept_raw=True), doors)


def live(observations: Sequence[Observation]) -> list[Said]:
    """As the gateway does it: ten times a second time passes, also when nothing is said."""
    pipe, said = pipeline(), list[Outcome]()
    now_us = START_US
    for number, observation in enumerate(observations):
        step_us = observation.step_us if isinstance(observation, ClockStepped) else 0
        while now_us + TICK_US <= at(observation) - step_us:
            now_us += TICK_US
            said += pipe.tick(number, now_us, {})
        said += pipe.feed(number, observation)
        now_us += step_us
    for _ in range(200):
        now_us += TICK_US
        said += pipe.tick(len(observations), now_us, {})
    return [each for each in said if not isinstance(each, Light)]


def replayed(observations: Sequence[Observation], pipe: Pipeline | None = None) -> list[Said]:
    replay = Replay(pipe or pipeline())
    said = [each for observation in observations for each in replay.feed(observation)]
    return said + replay.end()


def at(observation: Observation) -> int:
    return observation.last_us if isinstance(observation, TagRead) else observation.at_us


def parked(serial: int, seconds: float) -> list[TagRead]:
    bits = b"\x11" * 11 + bytes([serial])
    return [
        TagRead(
            "dock-1",
            int(each.antenna.partition(":")[2]),
            bits,
            each.at_us,
            each.at_us,
            rssi_dbm=each.rssi_dbm,
        )
        for each in still(thing(), 3.0, seconds)
    ]


def ordered(*parts: Sequence[Observation]) -> list[Observation]:
    return sorted((each for part in parts for each in part), key=at)


def later(read: TagRead, by_us: int, device: str | None = None) -> TagRead:
    moved = read._replace(first_us=read.first_us + by_us, last_us=read.last_us + by_us)
    return moved if device is None else moved._replace(device=device)


def reason_of(said: Sequence[Said]) -> list[tuple[str, tuple[str, ...] | None]]:
    return [(each.kind, each.reasons) for each in said if not isinstance(each, Unsaid)]


SCENES: dict[str, list[Observation]] = {
    "three loads": [*reads(1), *reads(2, 12.0), *reads(3, 24.0)],
    "three loads beside a parked tag": ordered(
        reads(1), reads(2, 12.0), reads(3, 24.0), parked(9, 40.0)
    ),
    "two doors": ordered(reads(1), [later(each, 700_000, "dock-2") for each in reads(2)]),
    "a photo-eye between loads": [
        *reads(1),
        GpiChange("dock-1", START_US + 20 * SECOND_US, 1, high=True),
        GpiChange("dock-1", START_US + 21 * SECOND_US, 1, high=False),
        *reads(2, 30.0),
    ],
    "a reader that was away and held": [
        *reads(1)[:100],
        LinkChange("dock-1", START_US + 3 * SECOND_US, up=False),
        *reads(1)[100:],
        LinkChange("dock-1", START_US + 60 * SECOND_US, up=True, held=True),
        *reads(2, 70.0),
    ],
    "a reader that was away and could not hold": [
        *reads(1)[:100],
        LinkChange("dock-1", START_US + 3 * SECOND_US, up=False),
        LinkChange("dock-1", START_US + 60 * SECOND_US, up=True, held=False),
        *reads(2, 70.0),
    ],
    "a clock that was set within a pass": [
        *reads(1)[:100],
        ClockStepped(START_US + 3603 * SECOND_US, 3600 * SECOND_US),
        *(later(each, 3600 * SECOND_US) for each in reads(1)[100:]),
        *(later(each, 3600 * SECOND_US) for each in reads(2, 12.0)),
    ],
}


@pytest.mark.parametrize("scene", SCENES.values(), ids=list(SCENES))
def test_a_replay_says_what_live_said(scene: list[Observation]) -> None:
    assert len(live(scene)) >= 1
    assert sorted(map(repr, replayed(scene))) == sorted(map(repr, live(scene)))


def test_a_load_is_said_as_soon_as_its_reader_tells_that_time_went_on() -> None:
    replay = Replay(pipeline())
    walked = reads(1)
    assert [replay.feed(each) for each in walked] == [[]] * len(walked)
    eye = [GpiChange("dock-1", START_US + s * SECOND_US, 1, high=True) for s in (8, 10, 11)]

    assert [len(replay.feed(each)) for each in eye] == [0, 0, 1]
    assert replay.pipeline.resume()["door-1"] == len(walked) + 2
    assert replay.end() == []


def test_after_the_clock_was_set_back_a_device_is_believed_anew_and_no_less_carefully() -> None:
    hour_us = 3600 * SECOND_US
    walked = [later(each, -hour_us) for each in reads(2)]
    replay = Replay(pipeline())
    replay.feed(GpiChange("dock-1", START_US, 1, high=True))
    replay.feed(GpiChange("dock-1", START_US, 1, high=False))
    scene: list[Observation] = [
        ClockStepped(START_US - hour_us, -hour_us),
        GpiChange("dock-1", START_US - hour_us // 2, 1, high=True),  # nobody confirms that
        *walked,
        *(GpiChange("dock-1", at(walked[-1]) + s * SECOND_US, 1, high=True) for s in (4, 5)),
    ]

    said = [each for observation in scene for each in replay.feed(observation)]

    assert said == replayed(walked)
    assert replay.end() == []


def test_a_reader_that_is_lost_is_not_silent_because_another_door_goes_on() -> None:
    """Its loss is noticed, and so recorded, long after what the other door hears meanwhile."""
    walked = reads(1)
    others = [later(each, 3 * SECOND_US, "dock-2") for each in (*reads(2), *reads(3, 6.0))]
    lost_us = walked[99].last_us
    scene: list[Observation] = [
        *walked[:100],
        *others,
        LinkChange("dock-1", lost_us, up=False),
        *walked[100:],
        LinkChange("dock-1", START_US + 20 * SECOND_US, up=True, held=True),
    ]

    assert [each for each in replayed(scene) if "door-1" in repr(each)] == replayed(walked)


def test_what_was_open_when_the_clock_was_set_is_concluded_at_the_end() -> None:
    later_us = 36_000 * SECOND_US
    stepped = ClockStepped(START_US + 7 * SECOND_US + later_us, later_us)

    assert reason_of(replayed([*reads(1), stepped])) == [("movement", None)]


def test_an_instant_that_is_said_once_lets_no_time_pass() -> None:
    walked = reads(1)
    wrong = later(walked[100], 3600 * SECOND_US)

    assert replayed([*walked[:100], wrong, *walked[100:]]) == replayed(walked)
    assert replayed([wrong, *walked]) == replayed(walked)
    assert replayed([*walked, wrong]) == replayed(walked)


def test_a_read_of_some_duration_lets_time_pass_to_its_middle() -> None:
    """As read points place it: its end would close passes on reads that are only told later."""
    walked = reads(1)
    long = walked[150]._replace(epc=b"\x22" * 12, last_us=walked[150].last_us + 5 * SECOND_US)
    scene = [*walked[:150], long, long, *walked[150:]]

    assert [each for each in replayed(scene) if "movement" in repr(each)] == replayed(walked)


def test_where_a_reader_is_missing_to_the_end_its_pass_is_for_review() -> None:
    walked = reads(1)
    scene: list[Observation] = [*walked, LinkChange("dock-1", walked[-1].last_us, up=False)]

    assert reason_of(replayed(scene)) == [("review", (Reason.BLIND,))]


def test_a_reader_that_is_missed_for_too_long_is_given_up_by_the_time_of_its_neighbour() -> None:
    """Or all that the neighbour hears would wait for it."""
    pipe = Pipeline(Identifier(accept_raw=False), [door_at_work(DockDoor(WIDE), VOICE)])
    replay = Replay(pipe)
    replay.feed(LinkChange("dock-2", START_US, up=False))
    heard = [
        TagRead("dock-1", 1, b"\x30" * 12, START_US + s * SECOND_US, START_US + s * SECOND_US)
        for s in range(125)
    ]
    said = [each for read in heard for each in replay.feed(read)]

    assert said == []
    assert not pipe.read_points[0].machine.is_open


def test_a_scanner_and_a_device_of_nobody_hold_nothing_up() -> None:
    walked = reads(1)
    scans = [Scan("belt-1", each.last_us, b"4711") for each in walked]
    both: list[Observation] = [each for pair in zip(walked, scans, strict=True) for each in pair]

    assert replayed(both) == replayed(walked)


def test_the_time_of_at_most_so_many_devices_is_kept() -> None:
    replay = Replay(pipeline())
    for number in range(DEVICES_MAX + 10):
        for _ in range(2):
            replay.feed(Scan(f"scanner-{number}", START_US + number, b""))
    for name in ("_word_us", "_told_us"):
        assert len(getattr(replay, name)) == DEVICES_MAX


def test_nothing_is_said_of_an_empty_recording() -> None:
    assert replayed([]) == []


def test_the_same_recording_gives_the_same_events_twice() -> None:
    for scene in SCENES.values():
        first, second = replayed(scene), replayed(scene)
        assert [e.model_dump_json() for e in first if isinstance(e, Event)] == [
            e.model_dump_json() for e in second if isinstance(e, Event)
        ]


def test_asked_for_verdicts_it_says_one_of_every_tag_that_is_in_no_movement() -> None:
    scene = ordered(reads(1), parked(9, 12.0))
    plain = replayed(scene)
    said = replayed(scene, pipeline(replace(VOICE, verdicts=True)))

    assert reason_of(plain) == [("movement", None)]
    assert said[: len(plain)] == plain
    (stray,) = said[len(plain) :]
    assert isinstance(stray, ObjectEvent)
    assert (stray.kind, stray.verdict) == ("verdict", "stray")
    assert stray.epc_list == ("urn:epc:raw:96.x" + "11" * 11 + "09",)
