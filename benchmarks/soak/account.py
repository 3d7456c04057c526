"""What must have arrived of what readers reported, over links that were cut: exactly.

LLRP acknowledges no report, so what a reader handed to a socket may die with it; all else may not.
So every read carries its number. A reader hands reads over in their order, so each connection had a
range of numbers, from where the one before it stopped. Of a connection's range a beginning must
have arrived, whole and in order: what is missing can only be its end, and only where the connection
was reset or closed under bytes that were on the way. Of a reader that fell silent, and of the last
connection, all must have arrived: nothing was thrown away there.
"""

from dataclasses import dataclass, field
from itertools import pairwise

RUNS_MAX = 10_000  # many more than there are cuts: then all is wrong, and memory counts
_READERS_BYTES = 4
_NUMBER_BYTES = 8  # together an EPC of 96 bits

LOSSY = frozenset({"reset", "stop"})  # ends that throw away what the sockets hold
WHOLE = frozenset({"mute", "end"})


def epc(reader: int, number: int) -> bytes:
    return reader.to_bytes(_READERS_BYTES) + number.to_bytes(_NUMBER_BYTES)


@dataclass(frozen=True, slots=True)
class Connection:
    """Reads from `first` to before `stop` were handed to it, and `end` says how it ended."""

    first: int
    stop: int
    end: str


@dataclass(slots=True)
class Arrivals:
    """The numbers that arrived from one reader, as runs (first, stop) in the order they came."""

    reader: int
    runs: list[tuple[int, int]] = field(default_factory=list)
    count: int = 0
    strange: int = 0  # reads of a tag that is none of this reader's, or beyond RUNS_MAX
    _first: int = 0
    _next: int = 0

    def take(self, tag: bytes) -> None:
        number = int.from_bytes(tag[_READERS_BYTES:])
        if int.from_bytes(tag[:_READERS_BYTES]) != self.reader:
            self.strange += 1
        elif number == self._next:
            self._next += 1
            self.count += 1
        elif len(self.runs) < RUNS_MAX:
            self._close()
            self._first, self._next = number, number + 1
            self.count += 1
        else:
            self.strange += 1

    @property
    def next(self) -> int:
        """The number behind the newest."""
        return self._next

    def closed(self) -> list[tuple[int, int]]:
        """All runs, with the one that goes on."""
        self._close()
        self._first = self._next
        return self.runs

    def _close(self) -> None:
        if self._next > self._first:
            self.runs.append((self._first, self._next))


@dataclass(frozen=True, slots=True)
class Verdict:
    """`wrong`: one sentence, empty where all is as it must be. `cut`: reads that died in sockets,
    at each cut that cost any.
    """

    wrong: str = ""
    cut: tuple[int, ...] = ()


def judge(
    reported: int, connections: list[Connection], runs: list[tuple[int, int]], strange: int = 0
) -> Verdict:
    """Of one reader: `runs` are what arrived of reads 0 to before `reported`."""
    if strange:
        return Verdict(f"{strange} reads of tags that it never reported")
    for (_, before), (first, _) in pairwise(runs):
        if first < before:
            return Verdict(f"read {first} came behind read {before - 1}: doubled or out of order")
    if runs and runs[-1][1] > reported:
        return Verdict(f"read {runs[-1][1] - 1} arrived, and {reported} were reported")
    at, cut = 0, []
    for number, connection in enumerate(connections):
        if connection.first != at:
            return Verdict(f"connection {number} began with read {connection.first}, not {at}")
        at = connection.stop
        lost, wrong = _lost(connection, runs)
        if wrong:
            return Verdict(f"connection {number}: {wrong}")
        if lost:
            cut.append(lost)
    if at != reported:
        return Verdict(f"{reported} reads were reported and {at} handed over")
    return Verdict(cut=tuple(cut))


def _lost(connection: Connection, runs: list[tuple[int, int]]) -> tuple[int, str]:
    """How many reads at its end did not arrive, and what is wrong with that, if anything."""
    if connection.end not in LOSSY | WHOLE:
        return 0, f"ended though nobody cut it: {connection.end}"
    arrived = _beginning(connection, runs)
    if arrived is None:
        return 0, f"reads are missing before others of {connection}"
    lost = connection.stop - arrived
    if lost and connection.end in WHOLE:
        return lost, f"{lost} reads are missing at the end of {connection}, where none may be"
    return lost, ""


def _beginning(connection: Connection, runs: list[tuple[int, int]]) -> int | None:
    """Up to where the range of a connection arrived without a gap; None where more came behind."""
    mine = [
        (max(first, connection.first), min(stop, connection.stop))
        for first, stop in runs
        if first < connection.stop and stop > connection.first
    ]
    at = connection.first
    for first, stop in mine:
        if first != at:
            return None
        at = stop
    return at
