"""LEDGER: what an event books. One test a row of the table, and the properties they share."""

from dataclasses import replace

import pytest

from ledger.core.booking import (
    BALANCE_MAX,
    LINE_QUANTITY_MAX,
    NO_GOODS,
    PACK_QUANTITY_MAX,
    Alert,
    Booking,
    Document,
    Facts,
    Known,
    Line,
    Location,
    LocationKind,
    Packed,
    Unit,
    UnitStep,
    book,
    books,
    class_key,
    is_container,
)
from wire.event import EPCS_MAX
from wire.reason import Reason

TEA = "https://id.gs1.org/01/09521141012345"
OTHER = "https://id.gs1.org/01/09521141098769"
CASE = f"{TEA}/21/1"
CASE_2 = f"{TEA}/21/2"
PALLET = "https://id.gs1.org/00/195211411234567899"

HALL = Location(1, "hall-1", LocationKind.INTERNAL, "rotterdam")
RACK = Location(2, "rack-7", LocationKind.INTERNAL, "rotterdam")
ELSEWHERE = Location(3, "hall-a", LocationKind.INTERNAL, "antwerp")
UNKNOWN = Location(4, "unknown:rotterdam", LocationKind.UNKNOWN, "rotterdam")
SUPPLIER = Location(5, "supplier:p", LocationKind.SUPPLIER, "rotterdam")
CUSTOMER = Location(6, "customer:c", LocationKind.CUSTOMER, "rotterdam")
TRANSIT = Location(7, "transit:t", LocationKind.TRANSIT, "rotterdam")
PRODUCTION = Location(8, "production:rotterdam", LocationKind.PRODUCTION, "rotterdam")
PLACES = {each.id: each for each in (HALL, RACK, ELSEWHERE, UNKNOWN, SUPPLIER, CUSTOMER, TRANSIT)}

ORDER = Document("purchase", SUPPLIER.id)
SALE = Document("sale", CUSTOMER.id)
TRANSFER = Document("transfer", TRANSIT.id)

ITEM, UNITS_A_CASE = 10, 12
TEA_CASE = Packed(ITEM, UNITS_A_CASE)

RECEIVING = Facts(
    biz_step="receiving",
    site="rotterdam",
    containers=(),
    serials=(CASE,),
    quantities=(),
    destination=HALL,
    claimed_source=None,
    document=None,
)
SHIPPING = replace(RECEIVING, biz_step="shipping", destination=None)
COMMISSIONING = replace(RECEIVING, biz_step="commissioning")


def known(units: dict[str, Unit] | None = None) -> Known:
    packed = {TEA: TEA_CASE, OTHER: Packed(11, 1, is_placeholder=True)}
    return Known(UNKNOWN, PLACES, packed, units or {})


def at(place: Location, key: str = CASE, goods: Packed = TEA_CASE) -> dict[str, Unit]:
    """A unit that the books have placed."""
    return {key: Unit(place.id, goods)}


def moved(source: Location, destination: Location, quantity: int = UNITS_A_CASE) -> list[Line]:
    lines = [Line(ITEM, source.id, -quantity), Line(ITEM, destination.id, quantity)]
    return sorted(lines, key=lambda line: line.location)


# -- receiving ------------------------------------------------------------------------------------


def test_receiving_on_an_order_comes_from_the_supplier() -> None:
    assert book(replace(RECEIVING, document=ORDER), known()) == Booking(
        lines=moved(SUPPLIER, HALL), steps=[UnitStep(CASE, TEA_CASE, None, HALL.id)]
    )


def test_receiving_on_a_transfer_comes_from_its_transit() -> None:
    assert book(replace(RECEIVING, document=TRANSFER), known()).lines == moved(TRANSIT, HALL)


def test_receiving_a_unit_in_transit_takes_it_from_there() -> None:
    assert book(RECEIVING, known(at(TRANSIT))) == Booking(
        lines=moved(TRANSIT, HALL), steps=[UnitStep(CASE, TEA_CASE, TRANSIT.id, HALL.id)]
    )


