import pytest

from gateway.core.filter import Filter, Turned
from gs1.epc.codec import decode
from gs1.epc.model import Adi, Gid, Identity, Tag, Unknown, Usdod
from gs1.keys import Giai, Grai, Itip, Sgln, Sgtin, Sscc

ITEM = Tag("SGTIN-96", Sgtin("80614141123458", "6789"), 1, 7)
PALLET = Tag("SSCC-96", Sscc("106141412345678908"), 6, 7)
RAW = decode(bytes.fromhex("E2801160"))


def turned(rule: Filter, tag: Tag | Unknown) -> Turned | None:
    return rule.turns_tag(tag, tag.key if isinstance(tag, Tag) else tag.raw)


def test_a_filter_that_asks_nothing_turns_nothing_away() -> None:
    rule = Filter()

    assert [turned(rule, tag) for tag in (ITEM, PALLET, RAW)] == [None] * 3
    assert not rule.turns_read(-120.0)


def test_a_read_below_the_floor_is_weak_and_one_without_rssi_is_not() -> None:
    rule = Filter(rssi_min_dbm=-65.0)

    assert [rule.turns_read(dbm) for dbm in (-65.5, -65.0, -40.0, None)] == [
        True,
        False,
        False,
        False,
    ]


def test_only_the_schemes_that_are_named_count_and_what_is_unknown_has_none() -> None:
    rule = Filter(schemes=frozenset({"SSCC-96"}))

    assert [turned(rule, tag) for tag in (ITEM, PALLET, RAW)] == [
        Turned.SCHEME,
        None,
        Turned.SCHEME,
    ]


@pytest.mark.parametrize(
    "identity",
    [
        Sgtin("80614141123458", "6789"),
        Sscc("106141412345678908"),
        Itip("80614141123458", "01", "02", "9"),
        Grai("0614141123452", "5678"),
        Giai("061414132a"),
        Sgln("0614141123452"),
    ],
    ids=lambda identity: type(identity).__name__,
)
def test_a_company_prefix_is_found_in_every_key(identity: Identity) -> None:
    tag = Tag("any", identity, None, 7)

    assert turned(Filter(company_prefixes=("952", "0614141")), tag) is None
    assert turned(Filter(company_prefixes=("0614142",)), tag) is Turned.COMPANY


@pytest.mark.parametrize("identity", [Gid(6, 1, 2), Usdod("06141", 5), Adi("06141", "1", "2")])
def test_what_is_not_numbered_by_gs1_is_of_no_company(identity: Identity) -> None:
    rule = Filter(company_prefixes=("0",))

    assert turned(rule, Tag("any", identity, None)) is Turned.COMPANY
    assert turned(rule, RAW) is Turned.COMPANY


def test_patterns_are_keys_with_a_star_for_anything() -> None:
    ours = "https://id.gs1.org/01/80614141123458/21/*"
    dotted = "https://id.gs1.org/01/8061414.123458/21/*"

    assert [turned(Filter(allow=[ours]), tag) for tag in (ITEM, PALLET, RAW)] == [
        None,
        Turned.NOT_ALLOWED,
        Turned.NOT_ALLOWED,
    ]
    assert turned(Filter(allow=[dotted, "*/00/*"]), ITEM) is Turned.NOT_ALLOWED  # . is itself
    assert turned(Filter(allow=[dotted, "*/00/*"]), PALLET) is None
    assert turned(Filter(allow=["urn:epc:raw:*"]), RAW) is None
    assert turned(Filter(allow=["id.gs1.org"]), ITEM) is Turned.NOT_ALLOWED  # the whole key


def test_what_is_denied_is_so_whatever_is_allowed() -> None:
    rule = Filter(allow=["*"], deny=["*/21/67*"], schemes=frozenset({"SGTIN-96", "SSCC-96"}))

    assert [turned(rule, tag) for tag in (ITEM, PALLET)] == [Turned.DENIED, None]
