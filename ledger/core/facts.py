"""From an event's words to what booking asks: which names it uses, and what they stand for."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from ledger.core import booking
from ledger.core.booking import Document, Facts, Location
from wire import instant
from wire.event import AggregationEvent, Event, ObjectEvent, Quantity


@dataclass(frozen=True, slots=True)
class Named:
    """The keys in an event, each once, in its order."""

    containers: tuple[str, ...]
    serials: tuple[str, ...]
    quantities: tuple[tuple[str, int], ...]
    location: str | None  # bizLocation
    claimed_from: str | None
    documents: tuple[str, ...]

    @property
    def units(self) -> tuple[str, ...]:
        return (*self.containers, *self.serials)

    def classes(self, placed: Container[str] = ()) -> tuple[str, ...]:
        """The class keys that must stand for an item before the event can be booked.

        A serial that is `placed` has been booked as something, and moves as that.
        """
        new = (serial for serial in self.serials if serial not in placed)
        of_serials = (booking.class_key(serial) or serial for serial in new)
        return tuple(dict.fromkeys((*of_serials, *(key for key, _ in self.quantities))))


def named(event: Event) -> Named:
    match event:
        case ObjectEvent():
            epcs, quantities = event.epc_list, event.quantity_list
        case AggregationEvent():
            epcs, quantities = (event.parent_id, *event.child_epcs), event.child_quantity_list
        case _:
            assert_never(event)
    containers, serials = _sorted_out(epcs)
    return Named(
        containers=containers,
        serials=serials,
        quantities=_counted(quantities or ()),
        location=event.biz_location.id if event.biz_location else None,
        claimed_from=event.claimed_from,
        documents=tuple(one.biz_transaction for one in event.biz_transaction_list or ()),
    )


def facts(
    event: Event,
    names: Named,
    site: str,
    locations: Mapping[str, Location],
    documents: Mapping[str, Document],
) -> Facts:
    """`locations` and `documents`: those that the ledger knows, by key."""
    document = next((documents[key] for key in names.documents if key in documents), None)
    return Facts(
        biz_step=event.biz_step,
        site=site,
        containers=names.containers,
        serials=names.serials,
        quantities=names.quantities,
        destination=locations.get(names.location or ""),
        claimed_source=locations.get(names.claimed_from or ""),
        document=document,
    )


def local_date(event: Event) -> str:
    """The day that the event's place had, as YYYY-MM-DD."""
    said = event.event_time_zone_offset
    there = datetime.fromisoformat(f"1970-01-01T00:00{said}").tzinfo
    assert there is not None, said
    return instant.to_text(event.event_us, there)[: len("YYYY-MM-DD")]


def _sorted_out(epcs: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(containers, serials), each key once."""
    keys = tuple(dict.fromkeys(epcs))
    containers = tuple(key for key in keys if booking.is_container(key))
    inside = set(containers)
    return containers, tuple(key for key in keys if key not in inside)


def _counted(quantities: Iterable[Quantity]) -> tuple[tuple[str, int], ...]:
    return tuple((one.epc_class, one.quantity) for one in quantities)
