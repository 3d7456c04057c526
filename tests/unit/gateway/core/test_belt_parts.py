"""What conveyors are made of, at the edges that no scene comes to."""

from dataclasses import replace

import pytest

from drivers.base import GpiChange
from gateway.core import belt_tags, box_codes, photo_eye
from gateway.core.belt_offset import BeltOffset
from gateway.core.belt_tags import BeltTags
from gateway.core.box_codes import BoxCodes, Code, container_of, is_mismatch
from gateway.core.identify import Role, Thing
from gateway.core.photo_eye import PhotoEye, Place, Window, nearest
from tests.unit.gateway.core.belt_scenes import EYE, at_us, rides, stands
from tests.unit.gateway.core.scenes import START_US, seen, thing
from wire.reason import Reason

ITEM = "https://id.gs1.org/01/09521141012345/21/A1"
GTIN = "https://id.gs1.org/01/09521141012345"
LOT = "https://id.gs1.org/01/09521141012345/10/L7"
OTHER_ITEM = "https://id.gs1.org/01/09521141012352/21/A1"
OTHER_GTIN = "https://id.gs1.org/01/09521141012352"
SSCC = "https://id.gs1.org/00/195211411234567899"
OTHER_SSCC = "https://id.gs1.org/00/395211411234567893"
PLAIN = "urn:readpoint:code:BIN%207"


@pytest.mark.parametrize(
    ("codes", "tags"),
    [
        ([], [ITEM]),
        ([PLAIN], [ITEM]),
        ([ITEM], [ITEM, OTHER_ITEM]),
        ([GTIN], [ITEM]),
        ([LOT], [ITEM]),
        ([SSCC], [ITEM]),
        ([SSCC], [SSCC, ITEM]),
        ([SSCC, GTIN], [ITEM]),
        ([GTIN], [SSCC]),
        ([GTIN], []),
        ([PLAIN], [SSCC, OTHER_SSCC]),
    ],
)
def test_codes_and_tags_that_may_be_of_one_box(codes: list[str], tags: list[str]) -> None:
    assert not is_mismatch(codes, [_thing(each) for each in tags])


@pytest.mark.parametrize(
    ("codes", "tags"),
    [
        ([SSCC], [OTHER_SSCC]),
        ([SSCC, OTHER_SSCC], []),
        ([SSCC], [SSCC, OTHER_SSCC]),
        ([OTHER_ITEM], [ITEM]),
        ([OTHER_GTIN], [ITEM]),
        ([GTIN, OTHER_GTIN], [ITEM]),
    ],
)
def test_codes_and_tags_that_cannot_be(codes: list[str], tags: list[str]) -> None:
    assert is_mismatch(codes, [_thing(each) for each in tags])


def test_tags_that_are_no_stock_do_not_speak_against_a_code() -> None:
    assert not is_mismatch([SSCC], [Thing(OTHER_SSCC, Role.UNKNOWN)])


def _thing(key: str) -> Thing:
    return Thing(key, Role.CONTAINER if "/00/" in key else Role.ITEM)


def test_one_logistic_unit_among_the_codes_is_the_boxs() -> None:
    assert container_of([GTIN, SSCC]) == SSCC
    assert container_of([SSCC, OTHER_SSCC]) is None
    assert container_of([PLAIN]) is None


def test_scans_that_wait_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(box_codes, "WAITING_MAX", 2)
    codes = BoxCodes(BeltOffset(10_000_000, 0))
    for n in range(3):
        codes.take(Code(n, f"urn:x:{n}"))

    assert codes.dropped == 1
    assert codes.lost([], 0, 40_000_000) == [Code(1, "urn:x:1"), Code(2, "urn:x:2")]
    assert not codes.is_waiting


def test_a_scan_that_was_taken_before_a_crash_is_not_taken_again() -> None:
    codes = BoxCodes(BeltOffset(10_000_000, 0))
    codes.take(Code(5, "urn:x:5"))
    codes.take(Code(9, None))
    codes.pass_time(7)

    again = BoxCodes(BeltOffset(10_000_000, 0))
    again.recall(codes.memory())
    for at, key in ((5, "urn:x:5"), (9, None)):
        again.take(Code(at, key))

    assert again.lost([], 0, 40_000_000) == [Code(5, "urn:x:5"), Code(9, None)]


