"""How fast tag reports become reads, against the LLRP libraries that others wrote: ratios.

python -m benchmarks.llrp [NAMES]

All sides get the same bytes, made by the simulated reader's encoder, in turns, and the figures are
medians of CPU time. What each does with a message:

- readpoint: ReportDecoder.decode: TagReads, units and the host's time in them
- sllurp: LLRPMessage(msgbytes=...): dicts of the parameters that it knows, as on the wire
- llrpkit: decode_message: a dataclass for each parameter, as on the wire

In `single` each side also finds the messages in a chunk of 64 KiB: readpoint with its FrameReader,
sllurp with its client's raw_data_received, with nobody behind it to whom it gives them; llrpkit
reads from asyncio's streams, so its messages are cut by their lengths as it does it.

`socket` is the whole way over TCP, each client in a process of its own (benchmarks/llrp_socket.py):
readpoint's driver under its supervisor, and sllurp's client with a callback for tag reports, on the
same simulated reader, that sends as fast as they take.

`values` makes a read as a named tuple, and as dataclasses with the same fields. `held` gives a
session what a reader held for a long night, and tells what that took at most; the memory is that
of a process of its own, above what it had before.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import make_dataclass
from pathlib import Path
from statistics import median

from llrpkit.protocol import decode_message
from sllurp.llrp import LLRPMessage, LLRPReaderClient, LLRPReaderConfig

from drivers.base import LinkChange, Now, TagRead
from drivers.llrp.protocol.framing import FrameReader
from drivers.llrp.protocol.report import ReportDecoder
from drivers.llrp.protocol.session import Session
from drivers.llrp.protocol.tables import ConnectionAttempt, MessageType
from drivers.llrp.protocol.wanted import AntennaWanted, Wanted
from simulator.llrp.encoder import (
    Content,
    Sighting,
    connection_attempt,
    message,
    reader_event,
    report_body,
    status,
)
from simulator.llrp.numbers import MemoryField, ReportField

ROUNDS = 15
CHUNK_BYTES = 64 << 10
BATCH = 100  # tags a message
SOCKET_ROUNDS = 5
SOCKET_TAGS = 30_000  # through each socket
HELD = 66_000  # messages: what an R420 holds
AT_US = 1_700_000_000_000_000
NOW = Now(AT_US, 1_000_000_000)
CONTENT = Content(
    ReportField.ROSPEC_ID
    | ReportField.ANTENNA_ID
    | ReportField.PEAK_RSSI
    | ReportField.CHANNEL_INDEX
    | ReportField.FIRST_SEEN
    | ReportField.LAST_SEEN
    | ReportField.TAG_SEEN_COUNT,
    MemoryField.PC,
)

Work = Callable[[], object]


def report(first: int, count: int, begin_us: int = AT_US - 1_000_000_000) -> bytes:
    """An RO_ACCESS_REPORT of so many tags, from number `first` on; number 0 was at `begin_us`."""
    sightings = [
        Sighting(
            epc=(0x3074257BF7194E4000000000 + number).to_bytes(12, "big"),
            pc=0x3000,
            antenna=1 + number % 4,
            rssi_dbm=-50 - number % 20,
            channel=1 + number % 16,
            at_us=begin_us + 700 * number,
            rospec_id=1,
            spec_index=1,
            inventory_id=1,
        )
        for number in range(first, first + count)
    ]
    return message(MessageType.RO_ACCESS_REPORT, first, report_body(sightings, CONTENT))


def compared(sides: dict[str, Work], each: int) -> None:
    """Tells what one of `each` things costs every side, and how many times the first's that is."""
    spent: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, work in sides.items():
            begin_s = time.process_time()
            work()
            spent[name].append((time.process_time() - begin_s) / each * 1e6)
    told(spent)


def told(spent: dict[str, list[float]]) -> None:
    """A line for each side: the median of its µs, and of how many times the first's they are."""
    ours, *_ = spent.values()
    for name, costs in spent.items():
        ratio = median(cost / base for cost, base in zip(costs, ours, strict=True))
        print(f"  {name:28}{median(costs):8.2f} µs{ratio:8.1f} x")


def values() -> None:
    print("values: one read made")
    fields = {name: (int | None) for name in TagRead._fields}
    unfrozen = make_dataclass("Unfrozen", fields.items(), slots=True)
    frozen = make_dataclass("Frozen", fields.items(), slots=True, frozen=True)
    count = 20_000

    def made(kind: Callable[..., object]) -> Work:
        def work() -> None:
            for _ in range(count):
                kind("dock-1", 1, b"epc", 5, 6, 1, 0x3000, -55.0, 7, None, None, None)

        return work

    sides = {"named tuple": TagRead, "frozen dataclass": frozen, "dataclass": unfrozen}
    compared({name: made(kind) for name, kind in sides.items()}, count)


