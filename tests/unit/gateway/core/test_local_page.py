"""EDGE §7: mode, last scans, accepted or refused, outbox and devices, for who stands there."""

import re
from html import unescape

from gateway.core.local_page import (
    TEXT_CHARACTERS_MAX,
    Shown,
    ShownDevice,
    ShownLight,
    ShownPoint,
    document,
    page,
)
from gateway.core.station import Status
from gateway.core.station_scan import Task

HOSTILE = "<script>alert(1)</script>\"'&"


def shown(**said: object) -> Shown:
    known: dict[str, object] = {
        "gateway": "rotterdam/desk-1",
        "at": "08:15:30",
        "is_connected": True,
        "waiting": 0,
        "oldest_s": 0.0,
        "points": [],
        "devices": [],
    }
    return Shown(**(known | said))  # type: ignore[arg-type]


def station(*lights: ShownLight, status: Status | None = None, mode: str = "live") -> ShownPoint:
    return ShownPoint("desk-1", "station", mode, 3, lights, status or Status())


def words(text: str, section: str) -> str:
    """What stands in a section, as a person reads it."""
    found = re.search(f'<section id="{section}">(.*?)</section>', text, re.DOTALL)
    assert found is not None
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", found[1]))).strip()


def test_a_station_shows_what_is_done_and_what_was_told_last() -> None:
    status = Status(Task.MOVE, "anna", "DOCK", "BIN-7", "12")
    lights = (ShownLight("08:15:29", True, "moved"), ShownLight("08:15:20", False, "no GS1 code"))

    document = page(shown(points=[station(*lights, status=status)]))

    assert words(document, "desk-1") == (
        "desk-1 MOVE from DOCK, to BIN-7, quantity 12, operator anna"
        " 08:15:29 ✓ accepted moved 08:15:20 ✗ refused no GS1 code"
    )
    assert document.startswith("<!doctype html>")
    assert "rotterdam/desk-1 at 08:15:30" in document


def test_a_count_is_at_a_place_and_an_idle_station_says_so() -> None:
    counting = Status(Task.COUNT, None, None, "BIN-7", "")

    assert words(page(shown(points=[station(status=counting)])), "desk-1") == (
        "desk-1 COUNT at BIN-7, no operator Nothing yet since the start."
    )
    assert words(page(shown(points=[station(mode="trial")])), "desk-1") == (
        "desk-1 (on trial: nothing is booked) nothing is done now no operator"
        " Nothing yet since the start."
    )


def test_a_door_shows_how_many_passes_it_had() -> None:
    door = ShownPoint("door-1", "dock_door", "live", 7, (), None)

    assert words(page(shown(points=[door])), "door-1") == (
        "door-1 dock door, 7 passes Nothing yet since the start."
    )


def test_a_door_shows_its_document_and_what_its_passes_were() -> None:
    lights = (ShownLight("08:15:29", False, "1 uncertain", "? uncertain"),)
    more = document("urn:x:1", 59.0)
    door = ShownPoint("door-1", "dock_door", "live", 3, lights, None, more)

    said = words(page(shown(points=[door])), "door-1")

    assert "dock door, 3 passes, of urn:x:1 (list 59 s old)" in said
    assert "08:15:29 ? uncertain 1 uncertain" in said
    assert document("urn:x:1", None) == ", of urn:x:1 (no list here)"
    assert document(None, None) == ""


def test_what_waits_for_the_ledger_is_told_with_its_age() -> None:
    assert words(page(shown()), "delivery") == (
        "Delivery Broker connected ; every event is in the books."
    )
    ages = {30.0: "30 s", 90.0: "1 min", 7_200.0: "2 h"}
    for seconds, age in ages.items():
        document = page(shown(is_connected=False, waiting=3, oldest_s=seconds))
        assert words(document, "delivery") == (
            f"Delivery Broker not connected ; 3 events wait, the oldest for {age}."
        )


def test_a_device_that_is_down_says_why() -> None:
    devices = [
        ShownDevice("hand-1", "serial", True, None),
        ShownDevice("hand-2", "serial", False, "no such device"),
        ShownDevice("dock-1", "llrp", False, None),
    ]

    assert words(page(shown(devices=devices)), "devices") == (
        "Devices hand-1 serial up hand-2 serial down: no such device"
        " dock-1 llrp down: no connection yet"
    )


def test_what_others_wrote_is_text_and_short() -> None:
    lights = (ShownLight("08:15:29", False, HOSTILE), ShownLight("08:15:29", True, "x" * 999))
    status = Status(Task.SHIP, HOSTILE, HOSTILE, None, "")
    device = ShownDevice(HOSTILE, "llrp", False, HOSTILE)

    document = page(
        shown(gateway=HOSTILE, points=[station(*lights, status=status)], devices=[device])
    )

    assert "<script" not in document
    assert "x" * TEXT_CHARACTERS_MAX + "…<" in document
    assert words(document, "devices").endswith(f"down: {HOSTILE}")


def test_the_page_asks_for_nothing_else() -> None:
    document = page(shown())

    assert 'http-equiv="refresh"' in document
    assert "href" not in document and "src=" not in document and "url(" not in document
