"""What one line of `readpoint-gateway decode` asks, and the answer: a tag or a bar code, named.

A line is bad in its own way, and its answer says so; no line keeps the next one from being read.
"""

import re
from enum import StrEnum

from gs1 import barcode
from gs1.epc.codec import decode
from gs1.epc.model import Unknown
from gs1.keys import Pairs
from gs1.trade_number import Region
from wire.json import JsonObject, NotJson, decode_object

LINE_BYTES_MAX = 64 << 10  # a code is at most 8 KiB, six-fold where JSON escapes each character

_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})*")
_PC = re.compile(r"[0-9A-Fa-f]{4}")


class LineReason(StrEnum):
    """Why a line asks nothing. Scripts read the words; they are never renamed."""

    EMPTY = "line_empty"
    LONG = "line_too_long"
    JSON = "line_not_json"
    ASK = "line_not_understood"  # neither {"epc", "pc"?} in hexadecimal nor {"barcode"}


def answer(line: bytes, region: Region | None = None) -> JsonObject:
    """The answer to one line, without its end.

    >>> answer(b'{"barcode": "]E09521141012345"}')["key"]
    'https://id.gs1.org/01/09521141012345'
    """
    if not line.strip():
        return _said(error=LineReason.EMPTY)
    if len(line) > LINE_BYTES_MAX:
        return _said(error=LineReason.LONG)
    try:
        asked = decode_object(line, LINE_BYTES_MAX)
    except NotJson:
        return _said(error=LineReason.JSON)
    match asked:
        case {"epc": str(bits), "pc": str(pc), **more} if "barcode" not in more:
            good = _HEX.fullmatch(bits) and _PC.fullmatch(pc)
            return _tag(bits, int(pc, 16)) if good else _said(error=LineReason.ASK)
        case {"epc": str(bits), **more} if not more.keys() & {"barcode", "pc"}:
            return _tag(bits, None) if _HEX.fullmatch(bits) else _said(error=LineReason.ASK)
        case {"barcode": str(text), **more} if "epc" not in more:
            return _barcode(text.encode(), region)
        case _:
            return _said(error=LineReason.ASK)


def _barcode(data: bytes, region: Region | None) -> JsonObject:
    found = barcode.parse(data, None, region)
    if isinstance(found, barcode.Plain):
        return _said(found.key, symbology=found.symbology)
    if isinstance(found, barcode.Refused):
        return _said(found.key, None, found.pairs, symbology=found.symbology, error=found.reason)
    scheme = type(found.identity).__name__.upper()
    return _said(found.key, scheme, found.pairs, symbology=found.symbology)


def _tag(bits: str, pc: int | None) -> JsonObject:
    """The one place here that knows how tags are decoded."""
    tag = decode(bytes.fromhex(bits), pc)
    if isinstance(tag, Unknown):
        return _said(tag.raw, error=tag.reason)
    return _said(tag.key, tag.scheme, tag.pairs, epc_uri=tag.epc_uri, filter_value=tag.filter_value)


def _said(
    key: str | None = None,
    scheme: str | None = None,
    pairs: Pairs = (),
    *,
    epc_uri: str | None = None,
    filter_value: int | None = None,
    symbology: str | None = None,
    error: StrEnum | None = None,
) -> JsonObject:
    return {
        "key": key,
        "scheme": scheme,
        "ai": dict(pairs),
        "epc_uri": epc_uri,
        "filter": filter_value,
        "symbology": symbology,
        "error": None if error is None else error.value,
    }
