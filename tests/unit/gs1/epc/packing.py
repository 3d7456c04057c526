"""Tags made by hand: one piece after the other, as (value, bits), as hex of whole words."""

Pieces = list[tuple[int, int]]


def packed(pieces: Pieces) -> str:
    value = size = 0
    for number, bits in pieces:
        assert number < 1 << bits, (number, bits)
        value, size = value << bits | number, size + bits
    words = (size + 15) // 16
    return f"{value << words * 16 - size:0{words * 4}X}"
