"""What is built has no fault and is named as the published implementation names it."""

import json
from decimal import Decimal

import pytest
from epcis_event_hash_generator import hash_generator, json_to_py
from hypothesis import given, settings
from hypothesis import strategies as st

from gs1.epcis.build import AggregationEvent, ObjectEvent
from gs1.epcis.event_hash import event_hash, pre_hash
from gs1.epcis.identifier import Named, identify
from gs1.epcis.judge import judge
from gs1.epcis.members import MEMBERS
from gs1.epcis.shape import JsonObject, JsonValue
from tests.property.epcis_events import events, json_values

_names = st.sampled_from(sorted(frozenset.union(*MEMBERS.values()) | {"x:y", "note"}))
_objects = st.dictionaries(_names | st.text(max_size=12), json_values, max_size=12)
_kinds = st.sampled_from(sorted(MEMBERS)) | json_values


@given(_kinds, _objects)
def test_whatever_json_is_judged_and_named(kind: JsonValue, members: JsonObject) -> None:
    event = members | {"type": kind}

    for fault in judge(event):
        assert fault.path.startswith("$")
        assert ": expected " in fault.sentence
    assert event_hash(event).startswith("ni:///sha-256;")
    assert pre_hash(event) == pre_hash(dict(reversed(event.items())))


@given(st.text(max_size=40) | st.from_regex(r"urn:epc:(id|idpat|class):[a-z]{3,5}:[\d.%*]{1,30}"))
def test_whatever_is_named_is_named_once(text: str) -> None:
    found = identify(text)

    if isinstance(found, Named) and found.key is not None:
        again = identify(found.canonical)
        assert again == found


@given(events)
def test_what_is_built_has_no_fault(event: ObjectEvent | AggregationEvent) -> None:
    assert judge(event.document()) == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@settings(deadline=None, max_examples=60)  # the other side expands JSON-LD: tens of milliseconds
@given(events)
def test_the_published_implementation_hashes_the_same(
    event: ObjectEvent | AggregationEvent,
) -> None:
    document = event.document()

    assert [pre_hash(document)] == _theirs(document)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("members", "ours", "theirs"),
    [
        # What Python's spelling of JSON's values is, no rule says.
        ({"x:a": True}, "{urn:n:}a=true", "{urn:n:}a=True"),
        ({"x:a": None}, "", "{urn:n:}a=None"),
        # A double has no more than 17 digits, and small ones get an exponent.
        (
            {"x:a": 12345678901234567891},
            "{urn:n:}a=12345678901234567891",
            "{urn:n:}a=12345678901234567168",
        ),
        ({"x:a": 0.0000001}, "{urn:n:}a=0.0000001", "{urn:n:}a=1e-07"),
        # A transaction without type ends in an exception.
        (
            {"bizTransactionList": [{"bizTransaction": "urn:t:1"}]},
            "bizTransactionListbizTransaction=urn:t:1",
            None,
        ),
    ],
)
def test_where_the_published_implementation_fails_the_rules_are_followed(
    members: JsonObject, ours: str, theirs: str | None
) -> None:
    head = "eventType=ObjectEventeventTime=2026-01-01T00:00:00.000ZeventTimeZoneOffset=+00:00"
    event: JsonObject = {
        "@context": [
            "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
            {"x": "urn:n:"},
        ],
        "type": "ObjectEvent",
        "eventTime": "2026-01-01T00:00:00Z",
        "eventTimeZoneOffset": "+00:00",
    }

    assert pre_hash(event | members) == head + ours
    if theirs is None:
        with pytest.raises(IndexError):
            _theirs(event | members)
    else:
        assert _theirs(event | members) == [head + theirs]


def _theirs(event: JsonObject) -> list[str]:
    document = {
        "@context": event["@context"],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-01-01T00:00:00Z",
        "epcisBody": {"eventList": [{k: v for k, v in event.items() if k != "@context"}]},
    }
    read = json_to_py.event_list_from_epcis_document_json(json.loads(json.dumps(document)))
    found: list[str] = hash_generator.derive_prehashes_from_events(read)
    return found


def test_a_fraction_is_compared_as_it_is_written() -> None:
    assert pre_hash({"q": Decimal("0.30")}) == pre_hash({"q": 0.3})
