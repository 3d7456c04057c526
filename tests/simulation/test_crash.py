"""The gateway's intake, cut off anywhere: what it concludes is the same as if it had not been.

A cut leaves what a SIGKILL leaves: what was written to files. Nothing is closed or flushed.
"""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from drivers.base import LinkChange
from gateway.core.read_point import Memory
from gateway.shell.outbox import NOTHING, Outbox
from tests.simulation.box import Box, reads, uninterrupted, up
from wire.event import Event


class StuckOutbox(Outbox):
    """A disk that never finishes an event."""

    async def append(
        self,
        events: Sequence[Event],
        resume: Mapping[str, int],
        now_us: int,
        changes: Mapping[str, Memory] = NOTHING,
    ) -> int:
        if events:
            await asyncio.Event().wait()
        return await super().append(events, resume, now_us, changes)


async def test_without_a_cut_three_pallets_are_three_movements(tmp_path: Path) -> None:
    rows = await uninterrupted(tmp_path, reads())

    assert [row.seq for row in rows] == [1, 2, 3]


@pytest.mark.parametrize("share", [n / 24 for n in range(1, 24)])
async def test_wherever_it_is_cut_off_it_concludes_the_same(tmp_path: Path, share: float) -> None:
    observations = reads()
    cut = int(len(observations) * share)
    expected = await uninterrupted(tmp_path / "whole", observations)

    first = Box(tmp_path / "cut")
    await first.start()
    await first.feed([up(held=False), *observations[:cut]])
    await first.cut_off()
    second = Box(tmp_path / "cut")
    second.now_us = first.now_us
    await second.start()
    await second.feed([*observations[cut : cut + 1], up(held=True), *observations[cut + 1 :]])
    rows = await second.finish()

    assert [row.event_id for row in rows] == [row.event_id for row in expected]
    assert [row.body for row in rows] == [row.body for row in expected]


async def test_a_cut_between_conclusion_and_commit_is_made_good_by_the_replay(
    tmp_path: Path,
) -> None:
    """The pass is closed in memory, and nothing of it is on disk but its reads."""
    observations = reads()
    expected = await uninterrupted(tmp_path / "whole", observations)
    first = Box(tmp_path / "cut", StuckOutbox)
    await first.start()
    await first.feed([up(held=False), *observations])
    await first.cut_off()
    second = Box(tmp_path / "cut")
    second.now_us = first.now_us
    replayed = await second.start()
    await second.feed([up(held=True)])
    rows = await second.finish()

    assert replayed == len(observations) + 2  # and the two of the link
    assert [row.event_id for row in rows] == [row.event_id for row in expected]


async def test_a_reader_that_could_not_hold_leaves_the_pass_for_review(tmp_path: Path) -> None:
    observations = reads()
    first = Box(tmp_path)
    await first.start()
    await first.feed([up(held=False), *observations[:300]])
    await first.cut_off()
    second = Box(tmp_path)
    second.now_us = first.now_us + 1_000_000
    await second.start()
    await second.feed([LinkChange("dock-1", second.now_us, up=True, held=False)])
    rows = await second.finish()

    assert ['"readpoint:kind":"review"' in row.body for row in rows] == [True]
    assert '"readpoint:reasons":["blind"]' in rows[0].body
