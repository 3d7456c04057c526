"""What a `[[scanner]]` with driver = "hid" may say; docs/scanners.md has a table of it."""

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from drivers.hid.protocol.codes import FUNCTION_KEYS
from drivers.scanner.protocol.framing import Framing
from drivers.scanner.settings import ScannerTable

ENDS = {"line": (b"\r", b"\n"), "tab": (b"\t",), "none": ()}
FOLDER = Path("/dev/input")
NEEDS = "needs: pip install 'readpoint[hid]'"


class HidSettings(ScannerTable):
    """A scanner that plays a keyboard, on USB."""

    driver: Literal["hid"]
    device: Path
    keymap: Literal["us", "uk", "de", "fr", "be", "it", "es"] = "us"
    # Ctrl+] and Alt+029 are GS always; this is one more key, or a character that stands for it.
    gs_key: str | None = "f8"
    terminator: Literal["line", "tab", "none"] = "line"
    # Scanners type a key each 1 to 50 ms; a person who scans twice needs half a second.
    idle_s: float = Field(default=0.3, ge=0.02, le=10)

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

    def framing(self) -> Framing:
        return Framing(
            ends=ENDS[self.terminator],
            idle_us=round(self.idle_s * 1e6),
            idle_ends=self.terminator == "none",
        )
