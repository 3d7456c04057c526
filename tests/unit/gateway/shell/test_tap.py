from collections.abc import Sequence

from drivers.base import GpiChange, Observation
from gateway.shell.tap import Tap

FIRST, SECOND, THIRD = (GpiChange("dock-1", at_us, 1, high=True) for at_us in (1, 2, 3))


class Pipeline:
    def __init__(self) -> None:
        self.heard: list[Observation] = []

    async def emit(self, observations: Sequence[Observation]) -> None:
        self.heard += observations


async def test_a_listener_hears_what_comes_while_it_listens_and_the_pipeline_all() -> None:
    pipeline = Pipeline()
    tap = Tap(pipeline.emit)
    await tap.emit([FIRST])

    with tap.listening() as listener:
        await tap.emit([SECOND])
        taken = await listener.take()
    await tap.emit([THIRD])
    listener.end()

    assert (taken, await listener.take()) == ([SECOND], None)
    assert pipeline.heard == [FIRST, SECOND, THIRD]


async def test_a_listener_that_is_full_loses_what_comes_alone_and_counts_it() -> None:
    pipeline = Pipeline()
    tap = Tap(pipeline.emit)

    with tap.listening(waiting_max=1) as small, tap.listening() as large:
        await tap.emit([FIRST, SECOND])
        await tap.emit([THIRD])
        small.end()

        assert (await small.take(), await small.take(), small.dropped) == ([FIRST], None, 2)
        assert (await large.take(), large.dropped) == ([FIRST, SECOND, THIRD], 0)
