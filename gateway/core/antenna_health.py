"""Which antennas of a read point have gone silent: a cable that a forklift tore off tells nobody.

The reader may not know. Its antenna port still looks matched, or it does not look. But an antenna
that heard something in nearly every pass, and hears nothing while those beside it do, is told:

    silent     so many passes in a row that with its share of passes until then, this comes by
               chance once in CHANCE passes; and at least PASSES_MIN

An antenna that seldom hears (one at the top of the gate) has a small share, and is waited for
longer; one that never heard is told after NEVER_MIN passes. The share is of the passes before the
silence began. What it learned is forgotten at a restart: then it learns anew.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from gateway.core.visit import Visit

CHANCE = 10_000  # a false word in so many passes: once in a year of a door with thirty a day
PASSES_MIN = 3  # a single odd load says nothing
NEVER_MIN = 20  # passes, of which one that works would have heard one
TAGS_MIN = 3  # in a pass; of one tag it may be chance who hears it


@dataclass(slots=True)
class _Share:
    heard: int = 0
    passes: int = 0
    silent: int = 0  # passes in a row since it was heard

    @property
    def is_silent(self) -> bool:
        if not self.heard:
            return self.silent >= NEVER_MIN
        # Laplace's rule, so that one that heard all is not taken to hear all for ever.
        share = (self.heard + 1) / (self.passes - self.silent + 2)
        return self.silent >= max(PASSES_MIN, math.log(CHANCE) / -math.log(1 - share))


@dataclass(slots=True)
class AntennaHealth:
    """Tell it of each pass; it says who is silent."""

    antennas: Collection[str]
    _shares: dict[str, _Share] = field(init=False)

    def __post_init__(self) -> None:
        self._shares = {antenna: _Share() for antenna in self.antennas}

    def tell(self, went_by: Sequence[Visit]) -> None:
        """A pass: the visits of the tags that are known to have gone by."""
        if len(went_by) < TAGS_MIN:
            return
        heard = {antenna for visit in went_by for antenna in visit.heard}
        for antenna, share in self._shares.items():
            share.passes += 1
            if antenna in heard:
                share.heard += 1
                share.silent = 0
            else:
                share.silent += 1

    @property
    def silent(self) -> tuple[str, ...]:
        return tuple(sorted(name for name, share in self._shares.items() if share.is_silent))
