"""Runs in the guest: supervises scanners as the gateway does, and says all that they do.

    python listen.py SETTINGS...      each a JSON object, as a [[scanner]] would say it

Standard output: a recording. Standard error: the gateway's log.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from random import Random

from pydantic import TypeAdapter

from drivers.base import Observation
from drivers.registry import ScannerSettings, open_driver
from gateway.core.recording import to_line
from gateway.shell import clock, log, supervisor
from gateway.shell.backoff import Backoff
from gateway.shell.supervisor import Device, Supervisor


async def _say(observations: Sequence[Observation]) -> None:
    os.write(1, b"".join(map(to_line, observations)))


async def main(texts: Sequence[str]) -> None:
    adapter: TypeAdapter[ScannerSettings] = TypeAdapter(ScannerSettings)
    async with asyncio.TaskGroup() as group:
        for text in texts:
            settings = adapter.validate_json(text)
            device = Device(settings.name, settings.driver)
            driver = open_driver(settings, clock.now, device.warn)
            backoff = Backoff(Random(), supervisor.FIRST_WAIT_S, supervisor.LONGEST_WAIT_S)
            group.create_task(Supervisor(device, driver, _say, clock.now, backoff).run())


if __name__ == "__main__":
    log.configure("info", "console")
    asyncio.run(main(sys.argv[1:]))
