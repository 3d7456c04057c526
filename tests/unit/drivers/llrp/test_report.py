import struct
from math import pi
from typing import TypedDict, Unpack

import pytest

from drivers.base import TagRead
from drivers.llrp.protocol.report import (
    LAYOUT_BYTES_MAX,
    LAYOUTS_MAX,
    UNKNOWN_BYTES_MAX,
    UNKNOWN_MAX,
    Fault,
    Report,
    ReportDecoder,
)
from tests.unit.drivers.llrp import far_end

EPC = bytes.fromhex("3074257BF7194E4000001A85")
SHIFT_US = 500
NOW_US = 77
TAG = TagRead(
    device="dock-1",
    antenna=1,
    epc=EPC,
    first_us=1_000_500_000 + SHIFT_US,
    last_us=1_000_501_000 + SHIFT_US,
    seen_count=1,
    pc=0x3000,
    rssi_dbm=-55.0,
    channel=7,
)
FIRST_US, LAST_US = 1_000_500_000, 1_000_501_000
IMPINJ, ZEBRA = 25882, 161


def body(message: bytes) -> bytes:
    return message[10:]


def decode(data: bytes, shift_us: int | None = SHIFT_US) -> Report:
    return ReportDecoder("dock-1").decode(data, shift_us, NOW_US)


def tag_of(*parameters: bytes) -> bytes:
    return far_end.tlv(240, b"".join(parameters))


def tv(kind: int, layout: str, value: int) -> bytes:
    return bytes([0x80 | kind]) + struct.pack(f">{layout}", value)


def custom(vendor: int, subtype: int, value: bytes) -> bytes:
    return far_end.tlv(1023, struct.pack(">II", vendor, subtype) + value)


def read_of(*parameters: bytes) -> TagRead:
    """The one read of a tag with these parameters, where nothing is amiss."""
    report = decode(tag_of(*parameters))
    assert report.faults == ()
    (read,) = report.reads
    return read


class Told(TypedDict, total=False):
    """What a test says of a read, as TagRead has it."""

    antenna: int
    epc: bytes
    first_us: int
    last_us: int
    rssi_dbm: float
    phase_rad: float
    doppler_hz: float
    tid: bytes


def nothing_told(**told: Unpack[Told]) -> TagRead:
    return TagRead("dock-1", 0, b"", NOW_US, NOW_US)._replace(**told)


# -- one tag ---------------------------------------------------------------------------------------


def test_a_report_holds_tags() -> None:
    said = far_end.report(far_end.tag(), far_end.tag(antenna=3, at_us=1_000_400_000))

    assert decode(body(said)) == Report(
        [
            TAG,
            TAG._replace(
                antenna=3, first_us=1_000_400_000 + SHIFT_US, last_us=1_000_401_000 + SHIFT_US
            ),
        ],
        oldest_us=1_000_400_000,
        newest_us=LAST_US,
    )


def test_a_second_report_of_the_same_shape_is_read_like_the_first() -> None:
    decoder = ReportDecoder("dock-1")
    said = body(far_end.report(far_end.tag()))

    assert decoder.decode(said, SHIFT_US, NOW_US) == Report([TAG], FIRST_US, LAST_US)
    assert decoder.decode(said, SHIFT_US, NOW_US) == Report([TAG], FIRST_US, LAST_US)


def test_without_a_shift_a_read_is_of_now_and_its_own_times_are_told() -> None:
    now = TAG._replace(first_us=NOW_US, last_us=NOW_US)
    decoder = ReportDecoder("dock-1")
    said = body(far_end.report(far_end.tag()))

    assert decoder.decode(said, None, NOW_US) == Report([now], FIRST_US, LAST_US)
    assert decoder.decode(said, None, NOW_US) == Report([now], FIRST_US, LAST_US)


def test_an_empty_report_says_nothing() -> None:
    assert decode(b"") == Report([])


def test_a_reader_that_tells_no_time_is_read_now() -> None:
    assert decode(tag_of(tv(1, "H", 4))) == Report([nothing_told(antenna=4)])


