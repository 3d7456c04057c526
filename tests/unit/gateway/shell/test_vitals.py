"""What health says of devices."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC
from pathlib import Path

from drivers.base import Facts, Now
from gateway.core.binding import Bindings
from gateway.core.bound_door import BoundDoor
from gateway.core.dock_door import DockDoor
from gateway.core.filter import Turned
from gateway.core.identify import Identifier
from gateway.core.matching import Matcher
from gateway.core.pipeline import Pipeline
from gateway.core.read_point import ReadPoint, Voice
from gateway.shell.outbox import Outbox
from gateway.shell.supervisor import Device
from gateway.shell.vitals import Vitals
from tests.unit.gateway.core.lists import START_US, URI, lists, part, tea, things
from tests.unit.gateway.core.scenes import PLAN
from wire import messages
from wire.messages import Health, Level

TOLD = Facts(
    model="Maker M1 2.3",
    clock_offset_us=-1_500,
    temperature_c=41.5,
    antennas=((1, True), (2, False)),
    inputs=((1, True),),
    outputs=((1, False), (2, True)),
    exceptions=3,
    unreadable=4,
)


async def health(folder: Path, facts: Facts, turned: Mapping[Turned, int]) -> Health:
    """What comes out at the other end of the wire."""
    outbox = Outbox(folder / "outbox.sqlite")
    await outbox.open("e1")
    device = Device("dock-1", "llrp", up=True, reads=7, facts=lambda: facts)
    pipeline = Pipeline(
        Identifier(accept_raw=False),
        [],
        turned=Counter(turned),
        repeated=Counter({"dock-1": 5, "other": 6}),
    )
    vitals = Vitals("b1", "1", "c", [device], pipeline, outbox, lambda: Now(1_000_000, 0))
    said = await vitals.health()
    await outbox.close()
    return Health.from_payload(said.to_payload())


async def told(folder: Path, facts: Facts) -> messages.Device:
    (there,) = (await health(folder, facts, {})).devices
    return there


async def test_health_tells_what_a_device_tells_of_itself(tmp_path: Path) -> None:
    assert await told(tmp_path, TOLD) == messages.Device(
        name="dock-1",
        driver="llrp",
        up=True,
        reads=7,
        warnings=0,
        model="Maker M1 2.3",
        clock_offset_us=-1_500,
        temperature_c=41.5,
        antennas_lost=(2,),
        inputs=(Level(port=1, high=True),),
        outputs=(Level(port=1, high=False), Level(port=2, high=True)),
        exceptions=3,
        unreadable=4,
    )


async def test_what_a_device_does_not_tell_health_does_not_say(tmp_path: Path) -> None:
    assert await told(tmp_path, Facts()) == messages.Device(
        name="dock-1",
        driver="llrp",
        up=True,
        reads=7,
        warnings=0,
        exceptions=0,
        unreadable=0,
    )


async def test_a_device_whose_antennas_are_all_there_has_lost_none(tmp_path: Path) -> None:
    there = await told(tmp_path, Facts(antennas=((1, True),)))

    assert (there.antennas_lost, there.temperature_c) == ((), None)


async def test_health_tells_how_many_reads_the_filter_turned_away_and_why(tmp_path: Path) -> None:
    said = await health(tmp_path, Facts(), {Turned.WEAK: 7, Turned.COMPANY: 2})

    assert said.turned_away == {"weak": 7, "company": 2}
    (tmp_path / "other").mkdir()
    assert (await health(tmp_path / "other", Facts(), {})).turned_away is None


async def test_a_scanner_tells_also_what_was_no_new_scan(tmp_path: Path) -> None:
    there = await told(tmp_path, Facts(unreadable=4, no_reads=2))

    assert (there.reads, there.unreadable, there.no_reads, there.repeated) == (7, 4, 2, 5)


async def test_health_tells_what_a_door_expects(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite")
    await outbox.open("e1")
    made = lists(part(*things(tea(1))))
    matcher = Matcher("door-1", made, Bindings(3_600_000_000), 1_000_000, against=3)
    matcher.bindings.take(START_US, "$RP.BIND desadv in " + URI)
    voice = Voice("dock-gw", UTC, "urn:x:door-1", "live")
    door = ReadPoint("dock_door", BoundDoor(DockDoor(PLAN), matcher), voice, lambda *_: [])
    pipeline = Pipeline(Identifier(accept_raw=False), [door])
    vitals = Vitals("b1", "1", "c", [], pipeline, outbox, lambda: Now(START_US + 1_500_000, 0))

    (there,) = Health.from_payload((await vitals.health()).to_payload()).read_points
    await outbox.close()

    assert there.door == messages.Door(
        lists=1, bound=URI, list_age_s=1.5, is_stale=True, against=3, seems_turned=True
    )
