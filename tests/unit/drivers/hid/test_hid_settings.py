from pathlib import Path

import pytest
from pydantic import ValidationError

from drivers.hid.settings import HidSettings
from drivers.scanner.protocol.framing import Framing
from drivers.scanner.protocol.message import Rules

DEVICE = "/dev/input/by-path/pci-0000:00:14.0-usb-0:2:1.0-event-kbd"


def _settings(**more: object) -> HidSettings:
    given = {"name": "belt-1", "driver": "hid", "device": DEVICE}
    return HidSettings.model_validate(given | more)


def _why(**more: object) -> str:
    with pytest.raises(ValidationError) as refused:
        _settings(**more)
    return str(refused.value.errors()[0]["msg"])


def test_name_driver_and_device_are_enough() -> None:
    settings = _settings()

    assert (settings.device, settings.keymap, settings.gs_key) == (Path(DEVICE), "us", "f8")
    assert settings.framing() == Framing(ends=(b"\r", b"\n"), idle_us=300_000)
    assert settings.rules() == Rules()


def test_what_ends_a_scan_can_be_tab_or_silence() -> None:
    assert _settings(terminator="tab").framing().ends == (b"\t",)
    assert _settings(terminator="none", idle_s=0.1).framing() == Framing(
        ends=(), idle_us=100_000, idle_ends=True
    )


def test_prefix_and_suffix_are_bytes_for_the_rules() -> None:
    assert _settings(prefix="A", suffix="é", aim_ids="always", characters="any").rules() == Rules(
        aim_ids="always", prefix=b"A", suffix=b"\xe9", characters="any"
    )
    assert _why(prefix="€") == "Value error, expected characters of one byte (Latin-1)"


@pytest.mark.parametrize("key", ["f1", "f24", "|", "~", None])
def test_a_function_key_or_a_sign_can_be_gs(key: str | None) -> None:
    assert _settings(gs_key=key).gs_key == key


@pytest.mark.parametrize("key", ["f25", "F8", "a", "1", "]", " ", "", "||", "é"])
def test_what_codes_hold_anyway_cannot_be_gs(key: str) -> None:
    assert (
        _why(gs_key=key) == f'Value error, {key!r}: expected "f1" to "f24", or one sign such as "|"'
    )


@pytest.mark.parametrize(
    "path", ["/dev/ttyUSB0", "/dev/input", "/dev/input/../sda", "event3", "/dev/inputs/event3"]
)
def test_a_device_is_below_dev_input(path: str) -> None:
    assert _why(device=path) == (
        f"Value error, {path}: expected a path below /dev/input, best of by-path"
    )
