import pytest

from drivers.base import Scan, TagRead
from gateway.core.identify import Identifier, Role, Sighting, Thing
from gs1.barcode import Plain
from gs1.epc.model import TagReason
from gs1.trade_number import Region

SGTIN = bytes.fromhex("3074257BF7194E4000001A85")
SSCC = bytes.fromhex("3174257BF4499602D2000000")
GRAI = bytes.fromhex("3374257BF40C0E400000162E")
OTHER = bytes.fromhex("E28011600000000000000000")


def identified(epc: bytes, *, accept_raw: bool = False) -> Thing:
    read = TagRead("dock-1", 2, epc, 10, 10)
    return Identifier(accept_raw).sighting(read).thing


def test_a_read_becomes_a_sighting_at_its_antenna_and_middle() -> None:
    read = TagRead("dock-1", 2, SGTIN, 10, 31, seen_count=5, rssi_dbm=-55.0, channel=7)

    assert Identifier(accept_raw=False).sighting(read) == Sighting(
        Thing("https://id.gs1.org/01/80614141123458/21/6789", Role.ITEM),
        "dock-1:2",
        20,
        -55.0,
        7,
        5,
    )


def test_an_sscc_is_a_container() -> None:
    assert identified(SSCC) == Thing("https://id.gs1.org/00/106141412345678908", Role.CONTAINER)


def test_an_unknown_tag_keeps_its_bits_and_its_reason() -> None:
    assert identified(OTHER) == Thing(
        "urn:epc:raw:96.xE28011600000000000000000", Role.UNKNOWN, TagReason.SCHEME
    )


def test_a_site_that_numbers_its_tags_itself_takes_the_bits_for_the_identity() -> None:
    assert identified(OTHER, accept_raw=True) == Thing(
        "urn:epc:raw:96.xE28011600000000000000000", Role.ITEM
    )


@pytest.mark.parametrize("accept_raw", [True, False])
def test_an_empty_tag_is_never_an_item(accept_raw: bool) -> None:
    assert identified(b"", accept_raw=accept_raw) == Thing(
        "urn:epc:raw:0.x", Role.UNKNOWN, TagReason.EMPTY
    )


def test_the_packing_that_a_tag_claims_is_kept_and_tells_no_things_apart() -> None:
    item, case = identified(SGTIN), identified(bytes.fromhex("3054257BF7194E4000001A85"))

    assert (item.filter_value, case.filter_value) == (3, 2)
    assert item == case


def test_an_asset_is_no_stock() -> None:
    assert identified(GRAI) == Thing(
        "https://id.gs1.org/8003/006141411234525678", Role.UNKNOWN, TagReason.NOT_STOCK
    )


def test_a_site_that_numbers_its_tags_itself_takes_an_asset_for_an_item() -> None:
    assert identified(GRAI, accept_raw=True) == Thing(
        "https://id.gs1.org/8003/006141411234525678", Role.ITEM
    )


def test_a_tag_is_decoded_once() -> None:
    identifier = Identifier(accept_raw=False)
    read = TagRead("dock-1", 2, SGTIN, 10, 10)

    assert identifier.sighting(read).thing is identifier.sighting(read).thing


def test_what_a_region_numbers_itself_is_read_by_its_rules_where_it_is_set() -> None:
    """A Swedish shop's own number, with the weight of what is in the bag."""
    scan = Scan("belt-1", 5, b"2388060112344", "E0")

    anywhere = Identifier(accept_raw=False).scanned(scan)
    sweden = Identifier(accept_raw=False, region=Region.SWEDEN).scanned(scan)

    assert (anywhere.scanner, anywhere.at_us, anywhere.text) == ("belt-1", 5, "2388060112344")
    assert isinstance(anywhere.found, Plain)
    assert anywhere.found.key == "urn:readpoint:code:2388060112344"
    assert sweden.found.key == "urn:readpoint:code:2388060100006"
