"""readpoint-simulate reader: one simulated LLRP reader with tags before it."""

import argparse
import asyncio
import signal
import sys
from contextlib import AsyncExitStack
from ipaddress import ip_address
from random import Random

from simulator.llrp.announce import announced
from simulator.llrp.inventory import TAGS_MAX
from simulator.llrp.presets import PRESETS
from simulator.llrp.reader import SimulatedReader
from simulator.llrp.tag import SimTag

LLRP_PORT = 5084  # as IANA has it
RATE_MAX = 1_000.0  # rounds a second; the event loop does no more
_SGTIN = bytes.fromhex("3074257BF7194E40")  # an SGTIN-96 up to the last 32 bits of its serial


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("reader", help="one simulated LLRP reader with tags before it")
    parser.add_argument("--port", type=int, default=LLRP_PORT, metavar="N", help="default: 5084")
    parser.add_argument("--host", type=_address, default="127.0.0.1", metavar="ADDRESS")
    parser.add_argument("--model", choices=sorted(PRESETS), default="generic")
    parser.add_argument("--tags", type=_tags, default=5, metavar="N", help="default: 5")
    parser.add_argument(
        "--rate", type=_rate, default=2.0, metavar="R", help="inventory rounds a second, default 2"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="other tags")
    parser.add_argument("--mdns", metavar="NAME", help="announce it (pip install zeroconf)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    try:
        asyncio.run(_until_told(args))
    except ModuleNotFoundError as error:
        print(f"needs: pip install {error.name}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"readpoint-simulate: {error.strerror or error}", file=sys.stderr)
        return 1
    return 0


def tags(count: int, seed: int, antennas: int) -> list[SimTag]:
    """Always the same for a seed, spread over the antennas."""
    chance = Random(seed)
    return [
        SimTag(
            _SGTIN + chance.randbytes(4),
            antennas=[1 + number % antennas],
            rssi_dbm=chance.randint(-70, -40),
            user=bytes(8),
        )
        for number in range(count)
    ]


async def _until_told(args: argparse.Namespace) -> None:
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    capabilities = PRESETS[args.model]
    reader = SimulatedReader(
        args.mdns or args.model,
        host=args.host,
        port=args.port,
        capabilities=capabilities,
        rounds_per_s=args.rate,
        on_client=lambda come: _say("a client came" if come else "the client went"),
    )
    for tag in tags(args.tags, args.seed, capabilities.antenna_count):
        reader.place(tag)
    async with reader, AsyncExitStack() as stack:
        if args.mdns:
            await stack.enter_async_context(announced(args.mdns, reader.host, reader.port))
        _say(f"{args.model} listens on {reader.host} port {reader.port}, {args.tags} tags")
        await told.wait()


def _say(line: str) -> None:
    print(line, flush=True)


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text}: expected an IP address") from None


def _tags(text: str) -> int:
    if not text.isdecimal() or int(text) > TAGS_MAX:
        raise argparse.ArgumentTypeError(f"{text}: expected 0 to {TAGS_MAX}")
    return int(text)


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0.0 < rate <= RATE_MAX:
        raise argparse.ArgumentTypeError(f"{text}: expected more than 0, at most {RATE_MAX:g}")
    return rate
