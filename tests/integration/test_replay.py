"""readpoint-gateway replay and export-ring as processes: what live said, said again."""

import json
import os
import signal
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from drivers.base import Observation
from gateway.core.recording import to_line
from gateway.shell.ring import Ring
from simulator.llrp.reader import SimulatedReader
from tests.integration.dock import Door, gateway_toml, marks
from tests.integration.processes import command, eventually, free_port, running
from tests.unit.gateway.core.test_pipeline import reads
from wire import instant
from wire.event import receive
from wire.json import encode

ALWAYS = ("--from", "1970-01-01T00:00:00Z", "--to", "2100-01-01T00:00:00Z")
DOOR = """
[[read_point]]
name = "door-1"
kind = "dock_door"
read_point = "urn:test:door-1"
inner = ["dock-1:1", "dock-1:2"]
outer = ["dock-1:3", "dock-1:4"]
"""


def run(*arguments: str | Path, given: bytes | None = None) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        command("gateway", *arguments), input=given, capture_output=True, timeout=60, check=False
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def config(folder: Path, more: str = "", name: str = "c.toml") -> Path:
    path = folder / name
    path.write_text(f'[gateway]\nid = "gw"\nsite = "s"\ndata_dir = "{folder}/data"\n{DOOR}{more}')
    return path


def recording(folder: Path, observations: Sequence[Observation], junk: bytes = b"") -> Path:
    path = folder / "r.ndjson"
    path.write_bytes(junk + b"".join(map(to_line, observations)))
    return path


def loads() -> list[Observation]:
    return [*reads(1), *reads(2, 12.0), *reads(3, 24.0)]


def booked(events: str) -> list[tuple[str, list[str]]]:
    said = map(json.loads, events.splitlines())
    return [(each["readpoint:kind"], each["epcList"]) for each in said]


def outbox(folder: Path) -> list[str]:
    """What live made, without what numbers it."""
    path = f"file:{folder}/gateway/outbox.sqlite?mode=ro"
    with closing(sqlite3.connect(path, uri=True)) as db:
        bodies = [body for (body,) in db.execute("SELECT body FROM event ORDER BY seq")]
    said = map(json.loads, bodies)
    numbers = ("readpoint:epoch", "readpoint:seq")
    return [encode({key: each[key] for key in each if key not in numbers}) for each in said]


async def test_what_live_said_is_said_again_from_its_ring_and_from_a_recording(
    tmp_path: Path,
) -> None:
    """Byte for byte, but for the epoch and seq of the outbox; also while the daemon goes on."""
    async with SimulatedReader("dock-1") as reader:
        settings = gateway_toml(tmp_path, free_port(), reader.port, absent=free_port())
        live, door = tmp_path / "live.ndjson", Door(reader)
        during, after = tmp_path / "during.ndjson", tmp_path / "after.ndjson"
        log = tmp_path / "gateway.log"
        with running(command("gateway", "run", "--config", settings), log) as gateway:
            await door.watched(log)
            record = command("gateway", "record", "--config", settings, "-o", live)
            with running(record, tmp_path / "record.log") as recorder:
                await eventually(live.exists, "it records")
                for number, way in enumerate(("in", "out", "in"), start=1):
                    await door.pass_through(way)  # type: ignore[arg-type]
                    await eventually(lambda n=number: marks(tmp_path)[0] == n, f"{number} made")  # type: ignore[misc]
                recorder.send_signal(signal.SIGTERM)
                await eventually(lambda: recorder.poll() is not None, "it recorded")
            exported = run("export-ring", "--config", settings, *ALWAYS, "-o", during)
            assert exported.returncode == 0
            gateway.terminate()
            await eventually(lambda: gateway.poll() is not None, "it ended")
    assert run("export-ring", "--config", settings, *ALWAYS, "-o", after).returncode == 0

    made = outbox(tmp_path)
    assert len(made) == 3
    for each in (live, during, after):
        replayed = run("replay", each, "--config", settings)
        assert (replayed.returncode, replayed.stderr) == (0, "")
        assert replayed.stdout.splitlines() == made


def test_a_replay_is_the_same_each_time_and_however_its_input_comes(tmp_path: Path) -> None:
    path, settings = recording(tmp_path, loads()), config(tmp_path)
    first = run("replay", path, "--config", settings, "--verdicts")
    second = run("replay", path, "--config", settings, "--verdicts")
    whole = run("replay", "-", "--config", settings, "--verdicts", given=path.read_bytes())
    data, pieces = path.read_bytes(), tmp_path / "pieces"
    with (
        pieces.open("wb") as out,
        subprocess.Popen(
            command("gateway", "replay", "-", "--config", settings, "--verdicts"),
            stdin=subprocess.PIPE,
            stdout=out,
        ) as process,
    ):
        assert process.stdin is not None
        for at in range(0, len(data), 97):
            os.write(process.stdin.fileno(), data[at : at + 97])

    assert process.returncode == 0
    assert first.stdout == second.stdout == whole.stdout == pieces.read_text()
    assert [kind for kind, _ in booked(first.stdout)] == ["movement"] * 3


