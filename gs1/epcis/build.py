"""EPCIS events as values, and as the JSON that any EPCIS repository captures (EPCIS 2.0 §7, §10).

A builder writes down what it is given, in one order of members, and leaves out what is not said.
It judges nothing: `gs1.epcis.judge` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from gs1.epcis.shape import JsonObject, JsonValue

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"

Action = Literal["ADD", "OBSERVE", "DELETE"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """So much of a class: `uom` is a UN/ECE Rec 20 code; without it, a number of things.

    JSON has one kind of number, so a fraction beyond 15 digits is written as the nearest double.
    """

    epc_class: str
    quantity: Decimal | None = None
    uom: str | None = None


@dataclass(frozen=True, slots=True)
class BizTransaction:
    biz_transaction: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    type: str
    source: str


@dataclass(frozen=True, slots=True)
class Destination:
    type: str
    destination: str


@dataclass(frozen=True, slots=True)
class ErrorDeclaration:
    """That an event was wrong; it is told again as it was, with this (EPCIS 2.0 §7.4.1.2)."""

    declaration_time: str
    reason: str | None = None
    corrective_event_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    """What both kinds have in common. Instants are ISO 8601 with offset; words are CBV's, bare."""

    event_time: str
    event_time_zone_offset: str
    action: Action
    event_id: str | None = None
    record_time: str | None = None
    error_declaration: ErrorDeclaration | None = None
    biz_step: str | None = None
    disposition: str | None = None
    read_point: str | None = None
    biz_location: str | None = None
    biz_transactions: tuple[BizTransaction, ...] = ()
    sources: tuple[Source, ...] = ()
    destinations: tuple[Destination, ...] = ()
    namespaces: Mapping[str, str] = field(default_factory=dict)  # prefix -> its URI
    extensions: Mapping[str, JsonValue] = field(default_factory=dict)  # "prefix:name" -> value


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectEvent(_Event):
    """Things were seen, began or ended to be (EPCIS 2.0 §7.4.2)."""

    epcs: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()

    def document(self) -> JsonObject:
        return (
            _document("ObjectEvent", self)
            | _said(
                {
                    "epcList": list(self.epcs) if self.epcs or not self.quantities else None,
                    "quantityList": [_quantity(each) for each in self.quantities] or None,
                }
            )
            | dict(self.extensions)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AggregationEvent(_Event):
    """Things were put on or in a parent, taken off it, or seen there (EPCIS 2.0 §7.4.3)."""

    parent: str | None = None
    children: tuple[str, ...] = ()
    child_quantities: tuple[Quantity, ...] = ()

    def document(self) -> JsonObject:
        return (
            _document("AggregationEvent", self)
            | _said(
                {
                    "parentID": self.parent,
                    "childEPCs": list(self.children) or None,
                    "childQuantityList": [_quantity(each) for each in self.child_quantities]
                    or None,
                }
            )
            | dict(self.extensions)
        )


def _document(kind: str, event: _Event) -> JsonObject:
    namespaces: JsonObject = dict(event.namespaces)
    context: list[JsonValue] = [CONTEXT, namespaces] if namespaces else [CONTEXT]
    return _said(
        {
            "@context": context,
            "type": kind,
            "eventID": event.event_id,
            "eventTime": event.event_time,
            "eventTimeZoneOffset": event.event_time_zone_offset,
            "recordTime": event.record_time,
            "errorDeclaration": _error_declaration(event.error_declaration),
            "action": event.action,
            "bizStep": event.biz_step,
            "disposition": event.disposition,
            "readPoint": _place(event.read_point),
            "bizLocation": _place(event.biz_location),
            "bizTransactionList": [
                _said({"type": each.type, "bizTransaction": each.biz_transaction})
                for each in event.biz_transactions
            ]
            or None,
            "sourceList": [{"type": each.type, "source": each.source} for each in event.sources]
            or None,
            "destinationList": [
                {"type": each.type, "destination": each.destination} for each in event.destinations
            ]
            or None,
        }
    )


def _said(members: JsonObject) -> JsonObject:
    return {name: value for name, value in members.items() if value is not None}


def _place(uri: str | None) -> JsonObject | None:
    return None if uri is None else {"id": uri}


def _quantity(said: Quantity) -> JsonValue:
    number: int | float | Decimal | None = said.quantity
    if said.quantity is not None and said.quantity.is_finite():
        whole = said.quantity == said.quantity.to_integral_value()
        number = int(said.quantity) if whole else float(said.quantity)
    return _said({"epcClass": said.epc_class, "quantity": number, "uom": said.uom})


def _error_declaration(said: ErrorDeclaration | None) -> JsonObject | None:
    if said is None:
        return None
    return _said(
        {
            "declarationTime": said.declaration_time,
            "reason": said.reason,
            "correctiveEventIDs": list(said.corrective_event_ids) or None,
        }
    )
