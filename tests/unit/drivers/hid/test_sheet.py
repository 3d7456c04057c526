from drivers.hid.protocol.calibration import TEXT
from drivers.hid.sheet import page


def test_the_sheet_is_one_page_with_two_drawings_and_no_link() -> None:
    html = page().decode()

    assert html.startswith("<!doctype html>")
    assert html.count("<svg") == 2
    assert "<rect" in html
    assert "href" not in html and "src=" not in html
    assert TEXT not in html
