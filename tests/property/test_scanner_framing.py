"""A scanner's bytes in any pieces, and any bytes: nothing raises, and no code is made of two."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.base import Now, Scan
from drivers.scanner.protocol.framing import Assembler, Frame, Framing
from drivers.scanner.protocol.message import Hearing, Rules

relaxed = settings(deadline=None, max_examples=300)

LONG = 12  # bytes_max here: so that long ones are short enough to be found
FRAMINGS = (
    Framing(bytes_max=LONG),
    Framing(ends=(b"\t",), bytes_max=LONG),
    Framing(ends=(b"\r\n",), bytes_max=LONG),
    Framing(ends=(b"\x03",), start=b"\x02", bytes_max=LONG),
    Framing(start=b"\x02", bytes_max=LONG),
    Framing(start=b"\x02A", bytes_max=LONG),
    Framing(start=b"A", bytes_max=LONG),
    Framing(ends=(), length=4, bytes_max=LONG),
    Framing(ends=(), idle_ends=True, bytes_max=LONG),
)
marks = st.sampled_from([b"\r", b"\n", b"\r\n", b"\x02", b"\x03", b"\t", b"A", b"\x02A"])
streams = st.lists(marks | st.binary(max_size=2 * LONG), max_size=12).map(b"".join)
moments = st.builds(Now, st.integers(0, 10**7), st.integers(0, 10**7))
patterns = st.lists(st.binary(min_size=1, max_size=4), max_size=3).map(tuple)
rules = st.builds(
    Rules,
    aim_ids=st.sampled_from(["auto", "always", "never"]),
    prefix=st.binary(max_size=2),
    suffix=st.binary(max_size=2),
    separator=st.binary(max_size=2),
    no_read=patterns,
    heartbeat=patterns,
    characters=st.sampled_from(["ascii", "any"]),
)


def pieces(data: bytes, cuts: Sequence[int]) -> list[bytes]:
    at = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[first:last] for first, last in zip(at, at[1:], strict=False)]


def frames(framing: Framing, chunks: Sequence[bytes]) -> list[bytes]:
    """The frames; at the end comes a silence."""
    assembler = Assembler(framing)
    said = [each for chunk in chunks for each in assembler.receive(chunk, Now(0, 0))]
    said += assembler.expire(Now(0, framing.idle_us))
    return [each.data for each in said if isinstance(each, Frame)]


@relaxed
@given(st.sampled_from(FRAMINGS), streams, st.lists(st.integers(0, 10**6), max_size=12))
def test_bytes_in_any_pieces_are_the_same_scans(
    framing: Framing, data: bytes, cuts: list[int]
) -> None:
    whole = frames(framing, [data])

    assert frames(framing, pieces(data, cuts)) == whole
    assert frames(framing, [data[at : at + 1] for at in range(len(data))]) == whole


@relaxed
@given(
    st.sampled_from(FRAMINGS),
    rules,
    st.lists(st.tuples(st.sampled_from(["receive", "expire", "spoil", "end"]), streams, moments)),
)
def test_nothing_raises_and_nothing_grows(
    framing: Framing, as_set: Rules, steps: list[tuple[str, bytes, Now]]
) -> None:
    hearing = Hearing("belt-1", framing, as_set)
    for step, data, now in steps:
        match step:
            case "receive":
                hearing.receive(data, now)
            case "expire":
                hearing.expire(now)
            case "spoil":
                hearing.spoil(now)
            case _:
                hearing.end()
        assert len(hearing._assembler._kept) <= LONG + 4
    hearing.end()
    assert hearing.deadline_us is None


codes = st.text("0123456789ABCxyz-/", min_size=1, max_size=8).map(str.encode)
noises = st.binary(min_size=1, max_size=8).map(lambda data: bytes(each | 0x80 for each in data))
lines = st.lists(st.tuples(codes, noises | st.just(b""), st.booleans()), max_size=8)
in_envelopes = Framing(ends=(b"\x03",), start=b"\x02")


@relaxed
@given(lines, st.lists(st.integers(0, 10**6), max_size=8))
def test_noise_never_makes_one_scan_of_two(
    sent: list[tuple[bytes, bytes, bool]], cuts: list[int]
) -> None:
    """Noise before a scan, or behind one whose end it took: what is left is whole, or no scan."""
    data, clean = b"", []
    dirty = False  # something without an end stands before
    for code, noise, takes_the_end in sent:
        data += noise + code
        dirty = dirty or noise != b""
        lost = takes_the_end and noise != b""
        data += b"\x80" if lost else b"\r\n"
        if not dirty:
            clean.append(code)
        dirty = lost

    hearing = Hearing("belt-1", Framing(), Rules())
    said = [one for piece in pieces(data, cuts) for one in hearing.receive(piece, Now(0, 0))]

    assert [each.data for each in said if isinstance(each, Scan)] == clean


@relaxed
@given(st.lists(st.tuples(codes, st.integers(0, 9)), max_size=8))
def test_a_gs1_scan_that_lost_its_end_is_never_one_with_the_next(
    sent: list[tuple[bytes, int]],
) -> None:
    data, whole, lost_before = b"", [], False
    for code, chance in sent:
        loses_its_end = chance < 3
        data += b"]C1" + code + (b"" if loses_its_end else b"\r\n")
        if not loses_its_end and not lost_before:
            whole.append(code)
        lost_before = loses_its_end

    said = Hearing("belt-1", Framing(), Rules()).receive(data, Now(0, 0))

    assert [each.data for each in said if isinstance(each, Scan)] == whole


@relaxed
@given(st.lists(st.tuples(codes, noises | st.just(b""), st.booleans()), max_size=8))
def test_between_stx_and_etx_noise_costs_at_most_the_scan_that_it_is_in(
    sent: list[tuple[bytes, bytes, bool]],
) -> None:
    data, whole = b"", []
    for code, noise, is_cut in sent:
        data += noise + b"\x02" + code + (b"" if is_cut else b"\x03")
        if not is_cut:
            whole.append(code)

    said = Hearing("belt-1", in_envelopes, Rules()).receive(data, Now(0, 0))

    assert [each.data for each in said if isinstance(each, Scan)] == whole
