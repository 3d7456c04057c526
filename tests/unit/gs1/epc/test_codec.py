import pytest

from gs1.epc.codec import decode, encode
from gs1.epc.model import Adi, Gid, Identity, Tag, TagReason, Unencodable, Unknown, Usdod
from gs1.keys import (
    Cpid,
    Gcn,
    Gdti,
    Giai,
    Ginc,
    Grai,
    Gsrn,
    Gsrnp,
    Gtin,
    Itip,
    Lgtin,
    Sgln,
    Sgtin,
    Sscc,
)
from tests.unit.gs1.epc.packing import packed

GTIN, GLN = "80614141123458", "0614141123452"
GSRN = "061414112345678902"

# Tags as TDS 1.13 Annex E.3 has them, and some made by hand from the tables.
TAGS = [
    ("3074257BF7194E4000001A85", Tag("SGTIN-96", Sgtin(GTIN, "6789"), 3, 7)),
    (
        "3674257BF6B7A659B2C2BF100000000000000000000000000000",
        Tag("SGTIN-198", Sgtin("70614141123451", "32a/b"), 3, 7),
    ),
    ("3174257BF4499602D2000000", Tag("SSCC-96", Sscc("106141412345678908"), 3, 7)),
    ("3274257BF46072000000162E", Tag("SGLN-96", Sgln(GLN, "5678"), 3, 7)),
    ("3274257BF460720000000000", Tag("SGLN-96", Sgln(GLN), 3, 7)),
    ("3374257BF40C0E400000162E", Tag("GRAI-96", Grai(GLN, "5678"), 3, 7)),
    ("3374257BF40C0E400000162E0000", TagReason.LENGTH),
    ("3474257BF40000000000162E", Tag("GIAI-96", Giai("06141415678"), 3, 7)),
    (
        "3874257BF59B2C2BF10000000000000000000000000000000000",
        Tag("GIAI-202", Giai("061414132a/b"), 3, 7),
    ),
    ("2D74257BF4499602D2000000", Tag("GSRN-96", Gsrn(GSRN), 3, 7)),
    ("2E74257BF4499602D2000000", Tag("GSRNP-96", Gsrnp(GSRN), 3, 7)),
    ("2C74257BF46072000000162E", Tag("GDTI-96", Gdti(GLN, "5678"), 3, 7)),
    ("3A74257BF4607200000000000B170000", Tag("GDTI-113", Gdti(GLN, "5678"), 3, 7)),
    ("3C74257BF400C0E680003039", Tag("CPI-96", Cpid("061414198765", "12345"), 3, 7)),
    (
        "3D74257BF75411DEF6B4CC00000003039000",
        Tag("CPI-var", Cpid("06141415PQ7/Z43", "12345"), 3, 7),
    ),
    ("3F74F4E4E612640000019907", Tag("SGCN-96", Gcn("4012345678901", "04711"), 3, 7)),
    ("350007AB70425D4000000586", Tag("GID-96", Gid(31415, 271828, 1414), None)),
    ("2F320434147455900000162E", Tag("USDOD-96", Usdod("CAGEY", 5678), 3)),
    (
        "3B0E0CF5E76C9047759AD00373DC7602E7200000",
        Tag("ADI-var", Adi("35962", "PQ7VZ4", "M37GXB92"), 3),
    ),
    (
        "4014F4E4E40C0E40820000000F54",
        Tag("ITIP-110", Itip("04012345123456", "01", "02", "981"), 0, 7),
    ),
]


