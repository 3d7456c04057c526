"""Which box is a tag on? How often a conveyor is right, beside what one would try first.

python -m benchmarks.accuracy_conveyor [SCENES [FIRST_SEED]]

Each scene is another belt (0.3 to 2 m/s, the antennas before or behind the eye, 1 to 30 tags a box,
0 to 20 tags beside the belt) with BOXES boxes. The gateway knows neither speed nor offset. The two
baselines are given the true offset: "read inside the window" says a tag is on each box in whose
window it was read; "first read" says it is on the box whose window is nearest to its first read.

precision  of the (tag, box) that were said, those that are true
recall     of the tags on boxes that gave a read, those that were said on theirs
"""

import math
import sys
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from drivers.base import GpiChange, TagRead
from gateway.core.box import Box
from gateway.core.conveyor import Conveyor
from gateway.core.identify import Identifier
from gateway.core.judgement import Verdict
from gateway.settings.conveyor import ConveyorTable
from simulator.scene.conveyor import ConveyorScene, EyeEdge, Ridden, drawn_shape
from simulator.scene.door import SceneRead

BOXES = 150
SCENES = 24
FIRST_SEED = 6_000  # the rules were made on others
TICK_S = 0.2
AFTER_S = 90.0

Pair = tuple[str, int]  # a tag's key, and the box's number


@dataclass
class Tally:
    """Counts of one way to tell."""

    said: int = 0
    true: int = 0
    tags: int = 0

    def add(self, said: set[Pair], truth: set[Pair]) -> None:
        self.said += len(said)
        self.true += len(said & truth)
        self.tags += len(truth)

    def __str__(self) -> str:
        wrong, missed = self.said - self.true, self.tags - self.true
        return (
            f"P {share(self.true, self.said):.4f} (wrong {wrong}/{self.said},"
            f" 95 %: <= {upper(wrong, self.said):.4f})"
            f"   R {share(self.true, self.tags):.4f} (missed {missed}/{self.tags},"
            f" 95 %: <= {upper(missed, self.tags):.4f})"
        )


@dataclass
class Found:
    ours: Tally = field(default_factory=Tally)
    inside: Tally = field(default_factory=Tally)
    first: Tally = field(default_factory=Tally)
    counts: Counter[str] = field(default_factory=Counter)


def share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan


def upper(seen: int, of: int) -> float:
    """One-sided 95 % bound of a rate: 3/n where none was seen, else Wilson's."""
    if not of:
        return math.nan
    if not seen:
        return min(1.0, 3 / of)
    z, p = 1.645, seen / of
    middle = p + z * z / (2 * of)
    return (middle + z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))) / (1 + z * z / of)


def judge(seed: int, found: Found) -> None:
    chance = Random(seed)
    scene = ConveyorScene(drawn_shape(chance, BOXES), chance)
    belt = Conveyor(_table().plan())
    identifier = Identifier(accept_raw=False)
    boxes: list[Box] = []
    reads: list[tuple[str, float]] = []
    ticked_s = 0.0
    at_s = 0.0
    for each in scene.play():
        at_s = each.at_s
        if at_s - ticked_s >= TICK_S:
            ticked_s = at_s
            boxes += belt.advance(_us(at_s))
        if isinstance(each, EyeEdge):
            boxes += belt.notice(GpiChange("tunnel", _us(at_s), 1, high=each.dark))
            continue
        sighting = identifier.sighting(_tag_read(each))
        reads.append((sighting.thing.key, at_s))
        boxes += belt.observe(sighting)
    boxes += belt.advance(_us(at_s + AFTER_S))
    _compare(scene, boxes, reads, found)


