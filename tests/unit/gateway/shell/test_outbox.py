"""EDGE: numbered without gaps, on disk before anybody hears, settled by a mark and kept."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.core.ack import Known
from gateway.shell.outbox import Outbox, Row, _File
from wire import event, json
from wire.event import ErrorDeclaration, ObjectEvent
from wire.messages import Ack, Rejected
from wire.reason import Reason


def said(number: int) -> ObjectEvent:
    return ObjectEvent(
        event_id=f"urn:uuid:0190a0b0-0000-8000-8000-{number:012d}",
        event_time="2026-11-22T08:15:30.125+01:00",
        event_time_zone_offset="+01:00",
        action="OBSERVE",
        gateway="dock-1",
        kind="movement",
        epc_list=(f"urn:test:{number}",),
    )


def ack(committed: int, n: int = 1, incarnation: int = 1) -> Ack:
    return Ack(ledger="l", incarnation=incarnation, n=n, epoch="e1", committed=committed)


@pytest.fixture
async def outbox(tmp_path: Path) -> AsyncIterator[Outbox]:
    opened = Outbox(tmp_path / "new" / "outbox.sqlite")
    await opened.open("e1")
    yield opened
    await opened.close()


async def test_a_new_outbox_starts_the_epoch_it_is_given(outbox: Outbox) -> None:
    assert await outbox.known() == Known("", 0, 0, "e1", made=0, committed=0)
    assert await outbox.oldest_waiting_us() is None


async def test_an_outbox_that_is_there_keeps_its_epoch(tmp_path: Path) -> None:
    for epoch in ("e1", "e2"):
        outbox = Outbox(tmp_path / "outbox.sqlite")
        known = await outbox.open(epoch)
        await outbox.close()

    assert known.epoch == "e1"


async def test_events_are_numbered_and_stored_as_they_are_sent(outbox: Outbox) -> None:
    assert await outbox.append([said(1), said(2)], {"door-1": 7}, now_us=5) == 2
    assert await outbox.append([said(3)], {"door-1": 9}, now_us=6) == 3

    rows = await outbox.rows(2, 3)
    assert [(row.seq, row.event_id) for row in rows] == [
        (2, said(2).event_id),
        (3, said(3).event_id),
    ]
    numbered = said(2).model_copy(update={"epoch": "e1", "seq": 2})
    assert rows[0].body == json.encode(event.as_document(numbered))
    assert event.receive(rows[0].body.encode()).event == numbered
    assert await outbox.resume() == {"door-1": 9}


async def test_what_got_its_tag_here_is_known(outbox: Outbox) -> None:
    tagged = said(1).model_copy(update={"biz_step": "commissioning"})
    await outbox.append([tagged, said(2)], {}, 0)

    asked = ("urn:test:1", "urn:test:2", "urn:test", "urn:test:3")
    assert [await outbox.has_commissioned(key) for key in asked] == [True, False, False, False]


async def test_an_event_that_is_there_takes_no_number(outbox: Outbox) -> None:
    """A pass that is replayed after a crash; also when its event is settled long since."""
    await outbox.append([said(1)], {}, 0)
    await outbox.settle(ack(1), 1, [])

    assert await outbox.append([said(1), said(2)], {}, 0) == 2
    assert [row.event_id for row in await outbox.rows(1, 9)] == [
        said(1).event_id,
        said(2).event_id,
    ]


async def test_what_read_points_remember_is_committed_with_the_rest(outbox: Outbox) -> None:
    await outbox.append([said(1)], {"a": 1, "b": 1}, 0, {"a": {"x": 1, "y": [2]}, "b": {"x": "z"}})
    await outbox.append([], {"a": 2, "b": 2}, 0, {"a": {"x": None, "w": {"k": True}}})
    assert await outbox.memory() == {"a": {"y": [2], "w": {"k": True}}, "b": {"x": "z"}}

    await outbox.append([], {"a": 3}, 0)  # b is there no longer

    assert await outbox.memory() == {"a": {"y": [2], "w": {"k": True}}}


async def test_a_checkpoint_without_events_moves_only_where_a_replay_resumes(
    outbox: Outbox,
) -> None:
    assert await outbox.append([], {"door-1": 100}, 0) == 0
    assert await outbox.resume() == {"door-1": 100}


async def test_a_read_point_that_is_no_longer_there_is_forgotten(outbox: Outbox) -> None:
    await outbox.append([], {"door-1": 100, "door-2": 90}, 0)
    await outbox.append([], {"door-2": 110}, 0)

    assert await outbox.resume() == {"door-2": 110}


async def test_settled_rows_are_marked_and_kept(outbox: Outbox) -> None:
    await outbox.append([said(1), said(2), said(3)], {}, now_us=42)
    await outbox.settle(ack(2, n=7, incarnation=3), 2, [])

    assert await outbox.known() == Known("l", 3, 7, "e1", made=3, committed=2)
    assert await outbox.event_id(2) == said(2).event_id
    assert await outbox.event_id(4) is None
    assert await outbox.oldest_waiting_us() == 42
    assert len(await outbox.rows(1, 3)) == 3


async def test_a_restored_ledger_moves_the_mark_back(outbox: Outbox) -> None:
    await outbox.append([said(1), said(2)], {}, 0)
    await outbox.settle(ack(2), 2, [])
    await outbox.settle(ack(1, incarnation=2), 1, [])

    assert (await outbox.known()).committed == 1


async def test_the_oldest_that_waits_is_the_first_behind_the_mark(outbox: Outbox) -> None:
    await outbox.append([said(1)], {}, now_us=41)
    await outbox.append([said(2)], {}, now_us=42)
    await outbox.append([said(3)], {}, now_us=43)
    await outbox.settle(ack(1), 1, [])

    assert await outbox.oldest_waiting_us() == 42
    await outbox.settle(ack(3), 3, [])
    assert await outbox.oldest_waiting_us() is None


async def test_an_event_that_no_broker_takes_is_refused_whole(outbox: Outbox) -> None:
    huge = said(1).model_copy(update={"epc_list": tuple(f"urn:x:{n:0200}" for n in range(700))})

    with pytest.raises(AssertionError, match="event of 14.... characters"):
        await outbox.append([huge], {}, 0)
    assert (await outbox.known()).made == 0


async def test_a_dead_letter_keeps_its_first_reason(outbox: Outbox, tmp_path: Path) -> None:
    await outbox.append([said(1)], {}, 0)
    for reason in (Reason.INVALID_EVENT, Reason.NOT_JSON):
        await outbox.settle(ack(1), 1, [Rejected(seq=1, reason=reason)])

    with sqlite3.connect(tmp_path / "new" / "outbox.sqlite") as db:
        assert db.execute("SELECT reason FROM dead_letter").fetchall() == [("invalid_event",)]


async def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    """WAL alone gives the disk what it likes: a power cut would take what the ledger has."""
    file = _File.open(tmp_path / "outbox.sqlite", "e1")

    assert file._db.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    file.close()


async def test_what_the_ledger_rejected_is_a_dead_letter(outbox: Outbox, tmp_path: Path) -> None:
    await outbox.append([said(1)], {}, 0)
    rejected = Rejected(seq=1, event_id="urn:x", reason=Reason.INVALID_EVENT, detail="x")
    await outbox.settle(ack(1), 1, [rejected])
    await outbox.settle(ack(1), 1, [rejected])

    with sqlite3.connect(tmp_path / "new" / "outbox.sqlite") as db:
        assert db.execute("SELECT * FROM dead_letter").fetchall() == [
            (1, "urn:x", "invalid_event", "x")
        ]


async def test_a_group_is_committed_whole_or_not_at_all(outbox: Outbox, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "new" / "outbox.sqlite") as db:
        db.execute(
            "CREATE TRIGGER full BEFORE INSERT ON event WHEN NEW.seq = 2"
            " BEGIN SELECT RAISE(ABORT, 'planted'); END"
        )

    with pytest.raises(sqlite3.IntegrityError, match="planted"):
        await outbox.append([said(1), said(2)], {"door-1": 5}, 0)

    assert await outbox.known() == Known("", 0, 0, "e1", made=0, committed=0)
    assert await outbox.rows(1, 9) == []
    assert await outbox.resume() == {}
    assert await outbox.append([said(1)], {}, 0) == 1


async def test_what_was_committed_is_on_disk(outbox: Outbox, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "new" / "outbox.sqlite") as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    await outbox.append([said(1)], {}, 0)

    with sqlite3.connect(tmp_path / "new" / "outbox.sqlite") as other:
        assert other.execute("SELECT seq FROM event").fetchall() == [(1,)]
    assert isinstance((await outbox.rows(1, 1))[0], Row)


async def test_an_error_declaration_is_a_row_beside_its_event(outbox: Outbox) -> None:
    """Same id: told apart by when it was declared; the event's own number is repeated."""
    error = ErrorDeclaration(declaration_time="2026-11-22T09:00:00.000+01:00")
    declared = said(1).model_copy(update={"error_declaration": error})
    await outbox.append([said(1), said(2)], {}, now_us=5)

    assert await outbox.append([declared], {}, now_us=6) == 3
    assert await outbox.append([declared, said(1)], {}, now_us=7) == 3

    first, _, row = await outbox.rows(1, 3)
    numbered = {"readpoint:epoch": "e1", "readpoint:seq": 3}
    assert row.event_id == first.event_id
    assert json.decode(row.body.encode()) == json.decode_object(first.body.encode()) | {
        "errorDeclaration": {"declarationTime": error.declaration_time, **numbered}
    }
    assert event.receive(row.body.encode()).seq == 3


async def test_an_error_declaration_of_an_event_that_is_not_here_has_its_own_number_alone(
    outbox: Outbox,
) -> None:
    error = ErrorDeclaration(declaration_time="2026-11-22T09:00:00.000+01:00")

    await outbox.append([said(1).model_copy(update={"error_declaration": error})], {}, now_us=6)

    (row,) = await outbox.rows(1, 1)
    assert event.receive(row.body.encode()).seq == 1
    assert "readpoint:seq" not in json.decode_object(row.body.encode())


async def test_an_outbox_of_before_error_declarations_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    before = sqlite3.connect(path)
    before.execute(
        "CREATE TABLE event (seq INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE,"
        " made_us INTEGER NOT NULL, body TEXT NOT NULL) STRICT"
    )
    before.execute("INSERT INTO event VALUES (1, 'urn:x:1', 5, '{}')")
    before.commit()
    before.close()

    for _ in range(2):
        outbox = Outbox(path)
        await outbox.open("e1")
        assert await outbox.rows(1, 9) == [Row(1, "urn:x:1", "{}")]
        await outbox.close()
