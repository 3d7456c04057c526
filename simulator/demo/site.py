"""The simulated site in real time: the scene's doors, each heard through a reader on a TCP port.

It writes what really happened to standard output, a JSON object a line:

    {"ready": true}              every reader runs what its client asked for; the scene begins
    {"crossing": {...}}          one load went through a door
    {"done": true}               the last crossing of the asked time is over
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from simulator.llrp import clock
from simulator.llrp.reader import SimulatedReader
from simulator.scene.crossing import Crossing
from simulator.scene.site import SiteScene

STEP_S = 0.05  # how much of the scene is played at once


@dataclass(frozen=True, slots=True)
class DoorPort:
    """One door: its reader's name, and the port it listens on."""

    reader: str
    port: int


async def play(
    doors: Sequence[DoorPort], seed: int, seconds: float | None, say: Callable[[str], None]
) -> None:
    """Play the site until cancelled; with `seconds`, no load starts that would not end by then."""
    scene = SiteScene([door.reader for door in doors], Random(seed))
    readers = {door.reader: SimulatedReader(door.reader, port=door.port) for door in doors}
    async with asyncio.TaskGroup() as group:
        for reader in readers.values():
            group.create_task(reader.start())
    try:
        for reader in readers.values():
            await reader.until_active()
        say(json.dumps({"ready": True}))
        await _play(scene, readers, seconds, say)
    finally:
        for reader in readers.values():
            await reader.stop()


async def _play(
    scene: SiteScene,
    readers: dict[str, SimulatedReader],
    seconds: float | None,
    say: Callable[[str], None],
) -> None:
    loop = asyncio.get_running_loop()
    start_s, epoch_us = loop.time(), clock.now().utc_us
    if seconds is not None:
        scene.stop_at(seconds)
    done = False
    while True:
        at_s = loop.time() - start_s
        for name, reads in scene.step(at_s).items():
            readers[name].report(reads, epoch_us)
        for crossing in scene.finished():
            say(json.dumps({"crossing": told(crossing, epoch_us)}))
        if seconds is not None and at_s >= seconds and not done:
            done = True
            say(json.dumps({"done": True}))
        await asyncio.sleep(STEP_S)


def told(crossing: Crossing, epoch_us: int) -> dict[str, object]:
    """The truth of one crossing, in UTC."""
    return {
        "door": crossing.door,
        "direction": crossing.direction,
        "crossed_us": epoch_us + round(crossing.crossed_s * 1e6),
        "sscc": crossing.sscc,
        "tags": 1 + len(crossing.cases),
        "readable": list(crossing.readable),
        "clean": crossing.clean,
    }
