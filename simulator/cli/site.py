"""readpoint-simulate site: simulated doors, for a gateway of yours; or a recording of them."""

import argparse
import asyncio
import contextlib
import signal
import sys
from pathlib import Path
from random import Random

from simulator.demo.site import DoorPort, play
from simulator.scene import scenario, written
from simulator.scene.dock_day import DayPlan, DockDay
from wire import toml


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "site", help="simulated dock doors: an LLRP reader each, or a recording with its truth"
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--port", type=int, action="append", metavar="N", help="one a door")
    what.add_argument(
        "--scenario", type=Path, metavar="FILE", help="TOML: a day, for -o and --truth"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--seconds", type=float, metavar="N", help="then no more crossings")
    parser.add_argument("-o", dest="recording", type=Path, metavar="RECORDING", help="NDJSON")
    parser.add_argument("--truth", type=Path, metavar="FILE", help="what really went through")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    if args.scenario is None:
        return _play(args)
    if args.recording is None or args.truth is None or args.seconds is not None:
        print("readpoint-simulate: --scenario needs -o and --truth alone", file=sys.stderr)
        return 2
    try:
        found = scenario.read(args.scenario.read_text())
        if isinstance(found, toml.Problems):
            for problem in found.found:
                print(f"readpoint-simulate: {args.scenario}: {problem}", file=sys.stderr)
            return 1
        _write(found, args.seed, args.recording, args.truth)
    except (OSError, UnicodeDecodeError) as error:
        print(f"readpoint-simulate: {error}", file=sys.stderr)
        return 1
    return 0


def _write(plan: DayPlan, seed: int, recording: Path, truth: Path) -> None:
    """Never over a file that is there."""
    with recording.open("x") as heard, truth.open("x") as true:
        for heard_lines, true_lines in written.lines_of(DockDay(plan, Random(seed))):
            heard.writelines(line + "\n" for line in heard_lines)
            true.writelines(line + "\n" for line in true_lines)


def _play(args: argparse.Namespace) -> int:
    if args.recording is not None or args.truth is not None:
        print("readpoint-simulate: -o and --truth need --scenario", file=sys.stderr)
        return 2
    doors = [DoorPort(f"dock-{n}", port) for n, port in enumerate(args.port, start=1)]
    try:
        asyncio.run(_until_told(doors, args.seed, args.seconds))
    except OSError as error:
        print(f"readpoint-simulate: {error.strerror or error}", file=sys.stderr)
        return 1
    return 0


async def _until_told(doors: list[DoorPort], seed: int, seconds: float | None) -> None:
    playing = asyncio.create_task(play(doors, seed, seconds, lambda line: print(line, flush=True)))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, playing.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await playing
