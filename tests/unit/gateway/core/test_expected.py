"""EDGE §7: a list counts when all parts of one version are here."""

import pytest

from gateway.core import expected
from gateway.core.expected import Document, Lists
from tests.unit.gateway.core.lists import (
    COFFEE,
    DOORS,
    OTHER_PALLET,
    PALLET,
    START_US,
    TEA,
    URI,
    lists,
    part,
    place,
    tea,
    things,
)
from wire.expected import Expected, Line, Place

FIRST = part(*things(tea(1)), number=1, parts=2)
SECOND = part(*things(tea(2)), number=2, parts=2)


def listed(made: Lists) -> list[frozenset[str]]:
    return [each.things for each in made.of("door-1")]


def test_a_list_tells_things_what_is_on_logistic_units_and_classes() -> None:
    lines = [
        *things(tea(1), tea(2), on=PALLET),
        *things(OTHER_PALLET, "urn:epc:raw:1"),
        Line(key=TEA, quantity=3, parent=PALLET),
        Line(key=f"{TEA}/10/A-1", quantity=4, parent=PALLET),
        Line(key=COFFEE, quantity=5),
    ]

    (document,) = lists(part(*lines, code="DA 4711")).of("door-1")

    assert document == Document(
        uri=URI,
        type="desadv",
        direction="in",
        code="DA 4711",
        version=1,
        made_us=START_US,
        things=frozenset({tea(1), tea(2), PALLET, OTHER_PALLET, "urn:epc:raw:1"}),
        contents={PALLET: frozenset({tea(1), tea(2)})},
        classes={TEA: 7, COFFEE: 5},
        units={PALLET: {TEA: 7}},
    )
    assert document.lists(tea(1))
    assert document.lists(tea(99))  # as one of a class
    assert document.lists(OTHER_PALLET)
    assert not document.lists("https://id.gs1.org/01/09521141012369/21/1")
    assert not document.lists("urn:epc:raw:2")


@pytest.mark.parametrize("order", [(FIRST, SECOND), (SECOND, FIRST)])
def test_a_list_counts_when_all_its_parts_are_here(order: tuple[Expected, Expected]) -> None:
    made = lists(order[0])
    assert made.of("door-1") == []

    assert made.put(place(order[1].part), order[1]) == ""

    assert listed(made) == [{tea(1), tea(2)}]
    assert made.places() == {place(1), place(2)}


def test_the_oldest_part_tells_how_old_a_list_is() -> None:
    later = part(number=2, parts=2, made_us=START_US + 5_000_000)

    (document,) = lists(part(number=1, parts=2, made_us=START_US), later).of("door-1")

    assert document.made_us == START_US


def test_a_newer_version_replaces_one_when_it_is_whole() -> None:
    made = lists(FIRST, SECOND)
    newer = [part(*things(tea(n)), number=n - 7, parts=2, version=3) for n in (8, 9)]

    assert made.put(place(1), newer[0]) == ""
    assert listed(made) == [{tea(1), tea(2)}]
    assert made.versions(place()) == {1, 3}
    assert made.put(place(2), newer[1]) == ""

    assert listed(made) == [{tea(8), tea(9)}]
    assert made.versions(place()) == {3}


def test_of_versions_that_are_to_come_the_newest_is_kept() -> None:
    made = lists(FIRST, SECOND, part(number=1, parts=2, version=2))

    assert made.put(place(1), part(number=1, parts=2, version=3)) == ""

    assert made.versions(place()) == {1, 3}
    assert made.put(place(2), part(number=2, parts=2, version=2)) == ""
    assert made.versions(place()) == {1, 3}


def test_a_part_that_is_said_again_in_another_way_replaces_itself() -> None:
    made = lists(FIRST, SECOND)

    assert made.put(place(1), FIRST) == ""
    assert listed(made) == [{tea(1), tea(2)}]
    assert made.put(place(1), part(*things(tea(7)), number=1, parts=2)) == ""

    assert listed(made) == [{tea(7), tea(2)}]


def test_a_list_that_lost_a_part_counts_no_longer() -> None:
    made = lists(FIRST, SECOND)

    made.withdraw(place(1))
    assert (made.of("door-1"), made.places()) == ([], {place(2)})
    made.withdraw(place(2))

    assert (made.versions(place()), made.places()) == (frozenset(), set())
    made.withdraw(place(2))  # nobody has it


def test_parts_that_a_newer_version_has_no_longer_may_be_withdrawn() -> None:
    made = lists(FIRST, SECOND, part(*things(tea(9)), version=2))

    made.withdraw(place(2))

    assert listed(made) == [{tea(9)}]


@pytest.mark.parametrize(
    ("at", "said", "why"),
    [
        (place(door="door-3"), FIRST, 'no door "door-3" here'),
        (place(2), FIRST, "part 1: expected part 2, as its topic says"),
        (place(1), part(version=1), "version 1: expected 2 or a newer one"),
        (
            place(2),
            part(number=2, parts=2, version=2, direction="out"),
            "part 2 says otherwise than part 1 of its version",
        ),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    at: Place, said: Expected, why: str
) -> None:
    made = lists(part(*things(tea(1)), version=2))

    assert made.put(at, said) == why

    assert listed(made) == [{tea(1)}]


def test_there_are_no_more_lists_and_lines_than_the_bounds_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(expected, "DOCUMENTS_MAX", 1)
    monkeypatch.setattr(expected, "LINES_MAX", 2)
    made = lists(part(*things(tea(1), tea(2))))

    assert made.put(place(name="DA-2"), part()) == "1 lists are here: expected no more"
    assert made.put(place(), part(*things(tea(1), tea(3)))) == ""
    assert made.put(place(), part(*things(tea(1), tea(2), tea(3)))) == (
        "its 3 lines are too many: expected 2 of all lists"
    )


def test_a_document_is_found_by_its_code_its_uri_or_the_key_that_a_code_names() -> None:
    made = lists(part(code="DA 4711"))
    (document,) = made.of("door-1")

    assert made.named("door-1", "DA 4711", "") == document
    assert made.named("door-1", URI, "") == document
    assert made.named("door-1", "]x", URI) == document
    assert made.named("door-1", "DA 4712", "urn:readpoint:code:x") is None
    assert made.named("door-2", URI, "") is None
    assert made.document("door-1", URI) == document
    assert made.document("door-2", URI) is None


def test_a_thing_is_expected_elsewhere_where_another_door_alone_lists_it() -> None:
    made = Lists(DOORS)
    made.put(place(name="b"), part(*things(tea(1))))
    made.put(place(door="door-2"), part(*things(tea(1), tea(2))))
    made.put(place(door="door-2", name="half"), part(*things(tea(3)), parts=2))

    assert made.elsewhere("door-1", tea(1)) is None
    assert made.elsewhere("door-1", tea(2)) == "door-2"
    assert made.elsewhere("door-2", tea(2)) is None
    assert made.elsewhere("door-1", tea(3)) is None