@pytest.mark.parametrize("mode", ["trial", "live", "off"])
def test_a_replay_says_what_live_would_say_whatever_the_mode(tmp_path: Path, mode: str) -> None:
    path, settings = recording(tmp_path, loads()), config(tmp_path, f'mode = "{mode}"\n')

    assert [kind for kind, _ in booked(run("replay", path, "--config", settings).stdout)] == [
        "movement"
    ] * 3


def test_an_event_of_a_replay_has_no_number_and_the_hash_of_the_one_that_live_made(
    tmp_path: Path,
) -> None:
    """It belongs to no outbox; a ledger that is given it with a number knows it again."""
    path, settings = recording(tmp_path, reads(1)), config(tmp_path)
    (line,) = run("replay", path, "--config", settings).stdout.splitlines()
    said = json.loads(line)
    one, two = (
        receive(encode(said | {"readpoint:epoch": epoch, "readpoint:seq": seq}).encode())
        for epoch, seq in (("a1", 1), ("b2", 7))
    )

    assert not {"readpoint:epoch", "readpoint:seq"} & set(said)
    assert one.reason is None
    assert (one.event_id, one.body_hash) == (two.event_id, two.body_hash)


def test_lines_that_are_no_observations_cost_only_themselves(tmp_path: Path) -> None:
    settings = config(tmp_path)
    clean = run("replay", recording(tmp_path, loads()), "--config", settings)
    path = recording(tmp_path, loads(), b"{\n" * 12 + b"\xff\n")
    replayed = run("replay", path, "--config", settings)

    assert (replayed.returncode, replayed.stdout) == (0, clean.stdout)
    told = replayed.stderr.splitlines()
    assert len(told) == 11
    assert told[9] == (
        f"{path}: line 10: Expecting property name enclosed in double quotes at character 2"
    )
    assert told[10] == f"{path}: 3 more lines like these"


def test_what_is_no_recording_fails_with_a_line(tmp_path: Path) -> None:
    settings, path = config(tmp_path), tmp_path / "r.ndjson"
    path.write_bytes(b"\0" * 10_000)
    none = run("replay", path, "--config", settings)
    absent = run("replay", tmp_path / "absent", "--config", settings)
    folder = run("replay", tmp_path, "--config", settings)

    assert none.returncode == absent.returncode == folder.returncode == 1
    assert none.stderr.splitlines()[-1] == f"{path}: no recording: no line is an observation"
    assert absent.stderr == (
        f"readpoint-gateway: [Errno 2] No such file or directory: '{tmp_path}/absent'\n"
    )
    assert folder.stderr == f"readpoint-gateway: [Errno 21] Is a directory: '{tmp_path}'\n"
    path.write_bytes(b"")
    empty = run("replay", path, "--config", settings)
    assert (empty.returncode, empty.stdout, empty.stderr) == (0, "", "")


def test_reads_at_no_read_point_are_told(tmp_path: Path) -> None:
    settings = config(tmp_path)
    elsewhere = [each._replace(device="dock-7") for each in reads(1)]
    replayed = run("replay", recording(tmp_path, elsewhere), "--config", settings)

    assert (replayed.returncode, replayed.stdout) == (0, "")
    assert replayed.stderr == (
        f"{tmp_path}/r.ndjson: 200 reads at antennas of no read point in {settings}\n"
    )


def test_whoever_has_read_enough_ends_it_quietly(tmp_path: Path) -> None:
    path, settings = recording(tmp_path, loads()), config(tmp_path)
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command("gateway", "replay", path, "--config", settings),
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(writing)

    assert (done.returncode, done.stderr) == (0, b"")


def test_a_terminal_sees_a_bar_and_nobody_else(tmp_path: Path) -> None:
    path, settings = recording(tmp_path, loads()), config(tmp_path)
    screen, terminal = os.openpty()
    events, shown = tmp_path / "events", b""
    replay = command("gateway", "replay", path, "--config", settings)
    with events.open("wb") as out, subprocess.Popen(replay, stdout=out, stderr=terminal) as process:
        os.close(terminal)
        while piece := _read(screen):
            shown += piece
    os.close(screen)

    assert process.returncode == 0
    assert b"\r" not in events.read_bytes()
    assert b"] 100%" in shown
    assert shown.endswith(b" \r")


def _read(screen: int) -> bytes:
    try:
        return os.read(screen, 1 << 16)
    except OSError:  # Nobody holds the terminal any more.
        return b""


