"""The whole way, in processes: reader, gateway, broker, ledger; and each of them killed."""

import json
import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.processes import alive, child_of, command, until

PARTS = ("gateway", "site", "ledger", "mosquitto")


def demo(*arguments: str | Path) -> list[str]:
    return command("simulator", "demo", *arguments)


def figures(finished: "subprocess.CompletedProcess[str]") -> dict[str, object]:
    assert finished.stderr == ""
    (line,) = finished.stdout.splitlines()
    found: dict[str, object] = json.loads(line)
    return found


def test_thirty_seconds_of_a_site_are_in_the_books() -> None:
    finished = subprocess.run(
        demo("--json", "--seconds", "30", "--seed", "7"),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    said = figures(finished)
    assert finished.returncode == 0
    assert said["truth"] == said["published"] == said["booked"]
    assert isinstance(said["truth"], int)
    assert said["truth"] >= 5
    assert (said["lost"], said["duplicated"], said["wrong_direction"]) == (0, 0, 0)
    assert said["stock_matches"] is True


def test_each_part_is_killed_once_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    """SIGKILL of gateway, broker and ledger at work; the demo starts each again."""
    with subprocess.Popen(
        demo("--json", "--seconds", "40", "--seed", "11", "--data-dir", tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        outbox = tmp_path / "gateway" / "outbox.sqlite"
        until(lambda: outbox.exists(), "the gateway has an outbox")
        for name, after_events in (("gateway", 2), ("mosquitto", 4), ("ledger", 6)):
            until(lambda n=after_events: _made(outbox) >= n, f"{after_events} events")  # type: ignore[misc]
            victim = child_of(running.pid, name)
            os.kill(victim, signal.SIGKILL)
            until(lambda pid=victim: not alive(pid), f"{name} is gone")  # type: ignore[misc]
        stdout, stderr = running.communicate(timeout=180)

    assert stderr == ""
    said = json.loads(stdout)
    assert running.returncode == 0, said
    assert said["truth"] == said["published"] == said["booked"]
    assert (said["lost"], said["duplicated"], said["stock_matches"]) == (0, 0, True)


def test_a_time_in_which_nothing_crosses_is_no_proof() -> None:
    finished = subprocess.run(
        demo("--json", "--seconds", "1"), capture_output=True, text=True, timeout=60, check=False
    )

    assert finished.returncode == 1
    assert json.loads(finished.stdout)["truth"] == 0
    assert finished.stderr == (
        "readpoint-simulate: nothing crossed in 1 s, so nothing is proved:"
        " expected more seconds, as --seconds 30\n"
    )


def test_a_closed_terminal_is_a_normal_end(tmp_path: Path) -> None:
    with _at_work("--doors", "1", TMPDIR=tmp_path) as (running, parts):
        running.send_signal(signal.SIGHUP)
        _, stderr = running.communicate(timeout=60)

    assert (running.returncode, stderr) == (0, "")
    assert _still_there(parts) == []
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_time_was_not_judged() -> None:
    with _at_work("--doors", "1", "--seconds", "30", "--json") as (running, parts):
        running.send_signal(signal.SIGTERM)
        stdout, stderr = running.communicate(timeout=60)

    assert (running.returncode, stdout) == (1, "")
    assert stderr == (
        "readpoint-simulate: ended by SIGTERM, so nothing was judged: expected to run for 30 s\n"
    )
    assert _still_there(parts) == []


def test_a_demo_that_is_killed_takes_its_parts_with_it(tmp_path: Path) -> None:
    with _at_work("--doors", "1", TMPDIR=tmp_path) as (running, parts):
        running.kill()
        running.wait()
        until(lambda: _still_there(parts) == [], "all parts are gone")


@pytest.mark.parametrize("begun", ["reading the program", "importing master data"])
def test_an_interrupt_in_the_first_second_says_nothing(begun: str) -> None:
    with subprocess.Popen(
        demo("--doors", "1"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        maps = Path(f"/proc/{running.pid}/maps")
        if begun == "reading the program":
            until(lambda: "pydantic_core" in maps.read_text(), begun)
        else:
            until(lambda: bool(_descendants(running.pid)), begun)
        parts = _descendants(running.pid)
        running.send_signal(signal.SIGINT)
        stdout, stderr = running.communicate(timeout=60)

    assert (stdout, stderr) == ("", "")
    assert running.returncode in (0, -signal.SIGINT)  # a shell says 130 for the latter
    assert _still_there(parts) == []


@contextmanager
def _at_work(
    *arguments: str, **environment: Path
) -> Iterator[tuple["subprocess.Popen[str]", list[int]]]:
    """A demo with all its parts, and the pids of what it has started."""
    with subprocess.Popen(
        demo(*arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {name: str(value) for name, value in environment.items()},
    ) as running:
        try:
            until(lambda: _has_all_parts(running.pid), "all parts are there")
            yield running, _descendants(running.pid)
        finally:
            running.kill()


def _has_all_parts(pid: int) -> bool:
    try:
        return all(child_of(pid, name) for name in PARTS)
    except (AssertionError, FileNotFoundError):
        return False


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            found += [child, *_descendants(child)]
    return found


def _still_there(pids: list[int]) -> list[int]:
    """Those that run; what nobody has waited for yet (a zombie) does not."""
    return [pid for pid in pids if _state(pid) not in ("", "Z", "X")]


def _state(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return stat.rpartition(")")[2].split()[0]


def _made(outbox: Path) -> int:
    with sqlite3.connect(f"file:{outbox}?mode=ro", uri=True) as db:
        try:
            return int(db.execute("SELECT made FROM mark").fetchone()[0])
        except (sqlite3.OperationalError, TypeError):
            return 0
