"""Chance that stays the same: a draw belongs to a place, not to the moment it is asked for.

A parked tag is seen at one antenna and on one channel by the same fading an hour later. So the
frozen part of the air is no sequence of draws but a function: hash of (seed, what, where). Asked
in any order, as often as one likes, it answers alike.
"""

import cmath
import math
from dataclasses import dataclass
from hashlib import blake2b
from random import Random

_UNIT = 1 << 64
_SQRT_2 = math.sqrt(2.0)


@dataclass(frozen=True, slots=True)
class FrozenChance:
    """Normal draws by name."""

    _key: bytes

    @classmethod
    def drawn_from(cls, chance: Random) -> "FrozenChance":
        return cls(chance.getrandbits(256).to_bytes(32))

    def complex_normal(self, name: bytes) -> complex:
        """Circular complex normal with mean square 1: the sum of many small echoes."""
        digest = blake2b(name, digest_size=16, key=self._key).digest()
        level = (int.from_bytes(digest[:8]) + 1) / _UNIT  # in (0, 1]: its logarithm exists
        turn = int.from_bytes(digest[8:]) / _UNIT
        return cmath.rect(math.sqrt(-math.log(level)), math.tau * turn)

    def normal(self, name: bytes) -> float:
        """Normal with mean 0 and standard deviation 1."""
        return self.complex_normal(name).real * _SQRT_2
