"""readpoint-gateway tag read and tag write, with tags that have memory: EDGE, tag write.

Each is run with a daemon that holds the reader, and without one.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.integration.tag_box import Box, box
from tests.integration.tag_field import TagInField, tag

KEY = "https://id.gs1.org/01/80614141123458/21/6789"
EPC = "3014257BF7194E4000001A85"  # of KEY, with a company prefix of 7 digits
BLANK = "000000000000000000000000"
OTHER = "3034257BF7194E4000001A86"
OTHER_KEY = "https://id.gs1.org/01/80614141123458/21/6790"
TID = "E2801160200078D4A1B20C31"
TID_2 = "E2801160200078D4A1B20C32"
SHORT_TID = "E2006806"
WRITE = ("tag", "write", "--reader", "desk-1", "--antenna", "1", "--key", KEY)
PREFIX = ("--company-prefix", "0614141")
READ = ("tag", "read", "--reader", "desk-1", "--antenna", "1")
DONE = f"{KEY}: EPC {EPC} written and read back, matched by its TID {TID}\n"


@pytest.fixture(params=["daemon", "alone"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Box]:
    made = box(tmp_path)
    with made.daemon() if request.param == "daemon" else nullcontext():
        yield made


@pytest.fixture
def alone(tmp_path: Path) -> Box:
    return box(tmp_path)


def events(desk: Box) -> list[dict[str, object]]:
    with closing(sqlite3.connect(desk.folder / "gw" / "outbox.sqlite")) as db:
        return [json.loads(body) for (body,) in db.execute("SELECT body FROM event ORDER BY seq")]


@contextmanager
def ledger(desk: Box, *known: str) -> Iterator[None]:
    """The ledger's answer to who asks for a unit."""

    class Units(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            (key,) = parse_qs(urlsplit(self.path).query)["key"]
            units = [{"key": key, "location": "hall-1"}] if key in known else []
            body = json.dumps({"units": units}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Units)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    desk.config.write_text(f'{desk.settings}\n[ledger]\nurl = "{url}"\n')
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_one_tag_is_written_read_back_and_commissioned(desk: Box) -> None:
    desk.field.put(tag(BLANK))

    assert desk.run(*WRITE, *PREFIX, "--replace", "--user", "beef") == (0, DONE, "")

    assert desk.field.tags() == [tag(EPC, user="beef0000")]
    (event,) = events(desk)
    expected = {
        "type": "ObjectEvent",
        "action": "ADD",
        "bizStep": "commissioning",
        "disposition": "active",
        "epcList": [KEY],
        "readPoint": {"id": "urn:readpoint:reader:test:desk-gw:desk-1"},
        "readpoint:kind": "movement",
        "readpoint:seq": 1,
        "readpoint:evidence": {
            "tid": TID.lower(),
            "epc": EPC.lower(),
            "replaced": f"urn:epc:raw:96.x{BLANK}",
            "antenna": "desk-1:1",
        },
    }
    assert {key: event[key] for key in expected} == expected


def test_two_tags_in_the_field_and_nothing_is_written(desk: Box) -> None:
    desk.field.put(tag(BLANK), tag(OTHER, tid=TID_2))

    code, out, error = desk.run(*WRITE, *PREFIX, "--replace")

    assert (code, out) == (1, "")
    assert error == (
        f"desk-1: antenna 1: 2 tags: {BLANK} and {OTHER}: expected one alone; nothing was written\n"
    )
    assert desk.field.tags() == [tag(BLANK), tag(OTHER, tid=TID_2)]


def test_two_tags_of_one_epc_are_told_apart_by_their_tids(desk: Box) -> None:
    desk.field.put(tag(BLANK), tag(BLANK, tid=TID_2))

    assert desk.run(*WRITE, *PREFIX, "--replace") == (
        1,
        "",
        f"desk-1: antenna 1: 2 tags of one EPC: TID {TID} and {TID_2}:"
        " expected one alone, and did nothing\n",
    )
    assert [each.epc.hex() for each in desk.field.tags()] == [BLANK, BLANK]


def test_a_tag_afar_and_one_at_another_antenna_do_not_count(desk: Box) -> None:
    desk.field.put(
        tag(BLANK), tag(OTHER, tid=TID_2, rssi_dbm=-70.0), tag(OTHER, tid=TID_2, antenna=2)
    )

    assert desk.run(*WRITE, *PREFIX, "--replace", "--rssi-min", "-60") == (0, DONE, "")
    assert [each.epc.hex().upper() for each in desk.field.tags()] == [EPC, OTHER, OTHER]


@pytest.mark.parametrize("words", [0, 1, 4])
def test_a_tag_that_loses_its_power_in_the_write_is_told_as_it_is_and_repaired(
    alone: Box, words: int
) -> None:
    alone.field.put(tag(BLANK, pc=0x3000, power=words))

    code, out, error = alone.run(*WRITE, *PREFIX, "--replace")
    holds = f"{EPC[: 4 * max(words - 1, 0)]:0<24}"
    again = alone.run(*WRITE, *PREFIX, "--replace")

    assert (code, out) == (1, "")
    assert error == (
        f"desk-1: not written as asked: the tag lost its power; it holds PC 3000 EPC {holds} now;"
        " repeat the command: the tag is matched by its TID\n"
    )
    assert again == (0, DONE, "")
    assert len(events(alone)) == 1


def test_a_tag_that_leaves_in_the_write_cannot_be_read_back(alone: Box) -> None:
    alone.field.put(tag(BLANK, power=3, leaves=True))

    assert alone.run(*WRITE, *PREFIX, "--replace") == (
        1,
        "",
        "desk-1: whether it was written is not known: the tag lost its power, and then no answer;"
        " repeat the command: the tag is matched by its TID\n",
    )
    assert events(alone) == []


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (tag(BLANK, tid=SHORT_TID), "has no serial number"),
        (tag(BLANK, deaf=("tid",)), "cannot be read"),
    ],
)
def test_a_tag_without_a_tid_of_its_own_is_matched_by_its_epc_and_that_is_said(
    alone: Box, one: TagInField, why: str
) -> None:
    alone.field.put(one)

    assert alone.run(*WRITE, *PREFIX, "--replace") == (
        0,
        f"{KEY}: EPC {EPC} written and read back, matched by its EPC, since its TID {why}:"
        " another tag could share it\n",
        "",
    )
    assert [each.epc.hex().upper() for each in alone.field.tags()] == [EPC]


