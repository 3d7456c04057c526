"""Which drivers there are. A new one is a folder beside this file, and a line in DRIVERS.

A driver's library is imported when a device of it is opened, so that a missing one disables that
driver and nothing else.
"""

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Protocol, cast

from pydantic import Field

from drivers.base import Clock, Driver, Warn
from drivers.hid import calibrator, nodes
from drivers.hid.protocol import calibration
from drivers.hid.settings import NEEDS, HidSettings
from drivers.llrp.settings import LLRP_REFUSED, LlrpSettings
from drivers.serial.settings import SerialSettings
from drivers.tcp.settings import TcpSettings

ReaderSettings = LlrpSettings  # a union by `driver`, once there are two
READER_REFUSED = LLRP_REFUSED  # what to look at where a reader takes no connection; by `driver` too
ScannerSettings = Annotated[
    HidSettings | SerialSettings | TcpSettings,
    Field(discriminator="driver"),
]
DeviceSettings = ReaderSettings | ScannerSettings

# What `devices` needs to know of keyboards; none of it opens one before it is asked to.
Keyboard = nodes.Node
Calibrated = calibrator.Calibrated
Found, Ambiguous, Unknown = calibration.Found, calibration.Ambiguous, calibration.Unknown
keyboards = nodes.found
scanned = calibrator.calibrated
HID_NEEDS = NEEDS


def serial_port(path: str) -> SerialSettings:
    """A scanner there, as nearly all are set up."""
    return SerialSettings(name="port", driver="serial", device=path)


def doubt(settings: ScannerSettings, sys: Path = nodes.SYS) -> str:
    """Why the device cannot be read on this host now; empty where nothing is known of that."""
    if not isinstance(settings, HidSettings):
        return ""
    if find_spec("evdev") is None:
        return HID_NEEDS
    shared = nodes.shared_by(settings.device, sys)
    if not shared:
        return ""
    return f"{len(shared)} devices of one make share this name: expected one of by-path"


def code_128(text: str) -> str:
    """An <svg> for a sheet of commands. Raises ImportError where its library is absent."""
    from drivers.scanner import printed

    return printed.code_128(text, module_mm=0.33, height_mm=13.0)


def calibration_sheet() -> bytes:
    """A page to print. Raises ImportError where its libraries are absent."""
    from drivers.hid.sheet import page

    return page()


class Opener(Protocol):
    def __call__(self, settings: object, clock: Clock, warn: Warn) -> Driver: ...


@dataclass(frozen=True, slots=True)
class Entry:
    module: str
    opener: str  # a class or function in it: (settings, clock, warn) -> Driver


DRIVERS = {
    "llrp": Entry("drivers.llrp.reader", "LlrpReader"),
    "hid": Entry("drivers.hid.scanner", "HidScanner"),
    "serial": Entry("drivers.serial.scanner", "SerialScanner"),
    "tcp": Entry("drivers.tcp.scanner", "TcpScanner"),
}


def open_driver(settings: DeviceSettings, clock: Clock, warn: Warn) -> Driver:
    """The driver for one device; it touches nothing before it is run. Raises ImportError."""
    entry = DRIVERS[settings.driver]
    opener = cast(Opener, getattr(import_module(entry.module), entry.opener))
    return opener(settings, clock, warn)
