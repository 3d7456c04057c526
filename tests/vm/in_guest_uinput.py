"""Runs in the guest: a simulated keyboard scanner, read by the driver; prints what was scanned."""

import asyncio
from collections.abc import Sequence

from drivers.base import LinkChange, Observation, Scan
from drivers.hid.settings import HidSettings
from drivers.registry import open_driver
from gateway.shell import clock
from simulator.scanner.uinput import UinputScanner, why_not


async def main() -> None:
    if why_not():
        raise SystemExit(why_not())
    up, scanned = asyncio.Event(), asyncio.Event()

    async def emit(observations: Sequence[Observation]) -> None:
        for each in observations:
            if isinstance(each, LinkChange):
                up.set()
            elif isinstance(each, Scan):
                print(each.data)
                scanned.set()

    async with UinputScanner() as scanner:
        settings = HidSettings(name="simulated", driver="hid", device=scanner.path)
        running = asyncio.create_task(open_driver(settings, clock.now, print).run(emit))
        await up.wait()
        await scanner.scan("aZ09~!@#$%^&*()_+{}|:\"<>?`-=[];'\\,./ \x1dX")
        await asyncio.wait_for(scanned.wait(), 10)
        scanner.unplug()
        await asyncio.wait([running], timeout=10)
        print(running.exception())


if __name__ == "__main__":
    asyncio.run(main())