def _compare(
    scene: ConveyorScene, boxes: list[Box], reads: list[tuple[str, float]], found: Found
) -> None:
    truth = {(key, n) for n, box in enumerate(scene.boxes) for key in box.readable}
    number = {_us(box.start_s): n for n, box in enumerate(scene.boxes)}
    ours: set[Pair] = set()
    strays = {each.key for each in scene.strays}
    for box in boxes:
        for tag in box.tags:
            found.counts[str(tag.verdict)] += tag.verdict is not Verdict.STRAY
            if tag.verdict is Verdict.MOVED and box.window is not None:
                ours.add((tag.thing.key, number[box.window[0]]))
            if tag.thing.key in strays:
                found.counts[f"parked {tag.verdict}"] += 1
        found.counts.update(f"fault {fault}" for fault in box.faults)
    found.ours.add(ours, truth)
    offset_s = scene.shape.antennas_x_m / scene.shape.speed_m_s
    inside = {(key, n) for key, at_s in reads for n in _inside(scene.boxes, at_s - offset_s)}
    found.inside.add(inside, truth)
    firsts: dict[str, float] = {}
    for key, at_s in reads:
        firsts.setdefault(key, at_s)
    first = {(key, _nearest(scene.boxes, at_s - offset_s)) for key, at_s in firsts.items()}
    found.first.add(first, truth)
    found.counts["boxes"] += len(scene.boxes)
    found.counts["boxes without a read"] += sum(not box.readable for box in scene.boxes)
    found.counts["tags"] += sum(len(box.keys) for box in scene.boxes)
    found.counts["tags that gave no read"] += sum(
        len(box.keys) - len(box.readable) for box in scene.boxes
    )
    found.counts["parked tag-seconds"] += round(len(strays) * scene.boxes[-1].end_s)


def _inside(boxes: list[Ridden], at_s: float) -> list[int]:
    place = bisect_left(boxes, at_s, key=lambda box: box.end_s)
    return [place] if place < len(boxes) and boxes[place].start_s <= at_s else []


def _nearest(boxes: list[Ridden], at_s: float) -> int:
    place = bisect_left(boxes, at_s, key=lambda box: box.end_s)
    near = [n for n in (place - 1, place) if 0 <= n < len(boxes)]
    return min(near, key=lambda n: max(boxes[n].start_s - at_s, at_s - boxes[n].end_s, 0.0))


def _us(at_s: float) -> int:
    return round(at_s * 1e6)


def _tag_read(read: SceneRead) -> TagRead:
    at_us = _us(read.at_s)
    return TagRead(
        device="tunnel",
        antenna=read.antenna,
        epc=read.epc,
        first_us=at_us,
        last_us=at_us,
        pc=read.pc,
        rssi_dbm=float(read.rssi_dbm),
        channel=read.channel,
    )


def _table() -> ConveyorTable:
    return ConveyorTable.model_validate(
        {
            "name": "belt-1",
            "kind": "conveyor",
            "read_point": "urn:x:belt-1",
            "antennas": ("tunnel:1", "tunnel:2"),
            "trigger": "tunnel:gpi1",
        }
    )


def main(arguments: list[str]) -> int:
    scenes = int(arguments[0]) if arguments else SCENES
    first_seed = int(arguments[1]) if len(arguments) > 1 else FIRST_SEED
    found = Found()
    for seed in range(first_seed, first_seed + scenes):
        before = (found.ours.said, found.ours.true, found.ours.tags)
        judge(seed, found)
        said, true, tags = (
            now - then
            for now, then in zip(
                (found.ours.said, found.ours.true, found.ours.tags), before, strict=True
            )
        )
        shape = drawn_shape(Random(seed), BOXES)
        print(
            f"seed {seed}: {shape.speed_m_s:.2f} m/s, antennas at {shape.antennas_x_m:+.2f} m,"
            f" up to {shape.tags[1]} tags, {shape.strays} parked:"
            f" P {share(true, said):.4f} R {share(true, tags):.4f}"
        )
    print(f"conveyor                {found.ours}")
    print(f"read inside the window  {found.inside}")
    print(f"first read              {found.first}")
    for what, count in sorted(found.counts.items()):
        print(f"{what}: {count}")
    return (
        0
        if min(share(found.ours.true, found.ours.said), share(found.ours.true, found.ours.tags))
        >= 0.99
        else 1
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
