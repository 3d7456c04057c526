"""readpoint-gateway devices --identify and --calibrate: scan now on the one to know."""

import asyncio
import sys
from pathlib import Path
from typing import assert_never

from drivers import registry
from gateway.core import plugged as words
from gateway.core.discovered import plain
from gateway.settings.file import SettingsError, load
from gateway.shell import found
from gateway.shell.ask import NoAnswer
from gateway.shell.plugged import Held, Plugged, Said, Spoken

WAIT_S = 60.0  # for a person to walk to the scanner and scan


def told(found: Plugged) -> list[str]:
    """For a person: each scanner that is plugged in, by the name to set."""
    lines = []
    for port in found.serial:
        also = f" ({', '.join(port.also)})" if port.also else ""
        lines.append(plain(f"serial port: {port.path}{also}"))
    for keyboard in found.hid:
        twin = "; another of its make is here: by-path alone tells them apart"
        lines.append(
            plain(f"keyboard or HID scanner: {keyboard.path}: {keyboard.model} ({keyboard.usb})")
            + (twin if keyboard.is_twin else "")
        )
    return lines


def identify(config: Path | None, sheet: Path | None) -> int:
    """Wait for a scan and say whose it is; `sheet` writes the page to print first."""
    try:
        settings = None if config is None else load(config).settings
        if sheet is not None:
            sheet.write_bytes(_page())
            print(f"{sheet}: print it at 100 % and scan one of its codes now", file=sys.stderr)
        else:
            print("scan now on the one to name", file=sys.stderr)
        said = asyncio.run(found.scanned(settings, WAIT_S, _tell))
    except (SettingsError, NoAnswer, _NoSheet) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"readpoint-gateway: {error}", file=sys.stderr)
        return 1
    if said is None:
        print(f"no scan within {WAIT_S:g} s", file=sys.stderr)
        return 1
    return answered(said, is_asked=sheet is not None)


class _NoSheet(Exception):
    """Its libraries are absent."""


def _page() -> bytes:
    try:
        return registry.calibration_sheet()
    except ModuleNotFoundError:
        raise _NoSheet(registry.HID_NEEDS) from None


def _tell(text: str) -> None:
    print(plain(text), file=sys.stderr)


def answered(said: Said, *, is_asked: bool) -> int:
    """Say whose scan it was; `is_asked`: for the keymap, too. Gives the exit code."""
    match said:
        case Held():
            print(
                plain(f"{said.scanner}: {said.text}: a scanner of the settings, held by the daemon")
            )
            return _not_told() if is_asked else 0
        case Spoken():
            print("\n".join(words.block(said.path, driver="serial")))
            return 0
        case registry.Calibrated():
            return _say(said, is_asked)
        case _:
            assert_never(said)


def _not_told() -> int:
    print("its keymap can be told while no daemon holds it: stop the daemon", file=sys.stderr)
    return 1


def _say(said: registry.Calibrated, is_asked: bool) -> int:
    path, result = str(said.node.path), said.result
    match result:
        case registry.Found():
            lines = words.block(path, result.keymap, result.gs_key, result.terminator)
            print("\n".join(lines))
            if not result.sends_gs:
                print("this scanner leaves GS out: set it to send Ctrl+] or F8", file=sys.stderr)
            return 0
        case registry.Ambiguous(found):
            print("\n".join(words.block(path, None, None, found[0].terminator)))
            return 0
        case registry.Unknown(why):
            print("\n".join(words.block(path)))
            if is_asked:
                print(f"{path}: {why}", file=sys.stderr)
            return 1 if is_asked else 0
        case _:
            assert_never(result)
