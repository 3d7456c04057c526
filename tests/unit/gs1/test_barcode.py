from decimal import Decimal

import pytest

from gs1 import keys
from gs1.barcode import CODE_BYTES_MAX, Identified, Plain, Refused, parse
from gs1.check_digit import check_digit
from gs1.refusal import CodeReason
from gs1.trade_number import Region, Restricted

GTIN = "09521141012345"
SSCC = "195211411234567899"
R = CodeReason


@pytest.mark.parametrize(
    ("data", "gtin", "symbology"),
    [
        (b"]E09521141012345", GTIN, "]E0"),
        (b"]E0614141007349", "00614141007349", "]E0"),
        (b"]E004252614", "00042100005264", "]E0"),
        (b"]E0425261", "00042100005264", "]E0"),
        (b"]E496385074", "00000096385074", "]E4"),
        (b"]E3952114101234512", GTIN, "]E3"),
        (b"]E3952114101234512345", GTIN, "]E3"),
        (b"]E39521141012345", GTIN, "]E3"),
        (b"]I109521141012345", GTIN, "]I1"),
        (b"9521141012345", GTIN, None),
        (b"614141007349", "00614141007349", None),
        (b"09521141012345", GTIN, None),
        (b"96385074", "00000096385074", None),
        (b"00000019", "00000100000009", None),  # a UPC-E, and no GTIN-8
    ],
)
def test_a_number_in_its_symbol_is_a_gtin_of_14_digits(
    data: bytes, gtin: str, symbology: str | None
) -> None:
    assert parse(data) == Identified(keys.Gtin(gtin), (("01", gtin),), symbology)


@pytest.mark.parametrize(
    "data",
    [
        b"]C10109521141012345" + b"10A-1",
        b"]C1\x1d0109521141012345" + b"10A-1",
        b"]e00109521141012345" + b"10A-1",
        b"]d20109521141012345" + b"10A-1\x1d",
        b"]Q310A-1\x1d0109521141012345",
        b"]J10109521141012345" + b"10A-1",
        b"(01)09521141012345(10)A-1",
        b"]C0(01)09521141012345(10)A-1",
        b"]Q1https://example.com/01/09521141012345/10/A-1",
        b"https://id.gs1.org/01/09521141012345/10/A-1",
        b"0109521141012345" + b"10A-1",
        b"10A-1\x1d0109521141012345",
    ],
)
def test_one_lot_has_one_key_however_it_is_printed(data: bytes) -> None:
    found = parse(data)

    assert isinstance(found, Identified)
    assert found.key == f"https://id.gs1.org/01/{GTIN}/10/A-1"
    assert sorted(found.pairs) == [("01", GTIN), ("10", "A-1")]


def test_an_item_with_serial_is_known_by_it_and_keeps_what_else_is_said() -> None:
    found = parse(f"01{GTIN}17271231".encode() + b"10A-1\x1d21B7", "]d2")

    assert found == Identified(
        keys.Sgtin(GTIN, "B7"),
        (("01", GTIN), ("17", "271231"), ("10", "A-1"), ("21", "B7")),
        "]d2",
    )


def test_an_identifier_means_the_same_with_its_bracket_and_without() -> None:
    assert parse(b"96385074", "E4") == parse(b"96385074", "]E4") == parse(b"]E496385074")


@pytest.mark.parametrize("data", [f"00{SSCC}".encode(), f"]C100{SSCC}".encode()])
def test_a_pallets_label_is_its_sscc(data: bytes) -> None:
    found = parse(data)

    assert isinstance(found, Identified)
    assert found.identity == keys.Sscc(SSCC)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"BIN 7", "BIN%207"),
        (b"]", "%5D"),
        (b"]C", "%5DC"),
        (b"]C09521141012345", "9521141012345"),
        (b"]C0BIN 7", "BIN%207"),
        (b"]I112345", "12345"),
        (b"9521141012346", "9521141012346"),
        (b"12345678", "12345678"),
        (SSCC.encode(), SSCC),
        (b"01095211410123451", "01095211410123451"),
        (b"0109521141012346", "0109521141012346"),
        (b"019", "019"),
        (b"10ABC", "10ABC"),
        (b"(89)1", "%2889%291"),
        (b"(01", "%2801"),
        (b"https://example.com/news", "https%3A%2F%2Fexample.com%2Fnews"),
        ("Lübeck".encode(), "L%C3%BCbeck"),
        (b"\xff", "%FF"),
    ],
)
def test_anything_else_keeps_a_private_key(data: bytes, key: str) -> None:
    found = parse(data)

    assert isinstance(found, Plain)
    assert found.key == f"urn:readpoint:code:{key}"


