"""Whether an EPCIS event means anything: what the JSON schema passes, and the standard does not.

The schema looks at shapes. It takes `foo` for a business step, `hello` for an EPC and -3 for a
quantity. What is judged here is what the words say: CBV words, instants and their zone, EPCs with
their check digits, one thing or a class of things where each belongs, quantities and their units,
and which of these go together (EPCIS 2.0 §7.3, §7.4; CBV 2.0 §7, §8). Everything wrong is told, not
only the first thing. What bears a prefix is somebody's extension and is passed over.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import islice

from gs1 import units
from gs1.epcis import cbv, members
from gs1.epcis.cbv import Vocabulary
from gs1.epcis.identifier import Level, Misnamed, Named, identify
from gs1.epcis.members import ACTIONS, MEMBERS
from gs1.epcis.shape import JsonObject, JsonValue, instant, is_offset, is_uri
from gs1.refusal import shown

FAULTS_MAX = 100  # of one event; who has more of them reads no further
_SHOWN_INTEGER_MAX = 10**48  # as long as a text in a sentence may be

# What a step does to the things that it is about (CBV 2.0 §7.1).
_ACTION_OF_STEP = {
    ("ObjectEvent", "commissioning"): ("ADD",),
    ("ObjectEvent", "creating_class_instance"): ("ADD",),
    ("ObjectEvent", "decommissioning"): ("DELETE",),
    ("ObjectEvent", "destroying"): ("DELETE",),
    ("AggregationEvent", "packing"): ("ADD", "OBSERVE"),
    ("AggregationEvent", "unpacking"): ("DELETE", "OBSERVE"),
}
# The state after a step that leaves no other (CBV 2.0 §7.2).
_DISPOSITION_OF_STEP = {
    "decommissioning": "inactive",
    "destroying": "destroyed",
    "encoding": "encoded",
}


class FaultReason(StrEnum):
    """Why an event is refused. The words are never renamed."""

    TYPE = "epcis_type"  # another kind of JSON value or of event than this place has
    MISSING = "epcis_missing"
    MEMBER = "epcis_member"  # neither EPCIS's nor an extension's
    WORD = "epcis_word"
    TIME = "epcis_time"
    ZONE = "epcis_zone"
    URI = "epcis_uri"
    EPC = "epcis_epc"
    LEVEL = "epcis_level"  # a class among things, or a thing among classes
    PLACE = "epcis_place"
    QUANTITY = "epcis_quantity"
    UNIT = "epcis_unit"
    REPEAT = "epcis_repeat"
    ACTION = "epcis_action"
    DISPOSITION = "epcis_disposition"
    PARENT = "epcis_parent"
    ERROR_DECLARATION = "epcis_error_declaration"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, where, and what was expected there."""

    path: str  # JSON path: "$.quantityList[0].quantity"
    reason: FaultReason
    sentence: str


_Faults = Iterator[Fault]


def judge(event: JsonObject) -> list[Fault]:
    """Everything that is wrong with `event`, at most FAULTS_MAX; none where it is as EPCIS says."""
    return list(islice(_faults(event), FAULTS_MAX))


def _faults(event: JsonObject) -> _Faults:
    kind = event.get("type")
    yield from _times(event)
    yield from _uris("$.eventID", event.get("eventID"))
    yield from _error_declaration(event.get("errorDeclaration"))
    if not isinstance(kind, str) or kind not in MEMBERS:
        if not (isinstance(kind, str) and ":" in kind):
            yield _fault("$.type", FaultReason.TYPE, kind, f"one of {', '.join(MEMBERS)}")
        return
    yield from _members("$", event, MEMBERS[kind])
    yield from _words(event)
    yield from _places(event)
    yield from _documents(event)
    for name in members.EPC_LISTS:
        yield from _epcs(f"$.{name}", event.get(name))
    for name in members.QUANTITY_LISTS:
        yield from _quantities(f"$.{name}", event.get(name))
    if kind != "TransformationEvent":
        yield from _action(kind, event)
    if kind in ("AggregationEvent", "AssociationEvent", "TransactionEvent"):
        yield from _parent(kind, event)


# -- small judgements -----------------------------------------------------------------------------


