from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from drivers.hid.settings import HidSettings
from drivers.registry import ScannerSettings
from drivers.scanner.protocol.framing import Framing
from drivers.scanner.protocol.message import Rules
from drivers.serial.settings import SerialSettings
from drivers.tcp.settings import TcpSettings

SERIAL = {"name": "desk-1", "driver": "serial", "device": "/dev/ttyUSB0"}
TCP = {"name": "belt-1", "driver": "tcp", "host": "192.0.2.31", "port": 2000}
ANY: TypeAdapter[HidSettings | SerialSettings | TcpSettings] = TypeAdapter(ScannerSettings)


def refused(given: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as error:
        ANY.validate_python(given)
    (one,) = error.value.errors()
    return one["msg"].removeprefix("Value error, ")


def test_the_driver_tells_which_settings_there_are() -> None:
    assert isinstance(ANY.validate_python(SERIAL), SerialSettings)
    assert isinstance(ANY.validate_python(TCP), TcpSettings)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, Framing()),
        ({"terminator": "tab"}, Framing(ends=(b"\t",))),
        ({"terminator": "\r\n"}, Framing(ends=(b"\r\n",))),
        ({"terminator": "etx", "start": "\x02"}, Framing(ends=(b"\x03",), start=b"\x02")),
        ({"terminator": "none", "idle_s": 0.1}, Framing((), idle_us=100_000, idle_ends=True)),
        ({"length": 12}, Framing((), length=12)),
    ],
)
def test_what_ends_a_scan(given: dict[str, Any], expected: Framing) -> None:
    assert SerialSettings.model_validate(SERIAL | given).framing() == expected


def test_text_is_bytes_for_the_protocol() -> None:
    said = {
        "aim_ids": "always",
        "characters": "any",
        "prefix": "\xff",
        "suffix": ";",
        "separator": ",",
        "no_read": ["NOREAD"],
        "heartbeat": ["HB*"],
        "trigger_on": "\x16T\r",
    }
    settings = SerialSettings.model_validate(SERIAL | said)

    assert settings.rules() == Rules("always", b"\xff", b";", b",", (b"NOREAD",), (b"HB*",), "any")
    assert settings.trigger(on=True) == b"\x16T\r"
    assert settings.trigger(on=False) == b""


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (SERIAL | {"device": "ttyUSB0"},
         '"ttyUSB0": expected the path of a device, as /dev/serial/by-id/usb-...'),
        (SERIAL | {"terminator": "etz"},
         "'etz': expected \"line\", \"tab\", \"etx\", \"none\","
         ' or the characters themselves, as "\\r\\n"'),
        (SERIAL | {"prefix": "\u20ac"}, "expected characters of one byte (Latin-1)"),
        (SERIAL | {"length": 12, "start": "\x02"},
         "length: expected no start, for every byte counts"),
        (SERIAL | {"terminator": "none", "start": "\x02"},
         "start: expected a terminator, for a start alone ends nothing"),
        ({key: TCP[key] for key in ("name", "driver", "port")},
         'host: missing: a name or address, or mode = "server"'),
        (TCP | {"mode": "server", "host": "scanner.local"},
         'host: "scanner.local": expected an IP address'),
        (TCP | {"mode": "server", "listen": "here"}, 'listen: "here": expected an IP address'),
        ({key: TCP[key] for key in ("name", "driver", "host")}, "Field required"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(given: dict[str, Any], why: str) -> None:
    assert refused(given) == why


def test_a_preset_gives_defaults_that_the_settings_win_over() -> None:
    given = {"name": "belt-1", "driver": "tcp", "host": "192.0.2.31", "preset": "keyence"}
    keyence = TcpSettings.model_validate(given)

    assert (keyence.port, keyence.no_read, keyence.heartbeat, keyence.trigger_on) == (
        9004,
        ("ERROR",),
        ("OK,*", "ER,*"),
        "LON\r",
    )
    assert TcpSettings.model_validate(given | {"port": 8500, "no_read": ["NG"]}).no_read == ("NG",)


@pytest.mark.parametrize("preset", ["line", "cognex", "keyence", "sick", "datalogic"])
def test_every_preset_is_a_setting_that_may_be(preset: str) -> None:
    settings = TcpSettings.model_validate(TCP | {"preset": preset})

    assert settings.port == 2000
    assert settings.framing().ends in ((b"\r", b"\n"), (b"\x03",))
