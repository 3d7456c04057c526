"""EDGE: tag write; what may be written, to which tag, and whether it is there."""

from datetime import UTC

import pytest

from drivers.base import Bank, ReadWords, TagRead, Target, WriteWords
from gateway.core import commissioning
from gateway.core.commissioning import (
    Bench,
    Refused,
    Seen,
    Stored,
    Wanted,
    commissioned,
    is_there,
    only_tag,
    reads_back,
    stored,
    tid_serial_words,
    wanted,
    writes,
)
from wire.event import as_document

KEY = "https://id.gs1.org/01/80614141123458/21/6789"
EPC = bytes.fromhex("3014257BF7194E4000001A85")
NO_PREFIX = (
    " GS1 company prefix fits: expected it in --company-prefix,"
    " or in company_prefixes of [commission]"
)
A, B = b"\x30\xaa", b"\x30\xbb"
TID, TID_2 = b"\xe2\x01", b"\xe2\x02"


def read(
    epc: bytes = A,
    tid: bytes | None = None,
    antenna: int = 1,
    at_us: int = 100,
    rssi_dbm: float | None = -50.0,
) -> TagRead:
    return TagRead("desk-1", antenna, epc, at_us, at_us, 1, 0x0800, rssi_dbm, tid=tid)


@pytest.mark.parametrize(
    ("key", "prefixes", "expected"),
    [
        (KEY, ["0614141"], Wanted(KEY, EPC)),
        (KEY, ["9521141", "0614141"], Wanted(KEY, EPC)),
        (
            "https://id.gs1.org/00/106141412345678908",
            ["0614141"],
            Wanted(
                "https://id.gs1.org/00/106141412345678908",
                bytes.fromhex("3114257BF4499602D2000000"),
            ),
        ),
        (KEY, [], Refused(f"{KEY}: no{NO_PREFIX}")),
        (KEY, ["9521141"], Refused(f"{KEY}: no{NO_PREFIX}")),
        (KEY, ["0614141", "061414"], Refused(f"{KEY}: more than one{NO_PREFIX}")),
        (
            "https://id.gs1.org/01/80614141123458",
            ["0614141"],
            Refused(
                "https://id.gs1.org/01/80614141123458: a class of things:"
                " expected one with serial, /21/(serial)"
            ),
        ),
        (
            "tea",
            ["0614141"],
            Refused("tea: expected a key as https://id.gs1.org/01/(GTIN)/21/(serial)"),
        ),
        (
            "https://id.gs1.org/01/80614141123458/21/A1",
            ["0614141"],
            Refused(
                "serial 'A1': SGTIN-96 holds whole numbers without leading zeros up to 274877906943"
            ),
        ),
    ],
)
def test_a_key_is_a_tag_where_one_company_prefix_fits(
    key: str, prefixes: list[str], expected: Wanted | Refused
) -> None:
    assert wanted(key, prefixes, 0) == expected


@pytest.mark.parametrize(
    ("reads", "expected"),
    [
        ([read(), read()], Seen(A, 0x0800, None)),
        ([read(), read(tid=TID), read(B, antenna=2)], Seen(A, 0x0800, TID)),
        ([read(), read(B, rssi_dbm=-61.0), read(B, at_us=99)], Seen(A, 0x0800, None)),
        ([], Refused("antenna 1: no tag was read at -60 dBm or more: expected one")),
        (
            [read(), read(B, rssi_dbm=None)],
            Refused("antenna 1: 2 tags: 30AA and 30BB: expected one alone"),
        ),
        (
            [read(b"", TID), read(b"", TID_2)],
            Refused(
                "antenna 1: 2 tags: without EPC (TID E201) and without EPC (TID E202):"
                " expected one alone"
            ),
        ),
    ],
)
def test_one_tag_is_the_one_that_the_antenna_heard_loudly_enough(
    reads: list[TagRead], expected: Seen | Refused
) -> None:
    assert only_tag(reads, 1, -60.0, since_us=100) == expected


def test_without_a_level_no_level_is_told() -> None:
    assert only_tag([], 1, None, 0) == Refused("antenna 1: no tag was read: expected one")


@pytest.mark.parametrize(
    ("seen", "target"),
    [
        (Seen(A, None, None), Target(Bank.EPC, 0x20, A)),
        (Seen(b"", 0, None), Target(Bank.EPC, 0x10, bytes(2))),
        (Seen(b"", None, None), Refused("the tag has no EPC, and the reader does not tell its PC")),
    ],
)
def test_a_tag_is_never_singulated_by_nothing(seen: Seen, target: Target | Refused) -> None:
    assert seen.target == target


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("E28011602000", 3),  # 48 bits
        ("E28011604000", 4),
        ("E2801160E000", 9),
        ("E28011600000", 0),  # an extended TID without a serial number
        ("E20068062000", 0),  # no extended TID
        ("E08011602000", 0),  # of another class
        ("E2801160", 0),
    ],
)
def test_a_tid_says_how_long_its_serial_number_is(head: str, words: int) -> None:
    assert tid_serial_words(bytes.fromhex(head)) == words


