"""A recording of what devices said: one JSON object a line, one Observation an object.

The ring on disk, `replay` and other people's logs all speak it. Times are seconds since 1970 UTC
with microseconds; what a line does not say has the default of its Observation.

    {"t": 1763800000.123, "reader": "dock-1", "antenna": 2, "epc": "30340242...", "pc": "3000",
     "rssi": -54.5, "channel": 7, "phase": 1.2}
    {"t": 1763800000.2, "reader": "dock-1", "gpi": 1, "state": true}
    {"t": 1763800000.3, "scanner": "belt-1", "data": "]C10109521141012345"}
    {"t": 1763800000.4, "scanner": "belt-1", "no_read": true}

A `data` that begins with "]" begins with an AIM symbology identifier, but where "aim" is false.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never

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
from wire import json
from wire.json import JsonObject, JsonValue

# A read is 150 bytes; a scan at most 7089 (digits in a QR code, version 40), a control character
# of which takes six here.
LINE_BYTES_MAX = 48 << 10
SECONDS_MAX = 7_258_118_400  # the year 2200: whatever says more has no clock
MEMORY_BYTES_MAX = 64  # more EPC than a Gen2 tag can have, and what a reader may tell
RSSI_DBM = (-200, 100)  # far beyond any radio; what is beyond that overflows as power
PHASE_RAD = (-7, 7)  # readers say 0 to 2 pi, or -pi to pi
DOPPLER_HZ = (-100_000, 100_000)  # of a bullet
U16_MAX = 65_535  # what readers count in
_US = Decimal(1_000_000)
_FOUR_DIGITS = re.compile(r"[0-9A-Fa-f]{4}")


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no observation, with the sentence that says why."""

    why: str


def to_line(observation: Observation) -> bytes:
    """One line, with its line feed."""
    return json.encode(_said(observation)).encode() + b"\n"


def from_line(line: bytes) -> Observation | BadLine:
    try:
        said = json.decode_object(line, LINE_BYTES_MAX)
        return _observation(said)
    except json.NotJson as error:
        return BadLine(str(error))
    except (KeyError, TypeError, ValueError) as error:
        missing = f"no {error}" if isinstance(error, KeyError) else str(error)
        return BadLine(f"no observation: {missing}")


def _said(observation: Observation) -> JsonObject:
    match observation:
        case TagRead():
            return _said_of_read(observation)
        case Scan(device, at_us, data, symbology):
            said: JsonObject = {"t": _seconds(at_us), "scanner": device}
            text = data.decode("latin-1")
            if symbology is not None:
                return said | {"data": f"]{symbology}{text}"}
            return said | {"data": text} | ({"aim": False} if text.startswith("]") else {})
        case NoRead(device, at_us):
            return {"t": _seconds(at_us), "scanner": device, "no_read": True}
        case GpiChange(device, at_us, port, high, resync):
            edge: JsonObject = {"t": _seconds(at_us), "reader": device, "gpi": port, "state": high}
            return edge | ({"resync": True} if resync else {})
        case AntennaChange(device, at_us, antenna, connected):
            return {
                "t": _seconds(at_us),
                "reader": device,
                "antenna": antenna,
                "connected": connected,
            }
        case LinkChange(device, at_us, up, held):
            return {"t": _seconds(at_us), "reader": device, "up": up, "held": held}
        case ClockStepped(at_us, step_us):
            return {"t": _seconds(at_us), "clock_step": _seconds(step_us)}
        case _:
            assert_never(observation)


def _said_of_read(read: TagRead) -> JsonObject:
    said: JsonObject = {
        "t": _seconds(read.first_us),
        "reader": read.device,
        "antenna": read.antenna,
        "epc": read.epc.hex(),
    }
    if read.pc is not None:
        said["pc"] = f"{read.pc:04x}"
    if read.rssi_dbm is not None:
        said["rssi"] = read.rssi_dbm
    if read.channel is not None:
        said["channel"] = read.channel
    if read.phase_rad is not None:
        said["phase"] = read.phase_rad
    if read.doppler_hz is not None:
        said["doppler"] = read.doppler_hz
    if read.tid is not None:
        said["tid"] = read.tid.hex()
    if read.seen_count != 1:
        said["n"] = read.seen_count
    if read.last_us != read.first_us:
        said["last"] = _seconds(read.last_us)
    return said


