import pytest

from gs1.epc import Tag, TagReason, Unencodable, Unknown, decode, encode
from gs1.keys import Sgtin, Sscc

SGTIN = bytes.fromhex("3074257BF7194E4000001A85")
SSCC = bytes.fromhex("3174257BF4499602D2000000")


def test_an_sgtin_96_is_a_gtin_and_a_serial() -> None:
    assert decode(SGTIN, 0x3000) == Tag(Sgtin("80614141123458", "6789"), 3, 7)


def test_an_sscc_96_is_an_sscc() -> None:
    assert decode(SSCC) == Tag(Sscc("106141412345678908"), 3, 7)


@pytest.mark.parametrize(
    ("epc", "pc", "reason"),
    [
        ("", None, TagReason.EMPTY),
        ("000000000000000000000000", None, TagReason.UNPROGRAMMED),
        ("E28011600000000000000000", 0x3000, TagReason.SCHEME),
        ("3074257BF7194E4000001A85", 0x2800, TagReason.LENGTH),
        ("3074257BF7194E4000001A85", 0x31A1, TagReason.ISO),
        ("3074257BF7194E4000001A", None, TagReason.LENGTH),
        ("307C257BF7194E4000001A85", None, TagReason.PARTITION),
        ("317C257BF4499602D2000000", None, TagReason.PARTITION),
        ("3063FFFFFFFFFC0000000001", None, TagReason.VALUE),
        ("30600000000017C000000001", None, TagReason.VALUE),
        ("3174257BF4499602D2000001", None, TagReason.PADDING),
    ],
)
def test_a_tag_that_is_no_gs1_key_says_why(epc: str, pc: int | None, reason: TagReason) -> None:
    found = decode(bytes.fromhex(epc), pc)

    assert isinstance(found, Unknown)
    assert found.reason is reason


def test_the_raw_uri_of_an_iso_tag_names_its_family() -> None:
    assert decode(bytes.fromhex("E280"), 0x09A1) == Unknown(
        "urn:epc:raw:16.xA1.xE280", TagReason.ISO
    )


def test_the_raw_uri_of_another_tag_is_its_bits() -> None:
    assert decode(bytes.fromhex("E280"), 0x0800) == Unknown(
        "urn:epc:raw:16.xE280", TagReason.SCHEME
    )


@pytest.mark.parametrize(("tag", "bits"), [(decode(SGTIN), SGTIN), (decode(SSCC), SSCC)])
def test_encoding_gives_the_bits_back(tag: Tag, bits: bytes) -> None:
    assert encode(tag.identity, tag.prefix_digits, tag.filter_value) == bits


@pytest.mark.parametrize(
    ("identity", "digits", "filter_value", "why"),
    [
        (Sgtin("09521141012345", "1"), 5, 1, "company prefix of 5 digits: expected 6 to 12"),
        (Sgtin("09521141012345", "1"), 7, 8, "filter value 8: expected 0 to 7"),
        (
            Sgtin("09521141012346", "1"),
            7,
            1,
            "GTIN '09521141012346': expected 14 digits with a right check digit",
        ),
        (
            Sscc("195211411234567890"),
            7,
            1,
            "SSCC '195211411234567890': expected 18 digits with a right check digit",
        ),
    ],
)
def test_what_cannot_be_encoded_says_what_was_expected(
    identity: Sgtin | Sscc, digits: int, filter_value: int, why: str
) -> None:
    assert encode(identity, digits, filter_value) == Unencodable(why)


@pytest.mark.parametrize("serial", ["", "007", "1a", "274877906944", "9" * 5000, "٣"])
def test_a_serial_that_would_not_come_back_as_it_was_is_not_encoded(serial: str) -> None:
    assert encode(Sgtin("09521141012345", serial), 7, 1) == Unencodable(
        f"serial {serial!r}: SGTIN-96 holds whole numbers without leading zeros up to 274877906943"
    )