def _fault(path: str, reason: FaultReason, found: JsonValue, expected: str) -> Fault:
    match found:
        case dict() | list():
            text = type(found).__name__
        case str():
            text = shown(found)
        case int() if abs(found) >= _SHOWN_INTEGER_MAX:
            text = "a number that is too long"  # Python refuses to write one of 4,301 digits.
        case _:
            text = repr(found)
    return Fault(path, reason, f"{text}: expected {expected}")


def _missing(path: str, expected: str) -> Fault:
    return Fault(path, FaultReason.MISSING, f"nothing: expected {expected}")


def _members(path: str, found: JsonObject, known: frozenset[str]) -> _Faults:
    for name in found:
        if name not in known and ":" not in name:
            expected = "a member that EPCIS knows, or an extension with a prefix"
            yield _fault(path, FaultReason.MEMBER, name, expected)


def _uris(path: str, found: JsonValue) -> _Faults:
    if found is not None and not is_uri(found):
        yield _fault(path, FaultReason.URI, found, "a URI")


def _list(path: str, found: JsonValue) -> Iterator[tuple[str, JsonValue]] | Fault:
    """The elements of a list, each with its path; of one that is not there, none."""
    if found is None:
        return iter(())
    if not isinstance(found, list):
        return _fault(path, FaultReason.TYPE, found, "a list")
    return ((f"{path}[{place}]", each) for place, each in enumerate(found))


def _word(path: str, found: JsonValue, vocabulary: Vocabulary) -> _Faults:
    if found is not None and not (isinstance(found, str) and vocabulary.accepts(found)):
        what = f"{vocabulary.name} of the CBV, or a URI of another vocabulary"
        yield _fault(path, FaultReason.WORD, found, what)


def _time(path: str, found: JsonValue) -> _Faults:
    at = instant(found)
    if at is None:
        yield _fault(path, FaultReason.TIME, found, "an instant as 2026-11-22T08:15:30.125+01:00")
    elif not at.offset:
        yield _fault(path, FaultReason.ZONE, found, "an instant with its offset")


# -- the members that all kinds have --------------------------------------------------------------


def _times(event: JsonObject) -> _Faults:
    """Z says nothing of the place, and is taken beside any eventTimeZoneOffset."""
    for name in ("eventTime", "recordTime"):
        if event.get(name) is not None:
            yield from _time(f"$.{name}", event[name])
    if event.get("eventTime") is None:
        yield _missing("$.eventTime", "an instant with its offset")
    zone = event.get("eventTimeZoneOffset")
    if zone is None:
        yield _missing("$.eventTimeZoneOffset", "the offset of eventTime")
        return
    if not is_offset(zone):
        yield _fault("$.eventTimeZoneOffset", FaultReason.ZONE, zone, "an offset as +01:00")
        return
    at = instant(event.get("eventTime"))
    if at is not None and at.offset not in ("", "Z", zone):
        expected = f"the offset of eventTime, {at.offset}"
        yield _fault("$.eventTimeZoneOffset", FaultReason.ZONE, zone, expected)


def _words(event: JsonObject) -> _Faults:
    yield from _word("$.bizStep", event.get("bizStep"), cbv.BIZ_STEPS)
    yield from _word("$.disposition", event.get("disposition"), cbv.DISPOSITIONS)
    persistent = event.get("persistentDisposition")
    path = "$.persistentDisposition"
    if persistent is None:
        return
    if not isinstance(persistent, dict):
        yield _fault(path, FaultReason.TYPE, persistent, "an object")
        return
    for name in ("set", "unset"):
        words = _list(f"{path}.{name}", persistent.get(name))
        if isinstance(words, Fault):
            yield words
            continue
        for where, word in words:
            yield from _word(where, word, cbv.DISPOSITIONS)


def _places(event: JsonObject) -> _Faults:
    for name in ("readPoint", "bizLocation"):
        found, path = event.get(name), f"$.{name}"
        if found is None:
            continue
        if not isinstance(found, dict):
            yield _fault(path, FaultReason.TYPE, found, "an object with id")
            continue
        yield from _members(path, found, frozenset({"id"}))
        place = found.get("id")
        named = identify(place) if isinstance(place, str) else Misnamed("a URI")
        if isinstance(named, Misnamed):
            yield _fault(f"{path}.id", FaultReason.PLACE, place, named.expected)
        elif not named.is_place:
            expected = "a place: an SGLN, a Digital Link with (414), or a URI of your own"
            yield _fault(f"{path}.id", FaultReason.PLACE, place, expected)


