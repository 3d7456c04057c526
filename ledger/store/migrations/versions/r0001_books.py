"""The books: master data, events with their lines, and what they add up to."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

PACK_QUANTITY_MAX = 999_999_999
LINE_QUANTITY_MAX = 1_000_000_000_000
BALANCE_MAX = 9_007_199_254_740_991

APPEND_ONLY = ("code", "event", "event_key", "line", "unit_step", "reject")


def whole(table: str, low: int, high: int) -> sa.CheckConstraint:
    """SQLite makes a float of a sum that overflows, and would keep it."""
    check = f"typeof(quantity) = 'integer' AND quantity BETWEEN {low} AND {high}"
    return sa.CheckConstraint(check, name=f"{table}_range")


def big(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, autoincrement=False, nullable=nullable)


def small(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, autoincrement=False, nullable=False)


def text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def blob(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def upgrade() -> None:
    create_master_data()
    create_book()
    create_sums()
    for table in APPEND_ONLY:
        refuse_changes(table)


def refuse_changes(table: str) -> None:
    """What is in the book of record stays: a correction is another row."""
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def create_master_data() -> None:
    op.create_table(
        "identity",
        sa.Column("only", sa.Integer, sa.CheckConstraint("only = 1"), autoincrement=False),
        text("ledger"),
        big("incarnation"),
        big("next_id"),
        sa.PrimaryKeyConstraint("only"),
    )
    op.create_table(
        "item",
        big("id"),
        text("sku"),
        text("description"),
        text("unit"),
        small("is_placeholder"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sku"),
    )
    op.create_table(
        "code",
        text("key"),
        big("valid_from_us"),
        big("item_id"),
        big("quantity"),
        whole("code", 1, PACK_QUANTITY_MAX),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("key", "valid_from_us"),
    )
    op.create_table(
        "location",
        big("id"),
        text("key"),
        text("name"),
        text("kind"),
        text("site"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_table(
        "document",
        text("key"),
        text("kind"),
        text("party"),
        sa.PrimaryKeyConstraint("key"),
    )


def create_book() -> None:
    op.create_table(
        "event",
        big("part"),
        big("pseq"),
        text("event_id"),
        text("source"),
        text("epoch"),
        big("sseq"),
        big("event_us"),
        big("record_us"),
        text("posting_date"),
        text("actor"),
        text("verdict"),
        text("kind"),
        text("biz_step", nullable=True),
        text("direction", nullable=True),
        text("read_point", nullable=True),
        text("body"),
        blob("body_hash"),
        blob("lines_hash"),
        blob("hash"),
        sa.PrimaryKeyConstraint("part", "pseq"),
    )
    op.create_index("event_by_record", "event", ["record_us", "part", "pseq"])
    op.create_index("event_by_verdict", "event", ["verdict", "record_us", "part", "pseq"])
    op.create_index(
        "event_by_read_point",
        "event",
        ["verdict", "event_us", "source", "read_point", "direction"],
    )
    op.create_table(
        "event_key",
        text("event_id"),
        big("declared_us"),
        blob("body_hash"),
        big("part"),
        big("pseq"),
        sa.PrimaryKeyConstraint("event_id", "declared_us"),
    )
    op.create_table(
        "line",
        big("part"),
        big("pseq"),
        big("n"),
        big("item_id"),
        big("location_id"),
        big("lot_id"),
        big("owner_id"),
        big("status_id"),
        big("quantity"),
        whole("line", -LINE_QUANTITY_MAX, LINE_QUANTITY_MAX),
        sa.CheckConstraint("quantity <> 0", name="line_moves"),
        sa.ForeignKeyConstraint(["part", "pseq"], ["event.part", "event.pseq"]),
        sa.PrimaryKeyConstraint("part", "pseq", "n"),
    )
    op.create_table(
        "unit_step",
        big("part"),
        big("pseq"),
        text("key"),
        big("event_us"),
        big("item_id"),
        big("quantity"),
        big("source_id", nullable=True),
        big("destination_id"),
        whole("unit_step", 0, PACK_QUANTITY_MAX),
        sa.ForeignKeyConstraint(["part", "pseq"], ["event.part", "event.pseq"]),
        sa.PrimaryKeyConstraint("part", "pseq", "key"),
    )
    op.create_index("unit_step_by_key", "unit_step", ["key", "event_us"])
    op.create_table(
        "reject",
        text("source"),
        text("epoch"),
        big("sseq"),
        big("at_us"),
        text("event_id"),
        text("reason"),
        text("detail"),
        blob("payload"),
        sa.PrimaryKeyConstraint("source", "epoch", "sseq"),
    )
    op.create_table(
        "unreadable",
        text("source"),
        blob("digest"),
        big("at_us"),
        text("detail"),
        blob("payload"),
        sa.PrimaryKeyConstraint("source", "digest"),
    )
    op.create_table(
        "alert",
        text("event_id"),
        text("reason"),
        text("about"),
        big("at_us"),
        sa.PrimaryKeyConstraint("event_id", "reason", "about"),
    )
    op.create_index("alert_by_time", "alert", ["at_us"])


def create_sums() -> None:
    op.create_table(
        "balance",
        big("item_id"),
        big("location_id"),
        big("lot_id"),
        big("owner_id"),
        big("status_id"),
        big("quantity"),
        whole("balance", -BALANCE_MAX, BALANCE_MAX),
        sa.PrimaryKeyConstraint("item_id", "location_id", "lot_id", "owner_id", "status_id"),
    )
    op.create_table(
        "unit",
        text("key"),
        big("item_id"),
        big("quantity"),
        big("location_id"),
        big("event_us"),
        whole("unit", 0, PACK_QUANTITY_MAX),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "chain",
        big("part"),
        big("pseq"),
        big("record_us"),
        blob("hash"),
        sa.PrimaryKeyConstraint("part"),
    )
    op.create_table(
        "source_epoch",
        text("source"),
        text("epoch"),
        small("is_open"),
        big("committed"),
        text("committed_id"),
        big("ack_n"),
        big("booked"),
        big("duplicates"),
        big("rejected"),
        sa.PrimaryKeyConstraint("source", "epoch"),
    )
