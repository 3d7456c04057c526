"""The gateway's intake on real files: what it keeps, in which order, and what it forgets."""

from pathlib import Path

from tests.simulation.box import Box, reads, tag_reads, up
from tests.unit.gateway.core.scenes import line, thing, walk


async def test_what_passed_while_a_door_was_off_is_never_booked(tmp_path: Path) -> None:
    """Off, or not in the settings at all: the ring goes on without it."""
    before = Box(tmp_path)
    await before.start()
    await before.feed([up(held=False), *reads()])
    made = await before.finish()
    off = Box(tmp_path, voices=())
    off.now_us = before.now_us
    await off.start()
    await off.feed([up(held=False), *tag_reads(walk(thing("7"), line(-4, 4, 5), 100.0))])
    await off.finish()
    again = Box(tmp_path)
    again.now_us = off.now_us
    replayed = await again.start()
    await again.feed([up(held=True)])

    assert await again.finish() == made
    assert replayed == 0
