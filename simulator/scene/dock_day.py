"""A day at one dock door, or at two beside each other, of one kind: what comes by, what goes wrong.

The kind is a DayPlan; its ranges are drawn anew for each day, so that no two days are alike. All of
the day is drawn before it begins: the same seed gives the same day, whatever steps it is asked in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from simulator.scene.crossing import Direction
from simulator.scene.dock import DockScene, DockSettings, Journey, Load, Session
from simulator.scene.door import ReaderTiming, SceneRead
from simulator.scene.goods import Packer, Tagged
from simulator.scene.host import ClockStep, Heard, HostClock, Link, Outage
from simulator.scene.motion import Motion, stopped, straight

Way = Literal["straight", "turn_back", "pause", "close", "empty"]

EPOCH_US = 1_763_800_000_000_000  # when a day begins by the host's clock
LATERAL_M = 0.3  # drivers keep so near to the middle of the lane
RETURN_SHARE = 1 / 3  # of loads that stop in the doorway: they go back
OUT_SHARE = 0.4  # of loads
ANTENNAS = 4
LEAD_S = 5.0  # before the first load, and TAIL_S after the last
TAIL_S = 20.0  # visits end
EMPTY_SPEED_M_S = (1.0, 3.0)


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A kind of day. Pairs are (least, most), drawn evenly for each day or load."""

    kind: str
    way: Way = "straight"
    loads: int = 20
    cases: tuple[int, int] = (20, 120)
    strays: tuple[int, int] = (0, 200)
    stray_m: tuple[float, float] = (2.0, 8.0)
    speed_m_s: tuple[float, float] = (0.5, 3.0)
    gap_s: tuple[float, float] = (6.0, 20.0)  # from one load's end to the next one's start
    stop_s: tuple[float, float] = (0.0, 4.0)  # of those that turn back or pause
    reads_per_s: tuple[int, int] = (200, 700)  # what the reader can do at its best
    dead_share: tuple[float, float] = (0.005, 0.03)
    session: Session = 0
    doors: int = 1  # with two, each hears the loads of the other
    doors_apart_m: tuple[float, float] = (3.5, 5.0)
    dead_antenna: bool = False
    clock_step_s: tuple[float, float] | None = None  # set once a day by so much, ahead or back
    outage_s: tuple[float, float] | None = None  # each sixth load, the link is lost for so long

    @property
    def is_clean(self) -> bool:
        """Whether its loads go straight through, and nothing is amiss."""
        amiss = self.dead_antenna or self.clock_step_s or self.outage_s or self.doors > 1
        return self.way in ("straight", "close") and not amiss and self.session == 0


