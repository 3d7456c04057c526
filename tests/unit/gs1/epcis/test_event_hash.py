"""CBV 2.0 §8.9: what two parties hash who hold one event."""

import pytest

from gs1.epcis.event_hash import DEPTH_MAX, event_hash, pre_hash
from gs1.epcis.members import names
from gs1.epcis.shape import JsonObject, JsonValue

HEAD = "eventType=ObjectEventeventTime=2026-11-22T07:15:30.125ZeventTimeZoneOffset=+01:00"
CBV = "https://ref.gs1.org/cbv/"


def an_event(**members: JsonValue) -> JsonObject:
    event: JsonObject = {
        "type": "ObjectEvent",
        "eventTime": "2026-11-22T08:15:30.125+01:00",
        "eventTimeZoneOffset": "+01:00",
    }
    return event | members


def test_the_hash_is_a_name_as_rfc_6920_has_it() -> None:
    assert event_hash({"type": "ObjectEvent"}) == (
        "ni:///sha-256;7aa6d15415d4b429d7c4f7b3f1aaebcdbd9a12ad5c6ff4951247b61e621b9659?ver=CBV2.0"
    )


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"eventID": "urn:x:1", "recordTime": "x", "errorDeclaration": {}, "@context": []}, ""),
        ({"action": " OBSERVE "}, "action=OBSERVE"),
        ({"epcList": []}, ""),
        (
            {"epcList": ["urn:b:2", "urn:a:1", None]},
            "epcListepc=urn:a:1epc=urn:b:2",
        ),
        (
            {"epcList": ["urn:epc:id:sscc:9521141.1234567890"]},
            "epcListepc=https://id.gs1.org/00/195211412345678900",
        ),
        (
            {"childEPCs": ["urn:a:1"], "inputEPCList": ["urn:b:2"], "parentID": "urn:p:1"},
            "parentID=urn:p:1inputEPCListepc=urn:b:2childEPCsepc=urn:a:1",
        ),
        (
            {"quantityList": [{"uom": "KGM", "quantity": 1.50, "epcClass": "urn:c:1"}, 7, {}]},
            "quantityListquantityElementepcClass=urn:c:1quantity=1.5uom=KGM",
        ),
        (
            {"outputQuantityList": [{"epcClass": "urn:c:1", "quantity": 10.0}]},
            "outputQuantityListquantityElementepcClass=urn:c:1quantity=10",
        ),
        ({"bizStep": "receiving"}, f"bizStep={CBV}BizStep-receiving"),
        ({"bizStep": "cbv:BizStep-receiving"}, f"bizStep={CBV}BizStep-receiving"),
        ({"disposition": "urn:epcglobal:cbv:disp:active"}, f"disposition={CBV}Disp-active"),
        (
            {"persistentDisposition": {"unset": ["damaged"], "set": ["expired", "conformant"]}},
            f"persistentDispositionset={CBV}Disp-conformantset={CBV}Disp-expired"
            f"unset={CBV}Disp-damaged",
        ),
        (
            {"readPoint": {"x:note": "a", "id": "urn:r:1"}, "bizLocation": "urn:l:1"},
            "readPointid=urn:r:1{urn:ns:}note=a",
        ),
        (
            {
                "sourceList": [{"source": "urn:s:1", "type": "owning_party"}],
                "destinationList": [{"destination": "urn:d:1", "type": "location"}],
                "bizTransactionList": [
                    {"bizTransaction": "urn:t:2", "type": "po"},
                    {"bizTransaction": "urn:t:1"},
                    7,
                ],
                "ilmd": {"x:lot": "L"},
                "x:more": 1,
            },
            f"bizTransactionListbizTransaction=urn:t:1type={CBV}BTT-pobizTransaction=urn:t:2"
            f"destinationListtype={CBV}SDT-locationdestination=urn:d:1"
            "ilmd{urn:ns:}lot=L"
            f"sourceListtype={CBV}SDT-owning_partysource=urn:s:1"
            "{urn:ns:}more=1",
        ),
        (
            {
                "sensorElementList": [
                    {
                        "sensorReport": [
                            {"type": "Temperature", "value": 4.20, "component": "x", "uom": "CEL"},
                            {"type": "gs1:Speed", "time": "2026-11-22T00:00:00+01:00"},
                            {"type": "urn:own:kind", "exception": "ALARM_CONDITION"},
                        ],
                        "sensorMetadata": {"deviceID": "urn:epc:id:giai:9521141.5678"},
                        "x:seal": True,
                    },
                    {},
                    7,
                ]
            },
            "sensorElementListsensorElementsensorMetadatadeviceID=https://id.gs1.org/8004/95211415678"
            "sensorReporttype=https://gs1.org/voc/Speedtime=2026-11-21T23:00:00.000Z"
            f"sensorReporttype=https://gs1.org/voc/Temperaturevalue=4.2component={CBV}Comp-xuom=CEL"
            "sensorReporttype=urn:own:kindexception=https://gs1.org/voc/ALARM_CONDITION"
            "{urn:ns:}seal=true",
        ),
        ({"sensorElementList": [{}]}, ""),
        (
            {"x:b": {"z": [1, 2], "x:a": {}}, "x:a": [[2, 1], None], "plain": False, "x:e": ""},
            "plain=false{urn:ns:}a=1=2{urn:ns:}bz=1z=2{urn:ns:}a{urn:ns:}e",
        ),
        ({"x:a": "x:b", "y:a": "007.50"}, "y:a=7.5{urn:ns:}a=urn:ns:b"),
        (
            {"certificationInfo": ["urn:c:2", "urn:c:1"]},
            "certificationInfo=urn:c:1certificationInfo=urn:c:2",
        ),
    ],
)
def test_members_stand_in_one_order_and_one_spelling(members: JsonObject, said: str) -> None:
    assert pre_hash(an_event(**members), [{"x": "urn:ns:"}, "https://x.example"]) == HEAD + said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0"),
        ("-0.0", "0"),
        ("+1.0", "1"),
        (12345678901234567890, "12345678901234567890"),
        (1e-7, "0.0000001"),
        ("1e3", "1000"),
        ("100", "100"),
        ("1_000", "1_000"),
        ("Infinity", "Infinity"),
    ],
)
def test_a_number_has_no_idle_zeros_and_all_its_digits(number: JsonValue, said: str) -> None:
    assert pre_hash({"type": "x", "q": number}) == f"eventType=xq={said}"


