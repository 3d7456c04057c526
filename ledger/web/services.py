"""What the web needs of the rest, handed to it by app."""

import asyncio
from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from ledger.store.queries import Queries
from wire.messages import Birth, Health

_P = ParamSpec("_P")
_R = TypeVar("_R")


@dataclass(frozen=True, slots=True)
class GatewayView:
    """One gateway as it last spoke of itself."""

    site: str
    gateway: str
    is_online: bool
    birth: Birth | None
    health: Health | None

    @property
    def source(self) -> str:
        return f"{self.site}/{self.gateway}"

    @property
    def said(self) -> Birth | Health | None:
        """The newest that it said: a health of another boot is older than the birth."""
        if self.health is None or (self.birth is not None and self.birth.boot != self.health.boot):
            return self.birth
        return self.health


@dataclass(frozen=True, slots=True)
class Status:
    ledger: str
    version: str
    is_connected: bool  # to the broker
    booked: int  # events since the start
    ignored: int  # messages on our topics that were none of ours, since the start
    dropped: int  # messages that there was no room for, since the start


@dataclass(frozen=True, slots=True)
class Services:
    """`changes(version)` waits for something newer than `version`; None ends a page's stream."""

    queries: Queries
    readers: Executor
    status: Callable[[], Status]
    gateways: Callable[[], list[GatewayView]]
    version: Callable[[], int]
    changes: Callable[[int], Awaitable[int | None]]
    utc_us: Callable[[], int]
    names: AbstractSet[str]  # that people call the ledger by, in lower case

    async def read(self, call: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
        """Run a query in the reader pool."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.readers, lambda: call(*args, **kwargs))
