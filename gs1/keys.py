"""What a thing is, as GS1 names it: trade items, logistic units, places, assets, documents, parts.

A key is one or more application identifiers (AI) with their values: `pairs`, in the order of the
GS1 Digital Link syntax. Its one canonical spelling is the Digital Link URI of these pairs (GS1
Digital Link URI Syntax §4), so that two devices that saw one thing say the same word, whatever
they read it from.

What tells one thing from the next belongs to the key, and nothing else does: an item with a serial
is that item, whether a code also gives its lot or not. Keys without the part that tells things
apart are class keys (`is_class`): many things bear them, and they are only ever counted.
"""

from collections.abc import Callable, Mapping
from urllib.parse import unquote

from gs1 import check_digit
from gs1.characters import CHARACTER_SET_39, CHARACTER_SET_82
from gs1.kinds import (
    DOMAIN,
    Cpid,
    Gcn,
    Gdti,
    Giai,
    Ginc,
    Gmn,
    Grai,
    Gsin,
    Gsrn,
    Gsrnp,
    Gtin,
    Itip,
    Key,
    Lgtin,
    Pairs,
    PaymentSlip,
    Pgln,
    Sgln,
    Sgtin,
    Sscc,
    Upui,
    digital_link,
)

__all__ = [
    "Cpid",
    "DOMAIN",
    "Gcn",
    "Gdti",
    "Giai",
    "Ginc",
    "Gmn",
    "Grai",
    "Gsin",
    "Gsrn",
    "Gsrnp",
    "Gtin",
    "Itip",
    "Key",
    "Lgtin",
    "Pairs",
    "PaymentSlip",
    "Pgln",
    "Sgln",
    "Sgtin",
    "Sscc",
    "Upui",
    "digital_link",
    "CHARACTER_SET_39",
    "CHARACTER_SET_82",
    "SERIAL_CHARACTERS_MAX",
    "from_pairs",
    "is_digits",
    "is_serial",
    "is_text",
    "parse",
]

SERIAL_CHARACTERS_MAX = 20  # AI 21 (GS1 General Specifications §3.5.2)


def parse(uri: str) -> Key | None:
    """The key that a canonical Digital Link URI spells; None for any other text.

    Only the canonical spelling is a key: another domain, a query, a wrong check digit or an
    escape that was not needed gives None, because a second spelling would be a second identity.

    >>> parse("https://id.gs1.org/01/09521141012345/21/32a%2Fb")
    Sgtin(gtin='09521141012345', serial='32a/b')
    >>> parse("https://id.gs1.org/01/09521141012346") is None
    True
    """
    if not uri.startswith(f"{DOMAIN}/"):
        return None
    match uri.removeprefix(f"{DOMAIN}/").split("/"):
        case [ai, value]:
            pairs = {ai: unquote(value, errors="replace")}
        case [ai, value, more, its]:
            pairs = {
                ai: unquote(value, errors="replace"),
                more: unquote(its, errors="replace"),
            }
        case _:
            return None
    key = from_pairs(pairs)
    return key if key is not None and key.key == uri else None


def from_pairs(pairs: Mapping[str, str]) -> Key | None:
    """The key that the pairs of one code name; None where they name none.

    Pairs that only describe the thing (dates, weights, the lot of an item with serial) are passed
    over. A code with several keys names the first of `_MAKERS`: of a pallet's label that is the
    logistic unit, not what is in it.

    >>> from_pairs({"01": "09521141012345", "17": "271231", "10": "A-1", "21": "7"})
    Sgtin(gtin='09521141012345', serial='7')
    """
    for ai, make in _MAKERS.items():
        value = pairs.get(ai)
        if value is not None:
            return make(value, pairs)
    return None


def is_serial(text: str) -> bool:
    """Whether `text` may be the value of AI 21."""
    return is_text(text, SERIAL_CHARACTERS_MAX)


def is_text(text: str, characters_max: int) -> bool:
    """Whether `text` has 1 to `characters_max` characters, all of character set 82."""
    return 1 <= len(text) <= characters_max and CHARACTER_SET_82.issuperset(text)


def is_digits(text: str, digits_max: int) -> bool:
    """Whether `text` has 1 to `digits_max` ASCII digits."""
    return len(text) <= digits_max and check_digit.is_digits(text)