def test_receiving_a_unit_that_is_at_the_site_already_moves_it_and_alerts() -> None:
    assert book(replace(RECEIVING, document=ORDER), known(at(RACK))) == Booking(
        lines=moved(RACK, HALL),
        steps=[UnitStep(CASE, TEA_CASE, RACK.id, HALL.id)],
        alerts=[Alert(Reason.RECEIVED_AGAIN, CASE)],
    )


def test_receiving_a_unit_where_it_is_already_moves_nothing_and_alerts() -> None:
    booked = book(RECEIVING, known(at(HALL)))

    assert (booked.lines, booked.alerts) == ([], [Alert(Reason.RECEIVED_AGAIN, CASE)])


def test_receiving_without_document_comes_from_unknown_and_alerts() -> None:
    assert book(RECEIVING, known()) == Booking(
        lines=moved(UNKNOWN, HALL),
        steps=[UnitStep(CASE, TEA_CASE, None, HALL.id)],
        alerts=[Alert(Reason.RECEIVING_WITHOUT_DOCUMENT, "")],
    )


@pytest.mark.parametrize("place", [ELSEWHERE, CUSTOMER, UNKNOWN])
def test_receiving_a_unit_that_is_somewhere_else_takes_it_from_there(place: Location) -> None:
    """Otherwise it would be in two places."""
    booked = book(RECEIVING, known(at(place)))

    assert booked.lines == moved(place, HALL)
    assert booked.alerts == [Alert(Reason.RECEIVING_WITHOUT_DOCUMENT, "")]


def test_an_order_explains_a_unit_that_comes_back() -> None:
    booked = book(replace(RECEIVING, document=ORDER), known(at(CUSTOMER)))

    assert (booked.lines, booked.alerts) == (moved(CUSTOMER, HALL), [])


def test_a_sale_explains_no_receiving() -> None:
    booked = book(replace(RECEIVING, document=SALE), known())

    assert booked.alerts == [Alert(Reason.RECEIVING_WITHOUT_DOCUMENT, "")]


def test_receiving_at_a_place_we_do_not_know_goes_to_unknown_and_alerts() -> None:
    booked = book(replace(RECEIVING, destination=None, document=ORDER), known())

    assert booked.lines == moved(SUPPLIER, UNKNOWN)
    assert booked.alerts == [Alert(Reason.UNKNOWN_LOCATION, "bizLocation")]


def test_receiving_a_quantity_counts_base_units() -> None:
    facts = replace(RECEIVING, serials=(), quantities=((TEA, 40),))

    assert book(replace(facts, document=ORDER), known()) == Booking(
        lines=moved(SUPPLIER, HALL, 480)
    )
    assert book(facts, known()).alerts == [Alert(Reason.RECEIVING_WITHOUT_DOCUMENT, "")]


# -- shipping -------------------------------------------------------------------------------------


def test_shipping_on_a_transfer_goes_to_its_transit() -> None:
    assert book(replace(SHIPPING, document=TRANSFER), known(at(HALL))) == Booking(
        lines=moved(HALL, TRANSIT), steps=[UnitStep(CASE, TEA_CASE, HALL.id, TRANSIT.id)]
    )


def test_shipping_on_a_sale_goes_to_the_customer() -> None:
    booked = book(replace(SHIPPING, document=SALE), known(at(RACK)))

    assert (booked.lines, booked.alerts) == (moved(RACK, CUSTOMER), [])


def test_shipping_without_document_goes_to_unknown_and_alerts() -> None:
    booked = book(SHIPPING, known(at(HALL)))

    assert booked.lines == moved(HALL, UNKNOWN)
    assert booked.alerts == [Alert(Reason.SHIPPING_WITHOUT_DOCUMENT, "")]


def test_shipping_what_the_books_never_saw_comes_from_unknown_and_alerts() -> None:
    booked = book(replace(SHIPPING, document=SALE), known())

    assert booked.lines == moved(UNKNOWN, CUSTOMER)
    assert booked.alerts == [Alert(Reason.SHIPPED_UNSEEN, CASE)]


