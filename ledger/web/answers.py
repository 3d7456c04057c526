"""What /api/v1 is asked and what it answers: the models that the OpenAPI document is made from.

Quantities are whole base units of an item, instants are ISO 8601 with offset. A name that a list
does not know is an error, not a surprise.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ledger.core.booking import LocationKind
from ledger.store.queries import PAGE_MAX
from ledger.web.cursor import CURSOR_CHARACTERS_MAX
from wire.event import URI_CHARACTERS_MAX, Direction, Kind

Instant = Annotated[
    str,
    Field(
        description="ISO 8601 in UTC with offset, to the millisecond.",
        json_schema_extra={"format": "date-time"},
        examples=["2026-11-22T08:15:30.125+00:00"],
    ),
]
Next = Annotated[
    str | None, Field(description="The `cursor` of the page that follows; null on the last page.")
]
Sku = Annotated[
    str,
    Field(description="The item's number (SKU); of an unresolved item the key that was read."),
]
LocationKey = Annotated[str, Field(description="The location's key, a URI where it has one.")]


class Asked(BaseModel):
    """A page of a list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(default=100, ge=1, le=PAGE_MAX, description="Rows in a page.")
    cursor: str | None = Field(
        default=None,
        max_length=CURSOR_CHARACTERS_MAX,
        description="`next` of the page before; the other parameters stay the same.",
    )


class StockAsked(Asked):
    kind: LocationKind | Literal["all"] = Field(
        default=LocationKind.INTERNAL,
        description="Which locations count. Those that are not internal hold what is not ours to"
        " use: the other side of each movement.",
    )
    item: str | None = Field(
        default=None, min_length=1, max_length=URI_CHARACTERS_MAX, description="Only this SKU."
    )
    location: str | None = Field(
        default=None, min_length=1, max_length=URI_CHARACTERS_MAX, description="Only this key."
    )


class MovementsAsked(Asked):
    verdict: Literal["booked", "stored", "all"] = Field(
        default="booked",
        description="`stored` events are in the books and move no stock: reviews, exceptions.",
    )


class UnitAsked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(
        min_length=1,
        max_length=URI_CHARACTERS_MAX,
        description="Of a thing with serial, or of a logistic unit: a GS1 Digital Link URI.",
    )


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class Stock(_Answer):
    """What is on hand of one item at one location."""

    item: Sku
    description: str = Field(description="What the master data call it.")
    unit: str = Field(description="What one base unit of the item is: piece, kg, read.")
    unresolved: bool = Field(description="No item bears the key yet; its reads are counted.")
    location: LocationKey
    location_name: str = Field(description="What people call the location.")
    kind: LocationKind = Field(description="What the location means for stock.")
    site: str = Field(description="The site that the location is of.")
    quantity: int = Field(description="Base units; negative where more went out than came in.")


class StockPage(_Answer):
    stock: list[Stock] = Field(description="By item, then location; balances of 0 are left out.")
    next: Next


class Line(_Answer):
    """One side of a booking; the lines of a movement add up to 0 for each item."""

    item: Sku
    location: LocationKey
    quantity: int = Field(description="Base units: positive into the location, negative out of it.")


class Movement(_Answer):
    """One event of the books."""

    event_id: str = Field(description="The EPCIS eventID.")
    event_time: Annotated[Instant, Field(description="When it happened.")]
    record_time: Annotated[Instant, Field(description="When the books knew it.")]
    source: str = Field(description="Site and gateway that told it, as `site/gateway`.")
    kind: Kind | Literal["declaration"] = Field(
        description="What the event tells; only a movement moves stock. A declaration says that"
        " the event of this id never happened, and its lines take back what that one moved."
    )
    verdict: Literal["booked", "stored"] = Field(description="Whether it may move stock.")
    biz_step: str | None = Field(description="The CBV business step, as `receiving`.")
    direction: Direction | None = Field(description="Which way it went through the read point.")
    read_point: str | None = Field(description="The URI of the place where it was read.")
    units: int = Field(
        description="Things with a serial number that it moved, without their containers. What is"
        " counted without serials stands in the lines only."
    )
    containers: list[str] = Field(description="Keys of the logistic units (SSCC) that it moved.")
    lines: list[Line] = Field(description="The double entry; empty where no stock moved.")


class MovementPage(_Answer):
    movements: list[Movement] = Field(description="The newest record first.")
    next: Next


class Unit(_Answer):
    """Where a thing with serial or a logistic unit is, by what was booked."""

    key: str = Field(description="As it was asked for.")
    location: LocationKey
    location_name: str = Field(description="What people call the location.")
    kind: LocationKind = Field(description="What the location means for stock.")
    site: str = Field(description="The site that the location is of.")
    event_time: Annotated[Instant, Field(description="When it came there.")]


class Units(_Answer):
    units: list[Unit] = Field(
        description="The one that was asked for; empty where nothing was ever booked of it."
    )


class Gateway(_Answer):
    """How far one gateway's events are settled: committed = booked + duplicates + rejected."""

    source: str = Field(description="Site and gateway, as `site/gateway`.")
    epoch: str | None = Field(description="The run of numbers that is open; null before the first.")
    online: bool | None = Field(
        description="As the broker last said; null while the ledger has no connection to it."
    )
    made: int | None = Field(
        description="Events that it says it made in this epoch; null where it has not said."
    )
    committed: int = Field(description="The number up to which each event is settled.")
    booked: int = Field(description="Events in the books, with those that move no stock.")
    duplicates: int = Field(description="Events that were known already under another number.")
    rejected: int = Field(description="Events that were settled without booking, with a reason.")


class GatewayPage(_Answer):
    gateways: list[Gateway] = Field(description="All that ever spoke or were booked, by source.")
    next: Next


class Health(_Answer):
    """Whether the ledger can do its work."""

    status: Literal["ok", "degraded"] = Field(
        description="`degraded`: the books can be read, but no event can come in."
    )
    broker: bool = Field(description="Whether there is a connection to the MQTT broker.")
    ledger: str = Field(description="The name of these books, a UUID.")
    version: str = Field(description="The release that runs.")
    booked: int = Field(description="Events put into the books since the ledger was started.")
    ignored: int = Field(
        description="Messages since then that are not what their topic promises; the log says why."
    )
    dropped: int = Field(
        description="Messages since then that there was no room for. Gateways send events again."
    )


class ProblemDocument(_Answer):
    """An error as RFC 9457 words it."""

    type: str = Field(description="`urn:readpoint:reason:` and a code that is never renamed.")
    title: str = Field(description="What the code means, in a sentence.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What was wrong with this request, and where.")
    errors: list[dict[Literal["where", "what"], str]] | None = Field(
        default=None, description="Each thing that was wrong, where there are several."
    )
