"""What the host hears when a link drops, and when its clock is set."""

from simulator.scene.door import SceneRead
from simulator.scene.host import (
    ClockStep,
    HeardClock,
    HeardLink,
    HeardRead,
    HostClock,
    Link,
    Outage,
)

EPC = bytes(12)


def read(at_s: float) -> SceneRead:
    return SceneRead(at_s, 1, EPC, 0x3000, -60, 1)


def test_a_reader_that_is_heard_is_heard_at_once() -> None:
    link = Link("dock-1", HostClock(1_000))

    assert link.arrive([read(2.0)], 3_000_000) == [
        (2_000_000, HeardRead("dock-1", 2_001_000, read(2.0)))
    ]


def test_what_is_read_while_the_link_is_down_comes_late_and_before_the_link_is_up() -> None:
    link = Link("dock-1", HostClock(0), [Outage(1_500_000, 4_000_000)])

    assert link.arrive([read(1.0), read(2.0)], 2_000_000) == [
        (1_000_000, HeardRead("dock-1", 1_000_000, read(1.0))),
        (1_500_000, HeardLink("dock-1", 1_500_000, up=False)),
    ]
    assert link.arrive([read(3.0), read(5.0)], 5_000_000) == [
        (4_000_000, HeardRead("dock-1", 2_000_000, read(2.0))),
        (4_000_000, HeardRead("dock-1", 3_000_000, read(3.0))),
        (4_000_000, HeardLink("dock-1", 4_000_000, up=True)),
        (5_000_000, HeardRead("dock-1", 5_000_000, read(5.0))),
    ]


def test_a_link_that_comes_back_while_nothing_is_read_says_so() -> None:
    link = Link("dock-1", HostClock(0), [Outage(1, 2)])

    assert link.arrive([], 5) == [
        (1, HeardLink("dock-1", 1, up=False)),
        (2, HeardLink("dock-1", 2, up=True)),
    ]


def test_a_clock_that_is_set_moves_all_that_comes_from_then_on() -> None:
    clock = HostClock(10, [ClockStep(1_000_000, -5), ClockStep(2_000_000, 7)])

    assert [clock.offset_us(at_us) for at_us in (0, 1_000_000, 2_000_000)] == [10, 5, 12]
    assert clock.steps_between(0, 1_000_000) == [HeardClock(1_000_005, -5)]
    assert clock.steps_between(1_000_000, 3_000_000) == [HeardClock(2_000_012, 7)]


def test_what_was_held_is_told_by_the_clock_of_when_it_comes() -> None:
    clock = HostClock(0, [ClockStep(2_500_000, 100)])
    link = Link("dock-1", clock, [Outage(1_000_000, 3_000_000)])

    assert link.arrive([read(2.0)], 3_000_000) == [
        (1_000_000, HeardLink("dock-1", 1_000_000, up=False)),
        (3_000_000, HeardRead("dock-1", 2_000_100, read(2.0))),
        (3_000_000, HeardLink("dock-1", 3_000_100, up=True)),
    ]
