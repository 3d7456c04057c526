"""EDGE §7: a station answers from the gateway itself, and a lamp that fails hurts nothing else."""

import asyncio
from dataclasses import dataclass, field

from structlog.testing import capture_logs

from drivers.base import NotDone
from gateway.core.read_point import Light
from gateway.shell.lights import WAITING_MAX, Lamp, Lights, pulse
from tests.integration.processes import background, eventually

ACCEPTED = Light("desk-1", "accepted", "ok")
REFUSED = Light("desk-1", "refused", "no")


@dataclass
class Ports:
    """A device with outputs; `why` it does not do what it is asked."""

    why: list[Exception] = field(default_factory=list)
    levels: list[tuple[int, bool]] = field(default_factory=list)
    answers: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.answers.set()

    async def set_output(self, port: int, *, high: bool) -> None:
        if self.why:
            raise self.why.pop(0)
        self.levels.append((port, high))
        await self.answers.wait()


def lamps(green: Ports, red: Ports) -> tuple[Lights, Lamp, Lamp]:
    one = Lamp("dock-1:gpo1", pulse(green, 1, 0.01))
    two = Lamp("dock-1:gpo2", pulse(red, 2, 0.01))
    return Lights({("desk-1", "accepted"): [one], ("desk-1", "refused"): [two]}), one, two


async def test_each_word_pulses_its_own_outputs() -> None:
    green, red = Ports(), Ports()
    lights, _, _ = lamps(green, red)

    async with background(lights.run()):
        lights.shine(ACCEPTED)
        lights.shine(Light("door-1", "refused"))
        await eventually(lambda: green.levels == [(1, True), (1, False)], "a pulse")
        lights.shine(REFUSED)
        lights.shine(REFUSED)
        await eventually(lambda: red.levels == [(2, True), (2, False)] * 2, "two pulses")

    assert green.levels == [(1, True), (1, False)]


async def test_a_lamp_that_is_busy_drops_what_nobody_could_tell_apart() -> None:
    green, red = Ports(), Ports()
    green.answers.clear()
    lights, lamp, _ = lamps(green, red)

    async with background(lights.run()):
        for _ in range(WAITING_MAX + 3):
            lights.shine(ACCEPTED)
        lights.shine(REFUSED)
        await eventually(lambda: len(red.levels) == 2, "the other lamp is free")

    assert lamp.dropped == 3


async def test_a_device_that_is_away_is_told_once_and_once_when_it_is_back() -> None:
    green = Ports([NotDone("not connected"), NotDone("low"), NotDone("not connected")])
    lights, _, _ = lamps(green, Ports())

    with capture_logs() as logs:
        async with background(lights.run()):
            for _ in range(2):
                lights.shine(ACCEPTED)
            await eventually(lambda: green.why == [], "both were tried")
            lights.shine(ACCEPTED)
            await eventually(lambda: {"event": "light_back"}.items() <= logs[-1].items(), "back")

    assert [(each["event"], each.get("why")) for each in logs] == [
        ("light_failed", "not connected"),
        ("light_back", None),
    ]


async def test_a_driver_s_bug_costs_one_pulse() -> None:
    green = Ports([ZeroDivisionError("bug"), NotDone("low")])
    lights, _, _ = lamps(green, Ports())

    with capture_logs() as logs:
        async with background(lights.run()):
            lights.shine(ACCEPTED)
            lights.shine(ACCEPTED)
            await eventually(lambda: len(green.levels) == 2, "the second pulse")

    assert [each["event"] for each in logs] == ["light_broke"]


async def test_a_pulse_that_is_stopped_is_low() -> None:
    green = Ports()
    lights = Lights({("desk-1", "accepted"): [Lamp("dock-1:gpo1", pulse(green, 1, 3.0))]})

    async with background(lights.run()):
        lights.shine(ACCEPTED)
        await eventually(lambda: green.levels == [(1, True)], "high")

    assert green.levels == [(1, True), (1, False)]
