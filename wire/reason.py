"""Every refusal and exception that crosses a process boundary, under one closed set of words.

A person who sees a code finds here what happened, whose fault it is, and whether doing it again
helps. Codes are never renamed and never reused: they stand in databases and in other systems.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Fault = Literal["gateway", "ledger", "sender", "site", "tag", "network"]


class Reason(StrEnum):
    # Rejects: an event that the ledger settled without booking it.
    NOT_JSON = "not_json"
    UNREADABLE = "unreadable"
    NEVER_ARRIVED = "never_arrived"
    UNSUPPORTED_VERSION = "unsupported_version"
    INVALID_EVENT = "invalid_event"
    ID_CONFLICT = "id_conflict"
    INTERNAL_ERROR = "internal_error"
    # Alerts: booked, and a person should look.
    RECEIVING_WITHOUT_DOCUMENT = "receiving_without_document"
    RECEIVED_AGAIN = "received_again"
    SHIPPING_WITHOUT_DOCUMENT = "shipping_without_document"
    SHIPPED_UNSEEN = "shipped_unseen"
    UNKNOWN_ITEM = "unknown_item"
    UNKNOWN_LOCATION = "unknown_location"
    CONTENTS_UNKNOWN = "contents_unknown"
    EPOCH_REFUSED = "epoch_refused"
    DECLARED_TOO_LATE = "declared_too_late"
    # Exceptions and reviews: what the edge would not decide.
    DIRECTION_UNKNOWN = "direction_unknown"
    EVIDENCE_UNCERTAIN = "evidence_uncertain"
    DWELLING = "dwelling"
    TOO_MANY_TAGS = "too_many_tags"
    BLIND = "blind"
    TRIAL_MODE = "trial_mode"
    NEIGHBOUR = "neighbour"
    ANTENNA_SILENT = "antenna_silent"
    FIRST_INVENTORY = "first_inventory"
    EYE_STUCK = "eye_stuck"
    NO_BOX = "no_box"
    NO_READ = "no_read"
    MULTI_READ = "multi_read"
    MISMATCH = "mismatch"
    NO_BARCODE = "no_barcode"
    # Scans at a station that book nothing.
    NO_MODE = "no_mode"
    NO_LOCATION = "no_location"
    QUANTITY_OF_ONE = "quantity_of_one"
    QUANTITY_ZERO = "quantity_zero"
    CODE_PLAIN = "code_plain"
    CODE_REFUSED = "code_refused"
    CODE_NOT_STOCK = "code_not_stock"
    # Tags that are no GS1 key.
    TAG_EMPTY = "tag_empty"
    TAG_ISO = "tag_iso"
    TAG_LENGTH = "tag_length"
    TAG_UNPROGRAMMED = "tag_unprogrammed"
    TAG_SCHEME = "tag_scheme"
    TAG_PARTITION = "tag_partition"
    TAG_VALUE = "tag_value"
    TAG_PADDING = "tag_padding"
    TAG_NOT_STOCK = "tag_not_stock"
    # HTTP problem types.
    BAD_PARAMETER = "bad_parameter"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    MISDIRECTED = "misdirected"
    REQUEST_FAILED = "request_failed"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Meaning:
    sentence: str
    fault: Fault
    retry_helps: bool


MEANINGS: dict[Reason, Meaning] = {
    Reason.NOT_JSON: Meaning(
        "The payload is no JSON object that the wire accepts.", "sender", retry_helps=False
    ),
    Reason.UNREADABLE: Meaning(
        "The event with this sequence number came, but could not be read; its bytes are kept.",
        "sender",
        retry_helps=False,
    ),
    Reason.NEVER_ARRIVED: Meaning(
        "The gateway says it made the event with this sequence number; it was asked for three"
        " times and did not come.",
        "gateway",
        retry_helps=True,
    ),
    Reason.UNSUPPORTED_VERSION: Meaning(
        "The event speaks a version of the wire that this ledger does not read.",
        "sender",
        retry_helps=False,
    ),
    Reason.INVALID_EVENT: Meaning(
        "The event is no valid EPCIS event with our extension fields.", "sender", retry_helps=False
    ),
    Reason.ID_CONFLICT: Meaning(
        "An event with this id and another content is booked already.", "sender", retry_helps=False
    ),
    Reason.INTERNAL_ERROR: Meaning(
        "The ledger failed on this event; the traceback is kept with it.",
        "ledger",
        retry_helps=True,
    ),
    Reason.RECEIVING_WITHOUT_DOCUMENT: Meaning(
        "Goods came in and no order or despatch advice names them; booked from unknown.",
        "site",
        retry_helps=False,
    ),
    Reason.RECEIVED_AGAIN: Meaning(
        "A unit was received that is at this site already; booked as a move.",
        "site",
        retry_helps=False,
    ),
    Reason.SHIPPING_WITHOUT_DOCUMENT: Meaning(
        "Goods went out and no order or transfer names them; booked to unknown.",
        "site",
        retry_helps=False,
    ),
    Reason.SHIPPED_UNSEEN: Meaning(
        "A unit went out that the books never saw come in; nothing to take it from.",
        "site",
        retry_helps=False,
    ),
    Reason.UNKNOWN_ITEM: Meaning(
        "The key is well formed, but no item bears it; booked to a placeholder until somebody"
        " says what it is.",
        "site",
        retry_helps=False,
    ),
    Reason.UNKNOWN_LOCATION: Meaning(
        "The event names a location that the ledger does not know; booked to the site's unknown"
        " location.",
        "site",
        retry_helps=False,
    ),
    Reason.CONTENTS_UNKNOWN: Meaning(
        "A logistic unit was seen alone and the ledger does not know what is in it; it is placed,"
        " but no stock moved.",
        "site",
        retry_helps=False,
    ),
    Reason.EPOCH_REFUSED: Meaning(
        "Events of an epoch that was not announced, or is closed, are neither booked nor"
        " acknowledged.",
        "gateway",
        retry_helps=False,
    ),
    Reason.DECLARED_TOO_LATE: Meaning(
        "An event was declared an error after its units had moved on: nothing was taken back, and"
        " a person has to say where they are.",
        "site",
        retry_helps=False,
    ),
    Reason.DIRECTION_UNKNOWN: Meaning(
        "Something passed the door, but not clearly one way.", "site", retry_helps=False
    ),
    Reason.EVIDENCE_UNCERTAIN: Meaning(
        "The reads of these tags do not tell whether they moved with the pass.",
        "site",
        retry_helps=False,
    ),
    Reason.DWELLING: Meaning(
        "The tags stayed in the door for longer than a pass may take.", "site", retry_helps=False
    ),
    Reason.TOO_MANY_TAGS: Meaning(
        "More tags than goods can have: a carton of labels is not stock.", "site", retry_helps=False
    ),
    Reason.BLIND: Meaning(
        "The reader was not heard during the pass, and could not hold its reads.",
        "network",
        retry_helps=False,
    ),
    Reason.TRIAL_MODE: Meaning(
        "The read point is on trial: its passes are for review, and nothing is booked.",
        "site",
        retry_helps=False,
    ),
    Reason.NEIGHBOUR: Meaning(
        "Two doors heard these tags, and it is not clear through which of them they went.",
        "site",
        retry_helps=False,
    ),
    Reason.ANTENNA_SILENT: Meaning(
        "Nothing is heard any more where these tags stood: all were taken, or a cable is torn.",
        "site",
        retry_helps=False,
    ),
    Reason.FIRST_INVENTORY: Meaning(
        "The tags stood there when the shelf was first read: nobody knows when they came.",
        "site",
        retry_helps=False,
    ),
    Reason.EYE_STUCK: Meaning(
        "The photo-eye was dark for longer than a box takes: it saw none until it moved again.",
        "site",
        retry_helps=False,
    ),
    Reason.NO_BOX: Meaning(
        "Tags or a bar code went by, and the photo-eye saw no box that they could be on.",
        "site",
        retry_helps=False,
    ),
    Reason.NO_READ: Meaning(
        "A box went by of which too few tags were read, or none.", "site", retry_helps=False
    ),
    Reason.MULTI_READ: Meaning(
        "A box went by with more tags than a box has here.", "site", retry_helps=False
    ),
    Reason.MISMATCH: Meaning(
        "The bar codes of the box and its tags name different things.", "site", retry_helps=False
    ),
    Reason.NO_BARCODE: Meaning(
        "A box went by of which the scanner read no bar code.", "site", retry_helps=False
    ),
    Reason.NO_MODE: Meaning(
        "Something was scanned at a station before anybody said what is done: it moved nothing.",
        "site",
        retry_helps=True,
    ),
    Reason.NO_LOCATION: Meaning(
        "Something was scanned at a station before the place that it goes to, or is counted at.",
        "site",
        retry_helps=True,
    ),
    Reason.QUANTITY_OF_ONE: Meaning(
        "A quantity was given for a thing with a serial, of which there is one.",
        "site",
        retry_helps=True,
    ),
    Reason.QUANTITY_ZERO: Meaning(
        "A quantity of 0 was given at a station.", "site", retry_helps=True
    ),
    Reason.CODE_PLAIN: Meaning(
        "The code that was scanned is no GS1 key: nobody knows what it stands for.",
        "site",
        retry_helps=False,
    ),
    Reason.CODE_REFUSED: Meaning(
        "The code that was scanned says to be of GS1, and is wrong; readpoint:evidence says how.",
        "tag",
        retry_helps=False,
    ),
    Reason.CODE_NOT_STOCK: Meaning(
        "The code that was scanned names an asset, a document or another thing that is no stock.",
        "site",
        retry_helps=False,
    ),
    Reason.TAG_EMPTY: Meaning("The tag has an empty EPC.", "tag", retry_helps=False),
    Reason.TAG_ISO: Meaning(
        "The tag is numbered under ISO 15961, not GS1 (PC toggle bit set).",
        "tag",
        retry_helps=False,
    ),
    Reason.TAG_LENGTH: Meaning(
        "The EPC has not the length that its PC word or its scheme says.", "tag", retry_helps=True
    ),
    Reason.TAG_UNPROGRAMMED: Meaning(
        "The tag was never programmed (EPC header 00).", "tag", retry_helps=False
    ),
    Reason.TAG_SCHEME: Meaning(
        "The EPC header names no scheme that this release decodes.", "tag", retry_helps=False
    ),
    Reason.TAG_PARTITION: Meaning(
        "The EPC's partition value is 7, which no scheme defines.", "tag", retry_helps=False
    ),
    Reason.TAG_VALUE: Meaning(
        "A field of the EPC holds more digits than it may.", "tag", retry_helps=False
    ),
    Reason.TAG_PADDING: Meaning("Bits that must be zero are not.", "tag", retry_helps=False),
    Reason.TAG_NOT_STOCK: Meaning(
        "The tag names an asset, a place, a document or another thing that is no stock.",
        "tag",
        retry_helps=False,
    ),
    Reason.BAD_PARAMETER: Meaning(
        "A parameter of the request is unknown or has a value it may not have.",
        "sender",
        retry_helps=False,
    ),
    Reason.NOT_FOUND: Meaning("There is no such thing here.", "sender", retry_helps=False),
    Reason.METHOD_NOT_ALLOWED: Meaning(
        "This can be read, but not with that method.", "sender", retry_helps=False
    ),
    Reason.MISDIRECTED: Meaning(
        "The ledger was asked by a name that is none of its own.", "sender", retry_helps=False
    ),
    Reason.REQUEST_FAILED: Meaning(
        "The ledger failed on this request; its log says at what.", "ledger", retry_helps=False
    ),
    Reason.UNAVAILABLE: Meaning(
        "The ledger cannot answer this now, and may soon.", "ledger", retry_helps=True
    ),
}


def as_markdown() -> str:
    """docs/reasons.md: the table of all codes."""
    rows = (
        f"| `{reason}` | {meaning.sentence} | {meaning.fault} |"
        f" {'yes' if meaning.retry_helps else 'no'} |"
        for reason, meaning in MEANINGS.items()
    )
    return "\n".join(
        [
            "# Reasons",
            "",
            "Every refusal, alert and exception that crosses a process boundary bears one of",
            "these codes. They are never renamed. `make docs` makes this page from",
            "`wire/reason.py`.",
            "",
            "| code | what happened | whose fault | does a retry help |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )
