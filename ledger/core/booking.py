"""What an event books: the one place that says which stock moves from where to where.

A pure function of the event and of what the books know. It gives lines, each a signed number of
base units of an item at a location; for every item they add up to 0, because what comes to one
place left another. Places outside the house are locations too: suppliers, customers, transit, and
`unknown` for what nobody can say, `production` for what there was not before.

    event                                  books
    receiving + order or despatch advice   supplier -> bizLocation
    receiving + transfer                   transit:{transfer} -> bizLocation
    receiving, unit in transit             that transit -> bizLocation
    receiving, unit at this site already   where it is -> bizLocation, alert
    receiving without document             unknown -> bizLocation, alert
    shipping + transfer                    where it is -> transit:{transfer}
    shipping + sales order                 where it is -> customer
    shipping without document              where it is -> unknown, alert
    commissioning ADD                      production -> bizLocation
    commissioning ADD, unit placed         nothing: it has another tag, and stays where it is
    any other bizStep                      nothing: stored

A unit that the books have placed always leaves from there, whatever the table's left side says:
otherwise it would be in two places. And it leaves as what it was booked as, whatever its class key
stands for by now: otherwise something of it would stay behind. Logistic units make no lines: what
is in them does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from gs1 import keys
from gs1.keys import Gtin, Sgtin, Sscc
from wire.json import SAFE_INTEGER_MAX
from wire.reason import Reason

# In base units. A pass of as many units as an event may hold, each the largest pack, is less than a
# line may be; a line of more is a mistake in a count, and its event is rejected.
PACK_QUANTITY_MAX = 999_999_999
LINE_QUANTITY_MAX = 10**12
COMMISSIONING = "commissioning"
BALANCE_MAX = SAFE_INTEGER_MAX  # what every reader of our JSON keeps exact; more is rejected too


class LocationKind(StrEnum):
    """What a place means for stock. Only internal ones hold what is ours to use."""

    INTERNAL = "internal"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    TRANSIT = "transit"
    UNKNOWN = "unknown"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Location:
    id: int
    key: str
    kind: LocationKind
    site: str


@dataclass(frozen=True, slots=True)
class Packed:
    """What a class key stands for: so many base units of an item."""

    item: int
    quantity: int
    is_placeholder: bool = False  # nobody has said yet what it is


NO_GOODS = Packed(0, 0)  # of a container: it makes no line


@dataclass(frozen=True, slots=True)
class Unit:
    """A serial or container: where it is, and what it was booked as when it was first seen."""

    location: int
    goods: Packed


@dataclass(frozen=True, slots=True)
class Document:
    """An order, despatch advice, sales order or transfer that the event names, and its place."""

    kind: Literal["purchase", "sale", "transfer"]
    place: int  # location id of the supplier, the customer or the transit


@dataclass(frozen=True, slots=True)
class Facts:
    """What an event says, with the names it uses looked up."""

    biz_step: str | None
    site: str
    containers: tuple[str, ...]
    serials: tuple[str, ...]
    quantities: tuple[tuple[str, int], ...]  # class key, how many
    destination: Location | None  # bizLocation where it is ours
    claimed_source: Location | None  # the read point's from-zone, for what has no serial
    document: Document | None


@dataclass(slots=True)
class Known:
    """What the books know before the event."""

    unknown: Location  # the site's place for what nobody can say
    locations: Mapping[int, Location]
    packed: Mapping[str, Packed]  # by class key: of every quantity, and every serial not in `units`
    units: Mapping[str, Unit]  # by serial or container
    production: Location | None = None  # the site's, where the event is a commissioning


@dataclass(frozen=True, slots=True)
class Line:
    """`quantity` base units more (or, negative, fewer) of `item` at `location`."""

    item: int
    location: int
    quantity: int


@dataclass(frozen=True, slots=True)
class UnitStep:
    """One serial or container went from one location to another. None: first seen."""

    key: str
    goods: Packed
    source: int | None
    destination: int


@dataclass(frozen=True, slots=True)
class Alert:
    reason: Reason
    about: str


@dataclass(slots=True)
class Booking:
    """Lines in a fixed order: by item, then location."""

    lines: list[Line] = field(default_factory=list)
    steps: list[UnitStep] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)

    @property
    def largest(self) -> int:
        """Of the lines' quantities, without sign."""
        return max((abs(line.quantity) for line in self.lines), default=0)


@dataclass(slots=True)
class _Draft:
    """Sums up lines while units are gone through."""

    facts: Facts
    known: Known
    steps: list[UnitStep] = field(default_factory=list)
    alerts: dict[Alert, None] = field(default_factory=dict)  # in order, each once
    sums: dict[tuple[int, int], int] = field(default_factory=dict)

    def move(self, item: int, quantity: int, source: int, destination: int) -> None:
        assert quantity > 0, quantity
        if source == destination:
            return
        for location, signed in ((source, -quantity), (destination, quantity)):
            self.sums[item, location] = self.sums.get((item, location), 0) + signed

    def alert(self, reason: Reason, about: str) -> None:
        self.alerts[Alert(reason, about)] = None

    def booking(self) -> Booking:
        lines = [
            Line(item, location, quantity)
            for (item, location), quantity in sorted(self.sums.items())
            if quantity
        ]
        assert _balanced(lines)
        return Booking(lines, self.steps, list(self.alerts))


def books(biz_step: str | None, action: str) -> bool:
    """Whether a movement with this bizStep moves stock at all."""
    if biz_step == COMMISSIONING:
        return action == "ADD"
    return biz_step in ("receiving", "shipping")


def book(facts: Facts, known: Known) -> Booking:
    """What `facts` mean for the books."""
    match facts.biz_step:
        case "receiving":
            return _receive(_Draft(facts, known))
        case "shipping":
            return _ship(_Draft(facts, known))
        case "commissioning":
            return _commission(_Draft(facts, known))
        case _:
            return Booking()


def class_key(key: str) -> str | None:
    """The key of the class that a serial belongs to; None where the key does not tell it.

    >>> class_key("https://id.gs1.org/01/09521141012345/21/7")
    'https://id.gs1.org/01/09521141012345'
    """
    identity = keys.parse(key)
    match identity:
        case Sgtin():
            return identity.item_class.key
        case Gtin():
            return identity.key
        case _:  # no other kind names an item yet: it is booked as what it is called
            return None


def is_container(key: str) -> bool:
    return isinstance(keys.parse(key), Sscc)


def _receive(draft: _Draft) -> Booking:
    facts, known = draft.facts, draft.known
    destination = facts.destination
    if destination is None:
        draft.alert(Reason.UNKNOWN_LOCATION, "bizLocation")
        destination = known.unknown
    outside = _outside(facts, "purchase", "transfer")
    for serial in facts.serials:
        unit = known.units.get(serial)
        if unit is None and outside is None:
            draft.alert(Reason.RECEIVING_WITHOUT_DOCUMENT, "")
        elif unit is not None:
            _judge_return(draft, unit, serial, documented=outside is not None)
        _move_serial(draft, serial, outside or known.unknown.id, destination.id)
    for key, count in facts.quantities:
        if outside is None:
            draft.alert(Reason.RECEIVING_WITHOUT_DOCUMENT, "")
        _move_class(draft, key, count, outside or known.unknown.id, destination.id)
    _place_containers(draft, destination.id)
    return draft.booking()


def _judge_return(draft: _Draft, unit: Unit, serial: str, *, documented: bool) -> None:
    """Say what is odd about receiving a unit that the books have placed already."""
    place = draft.known.locations[unit.location]
    if place.kind is LocationKind.INTERNAL and place.site == draft.facts.site:
        draft.alert(Reason.RECEIVED_AGAIN, serial)
    elif place.kind is not LocationKind.TRANSIT and not documented:
        draft.alert(Reason.RECEIVING_WITHOUT_DOCUMENT, "")


def _ship(draft: _Draft) -> Booking:
    facts, known = draft.facts, draft.known
    outside = _outside(facts, "sale", "transfer")
    if outside is None:
        draft.alert(Reason.SHIPPING_WITHOUT_DOCUMENT, "")
        outside = known.unknown.id
    for serial in facts.serials:
        if serial not in known.units:
            draft.alert(Reason.SHIPPED_UNSEEN, serial)
        _move_serial(draft, serial, known.unknown.id, outside)
    for key, count in facts.quantities:
        source = facts.claimed_source
        if source is None:
            draft.alert(Reason.UNKNOWN_LOCATION, "readpoint:from")
            source = known.unknown
        _move_class(draft, key, count, source.id, outside)
    _place_containers(draft, outside)
    return draft.booking()


def _commission(draft: _Draft) -> Booking:
    """What the books have placed already got another tag: that moves nothing."""
    facts, known = draft.facts, draft.known
    assert known.production is not None, "the site's production is looked up for it"
    source, destination = known.production, facts.destination
    containers = [key for key in facts.containers if key not in known.units]
    serials = [key for key in facts.serials if key not in known.units]
    if destination is None:
        if containers or serials or facts.quantities:
            draft.alert(Reason.UNKNOWN_LOCATION, "bizLocation")
        destination = known.unknown
    for serial in serials:
        _move_serial(draft, serial, source.id, destination.id)
    for key, count in facts.quantities:
        _move_class(draft, key, count, source.id, destination.id)
    draft.steps += [UnitStep(key, NO_GOODS, None, destination.id) for key in containers]
    return draft.booking()


def _outside(facts: Facts, *kinds: str) -> int | None:
    """The place outside the house that the event's document names, if it is of such a kind."""
    document = facts.document
    return document.place if document is not None and document.kind in kinds else None


def _move_serial(draft: _Draft, serial: str, otherwise: int, destination: int) -> None:
    """Move one serial from where it is, or from `otherwise` where the books never saw it."""
    unit = draft.known.units.get(serial)
    class_ = class_key(serial) or serial
    goods = draft.known.packed[class_] if unit is None else unit.goods
    if goods.is_placeholder:
        draft.alert(Reason.UNKNOWN_ITEM, class_)
    draft.move(goods.item, goods.quantity, unit.location if unit else otherwise, destination)
    draft.steps.append(UnitStep(serial, goods, unit.location if unit else None, destination))


def _move_class(draft: _Draft, key: str, count: int, source: int, destination: int) -> None:
    packed = draft.known.packed[key]
    if packed.is_placeholder:
        draft.alert(Reason.UNKNOWN_ITEM, key)
    draft.move(packed.item, count * packed.quantity, source, destination)


def _place_containers(draft: _Draft, destination: int) -> None:
    """A logistic unit is where its contents are; seen alone, its contents are anybody's guess."""
    facts = draft.facts
    for container in facts.containers:
        unit = draft.known.units.get(container)
        source = unit.location if unit else None
        draft.steps.append(UnitStep(container, NO_GOODS, source, destination))
        if not facts.serials and not facts.quantities:
            draft.alert(Reason.CONTENTS_UNKNOWN, container)


def _balanced(lines: Sequence[Line]) -> bool:
    """Double entry: whatever one location gains, others lose."""
    sums: dict[int, int] = {}
    for line in lines:
        sums[line.item] = sums.get(line.item, 0) + line.quantity
    return not any(sums.values())
