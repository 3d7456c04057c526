"""The value of an application identifier in the bits of a '+' tag, and back (TDS 2.2 §14.5)."""

from collections.abc import Callable
from dataclasses import dataclass

from gs1.check_digit import is_digits
from gs1.epc.ai_formats import Piece
from gs1.keys import CHARACTER_SET_39, CHARACTER_SET_82

_HEX_UPPER, _HEX_LOWER = "0123456789ABCDEF", "0123456789abcdef"
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_CODE_40 = "\0ABCDEFGHIJKLMNOPQRSTUVWXYZ-.:0123456789"
_CHARACTERS = CHARACTER_SET_82 | CHARACTER_SET_39
_INTEGER, _UPPER, _LOWER, _BASE, _ASCII, _URN = range(6)  # encoding indicators (table E)
_ENDED, _PARTED = 0xF, 0xE  # what follows the digits of a part: nothing, or text
INTEGER_BITS = [(10**digits - 1).bit_length() for digits in range(91)]  # table B


class Bad(Exception):
    """The bits are no value; only `plus` sees it."""


class Short(Bad):
    """There are fewer bits than the value needs."""


@dataclass(slots=True)
class Reader:
    """Takes bits off the front of a row of `left` bits."""

    value: int
    left: int

    def take(self, bits: int) -> int:
        if bits > self.left:
            raise Short
        self.left -= bits
        return self.value >> self.left & ((1 << bits) - 1)


@dataclass(slots=True)
class Writer:
    value: int = 0
    bits: int = 0

    def put(self, value: int, bits: int) -> None:
        self.value, self.bits = self.value << bits | value, self.bits + bits


def read(reader: Reader, piece: Piece) -> str:
    """Raises Bad where the bits run out or mean nothing."""
    return _READ[piece.kind](reader, piece)


def write(writer: Writer, piece: Piece, text: str) -> str:
    """Puts as much of `text` as the piece takes, and returns the rest. Raises Bad if it cannot."""
    return _WRITE[piece.kind](writer, piece, text)


# -- reading --------------------------------------------------------------------------------------


def _read_bcd(reader: Reader, piece: Piece) -> str:
    digits = f"{reader.take(4 * piece.fixed):0{piece.fixed}x}"
    if not digits.isdigit():
        raise Bad
    return digits


def _number(reader: Reader, digits: int) -> str:
    text = f"{reader.take(INTEGER_BITS[digits]):0{digits}d}" if digits else ""
    if len(text) > digits:
        raise Bad
    return text


def _read_int(reader: Reader, piece: Piece) -> str:
    return _number(reader, piece.fixed)


def _read_digits(reader: Reader, piece: Piece) -> str:
    length = reader.take(piece.length_bits)
    if length > piece.characters_max:
        raise Bad
    return _number(reader, length)


def _read_text(reader: Reader, piece: Piece) -> str:
    encoding, length = reader.take(3), reader.take(piece.length_bits)
    if length > piece.characters_max:
        raise Bad
    match encoding:
        case 0:
            return _number(reader, length)
        case 1:
            return f"{reader.take(4 * length):0{length}X}" if length else ""
        case 2:
            return f"{reader.take(4 * length):0{length}x}" if length else ""
        case 3:
            return "".join([_BASE64[reader.take(6)] for _ in range(length)])
        case 4:
            text = "".join([chr(reader.take(7)) for _ in range(length)])
        case 5:
            text = _read_urn(reader, length)
        case _:
            raise Bad
    if not _CHARACTERS.issuperset(text):
        raise Bad
    return text