class DockDay:
    """Reads and truth. All chance comes from `chance`, at once."""

    def __init__(self, plan: DayPlan, chance: Random) -> None:
        self.plan = plan
        self._chance = Random(chance.getrandbits(64))
        self._packer = Packer(Random(chance.getrandbits(64)), *plan.cases)
        settings = self._settings()
        count = self._chance.randint(*plan.strays)
        self.doors = [
            DockScene(
                f"dock-{number + 1}",
                Random(chance.getrandbits(64)),
                self._strays(count // plan.doors),
                settings,
            )
            for number in range(plan.doors)
        ]
        self._loads: list[tuple[Load, int, int]] = []  # load, door that heard it, its own door
        self._apart_m = self._chance.uniform(*plan.doors_apart_m)
        last_us = self._bring_all()
        self.end_s = last_us / 1e6 + TAIL_S
        self.clock = HostClock(EPOCH_US, self._steps())
        self._links = [
            Link(door.name, self.clock, self._outages() if number == 0 else ())
            for number, door in enumerate(self.doors)
        ]
        self._stepped_us = 0

    def step(self, until_s: float) -> tuple[dict[str, list[SceneRead]], list[Heard]]:
        """All up to `until_s`: each door's reads as they are made, and what the host hears."""
        until_us = round(until_s * 1e6)
        reads = {door.name: door.step(until_us) for door in self.doors}
        arriving = [
            each for link in self._links for each in link.arrive(reads[link.reader], until_us)
        ]
        arriving.sort(key=lambda each: each[0])
        steps = list(self.clock.steps_between(self._stepped_us, until_us))
        self._stepped_us = until_us
        if not steps:
            return reads, [heard for _, heard in arriving]
        heard_all: list[Heard] = []
        for at_us, heard in arriving:
            while steps and steps[0].at_us - self.clock.offset_us(until_us) <= at_us:
                heard_all.append(steps.pop(0))
            heard_all.append(heard)
        return reads, [*heard_all, *steps]

    @property
    def things(self) -> list[Tagged]:
        """All that bears a tag, dead or not."""
        loaded = [
            thing for load, hears, own in self._loads if hears == own for thing in load.things
        ]
        return loaded + [stray for door in self.doors for stray in door.strays]

    @property
    def heard_strays(self) -> frozenset[str]:
        """Keys of the strays that gave a read so far."""
        return frozenset(
            stray.key
            for door in self.doors
            for stray in door.strays
            if stray.epc in door.heard_strays
        )

    def under_way(self, door: str, from_us: int, until_us: int) -> list[Load]:
        """The loads that are in the door's own lane at some time between."""
        return [
            load
            for load, hears, own in self._loads
            if hears == own
            and self.doors[hears].name == door
            and load.motion.start_us <= until_us
            and load.motion.end_us >= from_us
        ]

    def truth(self) -> list[Journey]:
        """What came by each door; that which passed at the other door went no way here."""
        return [
            load.truth(self.doors[hears].name, here=hears == own)
            for load, hears, own in self._loads
        ]

    # -- what is drawn before it begins -----------------------------------------------------------

    def _settings(self) -> DockSettings:
        plan, chance = self.plan, self._chance
        slot_us = round(1e6 / chance.uniform(*plan.reads_per_s))
        # With the tags silent, a reader that asks again at once hears nothing; it waits a little.
        timing = ReaderTiming(
            slot_us=slot_us, round_overhead_us=25_000 if plan.session else 2 * slot_us
        )
        return DockSettings(
            stray_m=plan.stray_m,
            dead_share=chance.uniform(*plan.dead_share),
            session=plan.session,
            dead_port=chance.randint(1, ANTENNAS) if plan.dead_antenna else None,
            timing=timing,
        )

    def _strays(self, count: int) -> list[Tagged]:
        return [self._packer.any_case() for _ in range(count)]

    def _bring_all(self) -> int:
        """When the last load is gone."""
        start_us = round(LEAD_S * 1e6)
        end_us = start_us
        number = 0
        while number < self.plan.loads:
            motions = self._motions(number, start_us)
            for motion in motions:
                number += 1
                self._bring(number, motion)
                end_us = max(end_us, motion.end_us)
            start_us = end_us + round(self._chance.uniform(*self.plan.gap_s) * 1e6)
        return end_us

    def _bring(self, number: int, motion: Motion) -> None:
        plan, chance = self.plan, self._chance
        is_empty = plan.way == "empty" and number % 2 == 1
        kind = "empty" if is_empty else plan.way
        pallet = None if is_empty else self._packer.pallet()
        own = chance.randrange(len(self.doors))
        lateral_m = chance.uniform(-LATERAL_M, LATERAL_M)
        for hears, door in enumerate(self.doors):
            aside_m = lateral_m + (own - hears) * self._apart_m
            load = door.bring(number, kind, motion, pallet, aside_m, clean=plan.is_clean)
            self._loads.append((load, hears, own))

    def _motions(self, number: int, start_us: int) -> list[Motion]:
        plan, chance = self.plan, self._chance
        direction: Direction = "out" if chance.random() < OUT_SHARE else "in"
        speed_m_s = chance.uniform(*plan.speed_m_s)
        stop_s = chance.uniform(*plan.stop_s)
        match plan.way:
            case "straight":
                return [straight(start_us, direction, speed_m_s)]
            case "empty":
                if number % 2 == 0:  # _bring counts from 1: this one is the empty forklift
                    speed_m_s = chance.uniform(*EMPTY_SPEED_M_S)
                return [straight(start_us, direction, speed_m_s)]
            case "close":
                after_us = start_us + round(chance.uniform(3.0, 6.0) * 1e6)
                return [straight(at_us, direction, speed_m_s) for at_us in (start_us, after_us)]
            case "turn_back":
                stop_m = chance.uniform(-0.5, 1.5)
                return [stopped(start_us, direction, speed_m_s, stop_m, stop_s, returns=True)]
            case "pause":
                stop_m, returns = chance.uniform(-0.5, 0.5), chance.random() < RETURN_SHARE
                return [stopped(start_us, direction, speed_m_s, stop_m, stop_s, returns=returns)]

    def _steps(self) -> Sequence[ClockStep]:
        """The clock is set while some load is in the doorway."""
        if self.plan.clock_step_s is None:
            return ()
        load = self._chance.choice(self._loads)[0]
        at_us = load.motion.crossed_us + round(self._chance.uniform(-3.0, 3.0) * 1e6)
        step_us = round(self._chance.uniform(*self.plan.clock_step_s) * 1e6)
        return (ClockStep(at_us, self._chance.choice((-1, 1)) * step_us),)

    def _outages(self) -> Sequence[Outage]:
        if self.plan.outage_s is None:
            return ()
        found: list[Outage] = []
        for load, _, _ in self._loads[::6]:
            at_us = load.motion.crossed_us + round(self._chance.uniform(-3.0, 3.0) * 1e6)
            if found and at_us <= found[-1].until_us:
                continue
            found.append(
                Outage(at_us, at_us + round(self._chance.uniform(*self.plan.outage_s) * 1e6))
            )
        return found


# One of each, as the spread of what happens at doors. Numbers of loads are for a day.
DAY_PLANS = {
    plan.kind: plan
    for plan in (
        DayPlan("straight"),
        DayPlan("straight, session 1", session=1),
        DayPlan("turned back", "turn_back"),
        DayPlan("stop of 5 s", "pause", stop_s=(4.0, 6.0)),
        DayPlan("stop of 20 s", "pause", stop_s=(15.0, 25.0)),
        DayPlan("stop of 90 s", "pause", loads=8, stop_s=(80.0, 100.0)),
        DayPlan("stop of 1 h", "pause", loads=2, stop_s=(3_500.0, 3_700.0)),
        DayPlan("3 to 6 s apart", "close"),
        DayPlan("empty forklifts between", "empty"),
        DayPlan("neighbour door", doors=2),
        DayPlan("dead antenna", dead_antenna=True),
        DayPlan("clock set", clock_step_s=(1.0, 3_600.0), loads=10),
        DayPlan("link lost, late backlog", outage_s=(5.0, 60.0)),
    )
}

# Nothing but what stands there, and now and then a forklift that drives by with nothing on it.
PARKED_PLANS = {
    plan.kind: plan
    for plan in (
        DayPlan(
            "parked",
            "empty",
            strays=(200, 200),
            reads_per_s=(200, 300),
            loads=1,
            gap_s=(0.0, 0.0),
        ),
        DayPlan("parked, session 1", "empty", strays=(200, 200), session=1, loads=1),
    )
}


def parked(plan: DayPlan, forklifts: int, every_s: tuple[float, float]) -> DayPlan:
    """Made longer: so many forklifts, so long apart."""
    return replace(plan, loads=forklifts, gap_s=every_s)
