"""The bar: drawn where somebody sees it, rarely, and wiped before anything else is written."""

import pytest

from gateway.shell.progress import LINES_BETWEEN, Progress


def drawn(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [part for part in capsys.readouterr().err.split("\r") if part.strip()]


def test_it_shows_the_share_of_the_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    with (bar := Progress(100, is_shown=True)):
        bar.add(50)
        bar.add(49)
        shown = drawn(capsys)
    assert shown == [
        f"[{'#' * 15}{'.' * 15}]  50%  1 lines",
        f"[{'#' * 30}]  99%  2 lines",
    ]
    assert capsys.readouterr().err == "\r" + " " * len(shown[-1]) + "\r"


def test_it_is_drawn_two_hundred_times_at_most(capsys: pytest.CaptureFixture[str]) -> None:
    bar = Progress(1_000_000, is_shown=True)
    for _ in range(100_000):
        bar.add(10)

    assert len(drawn(capsys)) == 201


def test_where_the_size_is_not_known_it_counts_lines(capsys: pytest.CaptureFixture[str]) -> None:
    bar = Progress(None, is_shown=True)
    for _ in range(2 * LINES_BETWEEN):
        bar.add(10)

    assert drawn(capsys) == ["1 lines", "10,000 lines", "20,000 lines"]


def test_a_file_that_grows_is_never_more_than_whole(capsys: pytest.CaptureFixture[str]) -> None:
    Progress(10, is_shown=True).add(50)

    assert "100%" in capsys.readouterr().err


def test_a_line_beside_it_stays_and_the_bar_comes_back(capsys: pytest.CaptureFixture[str]) -> None:
    bar = Progress(100, is_shown=True)
    bar.add(1)
    bar.say("line 1: wrong")
    bar.add(0)

    first, wiped, second = capsys.readouterr().err.partition("line 1: wrong\n")
    shown = first.split("\r")[1]
    assert first == f"\r{shown}\r{' ' * len(shown)}\r"
    assert wiped
    assert second.startswith("\r[")


def test_where_nobody_sees_it_it_says_only_what_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with (bar := Progress(100, is_shown=False)):
        bar.add(100)
        bar.say("a line")

    assert capsys.readouterr().err == "a line\n"
