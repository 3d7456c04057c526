"""The way to a serial port: opened in a thread of its own, read by the loop."""

import asyncio
import contextlib
import errno
import os
import termios
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import serial

from drivers.base import DeviceLost, NotDone
from drivers.scanner.listening import CHUNK_BYTES, TRIGGER_S
from drivers.serial.settings import SerialSettings

OPEN_S = 5.0  # a driver of a broken adapter can hold the call for ever


@dataclass(slots=True)
class Port:
    """An open port. `read` and `write` from the loop; `close` when done."""

    line: serial.Serial
    path: str

    async def read(self) -> bytes:
        """The next bytes; empty where the device is gone."""
        await _ready(self.line.fileno(), write=False)
        try:
            return os.read(self.line.fileno(), CHUNK_BYTES)
        except OSError as error:
            if error.errno in (errno.EIO, errno.ENXIO, errno.ENODEV):
                return b""  # pulled out: a tty that was hung up
            raise DeviceLost(f"{self.path}: {os.strerror(error.errno or 0).lower()}") from None

    async def write(self, data: bytes) -> None:
        """Raises NotDone where the device does not take them."""
        try:
            async with asyncio.timeout(TRIGGER_S):
                while data:
                    await _ready(self.line.fileno(), write=True)
                    data = data[os.write(self.line.fileno(), data) :]
        except TimeoutError:
            raise NotDone(f"it takes no bytes for {TRIGGER_S:g} s") from None
        except OSError as error:
            raise NotDone(os.strerror(error.errno or 0).lower()) from None

    def close(self) -> None:
        """What the device did not take is dropped: waiting for that would hold the loop."""
        with contextlib.suppress(OSError, termios.error):
            self.line.reset_output_buffer()
        with contextlib.suppress(OSError):
            self.line.close()


async def open_port(settings: SerialSettings) -> Port:
    """Raises DeviceLost with what to do about it."""
    thread = ThreadPoolExecutor(1, thread_name_prefix=f"open-{settings.name}")
    opening = thread.submit(_open, settings)
    thread.shutdown(wait=False)
    try:
        async with asyncio.timeout(OPEN_S):
            return Port(await asyncio.wrap_future(opening), settings.device)
    except TimeoutError:
        opening.add_done_callback(_close_late)
        why = f"not open within {OPEN_S:g} s"
    except asyncio.CancelledError:
        opening.add_done_callback(_close_late)
        raise
    except (OSError, termios.error, ValueError) as error:  # SerialException is an OSError
        why = plain(error)
    raise DeviceLost(f"{settings.device}: {why}")


def plain(error: Exception) -> str:
    """Why a port did not open, and what to do about it."""
    match getattr(error, "errno", None):
        case errno.ENOENT | errno.ENXIO | errno.ENODEV:
            return "no such device: is it plugged in? expected one of /dev/serial/by-id/"
        case errno.EACCES | errno.EPERM:
            return "permission denied: the user of the service must be in the group dialout"
        case errno.EBUSY | errno.EAGAIN:
            return "busy: another program holds it, as ModemManager or a terminal"
        case None | errno.ENOTTY | errno.EINVAL | errno.EISDIR:  # pyserial says them in words
            return "no serial port, or none with this baud and format"
        case number:
            return os.strerror(number).lower()


def _close_late(opening: Future[serial.Serial]) -> None:
    """Nobody waits for it any more."""
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


def _open(settings: SerialSettings) -> serial.Serial:
    bits, parity, stops = settings.format
    line = serial.Serial(
        settings.device,
        settings.baud,
        int(bits),
        parity,
        int(stops),
        timeout=0,
        rtscts=settings.flow == "rts_cts",
        xonxoff=settings.flow == "xon_xoff",
        exclusive=True,
    )
    if parity != "N":
        _mark_parity(line.fileno())
    return line


def _mark_parity(fd: int) -> None:
    """A byte with wrong parity is to be read as NUL, which no scan holds: termios(3), INPCK."""
    attributes = termios.tcgetattr(fd)
    attributes[0] |= termios.INPCK
    termios.tcsetattr(fd, termios.TCSANOW, attributes)


async def _ready(fd: int, *, write: bool) -> None:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    add, remove = (
        (loop.add_writer, loop.remove_writer) if write else (loop.add_reader, loop.remove_reader)
    )
    add(fd, lambda: None if ready.done() else ready.set_result(None))
    try:
        await ready
    finally:
        remove(fd)
