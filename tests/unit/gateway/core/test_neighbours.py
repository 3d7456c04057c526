"""Two doors three metres apart, and who says what of a load that both hear."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import pytest

from drivers.base import ClockStepped, Observation, TagRead
from gateway.core.announce import announce
from gateway.core.dock_door import DockDoor
from gateway.core.identify import Identifier, Sighting, Thing
from gateway.core.judgement import Judged, Pass, Verdict
from gateway.core.neighbours import RECENT_MAX, Neighbours
from gateway.core.pipeline import Pipeline
from gateway.core.read_point import Outcome, ReadPoint
from gateway.core.visit import Visit
from gs1.epc import codec
from gs1.keys import Sgtin
from tests.unit.gateway.core.scenes import PLAN, START_US, line, seen, thing, walk
from tests.unit.gateway.core.test_pipeline import SECOND_US, VOICE, WAYS
from wire.event import AggregationEvent, ObjectEvent
from wire.reason import Reason

OTHER = replace(PLAN, name="door-2", inner=frozenset({"dock-2:1", "dock-2:2"}),
                outer=frozenset({"dock-2:3", "dock-2:4"}))  # fmt: skip
CASES = [thing(f"case-{n}") for n in range(1, 6)]
BESIDE = frozenset({"door-1"}), frozenset({"door-2"})
OF = {"door-1": BESIDE[1], "door-2": BESIDE[0]}


def heard(things: Sequence[Thing], dbm: dict[str, float], start_s: float = 0.0) -> list[Sighting]:
    """A walk in before both doors; `dbm`: by how much a door hears it weaker than from nearby."""
    reads: list[Sighting] = []
    for number, what in enumerate(things):
        for each in walk(what, line(-4, 4, 6), start_s + number / 100):
            for name, weaker_db in dbm.items():
                antenna = each.antenna.replace("dock-1", "dock-" + name[-1])
                assert each.rssi_dbm is not None
                reads.append(replace(each, antenna=antenna, rssi_dbm=each.rssi_dbm - weaker_db))
    return sorted(reads, key=lambda each: each.at_us)


def ruled(reads: Sequence[Sighting], of: dict[str, frozenset[str]] = OF) -> dict[str, list[Pass]]:
    """What remains of the passes of both doors, ten times a second asked for."""
    doors = {"door-1": DockDoor(PLAN), "door-2": DockDoor(OTHER)}
    neighbours = Neighbours(of, PLAN.idle_us, dict(doors))
    waiting: list[Pass] = []
    found: dict[str, list[Pass]] = {"door-1": [], "door-2": []}

    def take(passes: list[Pass]) -> None:
        for each in passes:
            neighbours.tell(each)
        waiting.extend(passes)
        for each in list(waiting):
            if (left := neighbours.rule(each, at_once=False)) is not None:
                waiting.remove(each)
                found[left.door].append(left)

    for read in reads:
        door = doors["door-" + read.antenna[5]]
        take(door.observe(read))
    for tenth in range(1, 400):
        for door in doors.values():
            take(door.advance(reads[-1].at_us + tenth * SECOND_US // 10))
    assert not waiting
    return found


def told(passes: Sequence[Pass]) -> list[tuple[Verdict, Reason | None]]:
    return [(tag.verdict, tag.reason) for each in passes for tag in each.tags]


def test_a_load_went_through_the_door_that_heard_it_louder() -> None:
    found = ruled(heard(CASES, {"door-1": 0, "door-2": 12}))

    assert told(found["door-1"]) == [(Verdict.MOVED, None)] * 5
    assert told(found["door-2"]) == [(Verdict.STRAY, Reason.NEIGHBOUR)] * 5


def test_doors_that_are_no_neighbours_know_nothing_of_each_other() -> None:
    found = ruled(heard(CASES, {"door-1": 0, "door-2": 12}), of={})

    assert told(found["door-2"]) == [(Verdict.MOVED, None)] * 5


@pytest.mark.parametrize("weaker_db", [-2.0, 0.0, 2.0])
def test_where_both_heard_it_alike_the_louder_one_asks_a_person(weaker_db: float) -> None:
    found = ruled(heard(CASES, {"door-1": 0, "door-2": weaker_db}))
    louder, weaker = ("door-1", "door-2") if weaker_db >= 0 else ("door-2", "door-1")

    assert told(found[louder]) == [(Verdict.UNCERTAIN, Reason.NEIGHBOUR)] * 5
    # Heard exactly alike there is no louder one, and both ask.
    verdict = Verdict.STRAY if weaker_db else Verdict.UNCERTAIN
    assert told(found[weaker]) == [(verdict, Reason.NEIGHBOUR)] * 5


@pytest.mark.parametrize(
    ("tags", "weaker_db", "is_clear"),
    [(1, 11.0, False), (1, 13.0, True), (4, 5.5, False), (4, 6.5, True)],
)
def test_the_fewer_tags_both_heard_the_clearer_must_they_differ(
    tags: int, weaker_db: float, *, is_clear: bool
) -> None:
    found = ruled(heard(CASES[:tags], {"door-1": 0, "door-2": weaker_db}))

    expected = (Verdict.MOVED, None) if is_clear else (Verdict.UNCERTAIN, Reason.NEIGHBOUR)
    assert told(found["door-1"]) == [expected] * tags


def test_what_only_the_farther_door_heard_of_a_load_is_for_a_person() -> None:
    reads = [*heard(CASES[:3], {"door-1": 0, "door-2": 15}), *heard(CASES[3:], {"door-2": 15})]
    found = ruled(sorted(reads, key=lambda each: each.at_us))

    assert sorted(told(found["door-2"]), key=str) == sorted(
        [(Verdict.STRAY, Reason.NEIGHBOUR)] * 3 + [(Verdict.UNCERTAIN, Reason.NEIGHBOUR)] * 2,
        key=str,
    )


def test_a_load_of_its_own_at_the_same_time_keeps_its_verdicts() -> None:
    """Two forklifts side by side: one tag of the one is heard by the other door, too."""
    reads = [*heard(CASES[:1], {"door-1": 0, "door-2": 15}), *heard(CASES[1:], {"door-2": 0})]
    found = ruled(sorted(reads, key=lambda each: each.at_us))

    assert told(found["door-1"]) == [(Verdict.MOVED, None)]
    assert {tag.thing.key[-1]: tag.verdict for tag in found["door-2"][0].tags} == {
        "1": Verdict.STRAY,
        **dict.fromkeys("2345", Verdict.MOVED),
    }


def test_what_was_heard_at_another_time_is_not_compared() -> None:
    first, second = heard(CASES, {"door-1": 0}), heard(CASES, {"door-2": 15}, 30.0)
    found = ruled([*first, *second])

    assert told(found["door-1"]) == told(found["door-2"]) == [(Verdict.MOVED, None)] * 5


def judged(what: Thing, dbm: float | None, verdict: Verdict) -> Judged:
    visit = Visit(what, START_US, START_US)
    visit.add(seen(what, rssi_dbm=dbm), inner=True)
    return Judged(visit, verdict)


def a_pass(door: str, *tags: Judged) -> Pass:
    return Pass(door, "in", 1.0, 1.5, 9.0, "silence", tags)


def between(*passes: Pass) -> Neighbours:
    doors = {"door-1": DockDoor(PLAN), "door-2": DockDoor(OTHER)}
    neighbours = Neighbours(OF, PLAN.idle_us, dict(doors))
    for each in passes:
        neighbours.tell(each)
    return neighbours


def test_readers_that_tell_no_rssi_cannot_be_compared() -> None:
    near = a_pass("door-1", judged(CASES[0], None, Verdict.MOVED))
    far = a_pass("door-2", judged(CASES[0], None, Verdict.MOVED))
    neighbours = between(near, far)

    assert neighbours.rule(near, at_once=True) == near
    assert neighbours.rule(far, at_once=True) == far


def test_what_stands_before_one_door_did_not_go_through_the_other() -> None:
    """door-1 hears it well, and knows it for a stray; door-2 takes it for a part of its load."""
    stands = a_pass("door-1", judged(CASES[0], -40.0, Verdict.STRAY))
    beside = judged(CASES[1], -60.0, Verdict.STRAY)
    passes = a_pass("door-2", judged(CASES[0], -70.0, Verdict.MOVED), beside)
    neighbours = between(stands, passes)

    assert neighbours.rule(stands, at_once=True) == stands
    ruled = neighbours.rule(passes, at_once=True)
    assert ruled is not None
    assert told([ruled]) == [(Verdict.STRAY, Reason.NEIGHBOUR), (Verdict.STRAY, None)]

    neighbours.forget()
    assert neighbours.rule(passes, at_once=True) == passes


def test_it_remembers_so_many_passes_of_a_door() -> None:
    neighbours = between()
    one = a_pass("door-1", judged(CASES[0], -40.0, Verdict.MOVED))
    for _ in range(2 * RECENT_MAX):
        neighbours.tell(one)

    assert len(neighbours._recent["door-1"]) == RECENT_MAX  # noqa: SLF001 - it is the bound


# -- at work ------------------------------------------------------------------------------------


def pipeline() -> Pipeline:
    doors = DockDoor(PLAN), DockDoor(OTHER)
    neighbours = Neighbours(OF, PLAN.idle_us, {each.name: each for each in doors})
    say = partial(announce, ways=WAYS)
    points = [ReadPoint("dock_door", door, VOICE, say, referee=neighbours) for door in doors]
    return Pipeline(Identifier(accept_raw=False), points)


def tag_reads(reads: Sequence[Sighting]) -> Iterator[TagRead]:
    for each in reads:
        device, _, port = each.antenna.partition(":")
        serial = each.thing.key.rpartition("-")[2]
        bits = codec.encode(Sgtin("09521141012345", serial), "SGTIN-96", 2, 7)
        assert isinstance(bits, bytes)
        at_us, dbm = each.at_us, each.rssi_dbm
        yield TagRead(device, int(port), bits, at_us, at_us, rssi_dbm=dbm, channel=1)


def said(pipe: Pipeline, observations: Sequence[Observation], first: int, last: int) -> list[str]:
    outcome: list[Outcome] = []
    for number in range(first, last):
        outcome += pipe.feed(number, observations[number])
    return events(outcome)


def silence(pipe: Pipeline, observations: Sequence[Observation], seconds: int) -> list[str]:
    end_us = max(each.last_us for each in observations if isinstance(each, TagRead))
    outcome: list[Outcome] = []
    for second in range(1, seconds):
        outcome += pipe.tick(len(observations), end_us + second * SECOND_US, {})
    return events(outcome)


def events(outcome: Sequence[Outcome]) -> list[str]:
    assert all(isinstance(each, ObjectEvent | AggregationEvent) for each in outcome)
    return [each.event_id for each in outcome if isinstance(each, ObjectEvent | AggregationEvent)]


def test_one_event_is_made_of_a_load_that_two_doors_heard() -> None:
    reads = list(tag_reads(heard(CASES, {"door-1": 0, "door-2": 12})))
    pipe = pipeline()

    assert said(pipe, reads, 0, len(reads)) == []
    assert len(silence(pipe, reads, 20)) == 1
    assert [each.passes for each in pipe.read_points] == [1, 1]


def test_a_pass_that_waits_for_its_neighbour_is_found_again_after_a_crash() -> None:
    """The load is through, and door-2 is still busy with one of its own; then the power goes."""
    load = heard(CASES[:3], {"door-1": 0, "door-2": 12})
    busy = heard(CASES[3:4], {"door-2": 0}, 5.0)
    after = heard(CASES[4:], {"door-1": 0}, 10.0)
    reads = list(tag_reads(sorted([*load, *busy, *after], key=lambda each: each.at_us)))
    whole = pipeline()
    expected = said(whole, reads, 0, len(reads)) + silence(whole, reads, 20)
    assert len(expected) == 3

    for cut in range(0, len(reads), 37):
        pipe = pipeline()
        before = said(pipe, reads, 0, cut)
        resume = pipe.resume()
        again = pipeline()
        for each in again.read_points:
            each.start(resume[each.name], {})
        rest = said(again, reads, min(resume.values()), len(reads)) + silence(again, reads, 20)
        assert set(before) | set(rest) == set(expected), cut


def while_the_neighbour_is_busy() -> tuple[Pipeline, list[TagRead]]:
    """The load was through at 6 s, and now it is 9.5 s; the neighbour's is, from 4 s to 10 s."""
    load = heard(CASES, {"door-1": 0})
    busy = [each for each in heard(CASES[:1], {"door-2": 12}, 4.0)]
    reads = list(tag_reads(sorted([*load, *busy], key=lambda each: each.at_us)))
    now_us = START_US + 9_500_000
    reads = [each for each in reads if each.last_us < now_us]
    pipe = pipeline()
    assert said(pipe, reads, 0, len(reads)) == []
    assert pipe.tick(len(reads), now_us, {}) == []
    assert not pipe.read_points[0].machine.is_open
    return pipe, reads


def test_while_a_pass_waits_no_checkpoint_forgets_it() -> None:
    pipe, reads = while_the_neighbour_is_busy()

    pipe.checkpoint(len(reads))
    pipe.checkpoint(len(reads))

    assert pipe.resume()["door-1"] == 0


def test_a_clock_that_is_set_lets_nothing_wait() -> None:
    pipe, reads = while_the_neighbour_is_busy()

    said = pipe.feed(len(reads), ClockStepped(START_US, -86_400 * SECOND_US))

    assert len(events(said)) == 1
