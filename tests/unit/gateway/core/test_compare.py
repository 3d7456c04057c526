"""What other settings would change: which movements are one crossing, and what differs."""

from collections.abc import Sequence

from gateway.core import compare
from gateway.core.compare import HELD_MAX, SAME_US, Comparison, Difference, as_json, as_lines
from gateway.core.read_point import Said, Unsaid
from tests.unit.gateway.core.scenes import START_US
from wire import instant
from wire.event import AggregationEvent, Event, Kind, ObjectEvent, Place

DOOR = "urn:test:door-1"
MINUTE_US = 60_000_000


def said(
    tags: str,
    at_us: int = 0,
    *,
    way: str = "in",
    kind: Kind = "movement",
    read_point: str | None = DOOR,
    to: str | None = None,
    parent: str | None = None,
) -> Event:
    """A movement of the tags a, b, c ..., `at_us` after the start."""
    number = sum(map(ord, f"{tags}{way}{at_us}"))
    keys = [f"urn:test:{tag}" for tag in tags]
    common = {
        "eventID": f"urn:uuid:00000000-0000-8000-8000-{number:012d}",
        "eventTime": instant.to_text(START_US + at_us),
        "eventTimeZoneOffset": "+00:00",
        "action": "OBSERVE",
        "bizStep": "receiving",
        "bizLocation": Place(id="urn:test:hall") if to is None else Place(id=to),
        "readPoint": None if read_point is None else Place(id=read_point),
        "readpoint:gateway": "gw",
        "readpoint:kind": kind,
        "readpoint:direction": way,
    }
    if parent is None:
        return ObjectEvent.model_validate(common | {"epcList": keys})
    return AggregationEvent.model_validate(common | {"parentID": parent, "childEPCs": keys})


def differences(a: Sequence[Said], b: Sequence[Said]) -> list[Difference]:
    comparison = Comparison()
    return [*comparison.take(a, b), *comparison.end()]


def told(found: Sequence[Difference]) -> list[list[str]]:
    """Which tags each side has, and where."""
    return [
        [
            "-" if side is None else "".join(sorted(tag[-1] for tag in side.tags))
            for side in (each.a, each.b)
        ]
        for each in found
    ]


def test_what_both_say_is_no_difference_whatever_its_instant_and_its_name() -> None:
    comparison = Comparison()

    found = comparison.take([said("abc")], [said("cba", 900_000)])

    assert [*found, *comparison.end()] == []
    assert comparison.alike == 1


def test_a_movement_that_one_side_does_not_say_is_in_the_other_alone() -> None:
    assert told(differences([said("abc")], [])) == [["abc", "-"]]
    assert told(differences([], [said("abc")])) == [["-", "abc"]]


def test_only_movements_are_compared() -> None:
    others: list[Said] = [
        said("a", kind="review"),
        said("b", kind="verdict"),
        Unsaid("door-1", "a pass", ValueError("")),
    ]

    assert differences(others, []) == []


def test_another_direction_is_a_change() -> None:
    (found,) = differences([said("ab")], [said("ab", way="out")])

    assert as_json(found)["changed"] == ["direction"]


def test_other_tags_are_a_change() -> None:
    (found,) = differences([said("abc")], [said("bcd")])

    assert as_json(found)["changed"] == ["tags"]


def test_what_is_claimed_is_compared_too() -> None:
    (found,) = differences(
        [said("a", parent="urn:test:p")], [said("a", to="urn:test:yard", parent="urn:test:q")]
    )

    assert as_json(found)["changed"] == ["bizLocation", "parentID", "tags"]


def test_a_pass_that_is_cut_in_two_is_the_greater_part_changed_and_the_rest_alone() -> None:
    found = differences([said("abcde")], [said("ab"), said("cde", 4_000_000)])

    assert told(found) == [["-", "ab"], ["abcde", "cde"]]


