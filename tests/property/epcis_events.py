"""EPCIS events of our kinds, as hypothesis draws them."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import strategies as st

from gs1.check_digit import check_digit
from gs1.epcis import cbv
from gs1.epcis.build import (
    Action,
    AggregationEvent,
    BizTransaction,
    Destination,
    ErrorDeclaration,
    ObjectEvent,
    Quantity,
    Source,
)
from gs1.epcis.shape import JsonValue
from gs1.keys import Gtin, Lgtin, Sgln, Sgtin, Sscc

NAMESPACES = {"readpoint": "urn:readpoint:ns:"}

json_values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(max_size=30)
    | st.sampled_from(["urn:epc:id:sgtin:1.2.3", "https://id.gs1.org/01/1", "cbv:x", "ADD"]),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=12), inside),
    max_leaves=20,
)


def _digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


def _whole(digits: str) -> str:
    return digits + check_digit(digits)


_serials = st.text("ABCxyz0123456789-._/", min_size=1, max_size=20)
_gtins = _digits(13).map(_whole)
_prefixes = st.integers(6, 12)
_items = st.builds(Sgtin, _gtins, _serials).map(lambda key: key.key)
_pallets = _digits(17).map(_whole).map(lambda digits: Sscc(digits).key)
_urns = st.one_of(
    st.tuples(_prefixes, _digits(13), st.integers(0, 10**12)).map(
        lambda of: f"urn:epc:id:sgtin:{of[1][: of[0]]}.{of[1][of[0] :]}.{of[2]}"
    ),
    st.tuples(_prefixes, _digits(17)).map(
        lambda of: f"urn:epc:id:sscc:{of[1][: of[0]]}.{of[1][of[0] :]}"
    ),
    st.tuples(_prefixes, st.text("ABC0123456789", min_size=1, max_size=18)).map(
        lambda of: f"urn:epc:id:giai:{'9521141123454'[: of[0]]}.{of[1]}"
    ),
)
_things = _items | _pallets | _urns
_places = st.builds(Sgln, _digits(12).map(_whole), st.none() | st.just("dock1")).map(
    lambda key: key.key
)
_classes = st.builds(Gtin, _gtins).map(lambda key: key.key) | st.builds(
    Lgtin, _gtins, _serials
).map(lambda key: key.key)
_whole_quantities = st.builds(Quantity, _classes, st.integers(1, 10**9).map(Decimal))
_measures = st.builds(
    Quantity,
    _classes,
    st.integers(1, 10**9).map(lambda hundredths: Decimal(hundredths) / 100),
    st.sampled_from(["KGM", "MTR", "LTR"]),
)
_quantities = st.lists(
    _whole_quantities | _measures | st.builds(Quantity, _classes), max_size=3
).map(tuple)
_party_types = st.sampled_from(sorted(cbv.SOURCE_DESTS.words))
_documents = st.builds(
    BizTransaction,
    st.from_regex(r"urn:epcglobal:cbv:bt:9521141123454:[A-Z]{1,5}-\d{1,5}", fullmatch=True),
    st.sampled_from(sorted(cbv.BIZ_TRANSACTIONS.words)),
)
# Words that no vocabulary has, so that nobody takes an extension's value for one.
_values = st.text("qvz", min_size=1, max_size=5) | st.integers(-(10**6), 10**6)
_extensions = st.dictionaries(
    st.from_regex(r"readpoint:[a-z]{2,6}", fullmatch=True),
    _values | st.lists(_values, max_size=3) | st.dictionaries(st.text("qvz", min_size=1), _values),
    max_size=4,
)


@st.composite
def _common(draw: st.DrawFn, actions: tuple[Action, ...]) -> dict[str, object]:
    zone = timezone(timedelta(minutes=draw(st.sampled_from([0, 60, -210, 345, 840]))))
    at_ms = draw(st.integers(0, 4_000_000_000_000))
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)
    text = at.astimezone(zone).isoformat(timespec="milliseconds")
    free = cbv.BIZ_STEPS.words - {"decommissioning", "destroying", "encoding"}
    free -= {"commissioning", "creating_class_instance", "packing", "unpacking"}
    return {
        "event_time": text,
        "event_time_zone_offset": text[-6:],
        "action": draw(st.sampled_from(actions)),
        "event_id": draw(st.none() | st.uuids().map(lambda value: f"urn:uuid:{value}")),
        "record_time": draw(st.none() | st.just(text)),
        "error_declaration": draw(
            st.none() | st.just(ErrorDeclaration(text, "incorrect_data", ("urn:x:1",)))
        ),
        "biz_step": draw(st.none() | st.sampled_from(sorted(free))),
        "disposition": draw(st.none() | st.sampled_from(sorted(cbv.DISPOSITIONS.words))),
        "read_point": draw(st.none() | _places),
        "biz_location": draw(st.none() | _places),
        "biz_transactions": tuple(draw(st.lists(_documents, max_size=3))),
        "sources": tuple(draw(st.lists(st.builds(Source, _party_types, _places), max_size=2))),
        "destinations": tuple(
            draw(st.lists(st.builds(Destination, _party_types, _places), max_size=2))
        ),
        "namespaces": NAMESPACES,
        "extensions": draw(_extensions),
    }


@st.composite
def object_events(draw: st.DrawFn) -> ObjectEvent:
    epcs = tuple(draw(st.lists(_things, max_size=4, unique=True)))
    common = draw(_common(("ADD", "OBSERVE", "DELETE")))
    return ObjectEvent(epcs=epcs, quantities=draw(_quantities), **common)  # type: ignore[arg-type]


@st.composite
def aggregation_events(draw: st.DrawFn) -> AggregationEvent:
    common = draw(_common(("ADD", "OBSERVE", "DELETE")))
    return AggregationEvent(
        parent=draw(_pallets),
        children=tuple(draw(st.lists(_items, min_size=1, max_size=4, unique=True))),
        child_quantities=draw(_quantities),
        **common,  # type: ignore[arg-type]
    )


events = object_events() | aggregation_events()