@pytest.mark.parametrize(
    ("pc", "after"), [(0x3400, 0x3400), (0x30A5, 0x30A5), (0x31A5, 0x3000), (0x1800, 0x3000)]
)
def test_length_and_numbering_of_the_pc_are_written_and_all_else_of_it_is_kept(
    alone: Box, pc: int, after: int
) -> None:
    alone.field.put(tag(BLANK[: (pc >> 11) * 4], pc=pc))

    assert alone.run(*WRITE, *PREFIX, "--replace")[0] == 0
    assert alone.field.tags() == [tag(EPC, pc=after)]


def test_without_the_ledger_nothing_is_written_unless_it_is_said(alone: Box) -> None:
    alone.field.put(tag(BLANK))

    assert alone.run(*WRITE, *PREFIX) == (
        1,
        "",
        "no url in [ledger], so nobody knows whether this number is in use;"
        " --replace writes without asking\n",
    )
    assert alone.field.tags() == [tag(BLANK)]


def test_a_number_that_the_ledger_knows_is_not_written_twice(alone: Box) -> None:
    alone.field.put(tag(BLANK))
    with ledger(alone, KEY):
        assert alone.run(*WRITE, *PREFIX) == (
            1,
            "",
            f"{KEY}: the ledger has it, at hall-1: expected --replace, or another serial\n",
        )
    assert alone.field.tags() == [tag(BLANK)]


def test_a_tag_of_a_thing_that_the_ledger_knows_is_not_taken_from_it(alone: Box) -> None:
    alone.field.put(tag(OTHER))
    with ledger(alone, OTHER_KEY):
        refused = alone.run(*WRITE, *PREFIX)
        done = alone.run(*WRITE, *PREFIX, "--replace")

    assert refused == (
        1,
        "",
        f"the tag is {OTHER_KEY}: the ledger has it, at hall-1: expected --replace,"
        " or another serial\n",
    )
    assert done == (0, DONE, "")


def test_a_number_that_the_ledger_does_not_know_is_written(alone: Box) -> None:
    alone.field.put(tag(BLANK))
    with ledger(alone):
        assert alone.run(*WRITE, *PREFIX) == (0, DONE, "")