def test_a_load_that_goes_in_and_out_again_is_compared_by_the_time() -> None:
    a = [said("ab", 0), said("ab", 30_000_000, way="out")]
    b = [said("ab", 500_000), said("ab", 29_000_000, way="out")]

    assert differences(a, b) == []
    assert told(differences(a, b[1:])) == [["ab", "-"]]


def test_two_loads_at_one_time_are_two_crossings() -> None:
    assert told(differences([said("ab")], [said("cd")])) == [["ab", "-"], ["-", "cd"]]


def test_the_same_tags_after_a_long_time_are_another_crossing() -> None:
    assert told(differences([said("ab")], [said("ab", SAME_US + 1_000)])) == [
        ["ab", "-"],
        ["-", "ab"],
    ]


def test_read_points_are_compared_each_by_itself() -> None:
    found = differences([said("ab")], [said("ab", read_point=None)])

    assert told(found) == [["ab", "-"], ["-", "ab"]]


def test_it_is_said_as_soon_as_both_sides_went_on() -> None:
    comparison = Comparison()
    assert comparison.take([said("a")], []) == []
    assert comparison.take([said("b", 5 * MINUTE_US)], []) == []

    found = comparison.take([], [said("b", 5 * MINUTE_US)])

    assert told(found) == [["a", "-"]]
    assert comparison.end() == []
    assert comparison.alike == 1


def test_what_waits_is_bounded_where_the_other_side_is_deaf() -> None:
    comparison = Comparison()
    found = []
    for number in range(HELD_MAX + 50):
        found += comparison.take([said("a", number * MINUTE_US)], [])
        assert len(found) == max(0, number + 1 - HELD_MAX)

    assert len([*found, *comparison.end()]) == HELD_MAX + 50


def test_a_difference_as_json_has_both_sides() -> None:
    (alone,) = differences([said("ba", parent="urn:test:p")], [])
    (other,) = differences([], [said("a")])
    (changed,) = differences([said("a")], [said("a", way="out")])

    assert as_json(alone) == {
        "differs": "only_a",
        "a": {
            "eventID": alone.a.event_id if alone.a else "",
            "eventTime": "2023-11-14T22:13:20.000+00:00",
            "readPoint": DOOR,
            "direction": "in",
            "bizStep": "receiving",
            "bizLocation": "urn:test:hall",
            "parentID": "urn:test:p",
            "tags": ["urn:test:a", "urn:test:b", "urn:test:p"],
        },
        "b": None,
    }
    assert (as_json(other)["differs"], as_json(other)["a"]) == ("only_b", None)
    assert [key for key in as_json(changed)] == ["differs", "changed", "a", "b"]


def test_a_difference_as_lines_is_for_a_person() -> None:
    many = "abcdefgh"
    (alone,) = differences([said(many)], [])
    (other,) = differences([], [said("a")])
    (changed,) = differences([said("abc")], [said("bcd", way="out")])

    assert as_lines(alone, "x.toml", "y.toml") == [
        "2023-11-14T22:13:20.000+00:00  urn:test:door-1  only in x.toml: in",
        "    8 tags: urn:test:a urn:test:b urn:test:c urn:test:d urn:test:e and 3 more",
    ]
    assert as_lines(other, "x.toml", "y.toml")[0].endswith("only in y.toml: in")
    assert as_lines(changed, "x.toml", "y.toml") == [
        "2023-11-14T22:13:20.000+00:00  urn:test:door-1  changed",
        "    direction: in in x.toml, out in y.toml",
        "    1 tags only in x.toml: urn:test:a",
        "    1 tags only in y.toml: urn:test:d",
    ]


def test_one_side_that_has_all_tags_of_the_other_names_only_its_own() -> None:
    (found,) = differences([said("ab")], [said("a")])

    assert as_lines(found, "x", "y")[1:] == ["    1 tags only in x: urn:test:b"]
    assert compare.as_json(found)["changed"] == ["tags"]
