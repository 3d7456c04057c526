"""Which tags count here: whose they are, of which kind, and heard how loudly.

A site reads more than its stock: badges, the neighbour's goods, library books. What a filter turns
away is counted by the reason and reaches no read point; the ring has it all the same, so a replay
under other settings finds it again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from gs1.epc.model import Adi, Gid, Identity, Tag, Unknown, Usdod
from gs1.keys import Itip, Sgtin, Sscc


class Turned(StrEnum):
    """Why a read was turned away, in the order in which it is asked."""

    WEAK = "weak"
    DENIED = "denied"
    NOT_ALLOWED = "not_allowed"
    SCHEME = "scheme"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class Filter:
    """What is empty or None asks nothing. Patterns are keys in which `*` stands for anything."""

    rssi_min_dbm: float | None = None
    schemes: frozenset[str] = frozenset()  # as the standard writes them: SGTIN-96, SSCC+
    company_prefixes: tuple[str, ...] = ()  # digits with which the company prefix begins
    allow: Sequence[str] = ()
    deny: Sequence[str] = ()
    _allowed: re.Pattern[str] | None = field(init=False, repr=False)
    _denied: re.Pattern[str] | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_allowed", _any_of(self.allow))
        object.__setattr__(self, "_denied", _any_of(self.deny))

    def turns_read(self, rssi_dbm: float | None) -> bool:
        """Whether a read is too weak to count; one whose reader tells no RSSI is not."""
        least = self.rssi_min_dbm
        return least is not None and rssi_dbm is not None and rssi_dbm < least

    def turns_tag(self, tag: Tag | Unknown, key: str) -> Turned | None:
        """Why a tag does not count, whoever hears it; None where it does."""
        if self._denied is not None and self._denied.fullmatch(key):
            return Turned.DENIED
        if self._allowed is not None and not self._allowed.fullmatch(key):
            return Turned.NOT_ALLOWED
        if self.schemes and not (isinstance(tag, Tag) and tag.scheme in self.schemes):
            return Turned.SCHEME
        if self.company_prefixes and not _company(tag).startswith(self.company_prefixes):
            return Turned.COMPANY
        return None


def _any_of(patterns: Sequence[str]) -> re.Pattern[str] | None:
    if not patterns:
        return None
    either = (".*".join(map(re.escape, pattern.split("*"))) for pattern in patterns)
    return re.compile("|".join(either), re.DOTALL)


def _company(tag: Tag | Unknown) -> str:
    """The key from its company prefix on; empty where it has none."""
    return _behind_indicator(tag.identity) if isinstance(tag, Tag) else ""


def _behind_indicator(identity: Identity) -> str:
    match identity:
        case Sgtin(gtin=number) | Itip(gtin=number) | Sscc(sscc=number):
            return number[1:]  # The first digit says how it is packed, or counts on.
        case Gid() | Usdod() | Adi():
            return ""
        case _:
            return identity.pairs[0][1].removeprefix(_FILL.get(identity.pairs[0][0], ""))


_FILL = {"8003": "0"}  # an asset's number has 14 digits, the first of which is always 0
