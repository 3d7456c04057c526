"""What the JSON schema of EPCIS lets pass, and the standard does not."""

import pytest

from gs1.epcis.judge import FAULTS_MAX, Fault, FaultReason, judge
from gs1.epcis.shape import JsonObject, JsonValue

AT = "2026-11-22T08:15:30.125+01:00"
ITEM = "https://id.gs1.org/01/09521141123454/21/1001"
SAME_ITEM = "urn:epc:id:sgtin:9521141.012345.1001"
LOT = "https://id.gs1.org/01/09521141123454/10/L7"
PALLET = "https://id.gs1.org/00/195211412345678900"
INSTANT = "expected an instant as 2026-11-22T08:15:30.125+01:00"
WORD = "of the CBV, or a URI of another vocabulary"
MEMBER = "expected a member that EPCIS knows, or an extension with a prefix"

R = FaultReason


def an_event(**members: JsonValue) -> JsonObject:
    """An ObjectEvent with these members; None takes one away."""
    event: JsonObject = {
        "type": "ObjectEvent",
        "eventTime": AT,
        "eventTimeZoneOffset": "+01:00",
        "action": "OBSERVE",
        "epcList": [ITEM],
    }
    return {name: value for name, value in (event | members).items() if value is not None}


def a_group(**members: JsonValue) -> JsonObject:
    group: JsonObject = {"type": "AggregationEvent", "action": "ADD", "epcList": None}
    group |= {"parentID": PALLET, "childEPCs": [ITEM]}
    return an_event(**(group | members))


@pytest.mark.parametrize(
    "event",
    [
        an_event(),
        an_event(eventTime="2026-11-22T07:15:30Z", recordTime=AT),
        an_event(eventID="urn:uuid:1", bizStep="receiving", disposition="urn:x:chilled"),
        an_event(bizStep="urn:epcglobal:cbv:bizstep:destroying", action="DELETE"),
        an_event(bizStep="commissioning", action="ADD", disposition="active", ilmd={"x:y": 1}),
        an_event(bizStep="decommissioning", action="DELETE", disposition="inactive"),
        an_event(persistentDisposition={"set": ["damaged"], "unset": ["conformant"]}),
        an_event(epcList=[], quantityList=[{"epcClass": LOT, "quantity": 0.5, "uom": "KGM"}]),
        an_event(quantityList=[{"epcClass": LOT}, {"epcClass": "urn:x:c", "quantity": 2.0}]),
        an_event(readPoint={"id": "urn:x:door", "x:y": 1}, bizLocation={"id": "urn:x:hall"}),
        an_event(bizTransactionList=[{"bizTransaction": "urn:x:1", "type": "po"}]),
        an_event(sourceList=[{"source": "urn:epc:id:pgln:9521141.00000", "type": "location"}]),
        an_event(errorDeclaration={"declarationTime": AT, "x:by": "me"}),
        an_event(errorDeclaration={"declarationTime": AT, "reason": "did_not_occur"}),
        a_group(),
        a_group(action="OBSERVE", parentID=None),
        a_group(action="DELETE", childEPCs=None),
        a_group(childEPCs=None, childQuantityList=[{"epcClass": LOT, "quantity": 3}]),
        a_group(type="TransactionEvent", childEPCs=None, parentID=None, epcList=[ITEM]),
        an_event(type="TransformationEvent", action=None, epcList=None, inputEPCList=[ITEM]),
        an_event(type="x:OwnEvent", whatever=7),
    ],
)
def test_what_the_standard_allows_has_no_fault(event: JsonObject) -> None:
    assert judge(event) == []


