"""EDGE §7: green for all and only the bound document's lines; amber and red for everything else."""

from dataclasses import replace

import pytest

from gateway.core import binding, matching
from gateway.core.binding import Bindings, Bound
from gateway.core.expected import Lists
from gateway.core.identify import Role, Thing
from gateway.core.judgement import Direction, Judged, Pass, Verdict
from gateway.core.matching import Finding, Matcher, Status
from gateway.core.visit import Visit
from gs1.epc.model import TagReason
from tests.unit.gateway.core.lists import (
    COFFEE,
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
from wire.expected import Line

HOUR_US = 3_600_000_000
BOUND = Bound("desadv", "in", URI)
CRATE = "https://id.gs1.org/8003/095211411234541"


def tag(
    key: str,
    verdict: Verdict = Verdict.MOVED,
    role: Role = Role.ITEM,
    reason: TagReason | None = None,
) -> Judged:
    return Judged(Visit(Thing(key, role, reason), START_US, START_US), verdict)


def a_pass(*tags: Judged | str, direction: Direction = "in", bound: Bound | None = BOUND) -> Pass:
    judged = tuple(tag(each) if isinstance(each, str) else each for each in tags)
    return Pass("door-1", direction, 0.9, 1.2, 40.0, "silence", judged, bound)


def matcher(made: Lists) -> Matcher:
    return Matcher("door-1", made, Bindings(HOUR_US), stale_us=24 * HOUR_US)


def find(made: Lists, door_pass: Pass, later_us: int = 0) -> Finding | None:
    return matcher(made).find(door_pass, START_US + later_us)


def shown(found: Finding | None) -> tuple[str, str]:
    assert found is not None
    return found.word, found.text


def test_all_and_only_what_is_listed_is_green() -> None:
    made = lists(part(*things(tea(1), tea(2), on=PALLET), Line(key=COFFEE, quantity=2)))
    coffee = [f"{COFFEE}/21/{n}" for n in (1, 2)]

    found = find(made, a_pass(PALLET, tea(1), tea(2), *coffee))

    assert found == Finding(expected=tuple(sorted([PALLET, tea(1), tea(2), *coffee])))
    assert shown(found) == ("moved", "5 as expected")


def test_a_list_is_met_in_several_passes() -> None:
    made = lists(part(*things(tea(1), on=PALLET), *things(tea(2), on=OTHER_PALLET)))

    assert shown(find(made, a_pass(OTHER_PALLET, tea(2)))) == ("moved", "2 as expected")


def test_what_is_not_listed_is_red() -> None:
    made = lists(part(*things(tea(1))))

    found = find(made, a_pass(tea(1), tea(2), "urn:epc:raw:7"))

    assert found == Finding(expected=(tea(1),), extra=(tea(2), "urn:epc:raw:7"))
    assert shown(found) == (
        "wrong",
        f"not on the document: {tea(2)}, urn:epc:raw:7; 1 as expected",
    )


def test_of_much_that_is_not_listed_some_is_named() -> None:
    found = find(lists(part(*things(tea(1)))), a_pass(*[tea(n) for n in range(2, 7)]))

    assert shown(found)[1] == (
        f"not on the document: {tea(2)}, {tea(3)}, {tea(4)} and 2 more; 0 as expected"
    )


def test_of_a_class_no_more_is_expected_than_its_quantity() -> None:
    made = matcher(lists(part(*things(tea(100)), Line(key=TEA, quantity=3))))
    first = a_pass(tea(100), tea(1), tea(2))

    assert shown(made.find(first, START_US)) == ("moved", "3 as expected")
    made.count(first)
    assert made.find(a_pass(tea(2), tea(3)), START_US) == Finding(expected=(tea(2), tea(3)))
    second = a_pass(tea(3), tea(4))
    assert made.find(second, START_US) == Finding(expected=(tea(3),), extra=(tea(4),))
    made.count(second)

    back = a_pass(tea(1), tea(2), tea(4), direction="out")
    assert shown(made.find(back, START_US)) == (
        "wrong",
        f"wrong direction; not on the document: {tea(4)}; 2 as expected",
    )
    made.count(back)
    assert shown(made.find(a_pass(tea(5), tea(6)), START_US)) == ("moved", "2 as expected")


def test_without_a_document_nothing_is_counted() -> None:
    made = matcher(lists())

    made.count(a_pass(tea(1), bound=None))

    assert made.bindings == Bindings(HOUR_US)


@pytest.mark.parametrize("came", [(PALLET, tea(1)), (tea(1),), (PALLET,)])
def test_a_logistic_unit_without_all_that_is_listed_on_it_is_amber(came: tuple[str, ...]) -> None:
    made = lists(part(*things(tea(1), tea(2), on=PALLET)))

    found = find(made, a_pass(*came))

    assert found is not None
    assert found.missing == tuple(sorted({tea(1), tea(2)} - set(came)))
    assert found.word == "uncertain"
    assert found.text.startswith("missing: ")


def test_a_logistic_unit_has_as_many_of_a_class_as_are_listed_on_it() -> None:
    lines = [Line(key=TEA, quantity=2, parent=unit) for unit in (PALLET, OTHER_PALLET)]
    made = lists(part(*lines, *things(tea(100), on=PALLET)))

    assert shown(find(made, a_pass(PALLET, tea(100), tea(1), tea(2)))) == (
        "moved",
        "4 as expected",
    )
    assert find(made, a_pass(PALLET, tea(100), tea(1))) == Finding(
        expected=tuple(sorted([PALLET, tea(100), tea(1)])), missing=(TEA,)
    )
    assert find(made, a_pass(PALLET, OTHER_PALLET, *[tea(n) for n in (100, 1, 2, 3)])) == Finding(
        expected=tuple(sorted([PALLET, OTHER_PALLET, *[tea(n) for n in (100, 1, 2, 3)]])),
        missing=(TEA,),
    )


def test_the_wrong_way_is_red() -> None:
    made = lists(part(*things(tea(1))))

    found = find(made, a_pass(tea(1), direction="out"))

    assert found == Finding(expected=(tea(1),), is_against=True)
    assert shown(found) == ("wrong", "wrong direction; 1 as expected")


def test_what_another_door_expects_is_red_with_and_without_a_document() -> None:
    made = lists(part(*things(tea(1))))
    made.put(place(door="door-2"), part(*things(tea(2))))
    red = "wrong", f"wrong door: {tea(2)} is expected at door-2; 1 as expected"

    found = find(made, a_pass(tea(1), tea(2)))
    assert found == Finding(expected=(tea(1),), wrong_door=((tea(2), "door-2"),))
    assert shown(found) == red
    assert shown(find(made, a_pass(tea(1), tea(2), bound=None))) == (
        "wrong",
        f"wrong door: {tea(2)} is expected at door-2; no document is bound; 0 as expected",
    )


def test_without_a_document_that_is_here_and_new_nothing_is_green() -> None:
    made = lists(part(*things(tea(1))))
    unknown = Bound("po", "in", "urn:example:po:1")

    assert shown(find(made, a_pass(tea(1), bound=None))) == (
        "uncertain",
        "no document is bound; 0 as expected",
    )
    assert shown(find(made, a_pass(tea(1), bound=unknown))) == (
        "uncertain",
        "no list of urn:example:po:1 is here; 0 as expected",
    )
    assert shown(find(made, a_pass(tea(1)), later_us=24 * HOUR_US)) == ("moved", "1 as expected")
    assert shown(find(made, a_pass(tea(1)), later_us=24 * HOUR_US + 1)) == (
        "uncertain",
        "the list is 24 h old; 1 as expected",
    )


def test_where_no_more_can_be_counted_nothing_is_green(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binding, "MOVED_MAX", 1)
    made = matcher(lists(part(*things(tea(1), tea(2)))))
    made.count(a_pass(tea(1)))

    assert shown(made.find(a_pass(tea(2)), START_US)) == (
        "uncertain",
        "more moved under the document than is counted; 1 as expected",
    )


def test_a_tag_that_is_uncertain_is_amber() -> None:
    made = lists(part(*things(tea(1), tea(2))))

    found = find(made, a_pass(tea(1), tag(tea(2), Verdict.UNCERTAIN)))

    assert shown(found) == ("uncertain", "1 uncertain; 1 as expected")


def test_a_tag_that_cannot_be_read_as_goods_is_amber() -> None:
    made = lists(part(*things(tea(1))))
    blank = tag("urn:epc:raw:96.x0", role=Role.UNKNOWN, reason=TagReason.EMPTY)

    assert shown(find(made, a_pass(tea(1), blank))) == (
        "uncertain",
        "1 uncertain; 1 as expected",
    )


def test_the_tag_of_a_forklift_or_crate_is_no_matter_where_it_is_not_listed() -> None:
    made = lists(part(*things(tea(1))))
    crate = tag(CRATE, role=Role.UNKNOWN, reason=TagReason.NOT_STOCK)
    unsure = replace(crate, verdict=Verdict.UNCERTAIN)

    assert shown(find(made, a_pass(tea(1), crate))) == ("moved", "1 as expected")
    assert find(made, a_pass(crate, unsure, tag(tea(9), Verdict.STRAY))) is None
    listing = lists(part(*things(tea(1), CRATE)))
    assert shown(find(listing, a_pass(tea(1), crate))) == ("moved", "2 as expected")


def test_a_door_tells_what_it_is_at() -> None:
    made = matcher(lists(part(*things(tea(1)))))
    assert made.status(START_US) == Status(None, None, is_stale=False, against=0)

    made.bindings.take(START_US - 5, "$RP.BIND po in urn:x:1")
    assert made.status(START_US - 5) == Status("urn:x:1", None, is_stale=False, against=0)

    made.bindings.take(START_US, binding.said(BOUND).decode())
    made.stale_us = 5
    assert made.status(START_US + 5) == Status(URI, 5, is_stale=False, against=0)
    assert made.status(START_US + 6) == Status(URI, 6, is_stale=True, against=0)


def test_a_sentence_names_the_worst_first() -> None:
    assert Finding(
        ("a",), ("b",), ("c",), (("d", "door-2"), ("e", "door-2")), True, ("f",)
    ).text == (
        "wrong door: d is expected at door-2; wrong direction; not on the document: b; missing: c;"
        " f; 1 as expected"
    )
    assert matching.NAMED_MAX == 3
