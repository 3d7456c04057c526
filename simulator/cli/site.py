"""readpoint-simulate site: simulated doors alone, for a gateway of yours."""

import argparse
import asyncio
import contextlib
import signal
import sys

from simulator.demo.site import DoorPort, play


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("site", help="simulated dock doors, an LLRP reader each")
    parser.add_argument(
        "--port", type=int, action="append", required=True, metavar="N", help="one a door"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--seconds", type=float, metavar="N", help="then no more crossings")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
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
