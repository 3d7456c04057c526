"""The loop under every scanner, with a line that says its pieces when a test wants them said."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from drivers.base import DeviceLost, Facts, NoRead, Now, Observation, Scan
from drivers.scanner.listening import Ears, Read
from drivers.scanner.protocol.framing import Framing
from drivers.scanner.protocol.message import Hearing, Rules

SECOND_US = 1_000_000
IDLE_US = 10_000


@dataclass
class Bench:
    """A clock by hand, and what came. `late_us`: how long the pipeline holds each batch."""

    late_us: int = 0
    elapsed_us: int = 0
    observations: list[Observation] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def now(self) -> Now:
        return Now(self.elapsed_us, self.elapsed_us)

    async def emit(self, observations: Sequence[Observation]) -> None:
        self.batches.append(len(observations))
        self.observations += observations
        if observations:
            self.elapsed_us += self.late_us

    async def listen(
        self, read: Read, silence_s: float | None = None, *, idle_ends: bool = False
    ) -> Facts:
        ears = Ears(self.now, self.warnings.append)
        framing = Framing(ends=() if idle_ends else (b"\r",), idle_us=IDLE_US, idle_ends=idle_ends)
        hearing = Hearing("desk-1", framing, Rules(no_read=(b"NOREAD",)))
        async with asyncio.timeout(60):
            await ears.listen(read, hearing, self.emit, silence_s)
        return ears.facts


def line(*pieces: bytes) -> Read:
    """Says each when it is read, then the end."""
    left = [*pieces, b""]

    async def read() -> bytes:
        return left.pop(0)

    return read


async def test_scans_and_no_reads_are_told_and_what_is_damaged_is_counted() -> None:
    bench = Bench()
    facts = await bench.listen(line(b"1\rNOREAD\r", b"\xff\r", b"2"))

    assert bench.observations == [Scan("desk-1", 0, b"1"), NoRead("desk-1", 0)]
    assert bench.batches == [2, 0, 0]  # empty ones: heard, and nothing to say
    assert facts == Facts(unreadable=2, no_reads=1)
    assert bench.warnings == [
        "no scan: b'\\xff': bytes that no code has here",
        "no scan: b'2': its end never came",
    ]


async def test_half_a_scan_goes_on_where_the_pipeline_was_full_meanwhile() -> None:
    bench = Bench(late_us=30 * SECOND_US)
    await bench.listen(line(b"1\r095211", b"41012345\r"))

    assert [each.data for each in bench.observations if isinstance(each, Scan)] == [
        b"1",
        b"09521141012345",
    ]
    assert bench.warnings == []


async def test_half_a_scan_goes_on_where_the_host_was_too_busy_to_look() -> None:
    """The time is up when the loop comes round, and the bytes are there as well."""
    bench = Bench()
    looks = 0

    async def read() -> bytes:
        nonlocal looks
        looks += 1
        if looks == 1:
            return b"095211"
        if looks == 2:
            bench.elapsed_us += 30 * SECOND_US
            await asyncio.Event().wait()
        return b"41012345\r" if looks == 3 else b""

    await bench.listen(read)

    assert [each.data for each in bench.observations if isinstance(each, Scan)] == [
        b"09521141012345"
    ]


async def test_a_heartbeat_that_waited_for_a_busy_host_is_no_silence() -> None:
    bench = Bench(late_us=30 * SECOND_US)

    await bench.listen(line(b"1\r", b"2\r", b"3\r"), silence_s=5)

    assert len(bench.observations) == 3


async def test_silence_where_it_was_listened_to_ends_half_a_scan_and_the_link() -> None:
    bench = Bench()
    looks = 0

    async def read() -> bytes:
        nonlocal looks
        looks += 1
        if looks > 1:
            bench.elapsed_us += IDLE_US
            await asyncio.Event().wait()
        return b"1\r095211"

    with pytest.raises(DeviceLost, match=r"^silent for 0\.04 s: expected a heartbeat$"):
        await bench.listen(read, silence_s=0.04)

    assert bench.observations == [Scan("desk-1", 0, b"1")]
    assert bench.warnings == ["no scan: b'095211': its end never came"]


async def test_what_silence_ends_is_a_scan() -> None:
    bench = Bench()
    left = [b"1", None, None, b"2", None, None, b""]

    async def read() -> bytes:
        said = left.pop(0)
        if said is None:
            bench.elapsed_us += IDLE_US
            await asyncio.Event().wait()
            raise AssertionError
        return said

    await bench.listen(read, idle_ends=True)

    assert [each.data for each in bench.observations if isinstance(each, Scan)] == [b"1", b"2"]
