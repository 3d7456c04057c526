"""That something changed, for every page that is being watched."""

import asyncio
from dataclasses import dataclass, field


@dataclass(slots=True)
class Live:
    """A version that grows with every change. On the loop only."""

    version: int = 0
    is_closed: bool = False
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def change(self) -> None:
        self.version += 1
        self._changed.set()

    def close(self) -> None:
        """Let all watchers go."""
        self.is_closed = True
        self._changed.set()

    async def after(self, version: int) -> int | None:
        """The newest version once it is above `version`; None when there will be no more."""
        while self.version <= version and not self.is_closed:
            self._changed.clear()
            await self._changed.wait()
        return None if self.is_closed else self.version
