"""The '+' schemes, with tags packed by hand: one piece a line, as (value, bits)."""

import pytest

from gs1.epc.codec import decode, encode
from gs1.epc.model import Tag, TagReason, Unencodable, Unknown
from gs1.keys import Cpid, Giai, Grai, Pairs, Sgln, Sgtin, Sscc
from tests.unit.gs1.epc import packing
from tests.unit.gs1.epc.packing import Pieces

GTIN = "80614141123458"
SGTIN_PLUS = [(0xF7, 8), (0, 1), (3, 3), (0x80614141123458, 56)]
SERIAL_7 = [(0, 3), (1, 5), (7, 4)]
TOGGLED = [(0xF7, 8), (1, 1), (3, 3), (0x80614141123458, 56), *SERIAL_7]
URL = "https://id.gs1.org"


def packed(pieces: Pieces) -> bytes:
    return bytes.fromhex(packing.packed(pieces))


def text(serial: str, encoding: int, *codes: tuple[int, int]) -> tuple[Pieces, str]:
    return [*SGTIN_PLUS, (encoding, 3), (len(serial), 5), *codes], serial


@pytest.mark.parametrize(
    ("pieces", "serial"),
    [
        text("0042", 0, (42, 14)),
        text("1AF", 1, (0x1AF, 12)),
        text("1af", 2, (0x1AF, 12)),
        text("a-_Z", 3, (26, 6), (62, 6), (63, 6), (25, 6)),
        text("32a/b", 4, *((ord(char), 7) for char in "32a/b")),
        text("A.7:X", 5, (1600 * 1 + 40 * 28 + 37 + 1, 16), (1600 * 29 + 40 * 24 + 1, 16)),
    ],
)
def test_a_serial_is_read_in_each_encoding_and_written_in_the_shortest(
    pieces: Pieces, serial: str
) -> None:
    bits = packed(pieces)
    tag = Tag("SGTIN+", Sgtin(GTIN, serial), 3)

    assert decode(bits, len(bits) // 2 << 11) == tag
    assert encode(tag.identity, "SGTIN+", 3) == bits


def test_the_length_of_the_company_prefix_is_not_guessed() -> None:
    tag = decode(packed([*SGTIN_PLUS, *SERIAL_7]))

    assert isinstance(tag, Tag)
    assert tag.key == f"{URL}/01/{GTIN}/21/7"
    assert (tag.prefix_digits, tag.epc_uri, tag.tag_uri) == (None, None, None)


def test_a_classic_tag_and_a_plus_tag_of_one_item_have_one_key() -> None:
    classic = decode(bytes.fromhex("3074257BF7194E4000001A85"))
    plus = decode(packed([*SGTIN_PLUS, (0, 3), (4, 5), (6789, 14)]))

    assert isinstance(classic, Tag)
    assert isinstance(plus, Tag)
    assert classic.key == plus.key


def test_a_dated_tag_carries_its_date() -> None:
    date = [(4, 4), (27, 7), (12, 4), (31, 5)]
    bits = packed([(0xFB, 8), (0, 1), (1, 3), *date, (0x80614141123458, 56), *SERIAL_7])
    tag = Tag("DSGTIN+", Sgtin(GTIN, "7"), 1, None, (("17", "271231"),))

    assert decode(bits) == tag
    assert encode(tag.identity, "DSGTIN+", 1, None, tag.data) == bits


EXPIRY = [(0x17, 8), (27, 7), (12, 4), (31, 5)]
WHOLE = [
    ([*EXPIRY], (("17", "271231"),)),
    ([(0x10, 8), (1, 3), (2, 5), (0xA1, 8)], (("10", "A1"),)),
    ([(0x3103, 16), (750, 20)], (("3103", "000750"),)),
    ([(0x421, 12), (528, 10), (0, 3), (4, 4), (1234, 14)], (("421", "5281234"),)),
    ([(0x3911, 16), (978, 10), (3, 4), (123, 10)], (("3911", "978123"),)),
    ([(0x30, 8), (2, 4), (24, 7)], (("30", "24"),)),
    ([(0x7003, 16), (27, 7), (12, 4), (31, 5), (23, 5), (59, 6)], (("7003", "2712312359"),)),
    ([(0x4307, 16), (13, 6), (11, 6)], (("4307", "NL"),)),
    ([(0x4321, 16), (1, 1)], (("4321", "1"),)),
    ([(0x4331, 16), (450, 20), (1, 1)], (("4331", "000450-"),)),
    ([(0x4331, 16), (450, 20), (0, 1)], (("4331", "000450"),)),
    ([(0x253, 12), (0x0614141123452, 52), (0, 8)], (("253", "0614141123452"),)),
    ([(0x7258, 16), (1, 4), (3, 4)], (("7258", "1/3"),)),
    ([(0x8004, 16), (9, 4), (5, 4), (0xF, 4)], (("8004", "95"),)),
    (
        [(0x8004, 16), (9, 4), (5, 4), (0xE, 4), (1, 3), (2, 5), (0xA1, 8)],
        (("8004", "95A1"),),
    ),
    ([(0x7241, 16), (0x01, 8), *EXPIRY], (("7241", "01"), ("17", "271231"))),
]


@pytest.mark.parametrize(("pieces", "data"), WHOLE)
def test_what_is_behind_the_key_is_read_and_written(pieces: Pieces, data: Pairs) -> None:
    bits = packed([*TOGGLED, *pieces])
    tag = Tag("SGTIN+", Sgtin(GTIN, "7"), 3, None, data)

    assert decode(bits) == tag
    assert tag.pairs == (("01", GTIN), ("21", "7"), *data)
    assert encode(tag.identity, "SGTIN+", 3, None, data) == bits


def test_a_format_that_is_not_known_ends_the_reading_and_keeps_the_key() -> None:
    bits = packed([*TOGGLED, *EXPIRY, (0x8008, 16), (12345, 30)])

    assert decode(bits) == Tag(
        "SGTIN+", Sgtin(GTIN, "7"), 3, None, (("17", "271231"),), is_data_whole=False
    )


GOOD_TEXT = [(0, 3), (1, 5), (7, 4)]


@pytest.mark.parametrize(
    ("pieces", "reason"),
    [
        ([*SGTIN_PLUS, (6, 3), (1, 5), (7, 40)], TagReason.VALUE),  # no such encoding
        ([*SGTIN_PLUS, (0, 3), (21, 5), (7, 90)], TagReason.VALUE),  # too long
        ([*SGTIN_PLUS, (0, 3), (1, 5), (10, 4), (0, 4)], TagReason.VALUE),  # 10 in one digit
        ([*SGTIN_PLUS, (4, 3), (1, 5), (0x24, 7)], TagReason.VALUE),  # $
        ([*SGTIN_PLUS, (5, 3), (1, 5), (0, 16), (0, 9)], TagReason.VALUE),
        ([*SGTIN_PLUS, (5, 3), (1, 5), (0xFFFF, 16), (0, 9)], TagReason.VALUE),
        ([*SGTIN_PLUS, (5, 3), (1, 5), (1600 + 40 + 1, 16), (0, 9)], TagReason.VALUE),
        ([*SGTIN_PLUS, (4, 3), (0, 5)], TagReason.VALUE),  # an empty serial
        ([*SGTIN_PLUS, (1, 3), (0, 5)], TagReason.VALUE),
        ([*SGTIN_PLUS, (2, 3), (0, 5)], TagReason.VALUE),
        ([(0xF7, 8), (0, 4), (0x8061414112345A, 56), *GOOD_TEXT], TagReason.VALUE),
        ([(0xF7, 8), (0, 4), (0x80614141123459, 56), *GOOD_TEXT], TagReason.VALUE),  # check digit
        ([(0xF7, 8), (0, 4), (0x8061414112, 40)], TagReason.LENGTH),  # cut
        ([*SGTIN_PLUS, (0, 3), (2, 5), (7, 7), (1, 13)], TagReason.PADDING),
        ([*SGTIN_PLUS, *GOOD_TEXT, (0, 40)], TagReason.LENGTH),
        ([(0xFB, 8), (0, 4), (7, 4), (0, 80)], TagReason.VALUE),  # no such date
        ([(0xFB, 8), (0, 4), (4, 4), (27, 7), (13, 4), (1, 5), (0, 80)], TagReason.VALUE),
        ([(0xFA, 8), (0, 4), (0xC, 4), (0, 8)], TagReason.VALUE),
        ([(0xFA, 8), (0, 4), (0xE, 4), (0, 3), (1, 5), (7, 8)], TagReason.VALUE),  # a digit
        ([(0xFA, 8), (0, 4), *[(1, 4)] * 31, (0xF, 4)], TagReason.VALUE),
        ([(0xF8, 8), (0, 4), (0x4012345678901, 52), (13, 4), (0, 60)], TagReason.VALUE),
        ([*TOGGLED, (0xA0, 8), (0, 20)], TagReason.VALUE),  # no AI
        ([*TOGGLED, (0x7258, 16), (10, 4), (1, 4), (0, 16)], TagReason.VALUE),
        ([*TOGGLED, (0x7003, 16), (27, 7), (12, 4), (31, 5), (23, 5), (60, 6), (0, 8)],
         TagReason.VALUE),
    ],
)  # fmt: skip
def test_a_plus_tag_that_is_malformed_says_so(pieces: Pieces, reason: TagReason) -> None:
    found = decode(packed(pieces))

    assert isinstance(found, Unknown), found
    assert found.reason is reason


def test_a_plus_tag_that_ends_too_early_says_so() -> None:
    bits = packed([(0xF9, 8), (0, 4), (0x106141412345678908, 72)])

    assert decode(bits) == Tag("SSCC+", Sscc("106141412345678908"), 0)
    assert [reason_of(bits[:size]) for size in (1, 10)] == [TagReason.LENGTH] * 2


def reason_of(bits: bytes) -> TagReason | None:
    found = decode(bits)
    return found.reason if isinstance(found, Unknown) else None


def test_a_place_without_extension_has_the_extension_0_on_its_tag() -> None:
    bits = encode(Sgln("0614141123452"), "SGLN+")

    assert bits == packed([(0xF2, 8), (0, 4), (0x0614141123452, 52), (0, 3), (1, 5), (0, 4)])


@pytest.mark.parametrize(
    "data",
    [
        (("17", "271331"),),
        (("17", "27123"),),
        (("17", "271232"),),
        (("17", "271231x"),),
        (("99999", "1"),),
        (("8008", "27123112"),),
        (("90", "x" * 31),),
        (("90", "é"),),
        (("30", "123456789"),),
        (("30", "x"),),
        (("8004", "1" * 31),),
        (("7003", "2712312360"),),
        (("7003", "2712313200"),),
        (("4307", "N"),),
        (("4307", "N!"),),
        (("4321", ""),),
        (("7258", "1-3"),),
        (("3103", "75"),),
    ],
)
def test_data_that_has_no_bits_is_not_encoded(data: Pairs) -> None:
    told = ", ".join(f"({ai}) {value}" for ai, value in data)

    assert encode(Sgtin(GTIN, "7"), "SGTIN+", 3, None, data) == Unencodable(
        f"{URL}/01/{GTIN}/21/7: SGTIN+ cannot hold {told}"
    )


def test_a_key_that_is_longer_than_its_scheme_holds_is_not_encoded() -> None:
    serial = "x" * 20
    data = tuple((str(ai), "x" * 90) for ai in range(91, 93))

    assert encode(Sgtin(GTIN, serial), "SGTIN+", 0, None, data) == Unencodable(
        "164 bytes: an EPC has at most 62"
    )


@pytest.mark.parametrize("data", [(), (("10", "A"),)])
def test_a_dated_tag_needs_its_date(data: Pairs) -> None:
    assert encode(Sgtin(GTIN, "7"), "DSGTIN+", 0, None, data) == Unencodable(
        "DSGTIN+: expected its date first, one of AIs 11, 13, 15, 16, 17, 7006, 7007"
    )


@pytest.mark.parametrize(
    "identity", [Grai("0614141123452"), Giai("é"), Cpid("0614141A"), Sscc("106141412345678909")]
)
def test_a_class_or_a_wrong_key_is_not_encoded(identity: Grai | Giai | Cpid | Sscc) -> None:
    scheme = {Grai: "GRAI+", Giai: "GIAI+", Cpid: "CPI+", Sscc: "SSCC+"}[type(identity)]

    assert encode(identity, scheme) == Unencodable(f"{identity.key}: not a key that {scheme} holds")
