"""The tables of the ledger, the same on every database.

Instants are BIGINT µs UTC, quantities BIGINT base units, hashes BLOB, bodies TEXT exactly as they
were received; keys are given by us, never by the database. Events, lines and the steps of units are
only ever added; balances, units and heads are what they add up to.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

from ledger.core import booking

metadata = MetaData()


BALANCE_MAX = booking.BALANCE_MAX
BALANCE_RANGE = "balance_range"  # the check's name, by which a refusal is known


def whole(name: str, low: int, high: int) -> str:
    """The check that `name` is a whole number in a range: a sum that overflows is a float."""
    return f"typeof({name}) = 'integer' AND {name} BETWEEN {low} AND {high}"


_LINE_CHECK = whole("quantity", -booking.LINE_QUANTITY_MAX, booking.LINE_QUANTITY_MAX)
_UNIT_CHECK = whole("quantity", 0, booking.PACK_QUANTITY_MAX)  # 0: a container


def _number(name: str, *, primary_key: bool = False, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, primary_key=primary_key, nullable=nullable, autoincrement=False)


def _text(name: str, *, primary_key: bool = False, nullable: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=primary_key, nullable=nullable)


# Which ledger this is. `next_id` gives ids to items and locations.
identity = Table(
    "identity",
    metadata,
    Column("only", Integer, CheckConstraint("only = 1"), primary_key=True, autoincrement=False),
    _text("ledger"),
    _number("incarnation"),
    _number("next_id"),
)

# -- master data ------------------------------------------------------------------------------

item = Table(
    "item",
    metadata,
    _number("id", primary_key=True),
    Column("sku", Text, nullable=False, unique=True),
    _text("description"),
    _text("unit"),  # of the base quantity
    Column("is_placeholder", Integer, nullable=False),
)

# What a class key stands for: so many base units of an item, from an instant on.
code = Table(
    "code",
    metadata,
    _text("key", primary_key=True),
    _number("valid_from_us", primary_key=True),
    Column("item_id", BigInteger, ForeignKey("item.id"), nullable=False),
    _number("quantity"),
    CheckConstraint(whole("quantity", 1, booking.PACK_QUANTITY_MAX), name="code_range"),
)

location = Table(
    "location",
    metadata,
    _number("id", primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    _text("name"),
    _text("kind"),  # ledger.core.booking.LocationKind
    _text("site"),
)

document = Table(
    "document",
    metadata,
    _text("key", primary_key=True),  # as it stands in bizTransaction
    _text("kind"),  # purchase, sale, transfer
    _text("party"),
)

# -- the book of record --------------------------------------------------------------------------

event = Table(
    "event",
    metadata,
    _number("part", primary_key=True),
    _number("pseq", primary_key=True),
    _text("event_id"),
    _text("source"),
    _text("epoch"),
    _number("sseq"),
    _number("event_us"),
    _number("record_us"),
    _text("posting_date"),
    _text("actor"),
    _text("verdict"),  # booked, stored, rejected
    _text("kind"),
    _text("biz_step", nullable=True),
    _text("direction", nullable=True),
    _text("read_point", nullable=True),
    _text("body"),
    Column("body_hash", LargeBinary, nullable=False),
    Column("lines_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("event_by_record", "record_us", "part", "pseq"),
    Index("event_by_verdict", "verdict", "record_us", "part", "pseq"),
    # All that a count of crossings reads: an event's row has its whole body in it.
    Index("event_by_read_point", "verdict", "event_us", "source", "read_point", "direction"),
)

# One row an event id, over all parts: what makes a repeat a repeat.
event_key = Table(
    "event_key",
    metadata,
    _text("event_id", primary_key=True),
    _number("declared_us", primary_key=True),  # of an error declaration; 0 for the event itself
    Column("body_hash", LargeBinary, nullable=False),
    _number("part"),
    _number("pseq"),
)

line = Table(
    "line",
    metadata,
    _number("part", primary_key=True),
    _number("pseq", primary_key=True),
    _number("n", primary_key=True),
    _number("item_id"),
    _number("location_id"),
    _number("lot_id"),
    _number("owner_id"),
    _number("status_id"),
    _number("quantity"),
    ForeignKeyConstraint(["part", "pseq"], ["event.part", "event.pseq"]),
    CheckConstraint(_LINE_CHECK, name="line_range"),
    CheckConstraint("quantity <> 0", name="line_moves"),
)

# One serial or container, one step: the history of a unit.
unit_step = Table(
    "unit_step",
    metadata,
    _number("part", primary_key=True),
    _number("pseq", primary_key=True),
    _text("key", primary_key=True),
    _number("event_us"),
    _number("item_id"),  # 0, and no quantity: a container
    _number("quantity"),
    _number("source_id", nullable=True),  # null: first seen
    _number("destination_id"),
    ForeignKeyConstraint(["part", "pseq"], ["event.part", "event.pseq"]),
    CheckConstraint(_UNIT_CHECK, name="unit_step_range"),
    Index("unit_step_by_key", "key", "event_us"),
)

# An event that was settled without booking, as it came.
reject = Table(
    "reject",
    metadata,
    _text("source", primary_key=True),
    _text("epoch", primary_key=True),
    _number("sseq", primary_key=True),
    _number("at_us"),
    _text("event_id"),  # "" where it could not be read
    _text("reason"),
    _text("detail"),
    Column("payload", LargeBinary, nullable=False),
)

# What came without a number that could be read: kept, because it may be the missing one.
unreadable = Table(
    "unreadable",
    metadata,
    _text("source", primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    _number("at_us"),
    _text("detail"),
    Column("payload", LargeBinary, nullable=False),
)

alert = Table(
    "alert",
    metadata,
    _text("event_id", primary_key=True),
    _text("reason", primary_key=True),
    _text("about", primary_key=True),
    _number("at_us"),
    Index("alert_by_time", "at_us"),
)

# -- what the book adds up to ----------------------------------------------------------------------

balance = Table(
    "balance",
    metadata,
    _number("item_id", primary_key=True),
    _number("location_id", primary_key=True),
    _number("lot_id", primary_key=True),
    _number("owner_id", primary_key=True),
    _number("status_id", primary_key=True),
    _number("quantity"),
    CheckConstraint(whole("quantity", -BALANCE_MAX, BALANCE_MAX), name=BALANCE_RANGE),
)

unit = Table(
    "unit",
    metadata,
    _text("key", primary_key=True),
    _number("item_id"),  # as in its steps: what it was booked as when it was first seen
    _number("quantity"),
    _number("location_id"),
    _number("event_us"),
    CheckConstraint(_UNIT_CHECK, name="unit_range"),
)

chain = Table(
    "chain",
    metadata,
    _number("part", primary_key=True),
    _number("pseq"),
    _number("record_us"),
    Column("hash", LargeBinary, nullable=False),
)

source_epoch = Table(
    "source_epoch",
    metadata,
    _text("source", primary_key=True),
    _text("epoch", primary_key=True),
    Column("is_open", Integer, nullable=False),
    _number("committed"),
    _text("committed_id"),
    _number("ack_n"),
    _number("booked"),
    _number("duplicates"),
    _number("rejected"),
)

APPEND_ONLY = ("code", "event", "event_key", "line", "unit_step", "reject")
