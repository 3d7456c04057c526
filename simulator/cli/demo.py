"""readpoint-simulate demo: everything at once, on this machine."""

import argparse
import asyncio
import sys
from pathlib import Path

from simulator.demo import app
from simulator.demo.broker import NoBroker
from simulator.demo.children import ChildFailed
from simulator.demo.judge import NoAnswer
from simulator.demo.layout import UsedFolder

SECONDS_MAX = 86_400  # a day

_FAILED = (NoBroker, ChildFailed, UsedFolder, NoAnswer, app.DemoFailed, OSError)


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("demo", help="dock doors, gateway, broker and ledger at work")
    parser.add_argument("--seconds", type=_seconds, metavar="N", help="end by itself and judge")
    parser.add_argument("--json", action="store_true", help="one line of figures, nothing else")
    parser.add_argument("--doors", type=int, default=3, choices=range(1, 9), metavar="1-8")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="keep all files there")
    parser.add_argument("--http-port", type=int, metavar="N", help="default: 8080, or a free one")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    options = app.Options(
        doors=args.doors,
        seed=args.seed,
        seconds=args.seconds,
        as_json=args.json,
        folder=args.data_dir,
        http_port=args.http_port,
    )
    try:
        return asyncio.run(app.run(options))
    except _FAILED as error:
        print(f"readpoint-simulate: {error}", file=sys.stderr)
        return 1


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds <= SECONDS_MAX:
        raise argparse.ArgumentTypeError(f"{text}: expected more than 0, at most {SECONDS_MAX}")
    return seconds
