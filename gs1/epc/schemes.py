"""The EPC schemes with a company prefix: their headers, widths and families, as tables.

The theory in one page. Header (8 bits), filter (3), partition (3); the partition says how many
bits and digits the company prefix has, and what the prefix does not take of the field behind it
the reference has (TDS 1.13 §14.5). Then comes what tells one thing from the next: a number, a
text of seven bits a character, or nothing but zeros.

A family is one key in two forms, the pure identity's parts and the key: `join` and `split` are
each other's inverse, and URIs use them as much as bits do. Four families (pgln, ginc, gsin, upui)
have a pure identity and no tag.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gs1 import keys
from gs1.check_digit import check_digit
from gs1.keys import (
    Cpid,
    Gcn,
    Gdti,
    Giai,
    Ginc,
    Grai,
    Gsin,
    Gsrn,
    Gsrnp,
    Itip,
    Key,
    Pgln,
    Sgln,
    Sgtin,
    Sscc,
    Upui,
)

PREFIX_BITS = (40, 37, 34, 30, 27, 24, 20)  # by partition; the prefix has 12 - partition digits
PREFIX_DIGITS_MIN, PREFIX_DIGITS_MAX = 6, 12

Parts = tuple[str, ...]  # company prefix, reference, and what follows in the pure identity


@dataclass(frozen=True, slots=True)
class Scheme:
    """One binary scheme. `bits` is 0 where the length varies."""

    name: str
    header: int
    bits: int
    family: str
    reference: Literal["digits", "number", "text", "six"]
    both_bits: int  # prefix and reference together
    both_digits: int  # the most that both have together
    tail: Literal["none", "number", "text", "coupon", "six"]
    tail_bits: int = 0
    tail_max: int = 0  # of a number, where it is less than its bits hold
    pieces: bool = False  # piece and total of an ITIP stand before the tail


SCHEMES = (
    Scheme("SGTIN-96", 0x30, 96, "sgtin", "digits", 44, 13, "number", 38),
    Scheme("SGTIN-198", 0x36, 198, "sgtin", "digits", 44, 13, "text", 140),
    Scheme("SSCC-96", 0x31, 96, "sscc", "digits", 58, 17, "none", 24),
    Scheme("SGLN-96", 0x32, 96, "sgln", "digits", 41, 12, "number", 41),
    Scheme("SGLN-195", 0x39, 195, "sgln", "digits", 41, 12, "text", 140),
    Scheme("GRAI-96", 0x33, 96, "grai", "digits", 44, 12, "number", 38),
    Scheme("GRAI-170", 0x37, 170, "grai", "digits", 44, 12, "text", 112),
    Scheme("GIAI-96", 0x34, 96, "giai", "number", 82, 25, "none"),
    Scheme("GIAI-202", 0x38, 202, "giai", "text", 188, 30, "none"),
    Scheme("GSRN-96", 0x2D, 96, "gsrn", "digits", 58, 17, "none", 24),
    Scheme("GSRNP-96", 0x2E, 96, "gsrnp", "digits", 58, 17, "none", 24),
    Scheme("GDTI-96", 0x2C, 96, "gdti", "digits", 41, 12, "number", 41),
    Scheme("GDTI-113", 0x3A, 113, "gdti", "digits", 41, 12, "number", 58, 10**17 - 1),
    Scheme("GDTI-174", 0x3E, 174, "gdti", "digits", 41, 12, "text", 119),
    Scheme("CPI-96", 0x3C, 96, "cpi", "number", 51, 15, "number", 31),
    Scheme("CPI-var", 0x3D, 0, "cpi", "six", 0, 30, "number", 40, 10**12 - 1),
    Scheme("SGCN-96", 0x3F, 96, "sgcn", "digits", 41, 12, "coupon", 41, 2 * 10**12 - 1),
    Scheme("ITIP-110", 0x40, 110, "itip", "digits", 44, 13, "number", 38, pieces=True),
    Scheme("ITIP-212", 0x41, 212, "itip", "digits", 44, 13, "text", 140, pieces=True),
)

# Prefix and reference together, in the families where their count is fixed.
DIGITS = {
    "sgtin": 13, "upui": 13, "itip": 13, "sscc": 17, "gsrn": 17, "gsrnp": 17, "gsin": 16,
    "sgln": 12, "pgln": 12, "grai": 12, "gdti": 12, "sgcn": 12,
}  # fmt: skip


def _checked(digits: str) -> str:
    return digits + check_digit(digits)


def _gtin(parts: Parts) -> str:
    reference = parts[1]
    return _checked(reference[0] + parts[0] + reference[1:])


def _no_zero(extension: str) -> str | None:
    return None if extension == "0" else extension


# From the parts of the pure identity to the key. Values are as wide as the scheme has them.
_JOIN: dict[str, Callable[[Parts], Key]] = {
    "sgtin": lambda p: Sgtin(_gtin(p), p[2]),
    "upui": lambda p: Upui(_gtin(p), p[2]),
    "itip": lambda p: Itip(_gtin(p), p[2], p[3], p[4]),
    "sscc": lambda p: Sscc(_gtin(p)),
    "gsrn": lambda p: Gsrn(_checked(p[0] + p[1])),
    "gsrnp": lambda p: Gsrnp(_checked(p[0] + p[1])),
    "sgln": lambda p: Sgln(_checked(p[0] + p[1]), _no_zero(p[2])),
    "pgln": lambda p: Pgln(_checked(p[0] + p[1])),
    "grai": lambda p: Grai(_checked(p[0] + p[1]), p[2]),
    "gdti": lambda p: Gdti(_checked(p[0] + p[1]), p[2]),
    "sgcn": lambda p: Gcn(_checked(p[0] + p[1]), p[2]),
    "giai": lambda p: Giai(p[0] + p[1]),
    "cpi": lambda p: Cpid(p[0] + p[1], p[2]),
    "ginc": lambda p: Ginc(p[0] + p[1]),
    "gsin": lambda p: Gsin(_checked(p[0] + p[1])),
}


def join(family: str, parts: Parts) -> Key:
    """The key of which these are the parts.

    >>> join("sgtin", ("0614141", "812345", "6789"))
    Sgtin(gtin='80614141123458', serial='6789')
    """
    return _JOIN[family](parts)


def split(identity: Key, prefix_digits: int) -> tuple[str, Parts] | None:
    """(family, parts) of a key; None for a key that is no EPC, as one without its serial.

    >>> split(Sscc("106141412345678908"), 7)
    ('sscc', ('0614141', '1234567890'))
    """
    end = 1 + prefix_digits
    match identity:
        case Sgtin(gtin=g, serial=serial):
            return "sgtin", (g[1:end], g[0] + g[end:-1], serial)
        case Itip(gtin=g, piece=piece, total=total, serial=str(serial)):
            return "itip", (g[1:end], g[0] + g[end:-1], piece, total, serial)
        case Sscc(sscc=g):
            return "sscc", (g[1:end], g[0] + g[end:-1])
        case Gsrn(gsrn=g, srin=None):
            return "gsrn", (g[: end - 1], g[end - 1 : -1])
        case Gsrnp(gsrn=g, srin=None):
            return "gsrnp", (g[: end - 1], g[end - 1 : -1])
        case Giai(giai=g):
            return "giai", (g[: end - 1], g[end - 1 :])
        case _:
            return _split_serial(identity, prefix_digits)


def _split_serial(identity: Key, end: int) -> tuple[str, Parts] | None:
    match identity:
        case Sgln(gln=g, extension=extension):
            return "sgln", (g[:end], g[end:-1], extension or "0")
        case Grai(asset_type=g, serial=str(serial)):
            return "grai", (g[:end], g[end:-1], serial)
        case Gdti(document_type=g, serial=str(serial)):
            return "gdti", (g[:end], g[end:-1], serial)
        case Gcn(coupon=g, serial=str(serial)):
            return "sgcn", (g[:end], g[end:-1], serial)
        case Cpid(cpid=g, serial=str(serial)):
            return "cpi", (g[:end], g[end:], serial)
        case _:
            return _split_untagged(identity, end)


def _split_untagged(identity: Key, end: int) -> tuple[str, Parts] | None:
    match identity:
        case Upui(gtin=g, tpx=tpx):
            return "upui", (g[1 : 1 + end], g[0] + g[1 + end : -1], tpx)
        case Pgln(gln=g):
            return "pgln", (g[:end], g[end:-1])
        case Ginc(ginc=g):
            return "ginc", (g[:end], g[end:])
        case Gsin(gsin=g):
            return "gsin", (g[:end], g[end:-1])
        case _:
            return None


def is_key(identity: Key) -> bool:
    """Whether the values are such as the key may have: digits, check digit, characters."""
    return keys.from_pairs(dict(identity.pairs)) == identity
