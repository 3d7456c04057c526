import pytest

from drivers.base import (
    AntennaChange,
    ClockStepped,
    GpiChange,
    LinkChange,
    NoRead,
    Observation,
    Scan,
    TagRead,
)
from gateway.core.recording import BadLine, from_line, to_line

AT_US = 1_763_800_000_123_456
EPC = bytes.fromhex("3074257BF7194E4000001A85")


@pytest.mark.parametrize(
    "observation",
    [
        TagRead("dock-1", 2, EPC, AT_US, AT_US),
        TagRead("dock-1", 2, EPC, AT_US, AT_US + 7, 3, 0x3000, -54.5, 7),
        TagRead("dock-1", 2, EPC, AT_US, AT_US, phase_rad=3.1415, doppler_hz=-1.5, tid=EPC),
        Scan("belt-1", AT_US, b"09521141012345"),
        Scan("belt-1", AT_US, b"]C1 is plain text here"),
        Scan("belt-1", AT_US, b"\x1d" * 7_089),
        NoRead("belt-1", AT_US),
        Scan("belt-1", AT_US, b"0109521141012345\x1d10A\xff", "C1"),
        GpiChange("dock-1", AT_US, 1, high=True),
        GpiChange("dock-1", AT_US, 1, high=False, resync=True),
        AntennaChange("dock-1", AT_US, 3, connected=False),
        LinkChange("dock-1", AT_US, up=True, held=True),
        LinkChange("dock-1", AT_US, up=False),
        ClockStepped(AT_US, -3_600_000_000),
    ],
)
def test_an_observation_comes_back_from_its_line(observation: Observation) -> None:
    line = to_line(observation)

    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert from_line(line) == observation


def test_a_line_of_a_recording_is_read() -> None:
    line = (
        b'{"t": 1763800000.123, "reader": "dock-1", "antenna": 2,'
        b' "epc": "3074257BF7194E4000001A85", "pc": "3000", "rssi": -54.5, "channel": 7,'
        b' "phase": 1.2}'
    )

    assert from_line(line) == TagRead(
        "dock-1",
        2,
        EPC,
        1_763_800_000_123_000,
        1_763_800_000_123_000,
        pc=0x3000,
        rssi_dbm=-54.5,
        channel=7,
        phase_rad=1.2,
    )


def test_a_scan_s_symbology_stands_in_front() -> None:
    assert from_line(b'{"t": 1, "scanner": "belt-1", "data": "]C10109521141012345"}') == Scan(
        "belt-1", 1_000_000, b"0109521141012345", "C1"
    )


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"", "Expecting value at character 0"),
        (b"[]", "list: expected an object"),
        (b"{}", "no observation: no 't'"),
        (b'{"t": "now"}', "no observation: 'now': expected seconds"),
        (b'{"t": true}', "no observation: True: expected seconds"),
        (b'{"t": 1}', "no observation: no 'reader'"),
        (b'{"t": 1, "reader": 5}', "no observation: 5: expected text"),
        (b'{"t": 1, "reader": "a"}', "no observation: no 'up'"),
        (b'{"t": 1, "reader": "a", "up": 1}', "no observation: 1: expected true or false"),
        (
            b'{"t": 1, "reader": "a", "epc": "30", "antenna": "1"}',
            "no observation: '1': expected a whole number",
        ),
        (
            b'{"t": 1, "reader": "a", "epc": "30", "antenna": 1, "rssi": "x"}',
            "no observation: 'x': expected a number",
        ),
        (b'{"t": -1}', "no observation: -1: expected seconds from 0 to 7258118400"),
        (
            b'{"t": 9e29, "reader": "a", "up": true}',
            "no observation: 9E+29: expected seconds from 0 to 7258118400",
        ),
        (
            b'{"t": 1, "clock_step": -9e29}',
            "no observation: -9E+29: expected seconds from -7258118400 to 7258118400",
        ),
        (
            b'{"t": 1, "reader": "a", "epc": "30", "antenna": 1, "rssi": 99999}',
            "no observation: 99999: expected a number from -200 to 100",
        ),
        (
            b'{"t": 1, "reader": "a", "epc": "30", "antenna": 1, "rssi": -1e29}',
            "no observation: -1E+29: expected a number from -200 to 100",
        ),
        (
            b'{"t": 1, "reader": "a", "epc": "30", "antenna": 1, "n": 0}',
            "no observation: 0: expected a whole number from 1 to 65535",
        ),
        (
            b'{"t": 1, "reader": "a", "epc": "30", "antenna": -1}',
            "no observation: -1: expected a whole number from 0 to 65535",
        ),
        (
            b'{"t": 1, "reader": "a", "epc": "30", "antenna": 1, "pc": "10000"}',
            "no observation: 10000: expected four hexadecimal digits",
        ),
        (
            b'{"t": 1, "reader": "a", "epc": "30", "antenna": 1, "pc": "-1"}',
            "no observation: -1: expected four hexadecimal digits",
        ),
        (
            b'{"t": 2, "reader": "a", "epc": "30", "antenna": 1, "last": 1}',
            "no observation: last 1: expected 2 or later",
        ),
        (
            b'{"t": 1, "reader": "a", "antenna": 1, "epc": "' + b"30" * 65 + b'"}',
            "no observation: 65 bytes: expected at most 64",
        ),
        (
            b'{"t": 1, "reader": "a", "epc": "3x", "antenna": 1}',
            "no observation: non-hexadecimal number found in fromhex() arg at position 1",
        ),
    ],
)
def test_another_line_says_why_it_is_none(line: bytes, why: str) -> None:
    assert from_line(line) == BadLine(why)


def test_the_widest_a_read_can_be_is_one() -> None:
    first_us, last_us = 0, 7_258_118_400_000_000
    read = TagRead("dock-1", 65535, bytes(64), first_us, last_us, 65535, 0xFFFF, -128.0, 65535)

    assert from_line(to_line(read)) == read


def test_a_line_without_end_is_not_read() -> None:
    assert from_line(b" " * 50_000) == BadLine("50000 bytes: expected at most 49152")
