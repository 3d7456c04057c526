import pytest

from drivers.base import Now
from drivers.scanner.protocol.framing import (
    BYTES_TOLD_MAX,
    Assembler,
    Damaged,
    Flaw,
    Frame,
    Framing,
)

STX_ETX = Framing(ends=(b"\x03",), start=b"\x02")
SILENCE = Framing(ends=(), idle_us=100_000, idle_ends=True)


def at(us: int) -> Now:
    """The wall clock is ahead of the monotonic one, so that no test mixes them unseen."""
    return Now(1_000_000 + us, us)


def said(framing: Framing, *chunks: bytes) -> list[Frame | Damaged]:
    assembler = Assembler(framing)
    return [each for chunk in chunks for each in assembler.receive(chunk, at(0))]


def frames(*data: bytes) -> list[Frame | Damaged]:
    return [Frame(1_000_000, each) for each in data]


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_a_line_end_of_any_kind_ends_a_scan(end: bytes) -> None:
    assert said(Framing(), b"123" + end + b"456" + end) == frames(b"123", b"456")


def test_two_scans_in_one_read_and_half_of_the_next() -> None:
    assert said(Framing(), b"123\r\n456\r\n78", b"9\r\n") == frames(b"123", b"456", b"789")


def test_an_end_may_come_in_pieces() -> None:
    assert said(Framing(ends=(b"\r\n",)), b"12\r3\r", b"\n") == frames(b"12\r3")


def test_the_earliest_end_ends_and_of_two_there_the_longer() -> None:
    assert said(Framing(ends=(b"\t", b"\r", b"\r\n")), b"1\r\n\n2\t") == frames(b"1", b"\n2")


def test_a_scan_is_dated_by_its_last_byte() -> None:
    assembler = Assembler(Framing())
    assembler.receive(b"12", at(0))

    assert assembler.receive(b"3\r", at(70_000)) == [Frame(1_070_000, b"123")]


def test_what_stands_before_a_start_is_no_scan() -> None:
    assert said(STX_ETX, b"\x02123\x03\r\n\x02456\x03") == frames(b"123", b"456")
    assert said(STX_ETX, b"~~\x02123\x03") == [
        Damaged(1_000_000, Flaw.NOISE, b"~~"),
        *frames(b"123"),
    ]
    assert said(STX_ETX, b"~~\x03\r\n\x03") == [Damaged(1_000_000, Flaw.NOISE, b"~~")]


def test_a_second_start_means_that_the_scan_before_it_was_cut() -> None:
    assert said(STX_ETX, b"\x0212", b"\x02456\x03") == [
        Damaged(1_000_000, Flaw.CUT, b"\x0212"),
        *frames(b"456"),
    ]


def test_a_start_of_text_may_stand_again_in_the_code() -> None:
    assert said(Framing(start=b"A"), b"A1A2\r") == frames(b"1A2")


def test_a_fixed_length_needs_no_end() -> None:
    assert said(Framing(ends=(), length=4), b"12345", b"678", b"9") == frames(b"1234", b"5678")


def test_silence_ends_a_scan_where_nothing_else_does() -> None:
    assembler = Assembler(SILENCE)
    assert assembler.deadline_us is None
    assert assembler.receive(b"12", at(0)) == []
    assert assembler.receive(b"3", at(50_000)) == []
    assert assembler.deadline_us == 150_000
    assert assembler.expire(at(149_999)) == []

    assert assembler.expire(at(150_000)) == [Frame(1_050_000, b"123")]
    assert assembler.deadline_us is None
    assert assembler.expire(at(900_000)) == []


def test_bytes_behind_a_silence_are_another_scan_also_where_nobody_looked() -> None:
    assembler = Assembler(SILENCE)
    assembler.receive(b"123", at(0))

    assert assembler.receive(b"456", at(200_000)) == [Frame(1_000_000, b"123")]


def test_no_bytes_are_no_sign_of_life() -> None:
    assembler = Assembler(SILENCE)
    assembler.receive(b"12", at(0))

    assert assembler.receive(b"", at(90_000)) == []
    assert assembler.deadline_us == 100_000


def test_half_a_scan_that_gets_no_more_is_thrown_away() -> None:
    assembler = Assembler(Framing(idle_us=100_000))
    assembler.receive(b"09521", at(0))
    assert assembler.receive(b"14", at(90_000)) == []

    assert assembler.expire(at(190_000)) == [Damaged(1_090_000, Flaw.CUT, b"0952114")]
    assert assembler.receive(b"456\r", at(191_000)) == [Frame(1_191_000, b"456")]


def test_line_ends_that_wait_for_a_start_are_nothing() -> None:
    assembler = Assembler(STX_ETX)
    assembler.receive(b"\x02123\x03\r\n", at(0))

    assert assembler.expire(at(1_000_000)) == []


def test_the_end_of_the_connection_cuts() -> None:
    assembler = Assembler(Framing())
    assert assembler.end() == []
    assembler.receive(b"123\r45", at(0))

    assert assembler.end() == [Damaged(1_000_000, Flaw.CUT, b"45")]
    assert assembler.end() == []


