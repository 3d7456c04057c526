"""What just fits into a tag, and what is one too many."""

import pytest

from gs1.epc.codec import decode, encode
from gs1.epc.model import Adi, Gid, Identity, Tag, TagReason, Unencodable, Unknown, Usdod
from gs1.epc.plus import SCHEMES as PLUS
from gs1.keys import Cpid, Gcn, Gdti, Giai, Grai, Gsrn, Gsrnp, Itip, Key, Sgln, Sgtin, Sscc

GTIN, GLN, GSRN = "80614141123458", "0614141123452", "061414112345678902"

OF_SCHEME: list[tuple[str, Key]] = [
    ("SGTIN+", Sgtin(GTIN, "7")),
    ("SSCC+", Sscc("106141412345678908")),
    ("SGLN+", Sgln(GLN, "7")),
    ("GRAI+", Grai(GLN, "7")),
    ("GIAI+", Giai("06141417")),
    ("GSRN+", Gsrn(GSRN)),
    ("GSRNP+", Gsrnp(GSRN)),
    ("GDTI+", Gdti(GLN, "7")),
    ("CPI+", Cpid("0614141A", "7")),
    ("SGCN+", Gcn(GLN, "7")),
    ("ITIP+", Itip(GTIN, "01", "02", "7")),
]


def bits(made: bytes | Unencodable) -> bytes:
    assert isinstance(made, bytes), made
    return made


@pytest.mark.parametrize("filter_value", range(8))
@pytest.mark.parametrize("scheme", ["SGTIN-96", "SGTIN+"])
def test_every_filter_value_comes_back(scheme: str, filter_value: int) -> None:
    found = decode(bits(encode(Sgtin(GTIN, "7"), scheme, filter_value, 7)))

    assert isinstance(found, Tag)
    assert found.filter_value == filter_value


@pytest.mark.parametrize(
    ("identity", "scheme", "most"),
    [
        (Sgtin(GTIN, "7"), "SGTIN-96", 7),
        (Sgtin(GTIN, "7"), "SGTIN+", 7),
        (Usdod("CAGEY", 7), "USDOD-96", 15),
        (Adi("35962", "", "7"), "ADI-var", 63),
    ],
)
def test_a_filter_value_beyond_the_scheme_s_is_refused(
    identity: Identity, scheme: str, most: int
) -> None:
    assert isinstance(encode(identity, scheme, most, 7), bytes)
    assert isinstance(encode(identity, scheme, most + 1, 7), Unencodable)
    assert isinstance(encode(identity, scheme, -1, 7), Unencodable)


@pytest.mark.parametrize(
    ("most", "beyond", "scheme"),
    [
        (Sgtin(GTIN, str(2**38 - 1)), Sgtin(GTIN, str(2**38)), "SGTIN-96"),
        (Sgln(GLN, str(2**41 - 1)), Sgln(GLN, str(2**41)), "SGLN-96"),
        (Grai(GLN, str(2**38 - 1)), Grai(GLN, str(2**38)), "GRAI-96"),
        (Gdti(GLN, str(2**41 - 1)), Gdti(GLN, str(2**41)), "GDTI-96"),
        (Gdti(GLN, "9" * 17), Gdti(GLN, "1" + "0" * 17), "GDTI-113"),
        (Gcn(GLN, "9" * 12), Gcn(GLN, "1" + "0" * 12), "SGCN-96"),
        (Cpid("06141411", str(2**31 - 1)), Cpid("06141411", str(2**31)), "CPI-96"),
        (Cpid("0614141A", "9" * 12), Cpid("0614141A", "1" + "0" * 12), "CPI-var"),
        (Gid(2**28 - 1, 2**24 - 1, 2**36 - 1), Gid(2**28, 1, 1), "GID-96"),
    ],
)
def test_the_largest_number_comes_back_and_the_next_is_refused(
    most: Identity, beyond: Identity, scheme: str
) -> None:
    found = decode(bits(encode(most, scheme, 0, 7)))

    assert isinstance(found, Tag)
    assert (found.identity, found.scheme) == (most, scheme)
    assert isinstance(encode(beyond, scheme, 0, 7), Unencodable)


@pytest.mark.parametrize(("scheme", "identity"), OF_SCHEME)
def test_a_plus_scheme_holds_its_own_key_to_its_last_word(scheme: str, identity: Key) -> None:
    epc = bits(encode(identity, scheme, 3))

    assert decode(epc) == Tag(scheme, identity, 3)
    found = decode(epc + bytes(2))
    assert isinstance(found, Unknown)
    assert found.reason is TagReason.LENGTH


def test_every_plus_scheme_is_among_them() -> None:
    assert {scheme for scheme, _ in OF_SCHEME} | {"DSGTIN+"} == set(PLUS)


@pytest.mark.parametrize("pc", [0x2800, 0x3800])
def test_bits_that_are_not_as_many_as_the_pc_says_are_no_tag(pc: int) -> None:
    found = decode(bytes.fromhex("3074257BF7194E4000001A85"), pc)

    assert isinstance(found, Unknown)
    assert found.reason is TagReason.LENGTH