@pytest.mark.parametrize(
    ("old_pc", "new_pc"),
    [(0x3000, 0x3000), (0x0000, 0x3000), (0x36A5, 0x36A5), (0x37A5, 0x3600), (0xF800, 0x3000)],
)
def test_of_the_pc_length_and_numbering_are_written_and_the_rest_is_kept(
    old_pc: int, new_pc: int
) -> None:
    assert writes(old_pc, EPC) == WriteWords(Bank.EPC, 1, new_pc.to_bytes(2) + EPC)


@pytest.mark.parametrize(
    ("found", "there"),
    [
        ("3000" + EPC.hex(), True),
        ("3600" + EPC.hex(), True),  # the tag's own two bits
        ("3100" + EPC.hex(), False),
        ("2800" + EPC.hex(), False),
        ("3000" + EPC.hex()[:-1] + "4", False),
        ("", False),
    ],
)
def test_what_is_read_back_is_what_was_written(found: str, *, there: bool) -> None:
    assert is_there(writes(0x3000, EPC), bytes.fromhex(found)) is there


def test_user_memory_is_compared_as_it_is() -> None:
    written = WriteWords(Bank.USER, 0, b"\x12\x34")

    assert reads_back(written) == ReadWords(Bank.USER, 0, 1)
    assert (is_there(written, b"\x12\x34"), is_there(written, b"\x12\x35")) == (True, False)


def test_memory_is_told_with_its_length() -> None:
    assert stored(bytes.fromhex("0800AABBCCDD")) == Stored(0x0800, b"\xaa\xbb")
    assert str(Stored(0x0800, b"\xaa\xbb")) == "PC 0800 EPC AABB"
    assert str(Stored(0, b"")) == "PC 0000 EPC (none)"


def test_an_epc_that_goes_on_behind_what_was_read_says_so() -> None:
    assert str(stored(bytes.fromhex("1800AABBCCDD"))) == "PC 1800 EPC AABBCCDD..."


@pytest.mark.parametrize(("tid", "said"), [(TID, {"tid": "e201"}), (None, {})])
def test_a_thing_that_got_its_tag_is_commissioned(tid: bytes | None, said: dict[str, str]) -> None:
    bench = Bench("desk-gw", UTC, "urn:x:desk", "urn:x:hall", "desk-1:1")

    event = commissioned(Wanted(KEY, EPC), bench, 1_763_800_000_123_456, tid, "urn:epc:raw:0.x")

    document = as_document(event)
    assert document.pop("@context")
    assert document == {
        "type": "ObjectEvent",
        "eventID": "urn:uuid:019aaaac-267b-87a2-a9ba-0df3ad579c15",
        "eventTime": "2025-11-22T08:26:40.123+00:00",
        "eventTimeZoneOffset": "+00:00",
        "action": "ADD",
        "bizStep": "commissioning",
        "disposition": "active",
        "readPoint": {"id": "urn:x:desk"},
        "bizLocation": {"id": "urn:x:hall"},
        "readpoint:v": 1,
        "readpoint:gateway": "desk-gw",
        "readpoint:kind": "movement",
        "epcList": [KEY],
        "readpoint:evidence": {
            "epc": EPC.hex(),
            "replaced": "urn:epc:raw:0.x",
            "antenna": "desk-1:1",
            **said,
        },
    }


def test_without_a_place_none_is_told_and_the_same_writing_has_the_same_id() -> None:
    bench = Bench("desk-gw", UTC, "urn:x:desk", None, "desk-1:1")
    first, again, later = (
        commissioned(Wanted(KEY, EPC), bench, at_us, TID, "") for at_us in (1000, 1000, 2000)
    )

    assert first.biz_location is None
    assert (first == again, first.event_id == later.event_id) == (True, False)


def test_many_tags_are_not_all_named() -> None:
    reads = [read(bytes([0x30, n])) for n in range(9)]

    assert only_tag(reads, 1, None, 0) == Refused(
        "antenna 1: 9 tags: 3000 and 3001 and 3002 and 3003: expected one alone"
    )
    assert commissioning.NAMED_MAX == 4


def test_a_key_that_is_no_stock_is_not_written() -> None:
    key = "https://id.gs1.org/8004/95211415678"

    assert commissioning.wanted(key, ["9521141"], 1) == commissioning.Refused(
        f"{key}: expected a trade item with serial, or an SSCC"
    )
