"""Which members the kinds of EPCIS 2.0 events have, and what each holds (EPCIS 2.0 §7.4)."""


def names(words: str) -> tuple[str, ...]:
    return tuple(words.split())


EPC_LISTS = names("epcList childEPCs inputEPCList outputEPCList")
QUANTITY_LISTS = names("quantityList childQuantityList inputQuantityList outputQuantityList")
ACTIONS = ("ADD", "OBSERVE", "DELETE")

_EVERY = (
    "@context type eventTime recordTime eventTimeZoneOffset eventID certificationInfo"
    " errorDeclaration bizStep disposition readPoint bizLocation bizTransactionList sourceList"
    " destinationList sensorElementList"
)
_GROUP = f"{_EVERY} action parentID childEPCs childQuantityList"
MEMBERS = {
    kind: frozenset(names(words))
    for kind, words in {
        "ObjectEvent": f"{_EVERY} action epcList quantityList persistentDisposition ilmd",
        "AggregationEvent": _GROUP,
        "AssociationEvent": _GROUP,
        "TransactionEvent": f"{_EVERY} action parentID epcList quantityList",
        "TransformationEvent": f"{_EVERY} inputEPCList inputQuantityList outputEPCList"
        " outputQuantityList transformationID persistentDisposition ilmd",
    }.items()
}
ERROR_MEMBERS = frozenset({"declarationTime", "reason", "correctiveEventIDs"})
QUANTITY_MEMBERS = frozenset({"epcClass", "quantity", "uom"})
