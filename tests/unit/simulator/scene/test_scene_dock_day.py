"""Days at a dock door: what comes by, what goes wrong, and what is true of it."""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from simulator.scene.dock import DockScene, DockSettings
from simulator.scene.dock_day import DAY_PLANS, DayPlan, DockDay
from simulator.scene.door import SceneRead
from simulator.scene.goods import Packer
from simulator.scene.host import Heard, HeardClock, HeardLink, HeardRead
from simulator.scene.motion import straight

SMALL = DayPlan("straight", loads=2, cases=(20, 24), strays=(6, 6), speed_m_s=(2.0, 3.0))


def played(day: DockDay, step_s: float = 1.0) -> tuple[list[SceneRead], list[Heard]]:
    at_s, reads, heard = 0.0, list[SceneRead](), list[Heard]()
    while at_s < day.end_s:
        at_s = min(at_s + step_s, day.end_s)
        made, told = day.step(at_s)
        reads += [read for door in day.doors for read in made[door.name]]
        heard += told
    return reads, heard


def test_a_seed_is_one_day_whatever_steps_it_is_asked_in() -> None:
    long, short = DockDay(SMALL, Random(3)), DockDay(SMALL, Random(3))

    assert played(long, 5.0) == played(short, 0.3)
    assert long.truth() == short.truth()


def test_another_seed_is_another_day() -> None:
    assert DockDay(SMALL, Random(3)).truth() != DockDay(SMALL, Random(4)).truth()


def test_all_that_gave_a_read_is_readable_and_nothing_else() -> None:
    day = DockDay(SMALL, Random(3))
    reads, heard = played(day)
    keys = {thing.epc: thing.key for thing in day.things}
    given = {keys[read.epc] for read in reads}

    assert {key for journey in day.truth() for key in journey.readable} | day.heard_strays == given
    assert [each.read for each in heard if isinstance(each, HeardRead)] == reads


def test_a_dead_tag_is_never_read() -> None:
    day = DockDay(replace(SMALL, dead_share=(1.0, 1.0)), Random(3))

    assert played(day)[0] == []
    assert [journey.readable for journey in day.truth()] == [(), ()]


def test_a_dead_antenna_hears_nothing() -> None:
    reads, _ = played(DockDay(replace(SMALL, dead_antenna=True), Random(3)))

    assert len({read.antenna for read in reads}) == 3


def test_a_reader_gives_no_more_reads_than_it_can() -> None:
    reads, _ = played(DockDay(replace(SMALL, reads_per_s=(200, 200)), Random(3)))
    a_second = Counter(int(read.at_s) for read in reads)

    assert 100 < max(a_second.values()) <= 200


def test_in_session_1_a_tag_that_was_read_is_silent_for_half_a_second_at_least() -> None:
    reads, _ = played(DockDay(replace(SMALL, session=1), Random(3)))
    last_s: dict[bytes, float] = {}
    for read in reads:
        assert read.at_s - last_s.get(read.epc, -9.0) >= 0.5
        last_s[read.epc] = read.at_s

    assert len(last_s) > 20


def test_who_turned_back_went_no_way() -> None:
    day = DockDay(replace(SMALL, way="turn_back"), Random(3))

    assert [journey.direction for journey in day.truth()] == [None, None]
    assert not any(journey.clean for journey in day.truth())


def test_every_other_forklift_is_empty() -> None:
    day = DockDay(replace(SMALL, way="empty", loads=4), Random(3))

    assert [bool(journey.things) for journey in day.truth()] == [False, True, False, True]


def test_two_loads_follow_each_other_within_seconds() -> None:
    first, second = DockDay(replace(SMALL, way="close"), Random(3)).truth()

    assert 3.0 <= second.start_s - first.start_s <= 6.0
    assert second.direction == first.direction


def test_a_neighbour_hears_a_load_that_goes_no_way_there() -> None:
    day = DockDay(replace(SMALL, doors=2, loads=4), Random(3))
    played(day)
    by_load: dict[int, list[str | None]] = {}
    for journey in day.truth():
        by_load.setdefault(journey.n, []).append(journey.direction)

    assert all(ways.count(None) == 1 for ways in by_load.values())
    assert all(journey.readable for journey in day.truth())


def test_a_clock_is_set_once_between_the_reads_of_before_and_after() -> None:
    day = DockDay(replace(SMALL, clock_step_s=(100.0, 100.0)), Random(3))
    _, heard = played(day)
    place = next(n for n, each in enumerate(heard) if isinstance(each, HeardClock))
    set_at_s = day.clock.steps[0].at_us / 1e6
    before, after = heard[:place], heard[place + 1 :]

    assert all(isinstance(each, HeardRead) and each.read.at_s < set_at_s for each in before)
    assert all(isinstance(each, HeardRead) and each.read.at_s >= set_at_s for each in after)
    assert before and after


def test_a_lost_link_comes_back_and_nothing_is_lost() -> None:
    day = DockDay(replace(SMALL, outage_s=(5.0, 5.0)), Random(3))
    reads, heard = played(day)

    assert [each.up for each in heard if isinstance(each, HeardLink)] == [False, True]
    assert [each.read for each in heard if isinstance(each, HeardRead)] == reads


@pytest.mark.parametrize("kind", DAY_PLANS)
def test_every_kind_of_day_has_loads(kind: str) -> None:
    day = DockDay(DAY_PLANS[kind], Random(1))

    assert len({journey.n for journey in day.truth()}) == DAY_PLANS[kind].loads


def test_a_load_cannot_come_when_that_is_over() -> None:
    scene = DockScene("dock-1", Random(1), [], DockSettings())
    scene.step(2_000_000)

    with pytest.raises(ValueError, match=r"door dock-1: 1.0 s is over"):
        scene.bring(1, "straight", straight(1_000_000, "in", 1.0), None, 0.0, clean=True)


def test_a_load_in_the_way_takes_from_what_a_stray_is_heard_at() -> None:
    strays = [Packer(Random(1)).any_case() for _ in range(1)]

    def reads(empty: bool) -> int:
        scene = DockScene("dock-1", Random(7), strays, DockSettings(dead_share=0.0))
        if empty:
            motion = straight(0, "in", 0.5)
            scene.bring(1, "empty", motion, None, 0.0, clean=True)
        return len(scene.step(20_000_000))

    assert reads(empty=True) < reads(empty=False)