@pytest.mark.parametrize("kind", [2, 3, 4, 5])
def test_one_time_stands_for_both(kind: int) -> None:
    assert decode(tag_of(tv(kind, "Q", 9))) == Report(
        [nothing_told(first_us=9 + SHIFT_US, last_us=9 + SHIFT_US)], 9, 9
    )


def test_uptime_stands_in_for_utc() -> None:
    assert decode(tag_of(tv(3, "Q", 5), tv(5, "Q", 6))) == Report(
        [nothing_told(first_us=5 + SHIFT_US, last_us=6 + SHIFT_US)], 5, 6
    )


def test_where_both_clocks_are_told_utc_is_taken() -> None:
    assert decode(tag_of(tv(3, "Q", 5), tv(2, "Q", 70), tv(4, "Q", 80), tv(5, "Q", 6))) == Report(
        [nothing_told(first_us=70 + SHIFT_US, last_us=80 + SHIFT_US)], 70, 80
    )


def test_a_first_that_is_later_than_the_last_is_the_last() -> None:
    assert decode(tag_of(tv(2, "Q", 9), tv(4, "Q", 8))) == Report(
        [nothing_told(first_us=8 + SHIFT_US, last_us=8 + SHIFT_US)], 8, 8
    )


def test_a_tag_that_is_reported_was_seen() -> None:
    assert read_of(tv(8, "H", 0)).seen_count == 1
    assert read_of(tv(8, "H", 3)).seen_count == 3


def test_an_epc_of_another_length_is_in_a_tlv_of_bits() -> None:
    assert read_of(far_end.tlv(241, struct.pack(">H", 20) + b"\xab\xcd\xe0")).epc == b"\xab\xcd\xe0"
    assert read_of(far_end.tlv(241, struct.pack(">H", 8) + b"\xab\xcd")).epc == b"\xab"
    assert read_of(far_end.tlv(241, b"\x00\x00")).epc == b""


def test_the_last_of_two_that_tell_the_same_counts() -> None:
    assert read_of(tv(1, "H", 1), tv(1, "H", 2)).antenna == 2


# -- vendors ---------------------------------------------------------------------------------------


def test_impinj_tells_rssi_in_hundredths_and_phase_and_doppler_and_tid() -> None:
    tid = bytes.fromhex("E2801105200078 1A2B3C4D5E")
    read = read_of(
        custom(IMPINJ, 57, struct.pack(">h", -5512)),
        tv(6, "b", -55),
        custom(IMPINJ, 56, struct.pack(">H", 1024)),
        custom(IMPINJ, 68, struct.pack(">h", -24)),
        custom(IMPINJ, 55, struct.pack(">H", 6) + tid),
        custom(IMPINJ, 73, struct.pack(">H", 3000)),
    )

    assert read == nothing_told(rssi_dbm=-55.12, phase_rad=pi / 2, doppler_hz=-1.5, tid=tid)


def test_a_phase_is_less_than_a_turn() -> None:
    assert read_of(custom(IMPINJ, 56, b"\x0f\xff")).phase_rad == 4095 * 2 * pi / 4096
    assert read_of(custom(IMPINJ, 56, b"\x10\x00")).phase_rad == 0.0


def test_zebra_tells_phase_in_signed_parts_of_a_turn() -> None:
    assert read_of(custom(ZEBRA, 709, struct.pack(">h", 0x4000))).phase_rad == pi / 2
    assert read_of(custom(ZEBRA, 709, struct.pack(">h", -0x4000))).phase_rad == 3 * pi / 2


def test_a_chip_without_a_tid_to_tell_has_none() -> None:
    assert read_of(custom(IMPINJ, 55, b"\x00\x00")) == nothing_told()


def test_what_an_impinj_reader_was_not_asked_for_it_does_not_tell() -> None:
    assert read_of(custom(IMPINJ, 55, b"\x00\x01\xe2\x80")) == nothing_told(tid=b"\xe2\x80")


