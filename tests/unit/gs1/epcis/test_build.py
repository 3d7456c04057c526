from decimal import Decimal

from gs1.epcis.build import (
    CONTEXT,
    AggregationEvent,
    BizTransaction,
    Destination,
    ErrorDeclaration,
    ObjectEvent,
    Quantity,
    Source,
)
from gs1.epcis.judge import judge

AT = "2026-11-22T08:15:30.125+01:00"
ITEM = "https://id.gs1.org/01/09521141123454/21/1001"
LOT = "https://id.gs1.org/01/09521141123454/10/L7"
PALLET = "https://id.gs1.org/00/195211412345678900"
DOOR = "https://id.gs1.org/414/9521141123454/254/dock1"


def test_an_event_that_says_little_is_short() -> None:
    said = ObjectEvent(event_time=AT, event_time_zone_offset="+01:00", action="OBSERVE")

    assert said.document() == {
        "@context": [CONTEXT],
        "type": "ObjectEvent",
        "eventTime": AT,
        "eventTimeZoneOffset": "+01:00",
        "action": "OBSERVE",
        "epcList": [],
    }
    assert judge(said.document()) == []


def test_an_event_that_says_all_says_it_in_order() -> None:
    said = ObjectEvent(
        event_time=AT,
        event_time_zone_offset="+01:00",
        action="OBSERVE",
        event_id="urn:uuid:1",
        record_time="2026-11-22T08:15:31.000+01:00",
        error_declaration=ErrorDeclaration(AT, "incorrect_data", ("urn:uuid:2",)),
        biz_step="receiving",
        disposition="in_progress",
        read_point=DOOR,
        biz_location=DOOR,
        biz_transactions=(BizTransaction("urn:po:1", "po"), BizTransaction("urn:doc:2")),
        sources=(Source("location", DOOR),),
        destinations=(Destination("owning_party", "urn:epc:id:pgln:9521141.00000"),),
        epcs=(ITEM,),
        quantities=(
            Quantity(LOT, Decimal("12.50"), "KGM"),
            Quantity(LOT, Decimal("24")),
            Quantity(LOT),
        ),
        namespaces={"readpoint": "urn:readpoint:ns:"},
        extensions={"readpoint:kind": "movement"},
    )

    document = said.document()

    assert list(document.items()) == [
        ("@context", [CONTEXT, {"readpoint": "urn:readpoint:ns:"}]),
        ("type", "ObjectEvent"),
        ("eventID", "urn:uuid:1"),
        ("eventTime", AT),
        ("eventTimeZoneOffset", "+01:00"),
        ("recordTime", "2026-11-22T08:15:31.000+01:00"),
        (
            "errorDeclaration",
            {
                "declarationTime": AT,
                "reason": "incorrect_data",
                "correctiveEventIDs": ["urn:uuid:2"],
            },
        ),
        ("action", "OBSERVE"),
        ("bizStep", "receiving"),
        ("disposition", "in_progress"),
        ("readPoint", {"id": DOOR}),
        ("bizLocation", {"id": DOOR}),
        (
            "bizTransactionList",
            [{"type": "po", "bizTransaction": "urn:po:1"}, {"bizTransaction": "urn:doc:2"}],
        ),
        ("sourceList", [{"type": "location", "source": DOOR}]),
        (
            "destinationList",
            [{"type": "owning_party", "destination": "urn:epc:id:pgln:9521141.00000"}],
        ),
        ("epcList", [ITEM]),
        (
            "quantityList",
            [
                {"epcClass": LOT, "quantity": 12.5, "uom": "KGM"},
                {"epcClass": LOT, "quantity": 24},
                {"epcClass": LOT},
            ],
        ),
        ("readpoint:kind", "movement"),
    ]
    assert judge(document) == []


def test_only_quantities_need_no_empty_list_of_things() -> None:
    said = ObjectEvent(
        event_time=AT, event_time_zone_offset="+01:00", action="ADD", quantities=(Quantity(LOT),)
    )

    assert "epcList" not in said.document()


def test_an_aggregation_names_parent_and_children() -> None:
    said = AggregationEvent(
        event_time=AT,
        event_time_zone_offset="+01:00",
        action="ADD",
        parent=PALLET,
        children=(ITEM,),
        child_quantities=(Quantity(LOT, Decimal(3)),),
        extensions={"x:y": 1},
    )

    document = said.document()

    assert judge(document) == []
    assert {name: document[name] for name in list(document)[5:]} == {
        "parentID": PALLET,
        "childEPCs": [ITEM],
        "childQuantityList": [{"epcClass": LOT, "quantity": 3}],
        "x:y": 1,
    }


def test_an_aggregation_may_be_taken_apart_whole() -> None:
    said = AggregationEvent(
        event_time=AT, event_time_zone_offset="+01:00", action="DELETE", parent=PALLET
    )

    assert judge(said.document()) == []
    assert "childEPCs" not in said.document()


def test_a_quantity_that_is_no_number_is_left_to_the_judge() -> None:
    said = ObjectEvent(
        event_time=AT,
        event_time_zone_offset="+01:00",
        action="OBSERVE",
        quantities=(Quantity(LOT, Decimal("NaN"), "KGM"), Quantity(LOT, Decimal("Infinity"))),
    )

    assert [fault.sentence for fault in judge(said.document())] == [
        "Decimal('NaN'): expected more than zero",
        "Decimal('Infinity'): expected more than zero",
    ]