def test_shipping_the_unseen_without_document_makes_no_line() -> None:
    booked = book(SHIPPING, known())

    assert booked.lines == []
    assert booked.steps == [UnitStep(CASE, TEA_CASE, None, UNKNOWN.id)]
    assert booked.alerts == [
        Alert(Reason.SHIPPING_WITHOUT_DOCUMENT, ""),
        Alert(Reason.SHIPPED_UNSEEN, CASE),
    ]


def test_shipping_a_quantity_takes_it_from_the_read_point_s_zone() -> None:
    facts = replace(SHIPPING, serials=(), quantities=((TEA, 2),), document=SALE)

    assert book(replace(facts, claimed_source=RACK), known()) == Booking(
        lines=moved(RACK, CUSTOMER, 24)
    )
    assert book(facts, known()) == Booking(
        lines=moved(UNKNOWN, CUSTOMER, 24),
        alerts=[Alert(Reason.UNKNOWN_LOCATION, "readpoint:from")],
    )


# -- commissioning --------------------------------------------------------------------------------


def at_production(units: dict[str, Unit] | None = None) -> Known:
    return replace(known(units), production=PRODUCTION)


def test_a_thing_that_got_its_tag_comes_from_production() -> None:
    assert book(COMMISSIONING, at_production()) == Booking(
        lines=moved(PRODUCTION, HALL), steps=[UnitStep(CASE, TEA_CASE, None, HALL.id)]
    )


@pytest.mark.parametrize("destination", [HALL, None])
@pytest.mark.parametrize("place", [HALL, RACK, CUSTOMER])
def test_a_thing_that_got_another_tag_stays_where_the_books_have_it(
    place: Location, destination: Location | None
) -> None:
    facts = replace(COMMISSIONING, containers=(PALLET,), destination=destination)
    placed = at(place) | at(place, PALLET, NO_GOODS)

    assert book(facts, at_production(placed)) == Booking()


def test_a_thing_that_got_its_tag_nobody_knows_where_is_at_unknown_and_alerts() -> None:
    assert book(replace(COMMISSIONING, destination=None), at_production()) == Booking(
        lines=moved(PRODUCTION, UNKNOWN),
        steps=[UnitStep(CASE, TEA_CASE, None, UNKNOWN.id)],
        alerts=[Alert(Reason.UNKNOWN_LOCATION, "bizLocation")],
    )


def test_a_pallet_that_got_its_tag_is_placed_and_moves_no_stock() -> None:
    facts = replace(COMMISSIONING, containers=(PALLET,), serials=())

    assert book(facts, at_production()) == Booking(
        steps=[UnitStep(PALLET, NO_GOODS, None, HALL.id)]
    )


def test_a_quantity_that_was_commissioned_comes_from_production() -> None:
    facts = replace(COMMISSIONING, serials=(), quantities=((TEA, 40),))

    assert book(facts, at_production()) == Booking(lines=moved(PRODUCTION, HALL, 480))


def test_only_an_event_that_adds_commissions() -> None:
    assert [books("commissioning", each) for each in ("ADD", "OBSERVE", "DELETE")] == [
        True,
        False,
        False,
    ]


# -- containers, placeholders, other steps --------------------------------------------------------


def test_a_pallet_counts_once_through_its_contents() -> None:
    facts = replace(RECEIVING, containers=(PALLET,), serials=(CASE, CASE_2), document=ORDER)

    assert book(facts, known()) == Booking(
        lines=moved(SUPPLIER, HALL, 24),
        steps=[
            UnitStep(CASE, TEA_CASE, None, HALL.id),
            UnitStep(CASE_2, TEA_CASE, None, HALL.id),
            UnitStep(PALLET, NO_GOODS, None, HALL.id),
        ],
    )


def test_a_pallet_alone_is_placed_moves_no_stock_and_alerts() -> None:
    facts = replace(SHIPPING, containers=(PALLET,), serials=(), document=SALE)

    assert book(facts, known(at(HALL, PALLET, NO_GOODS))) == Booking(
        steps=[UnitStep(PALLET, NO_GOODS, HALL.id, CUSTOMER.id)],
        alerts=[Alert(Reason.CONTENTS_UNKNOWN, PALLET)],
    )


