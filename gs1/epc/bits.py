"""Numbers, texts and fill in a row of bits: what all schemes share. Integers, never '0' and '1'."""

from gs1.epc.model import TagReason
from gs1.keys import CHARACTER_SET_39, CHARACTER_SET_82

EPC_BYTES_MAX = 62  # the PC counts up to 31 words

_SIX = {  # TDS 1.13 Annex G: six bits, letters below 32, digits and signs as in ASCII
    code: chr(code + 64 if code < 32 else code)
    for code in range(64)
    if chr(code + 64 if code < 32 else code) in CHARACTER_SET_39
}
_SIX_CODES = {char: code for code, char in _SIX.items()}

_SHIFTS = [range(bits - 7, -1, -7) for bits in range(189)]  # of each character in a text's bits


def unpadded(epc: bytes, bits: int) -> int | TagReason:
    """The first `bits` of `epc`, where nothing but zeros up to the word's end follows."""
    if not (bits + 7) // 8 <= len(epc) <= (bits + 15) // 16 * 2:
        return TagReason.LENGTH
    value, fill = int.from_bytes(epc), len(epc) * 8 - bits
    if value & ((1 << fill) - 1):
        return TagReason.PADDING
    return value >> fill


def in_words(value: int, bits: int) -> bytes:
    """`bits` bits, filled with zeros to whole words."""
    words = (bits + 15) // 16
    return (value << (words * 16 - bits)).to_bytes(words * 2)


def seven(value: int, bits: int) -> str | TagReason:
    """Text of seven bits a character, ended by zeros (TDS 1.13 §14.4.2)."""
    codes = bytes([value >> shift & 0x7F for shift in _SHIFTS[bits]]).rstrip(b"\0")
    if 0 in codes or value & ((1 << bits % 7) - 1):
        return TagReason.PADDING
    text = codes.decode()
    return text if text and CHARACTER_SET_82.issuperset(text) else TagReason.VALUE


def as_seven(text: str, bits: int) -> int | None:
    """The inverse of `seven`, of text in the character set; None where it does not fit."""
    if not text or len(text) * 7 > bits:
        return None
    value = 0
    for char in text:
        value = value << 7 | ord(char)
    return value << (bits - 7 * len(text))


def six(value: int, bits: int, at: int) -> tuple[str, int] | None:
    """(text, bits up to behind its end) of six-bit characters from bit `at` on, ended by zeros.

    `bits` is how many bits `value` has. None where it does not end, or a character is none.
    """
    text = ""
    while at + 6 <= bits:
        code = value >> (bits - at - 6) & 0x3F
        at += 6
        if not code:
            return text, at
        char = _SIX.get(code)
        if char is None:
            return None
        text += char
    return None


def as_six(text: str) -> int:
    """Six bits a character of character set 39, without the zeros that end the text."""
    value = 0
    for char in text:
        value = value << 6 | _SIX_CODES[char]
    return value