def test_what_is_too_long_goes_up_to_its_end() -> None:
    framing = Framing(bytes_max=8)
    long = [Damaged(1_000_000, Flaw.TOO_LONG, b"123456789")]
    assert said(framing, b"12345678\r") == frames(b"12345678")
    assert said(framing, b"123456789\r12\r") == [*long, *frames(b"12")]

    endless = said(framing, *[b"1234567890"] * 5, b"\r12\r")

    assert endless == [Damaged(1_000_000, Flaw.TOO_LONG, b"1234567890"), *frames(b"12")]


def test_what_is_too_long_goes_at_a_silence_at_the_latest() -> None:
    assembler = Assembler(Framing(ends=(), idle_us=100_000, idle_ends=True, bytes_max=8))
    assembler.receive(b"x" * 100, at(0))
    assert assembler.deadline_us == 100_000
    told = assembler.expire(at(100_000))

    assert told == [Damaged(1_000_000, Flaw.TOO_LONG, b"x" * BYTES_TOLD_MAX)]
    assert assembler.deadline_us is None


def test_a_scan_never_holds_more_than_its_bound() -> None:
    assembler = Assembler(Framing(ends=(b"\r\n",), bytes_max=8))
    for _ in range(1_000):
        assembler.receive(b"x" * 100, at(0))
        assert len(assembler._kept) <= 8 + 2


def test_an_end_behind_what_is_too_long_may_come_in_pieces() -> None:
    framing = Framing(ends=(b"\r\n",), bytes_max=8)

    assert said(framing, b"x" * 20 + b"\r", b"\n12\r\n") == [
        Damaged(1_000_000, Flaw.TOO_LONG, b"x" * 20 + b"\r"),
        *frames(b"12"),
    ]


def test_a_scan_that_starts_in_what_is_too_long_is_one_in_pieces_of_any_size() -> None:
    framing = Framing(ends=(b"\x03",), start=b"\x02", bytes_max=8)
    noise = b"~" * 30

    assert said(framing, noise + b"\x0212345678\x03") == [
        Damaged(1_000_000, Flaw.NOISE, noise),
        *frames(b"12345678"),
    ]
    assert said(framing, noise[:12], noise[12:] + b"\x02", b"12345678", b"\x03") == [
        Damaged(1_000_000, Flaw.TOO_LONG, noise[:12]),
        *frames(b"12345678"),
    ]
    assert said(framing, noise[:12], noise[12:18] + b"\x02", b"12345678\x03") == [
        Damaged(1_000_000, Flaw.TOO_LONG, noise[:12]),
        *frames(b"12345678"),
    ]
    assert said(framing, b"\x02" + noise, b"\x0212\x03") == [
        Damaged(1_000_000, Flaw.TOO_LONG, b"\x02" + noise),
        *frames(b"12"),
    ]


def test_line_ends_before_a_start_do_not_count_as_its_length() -> None:
    framing = Framing(ends=(b"\x03",), start=b"\x02", bytes_max=8)

    assert said(framing, b"\r\n\r\n\x0212345678", b"\x03") == frames(b"12345678")


def test_a_start_that_a_code_can_hold_starts_once_also_in_what_is_too_long() -> None:
    framing = Framing(start=b"A", bytes_max=8)

    assert said(framing, b"A" + b"1" * 20, b"A23\r", b"~" * 20, b"A45\r") == [
        Damaged(1_000_000, Flaw.TOO_LONG, b"A" + b"1" * 20),
        Damaged(1_000_000, Flaw.TOO_LONG, b"~" * 20),
        *frames(b"45"),
    ]


def test_a_start_may_come_in_pieces_behind_what_is_too_long() -> None:
    framing = Framing(start=b"\x02\x04", bytes_max=8)

    assert said(framing, b"~" * 20 + b"\x02", b"\x0445\r") == [
        Damaged(1_000_000, Flaw.TOO_LONG, b"~" * 20 + b"\x02"),
        *frames(b"45"),
    ]


def test_where_bytes_were_lost_also_what_stands_behind_a_start_is_none() -> None:
    assembler = Assembler(STX_ETX)
    assembler.receive(b"~~\x0212", at(0))
    assembler.spoil(at(0))

    assert assembler.receive(b"4\x03\x0256\x03", at(0)) == [
        Damaged(1_000_000, Flaw.NOISE, b"~~"),
        Damaged(1_000_000, Flaw.INCOMPLETE, b"124"),
        *frames(b"56"),
    ]


def test_a_scan_that_lost_bytes_is_none() -> None:
    assembler = Assembler(Framing())
    assembler.receive(b"12", at(0))
    assembler.spoil(at(0))

    assert assembler.receive(b"5\r67\r", at(0)) == [
        Damaged(1_000_000, Flaw.INCOMPLETE, b"125"),
        *frames(b"67"),
    ]


def test_where_all_bytes_were_lost_the_next_scan_is_good_after_a_silence() -> None:
    assembler = Assembler(Framing(idle_us=100_000))
    assembler.spoil(at(0))
    assert assembler.deadline_us == 100_000

    assert assembler.receive(b"67\r", at(100_000)) == [
        Damaged(1_000_000, Flaw.INCOMPLETE, b""),
        Frame(1_100_000, b"67"),
    ]


def test_damage_says_what_came_and_what_is_wrong() -> None:
    assert str(Damaged(0, Flaw.CUT, b"12")) == "b'12': its end never came"
