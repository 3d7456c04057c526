"""Processes as tests need them: started, found, killed, and never left behind."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 60.0  # a bound, not an expectation: the machine may be busy


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def until(true: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Wait until `true`, and fail with `what` when it does not come."""
    deadline = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < deadline, f"not within {patience_s:g} s: {what}"
        time.sleep(0.05)


async def eventually(true: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Like `until`, and what else runs in the loop goes on meanwhile."""
    deadline = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < deadline, f"not within {patience_s:g} s: {what}"
        await asyncio.sleep(0.005)


@asynccontextmanager
async def background(work: Coroutine[object, object, T]) -> AsyncIterator[asyncio.Task[T]]:
    """A task that is over when the block is; its error is for who awaits it."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def child_of(pid: int, name: str) -> int:
    """The child of a process that runs the program or the module `name`."""
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        arguments = Path(f"/proc/{child}/cmdline").read_bytes().decode().split("\0")
        if name in (Path(arguments[0]).name, *arguments[1:]):
            return int(child)
    raise AssertionError(f"no child {name} of {pid}")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def command(module: str, *arguments: str | Path) -> list[str]:
    return [sys.executable, "-P", "-m", module, *map(str, arguments)]


@contextmanager
def running(arguments: Sequence[str], log: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A process with its output in `log`; ended with the block, by its pid."""
    output = subprocess.DEVNULL if log is None else log.open("wb")
    process = subprocess.Popen(arguments, stdout=output, stderr=output)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if not isinstance(output, int):
            output.close()


@contextmanager
def mosquitto(folder: Path, port: int | None = None) -> Iterator[int]:
    """A private Mosquitto; gives its port."""
    chosen = port or free_port()
    config = folder / "mosquitto.conf"
    config.write_text(f"listener {chosen} 127.0.0.1\nallow_anonymous true\n")
    path = f"{os.environ['PATH']}:/usr/sbin"
    with running(["/usr/bin/env", f"PATH={path}", "mosquitto", "-c", str(config)]):
        until(lambda: is_listening(chosen), "mosquitto listens")
        yield chosen


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@asynccontextmanager
async def emulated_reader(folder: Path, port: int) -> AsyncIterator[subprocess.Popen[bytes]]:
    """The LLRP reader that llrpkit emulates, listening. It serves one client: nobody may probe."""
    log = folder / "emulator.log"
    program = str(Path(sys.executable).with_name("llrpkit"))
    arguments = [program, "emulate", "--port", str(port), "--rate", "500"]
    with running(arguments, log) as process:
        await eventually(lambda: b"on port" in log.read_bytes(), "the emulator listens")
        yield process