@pytest.mark.parametrize(
    ("data", "reason", "why"),
    [
        (b"", R.EMPTY, "bar code: expected data, found none"),
        (b"]C1", R.EMPTY, "bar code: expected data, found none"),
        (b"]C1\x1d", R.EMPTY, "element string: expected an AI, found none"),
        (
            b"x" * (CODE_BYTES_MAX + 1),
            R.LENGTH,
            "bar code: expected at most 8192 bytes, found 8193",
        ),
        (b"]E09521141012346", R.CHECK_DIGIT, "GTIN '9521141012346': expected check digit 5"),
        (b"]E0123", R.LENGTH, "'123': expected 12 or 13 digits"),
        (b"]E4952114101234A", R.LENGTH, "'952114101234A': expected 8 digits"),
        (b"]E39521", R.LENGTH, "'9521': expected 13 digits"),
        (b"]E112", R.NO_KEY, "'12': expected the EAN that it is added to"),
        (
            b"]E004252615",
            R.CHECK_DIGIT,
            "'04252615': expected a UPC-E with a right check digit",
        ),
        (
            b"00000000",
            R.AMBIGUOUS,
            "00000000: expected a symbology identifier, because it is a GTIN-8"
            " and the UPC-E of 000000000000",
        ),
        (b"]C1891", R.AI_UNKNOWN, "'891': expected an AI that GS1 has assigned"),
        (b"(01)1", R.AI_LENGTH, "AI 01 '1': expected 14 characters, found 1"),
        (b"]C110A-1", R.AI_MISSING, None),
        (b"]C1400A", R.NO_KEY, "AIs 400: expected one that names a thing"),
        (
            b"https://id.gs1.org/ARHKVAdpQg-x",
            R.COMPRESSED,
            "'https://id.gs1.org/ARHKVAdpQg-x': expected no compressed Digital Link URI;"
            " its resolver can expand it",
        ),
    ],
)
def test_a_code_of_gs1_that_is_wrong_is_refused(
    data: bytes, reason: CodeReason, why: str | None
) -> None:
    found = parse(data)

    assert isinstance(found, Refused)
    assert found.reason is reason
    assert why is None or found.why == why
    assert found.key.startswith("urn:readpoint:code:")


def test_what_half_a_label_says_is_kept() -> None:
    found = parse(b"]C102" + GTIN.encode() + b"3712")

    assert isinstance(found, Refused)
    assert (found.reason, found.pairs) == (R.AI_MISSING, (("02", GTIN), ("37", "12")))
    assert found.symbology == "]C1"


@pytest.mark.parametrize(
    ("data", "region", "restricted"),
    [
        (b"2388060112344", None, Restricted("2388060112344")),
        (
            b"2388060112344",
            Region.SWEDEN,
            Restricted("2388060100006", weight_kg=Decimal("1.234")),
        ),
        (
            b"2012345678903",
            Region.SWEDEN,
            Restricted("2012345600003", price=Decimal("78.9"), currency="SEK"),
        ),
        (b"2512345000099", Region.GERMANY, Restricted("2512340000001", count=9)),
        (b"0400000000015", Region.SWEDEN, Restricted("0400000000015")),
        (b"9800000000014", Region.SWEDEN, Restricted("9800000000014")),
        (b"9840000000010", None, Restricted("9840000000010")),
        (b"9900000000011", None, Restricted("9900000000011")),
        (b"]E422345677", Region.SWEDEN, Restricted("22345677")),
    ],
)
def test_a_restricted_number_keeps_a_private_key_without_its_weight_or_price(
    data: bytes, region: Region | None, restricted: Restricted
) -> None:
    symbology = "]E4" if data.startswith(b"]E4") else None

    assert parse(data, region=region) == Plain(
        f"urn:readpoint:code:{restricted.number}", symbology, restricted
    )


@pytest.mark.parametrize("data", [b"9790000000011", b"9850000000019", b"0300000000016"])
def test_the_prefixes_beside_the_restricted_ones_are_of_trade_items(data: bytes) -> None:
    found = parse(data[:-1] + check_digit(data[:-1].decode()).encode())

    assert isinstance(found, Identified)


def test_a_number_with_an_indicator_is_never_restricted() -> None:
    bare, labelled = parse(b"12000000000005"), parse(b"]C10112000000000005")

    assert isinstance(bare, Identified)
    assert isinstance(labelled, Identified)
    assert bare.key == labelled.key == "https://id.gs1.org/01/12000000000005"


def test_a_price_without_its_check_digit_is_refused() -> None:
    found = parse(b"2212345012343", region=Region.GERMANY)

    assert found == Refused(
        "urn:readpoint:code:2212345012343",
        R.RESTRICTED,
        "'2212345012343': expected a check digit over its weight or price,"
        " as the rules of region de want it",
        None,
    )
