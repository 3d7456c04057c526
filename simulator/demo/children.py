"""The demo's processes: started, restarted at once when they die, and all ended with it."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

DEATHS_MAX = 5
DEATHS_WITHIN_S = 10.0
LAST_LINES = 12
GOODBYE_S = 8.0


class ChildFailed(Exception):
    """A child that will not live; the message holds its last lines."""


@dataclass(slots=True)
class Child:
    """One process, its output in a file."""

    name: str
    command: tuple[str, ...]
    log: Path
    is_restarted: bool = True
    on_line: Callable[[bytes], None] | None = None  # of standard output; otherwise it is logged
    starts: int = 0
    _process: asyncio.subprocess.Process | None = None
    _deaths_s: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS_MAX))

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    async def run(self) -> None:
        """Keep it alive until cancelled. Raises ChildFailed."""
        while True:
            code = await self._run_once()
            now_s = asyncio.get_running_loop().time()
            self._deaths_s.append(now_s)
            often = len(self._deaths_s) == DEATHS_MAX
            if not self.is_restarted:
                raise ChildFailed(f"{self.name} ended with {code}:\n{self.last_lines()}")
            if often and now_s - self._deaths_s[0] < DEATHS_WITHIN_S:
                raise ChildFailed(
                    f"{self.name} died {DEATHS_MAX} times in {DEATHS_WITHIN_S:g} s,"
                    f" last with {code}:\n{self.last_lines()}"
                )

    async def stop(self) -> None:
        """Ask it to end, and make it end."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(GOODBYE_S):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def last_lines(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(f"  {line}" for line in lines[-LAST_LINES:])

    async def _run_once(self) -> int:
        """In a session of its own: Ctrl-C is for the demo, which ends its children in order."""
        self.starts += 1
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log if self.on_line is None else asyncio.subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        if self.on_line is not None:
            assert self._process.stdout is not None
            async for line in self._process.stdout:
                self.on_line(line)
        return await self._process.wait()
