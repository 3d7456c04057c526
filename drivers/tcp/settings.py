"""What a `[[scanner]]` with driver = "tcp" may say; docs/scanners.md has a table of it.

A preset holds what a maker's scanners do as they come from the factory, from general knowledge of
the makers' manuals and tried on none; what the settings say beside it wins.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from drivers.scanner.settings import StreamTable

Preset = Literal["line", "cognex", "keyence", "sick", "datalogic"]
Given = Mapping[str, str | int | tuple[str, ...]]

# "OK,LON" and the like answer commands on the same connection: they say that it is alive.
PRESETS: dict[Preset, Given] = {
    "line": {},
    # DataMan Communications and Programming: Telnet port 23, DMCC commands.
    "cognex": {
        "port": 23,
        "no_read": ("NO-READ", "NOREAD", "NO READ"),
        "trigger_on": "||>TRIGGER ON\r\n",
        "trigger_off": "||>TRIGGER OFF\r\n",
    },
    # SR series: commands and data on one port, ended by CR; several codes are parted by commas.
    "keyence": {
        "port": 9004,
        "no_read": ("ERROR",),
        "heartbeat": ("OK,*", "ER,*"),
        "trigger_on": "LON\r",
        "trigger_off": "LOFF\r",
    },
    # CLV, Lector: CoLa A, each message within STX and ETX.
    "sick": {
        "port": 2112,
        "start": "\x02",
        "terminator": "etx",
        "no_read": ("NoRead",),
        "heartbeat": ("sAN *", "sFA*"),
        "trigger_on": "\x02sMN mTCgateon\x03",
        "trigger_off": "\x02sMN mTCgateoff\x03",
    },
    # Matrix with DL.CODE: STX before and CR LF behind, CAN where nothing was read.
    "datalogic": {
        "port": 51236,
        "start": "\x02",
        "no_read": ("\x18", "NOREAD", "NO READ"),
    },
}


class TcpSettings(StreamTable):
    """A scanner in the network: we connect to it, or it to us."""

    driver: Literal["tcp"]
    preset: Preset = "line"
    mode: Literal["client", "server"] = "client"
    # client: the scanner's. server: the only one that may connect; none: any.
    host: Annotated[str, Field(min_length=1, max_length=253)] | None = None
    port: int = Field(ge=1, le=65535)
    listen: Annotated[str, Field(min_length=1, max_length=253)] = "0.0.0.0"  # server: our address
    connect_s: float = Field(default=5.0, gt=0, le=60)
    away_s: float = Field(default=10.0, ge=0, le=3600)  # server: for so long none connected: lost
    # In TCP nothing is lost in the middle, and a piece may be seconds late.
    idle_s: float = Field(default=3.0, ge=0.01, le=60)

    @model_validator(mode="before")
    @classmethod
    def _as_the_preset_has_it(cls, given: object) -> object:
        if isinstance(given, dict):
            preset = given.get("preset")
            return {**next((each for name, each in PRESETS.items() if name == preset), {}), **given}
        return given

    @model_validator(mode="after")
    def _somewhere_to_go(self) -> Self:
        if self.mode == "client" and self.host is None:
            raise ValueError('host: missing: a name or address, or mode = "server"')
        if self.mode == "server":
            for key, text in (("host", self.host), ("listen", self.listen)):
                if text is not None and not _is_address(text):
                    raise ValueError(f'{key}: "{text}": expected an IP address')
        return self


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
