"""What a `[[scanner]]` with driver = "hid" may say; docs/scanners.md has a table of it."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic import model_validator as on_model

from drivers.base import NAME_MEANING, NAME_PATTERN
from drivers.hid.protocol.codes import FUNCTION_KEYS
from drivers.scanner.protocol.framing import MESSAGE_BYTES_MAX, Framing
from drivers.scanner.protocol.message import AimIds, Characters, Rules

ENDS = {"enter": (b"\r", b"\n"), "tab": (b"\t",), "none": ()}
FOLDER = Path("/dev/input")


class HidSettings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=NAME_PATTERN, description=NAME_MEANING)]
    driver: Literal["hid"]
    device: Path
    keymap: Literal["us", "uk", "de", "fr", "be", "it", "es"] = "us"
    # Ctrl+] and Alt+029 are GS always; this is one more key, or a character that stands for it.
    gs_key: str | None = "f8"
    terminator: Literal["enter", "tab", "none"] = "enter"
    # Scanners type a key each 1 to 50 ms; a person who scans twice needs half a second.
    idle_s: float = Field(default=0.3, ge=0.02, le=10)
    aim_ids: AimIds = "auto"
    prefix: str = Field(default="", max_length=32)
    suffix: str = Field(default="", max_length=32)
    characters: Characters = "ascii"
    bytes_max: int = Field(default=MESSAGE_BYTES_MAX, ge=1, le=MESSAGE_BYTES_MAX)

    @field_validator("device")
    @classmethod
    def _below_dev_input(cls, device: Path) -> Path:
        if not device.is_relative_to(FOLDER) or ".." in device.parts or device == FOLDER:
            raise ValueError(f"{device}: expected a path below {FOLDER}, best of by-path")
        return device

    @field_validator("gs_key")
    @classmethod
    def _a_key(cls, key: str | None) -> str | None:
        is_sign = (
            key is not None
            and len(key) == 1
            and key.isprintable()
            and key.isascii()
            and not (key.isalnum() or key in "] ")
        )
        if key is None or is_sign or key in FUNCTION_KEYS:
            return key
        raise ValueError(f'{key!r}: expected "f1" to "f24", or one sign such as "|"')

    @on_model(mode="after")
    def _bytes_of_one_each(self) -> "HidSettings":
        for text in (self.prefix, self.suffix):
            if any(ord(character) > 255 for character in text):
                raise ValueError(f"{text!r}: expected characters of ISO 8859-1")
        return self

    def framing(self) -> Framing:
        return Framing(
            ends=ENDS[self.terminator],
            idle_us=round(self.idle_s * 1e6),
            idle_ends=self.terminator == "none",
            bytes_max=self.bytes_max,
        )

    def rules(self) -> Rules:
        return Rules(
            aim_ids=self.aim_ids,
            prefix=self.prefix.encode("latin-1"),
            suffix=self.suffix.encode("latin-1"),
            characters=self.characters,
        )
