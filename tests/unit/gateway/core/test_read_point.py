"""What every kind of read point has in common, shown with one that says what it is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC

from drivers.base import ClockStepped, GpiChange, LinkChange, NoRead, Scan
from gateway.core.identify import Identifier, Sighting
from gateway.core.pipeline import Pipeline
from gateway.core.read_point import Light, Memory, Noticed, Outcome, ReadPoint, Replays, Voice

VOICE = Voice("gw", UTC, "urn:test:p", "live")


@dataclass(slots=True)
class Echo:
    """Concludes each thing that it notices; remembers how many."""

    replays: Replays
    is_open: bool = False
    since_us: int = 0
    clock_us: int = 0
    count: int = 0
    noticed: list[Noticed] = field(default_factory=list)
    _changed: bool = False

    name = "echo-1"
    sources = frozenset({"belt-1", "dock-1:gpi2"})
    devices = frozenset({"belt-1", "dock-1"})
    blind_us = dropped = 0

    def is_unsure_of(self, device: str) -> bool:  # noqa: ARG002
        return False

    def observe(self, sighting: Sighting) -> list[int]:  # noqa: ARG002
        return []

    def notice(self, noticed: Noticed) -> list[int]:
        self.noticed.append(noticed)
        self.count += 1
        self._changed = True
        return [self.count]

    def link(self, change: LinkChange) -> list[int]:  # noqa: ARG002
        return []

    def advance(self, now_us: int) -> list[int]:
        self.clock_us = now_us
        return []

    def shift_time(self, step_us: int) -> None:
        self.clock_us += step_us

    def changes(self) -> Memory:
        changed, self._changed = self._changed, False
        return {"count": self.count} if changed else {}

    def recall(self, memory: Memory) -> None:
        count = memory.get("count")
        self.count = count if isinstance(count, int) else 0


def shown(count: int, voice: Voice) -> Sequence[Light]:
    return [Light(voice.read_point, "accepted", str(count))]


def pipeline(replays: Replays) -> tuple[Pipeline, Echo]:
    echo = Echo(replays)
    point = ReadPoint("count", echo, VOICE, shown)
    return Pipeline(Identifier(accept_raw=False), [point]), echo


def scan(at_us: int) -> Scan:
    return Scan("belt-1", at_us, b"BIN 7")


def words(outcome: Sequence[Outcome]) -> list[str]:
    return [each.text for each in outcome if isinstance(each, Light)]


def test_scans_no_reads_and_inputs_come_to_the_read_point_that_hears_them() -> None:
    pipe, echo = pipeline(Replays.NOTHING)
    change, nothing = GpiChange("dock-1", 2, 2, high=True), NoRead("belt-1", 3)

    said = [*pipe.feed(0, scan(1)), *pipe.feed(1, change), *pipe.feed(2, nothing)]
    pipe.feed(3, GpiChange("dock-1", 4, 1, high=True))
    pipe.feed(4, NoRead("belt-2", 5))

    assert words(said) == ["1", "2", "3"]
    assert echo.noticed == [Identifier(accept_raw=False).scanned(scan(1)), change, nothing]
    assert pipe.not_understood == 1


def test_what_is_done_with_at_once_is_never_fed_again() -> None:
    pipe, _ = pipeline(Replays.NOTHING)
    assert not pipe.has_news
    pipe.feed(7, scan(1))
    assert pipe.has_news
    resume, changes = pipe.resume(), pipe.changes()
    assert (resume, changes, pipe.has_news) == ({"echo-1": 8}, {"echo-1": {"count": 1}}, False)
    assert pipe.changes() == {}

    again, _ = pipeline(Replays.NOTHING)
    again.read_points[0].start(resume["echo-1"], changes["echo-1"])

    assert words([*again.feed(7, scan(1)), *again.feed(8, scan(2))]) == ["2"]
    again.checkpoint(20)
    assert again.resume() == {"echo-1": 20}


def test_what_looks_back_is_fed_again_from_the_checkpoint_before_that() -> None:
    pipe, echo = pipeline(Replays.SINCE)
    pipe.read_points[0].start(3, {})
    for number, now_us, since_us in ((10, 100, 50), (20, 200, 150), (30, 300, 150), (40, 400, 399)):
        pipe.tick(number, now_us, {})
        echo.since_us = since_us
        pipe.checkpoint(number)
        pipe.feed(number, scan(now_us))

    # 399 is after the checkpoint at 300; what is needed since 150 came after that at 100.
    assert pipe.resume() == {"echo-1": 30}
    assert not pipe.has_news


def test_until_a_checkpoint_is_old_enough_it_is_fed_from_where_the_last_run_was() -> None:
    pipe, echo = pipeline(Replays.SINCE)
    pipe.read_points[0].start(3, {})
    pipe.tick(10, 100, {})
    echo.since_us = 50
    pipe.checkpoint(10)
    pipe.checkpoint(20)

    assert pipe.resume() == {"echo-1": 3}


def test_checkpoints_move_with_a_clock_that_is_set() -> None:
    """An hour ahead: what was just heard is not old by that."""
    pipe, echo = pipeline(Replays.SINCE)
    pipe.read_points[0].start(3, {})
    pipe.tick(10, 100, {})
    echo.since_us = 50
    pipe.checkpoint(10)
    pipe.feed(11, ClockStepped(101, 3_600))
    echo.since_us = 3_650

    pipe.checkpoint(20)

    assert pipe.resume() == {"echo-1": 3}
    echo.since_us = 3_700
    pipe.checkpoint(30)
    assert pipe.resume() == {"echo-1": 20}
