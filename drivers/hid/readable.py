"""Waits until a file can be read, once: nobody is woken again while what is there is not taken."""

import asyncio


async def readable(descriptor: int) -> None:
    """Back when there is something to read, or an error to be told of."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)
