"""EDGE §7: verdict lights blink, driven by the daemon; steady or dark says nothing."""

from dataclasses import dataclass, field

from structlog.testing import capture_logs

from drivers.base import NotDone, Now
from gateway.core.read_point import Light
from gateway.settings.dock_door import Word
from gateway.shell.blinking import Blinker, Blinking, DoorLights
from tests.integration.processes import background, eventually

NOW_US = 1_000_000_000
LATE_US = 18_000_000
ALL: tuple[tuple[Word, int], ...] = (("moved", 1), ("uncertain", 2), ("wrong", 3), ("wrong", 4))


@dataclass
class Ports:
    """A device with outputs; `why` it does not do what it is asked."""

    why: list[Exception] = field(default_factory=list)
    written: list[tuple[int, bool]] = field(default_factory=list)

    async def set_output(self, port: int, *, high: bool) -> None:
        if self.why:
            raise self.why.pop(0)
        self.written.append((port, high))

    def of(self, port: int) -> list[bool]:
        return [high for written, high in self.written if written == port]


def blinking(ports: Ports, *, times: int = 3) -> Blinking:
    blinkers = [(word, Blinker(f"dock-1:gpo{n}", ports, n, half_s=0.01)) for word, n in ALL]
    lights = DoorLights(tuple(blinkers), times, LATE_US)
    return Blinking({"door-1": lights}, lambda: Now(NOW_US, 0))


def light(word: Word, at_us: int | None = NOW_US) -> Light:
    return Light("door-1", word, "", at_us)


async def test_a_light_blinks_as_often_as_it_is_to_be_shown_and_is_dark_then() -> None:
    ports = Ports()
    lights = blinking(ports)

    async with background(lights.run()):
        lights.shine(light("moved"))
        await eventually(lambda: len(ports.of(1)) >= 6, "three times")
        green = lights.doors["door-1"].blinkers[0][1]
        await eventually(lambda: green._left == 0, "that was all")

    assert ports.of(1) == [True, False] * 3 + [False]  # the last is our leaving
    assert [ports.of(port) for port in (2, 3, 4)] == [[False], [False], [False]]


async def test_red_blinks_with_the_buzzer_and_puts_the_others_out() -> None:
    ports = Ports()
    lights = blinking(ports, times=1_000)

    async with background(lights.run()):
        lights.shine(light("moved"))
        await eventually(lambda: len(ports.of(1)) >= 3, "green")
        lights.shine(light("wrong"))
        await eventually(lambda: len(ports.of(3)) >= 6 and len(ports.of(4)) >= 6, "red")
        seen = len(ports.of(1))
        await eventually(lambda: len(ports.of(3)) >= 12, "red goes on")

        assert len(ports.of(1)) == seen
        assert ports.of(1)[-1] is False
        assert ports.of(2) == []
    assert [ports.of(port)[-1] for port in (1, 3, 4)] == [False] * 3


async def test_of_a_pass_that_is_long_over_and_of_other_doors_nothing_is_shown() -> None:
    ports = Ports()
    lights = blinking(ports)

    async with background(lights.run()):
        lights.shine(light("wrong", NOW_US - LATE_US - 1))
        lights.shine(Light("door-2", "wrong"))
        lights.shine(Light("door-1", "refused"))
        lights.shine(light("uncertain", NOW_US - LATE_US))
        await eventually(lambda: len(ports.of(2)) >= 6, "amber alone")

    assert [ports.of(port) for port in (1, 3, 4)] == [[False]] * 3


async def test_a_reader_that_is_away_is_told_once_and_blinks_when_it_is_back() -> None:
    ports = Ports([NotDone("not connected")] * 3 + [ValueError("a bug")])
    lights = blinking(ports, times=1_000)

    with capture_logs() as logs:
        async with background(lights.run()):
            lights.shine(light("moved"))
            await eventually(lambda: len(ports.of(1)) >= 2, "it blinks")

    told = [(each["event"], each["light"]) for each in logs]
    assert told == [(what, "dock-1:gpo1") for what in ("light_failed", "light_broke", "light_back")]
