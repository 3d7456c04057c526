"""How a dock door judges crossings that the simulator makes: shares of the scene's truth.

python -m benchmarks.door [SCENES]

Scene and rules without wires between them. It shows that the rules hold together on scenes whose
truth is known to the tag; how good they are on real doors only real read logs can tell.
"""

import sys
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from statistics import median

from drivers.base import TagRead
from gateway.core.dock_door import DockDoor, DoorPlan
from gateway.core.identify import Identifier
from gateway.core.judgement import Pass, Verdict
from gateway.settings.dock_door import DockDoorTable
from simulator.scene.crossing import Crossing
from simulator.scene.site import SiteScene

SECONDS = 300
DOORS = 3
STEP_S = 0.5
NEAR_S = 10.0  # a pass whose tags were read this long before or after is another one


@dataclass
class Judged:
    """One scene: what crossed, what the doors said of it, and what they had to leave alone."""

    truth: list[Crossing] = field(default_factory=list)
    passes: list[Pass] = field(default_factory=list)
    strays: set[str] = field(default_factory=set)

    def tally(self) -> Counter[str]:
        found: Counter[str] = Counter()
        taken: set[int] = set()
        for crossing in self.truth:
            found["crossings"] += 1
            found["readable"] += len(crossing.readable)
            mine = [each for each in self.passes if _tells_of(each, crossing)]
            if not mine:
                found["missed"] += 1
                continue
            first = mine[0]
            found["split"] += len(mine) > 1
            found["merged"] += id(first) in taken
            found["wrong direction"] += first.direction != crossing.direction
            taken.add(id(first))
            verdicts = {tag.thing.key: tag.verdict for tag in first.tags}
            for key in crossing.readable:
                found[f"goods {verdicts.get(key, 'absent')}"] += 1
        for each in self.passes:
            for tag in each.tags:
                if tag.thing.key in self.strays:
                    found[f"strays {tag.verdict}"] += 1
        return found


def judge(seed: int) -> Judged:
    names = [f"dock-{number + 1}" for number in range(DOORS)]
    scene = SiteScene(names, Random(seed))
    scene.stop_at(SECONDS)
    doors = {name: DockDoor(_plan(name)) for name in names}
    identifier = Identifier(accept_raw=False)
    judged = Judged()
    for step in range(1, round((SECONDS + 2 * NEAR_S) / STEP_S)):
        at_s = step * STEP_S
        for name, reads in scene.step(at_s).items():
            door = doors[name]
            for read in reads:
                at_us = round(read.at_s * 1e6)
                seen = TagRead(
                    device=name,
                    antenna=read.antenna,
                    epc=read.epc,
                    first_us=at_us,
                    last_us=at_us,
                    pc=read.pc,
                    rssi_dbm=float(read.rssi_dbm),
                    channel=read.channel,
                )
                judged.passes += door.observe(identifier.sighting(seen))
            judged.passes += door.advance(round(at_s * 1e6))
        judged.truth += scene.finished()
    judged.strays = {stray.key for door in scene.doors for stray in door.strays}
    return judged


def _plan(name: str) -> DoorPlan:
    table = DockDoorTable(
        name=name,
        kind="dock_door",
        read_point=f"urn:door:{name}",
        inner=(f"{name}:1", f"{name}:2"),
        outer=(f"{name}:3", f"{name}:4"),
    )
    return table.plan()


def _tells_of(each: Pass, crossing: Crossing) -> bool:
    if each.door != crossing.door:
        return False
    if abs(median(tag.visit.centre_us for tag in each.tags) / 1e6 - crossing.crossed_s) > NEAR_S:
        return False
    return any(
        tag.thing.key in crossing.readable for tag in each.tags if tag.verdict != Verdict.STRAY
    )


def main(arguments: list[str]) -> int:
    found: Counter[str] = Counter()
    for seed in range(int(arguments[0]) if arguments else 12):
        found += judge(seed).tally()
    crossings, readable = found["crossings"], found["readable"]
    right = crossings - found["missed"] - found["wrong direction"]
    print(f"direction right: {right}/{crossings} of the crossings = {right / crossings:.4f}")
    print(f"missed {found['missed']}, merged {found['merged']}, split {found['split']}")
    for verdict in ("moved", "uncertain", "stray", "absent"):
        count = found[f"goods {verdict}"]
        print(f"goods {verdict}: {count}/{readable} of the readable tags = {count / readable:.4f}")
    print(f"strays moved: {found['strays moved']}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
