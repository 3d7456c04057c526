"""Which tags are on which box, in scenes of plain geometry."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from drivers.base import GpiChange, LinkChange, NoRead
from gateway.core import belt as belt_module
from gateway.core import belt_tags
from gateway.core import conveyor as conveyor_module
from gateway.core.box import Box
from gateway.core.conveyor import Conveyor
from gateway.core.identify import Role, Scanned, Sighting, Thing
from gateway.core.judgement import Verdict
from gateway.core.photo_eye import EyePlan
from gateway.core.read_point import Memory, Replays
from gs1.barcode import Plain
from tests.unit.gateway.core.belt_scenes import (
    EYE,
    OFFSET_S,
    PLAN,
    Fed,
    at_us,
    box,
    eye,
    feed,
    in_order,
    on,
    rides,
    stands,
    train,
    windows_s,
)
from tests.unit.gateway.core.scenes import START_US, seen, thing
from wire.json import JsonValue
from wire.reason import Reason

LEARNED = 4  # boxes, after which the offset is known in these scenes
SCANNING = replace(PLAN, scanner="scan-1")
STUCK = replace(PLAN, eye=replace(EYE, stuck_us=5_000_000))


def boxes_of(fed: Sequence[Sequence[Fed]], belt: Conveyor | None = None) -> list[Box]:
    belt = belt or Conveyor(PLAN)
    return feed(belt, in_order(each for part in fed for each in part))


def names(count: int, tags: int = 1) -> list[set[str]]:
    return [{f"box-{n}-{tag}" for tag in range(tags)} for n in range(count)]


def test_each_box_has_its_own_tags_though_the_field_hears_three() -> None:
    boxes = boxes_of(train(12, tags=3))

    assert [on(each) for each in boxes] == names(12, tags=3)
    assert [each.faults for each in boxes] == [()] * 12
    assert windows_s(boxes)[:2] == [(0.0, 0.8), (1.6, 2.4)]


def test_the_offset_is_learned_from_a_wrong_start() -> None:
    belt = Conveyor(replace(PLAN, offset_us=-3_000_000))
    boxes = boxes_of(train(20), belt)

    assert [on(each) for each in boxes[10:]] == names(20)[10:]
    assert boxes[-1].offset_us == pytest.approx(OFFSET_S * 1e6, abs=100_000)
    wrong = [
        key
        for n, each in enumerate(boxes[:10])
        for key in on(each)
        if each.window is not None and key != f"box-{n}-0"
    ]
    assert wrong == []


def test_antennas_before_the_eye_have_an_offset_below_zero() -> None:
    boxes = boxes_of(train(12, offset_s=-2.0, start_s=5.0))

    assert [on(each) for each in boxes][LEARNED:] == names(12)[LEARNED:]
    assert boxes[-1].offset_us == pytest.approx(-2e6, abs=100_000)


def test_the_offset_follows_when_the_belt_changes_its_speed() -> None:
    slow = train(40, offset_s=2.4, start_s=60.0)
    later = [[_renamed(each) for each in part] for part in slow]
    boxes = boxes_of([*train(12), *later])

    assert boxes[-1].offset_us == pytest.approx(2.4e6, abs=150_000)
    assert [on(each) for each in boxes[-10:]] == [{f"late-box-{n}-0"} for n in range(30, 40)]


def _renamed(each: Fed) -> Fed:
    if not isinstance(each, Sighting):
        return each
    name = each.thing.key.removeprefix("urn:test:")
    return replace(each, thing=thing(f"late-{name}"))


def test_a_tag_beside_the_belt_is_on_no_box() -> None:
    parked: list[Fed] = list(stands(thing("parked"), 0.0, 28.0))
    boxes = boxes_of([*train(12), parked])

    assert [on(each) for each in boxes if each.window is not None] == names(12)
    strays = [key for each in boxes for key in on(each, Verdict.STRAY)]
    assert set(strays) <= {"parked"}


def test_a_tag_beside_the_belt_that_is_heard_by_and_by_is_on_no_box() -> None:
    scene: list[list[Fed]] = [*train(12), *train(12, start_s=60.0)]
    parked: list[list[Fed]] = [
        list(stands(thing("parked"), at_s, at_s + 0.8)) for at_s in range(-60, 90, 11)
    ]
    boxes = boxes_of([*scene, *parked])

    assert "parked" not in {key for each in boxes[3:] for key in on(each)}


def test_a_box_of_which_no_tag_was_read_is_told() -> None:
    scene: list[list[Fed]] = [*train(6), list(eye(30.0, 30.8))]
    boxes = boxes_of(scene)

    assert [(each.faults, on(each)) for each in boxes][-1] == ((Reason.NO_READ,), set())
    assert windows_s(boxes)[-1] == (30.0, 30.8)


def test_more_tags_than_a_box_has_are_for_review_and_a_fault() -> None:
    boxes = boxes_of(
        [*train(6), box("twin", 30.0, tags=2)], Conveyor(replace(PLAN, tags_per_box=1))
    )

    assert [each.faults for each in boxes] == [*[()] * 6, (Reason.MULTI_READ,)]
    assert on(boxes[-1], Verdict.UNCERTAIN) == {"twin-0", "twin-1"}
    assert {tag.reason for tag in boxes[-1].tags} == {Reason.MULTI_READ}


def test_fewer_tags_than_a_box_has_are_on_it_and_it_is_told() -> None:
    boxes = boxes_of(
        [*train(6, tags=2), box("half", 30.0)], Conveyor(replace(PLAN, tags_per_box=2))
    )

    assert (boxes[-1].faults, on(boxes[-1])) == ((Reason.NO_READ,), {"half-0"})


def test_too_many_tags_are_a_carton_of_labels() -> None:
    boxes = boxes_of([*train(6), box("labels", 30.0, tags=4)], Conveyor(replace(PLAN, tags_max=3)))

    assert {tag.reason for tag in boxes[-1].tags} == {Reason.TOO_MANY_TAGS}


def test_while_the_offset_is_not_known_what_may_be_a_neighbours_is_for_review() -> None:
    boxes = boxes_of(train(2))

    assert {key for each in boxes for key in on(each, Verdict.UNCERTAIN)} == {"box-0-0", "box-1-0"}
    assert [on(each) for each in boxes] == [set(), set()]
    assert [each.faults for each in boxes if not each.tags] == [(Reason.EVIDENCE_UNCERTAIN,)]


def test_a_box_with_no_other_near_has_its_tags_from_the_first_on() -> None:
    (alone,) = boxes_of(train(1, tags=2))

    assert (on(alone), alone.faults) == ({"box-0-0", "box-0-1"}, ())


def test_tags_of_which_the_eye_saw_no_box_are_for_review() -> None:
    lone: list[Fed] = list(rides(thing("lone"), 40.0))
    boxes = boxes_of([*train(8), lone])

    assert boxes[-1].window is None
    assert [(tag.verdict, tag.reason) for tag in boxes[-1].tags] == [
        (Verdict.UNCERTAIN, Reason.NO_BOX)
    ]


def test_a_tag_halfway_between_two_boxes_is_for_review() -> None:
    halfway: list[Fed] = list(rides(thing("halfway"), 31.4))
    scene: list[list[Fed]] = [*train(8), list(eye(30.0, 30.8)), list(eye(32.0, 32.8)), halfway]
    boxes = boxes_of(scene)

    reviewed = {key: each for each in boxes for key in on(each, Verdict.UNCERTAIN)}
    assert set(reviewed) == {"halfway"}


# -- the eye --------------------------------------------------------------------------------------


def test_an_eye_that_is_dark_for_too_long_sees_no_box_until_it_moves_again() -> None:
    stuck: list[Fed] = [
        *eye(30.0, 42.0),
        *rides(thing("hidden"), 38.0),
        *rides(thing("first"), 30.5),
    ]
    after = train(3, start_s=50.0)
    scene: list[list[Fed]] = [*train(8), stuck, [_renamed(each) for part in after for each in part]]
    boxes = boxes_of(scene, Conveyor(STUCK))

    told = {
        key: (tag.verdict, tag.reason, each.faults)
        for each in boxes
        for tag in each.tags
        if (key := tag.thing.key.removeprefix("urn:test:")) in ("hidden", "first")
    }
    assert told == {
        "first": (Verdict.UNCERTAIN, Reason.EYE_STUCK, (Reason.EYE_STUCK,)),
        "hidden": (Verdict.UNCERTAIN, Reason.EYE_STUCK, ()),
    }
    moved = [on(each) for each in boxes if each.window is not None]
    assert moved[-3:] == [{f"late-box-{n}-0"} for n in range(3)]


def test_after_a_stuck_eye_moved_what_it_does_not_see_has_no_box() -> None:
    scene: list[list[Fed]] = [*train(8), eye(30.0, 42.0), list(rides(thing("lone"), 60.0))]
    boxes = boxes_of(scene, Conveyor(STUCK))

    assert [tag.reason for tag in boxes[-1].tags] == [Reason.NO_BOX]


def test_a_level_shorter_than_the_debounce_is_none() -> None:
    chatter: list[Fed] = [*eye(30.0, 30.005), *eye(30.1, 30.9), *eye(30.905, 30.91)]
    slat = [GpiChange("tunnel", at_us(30.5), 1, high=False)]
    slat += [GpiChange("tunnel", at_us(30.51), 1, high=True)]
    boxes = boxes_of([*train(6), [*chatter, *slat]])

    assert [each for each in windows_s(boxes)[6:] if each is not None] == [(30.1, 30.91)]


def test_an_edge_that_nobody_saw_makes_its_box_one_for_review() -> None:
    seen_late = [
        replace(each, resync=True) if isinstance(each, GpiChange) and each.high else each
        for each in box("unseen", 30.0)
    ]
    boxes = boxes_of([*train(8), seen_late])

    assert {tag.reason for tag in boxes[-1].tags} == {Reason.BLIND}


def test_an_inverted_eye_is_dark_when_it_is_low() -> None:
    scene: list[list[Fed]] = [
        [
            replace(each, high=not each.high) if isinstance(each, GpiChange) else each
            for each in part
        ]
        for part in train(8)
    ]
    inverted = EyePlan("tunnel", 1, invert=True, debounce_us=20_000, stuck_us=30_000_000)

    assert [on(each) for each in boxes_of(scene, Conveyor(replace(PLAN, eye=inverted)))] == names(8)


# -- scanner --------------------------------------------------------------------------------------

SSCC = "https://id.gs1.org/00/195211411234567899"
OTHER_SSCC = "https://id.gs1.org/00/395211411234567893"
SCAN_S = -0.7  # the scanner is before the eye


def scan(text: str, at_s: float) -> Scanned:
    return Scanned("scan-1", at_us(at_s), text, Plain(text, None))


def labelled(count: int, start_s: float = 0.0) -> list[list[Fed]]:
    scene = train(count, start_s=start_s)
    for n, each in enumerate(scene):
        front_us = min(one.at_us for one in each if isinstance(one, GpiChange))
        each.append(scan(f"urn:x:label-{n}", (front_us - START_US) / 1e6 + 0.4 + SCAN_S))
    return scene


def test_the_bar_code_of_a_box_is_its_own_with_an_offset_that_is_learned() -> None:
    boxes = boxes_of(labelled(12), Conveyor(SCANNING))

    assert [each.keys for each in boxes] == [[f"urn:x:label-{n}"] for n in range(12)]
    assert [each.faults for each in boxes] == [()] * 12


def test_several_codes_in_one_window_are_of_one_box() -> None:
    scene: list[list[Fed]] = [
        *labelled(8),
        [*eye(30.0, 30.8), scan("urn:x:a", 29.6), scan("urn:x:b", 29.8)],
    ]
    boxes = boxes_of(scene, Conveyor(SCANNING))

    assert boxes[-1].keys == ["urn:x:a", "urn:x:b"]


def test_a_box_without_a_bar_code_is_told_and_the_last_code_does_not_stick_to_it() -> None:
    silent: list[Fed] = [*box("silent", 33.0), NoRead("scan-1", at_us(32.7))]
    boxes = boxes_of([*labelled(8), box("bare", 30.0), silent], Conveyor(SCANNING))

    assert [(each.keys, each.faults, len(each.codes)) for each in boxes[-2:]] == [
        ([], (Reason.NO_BARCODE,), 0),
        ([], (Reason.NO_BARCODE,), 1),
    ]


def test_a_code_of_no_box_is_told_and_is_nobodys() -> None:
    boxes = boxes_of(
        [*labelled(8), [scan("urn:x:lost", 40.0)], labelled(1, 60.0)[0]], Conveyor(SCANNING)
    )

    lost = [each for each in boxes if each.window is None]
    assert [(each.keys, each.faults, each.at_us) for each in lost] == [
        (["urn:x:lost"], (Reason.NO_BOX,), at_us(40.0))
    ]
    (last,) = [each for each in boxes if each.window == (at_us(60.0), at_us(60.8))]
    assert last.keys == ["urn:x:label-0"]


def test_a_code_that_the_tags_do_not_fit_makes_the_box_one_for_review() -> None:
    pallet = Thing(SSCC, Role.CONTAINER)
    wrong: list[Fed] = [*eye(30.0, 30.8), *rides(pallet, 30.4), scan(OTHER_SSCC, 29.7)]
    boxes = boxes_of([*labelled(8), wrong], Conveyor(SCANNING))

    assert boxes[-1].faults == (Reason.MISMATCH,)
    assert [(tag.thing.key, tag.reason) for tag in boxes[-1].tags] == [(SSCC, Reason.MISMATCH)]


# -- time -----------------------------------------------------------------------------------------


def test_reports_that_come_late_and_in_disorder_change_nothing() -> None:
    fed = in_order(each for part in train(12, tags=2) for each in part)
    late = sorted(fed, key=lambda each: each.at_us + hash_us(each))

    boxes, again = feed(Conveyor(PLAN), fed), feed(Conveyor(PLAN), late)
    assert boxes == again


def hash_us(each: Fed) -> int:
    """Up to 0.6 s: of no order."""
    return each.at_us * 7919 // 1000 % 600_000


def test_a_clock_that_is_set_changes_instants_and_nothing_else() -> None:
    step_us = 3_600_000_000
    fed = in_order(each for part in labelled(12) for each in part)
    cut = len(fed) // 2
    belt = Conveyor(SCANNING)
    plain = feed(Conveyor(SCANNING), fed)

    boxes: list[Box] = []
    for n, each in enumerate(fed):
        if n == cut:
            belt.shift_time(step_us)
        moved = replace(each, at_us=each.at_us + step_us) if n >= cut else each
        boxes += belt.observe(moved) if isinstance(moved, Sighting) else belt.notice(moved)
        boxes += belt.advance(moved.at_us) if n % 10 == 0 else []
    boxes += belt.advance(fed[-1].at_us + step_us + 60_000_000)

    assert [(on(each), each.keys, each.faults) for each in boxes] == [
        (on(each), each.keys, each.faults) for each in plain
    ]
    assert [each.window for each in boxes[-1:]] == [
        (start + step_us, end + step_us)
        for start, end in [each.window for each in plain[-1:] if each.window]
    ]


def test_boxes_that_were_partly_unseen_are_for_review() -> None:
    belt = Conveyor(PLAN)
    feed(belt, in_order(each for part in train(8) for each in part), then_s=15)
    belt.link(LinkChange("other", at_us(35.0), up=False))
    belt.link(LinkChange("tunnel", at_us(35.0), up=False))
    belt.link(LinkChange("tunnel", at_us(50.0), up=True, held=False))
    heard = [each for each in box("blind", 49.5) if each.at_us >= at_us(50.0)]
    resync = GpiChange("tunnel", at_us(50.05), 1, high=True, resync=True)
    boxes = feed(belt, in_order([*heard, resync]))

    assert {(tag.verdict, tag.reason) for tag in boxes[-1].tags} == {
        (Verdict.UNCERTAIN, Reason.BLIND)
    }
    assert (belt.blind_us, belt.dropped, belt.is_unsure_of("tunnel")) == (15_000_000, 0, False)


def test_a_box_that_nobody_saw_and_no_tag_was_read_of_is_blind_not_empty() -> None:
    belt = Conveyor(PLAN)
    belt.link(LinkChange("tunnel", at_us(25.0), up=False))
    belt.link(LinkChange("tunnel", at_us(31.0), up=True, held=False))
    boxes = feed(belt, eye(30.0, 30.8))

    assert [each.faults for each in boxes] == [(Reason.BLIND,)]


# -- crash ----------------------------------------------------------------------------------------


def crash_scene() -> list[Fed]:
    """Boxes, a tag that stands, one that comes back, an eye that sticks, codes and lone ones."""
    scene: list[list[Fed]] = [*labelled(14), [*eye(36.0, 48.0), *rides(thing("hidden"), 44.0)]]
    scene += [list(stands(thing("parked"), 2.0, 60.0, every_s=0.7))]
    scene += [list(stands(thing("seldom"), at_s, at_s + 0.5)) for at_s in (5.0, 20.0, 40.0, 55.0)]
    scene += [[scan("urn:x:lost", 41.0)], [*rides(thing("box-3-0"), 53.0)]]
    scene += [[_renamed(each) for each in part] for part in labelled(6, start_s=58.0)]
    return in_order(each for part in scene for each in part)


def said(boxes: Sequence[Box]) -> list[Box]:
    """Without strays: they are for verdicts alone, and not remembered."""
    kept = [
        replace(each, tags=tuple(tag for tag in each.tags if tag.verdict is not Verdict.STRAY))
        for each in boxes
    ]
    return [each for each in kept if each.window or each.tags or each.faults]


def kept(changes: Memory) -> dict[str, JsonValue]:
    return {key: value for key, value in changes.items() if value is not None}


def drive(
    belt: Conveyor, fed: Sequence[Fed], first: int, last: int, marks: list[tuple[int, int]]
) -> list[Box]:
    boxes: list[Box] = []
    for number in range(first, last):
        each = fed[number]
        boxes += belt.observe(each) if isinstance(each, Sighting) else belt.notice(each)
        if number % 20 == 19:
            boxes += belt.advance(each.at_us)
            marks.append((number + 1, belt.clock_us))
    return boxes


@pytest.mark.parametrize("plan", [replace(SCANNING, eye=STUCK.eye)])
def test_a_crash_anywhere_changes_nothing(plan: belt_module.BeltPlan) -> None:
    fed = crash_scene()
    then_us = fed[-1].at_us + 90_000_000
    whole = Conveyor(plan)
    expected = said(drive(whole, fed, 0, len(fed), []) + whole.advance(then_us))

    for cut in range(50, len(fed), 197):
        belt, marks = Conveyor(plan), [(0, 0)]
        boxes = drive(belt, fed, 0, cut, marks)
        since_us, memory = belt.since_us, kept(belt.changes())
        resume = max(number for number, clock_us in marks if clock_us <= since_us)

        again = Conveyor(plan)
        again.recall(memory)
        for each in fed[resume:cut]:
            boxes += again.observe(each) if isinstance(each, Sighting) else again.notice(each)
        boxes += drive(again, fed, cut, len(fed), []) + again.advance(then_us)

        assert said(boxes) == expected, cut


def test_memory_in_steps_is_the_memory_at_once() -> None:
    fed = crash_scene()
    belt, stepwise = Conveyor(SCANNING), Conveyor(SCANNING)
    memory: dict[str, JsonValue] = {}
    for number in range(0, len(fed), 40):
        drive(belt, fed, number, min(len(fed), number + 40), [])
        drive(stepwise, fed, number, min(len(fed), number + 40), [])
        for key, value in stepwise.changes().items():
            memory[key] = value

    assert kept(memory) == kept(belt.changes())
    assert stepwise.changes() == {}


@pytest.mark.parametrize(
    "broken",
    [
        {"belt": None},
        {"belt": [1, 2, 3, 4]},
        {"eye": ["dark"]},
        {"eye": [True, 1, 99_999]},
        {"offset": "far"},
        {"codes": "none"},
        {"codes": [1, [["?"]]]},
        {"tag:000000000000000": 7},
        {"window:000000000000": 7},
        {"window:000000000000": None},
        {"window:000000000001": [1, 2, "no reason", None]},
    ],
)
def test_memory_that_is_of_no_use_is_forgotten(broken: dict[str, None]) -> None:
    belt = Conveyor(SCANNING)
    feed(belt, crash_scene())
    memory = kept({**belt.changes(), **broken})

    again = Conveyor(SCANNING)
    again.recall(memory)

    assert [on(each) for each in boxes_of(train(8), again)] == names(8)
    changes = again.changes()
    assert {key for key in memory if changes.get(key) is None and key.startswith("tag:")} != set()


def test_without_memory_it_begins() -> None:
    belt = Conveyor(PLAN)
    belt.recall({})

    assert [on(each) for each in boxes_of(train(8), belt)] == names(8)


def test_a_clock_that_was_set_before_a_crash_moves_nothing_that_is_recalled() -> None:
    belt = Conveyor(PLAN)
    fed = in_order(each for part in train(8) for each in part)
    feed(belt, fed)
    memory = belt.changes()
    again = Conveyor(PLAN)
    again.recall(memory)
    again.observe(fed[-1] if isinstance(fed[-1], Sighting) else seen(thing(), "tunnel:1", 0))
    again.shift_time(3_600_000_000)

    assert {key: each for key, each in again.changes().items() if key != "belt"} == {}


def test_a_clock_that_is_set_moves_what_is_remembered_of_tags() -> None:
    belt = Conveyor(PLAN)
    boxes_of([box("first", 0.0)], belt)
    belt.changes()
    belt.shift_time(3_600_000_000)
    (row,) = [each for key, each in belt.changes().items() if key.startswith("tag:")]

    assert isinstance(row, list)
    assert at_us(3_600.0) < int(str(row[1])) < at_us(3_610.0)
    boxes = boxes_of(
        [[replace(each, at_us=each.at_us + 3_800_000_000) for each in box("first", 0.0)]], belt
    )
    assert [on(each) for each in boxes] == [{"first-0"}]


# -- bounds ---------------------------------------------------------------------------------------


def test_what_it_keeps_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(belt_module, "CLOSED_MAX", 3)
    monkeypatch.setattr(belt_module, "WINDOWS_KEPT", 4)
    monkeypatch.setattr(belt_tags, "REMEMBERED_MAX", 0)
    monkeypatch.setattr(belt_module, "WINDOWS_MAX", 5)
    monkeypatch.setattr(belt_module, "STRAYS_MAX", 1)
    monkeypatch.setattr(conveyor_module, "WAITING_MAX", 50)
    belt = Conveyor(PLAN)
    parked: list[list[Fed]] = [list(stands(thing(f"parked-{n}"), 0.0, 15.0)) for n in range(3)]
    boxes = boxes_of(
        [*train(12, tags=2), *parked, *[eye(60 + n / 5, 60.1 + n / 5) for n in range(9)]], belt
    )

    assert belt.dropped > 0
    assert any(tag.reason is Reason.TOO_MANY_TAGS for each in boxes for tag in each.tags)
    assert sum(key.startswith("window:") for key in belt.changes()) <= 9
    assert max(len(on(each, Verdict.STRAY)) for each in boxes) == 1
    assert not belt.is_open


def test_of_too_many_tags_in_the_field_the_longest_unread_is_judged_by_what_was_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(belt_tags, "OPEN_MAX", 1)
    (alone,) = boxes_of([[*eye(0.0, 0.8), *rides(thing("first"), 0.4), seen(thing(), at_s=4.95)]])

    assert on(alone) == {"first", "case-1"}


def test_it_says_what_it_hears_with() -> None:
    belt = Conveyor(SCANNING)

    assert belt.sources == {"tunnel:1", "tunnel:2", "tunnel:gpi1", "scan-1"}
    assert belt.devices == {"tunnel"}
    assert (belt.name, belt.replays) == ("belt-1", Replays.SINCE)


def test_what_is_heard_too_little_to_say_teaches_no_offset() -> None:
    """A tag beside each box: the same one box after box, and none that surely goes by."""
    few: list[list[Fed]] = [
        [*eye(at_s, at_s + 0.8), seen(thing(f"few-{at_s}"), "tunnel:1", at_s + 2.0)]
        for at_s in range(0, 40, 4)
    ]
    boxes = boxes_of(few)

    assert {each.offset_us for each in boxes} == {0}


def test_nothing_is_concluded_before_the_instant_that_a_crash_had_come_to() -> None:
    belt = Conveyor(PLAN)
    feed(belt, [*eye(0.0, 0.8), *rides(thing("first"), 0.4)], then_s=4.0)
    memory = kept(belt.changes())
    since = memory["belt"]
    assert isinstance(since, list)
    memory["belt"] = [at_us(60.0), *since[1:]]

    again = Conveyor(PLAN)
    again.recall(memory)
    for each in rides(thing("first"), 0.4):
        again.observe(each)

    assert again.advance(at_us(55.0)) == []
    assert [on(each) for each in again.advance(at_us(70.0))] == [{"first"}]