def _documents(event: JsonObject) -> _Faults:
    """Business transactions, and who or where it comes from and goes to."""
    for name, vocabulary, typed in (
        ("bizTransaction", cbv.BIZ_TRANSACTIONS, False),
        ("source", cbv.SOURCE_DESTS, True),
        ("destination", cbv.SOURCE_DESTS, True),
    ):
        elements = _list(f"$.{name}List", event.get(f"{name}List"))
        if isinstance(elements, Fault):
            yield elements
            continue
        for path, element in elements:
            if not isinstance(element, dict):
                yield _fault(path, FaultReason.TYPE, element, f"an object with {name}")
                continue
            if typed and element.get("type") is None:
                yield _missing(f"{path}.type", vocabulary.name)
            yield from _word(f"{path}.type", element.get("type"), vocabulary)
            named = _epc(f"{path}.{name}", element.get(name))
            if isinstance(named, Fault):
                yield named


def _error_declaration(found: JsonValue) -> _Faults:
    """EPCIS 2.0 §7.4.1.2; a reason says whether there can be an event in its place (CBV §7.5)."""
    path = "$.errorDeclaration"
    if found is None:
        return
    if not isinstance(found, dict):
        yield _fault(path, FaultReason.TYPE, found, "an object with declarationTime")
        return
    yield from _members(path, found, members.ERROR_MEMBERS)
    if found.get("declarationTime") is None:
        yield _missing(f"{path}.declarationTime", "an instant with its offset")
    else:
        yield from _time(f"{path}.declarationTime", found["declarationTime"])
    reason = found.get("reason")
    yield from _word(f"{path}.reason", reason, cbv.ERROR_REASONS)
    ids = found.get("correctiveEventIDs")
    corrected = _list(f"{path}.correctiveEventIDs", ids)
    if isinstance(corrected, Fault):
        yield corrected
        return
    for where, each in corrected:
        if not is_uri(each):
            yield _fault(where, FaultReason.URI, each, "a URI")
    if ids and isinstance(reason, str) and cbv.ERROR_REASONS.bare(reason) == "did_not_occur":
        expected = "no corrective events of what did not occur"
        yield _fault(f"{path}.correctiveEventIDs", FaultReason.ERROR_DECLARATION, ids, expected)


# -- what the event is about ----------------------------------------------------------------------


def _epc(path: str, found: JsonValue) -> Named | Fault:
    if not isinstance(found, str):
        return _fault(path, FaultReason.TYPE, found, "a URI as text")
    named = identify(found)
    if isinstance(named, Misnamed):
        return _fault(path, FaultReason.EPC, found, named.expected)
    return named


def _epcs(path: str, found: JsonValue) -> _Faults:
    elements = _list(path, found)
    if isinstance(elements, Fault):
        yield elements
        return
    seen: set[str] = set()
    for where, epc in elements:
        named = _epc(where, epc)
        if isinstance(named, Fault):
            yield named
            continue
        if named.level is Level.CLASS:
            yield _fault(where, FaultReason.LEVEL, epc, "one thing; a class is counted")
        if named.canonical in seen:
            yield _fault(where, FaultReason.REPEAT, epc, "each EPC once")
        seen.add(named.canonical)


def _quantities(path: str, found: JsonValue) -> _Faults:
    elements = _list(path, found)
    if isinstance(elements, Fault):
        yield elements
        return
    for where, element in elements:
        if not isinstance(element, dict):
            yield _fault(where, FaultReason.TYPE, element, "an object with epcClass")
            continue
        for name in sorted(element.keys() - members.QUANTITY_MEMBERS):
            yield _fault(where, FaultReason.MEMBER, name, "epcClass, quantity or uom")
        named = _epc(f"{where}.epcClass", element.get("epcClass"))
        if isinstance(named, Fault):
            yield named
        elif named.level is Level.INSTANCE:
            expected = "a class; one thing is listed by its EPC"
            yield _fault(f"{where}.epcClass", FaultReason.LEVEL, element["epcClass"], expected)
        yield from _quantity(where, element)


