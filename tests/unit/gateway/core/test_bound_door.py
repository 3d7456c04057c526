"""A door with documents: what its passes are of, through crashes, late reads and clocks set."""

from collections.abc import Sequence
from datetime import UTC

import pytest

from drivers.base import ClockStepped, GpiChange, LinkChange, Observation, Scan, TagRead
from gateway.core import binding
from gateway.core.announce import Ways
from gateway.core.binding import Bindings, Bound
from gateway.core.bound_door import BoundDoor, Teller
from gateway.core.dock_door import DockDoor
from gateway.core.expected import Lists
from gateway.core.identify import Identifier, Role, Thing
from gateway.core.judgement import Judged, Pass, Verdict
from gateway.core.matching import Matcher, Status
from gateway.core.pipeline import Pipeline
from gateway.core.read_point import Light, Memory, Outcome, ReadPoint, Replays, Step, Voice
from gateway.core.visit import Visit
from gs1.epc import codec
from gs1.epc.model import TagReason
from gs1.keys import Sgtin
from tests.unit.gateway.core.lists import START_US, URI, lists, part, tea, things
from tests.unit.gateway.core.scenes import PLAN, line, seen, thing, walk
from wire.event import BizTransaction, ObjectEvent
from wire.json import JsonValue

HOUR_US = 3_600_000_000
WAYS = Ways(Step("receiving"), Step("shipping"))
VOICE = Voice("dock-gw", UTC, "urn:x:door-1", "live")
BOUND = Bound("desadv", "in", URI)
OTHER = Bound("po", "in", "urn:example:po:1")


def matching(made: Lists) -> Matcher:
    return Matcher("door-1", made, Bindings(HOUR_US), 24 * HOUR_US)


def point(made: Lists | None = None, *, is_watched: bool = True) -> ReadPoint[object]:
    matcher = matching(made or Lists(frozenset()))
    door = BoundDoor(DockDoor(PLAN), matcher, "hand-1")
    teller = Teller(WAYS, matcher, is_watched)
    return ReadPoint("dock_door", door, VOICE, teller.say)


def pipeline(of: ReadPoint[object]) -> Pipeline:
    return Pipeline(Identifier(accept_raw=False), [of])


def carried(
    serial: int, way: tuple[float, float] = (-4, 4), start_s: float = 0
) -> list[Observation]:
    bits = codec.encode(Sgtin("09521141012345", str(serial)), "SGTIN-96", 2, 7)
    assert isinstance(bits, bytes)
    return [
        TagRead("dock-1", int(each.antenna[-1]), bits, each.at_us, each.at_us,
                rssi_dbm=each.rssi_dbm, channel=1)
        for each in walk(thing(), line(*way, 6), start_s)
    ]  # fmt: skip


def bind(at_s: float, bound: Bound | None = BOUND) -> Scan:
    return Scan("door-1:binding", START_US + round(at_s * 1e6), binding.said(bound))


def after(observations: Sequence[Observation], seconds: float = 10.0) -> int:
    return max(_at_us(each) for each in observations) + round(seconds * 1e6)


def _at_us(observation: Observation) -> int:
    return observation.last_us if isinstance(observation, TagRead) else observation.at_us


def played(of: ReadPoint[object], observations: Sequence[Observation]) -> list[Outcome]:
    pipe = pipeline(of)
    said = [each for n, one in enumerate(observations) for each in pipe.feed(n, one)]
    return said + pipe.tick(len(observations), after(observations), {})


def documents(said: Sequence[Outcome]) -> list[str | None]:
    return [
        None if each.biz_transaction_list is None else each.biz_transaction_list[0].biz_transaction
        for each in said
        if isinstance(each, ObjectEvent)
    ]


def lights(said: Sequence[Outcome]) -> list[tuple[str, str]]:
    return [(each.word, each.text) for each in said if isinstance(each, Light)]


def test_a_movement_names_the_document_that_was_bound_and_the_light_says_what_it_was() -> None:
    walked = carried(1)
    (event, light) = played(point(lists(part(*things(tea(1))))), [bind(0), *walked])

    assert isinstance(event, ObjectEvent)
    assert (event.kind, event.direction) == ("movement", "in")
    assert event.biz_transaction_list == (BizTransaction(type="desadv", biz_transaction=URI),)
    assert light == Light("door-1", "moved", "1 as expected", after(walked, 0))


def test_a_pass_is_of_what_was_bound_when_its_last_read_came() -> None:
    """Though it is judged later: the next document is scanned before the silence is over."""
    first, second, third = carried(1), carried(2, start_s=20), carried(3, start_s=40)
    observations = [*first, bind(7), *second, bind(26.5, OTHER), *third, bind(47, None)]

    assert documents(played(point(), observations)) == [None, URI, OTHER.uri]


def test_a_binding_that_is_too_old_is_none() -> None:
    assert documents(played(point(), [bind(-3600), *carried(1)])) == [None]


def test_a_door_that_nobody_watches_shows_nothing_of_passes_without_a_document() -> None:
    walks = [*carried(1), bind(10), *carried(2, start_s=20)]

    assert lights(played(point(is_watched=False), walks)) == [
        ("uncertain", f"no list of {URI} is here; 0 as expected")
    ]
    assert lights(played(point(), walks))[0] == (
        "uncertain",
        "no document is bound; 0 as expected",
    )


