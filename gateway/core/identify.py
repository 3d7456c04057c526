"""From what a device read to what it was: which thing, at which antenna or scanner, when."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

from drivers.base import Scan, TagRead
from gateway.core.filter import Filter, Turned
from gs1 import barcode
from gs1.epc import codec
from gs1.epc.model import Identity, Tag, TagReason, Unknown
from gs1.keys import Sgtin, Sscc
from gs1.trade_number import Region

CACHE_TAGS_MAX = 65_536  # some 20 MiB; a tag is decoded again after that many others


class Role(StrEnum):
    """What a thing can be for a movement."""

    ITEM = "item"
    CONTAINER = "container"  # a logistic unit: it holds things, and is no stock itself
    UNKNOWN = "unknown"  # never stock; said as an exception where it moved


@dataclass(frozen=True, slots=True)
class Thing:
    """What a tag stands for. `key` is its one URI, or the raw URI of an unknown one."""

    key: str
    role: Role
    reason: TagReason | None = None
    # The tag's hint on the packing: 1 item, 2 case, 6 pallet. Two tags may differ in it, and be
    # of one thing.
    filter_value: int | None = field(default=None, compare=False)
    turned: Turned | None = field(default=None, compare=False)  # why it does not count here


@dataclass(frozen=True, slots=True)
class Sighting:
    """One tag read with its thing: the only thing a read point sees of devices and encodings."""

    thing: Thing
    antenna: str  # reader:port, as in the settings
    at_us: int  # event time
    rssi_dbm: float | None
    channel: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Scanned:
    """One scan with what it names."""

    scanner: str
    at_us: int  # event time
    text: str
    found: barcode.Identified | barcode.Plain | barcode.Refused


@dataclass(slots=True)
class Identifier:
    """Decodes tags, each once.

    `accept_raw`: the site numbers its tags itself, so whatever has a tag is an item.
    """

    accept_raw: bool
    filter: Filter = Filter()
    region: Region | None = None  # whose restricted circulation numbers are scanned
    _decode: Callable[[bytes, int | None], Thing] = field(init=False)

    def __post_init__(self) -> None:
        self._decode = lru_cache(CACHE_TAGS_MAX)(self._thing)

    def sighting(self, read: TagRead) -> Sighting:
        return Sighting(
            thing=self._decode(read.epc, read.pc),
            antenna=f"{read.device}:{read.antenna}",
            at_us=(read.first_us + read.last_us) // 2,
            rssi_dbm=read.rssi_dbm,
            channel=read.channel,
            count=read.seen_count,
        )

    def scanned(self, scan: Scan) -> Scanned:
        found = barcode.parse(scan.data, scan.symbology, self.region)
        return Scanned(scan.device, scan.at_us, scan.data.decode("utf-8", "replace"), found)

    def turned(self, read: TagRead, thing: Thing) -> Turned | None:
        """Why a read counts at no read point; None where it does."""
        return Turned.WEAK if self.filter.turns_read(read.rssi_dbm) else thing.turned

    def _thing(self, bits: bytes, pc: int | None) -> Thing:
        tag = codec.decode(bits, pc)
        thing = self._named(tag)
        turned = self.filter.turns_tag(tag, thing.key)
        return thing if turned is None else replace(thing, turned=turned)

    def _named(self, tag: Tag | Unknown) -> Thing:
        if isinstance(tag, Tag):
            role = _role(tag.identity)
            if role is Role.UNKNOWN and not self.accept_raw:
                return Thing(tag.key, role, TagReason.NOT_STOCK, tag.filter_value)
            stock = Role.ITEM if role is Role.UNKNOWN else role
            return Thing(tag.key, stock, None, tag.filter_value)
        if self.accept_raw and tag.reason is not TagReason.EMPTY:
            return Thing(tag.raw, Role.ITEM)
        return Thing(tag.raw, Role.UNKNOWN, tag.reason)


def _role(identity: Identity) -> Role:
    """Stock is trade items with serial. A crate, an asset, a place or a person is none of it.

    A piece of an item (ITIP) is none, either: its pieces would count the item several times.
    """
    match identity:
        case Sgtin():
            return Role.ITEM
        case Sscc():
            return Role.CONTAINER
        case _:
            return Role.UNKNOWN