@pytest.mark.parametrize("biz_step", ["receiving", "shipping"])
def test_a_pallet_that_was_counted_has_contents(biz_step: str) -> None:
    facts = replace(
        RECEIVING,
        biz_step=biz_step,
        containers=(PALLET,),
        serials=(),
        quantities=((TEA, 40),),
        claimed_source=RACK,
        document=TRANSFER,
    )

    booked = book(facts, known())

    assert booked.alerts == []
    assert sum(abs(line.quantity) for line in booked.lines) == 2 * 480


def test_a_key_that_nobody_explained_is_booked_to_its_placeholder() -> None:
    facts = replace(RECEIVING, serials=(f"{OTHER}/21/1",), quantities=((OTHER, 2),), document=ORDER)

    booked = book(facts, known())

    assert booked.lines == [Line(11, HALL.id, 3), Line(11, SUPPLIER.id, -3)]
    assert booked.alerts == [Alert(Reason.UNKNOWN_ITEM, OTHER)]


@pytest.mark.parametrize("biz_step", ["receiving", "shipping"])
def test_a_unit_moves_as_what_it_was_booked_as(biz_step: str) -> None:
    """Whatever its class key stands for by now."""
    as_ten = at(RACK, goods=Packed(13, 10))
    booked = book(replace(RECEIVING, biz_step=biz_step, document=TRANSFER), known(as_ten))

    destination = HALL if biz_step == "receiving" else TRANSIT
    assert booked.lines == sorted(
        [Line(13, RACK.id, -10), Line(13, destination.id, 10)], key=lambda line: line.location
    )
    assert booked.steps == [UnitStep(CASE, Packed(13, 10), RACK.id, destination.id)]


def test_a_unit_of_a_placeholder_alerts_for_as_long_as_it_is_one() -> None:
    """An item that explains its class by now has not explained the stock."""
    placeholder = at(HALL, goods=Packed(11, 1, is_placeholder=True))

    booked = book(replace(SHIPPING, document=SALE), known(placeholder))

    assert booked.lines == [Line(11, HALL.id, -1), Line(11, CUSTOMER.id, 1)]
    assert booked.alerts == [Alert(Reason.UNKNOWN_ITEM, TEA)]


def test_a_site_s_own_number_is_its_own_class() -> None:
    raw = "urn:epc:raw:96.xE28011600000000000000000"
    books_known = replace_packed(known(), {raw: Packed(12, 1)})

    booked = book(replace(RECEIVING, serials=(raw,), document=ORDER), books_known)

    assert booked.steps == [UnitStep(raw, Packed(12, 1), None, HALL.id)]


def replace_packed(before: Known, packed: dict[str, Packed]) -> Known:
    return Known(before.unknown, before.locations, packed, before.units)


@pytest.mark.parametrize("biz_step", ["storing", "packing", "cycle_counting", None])
def test_any_other_step_is_stored_not_booked(biz_step: str | None) -> None:
    assert not books(biz_step, "ADD")
    assert book(replace(RECEIVING, biz_step=biz_step), known()) == Booking()


def test_lines_stand_in_a_fixed_order() -> None:
    facts = replace(RECEIVING, serials=(f"{OTHER}/21/1", CASE))

    assert [(line.item, line.location) for line in book(facts, known()).lines] == [
        (10, 1),
        (10, 4),
        (11, 1),
        (11, 4),
    ]


def test_what_a_serial_is_of() -> None:
    assert class_key(CASE) == class_key(TEA) == TEA
    assert class_key(PALLET) is None
    assert class_key("urn:x:y") is None
    assert is_container(PALLET)
    assert not is_container(CASE)


def test_no_pass_of_units_is_above_the_bound_of_a_line() -> None:
    """It would be rejected for what somebody wrote in a table; only counts can be above it."""
    assert EPCS_MAX * PACK_QUANTITY_MAX <= LINE_QUANTITY_MAX < BALANCE_MAX


def test_the_largest_quantity_is_told_without_sign() -> None:
    assert Booking().largest == 0
    assert book(replace(RECEIVING, document=ORDER), known()).largest == UNITS_A_CASE
    assert Booking(lines=[Line(ITEM, 1, -7), Line(ITEM, 2, 3), Line(ITEM, 3, 4)]).largest == 7
