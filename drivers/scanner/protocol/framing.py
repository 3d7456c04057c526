"""Where one scan ends and the next begins, in the bytes that a scanner sends.

No scanner says how long a scan is. What ends one is agreed upon by configuration, on both sides:

    terminator   0109521141012345 CR LF         the rule; also ETX, TAB, or any bytes
    start        STX 0109521141012345 ETX       what stands before a start is no scan
    length       095211410123                   always so many bytes, as old counters send
    idle         0109521141012345 (silence)     nothing else tells; a keyboard without Enter

Bytes come in any pieces: half a scan, or two at once. Half a scan that gets no more within
`idle_us` either is one, where nothing else ends a scan, or was cut, and then it is thrown away:
glued to the next scan it would be a code that nobody scanned.

Time comes in: `now` of the chunk. A scan is dated by its last byte.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from drivers.base import Now

# Of one message. A QR code, version 40, holds 7089 digits, and no symbol of trade holds more; what
# is longer has lost its end. It is thrown away up to the next end, and counted.
MESSAGE_BYTES_MAX = 7_089
CONTROL_MAX = 0x1F


class Flaw(StrEnum):
    """What is wrong with bytes that are no scan."""

    CUT = "its end never came"
    TOO_LONG = "longer than any symbol"
    NOISE = "bytes that no code has here"
    GLUED = "two scans in one, the first without its end"
    NO_ID = "no AIM symbology identifier before it"
    NO_PREFIX = "without the prefix and suffix of the settings"
    INCOMPLETE = "the host lost some of it"


@dataclass(frozen=True, slots=True)
class Damaged:
    """Bytes that are no scan. They are counted and told, and never guessed at."""

    at_us: int
    flaw: Flaw
    data: bytes  # as it came, the first BYTES_TOLD_MAX of it

    def __str__(self) -> str:
        return f"{self.data!r}: {self.flaw.value}"


BYTES_TOLD_MAX = 64  # of what was thrown away; enough to see what it was


@dataclass(frozen=True, slots=True)
class Frame:
    """What stood between a start and an end, without them."""

    at_us: int  # when its last byte came, UTC
    data: bytes


@dataclass(frozen=True, slots=True)
class Framing:
    """How one scanner marks its scans."""

    ends: tuple[bytes, ...] = (b"\r", b"\n")  # CR LF is an end and a message without bytes
    start: bytes = b""
    length: int | None = None  # then `ends` and `start` are empty
    idle_us: int = 300_000
    idle_ends: bool = False  # silence ends a scan; else what is unfinished then was cut
    bytes_max: int = MESSAGE_BYTES_MAX

    @property
    def is_silent_start(self) -> bool:
        """A start that no code can hold: so one within a scan begins another."""
        return bool(self.start) and self.start[0] <= CONTROL_MAX


@dataclass(slots=True)
class Assembler:
    """Bytes in, frames out; make a new one for every connection.

    `receive` the bytes as they come; `expire` when `deadline_us` is past (monotonic). `spoil` where
    bytes are known to be missing: what is under way is then no scan.
    """

    framing: Framing
    _kept: bytearray = field(default_factory=bytearray)
    _last: Now = field(default=Now(0, 0))  # of the newest byte
    _overflow: bytes | None = None  # the head of a message that is too long, until its end
    _spoilt: bool = False

    @property
    def deadline_us(self) -> int | None:
        """When `expire` has something to say, by the monotonic clock; None while nothing waits."""
        if self._kept or self._overflow is not None or self._spoilt:
            return self._last.monotonic_us + self.framing.idle_us
        return None

    def receive(self, chunk: bytes, now: Now) -> list[Frame | Damaged]:
        said = self.expire(now)  # These bytes come behind the silence, and belong to another scan.
        if chunk:
            self._kept += chunk
            self._last = now
        while (found := self._next()) is not None:
            said += found
        return said + self._bound()

    def expire(self, now: Now) -> list[Frame | Damaged]:
        due_us = self.deadline_us
        if due_us is None or now.monotonic_us < due_us:
            return []
        return self._silence()

    def end(self) -> list[Frame | Damaged]:
        """The connection is gone, and so is what would have ended the scan."""
        return [] if self.deadline_us is None else self._silence()

    def spoil(self, now: Now) -> None:
        """Some bytes were lost just now; what is under way goes, up to its end."""
        self._spoilt = True
        self._last = now

    def _silence(self) -> list[Frame | Damaged]:
        data, self._kept = bytes(self._kept), bytearray()
        head, self._overflow = self._overflow, None
        if head is not None:
            return self._damaged(Flaw.TOO_LONG, head)
        if self._spoilt or self.framing.idle_ends:
            return self._whole(data)
        return self._damaged(Flaw.CUT, data) if data.strip() else []

    def _next(self) -> list[Frame | Damaged] | None:
        """What the next end in the bytes gives, perhaps nothing; None where there is no end."""
        if self.framing.length is not None:
            return self._next_of_length(self.framing.length)
        found = [(at, -len(end)) for end in self.framing.ends if (at := self._kept.find(end)) >= 0]
        if not found:
            return None
        at, negative = min(found)
        data = bytes(self._kept[:at])
        del self._kept[: at - negative]
        head, self._overflow = self._overflow, None
        return self._started(data) if head is None else self._behind(head, data)

    def _next_of_length(self, length: int) -> list[Frame | Damaged] | None:
        if len(self._kept) < length:
            return None
        data = bytes(self._kept[:length])
        del self._kept[:length]
        return self._whole(data)

    def _started(self, data: bytes) -> list[Frame | Damaged]:
        """From the start on. A line end before it belongs to the scan before."""
        start = self.framing.start
        if not start:
            return self._whole(data)
        at = self._begins(data)
        if at < 0:
            return self._damaged(Flaw.NOISE, data) if data.strip() else []
        whole = self._whole(data[at + len(start) :])
        return self._before(data[:at]) + whole

    def _behind(self, head: bytes, rest: bytes) -> list[Frame | Damaged]:
        """The rest of what was too long from `head` on: a scan where one starts in it."""
        at = self._begins(rest, head)
        whole = self._whole(rest[at + len(self.framing.start) :]) if at >= 0 else []
        return self._damaged(Flaw.TOO_LONG, head) + whole

    def _begins(self, data: bytes | bytearray, head: bytes | None = None) -> int:
        """Where the start of the scan in it is; -1 where there is none.

        `head`: what stood before it. A start that a code can hold is one only where none was yet.
        """
        start = self.framing.start
        if self.framing.is_silent_start:
            return data.rfind(start)
        return -1 if head is not None and head.startswith(start) else data.find(start)

    def _before(self, data: bytes) -> list[Frame | Damaged]:
        if not data.strip():
            return []
        return self._damaged(Flaw.CUT if self.framing.start in data else Flaw.NOISE, data)

    def _whole(self, data: bytes) -> list[Frame | Damaged]:
        if self._spoilt:
            return self._damaged(Flaw.INCOMPLETE, data)
        if len(data) > self.framing.bytes_max:
            return self._damaged(Flaw.TOO_LONG, data)
        if not data:
            return []
        return [Frame(self._last.utc_us, data)]

    def _damaged(self, flaw: Flaw, data: bytes) -> list[Frame | Damaged]:
        self._spoilt = False
        return [Damaged(self._last.utc_us, flaw, data[:BYTES_TOLD_MAX])]

    def _bound(self) -> list[Frame | Damaged]:
        """Forget what is too long, but for the bytes that a start or an end may have begun with.

        A start within it is kept with all behind it: the same bytes in one piece would be a scan.
        """
        framing, said = self.framing, list[Frame | Damaged]()
        marks = max((len(end) for end in framing.ends), default=1)
        bytes_max = framing.bytes_max + len(framing.start) + marks
        if len(self._kept) > bytes_max and framing.start:
            said = self._forget_before_start()
        if len(self._kept) > bytes_max:
            if self._overflow is None:
                self._overflow = bytes(self._kept[:BYTES_TOLD_MAX])
            del self._kept[: len(self._kept) - max(marks - 1, len(framing.start) - 1)]
        return said

    def _forget_before_start(self) -> list[Frame | Damaged]:
        head = self._overflow
        at = self._begins(self._kept, head)
        if at < 0:
            return []
        before = bytes(self._kept[:at])
        del self._kept[:at]
        self._overflow = None
        return self._before(before) if head is None else self._damaged(Flaw.TOO_LONG, head)