@pytest.mark.parametrize(("epc", "tag"), TAGS)
def test_a_tag_is_what_the_standard_says_and_back(epc: str, tag: Tag | TagReason) -> None:
    bits = bytes.fromhex(epc)
    found = decode(bits, len(bits) // 2 << 11)

    if isinstance(tag, TagReason):
        assert found == Unknown(f"urn:epc:raw:{len(bits) * 8}.x{epc}", tag)
        return
    assert found == tag
    assert encode(tag.identity, tag.scheme, tag.filter_value or 0, tag.prefix_digits) == bits


def test_a_tag_without_its_last_zeros_is_whole() -> None:
    epc = "3674257BF6B7A659B2C2BF100000000000000000000000000000"

    assert decode(bytes.fromhex(epc)[:25]) == decode(bytes.fromhex(epc))


def test_a_tag_tells_its_pairs_and_its_uris() -> None:
    tag = decode(bytes.fromhex("3074257BF7194E4000001A85"))

    assert isinstance(tag, Tag)
    assert tag.pairs == (("01", GTIN), ("21", "6789"))
    assert tag.epc_uri == "urn:epc:id:sgtin:0614141.812345.6789"
    assert tag.tag_uri == "urn:epc:tag:sgtin-96:3.0614141.812345.6789"


@pytest.mark.parametrize(
    ("identity", "key"),
    [
        (Gid(31415, 271828, 1414), "urn:epc:id:gid:31415.271828.1414"),
        (Usdod("CAGEY", 5678), "urn:epc:id:usdod:CAGEY.5678"),
        (Adi("35962", "PQ7/4", "#7"), "urn:epc:id:adi:35962.PQ7%2F4.%237"),
    ],
)
def test_what_is_not_of_gs1_is_named_by_its_epc_uri(identity: Identity, key: str) -> None:
    tag = Tag("", identity, 0)

    assert (tag.key, tag.epc_uri, tag.pairs) == (key, key, ())


def test_a_key_that_is_no_epc_has_no_epc_uri() -> None:
    assert Tag("", Gtin("09521141123454"), 0, 7).epc_uri is None


CPI = [(0x3D, 8), (3, 3), (5, 3), (614141, 24)]
GIAI = [(0x38, 8), (3, 3), (5, 3), (614141, 24)]
ADI = [(0x3B, 8), (3, 6)]

REFUSED = [
    ("", None, TagReason.EMPTY),
    ("", 0x3000, TagReason.EMPTY),
    ("000000000000000000000000", None, TagReason.UNPROGRAMMED),
    ("E28011600000000000000000", 0x3000, TagReason.SCHEME),
    ("E28011600000000000000000", 0x2900, TagReason.LENGTH),  # length before toggle
    ("3074257BF7194E4000001A85", 0x2800, TagReason.LENGTH),
    ("3074257BF7194E4000001A85", 0x31A1, TagReason.ISO),
    ("3074257BF7194E4000001A", None, TagReason.LENGTH),
    ("3074257BF7194E4000001A850000", None, TagReason.LENGTH),
    ("307C257BF7194E4000001A85", None, TagReason.PARTITION),
    ("317C257BF4499602D2000000", None, TagReason.PARTITION),
    ("347C257BF40000000000162E", None, TagReason.PARTITION),
    ("3063FFFFFFFFFC0000000001", None, TagReason.VALUE),  # company prefix too large
    ("30600000000017C000000001", None, TagReason.VALUE),  # reference too large
    ("3174257BF4499602D2000001", None, TagReason.PADDING),
    ("3674257BF6B7A659B2C2BF100000000000000000000000000001", None, TagReason.PADDING),  # fill
    ("3674257BF6B7A659B2C2BF100000000000000000000000000400", None, TagReason.PADDING),  # text
    ("3674257BF6800000000000000000000000000000000000000000", None, TagReason.VALUE),  # no text
    ("3674257BF6812000000000000000000000000000000000000000", None, TagReason.VALUE),  # $
    ("3A74257BF46071FFFFFFFFFFFFFF8000", None, TagReason.VALUE),  # 18 digits of serial
    ("3F74F4E4E612640000000007", None, TagReason.VALUE),  # no 1 before the coupon's serial
    ("3F74F4E4E612640000000001", None, TagReason.VALUE),
    ("4014F4E4E40C0E4002" + "00" * 5, None, TagReason.VALUE),  # piece 0
    ("4014F4E4E40C0E4182000000" + "0000", None, TagReason.VALUE),  # piece 3 of 2
    ("38" + "18000000000B" + "66" * 19, None, TagReason.PADDING),
    ("2F320034147455900000162E", None, TagReason.VALUE),
    ("2F320202047455900000162E", None, TagReason.VALUE),
    ("2F3204341474559000001600", 0x2800, TagReason.LENGTH),
    ("2F32043414745590000016", None, TagReason.LENGTH),
    ("350007AB70425D40000005", None, TagReason.LENGTH),
    ("3D", None, TagReason.LENGTH),
    ("3D7C00000000", None, TagReason.PARTITION),
    ("3D740000", None, TagReason.LENGTH),
    ("3D74257BF75411DEF6B4", None, TagReason.VALUE),  # no end of the reference
    ("3D74257BF75411DEF6B4CC00000003039001", None, TagReason.PADDING),
    ("3D74257BF75411DEF6B4CC000000030390000000", None, TagReason.LENGTH),
    (packed([*CPI, (0b100001, 6), (0, 52)]), None, TagReason.VALUE),  # a code that is no character
    (packed([*CPI, (0, 6), (5, 40)]), None, TagReason.VALUE),  # no reference at all
    (packed([*CPI, (1, 6), (0, 6), (10**12, 40)]), None, TagReason.VALUE),  # 13 digits of serial
    (packed([*CPI, *[(1, 6)] * 24, (0, 6), (5, 40)]), None, TagReason.VALUE),  # 31 characters
    (packed([(0x3D, 8), (3, 3), (5, 3), (10**7, 24), (1, 6), (0, 46)]), None, TagReason.VALUE),
    (packed([*GIAI, *[(65, 7)] * 23, (1, 3)]), None, TagReason.PADDING),
    (packed([(0x38, 8), (3, 3), (0, 3), (1, 40), *[(65, 7)] * 21, (0, 1)]), None, TagReason.VALUE),
    (packed([(0x2F, 8), (3, 4), (int.from_bytes(b" CAGEI"), 48), (1, 36)]), None, TagReason.VALUE),
    (packed([(0x2F, 8), (3, 4), (int.from_bytes(b"  CAGE"), 48), (1, 36)]), None, TagReason.VALUE),
    (packed([*ADI, (32, 6), *[(1, 6)] * 5, (0, 6), (0, 6)]), None, TagReason.VALUE),  # no serial
    (packed([*ADI, *[(1, 6)] * 5, (0, 6), (0, 6), (1, 6), (0, 6)]), None, TagReason.VALUE),
    (packed([*ADI, (32, 6), *[(9, 6)] * 5, (0, 6), (1, 6), (0, 6)]), None, TagReason.VALUE),  # I
    (packed([*ADI, (32, 6), *[(1, 6)] * 4, *[(0, 6)] * 2, (1, 6), (0, 6)]), None, TagReason.VALUE),
    ("3B0E0CF5", None, TagReason.LENGTH),
    ("3B0E0CF5E76C9047759AD00373DC7602E720000000", None, TagReason.LENGTH),
    ("3B0E0CF5E76C9047759AD00373DC76", None, TagReason.VALUE),
    ("3B0E0CF5E76C9047759AD00373DC7602E7201000", None, TagReason.PADDING),
]


@pytest.mark.parametrize(("epc", "pc", "reason"), REFUSED)
def test_a_tag_that_is_no_key_says_why(epc: str, pc: int | None, reason: TagReason) -> None:
    found = decode(bytes.fromhex(epc), pc)

    assert isinstance(found, Unknown), found
    assert found.reason is reason
    assert found.raw.endswith(f"x{epc}")


def test_the_raw_uri_of_an_iso_tag_names_its_family() -> None:
    assert decode(bytes.fromhex("E280"), 0x09A1) == Unknown(
        "urn:epc:raw:16.xA1.xE280", TagReason.ISO
    )


SERIAL_WHY = "SGTIN-96 holds whole numbers without leading zeros up to 274877906943"


@pytest.mark.parametrize("serial", ["007", "1a", "274877906944", "9" * 20])
def test_a_serial_that_would_not_come_back_as_it_was_is_not_encoded(serial: str) -> None:
    assert encode(Sgtin(GTIN, serial), "SGTIN-96", 1, 7) == Unencodable(
        f"serial {serial!r}: {SERIAL_WHY}"
    )


@pytest.mark.parametrize(
    ("identity", "scheme", "filter_value", "digits", "why"),
    [
        (Sgtin(GTIN, "1"), "SGTIN-96", 1, 5, "company prefix of 5 digits: expected 6 to 12"),
        (Sgtin(GTIN, "1"), "SGTIN-96", 1, None, "company prefix of None digits: expected 6 to 12"),
        (Sgtin(GTIN, "1"), "SGTIN-96", 8, 7, "filter value 8: expected 0 to 7"),
        (Sgtin(GTIN, "1"), "SGTIN+", 8, 7, "filter value 8: expected 0 to 7"),
        (Sgtin(GTIN, "1"), "X", 1, 7, "X: expected an EPC scheme that holds keys of GS1"),
        (
            Sgtin("80614141123459", "1"),
            "SGTIN-96",
            1,
            7,
            "Sgtin(gtin='80614141123459', serial='1'): expected right check digits, lengths and"
            " characters",
        ),
        (
            Sgtin(GTIN, "1"),
            "SSCC-96",
            1,
            7,
            f"https://id.gs1.org/01/{GTIN}/21/1: not a key that SSCC-96 holds",
        ),
        (
            Ginc("9521141A"),
            "GIAI-202",
            1,
            7,
            "https://id.gs1.org/401/9521141A: not a key that GIAI-202 holds",
        ),
        (Gtin(GTIN), "SGTIN-96", 1, 7, f"https://id.gs1.org/01/{GTIN}: not a key that SGTIN-96"
         " holds"),
        (Lgtin(GTIN, "A"), "SGTIN+", 1, 7, f"https://id.gs1.org/01/{GTIN}/10/A: not a key that"
         " SGTIN+ holds"),
        (Giai("0614"), "GIAI-96", 1, 7, "https://id.gs1.org/8004/0614: shorter than a company"
         " prefix of 7"),
        (Giai("0614141A"), "GIAI-96", 1, 7, "https://id.gs1.org/8004/0614141A: GIAI-96 cannot hold"
         " the reference 'A'"),
        (Giai("0614141"), "GIAI-202", 1, 7, "https://id.gs1.org/8004/0614141: GIAI-202 cannot hold"
         " the reference ''"),
        (Cpid("0614141", "1"), "CPI-var", 1, 7, "https://id.gs1.org/8010/0614141/8011/1: CPI-var"
         " cannot hold it"),
        (Grai(GLN, "x" * 16), "GRAI-96", 1, 7, f"serial '{'x' * 16}': GRAI-96 holds whole numbers"
         " without leading zeros up to 274877906943"),
        (Gid(1, 2, 3), "SGTIN-96", 1, 7, "urn:epc:id:gid:1.2.3: not an identity that SGTIN-96"
         " holds"),
        (Gid(1, 2, 3), "SGTIN+", 1, 7, "urn:epc:id:gid:1.2.3: SGTIN+ holds keys of GS1"),
        (Gid(1 << 28, 2, 3), "GID-96", 0, None, "urn:epc:id:gid:268435456.2.3: GID-96 cannot hold"
         " it, or not the filter value"),
        (Usdod("CAGEI", 3), "USDOD-96", 0, None, "urn:epc:id:usdod:CAGEI.3: USDOD-96 cannot hold"
         " it, or not the filter value"),
        (Usdod("CAGEY", -3), "USDOD-96", 0, None, "urn:epc:id:usdod:CAGEY.-3: USDOD-96 cannot hold"
         " it, or not the filter value"),
        (Adi("CAGEY", "", ""), "ADI-var", 0, None, "urn:epc:id:adi:CAGEY..: ADI-var cannot hold"
         " it, or not the filter value"),
    ],
)  # fmt: skip
def test_what_cannot_be_encoded_says_what_was_expected(
    identity: Identity, scheme: str, filter_value: int, digits: int | None, why: str
) -> None:
    assert encode(identity, scheme, filter_value, digits) == Unencodable(why)


@pytest.mark.parametrize(
    ("identity", "scheme", "holds"),
    [
        (Gdti(GLN, "x" * 17), "GDTI-174", None),
        (Sgtin(GTIN, "x" * 20), "SGTIN-198", None),
        (Gcn("4012345678901", "000000000000"), "SGCN-96", None),
        (Grai(GLN, "x" * 16), "GRAI-170", None),
        (Adi("CAGEYS", "", "#1"), "ADI-var", None),
    ],
)
def test_the_longest_texts_fit(identity: Identity, scheme: str, holds: None) -> None:
    bits = encode(identity, scheme, 1, 7)

    assert isinstance(bits, bytes)
    assert decode(bits, len(bits) // 2 << 11) == Tag(
        scheme, identity, 1, None if isinstance(identity, Adi) else 7
    )


def test_only_plus_schemes_hold_more_than_a_key() -> None:
    assert encode(Sscc("106141412345678908"), "SSCC-96", 0, 7, (("10", "A"),)) == Unencodable(
        "SSCC-96: only '+' schemes hold more than a key"
    )
