"""Signals that ask the demo to end: the first one does, and those after it change nothing."""

import asyncio
import contextlib
import signal
from collections.abc import Coroutine, Iterator


class Interrupted(Exception):
    """The message is the name of the signal."""


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP (the terminal was closed) cancel the task, once: a second Ctrl-C
    would cancel the ending itself. Raises Interrupted when the block has ended.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    heard: list[signal.Signals] = []

    def hear(number: signal.Signals) -> None:
        heard.append(number)
        if len(heard) == 1:
            task.cancel()

    asking = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as under nohup
        asking.append(signal.SIGHUP)
    for number in asking:
        loop.add_signal_handler(number, hear, number)
    try:
        yield
    except asyncio.CancelledError:
        if not heard:
            raise
        raise Interrupted(heard[0].name) from None
    finally:
        for number in asking:
            loop.remove_signal_handler(number)


async def to_the_end(ending: Coroutine[object, object, None]) -> None:
    """Await what must not be left half done, also when the signal comes only now."""
    task = asyncio.ensure_future(ending)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