def test_what_is_known_is_not_kept_for_a_trace() -> None:
    decoder = ReportDecoder("dock-1")
    decoder.decode(
        tag_of(
            custom(IMPINJ, 55, b"\x00\x00"),
            custom(IMPINJ, 73, b"\x00\x01"),
            tv(9, "I", 1),
            custom(ZEBRA, 709, b"\x00\x01"),
        ),
        SHIFT_US,
        NOW_US,
    )

    assert decoder.unknown == {}


@pytest.mark.parametrize(
    ("vendor", "subtype", "value"),
    [
        (IMPINJ, 55, b"\x00"),
        (IMPINJ, 55, b"\x00\x02\xab\xcd\xef"),
        (IMPINJ, 55, b"\x00\x21" + bytes(66)),
        (IMPINJ, 56, b"\x00"),
        (IMPINJ, 58, bytes(8)),
        (ZEBRA, 57, bytes(2)),
    ],
)
def test_a_vendor_s_parameter_that_is_not_understood_costs_itself_and_is_kept(
    vendor: int, subtype: int, value: bytes
) -> None:
    decoder = ReportDecoder("dock-1")
    said = tag_of(custom(vendor, subtype, value), tv(1, "H", 4))

    assert decoder.decode(said, SHIFT_US, NOW_US) == Report([nothing_told(antenna=4)])
    assert decoder.unknown == {(vendor, subtype): value}


def test_unknown_parameters_are_passed_over_and_kept_as_they_came_first() -> None:
    decoder = ReportDecoder("dock-1")
    said = tag_of(
        far_end.tlv(999, b"\x01"),
        far_end.tlv(999, b"\x02"),
        far_end.tlv(1023, b"\x03"),
        tv(1, "H", 4),
    )

    assert decoder.decode(said + far_end.tlv(242, b"s"), SHIFT_US, NOW_US) == Report(
        [nothing_told(antenna=4)]
    )
    assert decoder.unknown == {(0, 999): b"\x01", (0, 1023): b"\x03", (0, 242): b"s"}


def test_no_more_is_kept_for_a_trace_than_its_bound() -> None:
    decoder = ReportDecoder("dock-1")
    decoder.decode(
        tag_of(*(custom(1, subtype, bytes(300)) for subtype in range(UNKNOWN_MAX + 1))),
        SHIFT_US,
        NOW_US,
    )

    kept = bytes(UNKNOWN_BYTES_MAX)
    assert decoder.unknown == {(1, subtype): kept for subtype in range(UNKNOWN_MAX)}


# -- what is broken --------------------------------------------------------------------------------


def test_a_broken_tag_costs_that_tag_alone() -> None:
    broken = far_end.tag(extra=b"\xff")

    assert decode(far_end.tag() + broken + far_end.tag()) == Report(
        [TAG, TAG],
        FIRST_US,
        LAST_US,
        faults=(Fault("TagReportData: unknown TV parameter 127 at byte 50"),),
    )


def test_epc_data_that_is_cut_short_costs_its_tag() -> None:
    short = tag_of(far_end.tlv(241, struct.pack(">H", 96) + b"\x30"))
    empty = tag_of(far_end.tlv(241, b""))

    assert decode(short + empty + far_end.tag()).faults == (
        Fault("TagReportData: EPCData of 96 bits: cut short at 1 bytes"),
        Fault("TagReportData: EPCData of 0 bytes: expected at least 2"),
    )


