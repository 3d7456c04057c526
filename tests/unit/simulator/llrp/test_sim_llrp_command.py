"""The command that runs one reader, as a process of its own."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from llrpkit.reader import Reader

from simulator.cli.reader import tags
from simulator.llrp.announce import SERVICE, announced

ROOT = Path(__file__).parents[4]
PATIENCE_S = 60.0  # a bound, not an expectation
COMMAND = [sys.executable, "-m", "simulator", "reader"]


@asynccontextmanager
async def command(*arguments: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """The process and the port it listens on."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "--port", "0", *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        line = await said(process)
        yield process, int(line.partition(" port ")[2].partition(",")[0])
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def said(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().rstrip()


async def test_one_reader_with_tags_until_it_is_told_to_end() -> None:
    async with command("--model", "impinj-r420", "--tags", "3", "--rate", "50") as (process, port):
        async with Reader("127.0.0.1", port) as client:
            assert await said(process) == "a client came"
            found: set[tuple[int, bytes]] = set()
            async for tag in client.inventory(antennas=[1, 2, 3, 4]):
                found.add((tag.antenna, tag.epc))
                if len(found) == 3:
                    break
        assert await said(process) == "the client went"
        process.send_signal(signal.SIGTERM)

        async with asyncio.timeout(PATIENCE_S):
            assert await process.wait() == 0
    assert found == {(min(tag.antennas), tag.epc) for tag in tags(3, 1, 4)}


def test_a_seed_gives_the_same_tags() -> None:
    first, again, other = ([tag.epc for tag in tags(20, seed, 4)] for seed in (1, 1, 2))

    assert first == again != other
    assert len(set(first)) == 20


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--host", "dock"], "dock: expected an IP address"),
        (["--tags", "-1"], "-1: expected 0 to 10000"),
        (["--rate", "0"], "0: expected more than 0, at most 1000"),
        (["--model", "toaster"], "invalid choice: 'toaster'"),
    ],
)
def test_what_cannot_be_is_told(arguments: list[str], why: str) -> None:
    done = subprocess.run(
        [*COMMAND, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert why in done.stderr


async def test_a_reader_is_found_by_its_service() -> None:
    pytest.importorskip("zeroconf")
    async with announced("dock-1", "127.0.0.1", 5084):
        info = await asyncio.to_thread(_asked, "dock-1")

    assert info == ("dock-1.local.", 5084, ["127.0.0.1"])


def _asked(name: str) -> tuple[str, int, list[str]] | None:
    from zeroconf import Zeroconf

    client = Zeroconf(interfaces=["127.0.0.1"])
    try:
        info = client.get_service_info(SERVICE, f"{name}.{SERVICE}", timeout=10_000)
    finally:
        client.close()
    if info is None or info.server is None or info.port is None:
        return None
    return info.server, info.port, info.parsed_addresses()
