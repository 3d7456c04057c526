"""What every `[[scanner]]` may say, and beside it every one that sends bytes (serial, TCP)."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from drivers.base import NAME_MEANING, NAME_PATTERN
from drivers.scanner.protocol.framing import CONTROL_MAX, MESSAGE_BYTES_MAX, Framing
from drivers.scanner.protocol.message import AimIds, Characters, Rules

TEXT_MAX = 64  # of a prefix, a word for no read, a trigger; scanners take some ten
PATTERNS_MAX = 16
_ENDS = {"line": (b"\r", b"\n"), "tab": (b"\t",), "etx": (b"\x03",), "none": ()}
_ENDS_MEANING = '"line", "tab", "etx", "none", or the characters themselves, as "\\r\\n"'


def _latin(text: str) -> str:
    if any(ord(each) > 0xFF for each in text):
        raise ValueError("expected characters of one byte (Latin-1)")
    return text


def _known_end(text: str) -> str:
    if text in _ENDS or any(ord(each) <= CONTROL_MAX for each in text):
        return text
    raise ValueError(f"{text!r}: expected {_ENDS_MEANING}")


Text = Annotated[str, Field(max_length=TEXT_MAX), AfterValidator(_latin)]
Pattern = Annotated[Text, Field(min_length=1)]
Patterns = Annotated[tuple[Pattern, ...], Field(max_length=PATTERNS_MAX)]
End = Annotated[Text, Field(min_length=1), AfterValidator(_known_end)]


class ScannerTable(BaseModel):
    """What is the same for every kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=NAME_PATTERN, description=NAME_MEANING)]
    # Longer than a hand rests on the trigger before a label; shorter than putting a box back on.
    repeat_s: float = Field(default=2.0, ge=0, le=3600)
    aim_ids: AimIds = "auto"
    characters: Characters = "ascii"
    prefix: Text = ""
    suffix: Text = ""
    no_read: Patterns = ()

    def rules(self) -> Rules:
        return Rules(
            aim_ids=self.aim_ids,
            prefix=_bytes(self.prefix),
            suffix=_bytes(self.suffix),
            no_read=tuple(map(_bytes, self.no_read)),
            characters=self.characters,
        )

    def beep(self, *, good: bool) -> bytes:  # noqa: ARG002
        """What makes it say: taken, or refused; empty where the settings have none."""
        return b""


class StreamTable(ScannerTable):
    """A scanner that sends bytes: where its messages end, and what else they say."""

    start: Text = ""
    terminator: End = "line"
    length: int | None = Field(default=None, ge=1, le=MESSAGE_BYTES_MAX)
    idle_s: float = Field(default=0.3, ge=0.01, le=60)
    separator: Text = ""
    heartbeat: Patterns = ()
    silence_s: float | None = Field(default=None, ge=0.1, le=86_400)
    trigger_on: Text = ""
    trigger_off: Text = ""
    beep_good: Text = ""
    beep_bad: Text = ""

    @model_validator(mode="after")
    def _one_way_to_end(self) -> Self:
        if self.length is not None and self.start:
            raise ValueError("length: expected no start, for every byte counts")
        if self.start and self.terminator == "none":
            raise ValueError("start: expected a terminator, for a start alone ends nothing")
        return self

    def framing(self) -> Framing:
        if self.length is not None:  # whatever the terminator is: none is sent
            return Framing(ends=(), length=self.length, idle_us=int(self.idle_s * 1e6))
        ends = _ENDS.get(self.terminator)
        return Framing(
            ends=(_bytes(self.terminator),) if ends is None else ends,
            start=_bytes(self.start),
            idle_us=int(self.idle_s * 1e6),
            idle_ends=self.terminator == "none",
        )

    def rules(self) -> Rules:
        return Rules(
            aim_ids=self.aim_ids,
            prefix=_bytes(self.prefix),
            suffix=_bytes(self.suffix),
            separator=_bytes(self.separator),
            no_read=tuple(map(_bytes, self.no_read)),
            heartbeat=tuple(map(_bytes, self.heartbeat)),
            characters=self.characters,
        )

    def trigger(self, *, on: bool) -> bytes:
        """What tells the scanner to read, or to stop; empty where the settings have none."""
        return _bytes(self.trigger_on if on else self.trigger_off)

    def beep(self, *, good: bool) -> bytes:
        return _bytes(self.beep_good if good else self.beep_bad)


def _bytes(text: str) -> bytes:
    return text.encode("latin-1")
