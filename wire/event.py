"""What a gateway says happened: one EPCIS 2.0 event, with our facts beside it.

Any EPCIS repository can capture the event as it is. Our own fields bear the prefix `readpoint:`
(declared in its @context), and a reader that does not know them may ignore them. What *we* do not
know is kept as received: `extra="allow"`.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictInt,
    TypeAdapter,
    ValidationError,
)

from gs1 import keys
from wire import instant, json, refusal
from wire.json import JsonObject, JsonValue
from wire.reason import Reason

VERSION = 1
EPCS_MAX = 1000  # in one event; larger passes are split (part, parts)
URI_CHARACTERS_MAX = 256
QUANTITY_MAX = 10**9  # of one class in one event; more is a mistake, and sums must stay integers
SEQ_MAX = (1 << 63) - 1

CONTEXT: JsonValue = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"readpoint": "urn:readpoint:ns:"},
]

# What differs between two tellings of one event, and so is no part of its identity; also inside an
# error declaration, which has a number of its own.
TRANSPORT_FIELDS = frozenset({"readpoint:epoch", "readpoint:seq", "recordTime"})

Kind = Literal["movement", "count", "scan", "exception", "review", "verdict"]
Direction = Literal["in", "out", "unknown"]
Verdict = Literal["moved", "stray", "uncertain"]


def _not_a_class(uri: str) -> str:
    """A key without serial stands for many things, so it can only be counted, never listed."""
    key = keys.parse(uri)
    if key is not None and key.is_class:
        raise ValueError(f"{uri}: a class key belongs in a quantity list")
    return uri


def _instant(text: str) -> str:
    instant.to_us(text)
    return text


def _no_repeats(uris: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(uris)) != len(uris):
        raise ValueError("an EPC twice in one list")
    return uris


_WORD = r"^[^\s\x00-\x1f\x7f\"<>]+$"
_UUID_URN = r"^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"

Uri = Annotated[
    str,
    Field(
        max_length=URI_CHARACTERS_MAX,
        pattern=r"^(https?://|urn:)[^\s\x00-\x1f\x7f\"<>\\^`{|}]+$",
    ),
]
Epc = Annotated[Uri, AfterValidator(_not_a_class)]
Epcs = Annotated[tuple[Epc, ...], Field(max_length=EPCS_MAX), AfterValidator(_no_repeats)]
Word = Annotated[str, Field(min_length=1, max_length=URI_CHARACTERS_MAX, pattern=_WORD)]
Instant = Annotated[str, AfterValidator(_instant)]
_EPOCH = re.compile(r"^[0-9a-f-]{1,36}\Z")
Epoch = Annotated[str, Field(pattern=r"^[0-9a-f-]{1,36}$")]
Seq = Annotated[StrictInt, Field(ge=1, le=SEQ_MAX)]


class _Wire(BaseModel):
    """Frozen; what it does not know it keeps."""

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True)


class Place(_Wire):
    id: Uri


class BizTransaction(_Wire):
    type: Word | None = None
    biz_transaction: Uri = Field(alias="bizTransaction")


class Quantity(_Wire):
    """So many of a class: of an item (GTIN) or of a lot (GTIN and lot)."""

    epc_class: Uri = Field(alias="epcClass")
    quantity: StrictInt = Field(gt=0, le=QUANTITY_MAX)


class ErrorDeclaration(_Wire):
    """That the event which bears it never happened (EPCIS 2.0 §7.4.1.2).

    The rest of the event is the erroneous one, repeated as it was. So the two have one eventID, and
    are told apart by when the error was declared. The number under which the declaration is sent
    stands in here, since the event's own is repeated with it.
    """

    declaration_time: Instant = Field(alias="declarationTime")
    reason: Word | None = None
    corrective_event_ids: tuple[Uri, ...] | None = Field(
        alias="correctiveEventIDs", default=None, max_length=100
    )
    epoch: Epoch | None = Field(alias="readpoint:epoch", default=None)
    seq: Seq | None = Field(alias="readpoint:seq", default=None)
    actor: Word | None = Field(alias="readpoint:actor", default=None)


class _Event(_Wire):
    """What ObjectEvent and AggregationEvent have in common."""

    context: object = Field(alias="@context", default=CONTEXT)
    event_id: str = Field(alias="eventID", pattern=_UUID_URN)
    event_time: Instant = Field(alias="eventTime")
    event_time_zone_offset: str = Field(
        alias="eventTimeZoneOffset", pattern=r"^[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00)$"
    )
    action: Literal["ADD", "OBSERVE", "DELETE"]
    error_declaration: ErrorDeclaration | None = Field(alias="errorDeclaration", default=None)
    biz_step: Word | None = Field(alias="bizStep", default=None)
    disposition: Word | None = None
    read_point: Place | None = Field(alias="readPoint", default=None)
    biz_location: Place | None = Field(alias="bizLocation", default=None)
    biz_transaction_list: tuple[BizTransaction, ...] | None = Field(
        alias="bizTransactionList", default=None, max_length=100
    )
    v: StrictInt = Field(alias="readpoint:v", default=VERSION)
    gateway: Word = Field(alias="readpoint:gateway")
    epoch: Epoch | None = Field(alias="readpoint:epoch", default=None)
    seq: Seq | None = Field(alias="readpoint:seq", default=None)
    kind: Kind = Field(alias="readpoint:kind")
    pass_id: str | None = Field(alias="readpoint:pass", default=None, max_length=64)
    part: StrictInt | None = Field(alias="readpoint:part", default=None, ge=1)
    parts: StrictInt | None = Field(alias="readpoint:parts", default=None, ge=1)
    verdict: Verdict | None = Field(alias="readpoint:verdict", default=None)
    direction: Direction | None = Field(alias="readpoint:direction", default=None)
    confidence: float | None = Field(alias="readpoint:confidence", default=None)
    reasons: tuple[Word, ...] | None = Field(
        alias="readpoint:reasons", default=None, max_length=100
    )
    evidence: dict[str, object] | None = Field(alias="readpoint:evidence", default=None)
    window: tuple[Instant, Instant] | None = Field(alias="readpoint:window", default=None)
    claimed_from: Word | None = Field(alias="readpoint:from", default=None)
    claimed_to: Word | None = Field(alias="readpoint:to", default=None)
    operator: Word | None = Field(alias="readpoint:operator", default=None)

    @property
    def event_us(self) -> int:
        return instant.to_us(self.event_time)

    @property
    def declared_us(self) -> int:
        """When the event was declared an error; 0 for the event itself. Part of its identity."""
        declared = self.error_declaration
        return 0 if declared is None else instant.to_us(declared.declaration_time)


class ObjectEvent(_Event):
    """Things were seen (EPCIS 2.0 §7.4.2). An exception or a no-read has an empty epcList."""

    type: Literal["ObjectEvent"] = "ObjectEvent"
    epc_list: Epcs = Field(alias="epcList", default=())
    quantity_list: tuple[Quantity, ...] | None = Field(
        alias="quantityList", default=None, max_length=EPCS_MAX
    )


class AggregationEvent(_Event):
    """Things were seen on or in a parent (EPCIS 2.0 §7.4.3)."""

    type: Literal["AggregationEvent"] = "AggregationEvent"
    parent_id: Epc = Field(alias="parentID")
    child_epcs: Epcs = Field(alias="childEPCs", default=())
    child_quantity_list: tuple[Quantity, ...] | None = Field(
        alias="childQuantityList", default=None, max_length=EPCS_MAX
    )


Event = ObjectEvent | AggregationEvent
_EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="type")])


def parse(document: JsonObject) -> Event:
    """The event in `document`. Raises ValueError with one line: where, what, what was expected."""
    try:
        return _EVENT.validate_python(document)
    except ValidationError as error:
        raise ValueError(refusal.first_of(error, skip=1)) from None  # the union's branch


@dataclass(frozen=True, slots=True)
class Received:
    """What came as an event: numbered or not, valid or with the reason why it is not."""

    epoch: str | None = None  # None where the payload does not tell its number
    seq: int | None = None
    event_id: str | None = None
    event: Event | None = None
    body_hash: bytes = b""
    erroneous_hash: bytes = b""  # of an error declaration: the body_hash of what it takes back
    reason: Reason | None = None
    detail: str = ""


def receive(payload: bytes) -> Received:
    """Never raises. A number is told wherever it can be read, so that it can be settled."""
    try:
        document = json.decode_object(payload)
    except json.NotJson as error:
        return Received(reason=Reason.NOT_JSON, detail=str(error))
    epoch, seq, event_id = _number(document)
    if seq is None:
        return Received(reason=Reason.UNREADABLE, detail="readpoint:epoch and readpoint:seq")
    version = document.get("readpoint:v")
    if version != VERSION:
        return Received(
            epoch,
            seq,
            event_id,
            reason=Reason.UNSUPPORTED_VERSION,
            detail=refusal.shortened(f"readpoint:v {version!r}: expected {VERSION}"),
        )
    try:
        event = parse(document)
    except ValueError as error:
        return Received(
            epoch, seq, event_id, reason=Reason.INVALID_EVENT, detail=refusal.shortened(str(error))
        )
    said = identity(document)
    body_hash = sha256(json.canonical(said)).digest()
    if said.pop("errorDeclaration", None) is None:
        return Received(epoch, seq, event.event_id, event, body_hash)
    erroneous_hash = sha256(json.canonical(said)).digest()
    return Received(epoch, seq, event.event_id, event, body_hash, erroneous_hash)


def _number(document: JsonObject) -> tuple[str | None, int | None, str | None]:
    """(epoch, seq, event id) as far as they can be trusted to be what they claim."""
    declared = document.get("errorDeclaration")
    numbered = document
    if isinstance(declared, dict) and "readpoint:seq" in declared:
        numbered = declared
    epoch, seq = numbered.get("readpoint:epoch"), numbered.get("readpoint:seq")
    event_id = document.get("eventID")
    if not (isinstance(epoch, str) and _EPOCH.match(epoch)):
        return None, None, None
    if isinstance(seq, bool) or not isinstance(seq, int) or not 1 <= seq <= SEQ_MAX:
        return None, None, None
    known = isinstance(event_id, str) and re.match(_UUID_URN, event_id) is not None
    return epoch, seq, str(event_id) if known else None


def as_document(event: Event) -> JsonObject:
    """The JSON object of `event`, @context first, without what is not said."""
    document: JsonObject = event.model_dump(by_alias=True, exclude_none=True, mode="json")
    return {"@context": document.pop("@context"), "type": document.pop("type")} | document


def identity(document: JsonObject) -> JsonObject:
    """What an event says, without where and when it was told: what its body_hash is taken over."""
    said = {key: value for key, value in document.items() if key not in TRANSPORT_FIELDS}
    declared = said.get("errorDeclaration")
    return said | {"errorDeclaration": identity(declared)} if isinstance(declared, dict) else said