def test_a_number_that_python_does_not_write_has_all_its_digits() -> None:
    assert pre_hash({"type": "x", "q": 10**5000}) == f"eventType=xq=1{'0' * 5000}"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2026-11-22T08:15:30Z", "2026-11-22T08:15:30.000Z"),
        ("2023-01-18T11:04:03.1415Z", "2023-01-18T11:04:03.142Z"),
        ("2023-01-18T11:04:03.1414999Z", "2023-01-18T11:04:03.141Z"),
        ("2023-12-31T23:59:59.9995Z", "2024-01-01T00:00:00.000Z"),
        ("2024-02-29T23:30:00-01:00", "2024-03-01T00:30:00.000Z"),
        ("2024-03-01T00:30:00+14:00", "2024-02-29T10:30:00.000Z"),
        ("9999-12-31T23:59:59.999-01:30", "10000-01-01T01:29:59.999Z"),
        ("0001-01-01T00:00:00+01:00", "0000-12-31T23:00:00.000Z"),
        ("2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"),
        ("noon", "noon"),
    ],
)
def test_an_instant_is_in_utc_to_the_millisecond(written: str, said: str) -> None:
    assert pre_hash({"type": "x", "eventTime": written}) == f"eventType=xeventTime={said}"


def test_the_prefixes_of_the_event_go_before_those_of_its_document() -> None:
    event: JsonObject = {"type": "x", "@context": {"a": "urn:inner:"}, "a:b": "c"}

    assert pre_hash(event, {"a": "urn:outer:"}) == "eventType=x{urn:inner:}b=c"


def test_nothing_is_said_of_an_event_that_says_nothing() -> None:
    assert pre_hash({}) == "eventType="


def test_extensions_are_hashed_as_deep_as_json_is_read() -> None:
    deep: JsonValue = "end"
    for _ in range(DEPTH_MAX + 5):
        deep = {"a": deep}

    assert pre_hash({"type": "x", "d": deep}) == "eventType=xd" + "a" * (DEPTH_MAX - 1)


# CBV 2.0 §8.9, the canonical property order.
ORDER = names(
    "eventTime eventTimeZoneOffset certificationInfo parentID epcList inputEPCList childEPCs"
    " quantityList childQuantityList inputQuantityList outputEPCList outputQuantityList action"
    " transformationID bizStep disposition persistentDisposition readPoint bizLocation"
    " sensorElementList"
)
REPORT_ORDER = names(
    "type exception deviceID deviceMetadata rawData dataProcessingMethod time microorganism"
    " chemicalSubstance value component stringValue booleanValue hexBinaryValue uriValue minValue"
    " maxValue meanValue sDev percRank percValue uom coordinateReferenceSystem"
)
METADATA_ORDER = names(
    "time startTime endTime deviceID deviceMetadata rawData dataProcessingMethod bizRules"
)


def one_of(name: str) -> JsonValue:
    """A value that says something, of a member with this name."""
    if name in ("readPoint", "bizLocation"):
        return {"id": "urn:x:1"}
    if name == "persistentDisposition":
        return {"unset": ["urn:x:2"], "set": ["urn:x:1"]}
    if name.lower().endswith("quantitylist"):
        return [{"uom": "KGM", "quantity": 1, "epcClass": "urn:x:1"}]
    return [{"sensorReport": [{"value": 1}]}] if name == "sensorElementList" else ["urn:x:1"]


def places(text: str, words: list[str]) -> list[int]:
    found = [text.find(word) for word in words]
    assert -1 not in found
    return found


def test_the_members_of_an_event_stand_in_the_standard_s_order() -> None:
    said = pre_hash({"type": "x", **{name: one_of(name) for name in sorted(ORDER)}})

    starts = [name if name.endswith(("List", "EPCs")) else f"{name}=" for name in ORDER]
    for name in ("persistentDisposition", "readPoint", "bizLocation"):
        starts[ORDER.index(name)] = name + ("set=" if name.startswith("persist") else "id=")
    found = places(said, starts)
    assert found == sorted(found)
    assert "quantityElementepcClass=urn:x:1quantity=1uom=KGM" in said
    assert "persistentDispositionset=urn:x:1unset=urn:x:2" in said


@pytest.mark.parametrize(
    ("of", "order"), [("sensorReport", REPORT_ORDER), ("sensorMetadata", METADATA_ORDER)]
)
def test_the_members_of_a_measurement_stand_in_the_standard_s_order(
    of: str, order: tuple[str, ...]
) -> None:
    measured: JsonObject = {name: "urn:x:1" for name in sorted(order)}

    said = pre_hash({"type": "x", "sensorElementList": [{of: measured}]})

    inside = "".join(f"{name}=urn:x:1" for name in order)
    assert said == f"eventType=xsensorElementListsensorElement{of}{inside}"