def test_tags_in_the_field_and_in_memory_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(belt_tags, "OPEN_MAX", 2)
    monkeypatch.setattr(belt_tags, "REMEMBERED_MAX", 2)
    tags = BeltTags(1_000_000, 30_000_000, 10_000_000)
    let_go = [gone for n in range(4) for gone in tags.add(seen(thing(f"t{n}"), "tunnel:1", n))]
    for passage in [*let_go, *tags.close_silent(at_us(10.0))]:
        tags.conclude(passage)

    assert [each.visit.thing.key for each in let_go] == ["urn:test:t0", "urn:test:t1"]
    remembered = {key: value for key, value in tags.changes().items() if value is not None}
    assert remembered == {
        "tag:000000000000002": ["urn:test:t2", at_us(2.0), False, False, 1],
        "tag:000000000000003": ["urn:test:t3", at_us(3.0), False, False, 1],
    }


def test_a_tag_is_forgotten_after_an_hour() -> None:
    tags = BeltTags(1_000_000, 30_000_000, 10_000_000)
    for at_s in (0.0, 3_600.0):
        tags.add(seen(thing(f"at-{at_s:.0f}"), "tunnel:1", at_s))
        for passage in tags.close_silent(at_us(at_s + 2)):
            tags.conclude(passage)

    changes = tags.changes()
    assert changes["tag:000000000000000"] is None
    assert len(changes) == 2


def concluded(tags: BeltTags, reads: list[object]) -> list[tuple[str, Reason | None]]:
    """What it bears, visit by visit."""
    found = []
    for sighting in reads:
        for passage in tags.close_silent(sighting.at_us):  # type: ignore[attr-defined]
            found.append(tags.bear(passage))
            tags.conclude(passage)
        tags.add(sighting)  # type: ignore[arg-type]
    for passage in tags.close_silent(at_us(1e6)):
        found.append(tags.bear(passage))
        tags.conclude(passage)
    return [(bearing.value, doubt) for bearing, doubt in found]


def test_a_tag_heard_too_little_to_say_is_a_boxs_once_and_then_parked() -> None:
    tags = BeltTags(1_000_000, 30_000_000, 10_000_000)
    reads: list[object] = [seen(thing(), "tunnel:1", at_s) for at_s in (0.0, 20.0, 40.0, 60.0)]

    assert concluded(tags, reads) == [
        ("goes_by", None),
        ("goes_by", Reason.EVIDENCE_UNCERTAIN),
        ("stays", None),
        ("stays", None),
    ]


def test_a_tag_that_stood_is_doubted_when_it_goes_by() -> None:
    tags = BeltTags(1_000_000, 30_000_000, 10_000_000)
    reads: list[object] = [*stands(thing(), 0.0, 20.0), *rides(thing(), 60.0)]
    reads += [seen(thing(), "tunnel:1", 100.0)]

    assert concluded(tags, reads) == [
        ("stays", None),
        ("goes_by", Reason.EVIDENCE_UNCERTAIN),
        ("stays", None),
    ]


def test_what_goes_by_again_goes_by_and_what_was_just_here_never_left() -> None:
    tags = BeltTags(1_000_000, 30_000_000, 10_000_000)
    reads: list[object] = [*rides(thing(), 10.0), *rides(thing(), 60.0)]
    reads += [seen(thing(), "tunnel:1", 66.0), seen(thing(), "tunnel:1", 90.0)]

    assert concluded(tags, reads) == [
        ("goes_by", None),
        ("goes_by", None),
        ("stays", None),
        ("goes_by", Reason.EVIDENCE_UNCERTAIN),
    ]


def test_a_tag_that_is_heard_for_longer_than_a_box_takes_stays() -> None:
    tags = BeltTags(1_000_000, 5_000_000, 10_000_000)
    reads: list[object] = list(rides(thing(), 0.0))

    assert concluded(tags, reads) == [("stays", None)]


def edge(at_s: float, *, high: bool, port: int = 1) -> GpiChange:
    return GpiChange("tunnel", at_us(at_s), port, high=high)


