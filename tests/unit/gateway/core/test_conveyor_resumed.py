"""A conveyor at work as the daemon has it: memory goes to disk with events, a replay from there."""

from collections.abc import Sequence
from datetime import UTC
from functools import partial

from drivers.base import GpiChange, NoRead, Observation, Scan, TagRead
from gateway.core.conveyor import Conveyor
from gateway.core.identify import Identifier, Sighting
from gateway.core.pipeline import Pipeline
from gateway.core.read_point import ReadPoint, Step, Voice
from gateway.core.tell_box import tell_box
from tests.unit.gateway.core.belt_scenes import PLAN, at_us, in_order, train
from wire.event import ObjectEvent, as_document
from wire.json import JsonObject, JsonValue

VOICE = Voice("belt-pi-1", UTC, "urn:test:belt-1", "live")
CHECKPOINT = 60  # observations


def at_work() -> Pipeline:
    say = partial(tell_box, step=Step("picking"))
    return Pipeline(
        Identifier(accept_raw=True), [ReadPoint("conveyor", Conveyor(PLAN), VOICE, say)]
    )


def observed(boxes: int = 10, tags: int = 2) -> list[Observation]:
    """Boxes; and the eye once more, for an empty one."""
    found: list[Observation] = []
    fed = in_order(each for part in train(boxes, tags) for each in part)
    fed += [GpiChange("tunnel", at_us(30.0), 1, high=True)]
    fed += [GpiChange("tunnel", at_us(30.5), 1, high=False)]
    for each in fed:
        if isinstance(each, Sighting):
            epc = each.thing.key.removeprefix("urn:test:").encode().ljust(12)
            port = int(each.antenna.partition(":")[2])
            found.append(
                TagRead("tunnel", port, epc, each.at_us, each.at_us, rssi_dbm=each.rssi_dbm)
            )
        elif isinstance(each, GpiChange | NoRead | Scan):
            found.append(each)
    return found


class Disk:
    """What the outbox has: events by id, the memory, from where to resume."""

    def __init__(self) -> None:
        self.events: dict[str, JsonObject] = {}
        self.memory: dict[str, JsonValue] = {}
        self.resume = 0

    def commit(self, pipeline: Pipeline, outcome: Sequence[object]) -> None:
        said = [each for each in outcome if isinstance(each, ObjectEvent)]
        if len(said) < len(outcome):
            raise AssertionError(outcome)
        if not said:
            return
        for each in said:
            body = as_document(each)
            assert self.events.setdefault(each.event_id, body) == body
        for key, value in pipeline.changes().get("belt-1", {}).items():
            self.memory[key] = value
        self.memory = {key: value for key, value in self.memory.items() if value is not None}
        self.resume = pipeline.resume()["belt-1"]


def drive(pipeline: Pipeline, fed: Sequence[Observation], first: int, disk: Disk) -> None:
    for number, each in enumerate(fed[first:], first):
        disk.commit(pipeline, pipeline.feed(number, each))
        if number % CHECKPOINT == CHECKPOINT - 1:
            now_us = each.last_us if isinstance(each, TagRead) else each.at_us
            disk.commit(pipeline, pipeline.tick(number + 1, now_us, {}))
            pipeline.checkpoint(number + 1)


def test_after_a_crash_at_any_moment_every_box_is_told_once_and_as_without() -> None:
    fed = observed()
    whole = Disk()
    pipeline = at_work()
    drive(pipeline, fed, 0, whole)
    whole.commit(pipeline, pipeline.end(len(fed), at_us(31.0)))
    kinds = [body["readpoint:kind"] for body in whole.events.values()]
    assert kinds == ["movement"] * 10 + ["exception"]

    for cut in range(10, len(fed), 97):
        disk = Disk()
        drive(at_work(), fed[:cut], 0, disk)
        again = at_work()
        again.read_points[0].start(disk.resume, disk.memory)
        for number in range(disk.resume, cut):
            disk.commit(again, again.feed(number, fed[number]))
        drive(again, fed, cut, disk)
        disk.commit(again, again.end(len(fed), at_us(31.0)))

        assert disk.events == whole.events, cut


def test_a_replay_is_no_longer_than_what_may_still_be_judged() -> None:
    fed = observed(boxes=40, tags=1)[:-2]
    disk = Disk()
    drive(at_work(), fed, 0, disk)

    assert len(fed) // 2 < disk.resume <= len(fed)
