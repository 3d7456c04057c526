"""How right the verdicts of a dock door are, on simulated days whose truth is known to the tag.

python -m benchmarks.accuracy [--passes 500 --hours 3000] [--only KIND] [--processes 2] [--csv FILE]

Every day is its own seed, and no threshold of the gateway was chosen on these: docs/accuracy.md
tells what the days model and what they do not. Two rules of thumb are judged by the same days.
"""

import argparse
import csv
import os
import sys
from collections import Counter
from collections.abc import Iterable
from multiprocessing import Pool
from pathlib import Path

from benchmarks.doors import speed, table
from benchmarks.doors.judged import METHODS, judge
from simulator.scene.dock_day import DAY_PLANS, PARKED_PLANS, DayPlan, parked

SEED = 500_000  # the first one
TOTAL = "all"

# Days of each kind, of 2 to 20 passes: over 5,000 passes.
DAYS = {
    "straight": 125,
    "straight, session 1": 15,
    "turned back": 25,
    "stop of 5 s": 25,
    "stop of 20 s": 20,
    "stop of 90 s": 15,
    "stop of 1 h": 2,
    "3 to 6 s apart": 35,
    "empty forklifts between": 40,
    "neighbour door": 20,
    "dead antenna": 25,
    "clock set": 25,
    "link lost, late backlog": 25,
}
PASSES = 5_000
# Each an hour in which some hundred tags are heard: over 30,000 tag-hours.
PARKED_DAYS = {"parked": 40, "parked, session 1": 200}
HOURS = 30_000
FORKLIFTS = 12
FORKLIFT_EVERY_S = (120.0, 480.0)

Counts = dict[str, Counter[str]]


def jobs(passes: int, hours: int, only: str | None) -> list[tuple[DayPlan, int]]:
    """Long ones first, so that no process is left with one at the end."""
    days = [
        (parked(PARKED_PLANS[kind], FORKLIFTS, FORKLIFT_EVERY_S), count * hours / HOURS)
        for kind, count in PARKED_DAYS.items()
    ]
    days += [(DAY_PLANS[kind], count * passes / PASSES) for kind, count in DAYS.items()]
    days.sort(key=lambda each: -each[0].stop_s[1])
    return [
        (plan, SEED + number)
        for plan, count in days
        if only is None or plan.kind == only
        for number in range(max(1, round(count)))
    ]


def add(days: Iterable[tuple[str, Counts]]) -> dict[str, Counts]:
    """By kind, and in total; kinds in the order of the tables above."""
    found: dict[str, Counts] = {kind: {} for kind in [*DAYS, *PARKED_DAYS, TOTAL]}
    for kind, counts in days:
        for each in (kind, TOTAL):
            for method, count in counts.items():
                found[each].setdefault(method, Counter()).update(count)
    return {kind: counts for kind, counts in found.items() if counts}


def run(work: list[tuple[DayPlan, int]], processes: int) -> dict[str, Counts]:
    if processes == 1:
        return add(_judged(job) for job in work)
    with Pool(processes) as pool:
        found = add(_shown(pool.imap_unordered(_judged, work), len(work)))
        pool.close()
        pool.join()
    return found


def cpu_s() -> float:
    """Of this process and those that it started and that are done."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _judged(job: tuple[DayPlan, int]) -> tuple[str, Counts]:
    plan, seed = job
    return plan.kind, judge(plan, seed)


def _shown(days: Iterable[tuple[str, Counts]], count: int) -> Iterable[tuple[str, Counts]]:
    for done, each in enumerate(days, start=1):
        print(f"\r{done}/{count} days", end="", file=sys.stderr, flush=True)
        yield each
    print(file=sys.stderr)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.accuracy")
    parser.add_argument("--passes", type=int, default=PASSES, metavar="N", help="about so many")
    parser.add_argument("--hours", type=int, default=HOURS, metavar="N", help="of parked tags")
    parser.add_argument("--only", choices=[*DAYS, *PARKED_DAYS], metavar="KIND")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--csv", type=Path, help="all counts, for whoever wants to know more")
    args = parser.parse_args(arguments)
    start_s = cpu_s()
    found = run(jobs(args.passes, args.hours, args.only), args.processes)
    took_s = cpu_s() - start_s
    print(table.as_markdown(table.rows(found, METHODS)))
    total = found[TOTAL][""]
    print(
        f"\n{total['passes']} passes, {total['parked_s'] / 3600:,.0f} parked tag-hours,"
        f" {total['reads']:,} reads, {took_s / 60:.0f} CPU minutes"
    )
    if args.csv is not None:
        _write(found, args.csv)
    print(speed.measured())
    return 0


def _write(found: dict[str, Counts], path: Path) -> None:
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        for kind, counts in found.items():
            for method, count in counts.items():
                lines.writerows([kind, method, *each] for each in sorted(count.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
