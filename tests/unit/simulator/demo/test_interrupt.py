"""A signal ends the demo once; what ends then is ended in full."""

import asyncio
import os
import signal

import pytest

from simulator.demo.interrupt import Interrupted, interruptible, to_the_end


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_ends_the_block_and_is_named(number: signal.Signals) -> None:
    with pytest.raises(Interrupted, match=f"^{number.name}$"), interruptible():
        os.kill(os.getpid(), number)
        await asyncio.Event().wait()


async def test_a_second_signal_does_not_cut_the_ending_short() -> None:
    ended = False
    with pytest.raises(Interrupted, match="^SIGTERM$"), interruptible():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.Event().wait()
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            for _ in range(10):
                await asyncio.sleep(0)
            ended = True
    assert ended


async def test_a_signal_during_an_ordinary_ending_does_not_cut_it_short() -> None:
    ended = False

    async def ending() -> None:
        nonlocal ended
        os.kill(os.getpid(), signal.SIGTERM)
        for _ in range(10):
            await asyncio.sleep(0)
        ended = True

    with pytest.raises(Interrupted, match="^SIGTERM$"), interruptible():
        await to_the_end(ending())
    assert ended


async def test_a_closed_terminal_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible():
            os.kill(os.getpid(), signal.SIGHUP)
            await asyncio.sleep(0)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


async def test_a_cancelled_task_is_no_interrupt() -> None:
    async def block() -> None:
        with interruptible():
            await asyncio.Event().wait()

    task = asyncio.create_task(block())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
