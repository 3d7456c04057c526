"""What every scanner's driver owes, whatever its cable is."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drivers.base import Facts, NotDone
from simulator.scanner.codes import byte_by_byte, codes, cut, joined, noise
from tests.contract.scanners import SCANNERS, Opened

END = b"\r\n"
CODES = codes(50, seed=1)
PLAIN = [code[3:] for code in CODES]


class Open:
    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self.folder = kind, folder

    def __call__(self, **more: Any) -> Opened:
        return SCANNERS[self.kind](self.folder, **more)


@pytest.fixture(params=SCANNERS)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Each kind in turn."""
    return Open(request.param, tmp_path)


def as_read(messages: list[bytes]) -> list[tuple[str | None, bytes]]:
    return [("C1", message[3:]) for message in messages]


async def test_scans_come_whole_and_in_order(opened: Open) -> None:
    async with opened() as bench:
        for code in CODES:
            await bench.scanner.send(code + END)
        await bench.until_read(50)

        assert bench.read == as_read(CODES)
        assert bench.device.reads == 50
        facts = replace(bench.driver.facts, model=None)  # which a keyboard tells
        assert facts == Facts(unreadable=0, no_reads=0)


async def test_scans_without_aim_ids_have_no_symbology(opened: Open) -> None:
    async with opened() as bench:
        await bench.scanner.send(joined(PLAIN[:3], END))
        await bench.until_read(3)

        assert bench.read == [(None, code) for code in PLAIN[:3]]


async def test_two_scans_in_one_read_and_the_half_of_a_third(opened: Open) -> None:
    async with opened(idle_s=10) as bench:
        await bench.scanner.send(joined(CODES[:2], END) + cut(CODES[2]))
        await bench.until_read(2)
        await bench.scanner.send(CODES[2].removeprefix(cut(CODES[2])) + END)
        await bench.until_read(3)

        assert bench.read == as_read(CODES[:3])


async def test_a_scan_may_come_byte_by_byte(opened: Open) -> None:
    async with opened(idle_s=10) as bench:
        for byte in byte_by_byte(joined(CODES[:3], END)):
            await bench.scanner.send(byte)
            await asyncio.sleep(0)
        await bench.until_read(3)

        assert bench.read == as_read(CODES[:3])


async def test_noise_is_no_scan_and_costs_no_other(opened: Open) -> None:
    async with opened() as bench:
        await bench.scanner.send(CODES[0] + END + noise(40, 1) + END + CODES[1] + END)
        await bench.until_read(2)

        assert bench.read == as_read(CODES[:2])
        assert bench.driver.facts.unreadable == 1
        assert bench.device.warnings == 0  # they are the bench's here
        assert len(bench.warnings) == 1
        assert bench.warnings[0].endswith("bytes that no code has here")


async def test_a_scan_that_was_cut_does_not_get_into_the_next(opened: Open) -> None:
    async with opened(idle_s=0.05) as bench:
        await bench.scanner.send(cut(CODES[0]))
        await bench.until_damaged(1)
        await bench.scanner.send(CODES[1] + END)
        await bench.until_read(1)

        assert bench.read == as_read(CODES[1:2])
        assert bench.warnings == [f"no scan: {cut(CODES[0])!r}: its end never came"]


async def test_between_stx_and_etx_a_cut_scan_costs_nothing_but_itself(opened: Open) -> None:
    async with opened(start="\x02", terminator="etx", idle_s=10) as bench:
        good = joined(CODES[1:3], b"\x03", b"\x02")
        await bench.scanner.send(b"\x02" + cut(CODES[0]) + good)
        await bench.until_read(2)

        assert bench.read == as_read(CODES[1:3])
        assert bench.driver.facts.unreadable == 1


async def test_where_nothing_ends_a_scan_silence_does(opened: Open) -> None:
    async with opened(terminator="none", idle_s=0.05) as bench:
        for count, code in enumerate(CODES[:3], 1):
            await bench.scanner.send(code)
            await bench.until_read(count)

        assert bench.read == as_read(CODES[:3])


async def test_a_fixed_length_ends_a_scan(opened: Open) -> None:
    async with opened(length=12) as bench:
        await bench.scanner.send(b"095211410123095211410124")
        await bench.until_read(2)

        assert bench.read == [(None, b"095211410123"), (None, b"095211410124")]


async def test_a_scan_that_never_ends_is_thrown_away(opened: Open) -> None:
    async with opened(idle_s=10) as bench:
        await bench.scanner.send(b"9" * 20_000 + END + CODES[0] + END)
        await bench.until_read(1)

        assert bench.read == as_read(CODES[:1])
        assert bench.warnings == [f"no scan: {b'9' * 64!r}: longer than any symbol"]


async def test_a_word_for_nothing_and_a_heartbeat_are_no_codes(opened: Open) -> None:
    async with opened(no_read=["NOREAD"], heartbeat=["HB*"], separator=";") as bench:
        two = CODES[0] + b";" + CODES[1]
        await bench.scanner.send(joined([b"NOREAD", b"HB 1", two], END))
        await bench.until_read(2)

        assert bench.read == as_read(CODES[:2])
        assert bench.no_reads == bench.driver.facts.no_reads == 1
        assert bench.driver.facts.unreadable == 0


async def test_a_scanner_that_was_pulled_out_is_lost_and_back(opened: Open) -> None:
    """What it was in the middle of is gone with it."""
    async with opened() as bench:
        await bench.scanner.send(CODES[0] + END + cut(CODES[1]))
        await bench.until_read(1)
        await bench.scanner.unplug()
        await bench.until_links(True, False)
        await bench.scanner.plug()
        await bench.until_links(True, False, True)
        await bench.scanner.send(CODES[2] + END)
        await bench.until_read(2)

        assert bench.read == as_read([CODES[0], CODES[2]])
        assert bench.device.lost >= 1


async def test_a_scanner_that_misses_its_heartbeat_is_lost(opened: Open) -> None:
    async with opened(heartbeat=["HB"], silence_s=0.2) as bench:
        await bench.scanner.send(b"HB" + END)
        await bench.until_links(True, False, True)

        assert bench.device.lost == 1


async def test_a_scanner_reads_when_it_is_told_to(opened: Open) -> None:
    async with opened(trigger_on="\x16T\r", trigger_off="\x16U\r") as bench:
        await bench.trigger(on=True)
        await bench.scanner.until_heard(b"\x16T\r")
        await bench.trigger(on=False)
        await bench.scanner.until_heard(b"\x16T\r\x16U\r")


async def test_a_scanner_tells_a_person_whether_a_scan_was_taken(opened: Open) -> None:
    async with opened(beep_good="\x06", beep_bad="\x15\x15") as bench:
        await bench.beep(good=True)
        await bench.scanner.until_heard(b"\x06")
        await bench.beep(good=False)
        await bench.scanner.until_heard(b"\x06\x15\x15")


async def test_a_beep_without_words_says_why(opened: Open) -> None:
    async with opened() as bench:
        with pytest.raises(NotDone, match=r"^the settings have no beep_bad$"):
            await bench.beep(good=False)


async def test_a_trigger_that_cannot_be_says_why(opened: Open) -> None:
    async with opened(trigger_on="LON\r") as bench:
        with pytest.raises(NotDone, match=r"^the settings have no trigger_off$"):
            await bench.trigger(on=False)
        await bench.scanner.unplug()
        await bench.until_links(True, False)
        with pytest.raises(NotDone, match=r"^not connected$"):
            await bench.trigger(on=True)