def _observation(said: JsonObject) -> Observation:
    """Raises KeyError, TypeError or ValueError where a field is missing or of another type."""
    at_us = _microseconds(said["t"])
    if "scanner" in said:
        return _of_scanner(_text(said["scanner"]), at_us, said)
    if "clock_step" in said:
        return ClockStepped(at_us, _microseconds(said["clock_step"], least=-SECONDS_MAX))
    device = _text(said["reader"])
    if "epc" in said:
        return _tag_read(device, at_us, said)
    if "gpi" in said:
        port, resync = _whole(said["gpi"], 0, U16_MAX), _flag(said.get("resync", False))
        return GpiChange(device, at_us, port, _flag(said["state"]), resync)
    if "antenna" in said:
        return AntennaChange(
            device, at_us, _whole(said["antenna"], 0, U16_MAX), _flag(said["connected"])
        )
    return LinkChange(device, at_us, _flag(said["up"]), _flag(said.get("held", False)))


def _of_scanner(device: str, at_us: int, said: JsonObject) -> Observation:
    if "no_read" in said:
        return NoRead(device, at_us)
    text = _text(said["data"])
    coded = len(text) >= 3 and text[0] == "]" and _flag(said.get("aim", True))
    code = (text[3:] if coded else text).encode("latin-1")
    return Scan(device, at_us, code, text[1:3] if coded else None)


def _tag_read(device: str, at_us: int, said: JsonObject) -> TagRead:
    rssi, channel, pc = said.get("rssi"), said.get("channel"), said.get("pc")
    phase, doppler, tid = said.get("phase"), said.get("doppler"), said.get("tid")
    last_us = _microseconds(said["last"]) if "last" in said else at_us
    if last_us < at_us:
        raise ValueError(f"last {said['last']}: expected {said['t']} or later")
    return TagRead(
        device=device,
        antenna=_whole(said["antenna"], 0, U16_MAX),
        epc=_memory(said["epc"]),
        first_us=at_us,
        last_us=last_us,
        seen_count=_whole(said.get("n", 1), 1, U16_MAX),
        pc=None if pc is None else _pc(pc),
        rssi_dbm=None if rssi is None else _number(rssi, *RSSI_DBM),
        channel=None if channel is None else _whole(channel, 0, U16_MAX),
        phase_rad=None if phase is None else _number(phase, *PHASE_RAD),
        doppler_hz=None if doppler is None else _number(doppler, *DOPPLER_HZ),
        tid=None if tid is None else _memory(tid),
    )


def _memory(value: JsonValue) -> bytes:
    memory = bytes.fromhex(_text(value))
    if len(memory) > MEMORY_BYTES_MAX:
        raise ValueError(f"{len(memory)} bytes: expected at most {MEMORY_BYTES_MAX}")
    return memory


def _pc(value: JsonValue) -> int:
    text = _text(value)
    if _FOUR_DIGITS.fullmatch(text) is None:
        raise ValueError(f"{text}: expected four hexadecimal digits")
    return int(text, 16)


def _seconds(at_us: int) -> float:
    """Exact to the microsecond up to SECONDS_MAX and on to 2255: a double has 53 bits."""
    return at_us / 1e6


def _microseconds(value: JsonValue, least: int = 0) -> int:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"{value!r}: expected seconds")
    if not least <= value <= SECONDS_MAX:
        raise ValueError(f"{value}: expected seconds from {least} to {SECONDS_MAX}")
    return int((Decimal(value) * _US).to_integral_value())


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r}: expected text")
    return value


def _whole(value: JsonValue, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r}: expected a whole number")
    if not least <= value <= most:
        raise ValueError(f"{value}: expected a whole number from {least} to {most}")
    return value


def _number(value: JsonValue, least: int, most: int) -> float:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"{value!r}: expected a number")
    if not least <= value <= most:
        raise ValueError(f"{value}: expected a number from {least} to {most}")
    return float(value)


def _flag(value: JsonValue) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r}: expected true or false")
    return value