def test_a_number_that_was_written_here_is_not_written_twice(alone: Box) -> None:
    """The ledger knows it when it has been through a door."""
    alone.field.put(tag(BLANK))
    with ledger(alone):
        first = alone.run(*WRITE, *PREFIX)
        alone.field.put(tag(BLANK, tid=TID_2))
        second = alone.run(*WRITE, *PREFIX)
        other = alone.run(*WRITE[:-1], OTHER_KEY, *PREFIX)

    assert first == (0, DONE, "")
    assert second == (
        1,
        "",
        f"{KEY}: this gateway wrote it to a tag before: expected --replace, or another serial\n",
    )
    assert other[0] == 0


def test_a_ledger_that_does_not_answer_is_told(alone: Box) -> None:
    alone.field.put(tag(BLANK))
    with ledger(alone):
        pass

    code, _, error = alone.run(*WRITE, *PREFIX)

    assert code == 1
    assert error.endswith("Connection refused; --replace writes without asking\n")


def test_the_epc_is_locked_by_the_tags_password(alone: Box) -> None:
    alone.field.put(tag(BLANK, reserved="0000000012345678"))

    code, out, error = alone.run(
        *WRITE, *PREFIX, "--replace", "--lock", "--access-password", "12345678"
    )

    locked = "its EPC is locked: only with the access password can it be written\n"
    assert (code, out, error) == (0, f"{DONE}{locked}", "")
    assert alone.field.tags()[0].locked == ("epc_bank",)
    assert alone.run(*WRITE[:-1], OTHER_KEY, *PREFIX, "--replace") == (
        1,
        "",
        f"desk-1: not written as asked: the memory is locked; it holds PC 3000 EPC {EPC} now;"
        " repeat the command: the tag is matched by its TID\n",
    )


def test_the_one_tag_is_read(desk: Box) -> None:
    desk.field.put(tag(EPC, user="00112233"))

    assert desk.run(*READ) == (
        0,
        f"EPC  {EPC} (PC 3000)\nkey  {KEY}\nTID  {TID}\nuser 00112233\n",
        "",
    )


def test_a_tag_that_tells_little_is_read_as_far_as_it_goes(alone: Box) -> None:
    alone.field.put(tag(BLANK, deaf=("tid", "user")))

    assert alone.run(*READ) == (
        0,
        f"EPC  {BLANK} (PC 3000)\nkey  urn:epc:raw:96.x{BLANK}\nTID  (cannot be read)\n"
        "user (none, or it cannot be read)\n",
        "",
    )


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (READ, "desk-1: antenna 1: no tag was read: expected one"),
        (
            (*READ[:2], "--reader", "no", *READ[4:]),
            "no reader 'no' in the settings",
        ),
        (
            WRITE,
            f"{KEY}: no GS1 company prefix fits: expected it in --company-prefix,"
            " or in company_prefixes of [commission]",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line(alone: Box, arguments: tuple[str, ...], why: str) -> None:
    assert alone.run(*arguments) == (1, "", f"{why}\n")


def test_a_reader_that_is_down_is_told(alone: Box) -> None:
    alone.field.put(lost="192.0.2.1:5084: no route to host")

    assert alone.run(*READ) == (1, "", "desk-1: 192.0.2.1:5084: no route to host\n")


def test_a_lock_without_a_password_says_what_to_do(alone: Box) -> None:
    assert alone.run(*WRITE, "--lock") == (
        2,
        "",
        "readpoint-gateway tag: lock: expected --access-password with the password that the tag"
        " has, not 0: this command writes none, and a tag from the factory has none; give it one"
        " with the reader's own tool\n",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        (*WRITE, "--lock"),
        (*WRITE, "--user", "abc"),
        (*WRITE, "--filter", "8"),
        (*WRITE, "--company-prefix", "12a456"),
        (*WRITE, "--access-password", "123"),
        (*WRITE, "--access-password", "1234567x"),
        (*READ, "--antenna", "0"),
        (*READ, "--rssi-min", "nan"),
        ("tag",),
        ("tag", "kill"),
    ],
)
def test_wrong_usage_is_refused_before_anything_is_done(
    alone: Box, arguments: tuple[str, ...]
) -> None:
    code, out, error = alone.run(*arguments)

    assert (code, out) == (2, "")
    assert "Traceback" not in error
