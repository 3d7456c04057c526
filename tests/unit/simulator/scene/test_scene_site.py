"""A site: pallets come in, stay, go, and the truth of it; one seed, one story."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gs1 import keys
from simulator.scene import site as site_module
from simulator.scene.crossing import Crossing
from simulator.scene.door import ReaderTiming, SceneRead
from simulator.scene.goods import CATALOGUE
from simulator.scene.site import SiteScene, SiteSettings

DOORS = ("door-1", "door-2", "door-3")
SMALL = SiteSettings(cases=(1, 2), strays_per_door=1)
# No reads, only the story: rounds of a second, so that hours are quick.
STORY = SiteSettings(
    cases=(1, 2),
    strays_per_door=0,
    timing=ReaderTiming(antenna_dwell_us=10**7, channel_dwell_us=10**7, round_overhead_us=10**6),
)


def story(seed: int, until_s: float, settings: SiteSettings = STORY) -> list[Crossing]:
    scene = SiteScene(DOORS, Random(seed), settings)
    scene.step(until_s)
    return scene.finished()


def told(until_s: list[float]) -> tuple[dict[str, list[SceneRead]], list[Crossing]]:
    scene = SiteScene(DOORS[:2], Random(11), SMALL)
    reads: dict[str, list[SceneRead]] = {name: [] for name in DOORS[:2]}
    crossings: list[Crossing] = []
    for step_s in [*until_s, 14.0]:
        for name, new in scene.step(step_s).items():
            assert all(read.at_s <= step_s for read in new)
            reads[name] += new
        crossings += scene.finished()
    return reads, sorted(crossings, key=lambda crossing: crossing.end_s)


IN_ONE_STEP = told([])


@settings(max_examples=6, deadline=None)
@given(st.lists(st.floats(0.0, 14.0), max_size=8).map(sorted))
def test_the_same_seed_tells_the_same_story_in_whatever_steps(until_s: list[float]) -> None:
    assert told(until_s) == IN_ONE_STEP


def test_another_seed_tells_another_story() -> None:
    assert story(1, 60.0) != story(2, 60.0)
    assert story(1, 60.0) == story(1, 60.0)


def test_doors_begin_one_after_the_other_from_the_first_second_on() -> None:
    first: dict[str, float] = {}
    for crossing in story(1, 60.0):
        first.setdefault(crossing.door, crossing.start_s)

    assert 0.0 < first["door-1"] < 1.0
    assert 1.0 < first["door-2"] < 2.0
    assert 2.0 < first["door-3"] < 3.0


def test_no_crossing_begins_before_its_time() -> None:
    scene = SiteScene(DOORS, Random(1), STORY)
    busy = []
    for until_s in (0.1, 0.95, 1.1, 1.95, 2.1, 2.95):
        scene.step(until_s)
        busy.append([door.busy_until_s is not None for door in scene.doors])

    assert busy == [
        [False, False, False],
        [True, False, False],
        [True, False, False],
        [True, True, False],
        [True, True, False],
        [True, True, True],
    ]


def test_a_door_is_silent_for_four_to_six_seconds_between_two_crossings() -> None:
    for name in DOORS:
        at_door = [crossing for crossing in story(1, 600.0) if crossing.door == name]
        gaps = [after.start_s - before.end_s for before, after in pairwise(at_door)]
        assert len(gaps) > 40
        assert 4.0 <= min(gaps) < 4.5
        assert 5.5 < max(gaps) <= 6.0
        assert [crossing.n for crossing in at_door] == list(range(1, len(at_door) + 1))


def test_loads_cross_between_a_walk_and_a_careful_forklift() -> None:
    speeds = [10.0 / (crossing.end_s - crossing.start_s) for crossing in story(1, 600.0)]

    assert 0.8 <= min(speeds) < 0.9
    assert 1.9 < max(speeds) <= 2.0001


def test_only_what_came_in_and_stayed_a_while_goes_out_and_it_goes_once() -> None:
    inside: dict[str, Crossing] = {}
    outbound = 0
    for crossing in sorted(story(1, 1_200.0), key=lambda each: each.start_s):
        if crossing.direction == "in":
            assert crossing.sscc not in inside
            inside[crossing.sscc] = crossing
        else:
            came = inside.pop(crossing.sscc)
            assert came.cases == crossing.cases
            assert crossing.start_s >= came.end_s + 20.0
            outbound += 1

    assert outbound > 60


def test_about_a_third_of_the_crossings_is_outbound() -> None:
    directions = [crossing.direction for crossing in story(1, 2_400.0)]

    assert len(directions) > 450
    assert directions.count("out") / len(directions) == pytest.approx(1 / 3, abs=0.05)


def test_a_full_hall_lets_nothing_in_before_something_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(site_module, "PALLETS_INSIDE_MAX", 5)
    inside = 0
    for crossing in story(1, 1_200.0):
        inside += 1 if crossing.direction == "in" else -1
        assert inside <= 5 + len(DOORS)


def test_nothing_starts_that_could_not_end_in_time() -> None:
    scene = SiteScene(DOORS, Random(1), STORY)
    scene.step(30.0)
    scene.stop_at(60.0)
    scene.step(200.0)
    finished = scene.finished()

    assert max(crossing.end_s for crossing in finished) <= 60.0
    assert max(crossing.end_s for crossing in finished) > 45.0
    assert all(door.busy_until_s is None for door in scene.doors)
    scene.step(400.0)
    assert scene.finished() == []


def test_crossings_are_told_once_in_the_order_they_ended() -> None:
    scene = SiteScene(DOORS, Random(1), STORY)
    scene.step(100.0)
    ends = [crossing.end_s for crossing in scene.finished()]

    assert ends == sorted(ends)
    assert max(ends) <= 100.0
    assert scene.finished() == []


def test_every_key_of_the_truth_is_a_canonical_key() -> None:
    for crossing in story(1, 100.0):
        assert isinstance(keys.parse(crossing.sscc), keys.Sscc)
        for case in crossing.cases:
            assert isinstance(keys.parse(case), keys.Sgtin)


def test_a_site_names_its_items_its_doors_and_their_strays() -> None:
    scene = SiteScene(DOORS, Random(1), SiteSettings(strays_per_door=2))
    strays = [stray.key for door in scene.doors for stray in door.strays]

    assert scene.catalogue == CATALOGUE
    assert [door.name for door in scene.doors] == list(DOORS)
    assert len(set(strays)) == 6
    assert set(scene.step(0.1)) == set(DOORS)


def test_two_doors_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^doors \['a', 'a'\]: expected each name once$"):
        SiteScene(["a", "a"], Random(1))
