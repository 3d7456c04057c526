"""All that gateway and ledger say to each other beside the events themselves."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt, ValidationError

from wire import json, refusal
from wire.event import Epoch, Instant, Seq, Word
from wire.reason import Reason

REJECTED_LISTED_MAX = 100  # the newest of an epoch; rejected_total counts all

SettledSeq = Annotated[StrictInt, Field(ge=0)]  # 0: nothing of the epoch is settled yet


class BadMessage(ValueError):
    """A payload that is not what its topic promises; the message says what and where."""


class Message(BaseModel):
    """A JSON object on one of our topics; what it does not know it keeps."""

    model_config = ConfigDict(extra="allow", frozen=True)

    @classmethod
    def from_payload(cls, payload: bytes) -> Self:
        """Raises BadMessage."""
        try:
            return cls.model_validate(json.decode_object(payload))
        except json.NotJson as error:
            raise BadMessage(str(error)) from None
        except ValidationError as error:
            raise BadMessage(refusal.first_of(error)) from None

    def to_payload(self) -> bytes:
        return json.encode(self.model_dump(mode="json", exclude_none=True)).encode()


class State(Message):
    """Retained; the broker says offline in the gateway's name when the connection is lost.

    `session` counts the connections of one boot: an offline of an older session says nothing.
    """

    status: Literal["online", "offline"]
    boot: Word
    session: StrictInt


class Level(Message):
    """An input or output of a device (GPI, GPO), as it is now."""

    port: StrictInt
    high: bool


class Device(Message):
    """What a device does, and what it tells of itself; None where it does not tell."""

    name: Word
    driver: Word
    up: bool | None = None
    why: str | None = None  # why it is not up, in one sentence
    reads: StrictInt | None = None  # since the gateway started
    warnings: StrictInt | None = None
    model: str | None = None  # maker, model and firmware
    clock_offset_us: StrictInt | None = None  # the gateway's UTC less the device's
    temperature_c: float | None = None
    antennas_lost: tuple[StrictInt, ...] | None = None  # ports, of those that it tells of
    inputs: tuple[Level, ...] | None = None
    outputs: tuple[Level, ...] | None = None
    exceptions: StrictInt | None = None  # that the device told of itself
    unreadable: StrictInt | None = None  # parts of its messages that nobody could read
    no_reads: StrictInt | None = None  # triggers of a scanner that read nothing
    repeated: StrictInt | None = None  # scans of a thing that the scanner had just read


class Door(Message):
    """What a dock door expects: the lists that are whole, and the document bound to it."""

    lists: StrictInt
    bound: str | None = None  # its URI
    list_age_s: float | None = None  # since it was made; None where its list is not here
    is_stale: bool = False
    against: StrictInt = 0  # passes in a row, against their documents' direction
    seems_turned: bool = False  # so many that the door may be set up the wrong way


class ReadPoint(Message):
    name: Word
    kind: Word
    mode: Literal["trial", "live", "off"]
    read_point: Word
    devices: tuple[Word, ...] | None = None  # by name: without them it cannot see
    passes: StrictInt | None = None
    blind_s: float | None = None
    antennas_silent: tuple[Word, ...] | None = None  # those that heard nothing of what went by
    door: Door | None = None


class Birth(Message):
    """Retained; said at every connection, before any event. Trusted where `boot` is state's."""

    boot: Word
    session: StrictInt
    software: Word
    config_hash: Word
    epoch: Epoch
    first_kept: Seq
    made: SettledSeq
    settled: SettledSeq
    settled_id: str = ""
    lost: tuple[str, ...] = ()
    devices: tuple[Device, ...] = ()
    read_points: tuple[ReadPoint, ...] = ()


class Health(Message):
    """Every 10 s. It carries epoch and made, so that a missing tail is seen without an event."""

    at: Instant
    boot: Word
    epoch: Epoch
    made: SettledSeq
    settled: SettledSeq
    waiting: StrictInt  # rows not settled
    oldest_s: float  # age of the oldest of them; 0 where none waits
    devices: tuple[Device, ...] = ()
    read_points: tuple[ReadPoint, ...] = ()
    turned_away: Mapping[Word, StrictInt] | None = None  # reads, by why the filter did so


class Rejected(Message):
    """Settled without booking. Of a newer ledger it may have a reason that we do not know."""

    seq: Seq
    event_id: Word | None = None
    reason: Annotated[Reason | Word, Field(union_mode="left_to_right")]
    detail: Annotated[str, AfterValidator(refusal.shortened)] = ""


class Ack(Message):
    """Retained: up to where each event of `epoch` is settled: booked, duplicate or rejected.

    `id` is the event id at `committed`; a gateway whose row has another one is a copy or a
    rollback. `n` grows with every settling of one incarnation; `safe` is the highest seq that a
    verified backup holds.
    """

    ledger: Word
    incarnation: StrictInt
    n: StrictInt
    epoch: Epoch
    committed: SettledSeq
    id: str = ""
    safe: SettledSeq = 0
    rejected: tuple[Rejected, ...] = ()
    rejected_total: SettledSeq = 0


class Resend(Message):
    """From the ledger: send again from this seq on. Not retained."""

    transaction: Word
    epoch: Epoch
    from_seq: Seq = Field(alias="from")

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True)

    def to_payload(self) -> bytes:
        return json.encode(self.model_dump(mode="json", by_alias=True)).encode()