def _quantity(where: str, element: JsonObject) -> _Faults:
    """Without a unit it is a number of things (EPCIS 2.0 §7.3.3.3)."""
    quantity, uom = element.get("quantity"), element.get("uom")
    if uom is not None:
        refused = units.refuse(uom) if isinstance(uom, str) else None
        if refused is not None:
            yield Fault(f"{where}.uom", FaultReason.UNIT, refused.why)
        elif not isinstance(uom, str):
            yield _fault(f"{where}.uom", FaultReason.TYPE, uom, "a unit as text")
        if quantity is None:
            yield _missing(f"{where}.quantity", "the quantity that uom is the unit of")
    if quantity is None:
        return
    exact = _number(quantity)
    if exact is None or exact <= 0:
        yield _fault(f"{where}.quantity", FaultReason.QUANTITY, quantity, "more than zero")
    elif uom is None and exact != exact.to_integral_value():
        expected = "a whole number where there is no uom"
        yield _fault(f"{where}.quantity", FaultReason.QUANTITY, quantity, expected)


def _number(found: JsonValue) -> Decimal | None:
    """A finite number as it is written."""
    if isinstance(found, bool) or not isinstance(found, int | float | Decimal):
        return None
    exact = Decimal(found)
    return exact if exact.is_finite() else None


# -- what goes with what --------------------------------------------------------------------------


def _action(kind: str, event: JsonObject) -> _Faults:
    action, step = event.get("action"), event.get("bizStep")
    if action is None:
        yield _missing("$.action", ", ".join(ACTIONS))
    elif action not in ACTIONS:
        yield _fault("$.action", FaultReason.ACTION, action, ", ".join(ACTIONS))
    bare = cbv.BIZ_STEPS.bare(step) if isinstance(step, str) else None
    allowed = _ACTION_OF_STEP.get((kind, bare or ""), ACTIONS)
    if action in ACTIONS and action not in allowed:
        expected = f"{' or '.join(allowed)} with bizStep {bare}"
        yield _fault("$.action", FaultReason.ACTION, action, expected)
    if event.get("ilmd") is not None and action in ("OBSERVE", "DELETE"):
        yield _fault("$.action", FaultReason.ACTION, action, "ADD where there is ilmd")
    disposition = event.get("disposition")
    state = cbv.DISPOSITIONS.bare(disposition) if isinstance(disposition, str) else None
    after = _DISPOSITION_OF_STEP.get(bare or "")
    if state is not None and after is not None and state != after:
        expected = f"{after} with bizStep {bare}"
        yield _fault("$.disposition", FaultReason.DISPOSITION, disposition, expected)


def _parent(kind: str, event: JsonObject) -> _Faults:
    """EPCIS 2.0 §7.4.3, §7.4.6: what is put together or taken apart is called by its parent."""
    parent, action = event.get("parentID"), event.get("action")
    grouped = kind != "TransactionEvent"
    if parent is None:
        if kind == "AssociationEvent" or (grouped and action in ("ADD", "DELETE")):
            beside = f" with action {action}" if action in ACTIONS else ""
            yield Fault("$.parentID", FaultReason.PARENT, f"nothing: expected a parent{beside}")
    else:
        named = _epc("$.parentID", parent)
        if isinstance(named, Fault):
            yield named
        elif named.level is Level.CLASS:
            yield _fault("$.parentID", FaultReason.LEVEL, parent, "one thing")
        elif named.canonical in _canonical(event.get("childEPCs")):
            yield _fault("$.parentID", FaultReason.PARENT, parent, "a parent that is no child")
    childless = not event.get("childEPCs") and not event.get("childQuantityList")
    if grouped and childless and action in ("ADD", "OBSERVE"):
        yield _missing("$.childEPCs", f"children with action {action}")


def _canonical(epcs: JsonValue) -> set[str]:
    named = (
        [identify(epc) for epc in epcs if isinstance(epc, str)] if isinstance(epcs, list) else []
    )
    return {each.canonical for each in named if isinstance(each, Named)}
