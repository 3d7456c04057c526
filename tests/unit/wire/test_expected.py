"""EDGE §7: expected lists on the wire."""

import pytest

from gs1.epcis.cbv import BIZ_TRANSACTIONS
from wire import json
from wire.expected import DocumentType, Expected, Line, Place, every_part, place
from wire.messages import BadMessage
from wire.topics import Source

SOURCE = Source("rotterdam", "dock-pi-1")
ROOT = "readpoint/v1/rotterdam/dock-pi-1/expected"
TEA = "https://id.gs1.org/01/09521141012345"
PALLET = "https://id.gs1.org/00/195211411234567899"

# As it was first released: it must be read for ever.
GOLDEN = (
    '{"document":"urn:example:desadv:4711","type":"desadv","version":3,"part":1,"parts":2,'
    '"direction":"in","made":"2026-11-22T08:00:00+01:00","code":"DA 4711","lines":['
    f'{{"key":"{PALLET}"}},'
    f'{{"key":"{TEA}/21/7","parent":"{PALLET}"}},'
    f'{{"key":"{TEA}","quantity":20,"parent":"{PALLET}"}},'
    f'{{"key":"{TEA}/10/A-1","quantity":5}},'
    '{"key":"urn:epc:raw:96.x3500"}]}'
)
GOOD = json.decode_object(GOLDEN.encode())


def refused(line: object = None, **changed: object) -> str:
    said = GOOD | changed | ({} if line is None else {"lines": [line]})
    with pytest.raises(BadMessage) as why:
        Expected.from_payload(json.encode(said).encode())  # type: ignore[arg-type]
    return str(why.value)


def test_a_released_list_is_read_and_comes_back_as_it_was() -> None:
    read = Expected.from_payload(GOLDEN.encode())

    assert read == Expected(
        document="urn:example:desadv:4711",
        type="desadv",
        version=3,
        part=1,
        parts=2,
        direction="in",
        made="2026-11-22T08:00:00+01:00",
        code="DA 4711",
        lines=(
            Line(key=PALLET),
            Line(key=f"{TEA}/21/7", parent=PALLET),
            Line(key=TEA, quantity=20, parent=PALLET),
            Line(key=f"{TEA}/10/A-1", quantity=5),
            Line(key="urn:epc:raw:96.x3500"),
        ),
    )
    assert read.to_payload().decode() == GOLDEN


def test_what_a_newer_system_says_beside_it_is_kept() -> None:
    said = GOLDEN[:-1] + ',"carrier":"Dray Ltd"}'

    assert Expected.from_payload(said.encode()).to_payload().decode() == said


def test_its_types_are_those_of_the_core_business_vocabulary() -> None:
    assert set(DocumentType.__args__) == set(BIZ_TRANSACTIONS.words)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ({"key": TEA}, f"lines.0: {TEA}: expected a quantity, as it is a class"),
        (
            {"key": f"{TEA}/21/7", "quantity": 1},
            f"lines.0: {TEA}/21/7: expected no quantity, as it is one thing",
        ),
        (
            {"key": "urn:x:1", "quantity": 1},
            "lines.0: urn:x:1: expected no quantity, as it is one thing",
        ),
        (
            {"key": "https://id.gs1.org/8003/09521141012345", "quantity": 1},
            "lines.0: https://id.gs1.org/8003/09521141012345:"
            " expected things, or a class of trade items",
        ),
        (
            {"key": "https://id.gs1.org/01/9521141012345"},
            "lines.0.key: https://id.gs1.org/01/9521141012345:"
            " expected a canonical GS1 Digital Link URI",
        ),
        (
            {"key": "urn:epc:id:sscc:952114.11234567899"},
            "lines.0.key: urn:epc:id:sscc:952114.11234567899: expected its GS1 Digital Link URI",
        ),
        (
            {"key": PALLET, "parent": TEA},
            f"lines.0.parent: {TEA}: expected a logistic unit, as https://id.gs1.org/00/...",
        ),
        ({"key": TEA, "quantity": 0}, "lines.0.quantity: Input should be greater than 0"),
    ],
)
def test_a_line_that_no_tag_could_meet_is_refused(line: dict[str, object], why: str) -> None:
    assert refused(line) == why


def test_a_part_beyond_its_parts_is_refused() -> None:
    assert refused(part=3) == "part 3 of 2: expected one of them"
    assert refused(parts=65).startswith("parts: ")


def test_a_payload_above_128_kib_is_refused() -> None:
    with pytest.raises(BadMessage, match="expected at most 131072"):
        Expected.from_payload(GOLDEN.encode() + b" " * (128 << 10))


def test_a_topic_comes_back_as_the_place_of_a_part() -> None:
    here = Place("door-1", "DA-4711_b.2", 64)

    assert here.topic(SOURCE) == f"{ROOT}/door-1/DA-4711_b.2/64"
    assert place(here.topic(SOURCE), SOURCE) == here
    assert every_part(SOURCE) == f"{ROOT}/+/+/+"


@pytest.mark.parametrize(
    "topic",
    [
        f"{ROOT}/door-1/DA-4711",
        f"{ROOT}/door-1/DA-4711/1/1",
        f"{ROOT}/Door/DA-4711/1",
        f"{ROOT}/door-1/-/1",
        f"{ROOT}/door-1/DA 4711/1",
        f"{ROOT}/door-1/DA-4711/0",
        f"{ROOT}/door-1/DA-4711/01",
        f"{ROOT}/door-1/DA-4711/65",
        f"{ROOT}/door-1/DA-4711/x",
        "readpoint/v1/rotterdam/dock-pi-2/expected/door-1/DA-4711/1",
        "door-1/DA-4711/1",
    ],
)
def test_another_topic_is_no_lists(topic: str) -> None:
    assert place(topic, SOURCE) is None
