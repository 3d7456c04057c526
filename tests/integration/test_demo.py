"""The whole way, in processes: reader, gateway, broker, ledger; and each of them killed."""

import json
import os
import signal
import sqlite3
import subprocess
from pathlib import Path

from tests.integration.processes import alive, child_of, command, until

DEMO = command("simulator", "demo", "--json")


def figures(finished: "subprocess.CompletedProcess[str]") -> dict[str, object]:
    assert finished.stderr == ""
    (line,) = finished.stdout.splitlines()
    found: dict[str, object] = json.loads(line)
    return found


def test_thirty_seconds_of_a_site_are_in_the_books() -> None:
    finished = subprocess.run(
        [*DEMO, "--seconds", "30", "--seed", "7"],
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
        [*DEMO, "--seconds", "40", "--seed", "11", "--data-dir", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as demo:
        outbox = tmp_path / "gateway" / "outbox.sqlite"
        until(lambda: outbox.exists(), "the gateway has an outbox")
        for name, after_events in (("gateway", 2), ("mosquitto", 4), ("ledger", 6)):
            until(lambda n=after_events: _made(outbox) >= n, f"{after_events} events")  # type: ignore[misc]
            victim = child_of(demo.pid, name)
            os.kill(victim, signal.SIGKILL)
            until(lambda pid=victim: not alive(pid), f"{name} is gone")  # type: ignore[misc]
        stdout, stderr = demo.communicate(timeout=180)

    assert stderr == ""
    said = json.loads(stdout)
    assert demo.returncode == 0, said
    assert said["truth"] == said["published"] == said["booked"]
    assert (said["lost"], said["duplicated"], said["stock_matches"]) == (0, 0, True)


def _made(outbox: Path) -> int:
    with sqlite3.connect(f"file:{outbox}?mode=ro", uri=True) as db:
        try:
            return int(db.execute("SELECT made FROM mark").fetchone()[0])
        except (sqlite3.OperationalError, TypeError):
            return 0
