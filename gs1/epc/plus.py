"""The '+' schemes of TDS 2: the AIs of a key as they are, without the company prefix's length.

The theory in one page. Header (8 bits), toggle (1), filter (3); DSGTIN+ then says which date it
carries (4) and the date (16). The values of the key's AIs follow, each in the format of its AI
(`ai_formats`). With the toggle set, more AIs follow the key: each begins with its own digits, four
bits each, and the first two tell how many there are. Zeros fill the last word.
"""

from collections.abc import Callable
from functools import partial

from gs1 import keys
from gs1.epc.ai_bits import Bad, Reader, Short, Writer, read, write
from gs1.epc.ai_formats import AI_DIGITS, FORMATS, Piece
from gs1.epc.bits import in_words
from gs1.epc.model import Tag, TagReason, Unencodable
from gs1.keys import Key, Pairs

HEADER_BITS, AI_BITS, WORD_BITS = 8, 8, 16

# Name: header, AIs of the key in their order.
SCHEMES: dict[str, tuple[int, tuple[str, ...]]] = {
    "SGTIN+": (0xF7, ("01", "21")),
    "DSGTIN+": (0xFB, ("01", "21")),
    "SSCC+": (0xF9, ("00",)),
    "SGLN+": (0xF2, ("414", "254")),
    "GRAI+": (0xF1, ("8003",)),
    "GIAI+": (0xFA, ("8004",)),
    "GSRN+": (0xF4, ("8018",)),
    "GSRNP+": (0xF5, ("8017",)),
    "GDTI+": (0xF6, ("253",)),
    "CPI+": (0xF0, ("8010", "8011")),
    "SGCN+": (0xF8, ("255",)),
    "ITIP+": (0xF3, ("8006", "21")),
}
DATED = "DSGTIN+"
DATES = ("11", "13", "15", "16", "17", "7006", "7007")  # AIs by date type; 7007 is one day here
_DATE = Piece("date")


def encode(identity: Key, name: str, filter_value: int, data: Pairs) -> bytes | Unencodable:
    """The bits of `identity` in the scheme `name`, with `data` behind it."""
    header, ais = SCHEMES[name]
    values = dict(identity.pairs)
    if ais == ("414", "254"):
        values.setdefault("254", "0")  # no extension (TDS 1.13 §7.5)
    if tuple(values) != ais or identity.is_class or keys.from_pairs(values) != identity:
        return Unencodable(f"{identity.key}: not a key that {name} holds")
    writer = Writer()
    if name == DATED:
        if not data or data[0][0] not in DATES:
            return Unencodable(f"{name}: expected its date first, one of AIs {', '.join(DATES)}")
        (kind, date), *rest = data
    else:
        kind, date, rest = "", "", list(data)
    try:
        writer.put(header, HEADER_BITS)
        writer.put(bool(rest) << 3 | filter_value, 4)
        if kind:
            writer.put(DATES.index(kind), 4)
            _end(write(writer, _DATE, date))
        for ai in ais:
            _put(writer, ai, values[ai])
        for ai, value in rest:
            if len(ai) != AI_DIGITS.get(ai[:2]) or ai not in FORMATS:
                raise Bad
            writer.put(int(ai, 16), 4 * len(ai))
            _put(writer, ai, value)
    except Bad:
        told = ", ".join(f"({ai}) {value}" for ai, value in data)
        return Unencodable(f"{identity.key}: {name} cannot hold {told or 'it'}")
    return in_words(writer.value, writer.bits)


def _put(writer: Writer, ai: str, value: str) -> None:
    for piece in FORMATS[ai]:
        value = write(writer, piece, value)
    _end(value)


def _end(rest: str) -> None:
    if rest:
        raise Bad


def _decode(name: str, ais: tuple[str, ...], epc: bytes) -> Tag | TagReason:
    reader = Reader(int.from_bytes(epc), len(epc) * 8)
    data: list[tuple[str, str]] = []
    whole = True
    try:
        reader.take(HEADER_BITS)
        toggle, filter_value = reader.take(1), reader.take(3)
        if name == DATED:
            kind = reader.take(4)
            if kind >= len(DATES):
                return TagReason.VALUE
            data.append((DATES[kind], read(reader, _DATE)))
        values = {ai: _get(reader, ai) for ai in ais}
        if toggle:
            whole = _read_data(reader, data)
    except Short:
        return TagReason.LENGTH
    except Bad:
        return TagReason.VALUE
    identity = keys.from_pairs(values)
    if identity is None:
        return TagReason.VALUE
    if whole and reader.left >= WORD_BITS:
        return TagReason.LENGTH
    if whole and reader.take(reader.left):
        return TagReason.PADDING
    return Tag(name, identity, filter_value, None, tuple(data), whole)


def _read_data(reader: Reader, data: list[tuple[str, str]]) -> bool:
    """Adds the AIs behind the key; False where one comes whose format is not known here."""
    while reader.left >= WORD_BITS or reader.value & ((1 << reader.left) - 1):
        start = f"{reader.take(AI_BITS):02x}"
        more = AI_DIGITS.get(start, 2) - 2
        ai = start + (f"{reader.take(4 * more):0{more}x}" if more else "")
        if not ai.isdigit():
            raise Bad
        if ai not in FORMATS:
            return False
        data.append((ai, _get(reader, ai)))
    return True


def _get(reader: Reader, ai: str) -> str:
    return "".join([read(reader, piece) for piece in FORMATS[ai]])


DECODERS: dict[int, Callable[[bytes], Tag | TagReason]] = {
    header: partial(_decode, name, ais) for name, (header, ais) in SCHEMES.items()
}
