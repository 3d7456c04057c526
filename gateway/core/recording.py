"""A recording of what devices said: one JSON object a line, one Observation an object.

The ring on disk, `replay` and other people's logs all speak it. Times are seconds since 1970 UTC
with microseconds; what a line does not say has the default of its Observation.

    {"t": 1763800000.123, "reader": "dock-1", "antenna": 2, "epc": "30340242...", "pc": "3000",
     "rssi": -54.5, "channel": 7}
    {"t": 1763800000.2, "reader": "dock-1", "gpi": 1, "state": true}
    {"t": 1763800000.3, "scanner": "belt-1", "data": "]C10109521141012345"}
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never

from drivers.base import (
    AntennaChange,
    ClockStepped,
    GpiChange,
    LinkChange,
    Observation,
    Scan,
    TagRead,
)
from wire import json
from wire.json import JsonObject, JsonValue

LINE_BYTES_MAX = 4 << 10  # a read is 150 bytes; a scan at most 3 KB (QR code, version 40)
_US = Decimal(1_000_000)


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
            prefix = "" if symbology is None else f"]{symbology}"
            return said | {"data": prefix + text}
        case GpiChange(device, at_us, port, high):
            return {"t": _seconds(at_us), "reader": device, "gpi": port, "state": high}
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
    if read.count != 1:
        said["n"] = read.count
    if read.last_us != read.first_us:
        said["last"] = _seconds(read.last_us)
    return said


def _observation(said: JsonObject) -> Observation:
    """Raises KeyError, TypeError or ValueError where a field is missing or of another type."""
    at_us = _microseconds(said["t"])
    if "scanner" in said:
        text = _text(said["data"])
        coded = len(text) >= 3 and text[0] == "]"
        return Scan(
            _text(said["scanner"]),
            at_us,
            (text[3:] if coded else text).encode("latin-1"),
            text[1:3] if coded else None,
        )
    if "clock_step" in said:
        return ClockStepped(at_us, _microseconds(said["clock_step"]))
    device = _text(said["reader"])
    if "epc" in said:
        return _tag_read(device, at_us, said)
    if "gpi" in said:
        return GpiChange(device, at_us, _whole(said["gpi"]), _flag(said["state"]))
    if "antenna" in said:
        return AntennaChange(device, at_us, _whole(said["antenna"]), _flag(said["connected"]))
    return LinkChange(device, at_us, _flag(said["up"]), _flag(said.get("held", False)))


def _tag_read(device: str, at_us: int, said: JsonObject) -> TagRead:
    rssi, channel, pc = said.get("rssi"), said.get("channel"), said.get("pc")
    return TagRead(
        device=device,
        antenna=_whole(said["antenna"]),
        epc=bytes.fromhex(_text(said["epc"])),
        first_us=at_us,
        last_us=_microseconds(said["last"]) if "last" in said else at_us,
        count=_whole(said.get("n", 1)),
        pc=None if pc is None else int(_text(pc), 16),
        rssi_dbm=None if rssi is None else _number(rssi),
        channel=None if channel is None else _whole(channel),
    )


def _seconds(at_us: int) -> float:
    """Exact to the microsecond until the year 2255: a double has 53 bits."""
    return at_us / 1e6


def _microseconds(value: JsonValue) -> int:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"{value!r}: expected seconds")
    return int((Decimal(value) * _US).to_integral_value())


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r}: expected text")
    return value


def _whole(value: JsonValue) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r}: expected a whole number")
    return value


def _number(value: JsonValue) -> float:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"{value!r}: expected a number")
    return float(value)


def _flag(value: JsonValue) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r}: expected true or false")
    return value
