"""Tags that stand on shelves, come, leave and move. Plain patterns of reads, no chance."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import pytest

from drivers.base import LinkChange, NoRead
from gateway.core import shelf as module
from gateway.core.identify import Role, Sighting, Thing
from gateway.core.judgement import Verdict
from gateway.core.read_point import Replays
from gateway.core.shelf import Change, Shelf, ShelfPlan
from tests.unit.gateway.core.scenes import START_US, seen, thing
from wire.json import JsonValue
from wire.reason import Reason

A, B = "shelf-1:1", "shelf-1:2"
PLAN = ShelfPlan(
    name="shelf",
    zones={A: "a", B: "b", "shelf-1:3": "a"},
    references=frozenset({"urn:test:stays"}),
    arrive_us=10_000_000,
    depart_us=60_000_000,
    move_us=15_000_000,
)
CASE, OTHER = thing("case-1"), thing("case-2")
SETTLED_S = 100.0  # when what comes is no first inventory any more
S = 1_000_000


def stands(
    what: Thing, antenna: str, from_s: float, to_s: float, dbm: float = -60.0, every_s: float = 1.0
) -> Iterator[Sighting]:
    at_s = from_s
    while at_s < to_s:
        yield seen(what, antenna, at_s, dbm)
        at_s += every_s


def at_start(*more: Iterable[Sighting]) -> list[Sighting]:
    """Something stands in each zone all the time, which lets time and looks pass."""
    first = [
        *stands(thing("old-a"), A, 0, 1000, every_s=1.0),
        *stands(thing("old-b"), B, 0.5, 1000, every_s=1.0),
    ]
    return sorted([*first, *(s for each in more for s in each)], key=lambda each: each.at_us)


def run(sightings: Sequence[Sighting], shelf: Shelf | None = None) -> list[Change]:
    shelf = shelf or Shelf(PLAN)
    changes = [change for each in sightings for change in shelf.observe(each)]
    return changes + shelf.advance(sightings[-1].at_us)


def told(changes: Iterable[Change]) -> list[tuple[str, str | None, str | None, list[str], str]]:
    """Without the first inventory."""
    return [
        (
            each.what,
            each.origin,
            each.zone,
            [tag.thing.key.rpartition(":")[2] for tag in each.tags],
            each.tags[0].reason or each.tags[0].verdict,
        )
        for each in changes
        if each.tags[0].reason is not Reason.FIRST_INVENTORY
    ]


def test_what_stands_there_at_first_has_not_arrived() -> None:
    (first, second) = run(at_start())[:2]

    assert (first.what, first.zone, first.tags[0].verdict) == ("arrived", "a", Verdict.UNCERTAIN)
    assert {first.zone, second.zone} == {"a", "b"}
    assert told(run(at_start())) == []


def test_a_tag_that_comes_and_stays_arrives_in_the_zone_that_hears_it_loudest() -> None:
    scene = at_start(
        stands(CASE, A, SETTLED_S, 1000, -70.0), stands(CASE, B, SETTLED_S + 0.3, 1000, -55.0)
    )

    assert told(run(scene)) == [("arrived", None, "b", ["case-1"], "moved")]


def test_tags_that_come_together_are_one_change() -> None:
    scene = at_start(stands(CASE, A, SETTLED_S, 1000), stands(OTHER, A, SETTLED_S + 0.5, 1000))

    assert told(run(scene)) == [("arrived", None, "a", ["case-1", "case-2"], "moved")]


def test_what_is_carried_past_has_not_arrived() -> None:
    scene = at_start(stands(CASE, A, SETTLED_S, SETTLED_S + 9))
    shelf = Shelf(PLAN)

    assert told(run(scene, shelf)) == []
    assert CASE.key not in shelf._tags  # noqa: SLF001 - and nothing is kept of it


def test_two_glimpses_are_no_arrival() -> None:
    scene = at_start([seen(CASE, A, SETTLED_S), seen(CASE, A, SETTLED_S + 20)])

    assert told(run(scene)) == []


def test_a_tag_that_is_missed_has_departed_when_the_time_is_over() -> None:
    scene = at_start(stands(CASE, A, SETTLED_S, 400))
    shelf, when = Shelf(PLAN), []
    for each in scene:
        when += [
            (each.at_us, change) for change in shelf.observe(each) if change.what == "departed"
        ]

    ((at_us, change),) = when
    assert told([change]) == [("departed", "a", None, ["case-1"], "moved")]
    assert change.tags[0].visit.last_us == START_US + 399 * S
    assert 60 * S <= at_us - change.tags[0].visit.last_us <= 66 * S


def test_one_that_is_seldom_heard_is_waited_for_and_then_for_a_person() -> None:
    """Heard in one of twenty looks, it is missed in sixty of them every twentieth time."""
    scene = at_start(stands(CASE, A, SETTLED_S, 600, every_s=20.0))

    assert told(run(scene)) == [
        ("arrived", None, "a", ["case-1"], "moved"),
        ("departed", "a", None, ["case-1"], "evidence_uncertain"),
    ] + [("departed", "a", None, ["case-1"], "moved")]


def test_a_doubted_tag_that_is_heard_again_never_left() -> None:
    scene = at_start(
        stands(CASE, A, SETTLED_S, 500, every_s=20.0), stands(CASE, A, 640, 1000, every_s=20.0)
    )

    assert told(run(scene)) == [
        ("arrived", None, "a", ["case-1"], "moved"),
        ("departed", "a", None, ["case-1"], "evidence_uncertain"),
    ]


def test_a_zone_that_hears_nothing_any_more_lost_its_antenna_or_all_its_tags() -> None:
    others = stands(thing("old-b"), B, 0, 1000)
    scene = sorted([*others, *stands(CASE, A, 0, 400)], key=lambda each: each.at_us)

    assert told(run(scene)) == [("departed", "a", None, ["case-1"], "antenna_silent")]


def test_a_tag_that_was_put_there_to_stay_tells_that_the_others_left() -> None:
    stays = stands(thing("stays"), A, 0, 1000)
    scene = sorted([*stays, *stands(CASE, A, 0, 400)], key=lambda each: each.at_us)
    changes = run(scene)

    assert told(changes) == [("departed", "a", None, ["case-1"], "moved")]
    assert {tag.thing for each in changes for tag in each.tags} == {CASE}


def test_while_its_reader_is_away_no_tag_leaves() -> None:
    shelf = Shelf(PLAN)
    before = [
        each
        for each in at_start(stands(CASE, A, SETTLED_S, 400))
        if each.at_us < START_US + 390 * S
    ]
    run(before, shelf)
    shelf.link(LinkChange("shelf-1", START_US + 390 * S, up=False))
    shelf.link(LinkChange("other", START_US + 391 * S, up=False))
    away = shelf.advance(START_US + 500 * S)
    shelf.link(LinkChange("shelf-1", START_US + 500 * S, up=True, held=False))
    back = run(
        [each for each in at_start(stands(CASE, A, 505, 1000)) if each.at_us > START_US + 500 * S],
        shelf,
    )

    assert told([*away, *back]) == []
    assert shelf.blind_us == 110 * S


def test_a_tag_that_is_put_into_another_zone_moves() -> None:
    scene = at_start(stands(CASE, A, SETTLED_S, 300), stands(CASE, B, 301, 1000))

    assert told(run(scene)) == [
        ("arrived", None, "a", ["case-1"], "moved"),
        ("moved", "a", "b", ["case-1"], "moved"),
    ]


def test_a_move_is_seen_though_both_zones_hear_the_tag_all_the_time() -> None:
    scene = at_start(
        stands(CASE, A, SETTLED_S, 300, -55), stands(CASE, B, SETTLED_S + 0.4, 300, -68),
        stands(CASE, A, 300, 1000, -68), stands(CASE, B, 300.4, 1000, -55),
    )  # fmt: skip

    assert told(run(scene)) == [
        ("arrived", None, "a", ["case-1"], "moved"),
        ("moved", "a", "b", ["case-1"], "moved"),
    ]


def test_a_parked_tag_that_a_strong_antenna_hears_louder_than_its_own_does_not_move() -> None:
    """What another zone always heard of it is no change, however loud."""
    scene = at_start(
        stands(CASE, A, SETTLED_S, 160, -60), stands(CASE, B, 130, 1000, -50),
        stands(CASE, A, 160, 1000, -60),
    )  # fmt: skip

    assert told(run(scene)) == [("arrived", None, "a", ["case-1"], "moved")]


def test_a_person_before_the_shelf_moves_nothing() -> None:
    """Home is shaded by 15 dB for two minutes, and the other zone hears what it always did."""
    scene = at_start(
        stands(CASE, A, SETTLED_S, 300, -55), stands(CASE, B, SETTLED_S + 0.4, 1000, -65),
        stands(CASE, A, 300, 420, -70), stands(CASE, A, 420, 1000, -55),
    )  # fmt: skip

    assert told(run(scene)) == [("arrived", None, "a", ["case-1"], "moved")]


@pytest.mark.parametrize("far_dbm", [-68, None])
def test_a_tag_that_moves_back_moves_again(far_dbm: float | None) -> None:
    """What its first zone heard of it then is no level of it any more."""
    far = [] if far_dbm is None else list(stands(CASE, A, 300, 400, far_dbm))
    scene = at_start(
        stands(CASE, A, SETTLED_S, 300, -55), stands(CASE, B, SETTLED_S + 0.4, 300, -68),
        far, stands(CASE, B, 300.4, 400, -55),
        stands(CASE, A, 400, 1000, -55), stands(CASE, B, 400.4, 1000, -68),
    )  # fmt: skip

    assert [each[:3] for each in told(run(scene))[1:]] == [("moved", "a", "b"), ("moved", "b", "a")]


def test_a_tag_that_moved_is_parked_again_at_once() -> None:
    """It is shaded where it stands now, and the zone that it left hears it as it does since."""
    scene = at_start(
        stands(CASE, A, SETTLED_S, 300, -55), stands(CASE, B, SETTLED_S + 0.4, 300, -68),
        stands(CASE, A, 300, 1000, -68), stands(CASE, B, 300.4, 340, -55),
        stands(CASE, B, 340.4, 380, -68), stands(CASE, B, 380.4, 1000, -55),
    )  # fmt: skip

    assert [each[:3] for each in told(run(scene))[1:]] == [("moved", "a", "b")]


NO_MOVES = {
    "a door that is opened draws both levels by 4 dB": [
        *stands(CASE, A, SETTLED_S, 300, -55), *stands(CASE, B, SETTLED_S + 0.4, 300, -65),
        *stands(CASE, A, 300, 420, -59), *stands(CASE, B, 300.4, 420, -61),
        *stands(CASE, A, 420, 1000, -55), *stands(CASE, B, 420.4, 1000, -65),
    ],
    "a forklift stands before it for 10 s": [
        *stands(CASE, A, SETTLED_S, 300, -55), *stands(CASE, B, SETTLED_S + 0.4, 300, -70),
        *stands(CASE, A, 300, 310, -70), *stands(CASE, B, 300.4, 310, -55),
        *stands(CASE, A, 310, 1000, -55), *stands(CASE, B, 310.4, 1000, -70),
    ],
    "home is shaded, and the other zone has three glimpses": [
        *stands(CASE, A, SETTLED_S, 300, -55), *stands(CASE, A, 300, 360, -70),
        *stands(CASE, A, 360, 1000, -55), *stands(CASE, B, 305, 360, -60, every_s=20),
    ],
    "people walk to and fro before home, and the other zone hears it now": [
        *stands(CASE, A, SETTLED_S, 300, -55), *stands(CASE, A, 300, 1000, -55, every_s=2),
        *stands(CASE, A, 301, 1000, -70, every_s=2), *stands(CASE, B, 300.4, 1000, -60),
    ],
}  # fmt: skip


@pytest.mark.parametrize("reads", NO_MOVES.values(), ids=NO_MOVES)
def test_a_parked_tag_does_not_move(reads: Sequence[Sighting]) -> None:
    assert told(run(at_start(reads))) == [("arrived", None, "a", ["case-1"], "moved")]


def test_a_level_that_changed_for_good_is_the_level() -> None:
    """A rack is put before it. Long after, the other zone hears the tag for another reason."""
    scene = at_start(
        stands(CASE, A, SETTLED_S, 300, -55), stands(CASE, A, 300, 1000, -70),
        stands(CASE, B, 700, 1000, -60),
    )  # fmt: skip

    assert told(run(scene)) == [("arrived", None, "a", ["case-1"], "moved")]


def test_time_that_passes_at_once_finds_what_it_would_have_found_by_and_by() -> None:
    reads = list(stands(thing("old"), A, 0, 150)) + list(stands(CASE, A, 138, 150))
    shelf = Shelf(PLAN)
    changes = run(sorted(reads, key=lambda each: each.at_us), shelf)

    changes += shelf.advance(START_US + 100_000 * S)

    assert told(changes) == [
        ("arrived", None, "a", ["case-1"], "moved"),
        ("departed", "a", None, ["old", "case-1"], "antenna_silent"),
    ]


def test_a_reader_that_tells_no_rssi_shows_a_move_by_silence() -> None:
    there = [replace(each, rssi_dbm=None) for each in stands(CASE, A, SETTLED_S, 300)]
    then = [replace(each, rssi_dbm=None) for each in stands(CASE, B, 301, 1000)]

    assert told(run(at_start(there, then)))[1:] == [("moved", "a", "b", ["case-1"], "moved")]


def test_of_more_tags_than_it_may_know_the_longest_unheard_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "TAGS_MAX", 3)
    shelf = Shelf(PLAN)
    run([seen(thing(f"case-{n}"), A, n / 10) for n in range(5)], shelf)

    assert len(shelf._tags) == 3  # noqa: SLF001 - it is the bound
    assert (shelf.forgotten, shelf.dropped) == (2, 2)


@pytest.mark.parametrize("cut_s", [420, 305, 50])
def test_a_clock_that_is_set_moves_what_is_remembered(cut_s: int) -> None:
    """An hour back: in the midst of a silence, of a move, of the first inventory."""
    scene = at_start(
        stands(CASE, A, SETTLED_S, 400), stands(OTHER, A, SETTLED_S, 300, -55),
        stands(OTHER, A, 300, 1000, -68), stands(OTHER, B, 300.4, 1000, -60),
    )  # fmt: skip
    expected = told(run(scene))
    assert len(expected) == 3
    shelf = Shelf(PLAN)
    cut = next(n for n, each in enumerate(scene) if each.at_us >= START_US + cut_s * S)
    first = run(scene[:cut], shelf)
    shelf.shift_time(-3600 * S)
    rest = run([replace(each, at_us=each.at_us - 3600 * S) for each in scene[cut:]], shelf)

    assert told([*first, *rest]) == expected


def test_a_clock_that_is_set_before_anything_was_heard_moves_nothing() -> None:
    shelf = Shelf(PLAN)
    shelf.shift_time(-3600 * S)

    assert told(run(at_start(stands(CASE, A, SETTLED_S, 1000)), shelf)) == [
        ("arrived", None, "a", ["case-1"], "moved")
    ]


def test_a_shelf_hears_its_antennas_and_nothing_else() -> None:
    shelf = Shelf(PLAN)

    assert (shelf.name, shelf.replays, shelf.is_open) == ("shelf", Replays.SINCE, False)
    assert shelf.sources == {A, B, "shelf-1:3"}
    assert shelf.devices == {"shelf-1"}
    assert shelf.notice(NoRead("belt-1", START_US)) == []
    assert not shelf.is_unsure_of("shelf-1")
    shelf.advance(START_US)
    assert shelf.clock_us - shelf.since_us == 135 * S


@pytest.mark.parametrize("cut_s", range(0, 1000, 35))
def test_after_a_crash_every_change_is_told_once(cut_s: int) -> None:
    """What was committed is remembered; what was not is found again from the reads."""
    scene = at_start(
        stands(CASE, A, SETTLED_S, 300), stands(CASE, B, 301, 700), stands(OTHER, A, 200, 500)
    )
    expected = {
        (what, tuple(tags), origin, zone) for what, origin, zone, tags, _ in told(run(scene))
    }
    assert len(expected) == 5

    shelf = Shelf(PLAN)
    memory: dict[str, JsonValue] = {}
    before = [each for each in scene if each.at_us < START_US + cut_s * S]
    first: list[Change] = []
    for each in before:
        found = shelf.observe(each)
        first += found
        if found:
            memory |= shelf.changes()
    again = Shelf(PLAN)
    again.recall({key: value for key, value in memory.items() if value is not None})
    since_us = shelf.since_us if before else 0
    rest = run([each for each in scene if each.at_us >= since_us], again)

    both = [*told(first), *told(rest)]
    assert sorted(
        (what, tuple(tags), origin, zone) for what, origin, zone, tags, _ in both
    ) == sorted(expected)


def test_a_memory_that_says_something_else_is_passed_over() -> None:
    shelf = Shelf(PLAN)
    stood: dict[str, JsonValue] = {"role": "item", "zone": "a", "heard": 5, "of": 9}
    shelf.recall(
        {
            "": {"round_us": "x"},
            "urn:a": stood | {"zone": "z"},
            "urn:b": stood | {"role": "king"},
            "urn:c": 7,
            "urn:d": stood,
        }
    )

    assert list(shelf._tags) == ["urn:d"]  # noqa: SLF001 - what is known
    assert shelf._tags["urn:d"].thing == Thing("urn:d", Role.ITEM)  # noqa: SLF001