def _read_urn(reader: Reader, length: int) -> str:
    text = ""
    for _ in range((length + 2) // 3):
        high, low = divmod(reader.take(16) - 1, 1600)
        middle, last = divmod(low, 40)
        if not 0 <= high < 40:
            raise Bad
        text += _CODE_40[high] + _CODE_40[middle] + _CODE_40[last]
    if text[length:].strip("\0"):
        raise Bad
    return text[:length]


def _read_part(reader: Reader, piece: Piece) -> str:
    digits = ""
    while (code := reader.take(4)) < 10:
        digits += str(code)
    if code == _PARTED:
        rest = _read_text(reader, piece)
        if not rest or rest[0].isdigit():
            raise Bad
        digits += rest
    elif code != _ENDED:
        raise Bad
    if len(digits) > piece.characters_max:
        raise Bad
    return digits


def _read_date(reader: Reader, piece: Piece) -> str:
    year, month, day = reader.take(7), reader.take(4), reader.take(5)
    if year > 99 or not 1 <= month <= 12:
        raise Bad
    return f"{year:02d}{month:02d}{day:02d}"


def _read_time(reader: Reader, piece: Piece) -> str:
    day, hour, minute = _read_date(reader, piece), reader.take(5), reader.take(6)
    if minute > 59:  # 99 hours and minutes, "no time", do not fit the bits
        raise Bad
    return f"{day}{hour:02d}{minute:02d}"


def _read_bit(reader: Reader, piece: Piece) -> str:
    return str(reader.take(1))


def _read_letters(reader: Reader, piece: Piece) -> str:
    return "".join([_BASE64[reader.take(6)] for _ in range(piece.fixed)])


def _read_minus(reader: Reader, piece: Piece) -> str:
    return "-" if reader.take(1) else ""


def _read_order(reader: Reader, piece: Piece) -> str:
    place, total = reader.take(4), reader.take(4)
    if place > 9 or total > 9:
        raise Bad
    return f"{place}/{total}"


# -- writing --------------------------------------------------------------------------------------


def _write_bcd(writer: Writer, piece: Piece, text: str) -> str:
    writer.put(int(_digits(text, piece.fixed), 16), 4 * piece.fixed)
    return text[piece.fixed :]


def _write_int(writer: Writer, piece: Piece, text: str) -> str:
    writer.put(int(_digits(text, piece.fixed)), INTEGER_BITS[piece.fixed])
    return text[piece.fixed :]


def _digits(text: str, count: int) -> str:
    found = text[:count]
    if len(found) < count or not is_digits(found):
        raise Bad
    return found


def _write_digits(writer: Writer, piece: Piece, text: str) -> str:
    if len(text) > piece.characters_max or (text and not _digits(text, len(text))):
        raise Bad
    writer.put(len(text), piece.length_bits)
    writer.put(int(text or "0"), INTEGER_BITS[len(text)])
    return ""


def _write_text(writer: Writer, piece: Piece, text: str) -> str:
    length = len(text)
    if length > piece.characters_max or not _CHARACTERS.issuperset(text):
        raise Bad
    sizes = {
        encoding: bits
        for encoding, characters, bits in (
            (_INTEGER, "0123456789", INTEGER_BITS[length]),
            (_UPPER, _HEX_UPPER, 4 * length),
            (_LOWER, _HEX_LOWER, 4 * length),
            (_URN, _CODE_40[1:], (length + 2) // 3 * 16),
            (_BASE, _BASE64, 6 * length),
            (_ASCII, text, 7 * length),
        )
        if set(characters).issuperset(text)
    }
    encoding = min(sizes, key=lambda each: sizes[each])
    writer.put(encoding, 3)
    writer.put(length, piece.length_bits)
    writer.put(_packed(encoding, text), sizes[encoding])
    return ""


def _packed(encoding: int, text: str) -> int:
    if not text:
        return 0
    if encoding == _INTEGER:
        return int(text)
    if encoding in (_UPPER, _LOWER):
        return int(text, 16)
    value = 0
    if encoding == _URN:
        for at in range(0, len(text), 3):
            first, second, third = (
                _CODE_40.index(char) for char in text[at : at + 3].ljust(3, "\0")
            )
            value = value << 16 | 1600 * first + 40 * second + third + 1
        return value
    bits = 6 if encoding == _BASE else 7
    for char in text:
        value = value << bits | (_BASE64.index(char) if encoding == _BASE else ord(char))
    return value


def _write_part(writer: Writer, piece: Piece, text: str) -> str:
    if len(text) > piece.characters_max:
        raise Bad
    rest = text.lstrip("0123456789")
    for digit in text[: len(text) - len(rest)]:
        writer.put(int(digit), 4)
    writer.put(_PARTED if rest else _ENDED, 4)
    return _write_text(writer, piece, rest) if rest else ""


def _write_date(writer: Writer, piece: Piece, text: str) -> str:
    _digits(text, 6)
    month, day = int(text[2:4]), int(text[4:6])
    if not 1 <= month <= 12 or day > 31:
        raise Bad
    for value, bits in ((int(text[:2]), 7), (month, 4), (day, 5)):
        writer.put(value, bits)
    return text[6:]


def _write_time(writer: Writer, piece: Piece, text: str) -> str:
    clock = _digits(_write_date(writer, piece, text), 4)
    hour, minute = int(clock[:2]), int(clock[2:])
    if hour > 31 or minute > 59:
        raise Bad
    writer.put(hour << 6 | minute, 11)
    return text[10:]


def _write_bit(writer: Writer, piece: Piece, text: str) -> str:
    if text[:1] not in ("0", "1"):
        raise Bad
    writer.put(int(text[0]), 1)
    return text[1:]


def _write_letters(writer: Writer, piece: Piece, text: str) -> str:
    if len(text) < piece.fixed or not set(_BASE64).issuperset(text[: piece.fixed]):
        raise Bad
    for char in text[: piece.fixed]:
        writer.put(_BASE64.index(char), 6)
    return text[piece.fixed :]


def _write_minus(writer: Writer, piece: Piece, text: str) -> str:
    writer.put(int(text[:1] == "-"), 1)
    return text.removeprefix("-")


def _write_order(writer: Writer, piece: Piece, text: str) -> str:
    place, slash, total = text[:1], text[1:2], text[2:3]
    if slash != "/":
        raise Bad
    writer.put(int(_digits(place, 1)) << 4 | int(_digits(total, 1)), 8)
    return text[3:]


_READ: dict[str, Callable[[Reader, Piece], str]] = {
    "bcd": _read_bcd,
    "int": _read_int,
    "text": _read_text,
    "digits": _read_digits,
    "part": _read_part,
    "date": _read_date,
    "time": _read_time,
    "bit": _read_bit,
    "letters": _read_letters,
    "minus": _read_minus,
    "order": _read_order,
}
_WRITE: dict[str, Callable[[Writer, Piece, str], str]] = {
    "bcd": _write_bcd,
    "int": _write_int,
    "text": _write_text,
    "digits": _write_digits,
    "part": _write_part,
    "date": _write_date,
    "time": _write_time,
    "bit": _write_bit,
    "letters": _write_letters,
    "minus": _write_minus,
    "order": _write_order,
}