def test_two_settings_are_compared(tmp_path: Path) -> None:
    path, a = recording(tmp_path, loads()), config(tmp_path)
    turned = DOOR.replace("inner", "x").replace("outer", "inner").replace("x =", "outer =")
    b = tmp_path / "other.toml"
    b.write_text(a.read_text().replace(DOOR, turned))

    same = run("replay", path, "--config", a, "--compare", a)
    lines = run("replay", path, "--config", a, "--compare", b)
    rows = run("replay", path, "--config", a, "--compare", b, "--json")

    assert (same.returncode, same.stdout) == (0, "")
    assert same.stderr == "3 movements alike, 0 differ\n"
    assert (lines.returncode, lines.stderr) == (0, "0 movements alike, 3 differ\n")
    assert lines.stdout.splitlines()[1] == "    direction: in in c.toml, out in other.toml"
    assert [json.loads(row)["changed"] for row in rows.stdout.splitlines()] == [
        ["direction", "bizStep"]
    ] * 3


def test_wrong_usage_is_exit_code_2(tmp_path: Path) -> None:
    settings = config(tmp_path)
    wrong = [
        ("replay", "x.ndjson"),
        ("replay", "x.ndjson", "--config", settings, "--json"),
        ("replay", "x.ndjson", "--config", settings, "--compare", settings, "--verdicts"),
        ("export-ring", "--config", settings, "-o", "x"),
        ("export-ring", "--config", settings, "-o", "x", "--from", "08:00", "--to", "09:00"),
        ("export-ring", "--config", settings, "-o", "x", "--from", ALWAYS[3], "--to", ALWAYS[1]),
    ]

    assert [run(*each).returncode for each in wrong] == [2] * len(wrong)
    assert "'08:00': expected an ISO 8601 instant" in run(*wrong[4]).stderr
    assert "--from: expected an instant before --to" in run(*wrong[5]).stderr


def test_a_bad_configuration_is_one_line_for_each_error(tmp_path: Path) -> None:
    settings = config(tmp_path, 'mod = "live"\n')
    for more in (("replay", "-"), ("export-ring", *ALWAYS, "-o", "-")):
        refused = run(*more, "--config", settings)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr == (
            f'{settings}: line 12: read_point[0].mod: unknown key; did you mean "mode"?\n'
        )


def ring_of(folder: Path) -> Ring:
    ring = Ring(folder / "data" / "ring", 64 << 20)
    ring.open()
    ring.append(0, loads())
    ring.close()
    return ring


def test_a_span_of_the_ring_is_a_recording(tmp_path: Path) -> None:
    ring_of(tmp_path)
    settings, path = config(tmp_path), tmp_path / "out.ndjson"
    second = reads(2, 12.0)
    span = (
        *("--from", instant.to_text(second[0].first_us)),
        *("--to", instant.to_text(second[0].first_us + 10_000_000)),
    )
    done = run("export-ring", "--config", settings, *span, "-o", path)
    again = run("export-ring", "--config", settings, *span, "-o", path)
    piped = run("export-ring", "--config", settings, *span, "-o", "-")

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"200 observations in {path}\n"
    assert path.read_bytes() == b"".join(map(to_line, second))
    assert (again.returncode, again.stderr) == (
        1,
        f"{path}: is there already: expected a new file\n",
    )
    assert (piped.returncode, piped.stdout) == (0, path.read_text())
    assert [kind for kind, _ in booked(run("replay", path, "--config", settings).stdout)] == [
        "movement"
    ]


def test_a_span_that_the_ring_does_not_hold_is_told(tmp_path: Path) -> None:
    ring = ring_of(tmp_path)
    settings = config(tmp_path)
    early = ("--from", "2020-01-01T00:00:00Z", "--to", "2020-01-02T00:00:00Z")
    late = ("--from", "2030-01-01T00:00:00Z", "--to", "2030-01-02T00:00:00Z")
    told = [
        run("export-ring", "--config", settings, *span, "-o", "-").stderr.splitlines()
        for span in (early, late)
    ]

    assert told == [
        [
            "0 observations in -",
            f"{ring.folder}: holds nothing from before 2023-11-14T22:13:20.000+00:00",
        ],
        [
            "0 observations in -",
            f"{ring.folder}: holds nothing from after 2023-11-14T22:13:49.970+00:00",
        ],
    ]


def test_where_no_ring_is_nothing_is_exported(tmp_path: Path) -> None:
    path = tmp_path / "out.ndjson"
    refused = run("export-ring", "--config", config(tmp_path), *ALWAYS, "-o", path)

    assert (refused.returncode, refused.stderr) == (1, f"{tmp_path}/data/ring: no ring is there\n")
    assert not path.exists()
