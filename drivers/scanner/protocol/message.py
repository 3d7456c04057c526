"""What a scanner's message says: codes, that it read none, or that it is alive.

A message is what stands between two ends (framing.py). Most hold one code. Fixed scanners put the
codes of one trigger into one message with a separator, say a word where they read nothing
("NOREAD"), and repeat a heartbeat where nothing passes.

A code may begin with its AIM symbology identifier, `]` and two characters (ISO/IEC 15424): it tells
GS1-128 (`]C1`) from any other Code 128 (`]C0`), which the digits alone do not. Scanners send it
when they are told to.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from drivers.base import NoRead, Now, Scan
from drivers.scanner.protocol.framing import (
    BYTES_TOLD_MAX,
    Assembler,
    Damaged,
    Flaw,
    Frame,
    Framing,
)

AimIds = Literal["auto", "always", "never"]
Characters = Literal["ascii", "any"]

_AIM_ID = re.compile(rb"\]([A-Za-z][0-9A-Za-z])")
# What says that the symbol holds GS1 element strings: GS1-128, DataBar and composite, DataMatrix,
# QR, DotCode. Their characters (AI encodable character set 82, GS1 General Specifications §7.11)
# do not have "]".
GS1_IDS = frozenset({"C1", "e0", "d2", "Q3", "J1"})
# EAN/UPC with their supplements, Interleaved 2 of 5, Codabar's digits and signs: no "]" either.
_PLAIN_KINDS = frozenset("EIF")
# Printable, TAB; for element strings GS; for envelopes of ISO/IEC 15434 EOT, FS, RS and US.
_ASCII = frozenset([*range(0x20, 0x7F), 0x04, 0x09, 0x1C, 0x1D, 0x1E, 0x1F])
# A break on the line and a byte with wrong parity are read as NUL (termios(3), INPCK).
_ANY = frozenset(range(0x01, 0x100))


@dataclass(frozen=True, slots=True)
class Rules:
    """How one scanner's messages are read."""

    aim_ids: AimIds = "auto"  # "auto": where one is there it is taken
    prefix: bytes = b""  # of each message, as the scanner was told to send it
    suffix: bytes = b""
    separator: bytes = b""  # between the codes of one message; empty: it holds one
    no_read: tuple[bytes, ...] = ()  # patterns: a "*" stands for anything
    heartbeat: tuple[bytes, ...] = ()  # patterns, too
    characters: Characters = "ascii"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The scanner says that it is alive."""

    at_us: int


Heard = Scan | NoRead | Heartbeat | Damaged


def split_aim_id(data: bytes) -> tuple[str | None, bytes]:
    """The AIM symbology identifier without its "]", and the code behind it.

    >>> split_aim_id(b"]C10109521141012345")
    ('C1', b'0109521141012345')
    >>> split_aim_id(b"0109521141012345")
    (None, b'0109521141012345')
    """
    found = _AIM_ID.match(data)
    return (found[1].decode(), data[3:]) if found else (None, data)


@dataclass(slots=True)
class Hearing:
    """Bytes of one scanner in, and what they say out; make a new one for every connection.

    `receive` what comes; `expire` when `deadline_us` is past (monotonic); `end` at the end.
    """

    device: str
    framing: Framing
    rules: Rules
    _assembler: Assembler = field(init=False)
    _no_read: re.Pattern[bytes] = field(init=False)
    _heartbeat: re.Pattern[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self._assembler = Assembler(self.framing)
        self._no_read = _any_of(self.rules.no_read)
        self._heartbeat = _any_of(self.rules.heartbeat)

    @property
    def deadline_us(self) -> int | None:
        return self._assembler.deadline_us

    def receive(self, chunk: bytes, now: Now) -> list[Heard]:
        return self._said(self._assembler.receive(chunk, now))

    def expire(self, now: Now) -> list[Heard]:
        return self._said(self._assembler.expire(now))

    def end(self) -> list[Heard]:
        return self._said(self._assembler.end())

    def spoil(self, now: Now) -> None:
        """Some bytes were lost just now: what is under way is no scan."""
        self._assembler.spoil(now)

    def _said(self, frames: Iterable[Frame | Damaged]) -> list[Heard]:
        said: list[Heard] = []
        for frame in frames:
            if isinstance(frame, Damaged):
                said.append(frame)
            else:
                said += self._message(frame)
        return said

    def _message(self, frame: Frame) -> list[Heard]:
        data, rules = frame.data, self.rules
        if self._heartbeat.fullmatch(data):
            return [Heartbeat(frame.at_us)]
        if self._no_read.fullmatch(data):
            return [NoRead(self.device, frame.at_us)]
        least = len(rules.prefix) + len(rules.suffix)
        framed = data.startswith(rules.prefix) and data.endswith(rules.suffix)
        if len(data) < least or not framed:
            return [_damaged(frame.at_us, Flaw.NO_PREFIX, data)]
        inner = data[len(rules.prefix) : len(data) - len(rules.suffix)]
        if self._heartbeat.fullmatch(inner):
            return [Heartbeat(frame.at_us)]
        codes = inner.split(rules.separator) if rules.separator else [inner]
        return [self._code(frame.at_us, code) for code in codes if code]

    def _code(self, at_us: int, data: bytes) -> Heard:
        rules = self.rules
        if self._no_read.fullmatch(data):
            return NoRead(self.device, at_us)
        symbology, code = (None, data) if rules.aim_ids == "never" else split_aim_id(data)
        flaw = self._flaw(symbology, code)
        if flaw is not None:
            return _damaged(at_us, flaw, data)
        return Scan(self.device, at_us, code, symbology)

    def _flaw(self, symbology: str | None, code: bytes) -> Flaw | None:
        rules = self.rules
        if not (_ASCII if rules.characters == "ascii" else _ANY).issuperset(code) or not code:
            return Flaw.NOISE
        if symbology is None and rules.aim_ids == "always":
            return Flaw.NO_ID
        has_no_bracket = symbology in GS1_IDS or (symbology or " ")[0] in _PLAIN_KINDS
        return Flaw.GLUED if has_no_bracket and b"]" in code else None


def _damaged(at_us: int, flaw: Flaw, data: bytes) -> Damaged:
    return Damaged(at_us, flaw, data[:BYTES_TOLD_MAX])


def _any_of(patterns: tuple[bytes, ...]) -> re.Pattern[bytes]:
    """What fits one of them; without patterns nothing does."""
    texts = [b".*".join(map(re.escape, pattern.split(b"*"))) for pattern in patterns]
    return re.compile(b"|".join(b"(?:" + text + b")" for text in texts) or b"(?!)", re.DOTALL)