def batch() -> None:
    print(f"batch: one tag of {BATCH} in a message")
    messages = [report(number * BATCH, BATCH) for number in range(20)]
    decoder = ReportDecoder("dock-1")
    sides: dict[str, Work] = {
        "readpoint": lambda: [decoder.decode(each[10:], 5, AT_US) for each in messages],
        "sllurp": lambda: [LLRPMessage(msgbytes=each) for each in messages],
        "llrpkit": lambda: [decode_message(each) for each in messages],
    }
    compared(sides, BATCH * len(messages))


class _Nobody:
    """Takes the messages from sllurp's client, whose own handling would be more than decoding."""

    def handleMessage(self, message: LLRPMessage) -> None:
        pass


def single() -> None:
    print("single: one message of one tag, found in a chunk and decoded")
    chunk = b"".join(report(number, 1) for number in range(CHUNK_BYTES // 64))
    decoder = ReportDecoder("dock-1")
    client = LLRPReaderClient("localhost", config=LLRPReaderConfig({}))
    client.llrp = _Nobody()

    def ours() -> None:
        frames = FrameReader()
        frames.receive(chunk)
        while (frame := frames.next_frame()) is not None:
            decoder.decode(frame.body, 5, AT_US)

    def llrpkit() -> None:
        at = 0
        while at < len(chunk):
            stop = at + int.from_bytes(chunk[at + 2 : at + 6], "big")
            decode_message(chunk[at:stop])
            at = stop

    sides: dict[str, Work] = {
        "readpoint": ours,
        "sllurp": lambda: client.raw_data_received(chunk),
        "llrpkit": llrpkit,
    }
    compared(sides, CHUNK_BYTES // 64)


def socket() -> None:
    for each in (1, BATCH):
        print(f"socket: one tag over TCP, {each} in a message")
        spent: dict[str, list[float]] = {"readpoint": [], "sllurp": []}
        for _ in range(SOCKET_ROUNDS):
            for name, costs in spent.items():
                costs.append(_over_tcp(name, each))
        told(spent)


def _over_tcp(client: str, each: int) -> float:
    """The CPU µs that a tag costs the process of a client; the reader's are not in it."""
    module = [sys.executable, "-m", "benchmarks.llrp_socket"]
    with subprocess.Popen(
        [*module, "reader", str(each), str(SOCKET_TAGS)], stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout is not None
        port = reader.stdout.readline().strip()
        done = subprocess.run(
            [*module, client, port, str(SOCKET_TAGS)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    return float(done.stdout)


def held() -> None:
    """In a process of its own: in this one, others have left memory to take."""
    print(f"held: {HELD} messages of one tag through a session")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.llrp", "held-alone"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    print(done.stdout, end="")


def held_alone() -> None:
    session = _greeted()
    pieces = _chunks(report(number, 1) for number in range(HELD))
    idle = most = _resident_mib()
    reads, spent_s = 0, 0.0
    for piece in pieces:
        begin_s = time.process_time()
        said = session.receive(piece, NOW)
        spent_s += time.process_time() - begin_s
        reads += sum(isinstance(each, TagRead) for each in said)
        most = max(most, _resident_mib())
    more, each_us = most - idle, spent_s / HELD * 1e6
    print(f"  lost {HELD - reads}, peak {more:.1f} MiB above idle, {each_us:.2f} µs each")


def _greeted() -> Session:
    """A session in which all was asked and answered, and the reader now gives what it held."""
    wanted = Wanted("dock-1", (AntennaWanted(1),), 1, 64, 5_000_000, 10_000_000)
    session = Session(wanted, opened_us=NOW.monotonic_us)
    event = reader_event(AT_US, connection_attempt(ConnectionAttempt.SUCCESS))
    said = session.receive(message(MessageType.READER_EVENT_NOTIFICATION, 0, event), NOW)
    while not any(isinstance(each, LinkChange) for each in said):
        frames, said = FrameReader(), []
        frames.receive(session.outgoing())
        while (frame := frames.next_frame()) is not None:
            if frame.type != MessageType.ENABLE_EVENTS_AND_REPORTS:
                answer = message(frame.type + 10, frame.message_id, status())
                said += session.receive(answer, NOW)
    return session


def _chunks(messages: Iterator[bytes]) -> Iterator[bytes]:
    """As a socket gives them: full, and cut anywhere."""
    rest = b""
    for each in messages:
        rest += each
        if len(rest) >= CHUNK_BYTES:
            yield rest[:CHUNK_BYTES]
            rest = rest[CHUNK_BYTES:]
    yield rest


def _resident_mib() -> float:
    _, resident, *_ = Path("/proc/self/statm").read_text().split()
    return int(resident) * resource.getpagesize() / (1 << 20)


BENCHMARKS = {
    "values": values,
    "batch": batch,
    "single": single,
    "socket": socket,
    "held": held,
}


def main(arguments: list[str]) -> int:
    if arguments == ["held-alone"]:
        held_alone()
        return 0
    unknown = [name for name in arguments if name not in BENCHMARKS]
    if unknown:
        print(f"{unknown[0]}: expected some of {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in arguments or BENCHMARKS:
        BENCHMARKS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
