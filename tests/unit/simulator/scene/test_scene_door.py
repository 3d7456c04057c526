"""One door: who is read when and where, and the same whatever steps it is asked in."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.scene.air import Air
from simulator.scene.chance import FrozenChance
from simulator.scene.crossing import Crossing, Direction, Passage
from simulator.scene.door import DoorScene, ReaderTiming, SceneRead
from simulator.scene.goods import PC_96, Packer, Pallet, Tagged

PALLET = Packer(Random(1), 3, 3).pallet()
STRAYS = tuple(Packer(Random(2)).any_case() for _ in range(4))
SPEED_M_S = 2.0  # ten metres in five seconds
READABLE_STRAY_SEED = 16  # with it STRAYS[0] stands near and in the open


def door(seed: int = 1, strays: tuple[Tagged, ...] = ()) -> DoorScene:
    return DoorScene("door-1", Random(seed), strays)


def crossing_reads(
    direction: Direction, seed: int = 1, pallet: Pallet = PALLET
) -> tuple[list[SceneRead], Crossing]:
    scene = door(seed)
    scene.cross(pallet, direction, 1.0, SPEED_M_S)
    reads = scene.step(7.0)
    (truth,) = scene.finished()
    return reads, truth


def in_steps(until_s: Sequence[float]) -> tuple[list[SceneRead], list[Crossing]]:
    """Two crossings and some strays, seen in those steps and then to the end."""
    scene = door(4, STRAYS[:1])
    reads: list[SceneRead] = []
    truths: list[Crossing] = []
    for start_s, direction in ((0.5, "in"), (6.0, "out")):
        reads += scene.step(start_s)
        scene.cross(PALLET, "in" if direction == "in" else "out", start_s, SPEED_M_S)
        for step_s in until_s:
            reads += scene.step(start_s + step_s)
        reads += scene.step(start_s + 5.2)
        truths += scene.finished()
    return reads, truths


IN_ONE_STEP = in_steps([])


@settings(max_examples=6, deadline=None)
@given(st.lists(st.floats(0.0, 5.2), max_size=8).map(sorted))
def test_the_same_seed_gives_the_same_reads_in_whatever_steps(until_s: list[float]) -> None:
    assert in_steps(until_s) == IN_ONE_STEP


def test_a_crossing_may_be_settled_beforehand_or_when_it_begins() -> None:
    early, late = door(4, STRAYS), door(4, STRAYS)
    early.cross(PALLET, "in", 1.0, SPEED_M_S)
    before = late.step(1.0)
    late.cross(PALLET, "in", 1.0, SPEED_M_S)

    assert early.step(7.0) == before + late.step(7.0)
    assert early.finished() == late.finished()


def test_another_seed_gives_other_reads() -> None:
    assert crossing_reads("in", seed=1)[0] != crossing_reads("in", seed=2)[0]


def test_a_step_gives_what_is_after_the_last_one_up_to_and_with_its_end() -> None:
    whole = door(4, STRAYS).step(1.0)
    at_s = whole[7].at_s
    scene = door(4, STRAYS)

    assert scene.step(at_s) == whole[:8]
    assert scene.step(at_s) == []
    assert scene.step(1.0) == whole[8:]


def test_reads_come_in_order_of_time_and_one_at_a_time() -> None:
    times = [read.at_s for read in crossing_reads("in")[0]]

    assert times == sorted(set(times))


def test_a_crossing_is_told_with_what_could_be_known_of_it() -> None:
    reads, truth = crossing_reads("in")
    read = {read.epc for read in reads}

    assert truth == Crossing(
        door="door-1",
        n=1,
        direction="in",
        sscc=PALLET.sscc.key,
        cases=tuple(case.key for case in PALLET.cases),
        readable=tuple(thing.key for thing in PALLET.things if thing.epc in read),
        start_s=1.0,
        crossed_s=3.5,
        end_s=6.0,
        clean=True,
    )
    assert truth.readable


def test_a_tag_that_was_never_read_is_not_readable() -> None:
    scene = door()
    scene.cross(PALLET, "in", 0.0, 1_000.0)  # through within ten milliseconds
    reads = scene.step(1.0)

    assert reads == []
    assert scene.finished()[0].readable == ()


def test_a_load_is_read_only_while_it_is_in_the_scene() -> None:
    reads, truth = crossing_reads("out")

    assert truth.start_s < reads[0].at_s
    assert reads[-1].at_s < truth.end_s


@pytest.mark.parametrize("direction", ["in", "out"])
def test_the_pair_that_the_load_comes_to_first_hears_it_first(direction: Direction) -> None:
    reads, truth = crossing_reads(direction)
    inner = statistics.mean(read.at_s for read in reads if read.antenna in (1, 2))
    outer = statistics.mean(read.at_s for read in reads if read.antenna in (3, 4))

    if direction == "in":
        assert outer < truth.crossed_s < inner
    else:
        assert inner < truth.crossed_s < outer


def test_antennas_take_turns_of_a_tenth_of_a_second() -> None:
    reads, _ = crossing_reads("in")

    assert {read.antenna for read in reads} == {1, 2, 3, 4}
    for read in reads:
        assert read.antenna == 1 + round(read.at_s * 1e6) // 100_000 % 4


def test_the_reader_hops_each_fifth_of_a_second_and_comes_to_all_channels() -> None:
    reads = door(READABLE_STRAY_SEED, STRAYS).step(20.0)
    by_dwell: dict[int, set[int]] = {}
    for read in reads:
        by_dwell.setdefault(round(read.at_s * 1e6) // 200_000, set()).add(read.channel)
    first_cycle = [channels for dwell, channels in by_dwell.items() if dwell < 50]

    assert all(len(channels) == 1 for channels in by_dwell.values())
    assert len(set.union(*first_cycle)) == len(first_cycle)  # no channel twice before all were
    assert set.union(*first_cycle) <= set(range(1, 51))


def test_reads_carry_the_pc_word_and_whole_decibels() -> None:
    reads, _ = crossing_reads("in")

    assert {read.pc for read in reads} == {PC_96}
    assert {type(read.rssi_dbm) for read in reads} == {int}
    assert -85 < min(read.rssi_dbm for read in reads) < -65
    assert -55 < max(read.rssi_dbm for read in reads) < -20


def test_a_full_load_shares_what_the_reader_can_do() -> None:
    reads, truth = crossing_reads("in", pallet=Packer(Random(1), 24, 24).pallet())
    busiest = Counter(int(read.at_s * 2) for read in reads).most_common(1)[0][1]

    assert 100 <= busiest <= 200  # in half a second: never over 400 a second
    assert len(truth.readable) >= 24


def test_a_lone_tag_in_the_open_is_read_many_times_a_second() -> None:
    reads = door(READABLE_STRAY_SEED, STRAYS[:1]).step(10.0)
    by_turn = Counter(round(read.at_s * 1e6) // 100_000 for read in reads)

    assert by_turn.most_common(1)[0][1] == 13  # each 7.5 ms: a round, one slot in it


def test_a_parked_tag_keeps_its_level_on_each_antenna_and_channel() -> None:
    levels: dict[tuple[int, int], list[int]] = {}
    for read in door(READABLE_STRAY_SEED, STRAYS[:1]).step(20.0):
        levels.setdefault((read.antenna, read.channel), []).append(read.rssi_dbm)
    spreads = [max(seen) - min(seen) for seen in levels.values()]

    assert len(levels) > 20
    assert max(spreads) <= 4  # noise of half a decibel, rounded
    assert len({round(statistics.mean(seen)) for seen in levels.values()}) > 5


def test_without_tags_nothing_is_read() -> None:
    assert door().step(10.0) == []


def test_a_door_lets_one_load_through_at_a_time() -> None:
    scene = door()
    scene.cross(PALLET, "in", 1.0, SPEED_M_S)

    assert scene.busy_until_s == 6.0
    with pytest.raises(ValueError, match=r"^door door-1: busy until 6\.0 s$"):
        scene.cross(PALLET, "out", 7.0, SPEED_M_S)
    scene.step(5.9)
    assert scene.finished() == []
    scene.step(6.0)
    assert scene.busy_until_s is None
    assert [crossing.n for crossing in scene.finished()] == [1]
    assert scene.finished() == []


def test_a_load_that_comes_again_meets_other_echoes() -> None:
    scene = Air(FrozenChance.drawn_from(Random(1)))
    first, again = (Passage.begun(n, "in", PALLET, 0, SPEED_M_S, 0.1, scene) for n in (1, 2))

    assert first.way_m(0) > 0.0
    assert first.way_m(first.end_us) < again.way_m(0)
    assert again.load_at(again.way_m(2_500_000)) == (0.0, 0.1, 0.0)


def test_nothing_crosses_in_the_past_or_at_no_speed() -> None:
    scene = door()
    scene.step(2.0)

    with pytest.raises(ValueError, match=r"^door door-1: 1\.5 s is over$"):
        scene.cross(PALLET, "in", 1.5, SPEED_M_S)
    with pytest.raises(ValueError, match=r"^speed 0\.0 m/s: expected more than 0$"):
        scene.cross(PALLET, "in", 2.0, 0.0)


def test_a_load_may_follow_the_last_one_at_once() -> None:
    scene = door()
    other = Packer(Random(9), 4, 4).pallet()
    scene.cross(PALLET, "in", 0.0, SPEED_M_S)
    scene.step(5.0)
    scene.cross(other, "out", 5.0, SPEED_M_S)
    reads = scene.step(10.0)

    assert {read.epc for read in reads} <= {thing.epc for thing in other.things}
    assert [(crossing.n, crossing.direction) for crossing in scene.finished()] == [
        (1, "in"),
        (2, "out"),
    ]


def test_a_reader_may_be_told_other_times() -> None:
    slow = ReaderTiming(channel_count=4, channel_dwell_us=400_000, slot_us=25_000)
    scene = DoorScene("door-1", Random(1), timing=slow)
    scene.cross(PALLET, "in", 0.0, SPEED_M_S)
    reads = scene.step(5.0)

    assert {read.channel for read in reads} <= {1, 2, 3, 4}
    assert 20 < len(reads) <= 200


def test_a_timing_that_would_stand_still_is_refused() -> None:
    assert astuple(ReaderTiming()) == (100_000, 50, 200_000, 2_500, 5_000)
    with pytest.raises(ValueError, match="^round_overhead_us = 0: expected at least 1$"):
        ReaderTiming(round_overhead_us=0)
