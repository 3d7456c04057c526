"""What the accuracy benchmark counts: bookings beside a truth that is told here by hand."""

from collections import Counter
from dataclasses import replace
from random import Random

from benchmarks import accuracy
from benchmarks.doors import table
from benchmarks.doors.baselines import FirstLast, InWindow
from benchmarks.doors.judged import METHODS, judge
from benchmarks.doors.score import Booking, Day
from simulator.scene.dock import Journey, Load
from simulator.scene.dock_day import DAY_PLANS, DockDay
from simulator.scene.door import SceneRead
from simulator.scene.motion import straight

TAGS = ("a", "b", "c", "d", "e", "dead")
IN = Journey("dock-1", 1, "straight", "in", TAGS, TAGS[:5], 10.0, 12.0, 14.0, clean=True)
TURNED = replace(IN, n=2, direction=None, things=("t",), readable=("t",), clean=False)
DAY = Day([IN, TURNED], frozenset({"parked"}), 3_600.0)
RIGHT = [Booking("dock-1", key, 12.0, "in", pass_id="p") for key in IN.readable]
PERFECT = Counter({"booked": 5, "right": 5, "direction right": 1, "exact": 1})


def read(epc: bytes, antenna: int, at_s: float) -> SceneRead:
    return SceneRead(at_s, antenna, epc, 0x3000, -50, 1)


def test_the_exposure_is_what_could_be_right_or_wrong() -> None:
    assert DAY.exposure() == Counter(
        {
            "parked_s": 3_600,
            "parked tags": 1,
            "passes": 1,
            "readable": 5,
            "unread": 1,
            "clean passes": 1,
            "directed": 1,
            "loads that went no way": 1,
        }
    )


def test_a_pass_whose_every_readable_tag_was_booked_one_way_is_exactly_right() -> None:
    assert +DAY.tally(RIGHT) == PERFECT


def test_a_parked_tag_that_was_booked_is_false_and_spoils_the_pass() -> None:
    found = +DAY.tally([*RIGHT, Booking("dock-1", "parked", 12.0, "in")])

    expected = PERFECT + Counter({"booked": 1, "false: parked": 1})
    del expected["exact"]
    assert found == expected


def test_a_tag_that_is_booked_again_or_at_another_time_or_turned_back_is_false() -> None:
    wrong = [
        RIGHT[0],
        replace(RIGHT[0], at_s=100.0),
        replace(RIGHT[0], key="t"),
        replace(RIGHT[0], key="nobody knows it"),
    ]

    found = DAY.tally([*RIGHT, *wrong])

    assert {key: found[key] for key in found if key.startswith("false")} == {
        "false: twice": 1,
        "false: at another time": 1,
        "false: turned back": 1,
        "false: unknown tag": 1,
    }


def test_a_tag_booked_at_the_neighbour_s_door_went_through_another() -> None:
    passed_by = replace(IN, door="dock-2", direction=None)
    found = Day([IN, passed_by], frozenset(), 60.0).tally([replace(RIGHT[0], door="dock-2")])

    assert found["false: through another door"] == 1


def test_a_pass_said_the_wrong_way_is_not_right_but_its_tags_are() -> None:
    found = +DAY.tally([replace(each, direction="out") for each in RIGHT])

    assert found == Counter({"booked": 5, "right": 5, "direction wrong": 1})


def test_what_is_for_review_is_booked_nowhere() -> None:
    found = +DAY.tally([replace(each, review=True) for each in RIGHT])

    assert found == Counter(
        {
            "direction unknown": 1,
            "readable in review": 5,
            "clean passes in review": 1,
            "clean passes wholly in review": 1,
        }
    )


def test_first_and_last_antenna_tell_the_way_until_the_tag_is_silent() -> None:
    rule = FirstLast({b"a": "a"})
    rule.take("dock-1", [read(b"a", 3, 1.0), read(b"a", 1, 3.0), read(b"a", 1, 10.0)])
    rule.finish()

    assert rule.bookings == [Booking("dock-1", "a", 2.0, "in")]


def test_in_the_window_is_whoever_is_read_while_a_load_is_in_the_doorway() -> None:
    motion = straight(0, "out", 1.0)  # in the doorway from 3.5 to 6.5 s
    load = Load(7, "straight", motion, 0.0, (), (), frozenset(), clean=True)
    rule = InWindow({b"a": "a", b"b": "b"})
    rule.take("dock-1", [read(b"a", 3, 5.0), read(b"a", 3, 6.0), read(b"b", 1, 3.0)], [load])

    assert rule.bookings == [Booking("dock-1", "a", 5.0, "out", pass_id="7")]


def test_every_method_judges_the_same_day_and_the_table_has_a_row_for_each() -> None:
    plan = replace(DAY_PLANS["straight"], loads=2, cases=(3, 6), strays=(10, 10))
    counts = judge(plan, 1)

    assert counts[""]["passes"] == 2
    assert list(counts) == [*METHODS, ""]
    total = accuracy.add([("straight", counts)])
    assert [row[:3] for row in table.rows(total, METHODS)] == [
        (kind, method, "2") for kind in ("straight", "all") for method in METHODS
    ]


def test_a_day_is_judged_the_same_again() -> None:
    plan = replace(DAY_PLANS["clock set"], loads=2, cases=(3, 6), strays=(10, 10))

    assert judge(plan, 1) == judge(plan, 1)


def test_a_short_run_has_every_kind_and_a_long_one_what_is_asked_for() -> None:
    short, full = (accuracy.jobs(*size, only=None) for size in ((1, 1), (5_000, 30_000)))

    assert {plan.kind for plan, _ in short} == {*accuracy.DAYS, *accuracy.PARKED_DAYS}
    assert len(set(full)) == sum(accuracy.DAYS.values()) + sum(accuracy.PARKED_DAYS.values())
    assert min(seed for _, seed in full) == accuracy.SEED


def test_all_passes_that_the_table_is_made_of_are_five_thousand_and_more() -> None:
    passes = sum(
        journey.direction is not None and bool(journey.things)
        for plan, seed in accuracy.jobs(500, 1, only=None)
        if plan.kind in accuracy.DAYS
        for journey in DockDay(replace(plan, strays=(0, 0)), Random(f"{plan.kind} {seed}")).truth()
    )

    assert passes >= 500
