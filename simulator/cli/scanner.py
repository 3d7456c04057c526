"""readpoint-simulate scanner: one simulated barcode scanner that scans by itself."""

import argparse
import asyncio
import contextlib
import signal
import sys
from pathlib import Path

from simulator.scanner.codes import byte_by_byte, codes, cut, noise
from simulator.scanner.pty import PtyScanner
from simulator.scanner.tcp import ConnectingScanner, ListeningScanner

PERIOD_S_MIN = 0.01
CODES_MAX = 1_000
ENDS = {"crlf": b"\r\n", "cr": b"\r", "lf": b"\n", "etx": b"\x03", "tab": b"\t", "none": b""}
FAULTS = ("none", "bytes", "noise", "cut", "replug")

Scanner = PtyScanner | ListeningScanner | ConnectingScanner


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("scanner", help="one simulated barcode scanner")
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--pty", type=Path, metavar="LINK", help="a serial port at this path")
    way.add_argument("--listen", type=_address, metavar="HOST:PORT", help="a TCP server")
    way.add_argument("--connect", type=_address, metavar="HOST:PORT", help="a TCP client")
    parser.add_argument("--codes", type=_codes, default=20, metavar="N", help="default: 20")
    parser.add_argument("--every", type=_period, default=1.0, metavar="SECONDS", help="default: 1")
    parser.add_argument("--end", choices=sorted(ENDS), default="crlf")
    parser.add_argument("--fault", choices=FAULTS, default="none", help="with each second scan")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="other codes")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    try:
        asyncio.run(_until_told(args))
    except OSError as error:
        print(f"readpoint-simulate: {error.strerror or error}", file=sys.stderr)
        return 1
    return 0


async def _until_told(args: argparse.Namespace) -> None:
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    async with _scanner(args) as scanner:
        print(f"scans {args.codes} codes, one each {args.every:g} s", flush=True)
        scanning = asyncio.create_task(_scan(scanner, args))
        # What it said last may wait for the host: so it stays, until it is told or cannot go on.
        scanning.add_done_callback(
            lambda done: told.set() if done.cancelled() or done.exception() else None
        )
        await told.wait()
        scanning.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await scanning


def _scanner(args: argparse.Namespace) -> Scanner:
    if args.pty is not None:
        return PtyScanner(args.pty)
    if args.listen is not None:
        host, port = args.listen
        return ListeningScanner(host=host, port=port)
    host, port = args.connect
    return ConnectingScanner(host=host, port=port)


async def _scan(scanner: Scanner, args: argparse.Namespace) -> None:
    end = ENDS[args.end]
    for number, code in enumerate(codes(args.codes, args.seed)):
        await asyncio.sleep(args.every)
        fault = args.fault if number % 2 else "none"
        await _send(scanner, code + end, fault, number)
        print(code.decode() + ("" if fault == "none" else f"  ({fault})"), flush=True)


async def _send(scanner: Scanner, message: bytes, fault: str, seed: int) -> None:
    match fault:
        case "bytes":
            for piece in byte_by_byte(message):
                await scanner.send(piece)
                await asyncio.sleep(0.002)
        case "noise":
            await scanner.send(noise(8, seed) + message)
        case "cut":
            await scanner.send(cut(message))
        case "replug":
            await scanner.send(cut(message))
            await scanner.unplug()
            await scanner.plug()
        case _:
            await scanner.send(message)


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise argparse.ArgumentTypeError(f"{text}: expected HOST:PORT")
    return host, int(port)


def _codes(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= CODES_MAX:
        raise argparse.ArgumentTypeError(f"{text}: expected 1 to {CODES_MAX}")
    return int(text)


def _period(text: str) -> float:
    try:
        period_s = float(text)
    except ValueError:
        period_s = 0.0
    if not PERIOD_S_MIN <= period_s <= 3600:
        raise argparse.ArgumentTypeError(f"{text}: expected {PERIOD_S_MIN:g} to 3600 seconds")
    return period_s