@pytest.mark.parametrize(
    ("event", "path", "reason", "sentence"),
    [
        # the words of the CBV
        (
            an_event(bizStep="foo"),
            "$.bizStep",
            R.WORD,
            f"'foo': expected a business step {WORD}",
        ),
        (
            an_event(bizStep="urn:epcglobal:cbv:bizstep:foo"),
            "$.bizStep",
            R.WORD,
            f"'urn:epcglobal:cbv:bizstep:foo': expected a business step {WORD}",
        ),
        (an_event(disposition=7), "$.disposition", R.WORD, f"7: expected a disposition {WORD}"),
        (
            an_event(persistentDisposition={"set": ["foo"]}),
            "$.persistentDisposition.set[0]",
            R.WORD,
            f"'foo': expected a disposition {WORD}",
        ),
        (
            an_event(persistentDisposition={"unset": "damaged"}),
            "$.persistentDisposition.unset",
            R.TYPE,
            "'damaged': expected a list",
        ),
        (
            an_event(persistentDisposition=[]),
            "$.persistentDisposition",
            R.TYPE,
            "list: expected an object",
        ),
        # times
        (
            an_event(eventTime=None),
            "$.eventTime",
            R.MISSING,
            "nothing: expected an instant with its offset",
        ),
        (an_event(eventTime="today"), "$.eventTime", R.TIME, f"'today': {INSTANT}"),
        (
            an_event(eventTime="2026-11-22T08:15:30"),
            "$.eventTime",
            R.ZONE,
            "'2026-11-22T08:15:30': expected an instant with its offset",
        ),
        (an_event(recordTime={}), "$.recordTime", R.TIME, f"dict: {INSTANT}"),
        (
            an_event(eventTimeZoneOffset=None),
            "$.eventTimeZoneOffset",
            R.MISSING,
            "nothing: expected the offset of eventTime",
        ),
        (
            an_event(eventTimeZoneOffset="1"),
            "$.eventTimeZoneOffset",
            R.ZONE,
            "'1': expected an offset as +01:00",
        ),
        (
            an_event(eventTimeZoneOffset="+02:00"),
            "$.eventTimeZoneOffset",
            R.ZONE,
            "'+02:00': expected the offset of eventTime, +01:00",
        ),
        # kinds and members
        (
            an_event(type="CountEvent"),
            "$.type",
            R.TYPE,
            "'CountEvent': expected one of ObjectEvent, AggregationEvent, AssociationEvent,"
            " TransactionEvent, TransformationEvent",
        ),
        (an_event(note="x"), "$", R.MEMBER, f"'note': {MEMBER}"),
        (an_event(parentID=PALLET), "$", R.MEMBER, f"'parentID': {MEMBER}"),
        (
            an_event(readPoint={"id": "urn:x:d", "name": 1}),
            "$.readPoint",
            R.MEMBER,
            f"'name': {MEMBER}",
        ),
        (an_event(eventID="7"), "$.eventID", R.URI, "'7': expected a URI"),
        # places
        (
            an_event(readPoint="urn:x:d"),
            "$.readPoint",
            R.TYPE,
            "'urn:x:d': expected an object with id",
        ),
        (an_event(readPoint={}), "$.readPoint.id", R.PLACE, "None: expected a URI"),
        (an_event(readPoint={"id": "door"}), "$.readPoint.id", R.PLACE, "'door': expected a URI"),
        (
            an_event(bizLocation={"id": PALLET}),
            "$.bizLocation.id",
            R.PLACE,
            f"'{PALLET}': expected a place: an SGLN, a Digital Link with (414),"
            " or a URI of your own",
        ),
        # EPCs
        (an_event(epcList=["hello"]), "$.epcList[0]", R.EPC, "'hello': expected a URI"),
        (an_event(epcList=[7]), "$.epcList[0]", R.TYPE, "7: expected a URI as text"),
        (an_event(epcList=ITEM), "$.epcList", R.TYPE, f"'{ITEM}': expected a list"),
        (
            an_event(epcList=["https://id.gs1.org/01/09521141123455/21/1"]),
            "$.epcList[0]",
            R.EPC,
            "'https://id.gs1.org/01/09521141123455/21/1': expected a GS1 Digital Link URI with a"
            " key that its rules allow",
        ),
        (
            an_event(epcList=[LOT]),
            "$.epcList[0]",
            R.LEVEL,
            f"'{LOT}': expected one thing; a class is counted",
        ),
        (
            an_event(epcList=[ITEM, SAME_ITEM]),
            "$.epcList[1]",
            R.REPEAT,
            f"'{SAME_ITEM}': expected each EPC once",
        ),
        # quantities
        (an_event(quantityList={}), "$.quantityList", R.TYPE, "dict: expected a list"),
        (
            an_event(quantityList=[7]),
            "$.quantityList[0]",
            R.TYPE,
            "7: expected an object with epcClass",
        ),
        (
            an_event(quantityList=[{}]),
            "$.quantityList[0].epcClass",
            R.TYPE,
            "None: expected a URI as text",
        ),
        (
            an_event(quantityList=[{"epcClass": LOT, "x:y": 1}]),
            "$.quantityList[0]",
            R.MEMBER,
            "'x:y': expected epcClass, quantity or uom",
        ),
        (
            an_event(quantityList=[{"epcClass": ITEM}]),
            "$.quantityList[0].epcClass",
            R.LEVEL,
            f"'{ITEM}': expected a class; one thing is listed by its EPC",
        ),
        (
            an_event(quantityList=[{"epcClass": LOT, "quantity": -3}]),
            "$.quantityList[0].quantity",
            R.QUANTITY,
            "-3: expected more than zero",
        ),
        (
            an_event(quantityList=[{"epcClass": LOT, "quantity": 0}]),
            "$.quantityList[0].quantity",
            R.QUANTITY,
            "0: expected more than zero",
        ),
        (
            an_event(quantityList=[{"epcClass": LOT, "quantity": True}]),
            "$.quantityList[0].quantity",
            R.QUANTITY,
            "True: expected more than zero",
        ),
        (
            an_event(quantityList=[{"epcClass": LOT, "quantity": float("nan")}]),
            "$.quantityList[0].quantity",
            R.QUANTITY,
            "nan: expected more than zero",
        ),
        (
            an_event(quantityList=[{"epcClass": LOT, "quantity": 1.5}]),
            "$.quantityList[0].quantity",
            R.QUANTITY,
            "1.5: expected a whole number where there is no uom",
        ),
        (
            an_event(quantityList=[{"epcClass": LOT, "quantity": 1, "uom": "kilo"}]),
            "$.quantityList[0].uom",
            R.UNIT,
            "unit 'kilo': expected a code of UN/ECE Recommendation 20, as KGM or C62",
        ),
        (
            an_event(quantityList=[{"epcClass": LOT, "quantity": 1, "uom": 7}]),
            "$.quantityList[0].uom",
            R.TYPE,
            "7: expected a unit as text",
        ),
        (
            an_event(quantityList=[{"epcClass": LOT, "quantity": 1, "uom": "PK"}]),
            "$.quantityList[0].uom",
            R.UNIT,
            "unit 'PK': expected a code that UN/ECE Recommendation 20 still has",
        ),
        (
            an_event(quantityList=[{"epcClass": LOT, "quantity": 1, "uom": "GRT"}]),
            "$.quantityList[0].uom",
            R.UNIT,
            "unit 'GRT': expected a code that is not deprecated in UN/ECE Recommendation 20",
        ),
        (
            an_event(quantityList=[{"epcClass": LOT, "quantity": 1, "uom": ""}]),
            "$.quantityList[0].uom",
            R.UNIT,
            "unit '': expected a code of UN/ECE Recommendation 20, as KGM or C62",
        ),
        (
            an_event(quantityList=[{"epcClass": LOT, "uom": "KGM"}]),
            "$.quantityList[0].quantity",
            R.MISSING,
            "nothing: expected the quantity that uom is the unit of",
        ),
        # documents and parties
        (an_event(sourceList=7), "$.sourceList", R.TYPE, "7: expected a list"),
        (
            an_event(sourceList=["a"]),
            "$.sourceList[0]",
            R.TYPE,
            "'a': expected an object with source",
        ),
        (
            an_event(destinationList=[{"destination": "urn:x:1"}]),
            "$.destinationList[0].type",
            R.MISSING,
            "nothing: expected a source or destination type",
        ),
        (
            an_event(bizTransactionList=[{"bizTransaction": "urn:x:1", "type": "foo"}]),
            "$.bizTransactionList[0].type",
            R.WORD,
            f"'foo': expected a business transaction type {WORD}",
        ),
        (
            an_event(bizTransactionList=[{"bizTransaction": "PO 7"}]),
            "$.bizTransactionList[0].bizTransaction",
            R.EPC,
            "'PO 7': expected a URI",
        ),
        # actions
        (
            an_event(action=None),
            "$.action",
            R.MISSING,
            "nothing: expected ADD, OBSERVE, DELETE",
        ),
        (an_event(action="SEE"), "$.action", R.ACTION, "'SEE': expected ADD, OBSERVE, DELETE"),
        (
            an_event(bizStep="commissioning"),
            "$.action",
            R.ACTION,
            "'OBSERVE': expected ADD with bizStep commissioning",
        ),
        (
            a_group(bizStep="unpacking"),
            "$.action",
            R.ACTION,
            "'ADD': expected DELETE or OBSERVE with bizStep unpacking",
        ),
        (an_event(ilmd={}), "$.action", R.ACTION, "'OBSERVE': expected ADD where there is ilmd"),
        (
            an_event(bizStep="destroying", action="DELETE", disposition="active"),
            "$.disposition",
            R.DISPOSITION,
            "'active': expected destroyed with bizStep destroying",
        ),
        # parents
        (
            a_group(parentID=None),
            "$.parentID",
            R.PARENT,
            "nothing: expected a parent with action ADD",
        ),
        (
            a_group(action="DELETE", parentID=None),
            "$.parentID",
            R.PARENT,
            "nothing: expected a parent with action DELETE",
        ),
        (
            a_group(action="OBSERVE", childEPCs=None),
            "$.childEPCs",
            R.MISSING,
            "nothing: expected children with action OBSERVE",
        ),
        (
            a_group(type="AssociationEvent", action="OBSERVE", parentID=None),
            "$.parentID",
            R.PARENT,
            "nothing: expected a parent with action OBSERVE",
        ),
        (a_group(parentID="p"), "$.parentID", R.EPC, "'p': expected a URI"),
        (a_group(parentID=LOT), "$.parentID", R.LEVEL, f"'{LOT}': expected one thing"),
        (
            a_group(parentID=SAME_ITEM),
            "$.parentID",
            R.PARENT,
            f"'{SAME_ITEM}': expected a parent that is no child",
        ),
        (
            a_group(childEPCs=[]),
            "$.childEPCs",
            R.MISSING,
            "nothing: expected children with action ADD",
        ),
        # what withdraws an event
        (
            an_event(errorDeclaration="oops"),
            "$.errorDeclaration",
            R.TYPE,
            "'oops': expected an object with declarationTime",
        ),
        (
            an_event(errorDeclaration={}),
            "$.errorDeclaration.declarationTime",
            R.MISSING,
            "nothing: expected an instant with its offset",
        ),
        (
            an_event(errorDeclaration={"declarationTime": AT, "why": 1}),
            "$.errorDeclaration",
            R.MEMBER,
            f"'why': {MEMBER}",
        ),
        (
            an_event(errorDeclaration={"declarationTime": AT, "reason": "foo"}),
            "$.errorDeclaration.reason",
            R.WORD,
            f"'foo': expected an error reason {WORD}",
        ),
        (
            an_event(errorDeclaration={"declarationTime": AT, "correctiveEventIDs": "urn:x:1"}),
            "$.errorDeclaration.correctiveEventIDs",
            R.TYPE,
            "'urn:x:1': expected a list",
        ),
        (
            an_event(errorDeclaration={"declarationTime": AT, "correctiveEventIDs": ["x"]}),
            "$.errorDeclaration.correctiveEventIDs[0]",
            R.URI,
            "'x': expected a URI",
        ),
        (
            an_event(
                errorDeclaration={
                    "declarationTime": AT,
                    "reason": "did_not_occur",
                    "correctiveEventIDs": ["urn:x:1"],
                }
            ),
            "$.errorDeclaration.correctiveEventIDs",
            R.ERROR_DECLARATION,
            "list: expected no corrective events of what did not occur",
        ),
    ],
)
def test_one_thing_that_is_wrong_is_one_fault(
    event: JsonObject, path: str, reason: FaultReason, sentence: str
) -> None:
    assert judge(event) == [Fault(path, reason, sentence)]


