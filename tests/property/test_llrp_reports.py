"""Tag reports of any mix of shapes, whole and damaged: layouts that are kept make no difference.

The judge is a decoder that has seen nothing before and is given one tag at a time.
"""

import struct
from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.llrp.protocol.report import Report, ReportDecoder
from tests.unit.drivers.llrp import far_end

DEVICE = "dock-1"
SHIFT_US = 123
NOW_US = 7
IMPINJ, ZEBRA = 25882, 161

relaxed = settings(deadline=None, max_examples=200)


def tv(kind: int, layout: str, low: int, high: int) -> st.SearchStrategy[bytes]:
    return st.integers(low, high).map(
        lambda value: bytes([0x80 | kind]) + struct.pack(f">{layout}", value)
    )


def custom(vendor: int, subtype: int, value: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    return value.map(lambda data: far_end.tlv(1023, struct.pack(">II", vendor, subtype) + data))


def epc_data(bits: int, data: bytes) -> bytes:
    return far_end.tlv(241, struct.pack(">H", bits) + data[: (bits + 7) // 8])


def words(count: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=2 * count, max_size=2 * count)


def counted_words(most: int) -> st.SearchStrategy[bytes]:
    return st.integers(0, most).flatmap(
        lambda count: words(count).map(lambda data: struct.pack(">H", count) + data)
    )


epcs = st.binary(min_size=12, max_size=12).map(lambda epc: b"\x8d" + epc) | st.builds(
    epc_data, st.integers(0, 512), st.binary(min_size=64, max_size=64)
)
fields = st.one_of(
    tv(1, "H", 0, 0xFFFF),
    tv(2, "Q", 0, 2**64 - 1),
    tv(3, "Q", 0, 2**64 - 1),
    tv(4, "Q", 0, 2**64 - 1),
    tv(5, "Q", 0, 2**64 - 1),
    tv(6, "b", -128, 127),
    tv(7, "H", 0, 0xFFFF),
    tv(8, "H", 0, 0xFFFF),
    tv(9, "I", 0, 2**32 - 1),
    tv(12, "H", 0, 0xFFFF),
    tv(16, "I", 0, 2**32 - 1),
    custom(IMPINJ, 55, counted_words(6)),
    custom(IMPINJ, 56, words(1)),
    custom(IMPINJ, 57, words(1)),
    custom(IMPINJ, 68, words(1)),
    custom(IMPINJ, 73, words(1)),
    custom(ZEBRA, 709, words(1)),
    custom(IMPINJ, 999, st.binary(max_size=9)),
    st.binary(max_size=9).map(lambda data: far_end.tlv(999, data)),
    st.builds(
        lambda head, data: far_end.tlv(349, head + data),
        st.binary(min_size=3, max_size=3),
        counted_words(4),
    ),
    st.binary(min_size=5, max_size=5).map(lambda data: far_end.tlv(350, data)),
    st.binary(min_size=3, max_size=3).map(lambda data: far_end.tlv(352, data)),
)
tags = st.builds(
    lambda epc, rest: far_end.tlv(240, epc + b"".join(rest)), epcs, st.lists(fields, max_size=8)
)
usual = st.builds(
    far_end.tag,
    epc=st.binary(min_size=12, max_size=12),
    antenna=st.integers(0, 8),
    rssi_dbm=st.integers(-128, 127),
    at_us=st.integers(0, 2**60),
    count=st.integers(0, 9),
)
broken = st.binary(max_size=20).map(lambda data: far_end.tlv(240, data))
others = st.binary(max_size=20).map(lambda data: far_end.tlv(242, data))
# Few different tags, each many times: so shapes come in runs, and come back.
mixes = st.lists(tags | usual | broken | others, min_size=1, max_size=6).flatmap(
    lambda pool: st.lists(st.sampled_from(pool) | usual, max_size=24)
)


def one_by_one(parts: list[bytes], shift_us: int | None) -> Report:
    """What decoders say that have seen nothing before."""
    reports = [ReportDecoder(DEVICE).decode(part, shift_us, NOW_US) for part in parts]
    return Report(
        [read for report in reports for read in report.reads],
        min((each.oldest_us for each in reports if each.oldest_us is not None), default=None),
        max((each.newest_us for each in reports if each.newest_us is not None), default=None),
        tuple(result for report in reports for result in report.results),
        tuple(fault for report in reports for fault in report.faults),
    )


@relaxed
@given(st.lists(mixes, max_size=3), st.sampled_from([SHIFT_US, -SHIFT_US, None]))
def test_what_came_before_makes_no_difference_to_a_tag(
    bodies: list[list[bytes]], shift_us: int | None
) -> None:
    decoder = ReportDecoder(DEVICE)

    for parts in bodies * 2:
        found = decoder.decode(b"".join(parts), shift_us, NOW_US)
        assert found == one_by_one(parts, shift_us)


# Says that it is longer than it is: the tag behind it in the same body would be taken for its end.
overlong = st.builds(
    lambda tag, by: tag[:3] + bytes([tag[3] + by]) + tag[4:], usual, st.integers(1, 50)
)


@relaxed
@given(mixes | st.lists(usual | overlong, min_size=2, max_size=6), st.booleans())
def test_reports_of_one_tag_are_joined_only_where_that_makes_no_difference(
    bodies: list[bytes], is_known: bool
) -> None:
    decoder = ReportDecoder(DEVICE)
    if is_known:
        decoder.decode(b"".join(bodies), SHIFT_US, NOW_US)

    found = [decoder.decode(each, SHIFT_US, NOW_US) for each in decoder.joined(bodies)]

    wanted = one_by_one(bodies, SHIFT_US)
    assert [read for report in found for read in report.reads] == wanted.reads
    assert [fault for report in found for fault in report.faults] == list(wanted.faults)


@settings(relaxed, max_examples=25)
@given(mixes, st.lists(usual, min_size=1, max_size=3))
def test_a_damaged_tag_costs_no_other_where_its_own_length_is_right(
    parts: list[bytes], good: list[bytes]
) -> None:
    """Each byte of the first tag's inside flipped, once seen whole and once not."""
    decoder = ReportDecoder(DEVICE)
    first, behind = far_end.tag(extra=parts[0] if parts else b""), b"".join(good)
    wanted = one_by_one(good, SHIFT_US).reads

    for at in range(4, len(first)):
        damaged = first[:at] + bytes([first[at] ^ 0xFF]) + first[at + 1 :]
        found = decoder.decode(damaged + behind, SHIFT_US, NOW_US)
        assert found == one_by_one([damaged, *good], SHIFT_US)
        assert found.reads[-len(wanted) :] == wanted


@relaxed
@given(mixes)
def test_a_body_that_is_cut_anywhere_gives_the_tags_before_the_cut(parts: list[bytes]) -> None:
    body = b"".join(parts)
    ends = [0, *accumulate(map(len, parts))]
    decoder = ReportDecoder(DEVICE)

    for cut in range(0, len(body) + 1, 7):
        whole = [part for part, end in zip(parts, ends[1:], strict=True) if end <= cut]
        found = decoder.decode(body[:cut], SHIFT_US, NOW_US)
        expected = one_by_one(whole, SHIFT_US)
        assert found[:4] == expected[:4]
        assert found.faults[: len(expected.faults)] == expected.faults
        assert len(found.faults) == len(expected.faults) + (cut not in ends)


@relaxed
@given(mixes, st.data())
def test_a_body_with_any_byte_flipped_is_read_as_far_as_it_can_be(
    parts: list[bytes], data: st.DataObject
) -> None:
    body = bytearray(b"".join(parts))
    decoder = ReportDecoder(DEVICE)
    decoder.decode(bytes(body), SHIFT_US, NOW_US)
    for at in data.draw(st.lists(st.integers(0, max(len(body) - 1, 0)), max_size=4)):
        if body:
            body[at] ^= data.draw(st.integers(1, 0xFF))

    said = bytes(body)
    assert decoder.decode(said, SHIFT_US, NOW_US) == ReportDecoder(DEVICE).decode(
        said, SHIFT_US, NOW_US
    )