def test_an_epc_that_no_gen2_tag_can_have_costs_its_tag() -> None:
    def of(bits: int) -> bytes:
        return tag_of(far_end.tlv(241, struct.pack(">H", bits) + bytes(bits // 8)))

    assert decode(of(512) + of(513) + of(1040)) == Report(
        [nothing_told(epc=bytes(64))],
        faults=(
            Fault("TagReportData: EPCData of 513 bits: expected at most 512"),
            Fault("TagReportData: EPCData of 1040 bits: expected at most 512"),
        ),
    )


def test_a_parameter_of_a_length_that_its_type_does_not_have_costs_its_tag() -> None:
    assert decode(tag_of(far_end.tlv(1, b"\x00")) + far_end.tag()) == Report(
        [TAG],
        FIRST_US,
        LAST_US,
        faults=(Fault("TagReportData: parameter 1 of 1 bytes: expected 2"),),
    )


def test_behind_a_lost_boundary_nothing_is_guessed() -> None:
    said = far_end.tag() + b"\x00\xf0\x00\x02" + far_end.tag()

    assert decode(said) == Report(
        [TAG], FIRST_US, LAST_US, faults=(Fault("parameter 240 of 2 bytes: expected at least 4"),)
    )


def test_a_last_tag_that_is_cut_short_is_a_fault() -> None:
    whole = far_end.tag()

    assert decode(whole + whole[:-1]).faults == (
        Fault(f"parameter 240 at byte {len(whole)}: cut short by 1 bytes"),
    )
    assert decode(whole + whole[:3]).faults == (
        Fault(f"3 bytes at {len(whole)}: expected a parameter header"),
    )


# -- many shapes -----------------------------------------------------------------------------------


def test_tags_of_one_size_and_two_shapes_are_told_apart() -> None:
    first, last = tag_of(tv(2, "Q", 5), tv(1, "H", 1)), tag_of(tv(1, "H", 1), tv(4, "Q", 6))

    report = decode(first + last + last + first)

    assert [read.last_us - SHIFT_US for read in report.reads] == [5, 6, 6, 5]


def test_reports_of_one_tag_of_one_size_and_two_shapes_are_told_apart() -> None:
    decoder = ReportDecoder("dock-1")
    first, last = tag_of(tv(2, "Q", 5), tv(1, "H", 1)), tag_of(tv(1, "H", 1), tv(4, "Q", 6))

    reports = [decoder.decode(each, SHIFT_US, NOW_US) for each in (first, last, last, first)]

    assert [report.newest_us for report in reports] == [5, 6, 6, 5]


def test_reports_of_one_tag_are_joined_where_all_are_of_a_shape_seen_before() -> None:
    decoder = ReportDecoder("dock-1")
    one, two = (tag_of(tv(2, "Q", at_us), tv(1, "H", 1)) for at_us in (5, 6))
    other = tag_of(tv(1, "H", 1), tv(4, "Q", 7))

    assert decoder.joined([one, two]) == [one, two]
    decoder.decode(one, SHIFT_US, NOW_US)
    assert decoder.joined([one, two]) == [one + two]
    assert decoder.joined([one]) == [one]
    assert decoder.joined([one, two, other]) == [one, two, other]


def test_reports_that_tell_no_time_are_not_joined() -> None:
    decoder = ReportDecoder("dock-1")
    timeless = tag_of(tv(1, "H", 1))
    decoder.decode(timeless, SHIFT_US, NOW_US)

    assert decoder.joined([timeless, timeless]) == [timeless, timeless]


def test_more_shapes_than_are_kept_are_read_all_the_same() -> None:
    decoder = ReportDecoder("dock-1")
    sizes = range(LAYOUTS_MAX + 2)
    said = b"".join(tag_of(far_end.tlv(999, bytes(size)), tv(1, "H", size)) for size in sizes)

    for _ in range(2):
        found = decoder.decode(said, SHIFT_US, NOW_US)
        assert [read.antenna for read in found.reads] == list(sizes)
        assert len(decoder._layouts) == LAYOUTS_MAX


def test_the_layout_of_a_tag_without_measure_is_not_kept() -> None:
    decoder = ReportDecoder("dock-1")
    said = tag_of(far_end.tlv(999, bytes(LAYOUT_BYTES_MAX)), tv(1, "H", 3))

    assert [read.antenna for read in decoder.decode(said * 3, SHIFT_US, NOW_US).reads] == [3, 3, 3]
    assert decoder._layouts == {}
