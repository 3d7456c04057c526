import pytest

from drivers.base import NoRead, Now, Scan
from drivers.scanner.protocol.framing import Damaged, Flaw, Framing
from drivers.scanner.protocol.message import Heard, Hearing, Heartbeat, Rules, split_aim_id

NOW = Now(5_000_000, 0)
AT_US = NOW.utc_us


def heard(rules: Rules, data: bytes) -> list[Heard]:
    return Hearing("belt-1", Framing(), rules).receive(data, NOW)


def scan(data: bytes, symbology: str | None = None) -> Scan:
    return Scan("belt-1", AT_US, data, symbology)


def damaged(flaw: Flaw, data: bytes) -> Damaged:
    return Damaged(AT_US, flaw, data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"]C10109521141012345", ("C1", b"0109521141012345")),
        (b"]E09521141012345", ("E0", b"9521141012345")),
        (b"]zC0109521141012345", ("zC", b"0109521141012345")),
        (b"]Q3", ("Q3", b"")),
        (b"0109521141012345", (None, b"0109521141012345")),
        (b"]1C12", (None, b"]1C12")),
        (b"]C", (None, b"]C")),
        (b"]C-1", (None, b"]C-1")),
        (b" ]C11", (None, b" ]C11")),
        (b"", (None, b"")),
    ],
)
def test_an_aim_id_is_what_the_standard_says(
    data: bytes, expected: tuple[str | None, bytes]
) -> None:
    assert split_aim_id(data) == expected


def test_a_code_comes_with_its_symbology_where_the_scanner_says_it() -> None:
    assert heard(Rules(), b"]C10109521141012345\x1d10AB\r\n9521141012345\r\n") == [
        scan(b"0109521141012345\x1d10AB", "C1"),
        scan(b"9521141012345"),
    ]


def test_where_there_are_no_ids_a_code_may_look_like_one() -> None:
    assert heard(Rules(aim_ids="never"), b"]C1012\r") == [scan(b"]C1012")]


def test_where_there_is_always_an_id_what_has_none_lost_its_head() -> None:
    assert heard(Rules(aim_ids="always"), b"141012345\r]E09521141012345\r") == [
        damaged(Flaw.NO_ID, b"141012345"),
        scan(b"9521141012345", "E0"),
    ]


def test_two_gs1_scans_that_lost_what_was_between_them_are_none() -> None:
    glued = b"]C1010952]C10109521141012345"
    assert heard(Rules(), glued + b"\r") == [damaged(Flaw.GLUED, glued)]
    assert heard(Rules(), b"]C0A]B\r") == [scan(b"A]B", "C0")]


@pytest.mark.parametrize("kind", ["E0", "I1", "F0"])
def test_two_codes_of_digits_that_lost_what_was_between_them_are_none(kind: str) -> None:
    glued = f"]{kind}95211]E09521141000017".encode()

    assert heard(Rules(), glued + b"\r") == [damaged(Flaw.GLUED, glued)]


def test_a_word_for_nothing_is_no_code() -> None:
    rules = Rules(no_read=(b"NOREAD", b"ERR*"))

    assert heard(rules, b"NOREAD\rERROR 12\rNOREADS\rERRX\r") == [
        NoRead("belt-1", AT_US),
        NoRead("belt-1", AT_US),
        scan(b"NOREADS"),
        NoRead("belt-1", AT_US),
    ]
    assert heard(Rules(), b"NOREAD\r") == [scan(b"NOREAD")]
    assert heard(Rules(no_read=(b"?",)), b"x\r?\r") == [scan(b"x"), NoRead("belt-1", AT_US)]


def test_a_heartbeat_is_no_code() -> None:
    rules = Rules(heartbeat=(b"HB*",), prefix=b"<", suffix=b">")

    assert heard(rules, b"HB 17\r<HB 18>\r<1>\r") == [
        Heartbeat(AT_US),
        Heartbeat(AT_US),
        scan(b"1"),
    ]


def test_a_prefix_and_a_suffix_are_taken_off_and_must_be_there() -> None:
    rules = Rules(prefix=b"A:", suffix=b";", no_read=(b"NONE",))

    assert heard(rules, b"A:12;\rA:12\r12;\rA:;\rA:NONE;\rNONE\rA;\r") == [
        scan(b"12"),
        damaged(Flaw.NO_PREFIX, b"A:12"),
        damaged(Flaw.NO_PREFIX, b"12;"),
        NoRead("belt-1", AT_US),
        NoRead("belt-1", AT_US),
        damaged(Flaw.NO_PREFIX, b"A;"),
    ]


def test_a_prefix_and_a_suffix_do_not_share_bytes() -> None:
    assert heard(Rules(prefix=b"**", suffix=b"**"), b"***\r") == [damaged(Flaw.NO_PREFIX, b"***")]


def test_several_codes_in_one_message() -> None:
    rules = Rules(separator=b",", no_read=(b"ERROR",))

    assert heard(rules, b"]E09521141012345,,ERROR,]C0AB\r") == [
        scan(b"9521141012345", "E0"),
        NoRead("belt-1", AT_US),
        scan(b"AB", "C0"),
    ]


def test_bytes_that_no_code_has_here_are_noise() -> None:
    assert heard(Rules(), b"12\xff34\r1\x002\r") == [
        damaged(Flaw.NOISE, b"12\xff34"),
        damaged(Flaw.NOISE, b"1\x002"),
    ]
    assert heard(Rules(characters="any"), b"12\xff\x0134\r1\x002\r") == [
        scan(b"12\xff\x0134"),
        damaged(Flaw.NOISE, b"1\x002"),
    ]
    assert heard(Rules(), b"]C1\r") == [damaged(Flaw.NOISE, b"]C1")]


def test_time_and_the_end_go_through() -> None:
    framing = Framing(ends=(), idle_us=100_000, idle_ends=True)
    hearing = Hearing("belt-1", framing, Rules())
    hearing.receive(b"12", NOW)
    assert hearing.deadline_us == 100_000
    assert hearing.expire(Now(0, 100_000)) == [scan(b"12")]

    cut = Hearing("belt-1", Framing(), Rules())
    cut.receive(b"12", NOW)
    cut.spoil(NOW)
    assert cut.end() == [damaged(Flaw.INCOMPLETE, b"12")]
