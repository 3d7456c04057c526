"""Hours of LLRP over links that are cut: nothing lost, nothing doubled, nothing grows.

    python -m benchmarks.soak.llrp [--minutes 10] [--readers 8] [--rate 1200] [--seed 1]

Simulated readers in one process (readers.py) report numbered reads to drivers under supervisors in
another (drivers.py). By the seed, links are reset, fall silent or lose their listener. What must
arrive of that is exact: account.py says why. What the drivers' process weighs is compared with
itself: descriptors and tasks while all links stand, before the first cut and after the last, and
its memory. Ends with 1 and one line where anything is wrong.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from statistics import median

from benchmarks.soak.account import Connection, judge
from benchmarks.soak.drivers import Arrived, Sample
from benchmarks.soak.readers import Reported

SAMPLE_S = 10.0
SAMPLES_MIN = 20  # of a short run
WARM_UP_S = 30.0  # imports, the first cut, the allocator; of a short run a quarter at most
FIRST_S = 60.0  # what is measured behind it, of a short run another quarter
GROWTH_MAX = 0.20


class Failed(Exception):
    """One line that says what is wrong."""


@dataclass(frozen=True, slots=True)
class Soak:
    minutes: float
    readers: int
    rate: float
    seed: int

    @property
    def seconds(self) -> float:
        return self.minutes * 60


class Child:
    """One of the two processes; a line to it, a line from it."""

    def __init__(self, module: str, *arguments: object) -> None:
        self.module = module
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def told(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise Failed(f"{self.module} ended with {self._process.wait()}")
        return line

    def tell(self, line: str = "") -> None:
        assert self._process.stdin is not None
        try:
            print(line, file=self._process.stdin, flush=True)
        except BrokenPipeError:
            raise Failed(f"{self.module} ended with {self._process.wait()}") from None

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


def soak(wanted: Soak) -> None:
    """Raises Failed."""
    arguments = (wanted.readers, wanted.rate, wanted.seconds, wanted.seed)
    readers = Child("benchmarks.soak.readers", *arguments)
    try:
        ports = json.loads(readers.told())
        period_s = min(SAMPLE_S, wanted.seconds / SAMPLES_MIN)
        drivers = Child("benchmarks.soak.drivers", period_s, *ports)
        try:
            drivers.told()  # all links are up
            readers.tell()
            reported = json.loads(readers.told())
            drivers.tell(json.dumps([each["reported"] for each in reported]))
            arrived = json.loads(drivers.told())
        finally:
            drivers.end()
    finally:
        readers.end()
    wrong = [
        *_reads(reported, arrived["gates"]),
        *_weight([Sample(**each) for each in arrived["samples"]]),
    ]
    reads = sum(each["count"] for each in arrived["gates"])
    cpu_s = arrived["cpu_s"]
    print(f"cpu: {cpu_s:.1f} s of the drivers' process, {cpu_s / reads * 1e6:.1f} µs a read")
    if wrong:
        raise Failed("; ".join(wrong))


def _reads(reported: list[Reported], arrived: list[Arrived]) -> list[str]:
    """Prints the account of all readers; gives what is wrong."""
    wrong: list[str] = []
    ends: Counter[str] = Counter()
    cut: list[int] = []
    for number, (there, here) in enumerate(zip(reported, arrived, strict=True)):
        connections = [Connection(*each) for each in there["connections"]]
        ends.update(each.end for each in connections)
        runs = [(first, stop) for first, stop in here["runs"]]
        verdict = judge(there["reported"], connections, runs, here["strange"])
        cut += verdict.cut
        said = [
            verdict.wrong,
            there["overflowed"] and f"{there['overflowed']} reads were too many to hold",
            here["supervised"] != here["count"] and f"the supervisor counts {here['supervised']}",
            here["warnings"] and f"{here['warnings']} warnings",
        ]
        wrong += [f"dock-{number}: {each}" for each in said if each]
    total = sum(each["reported"] for each in reported)
    came = sum(each["count"] for each in arrived)
    print(
        f"reads: {total} reported, {came} arrived, {sum(cut)} died in sockets at {len(cut)} cuts"
        f" (at most {max(cut, default=0)}), {total - came - sum(cut)} missing otherwise"
    )
    print(f"links: {', '.join(f'{count} by {end}' for end, count in sorted(ends.items()))}")
    return wrong


def _weight(samples: list[Sample]) -> list[str]:
    """Prints how the drivers' process grew; gives what is wrong."""
    idle, *between, last = samples
    quarter = max(1, len(between) // 4)
    for name in ("rss_mib", "fds", "tasks"):
        first, final = (
            [getattr(each, name) for each in some]
            for some in (between[:quarter], between[-quarter:])
        )
        print(
            f"{name}: first quarter {median(first):g} (at most {max(first):g}), last quarter"
            f" {median(final):g} (at most {max(final):g})"
        )
    lasted_s = last.at_s - idle.at_s
    warm_s = idle.at_s + min(WARM_UP_S, lasted_s / 4)
    until_s = warm_s + min(FIRST_S, lasted_s / 4)
    early = median(each.rss_mib for each in between if warm_s <= each.at_s < until_s)
    late = median(each.rss_mib for each in between[-quarter:])
    growth = late / early - 1
    print(f"memory: {early:.1f} MiB after the warm-up, {late:.1f} MiB at the end, {growth:+.1%}")
    print(f"idle: {idle.fds} descriptors, {idle.tasks} tasks; then {last.fds}, {last.tasks}")
    said = [
        growth > GROWTH_MAX and f"memory grew by {growth:.1%}",
        last.fds > idle.fds and f"{last.fds - idle.fds} descriptors more",
        last.tasks > idle.tasks and f"{last.tasks - idle.tasks} tasks more",
    ]
    return [each for each in said if each]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak.llrp")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--rate", type=float, default=1_200.0, help="reads a second of each")
    parser.add_argument("--seed", type=int, default=1, help="other cuts")
    given = parser.parse_args(arguments)
    if min(given.minutes, given.readers, given.rate) <= 0:
        parser.error("minutes, readers, rate: expected more than 0")
    wanted = Soak(given.minutes, given.readers, given.rate, given.seed)
    print(
        f"soak: {wanted.readers} readers, {wanted.rate:g} reads a second each,"
        f" {wanted.minutes:g} minutes, seed {wanted.seed}",
        flush=True,
    )
    try:
        soak(wanted)
    except Failed as failed:
        print(f"FAILED: {failed}", file=sys.stderr)
        return 1
    print("nothing lost, nothing doubled, nothing grew")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