def _item(gtin: str, pairs: Mapping[str, str]) -> Key | None:
    if not check_digit.is_valid(gtin, 14):
        return None
    if (serial := pairs.get("21")) is not None:
        return Sgtin(gtin, serial) if is_serial(serial) else None
    if (tpx := pairs.get("235")) is not None:
        return Upui(gtin, tpx) if is_text(tpx, 28) else None
    if (lot := pairs.get("10")) is not None:
        return Lgtin(gtin, lot) if is_text(lot, 20) else None
    return Gtin(gtin)


def _itip(itip: str, pairs: Mapping[str, str]) -> Key | None:
    gtin, piece, total, serial = itip[:14], itip[14:16], itip[16:], pairs.get("21")
    good = (
        check_digit.is_valid(gtin, 14)
        and len(itip) == 18
        and is_digits(piece + total, 4)
        and "00" < piece <= total
        and (serial is None or is_serial(serial))
    )
    return Itip(gtin, piece, total, serial) if good else None


def _place(gln: str, pairs: Mapping[str, str]) -> Key | None:
    extension = pairs.get("254")
    if extension == "0":
        extension = None
    good = check_digit.is_valid(gln, 13) and (extension is None or is_text(extension, 20))
    return Sgln(gln, extension) if good else None


def _returnable(value: str, pairs: Mapping[str, str]) -> Key | None:
    serial = value[14:] or None
    good = (
        value[:1] == "0"
        and check_digit.is_valid(value[1:14], 13)
        and (serial is None or is_text(serial, 16))
    )
    return Grai(value[1:14], serial) if good else None


def _recipient(gsrn: str, pairs: Mapping[str, str]) -> Key | None:
    srin = pairs.get("8019")
    return Gsrn(gsrn, srin) if _is_service(gsrn, srin) else None


def _provider(gsrn: str, pairs: Mapping[str, str]) -> Key | None:
    srin = pairs.get("8019")
    return Gsrnp(gsrn, srin) if _is_service(gsrn, srin) else None


def _is_service(gsrn: str, srin: str | None) -> bool:
    return check_digit.is_valid(gsrn, 18) and (srin is None or is_digits(srin, 10))


def _document(value: str, pairs: Mapping[str, str]) -> Key | None:
    serial = value[13:] or None
    good = check_digit.is_valid(value[:13], 13) and (serial is None or is_text(serial, 17))
    return Gdti(value[:13], serial) if good else None


def _coupon(value: str, pairs: Mapping[str, str]) -> Key | None:
    serial = value[13:] or None
    good = check_digit.is_valid(value[:13], 13) and (serial is None or is_digits(serial, 12))
    return Gcn(value[:13], serial) if good else None


def _part(cpid: str, pairs: Mapping[str, str]) -> Key | None:
    serial = pairs.get("8011")
    good = 1 <= len(cpid) <= 30 and CHARACTER_SET_39.issuperset(cpid)
    if serial is not None:
        good = good and is_digits(serial, 12) and (serial == "0" or serial[0] != "0")
    return Cpid(cpid, serial) if good else None


def _model(gmn: str, _: Mapping[str, str]) -> Key | None:
    good = is_text(gmn, 25) and len(gmn) >= 3
    return Gmn(gmn) if good and check_digit.check_pair(gmn[:-2]) == gmn[-2:] else None


def _payment(gln: str, pairs: Mapping[str, str]) -> Key | None:
    reference = pairs.get("8020", "")
    good = check_digit.is_valid(gln, 13) and is_text(reference, 25)
    return PaymentSlip(gln, reference) if good else None


# Primary keys, those that a code is about before those that may only stand beside them.
_MAKERS: dict[str, Callable[[str, Mapping[str, str]], Key | None]] = {
    "00": lambda value, _: Sscc(value) if check_digit.is_valid(value, 18) else None,
    "01": _item,
    "8006": _itip,
    "8003": _returnable,
    "8004": lambda value, _: Giai(value) if is_text(value, 30) else None,
    "8010": _part,
    "8013": _model,
    "253": _document,
    "255": _coupon,
    "8017": _provider,
    "8018": _recipient,
    "414": _place,
    "417": lambda value, _: Pgln(value) if check_digit.is_valid(value, 13) else None,
    "401": lambda value, _: Ginc(value) if is_text(value, 30) else None,
    "402": lambda value, _: Gsin(value) if check_digit.is_valid(value, 17) else None,
    "415": _payment,
}