def test_all_that_is_wrong_is_told() -> None:
    faults = judge(an_event(bizStep="foo", epcList=["hello"], eventTime="today"))

    assert [fault.path for fault in faults] == ["$.eventTime", "$.bizStep", "$.epcList[0]"]


def test_a_parent_is_compared_with_children_that_are_named() -> None:
    faults = judge(a_group(childEPCs=[7, "hello"]))

    assert [fault.path for fault in faults] == ["$.childEPCs[0]", "$.childEPCs[1]"]


def test_an_event_with_too_many_faults_is_not_read_to_its_end() -> None:
    assert len(judge(an_event(epcList=["x"] * (FAULTS_MAX + 1)))) == FAULTS_MAX


def test_a_long_value_is_cut_in_its_sentence() -> None:
    (fault,) = judge(an_event(bizStep="x" * 99))

    assert fault.sentence == f"'{'x' * 48}...': expected a business step {WORD}"


def test_a_number_of_thousands_of_digits_is_not_written_out() -> None:
    (fault,) = judge(an_event(bizStep=-(10**5_000)))

    assert fault.sentence == "a number that is too long: expected a business step " + WORD


@pytest.mark.parametrize(
    ("kind", "step", "allowed"),
    [
        ("ObjectEvent", "commissioning", ["ADD"]),
        ("ObjectEvent", "creating_class_instance", ["ADD"]),
        ("ObjectEvent", "decommissioning", ["DELETE"]),
        ("ObjectEvent", "destroying", ["DELETE"]),
        ("ObjectEvent", "packing", ["ADD", "OBSERVE", "DELETE"]),
        ("AggregationEvent", "packing", ["ADD", "OBSERVE"]),
        ("AggregationEvent", "unpacking", ["OBSERVE", "DELETE"]),
        ("AggregationEvent", "destroying", ["ADD", "OBSERVE", "DELETE"]),
    ],
)
def test_a_step_goes_with_some_actions_only(kind: str, step: str, allowed: list[str]) -> None:
    make = an_event if kind == "ObjectEvent" else a_group

    good = [
        action
        for action in ("ADD", "OBSERVE", "DELETE")
        if judge(make(bizStep=step, action=action)) == []
    ]
    assert good == allowed


@pytest.mark.parametrize(
    ("step", "action", "after"),
    [
        ("decommissioning", "DELETE", "inactive"),
        ("destroying", "DELETE", "destroyed"),
        ("encoding", "ADD", "encoded"),
    ],
)
def test_a_step_may_leave_one_state_only(step: str, action: str, after: str) -> None:
    said = an_event(bizStep=step, action=action)

    assert judge(said | {"disposition": after}) == []
    assert judge(said | {"disposition": "damaged"}) == [
        Fault("$.disposition", R.DISPOSITION, f"'damaged': expected {after} with bizStep {step}")
    ]


def test_without_an_action_the_parent_that_is_missing_is_told_without_it() -> None:
    faults = judge(a_group(type="AssociationEvent", action=7, parentID=None))

    assert [fault.sentence for fault in faults] == [
        "7: expected ADD, OBSERVE, DELETE",
        "nothing: expected a parent",
    ]