def test_inputs_of_others_are_nothing_to_the_eye() -> None:
    photo = PhotoEye(EYE)
    photo.take(edge(1.0, high=True, port=2))

    assert photo.next_us is None


def test_edges_that_wait_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_eye, "EDGES_MAX", 2)
    photo = PhotoEye(EYE)
    for at_s, high in ((1.0, True), (2.0, False), (3.0, True)):
        photo.take(edge(at_s, high=high))

    assert [each.start_us for each in photo.pass_time(at_us(5.0))] == [at_us(3.0)]


def test_an_edge_that_comes_behind_what_is_judged_makes_its_window_blind() -> None:
    photo = PhotoEye(EYE)
    photo.take(edge(1.0, high=True))
    (window,) = photo.pass_time(at_us(2.0))
    photo.take(edge(1.5, high=False))
    photo.pass_time(at_us(3.0))

    assert window == Window(at_us(1.0), at_us(2.0), Reason.BLIND)


def test_where_an_instant_is_among_windows() -> None:
    windows = [Window(0, 10), Window(20, 30), Window(40)]

    assert nearest([], 5).index == -1
    assert nearest(windows[:1], 5) == Place(0, 0, photo_eye.FAR_US)
    assert nearest(windows, 14) == Place(0, 4, 6)
    assert nearest(windows, 25) == Place(1, 0, 15)
    assert nearest(windows, START_US) == Place(2, 0, START_US - 30)


def test_an_offset_stays_within_reach() -> None:
    offset = BeltOffset(1_000_000, 0)
    for n in range(8):
        offset.tell(5_000_000 + n * 10_000_000)
    offset.learn([Window(n * 10_000_000, n * 10_000_000 + 500_000) for n in range(9)])

    assert (offset.offset_us, offset.is_known, offset.limit_us) == (0, False, 1_000_000)


def test_an_offset_with_which_fewer_than_half_agree_is_not_known() -> None:
    windows = [Window(n * 10_000_000, n * 10_000_000 + 500_000) for n in range(9)]
    offset = BeltOffset(1_000_000, 0)
    for n in range(3):
        offset.tell(n * 10_000_000 + 250_000)
    offset.learn(windows)
    assert (offset.agreeing, offset.is_known) == (3, True)

    offset.learn(windows, [n * 10_000_000 + 5_000_000 for n in range(3)])

    assert (offset.agreeing, offset.is_known) == (3, False)


def test_what_stayed_before_a_crash_stays_though_little_of_it_is_read_again() -> None:
    tags = BeltTags(1_000_000, 30_000_000, 10_000_000)
    tags.stays_before_us = at_us(5.0)
    reads: list[object] = [seen(thing(), "tunnel:1", at_s) for at_s in (4.9, 5.3)]
    reads += [seen(thing("later"), "tunnel:1", at_s) for at_s in (5.1, 5.4)]

    assert concluded(tags, reads) == [("stays", None), ("goes_by", None)]


def test_a_visit_that_was_concluded_before_a_crash_is_known_again() -> None:
    tags = BeltTags(1_000_000, 30_000_000, 10_000_000)
    concluded(tags, list(rides(thing(), 10.0)))
    again = BeltTags(1_000_000, 30_000_000, 10_000_000)
    again.recall(tags.changes())

    known = []
    for start_s in (10.0, 40.0):
        for sighting in rides(thing(), start_s):
            again.add(sighting)
        known += [again.is_concluded(each) for each in again.close_silent(at_us(start_s + 9))]

    assert known == [True, False]


def test_edges_that_were_taken_before_a_crash_are_not_taken_again() -> None:
    plan = replace(EYE, debounce_us=0)
    photo, again = PhotoEye(plan), PhotoEye(plan)
    edges = [edge(1.0, high=True), edge(2.0, high=False), edge(3.0, high=True)]
    for each in edges:
        photo.take(each)
    windows = photo.pass_time(at_us(5.0))

    again.recall(photo.memory(windows), windows)
    for each in [*edges, edge(6.0, high=False)]:
        again.take(each)

    assert again.pass_time(at_us(7.0)) == []
    assert windows == [Window(at_us(1.0), at_us(2.0)), Window(at_us(3.0), at_us(6.0))]