def test_a_pass_of_nothing_that_counts_shows_no_light() -> None:
    forklift = Thing("https://id.gs1.org/8004/0952114A1", Role.UNKNOWN, TagReason.NOT_STOCK)
    visit = Visit(forklift, START_US, START_US)
    visit.add(seen(forklift), inner=True)
    tags = (Judged(visit, Verdict.MOVED),)
    empty = Pass("door-1", "in", 0.9, 1.2, 40.0, "silence", tags, BOUND)
    teller = Teller(WAYS, matching(lists()), is_watched=True)

    assert lights(teller.say(empty, VOICE)) == []


def test_three_passes_in_a_row_against_their_documents_are_told() -> None:
    out = (4.0, -4.0)
    listing = lists(part(*things(*[tea(n) for n in range(1, 6)])))

    of = point(listing)
    played(of, [bind(0), *carried(1, out), *carried(2, out, 20), *carried(3, start_s=40)])
    assert at_work(of).matcher.status(START_US).against == 0

    of = point(listing)
    walks = [each for n in range(3) for each in carried(n + 1, out, 20 * n)]
    said = played(of, [bind(0), *walks])
    assert at_work(of).matcher.status(START_US) == Status(URI, 0, is_stale=False, against=3)
    assert lights(said) == [("wrong", "wrong direction; 1 as expected")] * 3


def at_work(of: ReadPoint[object]) -> BoundDoor:
    assert isinstance(of.machine, BoundDoor)
    return of.machine


def test_a_door_hears_its_antennas_its_documents_and_its_scanner() -> None:
    machine = at_work(point())

    assert machine.sources == PLAN.antennas | {"door-1:binding", "hand-1"}
    assert machine.devices == {"dock-1"}
    assert machine.replays is Replays.OPEN
    assert machine.since_us == machine.clock_us
    assert (machine.blind_us, machine.dropped, machine.is_unsure_of("dock-1")) == (0, 0, False)
    bare = BoundDoor(DockDoor(PLAN), matching(lists()))
    assert bare.sources == PLAN.antennas | {"door-1:binding"}


def test_what_else_is_noticed_at_a_door_binds_nothing() -> None:
    of = point()
    scanned = Scan("hand-1", START_US, binding.said(BOUND))
    eye = GpiChange("dock-1", START_US, 1, high=True)

    assert documents(played(of, [scanned, *carried(1)])) == [None]
    assert point().notice(0, eye) == []


def test_bindings_move_with_the_clock_and_a_lost_reader_is_told_to_the_door() -> None:
    of = point()
    machine = at_work(of)
    step_us = 2 * HOUR_US
    pipe = pipeline(of)
    pipe.feed(0, bind(0))
    pipe.feed(1, ClockStepped(START_US + step_us, step_us))
    assert machine.matcher.bindings.at(START_US + step_us) == BOUND

    pipe.feed(2, LinkChange("dock-1", START_US + step_us, up=False))
    pipe.feed(3, LinkChange("dock-1", START_US + step_us + 5_000_000, up=True))
    assert machine.blind_us == 5_000_000


CUT_DAY: list[Observation] = [
    bind(-10),
    *carried(1),
    bind(7, OTHER),
    *carried(2, start_s=20),
    *carried(3, (4, -4), 40),
    bind(46.5, None),
    *carried(4, start_s=60),
]


@pytest.mark.parametrize("cut", [0, 1, 50, 200, 201, 202, 260, 401, 402, 450, 602, 603, 700])
def test_a_crash_anywhere_changes_no_event(cut: int) -> None:
    """The same pass names the same document, whatever was bound since, and is said once."""
    whole = [str(each) for each in played(point(), CUT_DAY) if isinstance(each, ObjectEvent)]
    before = point()
    pipe = pipeline(before)
    said: list[Outcome] = []
    memory: dict[str, JsonValue] = {}
    for number, one in enumerate(CUT_DAY[:cut]):
        said += pipe.feed(number, one)
        said += pipe.tick(number + 1, _at_us(one), {})
    pipe.checkpoint(cut)
    _keep(memory, before.changes())
    again = point()
    again.start(before.resume, memory)
    pipe = pipeline(again)
    for number, one in enumerate(CUT_DAY):
        if number >= before.resume:
            said += pipe.feed(number, one)
    said += pipe.tick(len(CUT_DAY), after(CUT_DAY), {})

    assert [str(each) for each in said if isinstance(each, ObjectEvent)] == whole
    assert len(whole) == 4


def _keep(memory: dict[str, JsonValue], changes: Memory) -> None:
    for key, value in changes.items():
        memory[key] = value
        if value is None:
            del memory[key]


def test_what_moved_under_a_document_is_counted_through_a_crash() -> None:
    before = point()
    played(before, [bind(0), *carried(1)])
    memory: dict[str, JsonValue] = {}
    _keep(memory, before.changes())

    again = point()
    again.start(before.resume, memory)

    assert at_work(again).matcher.bindings.moved(URI) == {tea(1)}
