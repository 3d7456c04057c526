"""Lists from the broker and from disk, and what a scan or a command binds to a door."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from drivers.base import Now, Observation, Scan
from gateway.core.binding import Bindings
from gateway.core.bound_door import BoundDoor
from gateway.core.dock_door import DockDoor
from gateway.core.expected import Lists
from gateway.core.matching import Matcher
from gateway.core.read_point import Light
from gateway.shell import expecting as module
from gateway.shell.expected_file import ExpectedFile
from gateway.shell.expecting import Expecting
from gateway.shell.local import Refused
from gateway.shell.mqtt import Connected, Disconnected, Listed
from tests.integration.processes import background, eventually
from tests.unit.gateway.core.lists import DOORS, START_US, URI, part, place, tea, things
from tests.unit.gateway.core.scenes import PLAN
from wire.expected import Expected, Place

BIND = b"$RP.BIND desadv in " + URI.encode()


@dataclass
class Dock:
    """Two doors, of which the first has a scanner."""

    folder: Path
    passed: list[Observation] = field(default_factory=list)
    lights: list[Light] = field(default_factory=list)
    expecting: Expecting = field(init=False)

    def __post_init__(self) -> None:
        lists = Lists(DOORS)
        doors = {
            name: BoundDoor(
                DockDoor(PLAN),
                Matcher(name, lists, Bindings(3_600_000_000), 1),
                "hand-1" if name == "door-1" else None,
            )
            for name in DOORS
        }
        file = ExpectedFile(self.folder / "expected.sqlite")
        self.expecting = Expecting(
            lists, doors, file, lambda: Now(START_US, 0), self.take, self.lights.append, 0.05
        )

    async def take(self, observations: Sequence[Observation]) -> None:
        self.passed += observations

    async def running(self) -> "AbstractAsyncContextManager[object]":
        await self.expecting.open()
        return background(self.expecting.run())

    def tell(self, said: Expected, at: Place | None = None) -> None:
        self.expecting.tell(Listed(at or place(said.part), said.to_payload()))

    def listed(self) -> list[frozenset[str]]:
        return [each.things for each in self.expecting.lists.of("door-1")]

    async def knows(self, *lists: set[str]) -> None:
        await eventually(lambda: self.listed() == list(lists), f"the lists are {lists}")


async def test_lists_are_there_again_after_a_restart(tmp_path: Path) -> None:
    dock = Dock(tmp_path)
    async with await dock.running():
        dock.tell(part(*things(tea(1)), parts=2))
        dock.tell(part(*things(tea(2)), number=2, parts=2))
        dock.tell(part(*things(tea(3)), number=1, parts=2, version=2))
        await dock.knows({tea(1), tea(2)})

    again = Dock(tmp_path)
    async with await again.running():
        await again.knows({tea(1), tea(2)})
        again.tell(part(*things(tea(4)), number=2, parts=2, version=2))
        await again.knows({tea(3), tea(4)})
        again.expecting.tell(Listed(place(1), b""))
        await again.knows()

    last = Dock(tmp_path)
    async with await last.running():
        assert last.listed() == []
        assert last.expecting.lists.places() == {place(2)}


async def test_what_the_broker_does_not_say_again_was_withdrawn(tmp_path: Path) -> None:
    dock = Dock(tmp_path)
    kept, gone = place(name="kept"), place(name="gone")
    async with await dock.running():
        dock.tell(part(*things(tea(1))), kept)
        dock.tell(part(*things(tea(2))), gone)
        await eventually(lambda: len(dock.listed()) == 2, "both are here")
        dock.expecting.tell(Disconnected("cut"))
        dock.tell(part(*things(tea(1))), kept)
        dock.expecting.tell(Connected(2))
        await dock.knows({tea(1)})

    again = Dock(tmp_path)
    async with await again.running():
        await again.knows({tea(1)})


async def test_while_the_broker_is_away_nothing_is_forgotten(tmp_path: Path) -> None:
    dock = Dock(tmp_path)
    async with await dock.running():
        dock.tell(part(*things(tea(1))))
        dock.expecting.tell(Connected(1))
        dock.expecting.tell(Disconnected("cut"))
        dock.tell(part(*things(tea(2))), place(name="other"))
        await eventually(lambda: len(dock.listed()) == 2, "both are here")
        await dock.expecting._next()  # a quiet while

        assert len(dock.listed()) == 2


async def test_what_is_no_list_is_told_and_changes_nothing(tmp_path: Path) -> None:
    dock = Dock(tmp_path)
    with capture_logs() as logs:
        async with await dock.running():
            dock.expecting.tell(Listed(place(), b"{"))
            dock.expecting.tell(Listed(place(), b" " * 131_073))
            dock.tell(part(), Place("door-7", "DA-4711", 1))
            dock.tell(part(*things(tea(1))))
            await dock.knows({tea(1)})

    whys = [each["why"] for each in logs if each["event"] == "expected_refused"]
    assert whys[1:] == ["131073 bytes: expected at most 131072", 'no door "door-7" here']


async def test_of_more_than_fits_what_is_beyond_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING_BYTES_MAX", len(part(*things(tea(1))).to_payload()))
    dock = Dock(tmp_path)
    with capture_logs() as logs:
        dock.tell(part(*things(tea(1))))
        dock.tell(part(*things(tea(2))))
        async with await dock.running():
            await dock.knows({tea(1)})
            dock.tell(part(*things(tea(2))))
            await dock.knows({tea(2)})

    assert [each["event"] for each in logs] == ["expected_dropped"]


async def test_a_scan_at_the_door_is_followed_by_what_it_binds(tmp_path: Path) -> None:
    dock = Dock(tmp_path)
    dock.expecting.lists.put(place(), part(code="DA 4711"))
    dock.expecting.lists.put(place(door="door-2"), part(uri="urn:x:2"))
    scans = [
        Scan("hand-1", at_us, data)
        for at_us, data in enumerate([b"DA 4711", b"$RP.DONE", b"urn:x:2", b"x"])
    ]

    await dock.expecting.emit([*scans, Scan("hand-2", 9, b"DA 4711")])

    assert dock.passed == [
        *scans,
        Scan("hand-2", 9, b"DA 4711"),
        Scan("door-1:binding", 0, BIND),
        Scan("door-1:binding", 1, b"$RP.UNBIND"),
    ]
    assert dock.lights == [
        Light("door-1", "accepted", f"bound: {URI}"),
        Light("door-1", "accepted", "no document is bound"),
        Light("door-1", "refused", "'urn:x:2': wrong door, it is expected at door-2"),
        Light("door-1", "refused", "'x': no document that is expected here"),
    ]


async def test_a_command_binds_and_unbinds(tmp_path: Path) -> None:
    dock = Dock(tmp_path)
    dock.expecting.lists.put(place(), part())

    assert await dock.expecting.bind({"read_point": "door-1", "document": URI}) == URI
    assert await dock.expecting.unbind({"read_point": "door-1"}) is None

    assert dock.passed == [
        Scan("door-1:binding", START_US, BIND),
        Scan("door-1:binding", START_US, b"$RP.UNBIND"),
    ]
    with pytest.raises(Refused, match="no document that is expected here"):
        await dock.expecting.bind({"read_point": "door-1"})
    with pytest.raises(Refused, match="no door 'door-9' at work"):
        await dock.expecting.unbind({"read_point": "door-9"})


async def test_a_door_that_seems_turned_is_told_once(tmp_path: Path) -> None:
    dock = Dock(tmp_path)
    matcher = dock.expecting.doors["door-1"].matcher
    light = Light("door-1", "wrong")

    with capture_logs() as logs:
        for against in (2, 3, 4, 0, 3):
            matcher.against = against
            dock.expecting.shown(light)
        dock.expecting.shown(Light("desk-1", "refused"))

    assert [(each["event"], each["passes"]) for each in logs] == [
        ("door_seems_turned", 3),
        ("door_seems_turned", 3),
    ]
