"""EDGE §7: expected lists, the binding of a document to a door, and lights that blink."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from simulator.llrp import clock
from tests.integration.expected import (
    AMBER,
    BUZZER,
    GREEN,
    RED,
    URI,
    LitDoor,
    documents,
    listed,
    lit_door,
    pallets,
    publish,
)
from tests.integration.processes import PATIENCE_S, eventually, free_port, mosquitto
from wire.expected import Place


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[LitDoor]:
    async with lit_door(tmp_path, free_port()) as made:
        yield made


async def seconds_pass(seconds: float) -> None:
    until_us = clock.now().monotonic_us + round(seconds * 1e6)
    await eventually(lambda: clock.now().monotonic_us > until_us, "time passes")


async def test_what_is_expected_blinks_green_and_what_is_not_red_with_the_buzzer(
    door: LitDoor,
) -> None:
    """Bound by a scan at the door; the event names the document."""
    with mosquitto(door.folder, door.broker), door.gateway():
        await door.reading()
        publish(door.broker, listed(*pallets(1)))
        await eventually(lambda: (door.folder / "gateway/expected.sqlite").exists(), "kept")
        await door.bound()
        assert door.command("unbind", "--read-point", "door-1").returncode == 0
        await door.hand.send(b"DA 4711\r\n")

        await door.door.pass_through()
        await door.blinking(GREEN)
        assert [door.blinks(port) for port in (AMBER, RED, BUZZER)] == [0, 0, 0]
        await door.door.pass_through()
        await door.blinking(RED)
        await door.blinking(BUZZER)
        seen = len(door.edges(GREEN))
        await door.blinking(RED)

        assert not door.edges(GREEN)[-1].high
        assert door.blinks(GREEN, seen) == 0
        assert documents(door.folder) == [URI, URI]


async def test_the_wrong_way_blinks_red(door: LitDoor) -> None:
    with mosquitto(door.folder, door.broker), door.gateway():
        await door.reading()
        publish(door.broker, listed(*pallets(1), direction="out"))
        await door.bound()
        await door.door.pass_through("in")
        await door.blinking(RED)


async def test_half_a_second_is_light_and_half_a_second_dark(door: LitDoor) -> None:
    await green(door)
    with door.gateway():
        await door.reading()
        await door.door.pass_through()
        await door.blinking(GREEN, 4)

    edges = [each for each in door.edges(GREEN) if each.high or door.edges(GREEN).index(each)]
    first = next(n for n, each in enumerate(edges) if each.high)
    blinked = edges[first : first + 7]
    assert [each.high for each in blinked] == [True, False] * 3 + [True]
    apart_us = [b.monotonic_us - a.monotonic_us for a, b in zip(blinked, blinked[1:], strict=False)]
    assert min(apart_us) >= 400_000


async def green(door: LitDoor) -> None:
    """A list and a binding on disk, of a gateway that is gone; and no broker any more."""
    with mosquitto(door.folder, door.broker), door.gateway() as process:
        await door.reading()
        publish(door.broker, listed(*pallets(9)))
        await door.bound()
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE_S)
    door.log.unlink()


@pytest.mark.parametrize("high", [True, False])
async def test_a_daemon_that_is_killed_leaves_no_blinking_light(
    door: LitDoor, *, high: bool
) -> None:
    """In either phase; and lists and bindings survive one, without a network."""
    await green(door)
    with door.gateway() as process:
        await door.reading()
        await door.door.pass_through()
        await door.blinking(GREEN)
        await eventually(lambda: door.edges(GREEN)[-1].high is high, "the phase comes")
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE_S)
        killed_us = clock.now().monotonic_us
        await seconds_pass(2)

        assert door.edges(GREEN)[-1].high is high
        assert door.edges(GREEN)[-1].monotonic_us < killed_us
    door.log.unlink()
    with door.gateway():
        await door.reading()
        await eventually(lambda: not any(door.reader.gpos.values()), "all are dark")
        await seconds_pass(2)
        assert not any(door.reader.gpos.values())


async def test_a_network_that_is_pulled_leaves_no_blinking_light(door: LitDoor) -> None:
    await green(door)
    with door.gateway():
        await door.reading()
        await door.door.pass_through()
        await door.blinking(GREEN)
        door.network.pull()
        pulled_us = clock.now().monotonic_us
        await seconds_pass(8)  # beyond the time in which the reader counts as lost

        assert all(each.monotonic_us < pulled_us + 1_000_000 for each in door.edges(GREEN))
        seen = len(door.edges(GREEN))
        door.network.plug()
        await eventually(lambda: "device_back" in door.log.read_text(), "the reader is back")
        late = [each.high for each in door.edges(GREEN)[seen : seen + 2]]
        assert late.count(True) <= 1  # one write was under way: no burst of them


async def test_a_list_that_was_withdrawn_is_expected_no_longer(door: LitDoor) -> None:
    place, said = listed(*pallets(1))
    bind = ("bind", "--read-point", "door-1", "--document", URI)
    with mosquitto(door.folder, door.broker), door.gateway():
        await door.reading()
        publish(door.broker, (place, said))
        await door.bound()
        publish(door.broker, (place, b""))
        await eventually(lambda: door.command(*bind).returncode == 1, "it is gone")
        publish(door.broker, (place, b"{}"), (Place("door-7", "x", 1), said))
        await eventually(
            lambda: door.log.read_text().count("expected_refused") == 2, "what is wrong is told"
        )

    assert door.command(*bind).stderr.endswith(
        "no gateway runs here, and nothing passes its doors\n"
    )
    assert 'no door "door-7" here' in door.log.read_text()


async def test_without_a_document_a_pass_blinks_amber(door: LitDoor) -> None:
    """Neither a door that is not there is bound to one, nor this one to what nobody expects."""
    with door.gateway():
        await door.reading()
        said = door.command("bind", "--read-point", "door-7", "--document", "x")
        assert (said.returncode, said.stderr) == (1, "no door 'door-7' at work\n")
        await door.hand.send(b"DA 4712\r\n")
        await door.door.pass_through()
        await door.blinking(AMBER)

        assert documents(door.folder) == [None]
