"""What hangs at a station: every command, digit, place and badge once."""

from gateway.core.commands import Command
from gateway.core.station_sheet import sheet


def test_a_sheet_draws_every_code_with_its_meaning() -> None:
    drawn: list[str] = []

    def draw(text: str) -> str:
        drawn.append(text)
        return "<svg/>"

    page = sheet("desk-1", {"BIN <7>": "urn:x:bin-7"}, ["anna"], draw)

    assert drawn == [
        "$RP.RECEIVE",
        "$RP.SHIP",
        "$RP.MOVE",
        "$RP.COUNT",
        "$RP.DONE",
        "$RP.UNDO",
        "$RP.CANCEL",
        "$RP.QTY.CLEAR",
        *(f"$RP.QTY.{digit}" for digit in range(10)),
        "BIN <7>",
        "$RP.OPERATOR.anna",
    ]
    assert {each.code for each in Command} < set(drawn)
    assert "<figcaption>BIN &lt;7&gt;<small>urn:x:bin-7</small></figcaption>" in page
    assert page.count("<svg/>") == len(drawn)
    assert "href" not in page and "src=" not in page


def test_a_station_without_places_and_badges_has_no_empty_parts() -> None:
    page = sheet("desk-1", {}, [], lambda _: "<svg/>")

    assert "Places" not in page and "Badges" not in page
