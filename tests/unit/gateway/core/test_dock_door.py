"""How a door decides. Each scene is plain geometry: see tests.unit.gateway.core.scenes."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from drivers.base import GpiChange, LinkChange
from gateway.core import dock_door
from gateway.core.dock_door import DockDoor
from gateway.core.identify import Role, Sighting, Thing
from gateway.core.judgement import Pass, Verdict
from tests.unit.gateway.core.scenes import (
    INNER,
    OUTER,
    PLAN,
    START_US,
    line,
    run,
    seen,
    still,
    thing,
    walk,
)
from wire.reason import Reason

CASES = [thing(f"case-{n}") for n in range(1, 6)]
PALLET = thing("pallet", Role.CONTAINER)
STRAY = thing("stray")


def judged(closed: Pass) -> dict[str, tuple[str, Reason | None]]:
    return {
        tag.thing.key.removeprefix("urn:test:"): (tag.verdict.value, tag.reason)
        for tag in closed.tags
    }


def at(elapsed_s: float) -> int:
    return START_US + round(elapsed_s * 1e6)


# -- one walk -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("way", "direction"), [((-4, 4), "in"), ((4, -4), "out")])
def test_a_pallet_that_walks_through_moved_one_way(way: tuple[int, int], direction: str) -> None:
    load = [PALLET, *CASES]
    reads = [s for n, tag in enumerate(load) for s in walk(tag, line(*way, 6), n * 0.01)]

    (closed,) = run(DockDoor(PLAN), reads)

    assert closed.direction == direction
    assert closed.confidence == 1.0
    assert closed.ended == "silence"
    assert judged(closed) == {
        "pallet": ("moved", None),
        **{f"case-{n}": ("moved", None) for n in range(1, 6)},
    }


def test_a_door_hears_its_antennas_and_takes_nothing_else_into_account() -> None:
    door = DockDoor(PLAN)

    assert (door.name, door.sources) == (PLAN.name, PLAN.inner | PLAN.outer)
    assert door.devices == {"dock-1"}
    door.recall({"of": "an earlier version"})
    assert door.notice(GpiChange("dock-1", START_US, 1, high=True)) == []
    assert door.advance(START_US) == []
    assert (door.clock_us, door.since_us, door.changes()) == (START_US, START_US, {})
    door.observe(seen(STRAY, INNER[0], 1.0))
    assert door.changes() == {"listens_us": START_US + 1_000_000}
    assert door.changes() == {}


def test_a_pass_closes_when_its_tags_are_silent_for_idle() -> None:
    door = DockDoor(PLAN)
    run(door, walk(CASES[0], line(-4, 4, 6)), then_s=None)

    assert door.advance(at(5.97 + 2.99)) == []
    assert door.is_open
    assert len(door.advance(at(5.97 + 3.0))) == 1
    assert not door.is_open


def test_two_walks_are_two_passes() -> None:
    reads = [*walk(CASES[0], line(-4, 4, 6)), *walk(CASES[1], line(4, -4, 6), 10)]

    assert [closed.direction for closed in run(DockDoor(PLAN), reads)] == ["in", "out"]


def test_a_tag_that_is_read_again_at_once_belongs_to_its_pass() -> None:
    """Read on for 8 s after it crossed: within visit_gap_s it is the same visit to the door."""
    door = DockDoor(PLAN)
    assert len(run(door, walk(CASES[0], line(-4, 4, 6)))) == 1

    assert run(door, walk(CASES[0], line(4, 3, 2), 14.0)) == []


def test_a_tag_that_comes_back_after_the_gap_is_judged_anew() -> None:
    door = DockDoor(PLAN)
    run(door, walk(CASES[0], line(-4, 4, 6)))

    (back,) = run(door, walk(CASES[0], line(4, -4, 6), 16.0))

    assert back.direction == "out"


# -- what is not a walk ---------------------------------------------------------------------------


def test_who_turns_back_in_the_door_is_for_review() -> None:
    (closed,) = run(DockDoor(PLAN), walk(CASES[0], [*line(-4, 0, 4), *line(0, -4, 4)]))

    assert closed.direction == "unknown"
    assert judged(closed) == {"case-1": ("uncertain", Reason.DIRECTION_UNKNOWN)}


def test_strays_say_nothing() -> None:
    assert run(DockDoor(PLAN), still(STRAY, 3.0, 60)) == []


def test_a_stray_does_not_keep_a_pass_open() -> None:
    door = DockDoor(PLAN)
    reads = [*still(STRAY, 3.0, 60), *walk(CASES[0], line(-4, 4, 6), 20)]

    (closed,) = run(door, (s for s in reads if s.at_us <= at(40)), then_s=None)

    assert closed.direction == "in"
    assert judged(closed) == {"case-1": ("moved", None), "stray": ("stray", None)}


def test_strays_neither_open_nor_hold_a_pass() -> None:
    door = DockDoor(PLAN)
    now_and_then = [seen(thing(f"stray-{n % 40}"), OUTER[0], at_s=0.5 * n) for n in range(200)]

    for sighting in now_and_then:
        assert door.observe(sighting) == []
        assert not door.is_open


def test_a_few_reads_on_one_side_and_then_the_other_open_no_pass() -> None:
    """The reader asks one side after the other: for a moment that looks like a way."""
    door = DockDoor(PLAN)
    early = [seen(STRAY, OUTER[0], at_s=0.01 * n) for n in range(4)]
    late = [seen(STRAY, INNER[0], at_s=0.1 + 0.01 * n) for n in range(4)]
    run(door, [*early, *late], then_s=None)

    assert not door.is_open


def test_a_tag_that_looked_restless_for_a_moment_opens_no_pass_for_long() -> None:
    door = DockDoor(PLAN)
    sides = (INNER[0], OUTER[0])
    moment = [seen(STRAY, sides[n % 2], 0.03 * n, -60 + 6 * (n // 2 % 2)) for n in range(16)]
    run(door, moment, then_s=None)
    assert door.is_open

    assert run(door, still(STRAY, 3.0, 8, 0.5), then_s=None) == []

    assert not door.is_open


def test_a_few_such_reads_beside_a_walk_leave_the_pass_to_it() -> None:
    early = [seen(STRAY, OUTER[0], at_s=3.0 + 0.01 * n) for n in range(4)]
    late = [seen(STRAY, INNER[0], at_s=3.1 + 0.01 * n) for n in range(4)]
    reads = [*early, *late, *still(STRAY, 3.0, 4, 3.2), *walk(CASES[0], line(-4, 4, 6))]

    (closed,) = run(DockDoor(PLAN), reads)

    assert judged(closed) == {"case-1": ("moved", None), "stray": ("stray", None)}


def test_a_tag_that_was_here_long_before_the_pass_is_not_of_it() -> None:
    reads = [seen(STRAY, OUTER[0], at_s=-60.0), *walk(CASES[0], line(-4, 4, 6))]

    (closed,) = run(DockDoor(PLAN), reads)

    assert judged(closed) == {"case-1": ("moved", None)}


def test_a_stray_beside_a_walk_is_a_stray() -> None:
    reads = [*still(STRAY, 2.0, 6), *walk(CASES[0], line(-4, 4, 6))]

    (closed,) = run(DockDoor(PLAN), reads)

    assert judged(closed) == {"stray": ("stray", None), "case-1": ("moved", None)}


def test_a_tag_with_too_few_reads_is_uncertain_in_a_pass_that_moved() -> None:
    reads = [seen(STRAY, OUTER[0], at_s=2.0), *walk(CASES[0], line(-4, 4, 6))]

    (closed,) = run(DockDoor(PLAN), reads)

    assert judged(closed) == {
        "case-1": ("moved", None),
        "stray": ("uncertain", Reason.EVIDENCE_UNCERTAIN),
    }


def test_a_tag_that_stayed_when_an_earlier_pass_was_over_is_a_stray() -> None:
    door = DockDoor(PLAN)
    now_and_then = [seen(STRAY, OUTER[0], at_s=n) for n in (2.0, 12.0, 16.0, 22.0)]
    walks = [*walk(CASES[0], line(-4, 4, 6)), *walk(CASES[1], line(-4, 4, 6), 20)]

    first, second = run(door, [*now_and_then, *walks])

    assert judged(first)["stray"] == ("uncertain", Reason.EVIDENCE_UNCERTAIN)
    assert judged(second)["stray"] == ("stray", None)


@pytest.mark.parametrize("again_s", [19.5, 22.0])
def test_a_tag_that_is_heard_only_when_something_passes_is_uncertain_each_time(
    again_s: float,
) -> None:
    """It may be hardly readable, and have gone in with the one pass and out with the other."""
    heard = [seen(STRAY, OUTER[0], at_s=2.0), seen(STRAY, OUTER[0], at_s=again_s)]
    late = [seen(STRAY, OUTER[0], at_s=24.0)] if again_s < 20 else []
    walks = [*walk(CASES[0], line(-4, 4, 6)), *walk(CASES[1], line(4, -4, 6), 19)]

    first, second = run(DockDoor(PLAN), [*heard, *late, *walks])

    assert judged(first)["stray"] == ("uncertain", Reason.EVIDENCE_UNCERTAIN)
    assert judged(second)["stray"] == ("uncertain", Reason.EVIDENCE_UNCERTAIN)


def test_a_tag_that_waited_before_the_pass_may_have_gone_with_it() -> None:
    """A pallet is staged before the door; one of its tags is hardly heard."""
    door = DockDoor(PLAN)
    waiting = [seen(STRAY, OUTER[0], at_s=10.0 * n) for n in range(6)]
    reads = [*waiting, *walk(CASES[0], line(-4, 4, 6), 60), seen(STRAY, OUTER[0], at_s=62.0)]

    (closed,) = run(door, reads)

    assert judged(closed)["stray"] == ("uncertain", Reason.EVIDENCE_UNCERTAIN)


def test_a_burst_of_equal_reads_is_no_proof_of_rest() -> None:
    burst = [seen(STRAY, OUTER[0], at_s=2.0 + 0.01 * n) for n in range(12)]

    (closed,) = run(DockDoor(PLAN), [*burst, *walk(CASES[0], line(-4, 4, 6))])

    assert judged(closed)["stray"] == ("uncertain", Reason.EVIDENCE_UNCERTAIN)


def test_a_tag_with_too_few_reads_is_nothing_where_there_is_no_direction() -> None:
    turning = walk(CASES[0], [*line(-4, 0, 4), *line(0, -4, 4)])

    (closed,) = run(DockDoor(PLAN), [*turning, seen(STRAY, OUTER[0], at_s=2.0)])

    assert judged(closed) == {
        "case-1": ("uncertain", Reason.DIRECTION_UNKNOWN),
        "stray": ("stray", None),
    }


def test_a_restless_tag_that_stays_did_not_go_with_the_others() -> None:
    """People walk before a stack that stands at the door: its level wanders, for minutes."""
    door = DockDoor(PLAN)
    wandering = [*(line(-2, -1.8, 0.5) + line(-1.8, -2, 0.5)) * 20]
    reads = [*walk(STRAY, wandering, antennas=OUTER), *walk(CASES[0], line(-4, 4, 6), 5)]

    (closed,) = run(door, (s for s in reads if s.at_us <= at(18)), then_s=None)

    assert closed.direction == "in"
    assert judged(closed) == {"case-1": ("moved", None), "stray": ("stray", None)}


def test_a_restless_tag_that_left_with_the_others_is_uncertain() -> None:
    wandering = [*(line(-2, -1.8, 0.5) + line(-1.8, -2, 0.5)) * 4]
    reads = [*walk(STRAY, wandering, 1.0, antennas=OUTER), *walk(CASES[0], line(-4, 4, 6))]

    (closed,) = run(DockDoor(PLAN), reads)

    assert judged(closed)["stray"] == ("uncertain", Reason.EVIDENCE_UNCERTAIN)


def test_a_restless_tag_with_few_reads_that_was_shifted_like_the_others_moved() -> None:
    """One look on each side proves nothing, but it is not alone."""
    few = [
        *(seen(STRAY, OUTER[0], 1.0 + 0.01 * n, -60 + 6 * (n % 2)) for n in range(8)),
        *(seen(STRAY, INNER[0], 4.0 + 0.01 * n, -60 + 6 * (n % 2)) for n in range(8)),
    ]

    (closed,) = run(DockDoor(PLAN), [*few, *walk(CASES[0], line(-4, 4, 6))])

    tag = next(tag for tag in closed.tags if tag.thing == STRAY)
    assert not tag.visit.is_shifted
    assert tag.visit.is_restless
    assert tag.verdict is Verdict.MOVED


def test_a_tag_that_went_against_the_others_is_uncertain() -> None:
    reads = [s for tag in CASES[:4] for s in walk(tag, line(-4, 4, 6))]
    against = walk(CASES[4], line(4, -4, 6))

    (closed,) = run(DockDoor(PLAN), [*reads, *against])

    assert closed.direction == "in"
    assert closed.confidence == pytest.approx(0.8, abs=0.05)
    assert judged(closed)["case-5"] == ("uncertain", Reason.EVIDENCE_UNCERTAIN)
    assert judged(closed)["case-1"] == ("moved", None)


def test_movement_on_one_side_only_goes_no_way() -> None:
    (closed,) = run(DockDoor(PLAN), walk(CASES[0], line(-4, 4, 6), antennas=OUTER))

    assert closed.direction == "unknown"
    assert judged(closed) == {"case-1": ("uncertain", Reason.DIRECTION_UNKNOWN)}


def test_a_tag_that_stood_still_and_starts_to_move_takes_part() -> None:
    """A pallet stands near the door for a minute, and then goes out."""
    door = DockDoor(PLAN)
    run(door, still(CASES[0], 3.0, 60), then_s=None)
    assert not door.is_open

    (closed,) = run(door, walk(CASES[0], line(3, -5, 6), 60.0))

    assert closed.direction == "out"
    assert judged(closed) == {"case-1": ("moved", None)}


def test_what_stays_in_the_door_is_dwelling() -> None:
    """It comes in and goes to and fro in the doorway for longer than a pass may take."""
    to_and_fro = [*line(-4, 0, 4), *(line(-0.3, 0.3, 2) + line(0.3, -0.3, 2)) * 40]
    door = DockDoor(PLAN)

    (closed,) = run(door, (s for s in walk(CASES[0], to_and_fro)), then_s=None)

    assert closed.ended == "too_long"
    assert judged(closed) == {"case-1": ("uncertain", Reason.DWELLING)}


def test_a_carton_of_labels_is_not_stock() -> None:
    door = DockDoor(replace(PLAN, tags_max=4))
    reads = [s for tag in CASES for s in walk(tag, line(-4, 4, 6))]

    (closed,) = run(door, [*reads, *still(STRAY, 2.0, 6)])

    assert judged(closed) == {
        "stray": ("stray", None),
        **{f"case-{n}": ("uncertain", Reason.TOO_MANY_TAGS) for n in range(1, 6)},
    }


def test_who_stays_casts_doubt_on_those_who_came_with_it_and_on_no_others() -> None:
    """A load that is gone, and one of which half is still heard when the pass is too long."""
    door = DockDoor(replace(PLAN, pass_max_us=12_000_000))
    gone, silent, here = CASES[:3]
    reads = [
        *walk(gone, line(-4, 4, 4)),
        *walk(silent, line(-4, 1, 2), 4.5),
        *walk(here, [*line(-4, 1, 2), *line(1, 1.5, 6)], 4.51),
    ]

    assert run(door, (s for s in reads if s.at_us < at(12)), then_s=None) == []
    (closed,) = door.advance(at(12))

    assert closed.ended == "too_long"
    assert judged(closed) == {
        "case-1": ("moved", None),
        "case-2": ("uncertain", Reason.DWELLING),
        "case-3": ("uncertain", Reason.DWELLING),
    }


def test_more_tags_than_a_pass_keeps_are_for_review(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dock_door, "MEMBERS_MAX", 3)
    door = DockDoor(PLAN)
    reads = [s for n, tag in enumerate(CASES) for s in walk(tag, line(-4, 4, 6), n * 0.01)]
    passes = run(door, reads, then_s=None)
    assert passes == []
    assert door._open is not None
    assert len(door._open.tags) == 3

    (closed,) = door.advance(at(10))

    assert judged(closed) == {f"case-{n}": ("uncertain", Reason.TOO_MANY_TAGS) for n in range(1, 6)}


# -- stops and returns ----------------------------------------------------------------------------

STOPS_M = [-1.5, -0.5, 0.0, 0.5, 1.5]


def stopping(at_m: float, stop_s: float, end_m: float, stay_m: float = -4.0) -> list[Sighting]:
    """Two cases from outside to a place, a stop there, and then to `end_m`, 2.5 s each way."""
    return [
        sighting
        for n, tag in enumerate(CASES[:2])
        for sighting in (
            *walk(tag, line(stay_m, at_m, 2.5), n * 0.013),
            *still(tag, at_m, stop_s, n * 0.013 + 2.5),
            *walk(tag, line(at_m, end_m, 2.5), n * 0.013 + 2.5 + stop_s),
        )
    ]


def moved_ways(passes: list[Pass]) -> set[str]:
    return {closed.direction for closed in passes if closed.of(Verdict.MOVED)}


@pytest.mark.parametrize("stop_s", [2, 5, 20, 90, 200])
@pytest.mark.parametrize("at_m", STOPS_M)
def test_a_pallet_that_goes_in_waits_and_comes_back_out_did_not_move(
    at_m: float, stop_s: float
) -> None:
    passes = run(DockDoor(PLAN), stopping(at_m, stop_s, -4))

    assert moved_ways(passes) == set()
    assert any(closed.of(Verdict.UNCERTAIN) for closed in passes)


@pytest.mark.parametrize("stop_s", [2, 5, 20, 90, 200])
@pytest.mark.parametrize("at_m", STOPS_M)
def test_a_pallet_that_waits_in_the_door_and_goes_on_went_in_or_is_for_review(
    at_m: float, stop_s: float
) -> None:
    passes = run(DockDoor(PLAN), stopping(at_m, stop_s, 4))

    assert moved_ways(passes) <= {"in"}
    assert any(closed.of(Verdict.UNCERTAIN) or closed.of(Verdict.MOVED) for closed in passes)
    if stop_s <= 5:
        assert moved_ways(passes) == {"in"}


@pytest.mark.parametrize("end_m", [-4, 4])
def test_an_hour_in_the_doorway_is_for_review_and_no_movement_after_it(end_m: float) -> None:
    first, *again = run(DockDoor(PLAN), stopping(0.5, 3600, end_m))

    assert judged(first) == {f"case-{n}": ("uncertain", Reason.DWELLING) for n in (1, 2)}
    assert moved_ways(again) == set()


@pytest.mark.parametrize("slow_in", [True, False])
def test_who_comes_at_one_speed_and_leaves_at_another_did_not_move(slow_in: bool) -> None:
    """Most power is heard on the slow way; but both ends are outside."""
    there, back = (6, 1.5) if slow_in else (1.5, 6)
    turning = [*line(-4, 1, there), *line(1, -4, back)]

    (closed,) = run(DockDoor(PLAN), walk(CASES[0], turning))

    assert abs(closed.shift) > 0.4
    assert judged(closed) == {"case-1": ("uncertain", Reason.DIRECTION_UNKNOWN)}


def test_tags_that_were_heard_on_the_way_in_alone_do_not_decide_for_a_load_that_turned() -> None:
    turning = [*line(-4, 1, 4), *line(1, -4, 4)]
    reads = [s for n, tag in enumerate(CASES[:4]) for s in walk(tag, turning, n * 0.01)]

    (closed,) = run(DockDoor(PLAN), [*reads, *walk(CASES[4], line(-4, 1, 4))])

    assert closed.direction == "unknown"
    assert {verdict for verdict, _ in judged(closed).values()} == {"uncertain"}


def test_a_pallet_that_returns_before_it_was_away_is_for_review_with_all_that_came_along() -> None:
    """It was booked in, stood in a corner that no antenna hears for 5 s, and goes out again."""
    door = DockDoor(PLAN)
    assert moved_ways(run(door, walk(CASES[0], line(-4, 4, 6)))) == {"in"}
    reads = [*walk(CASES[0], line(4, -4, 6), 11.0), *walk(CASES[1], line(4, -4, 6), 11.01)]

    (closed,) = run(door, reads)

    assert judged(closed) == {f"case-{n}": ("uncertain", Reason.DIRECTION_UNKNOWN) for n in (1, 2)}


def test_a_pallet_that_goes_on_the_way_it_was_booked_is_not_said_again() -> None:
    door = DockDoor(PLAN)
    assert len(run(door, walk(CASES[0], line(-4, 4, 6)))) == 1

    assert run(door, walk(CASES[0], line(-4, 4, 6), 11.0)) == []


def test_a_tag_that_stood_with_its_load_in_the_door_is_judged_by_the_whole_of_it() -> None:
    """It looked restless on the way in only, and then stood for 12 s with the others."""
    restless = [seen(STRAY, OUTER[0], 1 + 0.05 * n, -60 + 6 * (n % 2)) for n in range(20)]
    stood = [s for s in still(STRAY, 1.5, 12, 2.5) if s.antenna in OUTER]
    gone = [seen(STRAY, OUTER[0], 14.6, -60)]

    (closed,) = run(DockDoor(PLAN), [*stopping(1.5, 12, 4), *restless, *stood, *gone])

    assert moved_ways([closed]) == {"in"}
    tag = next(tag for tag in closed.tags if tag.thing == STRAY)
    assert tag.visit.first_us == at(1)
    assert tag.verdict is Verdict.UNCERTAIN


# -- readers that come and go --------------------------------------------------------------------


def test_a_door_waits_for_what_its_reader_held() -> None:
    """Half the walk is heard, the link is lost for a minute, the rest comes late."""
    door = DockDoor(PLAN)
    reads = list(walk(CASES[0], line(-4, 4, 6)))
    run(door, reads[:75], then_s=None)
    assert door.link(LinkChange("dock-1", at(3.1), up=False)) == []
    assert door.advance(at(60)) == []

    for read in reads[75:]:
        assert door.observe(read) == []
    assert door.link(LinkChange("dock-1", at(63), up=True, held=True)) == []
    (closed,) = door.advance(at(63.1))

    assert closed.direction == "in"
    assert judged(closed) == {"case-1": ("moved", None)}
    assert door.blind_us == 0


def test_what_a_reader_held_is_split_into_passes_by_its_own_times() -> None:
    door = DockDoor(PLAN)
    door.link(LinkChange("dock-1", at(0), up=False))
    held = [*walk(CASES[0], line(-4, 4, 6)), *walk(CASES[1], line(4, -4, 6), 12)]

    passes = run(door, held, then_s=None)
    passes += door.link(LinkChange("dock-1", at(60), up=True, held=True))
    passes += door.advance(at(60.1))

    assert [closed.direction for closed in passes] == ["in", "out"]


def test_a_pass_that_was_partly_unseen_is_for_review() -> None:
    door = DockDoor(PLAN)
    run(door, walk(CASES[0], line(-4, 4, 6)), then_s=None)
    door.link(LinkChange("dock-1", at(6), up=False))
    door.link(LinkChange("dock-1", at(10), up=True, held=False))

    (closed,) = door.advance(at(13))

    assert judged(closed) == {"case-1": ("uncertain", Reason.BLIND)}
    assert door.blind_us == 4_000_000


def test_a_reader_that_was_away_between_passes_spoils_none() -> None:
    door = DockDoor(PLAN)
    door.link(LinkChange("dock-1", at(-10), up=False))
    door.link(LinkChange("dock-1", at(-5), up=True))

    (closed,) = run(door, walk(CASES[0], line(-4, 4, 6)))

    assert judged(closed) == {"case-1": ("moved", None)}
    assert door.blind_us == 5_000_000


def test_a_door_does_not_wait_for_ever() -> None:
    door = DockDoor(PLAN)
    run(door, walk(CASES[0], line(-4, 4, 6)), then_s=None)
    door.link(LinkChange("dock-1", at(6), up=False))
    assert door.advance(at(6 + 119)) == []

    (closed,) = door.advance(at(6 + 120))

    assert judged(closed) == {"case-1": ("uncertain", Reason.BLIND)}


def test_another_reader_s_link_is_not_this_door_s() -> None:
    door = DockDoor(PLAN)
    run(door, walk(CASES[0], line(-4, 4, 6)), then_s=None)

    assert door.link(LinkChange("dock-9", at(60), up=False)) == []
    assert len(door.advance(at(60))) == 1


def test_a_second_word_that_a_reader_is_down_changes_nothing() -> None:
    door = DockDoor(PLAN)
    door.link(LinkChange("dock-1", at(0), up=False))
    door.link(LinkChange("dock-1", at(5), up=False))
    door.link(LinkChange("dock-1", at(8), up=True))
    door.link(LinkChange("dock-1", at(9), up=True))

    assert door.blind_us == 8_000_000


def test_what_a_reader_held_belongs_to_the_visit_of_its_time() -> None:
    """One reader a side. The tag is heard again outside while the inner reader is not heard."""
    door = DockDoor(replace(PLAN, inner=frozenset({"b:1"}), outer=frozenset({"a:1"})))
    assert door.link(LinkChange("b", at(-10), up=False)) == []
    outside = [seen(CASES[0], "a:1", n * 0.3, -60 - n % 2 * 3) for n in range(5)]
    held = [seen(CASES[0], "b:1", 1.5 + n * 0.05, -60 - n % 2 * 3) for n in range(30)]
    passes = run(door, [*outside, seen(CASES[0], "a:1", 20.0, -70)], then_s=None)
    passes += run(door, held, then_s=None)
    passes += door.link(LinkChange("b", at(25), up=True, held=True))
    passes += door.advance(at(60))

    (closed,) = passes
    assert closed.direction == "in"
    assert judged(closed) == {"case-1": ("moved", None)}


def test_held_reads_out_of_order_move_the_clock_on_and_not_back() -> None:
    door = DockDoor(PLAN)
    reads = list(walk(CASES[0], line(-4, 4, 6)))
    run(door, reads[:75], then_s=None)
    door.link(LinkChange("dock-1", at(2.3), up=False))
    for read in (*reads[76:], reads[75]):
        assert door.observe(read) == []

    (closed,) = [
        *door.advance(at(9)),
        *door.link(LinkChange("dock-1", at(9), up=True, held=True)),
        *door.advance(at(9.1)),
    ]

    assert judged(closed) == {"case-1": ("moved", None)}


# -- clocks and bounds ---------------------------------------------------------------------------


def test_a_wall_clock_that_is_set_splits_no_pass() -> None:
    door = DockDoor(PLAN)
    reads = list(walk(CASES[0], line(-4, 4, 6)))
    hour_us = 3_600_000_000
    door.link(LinkChange("dock-1", at(-2), up=False))
    door.link(LinkChange("dock-1", at(-1), up=True))
    run(door, [*still(STRAY, 3.0, 16, -13.0), *reads[:75]], then_s=None)
    assert door.is_open

    door.shift_time(hour_us)
    for read in reads[75:]:
        assert door.observe(replace(read, at_us=read.at_us + hour_us)) == []
    (closed,) = door.advance(at(9) + hour_us)

    assert judged(closed) == {"case-1": ("moved", None), "stray": ("stray", None)}


def test_what_passed_is_remembered_across_a_set_clock() -> None:
    door = DockDoor(PLAN)
    run(door, walk(CASES[0], line(-4, 4, 6)))
    door.shift_time(3_600_000_000)

    run(door, [replace(s, at_us=s.at_us + 3_600_000_000) for s in walk(CASES[0], [3.0], 12)])

    assert not door.is_open


def test_memory_of_strays_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dock_door, "REMEMBERED_MAX", 3)
    door = DockDoor(PLAN)
    for n in range(5):
        run(door, [seen(thing(f"stray-{n}"), at_s=10.0 * n)])

    assert list(door._watched) == [f"urn:test:stray-{n}" for n in (2, 3, 4)]


def test_the_devices_of_a_door_are_those_of_its_antennas() -> None:
    assert PLAN.devices == {"dock-1"}
    assert Verdict.MOVED.value == "moved"


@pytest.mark.parametrize("wrong_s", [3600.0, 30.0, -3600.0, -30.0])
@pytest.mark.parametrize("place", [0, 1, 75, 199])
def test_one_wrong_timestamp_spoils_neither_its_pass_nor_those_after(
    place: int, wrong_s: float
) -> None:
    door = DockDoor(PLAN)
    reads = [read for n in range(4) for read in walk(CASES[0], line(-4, 4, 6), n * 20.0)]
    reads[place] = replace(reads[place], at_us=reads[place].at_us + round(wrong_s * 1e6))

    passes = [closed for read in reads for closed in door.observe(read)]
    passes += door.advance(at(100))

    assert [closed.direction for closed in passes] == ["in"] * 4
    assert [judged(closed) for closed in passes] == [{"case-1": ("moved", None)}] * 4
    visits = [closed.tags[0].visit for closed in passes]
    assert all(visit.last_us - visit.first_us < 7_000_000 for visit in visits)


def test_a_visit_begins_anew_where_time_went_back() -> None:
    door = DockDoor(PLAN)
    ahead = [seen(CASES[0], OUTER[0], 3600 + 0.1 * n) for n in range(3)]
    passes = [
        closed
        for read in (*ahead, *walk(CASES[0], line(-4, 4, 6)))
        for closed in door.observe(read)
    ]
    passes += door.advance(at(3700))

    (closed,) = passes
    assert closed.direction == "in"
    assert closed.tags[0].visit.first_us == at(0)


def test_who_was_silent_for_exactly_the_gap_was_away() -> None:
    door = DockDoor(PLAN)
    run(door, walk(CASES[0], line(-4, 4, 6)))

    (back,) = run(door, walk(CASES[0], line(4, -4, 6), 5.97 + 10))

    assert judged(back) == {"case-1": ("moved", None)}


def test_a_late_report_does_not_make_a_tag_that_passed_older() -> None:
    door = DockDoor(PLAN)
    run(door, walk(CASES[0], line(-4, 4, 6)))
    for elapsed_s in (12.0, 11.0):
        run(door, [seen(CASES[0], INNER[0], elapsed_s)], then_s=0)

    (back,) = run(door, walk(CASES[0], line(4, -4, 6), 21.5))

    assert judged(back) == {"case-1": ("uncertain", Reason.DIRECTION_UNKNOWN)}


def test_a_pass_begins_with_the_first_read_of_any_that_takes_part() -> None:
    """The one that shows movement later was heard earlier; a third was heard between."""
    early = [seen(CASES[1], OUTER[0], 0.3 + 0.4 * n, -60 - n % 2 * 3) for n in range(8)]
    late = [seen(CASES[1], INNER[0], 6.2 + 0.4 * n, -60 - n % 2 * 3) for n in range(8)]
    bridge = [seen(CASES[1], OUTER[1], 3.5 + 0.5 * n, -70) for n in range(5)]
    reads = [*early, *bridge, *late, *walk(CASES[0], line(-4, 4, 4), 2.0)]

    (closed,) = run(DockDoor(PLAN), [*reads, seen(STRAY, OUTER[0], 1.0)])

    assert judged(closed) == {
        "case-1": ("moved", None),
        "case-2": ("moved", None),
        "stray": ("uncertain", Reason.EVIDENCE_UNCERTAIN),
    }


def test_who_is_heard_first_when_all_are_gone_is_not_of_the_pass() -> None:
    reads = [*walk(CASES[0], line(-4, 4, 6)), seen(STRAY, OUTER[0], 7.0)]

    (closed,) = run(DockDoor(PLAN), reads)

    assert judged(closed) == {"case-1": ("moved", None)}


def test_the_evidence_of_a_walk_after_a_long_rest_is_the_walk_s() -> None:
    reads = [*still(CASES[0], 3.0, 60), *walk(CASES[0], line(3, -5, 6), 60.0)]

    (closed,) = run(DockDoor(PLAN), reads)

    assert closed.tags[0].visit.first_us >= at(50)


def test_a_pass_is_the_same_however_often_the_clock_is_looked_at() -> None:
    reads = [
        *stopping(0.5, 4, 4),
        *still(STRAY, 3.0, 30),
        *walk(CASES[2], line(4, -4, 6), 20.0),
        *(seen(thing("rare"), INNER[0], 2.0 + 3.5 * n) for n in range(9)),
    ]
    often = DockDoor(PLAN)
    passes = []
    now_s = 0.0
    for read in sorted(reads, key=lambda each: each.at_us):
        while at(now_s) < read.at_us:
            passes += often.advance(at(now_s))
            now_s += 0.1
        passes += often.observe(read)

    assert run(DockDoor(PLAN), reads, then_s=40) == [*passes, *often.advance(at(70))]


def test_the_longest_unseen_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dock_door, "REMEMBERED_MAX", 2)
    door = DockDoor(PLAN)
    run(door, walk(CASES[0], line(-4, 4, 6)))
    run(door, [seen(STRAY, INNER[0], 12.0)])
    run(door, [seen(CASES[0], INNER[0], 13.0)])
    run(door, [seen(thing("other"), INNER[0], 14.0)])

    assert list(door._watched) == ["urn:test:case-1", "urn:test:other"]


# -- a load and its company ---------------------------------------------------------------------

LISTENED_S = 101.0  # since then what was never heard was not here
LOAD = [thing(f"load-{n}") for n in range(5)]


def glimpses(what: Thing, *at: tuple[str, float, float]) -> list[Sighting]:
    """A few reads: antenna, second of the walk, dBm."""
    return [seen(what, antenna, LISTENED_S + at_s, dbm) for antenna, at_s, dbm in at]


def a_load(load: Sequence[Thing] = LOAD, start_s: float = LISTENED_S) -> list[Sighting]:
    """A pallet as long as is walked in a second, with tags that lie better and worse."""
    return [
        replace(s, rssi_dbm=(s.rssi_dbm or 0.0) - 5 * number)
        for number, what in enumerate(load)
        for s in walk(what, line(-4, 4, 6), start_s + number / (len(load) - 1))
    ]


def in_load(
    few: Iterable[Sighting], *, load: Sequence[Thing] = LOAD, before: Iterable[Sighting] = ()
) -> tuple[Verdict, Reason | None]:
    """What is said of case-1, which was heard a few times while a load went by."""
    others = a_load(load)
    first = [seen(STRAY, INNER[0], at_s / 2) for at_s in range(10)]
    (door_pass,) = run(DockDoor(PLAN), [*first, *before, *others, *few])
    (tag,) = [tag for tag in door_pass.tags if tag.thing == CASES[0]]
    assert {each.verdict for each in door_pass.tags if each.thing in load} == {Verdict.MOVED}
    return tag.verdict, tag.reason


FEW = (OUTER[0], 2.7, -50.0), (INNER[0], 4.3, -50.0)
MOVED = Verdict.MOVED, None
UNCERTAIN = Verdict.UNCERTAIN, Reason.EVIDENCE_UNCERTAIN


@pytest.mark.parametrize("few", [FEW, FEW[:1], FEW[1:]])
def test_a_tag_that_is_heard_once_or_twice_with_the_load_alone_came_with_it(
    few: Sequence[tuple[str, float, float]],
) -> None:
    assert in_load(glimpses(CASES[0], *few)) == MOVED


def test_one_that_was_heard_here_before_may_stand_here() -> None:
    before = [seen(CASES[0], INNER[0], 80.0, -50.0)]

    assert in_load(glimpses(CASES[0], *FEW), before=before) == UNCERTAIN


def test_one_that_passed_and_is_heard_again_may_stand_here() -> None:
    """It went in with an earlier load, and was put down where it is hardly heard."""
    earlier = [s for what in CASES for s in walk(what, line(-4, 4, 6), 20.0)]
    first = [seen(STRAY, INNER[0], at_s / 2) for at_s in range(10)]
    few = glimpses(CASES[0], *FEW)
    passes = run(DockDoor(PLAN), [*first, *earlier, *a_load(), *few])

    assert [tag.verdict for tag in passes[-1].tags if tag.thing == CASES[0]] == [Verdict.UNCERTAIN]


@pytest.mark.parametrize(
    "few",
    [
        [(OUTER[0], 4.9, -50.0)],  # its outer side hears no load any more
        [(INNER[0], 0.3, -50.0)],
        [FEW[0], (INNER[0], 5.8, -50.0)],
    ],
)
def test_one_that_a_side_heard_when_it_heard_no_load_is_for_a_person(
    few: Sequence[tuple[str, float, float]],
) -> None:
    assert in_load(glimpses(CASES[0], *few)) == UNCERTAIN


def test_one_that_is_weaker_than_all_of_the_load_is_for_a_person() -> None:
    """What stands here and was never heard is heard by way of the load, from farther off."""
    few = [(antenna, at_s, -70.0) for antenna, at_s, _ in FEW]

    assert in_load(glimpses(CASES[0], *few)) == UNCERTAIN


def test_one_that_is_known_to_have_stood_did_not_come_with_it() -> None:
    stood = [seen(CASES[0], OUTER[0], LISTENED_S + 1 + tenth / 10, -50.0) for tenth in range(40)]

    assert in_load(stood) == (Verdict.STRAY, None)


def test_a_load_of_a_few_says_too_little_of_its_company() -> None:
    assert in_load(glimpses(CASES[0], *FEW), load=LOAD[:4]) == UNCERTAIN


def test_a_door_that_has_just_begun_to_listen_does_not_know_who_stands_there() -> None:
    (door_pass,) = run(DockDoor(PLAN), [*a_load(), *glimpses(CASES[0], *FEW)])

    assert [(t.verdict, t.reason) for t in door_pass.tags if t.thing == CASES[0]] == [UNCERTAIN]


def test_after_a_crash_it_knows_how_long_it_listened() -> None:
    door = DockDoor(PLAN)
    door.recall({"listens_us": START_US})
    (door_pass,) = run(door, [*a_load(), *glimpses(CASES[0], *FEW)])

    assert [(t.verdict, t.reason) for t in door_pass.tags if t.thing == CASES[0]] == [MOVED]


def test_a_clock_that_is_set_does_not_make_a_door_forget_how_long_it_listened() -> None:
    door = DockDoor(PLAN)
    run(door, [seen(STRAY, INNER[0], at_s / 2) for at_s in range(10)], then_s=None)
    door.shift_time(3600 * 1_000_000)
    moved = a_load(start_s=3600.0 + 30.0)
    few = [replace(s, at_us=s.at_us + (3600 - 71) * 1_000_000) for s in glimpses(CASES[0], *FEW)]
    (door_pass,) = run(door, [*moved, *few])

    assert [(t.verdict, t.reason) for t in door_pass.tags if t.thing == CASES[0]] == [UNCERTAIN]
