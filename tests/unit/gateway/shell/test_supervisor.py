import asyncio
from collections.abc import Callable, Sequence
from random import Random

import pytest
from structlog.testing import capture_logs

from drivers.base import DeviceLost, Emit, Facts, LinkChange, Now, Observation, TagRead
from gateway.shell.backoff import Backoff
from gateway.shell.supervisor import Device, Supervisor
from tests.integration.processes import background

UP = LinkChange("dock-1", 0, up=True)
READ = TagRead("dock-1", 1, b"", 0, 0, seen_count=3)


class Script:
    """A driver that does one thing a run; the last one waits for ever."""

    facts = Facts()

    def __init__(self, *runs: Sequence[Observation] | Exception | None) -> None:
        self.runs = list(runs)
        self.started = 0
        self.idle = asyncio.Event()

    async def run(self, emit: Emit) -> None:
        self.started += 1
        if not self.runs:
            self.idle.set()
            await asyncio.Event().wait()
        step = self.runs.pop(0)
        if isinstance(step, Exception):
            raise step
        if step is not None:
            await emit(step)
            raise DeviceLost("gone")


class Clock:
    def __init__(self) -> None:
        self.us = 0

    def __call__(self) -> Now:
        return Now(self.us, self.us)


async def supervised(
    driver: Script,
    tick: Callable[[Clock], None] = lambda clock: None,
    backoff: Backoff | None = None,
) -> tuple[Device, list[Observation], list[str]]:
    """Run the driver's script; gives the device, what came out, and the log."""
    emitted: list[Observation] = []
    clock = Clock()

    async def emit(observations: Sequence[Observation]) -> None:
        emitted.extend(observations)
        tick(clock)

    device = Device("dock-1", "llrp")
    backoff = backoff or Backoff(Random(1), 0.001, 0.004)
    supervisor = Supervisor(device, driver, emit, clock, backoff)
    with capture_logs() as logged:
        running = asyncio.create_task(supervisor.run())
        await asyncio.wait_for(driver.idle.wait(), 10)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    return device, emitted, [line["event"] for line in logged]


async def test_a_device_that_is_up_is_told_once() -> None:
    device, emitted, logged = await supervised(Script([UP, READ]))

    assert emitted == [UP, READ, LinkChange("dock-1", 0, up=False)]
    assert device.reads == 3
    assert logged == ["device_up", "device_lost"]


async def test_a_device_is_down_from_when_it_was_last_heard() -> None:
    """It is noticed later: what happened in between was not seen."""

    class Silent:
        facts = Facts()

        def __init__(self) -> None:
            self.idle = asyncio.Event()
            self.runs = 0

        async def run(self, emit: Emit) -> None:
            self.runs += 1
            if self.runs == 2:
                self.idle.set()
                await asyncio.Event().wait()
            await emit([UP])
            clock.us += 7_000_000
            await emit([])  # a keepalive
            clock.us += 12_500_000
            raise DeviceLost("silent for 12.5 s")

    clock, driver, device = Clock(), Silent(), Device("dock-1", "llrp")
    emitted: list[Observation] = []

    async def emit(observations: Sequence[Observation]) -> None:
        assert observations  # A keepalive is no work for the pipeline.
        emitted.extend(observations)

    async with background(
        Supervisor(device, driver, emit, clock, Backoff(Random(1), 0.001, 0.004)).run()
    ):
        await asyncio.wait_for(driver.idle.wait(), 10)

    assert emitted == [UP, LinkChange("dock-1", 7_000_000, up=False)]
    assert (device.up, device.heard_us) == (False, 7_000_000)


async def test_a_device_that_stays_away_is_told_once_and_tried_for_ever() -> None:
    away = [DeviceLost("no answer") for _ in range(5)]
    driver = Script(*away, [UP], DeviceLost("no answer"), [UP])

    device, emitted, logged = await supervised(driver)

    assert driver.started == 9
    assert [type(each) for each in emitted] == [LinkChange] * 4
    assert [each.up for each in emitted if isinstance(each, LinkChange)] == [
        True,
        False,
        True,
        False,
    ]
    assert logged == ["device_lost", "device_back", "device_lost", "device_back", "device_lost"]
    assert (device.up, device.why, device.lost) == (False, "gone", 8)


async def test_a_bug_in_a_driver_costs_that_device_alone() -> None:
    device, emitted, logged = await supervised(Script(ZeroDivisionError("planted")))

    assert emitted == []
    assert device.why == "ZeroDivisionError: planted"
    assert logged == ["driver_failed", "device_lost"]


async def test_a_driver_that_ends_is_started_again() -> None:
    device, _, _ = await supervised(Script(None))

    assert device.why == "the driver ended"


@pytest.mark.parametrize(("lasted_us", "next_s"), [(59_999_999, 0.004), (60_000_000, 0.002)])
async def test_a_link_that_was_stable_starts_the_waits_anew(lasted_us: int, next_s: float) -> None:
    backoff = Backoff(Random(1), 0.001, 0.004)

    def lasting(clock: Clock) -> None:
        clock.us += lasted_us

    await supervised(Script([UP], [UP]), lasting, backoff)

    assert next_s / 2 <= backoff.wait_s() <= next_s


def test_each_warning_is_told_once_and_all_are_counted() -> None:
    device = Device("dock-1", "llrp")
    with capture_logs() as logged:
        for number in range(200):
            device.warn("again")
            device.warn(f"number {number}")

    assert device.warnings == 400
    assert len(logged) == 64
    assert logged[0] == {
        "event": "device_warning",
        "device": "dock-1",
        "what": "again",
        "log_level": "warning",
    }
