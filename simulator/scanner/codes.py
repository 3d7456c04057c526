"""What a simulated scanner reads, as bytes, and what may happen to them on the way."""

from collections.abc import Sequence
from random import Random

from gs1.check_digit import check_digit

_PREFIX = "9521141"  # GS1's own, for examples


def codes(count: int, seed: int) -> list[bytes]:
    """Always the same for a seed: GTINs with serials and SSCCs, as GS1-128 with its AIM id."""
    chance = Random(seed)
    return [_sscc(chance) if number % 4 == 3 else _serial(chance) for number in range(count)]


def byte_by_byte(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


def noise(size: int, seed: int) -> bytes:
    """What a bad cable says: no byte of it ends a scan, and none is of a code."""
    return bytes(Random(seed).choices(range(0x80, 0x100), k=size))


def cut(data: bytes) -> bytes:
    """The first half of it."""
    return data[: len(data) // 2]


def joined(messages: Sequence[bytes], end: bytes, start: bytes = b"") -> bytes:
    """As they would come in one read."""
    return b"".join(start + each + end for each in messages)


def _serial(chance: Random) -> bytes:
    body = f"0{_PREFIX}{chance.randrange(100_000):05}"
    return f"]C101{body}{check_digit(body)}21{chance.randrange(1_000_000)}".encode()


def _sscc(chance: Random) -> bytes:
    body = f"1{_PREFIX}{chance.randrange(10**9):09}"
    return f"]C100{body}{check_digit(body)}".encode()
