"""What a `[[scanner]]` with driver = "serial" may say; docs/scanners.md has a table of it."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from drivers.scanner.settings import StreamTable

# What termios(3) has names for; scanners are set to one of the lower ones.
Baud = Literal[300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800]


class SerialSettings(StreamTable):
    """A scanner at a serial port: RS-232, or USB that shows one (CDC, USB-COM)."""

    driver: Literal["serial"]
    device: Annotated[str, Field(min_length=1, max_length=4096)]
    baud: Baud = 9600
    format: Literal["8N1", "7E1", "7O1", "8E1", "8O1", "7N2", "8N2"] = "8N1"
    flow: Literal["none", "rts_cts", "xon_xoff"] = "none"

    @field_validator("device")
    @classmethod
    def _a_path(cls, device: str) -> str:
        if not device.startswith("/"):
            raise ValueError(
                f'"{device}": expected the path of a device, as /dev/serial/by-id/usb-...'
            )
        return device
