"""In which order the events of a gateway are settled, and what to do about one that is missing.

The receiving half of go-back-N. A gateway numbers its events 1, 2, 3 ... within an epoch; the
ledger settles them in that order and no other. Each settled number is exactly one of: booked (or
stored), a duplicate, rejected. `committed` is the highest number up to which all are settled.

    seq == committed + 1   next: settle it
    seq <= committed       behind: known by its id, or somebody's mistake
    seq >  committed + 1   ahead: not now; ask for what is missing
"""

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Literal

from wire.reason import Reason

RESEND_EVERY_US = 5_000_000
RESENDS_MAX = 3  # then what is missing is settled as rejected, and the rest goes on

Position = Literal["next", "behind", "ahead", "foreign"]


@dataclass(frozen=True, slots=True)
class Epoch:
    """How far one epoch of a source is settled. `id` is the event id at `committed`."""

    epoch: str
    committed: int
    id: str


def position(
    epoch: Epoch | None, closed: Container[str], announced: str | None, said: str, seq: int
) -> Position:
    """Where event `seq` of epoch `said` stands. `announced` is the epoch of the last birth.

    A new epoch begins with 1, and only where its birth was heard: otherwise anybody with an old
    copy of a gateway could speak for it. A closed one never speaks again.
    """
    if epoch is None or said != epoch.epoch:
        is_new = said == announced and said not in closed
        return "next" if is_new and seq == 1 else "foreign"
    if seq <= epoch.committed:
        return "behind"
    return "next" if seq == epoch.committed + 1 else "ahead"


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Tell the gateway to send from `seq` on."""

    source: str
    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Settle `seq` as rejected: it was asked for often enough."""

    source: str
    epoch: str
    seq: int
    reason: Reason


@dataclass(slots=True)
class Gap:
    """What is missing of one source's open epoch, if anything."""

    source: str
    epoch: str
    committed: int
    made: int = 0  # how many it says, or shows, that it made
    unreadable: bool = False  # something came from it that could not be read
    ahead: bool = False  # something came that does not follow: a certain gap
    _asked: int = 0
    _heard: bool = False  # the gateway spoke since we asked: it lives, and could have answered
    _since_us: int | None = None  # since when nothing moved, or the last time we asked

    def settled(self, committed: int) -> None:
        if committed > self.committed:
            self.committed = committed
            self.made = max(self.made, committed)
            self.ahead = self.unreadable = False
            self.start_over()

    def start_over(self) -> None:
        """What was asked before does not count: there was nobody to answer, or it was answered."""
        self._asked, self._since_us = 0, None

    def heard(self) -> None:
        """The gateway said something, whatever it was."""
        self._heard = True

    def claims(self, made: int) -> None:
        """The gateway says, by birth or health, how many it made."""
        self.made = max(self.made, made)

    def came_ahead(self, seq: int) -> None:
        self.made = max(self.made, seq)
        self.ahead = True

    def due(self, now_us: int) -> AskAgain | GiveUp | None:
        """What to do now. A certain gap is asked for at once, a missing tail after a while.

        A request that a silent gateway may not have heard is not followed by another: a cable can
        be out for long before the broker says so, and what was not sent is not lost.
        """
        missing = self.committed + 1
        if self.made < missing:
            return None
        if self._since_us is None:
            self._since_us = now_us
            if not self.ahead:
                return None
        elif now_us - self._since_us < RESEND_EVERY_US or (self._asked and not self._heard):
            return None
        if self._asked == RESENDS_MAX:
            self._asked, self._since_us = 0, now_us
            reason = Reason.UNREADABLE if self.unreadable else Reason.NEVER_ARRIVED
            return GiveUp(self.source, self.epoch, missing, reason)
        self._asked += 1
        self._heard = False
        self._since_us = now_us
        return AskAgain(self.source, self.epoch, missing)


@dataclass(slots=True)
class Gaps:
    """The gaps of all sources; only those that are online are asked, or given up on."""

    _gaps: dict[str, Gap] = field(default_factory=dict)
    _online: set[str] = field(default_factory=set)

    def of(self, source: str, epoch: str, committed: int) -> Gap:
        """The gap of this epoch; a new epoch starts without one."""
        gap = self._gaps.get(source)
        if gap is None or gap.epoch != epoch:
            gap = self._gaps[source] = Gap(source, epoch, committed, made=committed)
        return gap

    def known(self, source: str, epoch: str) -> Gap | None:
        """The gap of this epoch, if the ledger has settled anything of it."""
        gap = self._gaps.get(source)
        return gap if gap is not None and gap.epoch == epoch else None

    def is_online(self, source: str, *, online: bool) -> None:
        """The gateway came or went; either way nobody may have heard what we asked before."""
        if online:
            self._online.add(source)
        else:
            self._online.discard(source)
        if source in self._gaps:
            self._gaps[source].start_over()

    def heard(self, source: str) -> None:
        if source in self._gaps:
            self._gaps[source].heard()

    def start_over(self) -> None:
        """The line to the broker is new: what was asked on the old one may be lost."""
        for gap in self._gaps.values():
            gap.start_over()

    def due(self, now_us: int) -> list[AskAgain | GiveUp]:
        asked = [gap.due(now_us) for source, gap in self._gaps.items() if source in self._online]
        return [each for each in asked if each is not None]
