"""What a scan at a station means: a command, a place, a person, or goods.

Whoever works with a scanner alone has no keys: modes, quantities and the last step back are codes
on a sheet (`readpoint-gateway sheet`). They are Code 128, and each begins with `$RP.`:

- "$" is in neither of the character sets of GS1 element strings (82 and 39, GS1 General
  Specifications §7.11), a Digital Link URI begins with "http", and EAN, UPC and ITF have digits
  alone: so no good GS1 code is a command, whatever the scanner says of its symbology.
- A site's own numbers hardly ever begin with "$", and then not with "RP." behind it.
- Code 128 has it, and on the keyboards that scanners play it needs neither AltGr nor a dead key.
  A scanner with a wrong keymap sends other letters, which are no command at all.

A place is a GLN with or without extension (AI 414 and 254, as element strings or Digital Link), or
a label that the settings know. A badge is `$RP.OPERATOR.` with a name, or a code that the settings
know. A command wins over a label, a label over what the code would be else: it was set on purpose.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from gateway.core.identify import Scanned
from gs1 import barcode
from gs1.keys import Gtin, Lgtin, Sgln, Sgtin, Sscc
from gs1.refusal import shown

PREFIX = "$RP."
BADGE = f"{PREFIX}OPERATOR."
_QUANTITY = f"{PREFIX}QTY."
_NAME = re.compile(r"[A-Za-z0-9-]{1,32}")


class Command(StrEnum):
    """What a person may tell a station; the value stands in the code, behind the prefix."""

    RECEIVE = "RECEIVE"
    SHIP = "SHIP"
    MOVE = "MOVE"
    COUNT = "COUNT"
    UNDO = "UNDO"
    DONE = "DONE"
    CANCEL = "CANCEL"
    CLEAR = "QTY.CLEAR"

    @property
    def code(self) -> str:
        return PREFIX + self.value


@dataclass(frozen=True, slots=True)
class Digit:
    """One more digit of the quantity of what is scanned next."""

    value: int

    @property
    def code(self) -> str:
        return f"{_QUANTITY}{self.value}"


@dataclass(frozen=True, slots=True)
class Badge:
    operator: str


@dataclass(frozen=True, slots=True)
class Location:
    key: str
    text: str  # for a person


@dataclass(frozen=True, slots=True)
class Goods:
    """`is_class`: many things bear it, so it is counted, and may have a quantity."""

    key: str
    text: str  # for a person
    is_class: bool


class Why(StrEnum):
    """Why a scan is nothing that a station can use."""

    PLAIN = "plain"  # no GS1 key
    REFUSED = "refused"  # says to be of GS1, and is wrong
    NOT_STOCK = "not_stock"  # an asset, a document, a person, a piece
    NO_COMMAND = "no_command"  # begins as a command, and is none


@dataclass(frozen=True, slots=True)
class Unknown:
    key: str  # urn:readpoint:code:..., or the key of what is no stock
    text: str
    why: Why
    detail: str  # a sentence for a person


Meant = Command | Digit | Badge | Location | Goods | Unknown

_COMMANDS: Mapping[str, Command | Digit] = {
    each.code: each for each in (*Command, *map(Digit, range(10)))
}


def meant(scanned: Scanned, locations: Mapping[str, str], operators: Mapping[str, str]) -> Meant:
    """What the scan means; `locations` and `operators` are by the text of their codes.

    >>> code = barcode.parse(b"$RP.QTY.7", "C0")
    >>> meant(Scanned("hand-1", 0, "$RP.QTY.7", code), {}, {})
    Digit(value=7)
    """
    text = scanned.text
    if text.startswith(PREFIX):
        return _COMMANDS.get(text) or _badge(text) or _no_command(scanned)
    if text in locations:
        return Location(locations[text], text)
    if text in operators:
        return Badge(operators[text])
    match scanned.found:
        case barcode.Identified():
            return _identified(scanned.found, text)
        case barcode.Plain(key=key):
            return Unknown(key, shown(text), Why.PLAIN, f"{shown(text)}: no GS1 code")
        case barcode.Refused(key=key, why=why):
            return Unknown(key, shown(text), Why.REFUSED, why)
        case _:
            assert_never(scanned.found)


def operator_named(name: str) -> Badge | None:
    """The badge of somebody; None where it is no name that a badge can bear."""
    return Badge(name) if _NAME.fullmatch(name) else None


def _badge(text: str) -> Badge | None:
    return operator_named(text.removeprefix(BADGE)) if text.startswith(BADGE) else None


def _no_command(scanned: Scanned) -> Unknown:
    said = shown(scanned.text)
    return Unknown(scanned.found.key, said, Why.NO_COMMAND, f"{said}: no command of this release")


def _identified(found: barcode.Identified, text: str) -> Meant:
    said = " ".join(f"({ai}) {value}" for ai, value in found.identity.pairs)
    match found.identity:
        case Sgln():
            return Location(found.key, said)
        case Gtin() | Lgtin():
            return Goods(found.key, said, is_class=True)
        case Sgtin() | Sscc():
            return Goods(found.key, said, is_class=False)
        case _:
            return Unknown(found.key, said, Why.NOT_STOCK, f"{shown(text)}: no stock")
