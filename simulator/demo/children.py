"""The demo's processes: started, restarted at once when they die, and all ended with it."""

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals
from typing import IO

DEATHS_MAX = 5
DEATHS_WITHIN_S = 10.0
LAST_LINES = 12
GOODBYE_S = 8.0

_TETHER = Path(__file__).with_name("tether.py")


class ChildFailed(Exception):
    """A child that will not live, or says what nobody understands; the message says how it went."""


@dataclass(slots=True)
class Child:
    """One process, its output in a file.

    `on_line` takes each line of standard output, which is otherwise logged; it raises ValueError
    where it cannot understand one.
    """

    name: str
    command: tuple[str, ...]
    log: Path
    is_restarted: bool = True
    on_line: Callable[[bytes], None] | None = None
    starts: int = 0
    _process: Process | None = None
    _is_stopped: bool = False
    _deaths_s: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS_MAX))

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    async def run(self) -> None:
        """Keep it alive until it is stopped, or this is cancelled. Raises ChildFailed."""
        while not self._is_stopped:
            code = await self._run_once()
            if not self._is_stopped:
                self._judge_death(code, asyncio.get_running_loop().time())

    async def stop(self) -> None:
        """Ask it to end, and make it end; it is not started again."""
        self._is_stopped = True
        process = self._process
        if process is None or process.returncode is not None:
            return
        _signal(process, SIGTERM)
        try:
            async with asyncio.timeout(GOODBYE_S):
                await process.wait()
        except TimeoutError:
            await _kill(process)

    def last_lines(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(f"  {line}" for line in lines[-LAST_LINES:])

    def _judge_death(self, code: int, now_s: float) -> None:
        if not self.is_restarted:
            raise ChildFailed(f"{self.name} ended with {code}:\n{self.last_lines()}")
        self._deaths_s.append(now_s)
        often = len(self._deaths_s) == DEATHS_MAX
        if often and now_s - self._deaths_s[0] < DEATHS_WITHIN_S:
            raise ChildFailed(
                f"{self.name} died {DEATHS_MAX} times in {DEATHS_WITHIN_S:g} s,"
                f" last with {code}:\n{self.last_lines()}"
            )

    async def _run_once(self) -> int:
        self.starts += 1
        with self.log.open("ab") as log:
            output = log if self.on_line is None else PIPE
            self._process = process = await _start(self.command, output, log)
        if self._is_stopped:  # while it was being started
            _signal(process, SIGTERM)
        if self.on_line is not None:
            assert process.stdout is not None
            try:
                async for line in process.stdout:
                    self.on_line(line)
            except ValueError as error:  # also of a line that is too long for the stream
                raise ChildFailed(f"{self.name}: {error}") from None
        return await process.wait()


async def call(command: tuple[str, ...]) -> tuple[int, str]:
    """Run it to its end; gives the exit code, and all that it said."""
    process = await _start(command, PIPE, STDOUT)
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            await _kill(process)
    return await process.wait(), said.decode(errors="replace").strip()


async def _start(
    command: tuple[str, ...], stdout: IO[bytes] | int, stderr: IO[bytes] | int
) -> Process:
    """In a session of its own: Ctrl-C is for the demo, which ends its children in order. Where the
    demo is killed and ends nobody, the tether does. It holds to the thread that starts it: the
    loop's, which is the main one.
    """
    tethered = (sys.executable, "-I", "-S", str(_TETHER), str(os.getpid()), *command)
    return await asyncio.create_subprocess_exec(
        *tethered, stdin=DEVNULL, stdout=stdout, stderr=stderr, start_new_session=True
    )


async def _kill(process: Process) -> None:
    _signal(process, SIGKILL)
    await process.wait()


def _signal(process: Process, number: Signals) -> None:
    """To all of its session: what a child has started must not hold its output, or live on."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
