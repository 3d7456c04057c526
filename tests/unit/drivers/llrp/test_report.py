import struct

from drivers.llrp.protocol.report import (
    Fault,
    ReaderEvent,
    Report,
    TagReport,
    decode_event,
    decode_report,
)
from tests.unit.drivers.llrp import far_end

EPC = bytes.fromhex("3074257BF7194E4000001A85")
TAG = TagReport(
    epc=EPC,
    antenna=1,
    first_us=1_000_500_000,
    last_us=1_000_501_000,
    count=1,
    pc=0x3000,
    rssi_dbm=-55,
    channel=7,
)


def body(message: bytes) -> bytes:
    return message[10:]


def test_a_report_holds_tags() -> None:
    said = far_end.report(far_end.tag(), far_end.tag(antenna=3))

    two = decode_report(body(said))

    assert two.tags[0] == TAG
    assert two.tags[1].antenna == 3
    assert two.faults == ()


def test_an_epc_of_another_length_is_in_a_tlv_of_bits() -> None:
    epc_data = far_end.tlv(241, struct.pack(">H", 20) + b"\xab\xcd\xe0")

    assert decode_report(far_end.tlv(240, epc_data)) == Report((TagReport(epc=b"\xab\xcd\xe0"),))


def test_uptime_stands_in_for_utc() -> None:
    times = b"\x83" + struct.pack(">Q", 5) + b"\x85" + struct.pack(">Q", 6)

    assert decode_report(far_end.tlv(240, times)) == Report((TagReport(first_us=5, last_us=6),))


def test_an_unknown_parameter_in_a_tag_is_passed_over() -> None:
    vendors = far_end.tlv(1023, struct.pack(">II", 25882, 57) + b"\x00\x01")

    assert decode_report(body(far_end.report(far_end.tag(extra=vendors)))) == Report((TAG,))


def test_a_broken_tag_costs_that_tag_alone() -> None:
    broken = far_end.tag(extra=b"\xff")

    assert decode_report(body(far_end.report(far_end.tag(), broken, far_end.tag()))) == Report(
        (TAG, TAG), (Fault("TagReportData: unknown TV parameter 127 at byte 50"),)
    )


def test_epc_data_that_is_cut_short_costs_its_tag() -> None:
    short = far_end.tlv(240, far_end.tlv(241, struct.pack(">H", 96) + b"\x30"))
    empty = far_end.tlv(240, far_end.tlv(241, b""))

    assert decode_report(short + empty + body(far_end.report(far_end.tag()))) == Report(
        (TAG,),
        (
            Fault("TagReportData: EPCData of 96 bits: cut short at 1 bytes"),
            Fault(
                "TagReportData: unpack_from requires a buffer of at least 2 bytes for unpacking"
                " 2 bytes at offset 0 (actual buffer size is 0)"
            ),
        ),
    )


def test_an_epc_that_no_gen2_tag_can_have_costs_its_tag() -> None:
    def of(bits: int) -> bytes:
        return far_end.tlv(240, far_end.tlv(241, struct.pack(">H", bits) + bytes(bits // 8)))

    assert decode_report(of(512) + of(513) + of(1040)) == Report(
        (TagReport(epc=bytes(64)),),
        (
            Fault("TagReportData: EPCData of 513 bits: expected at most 512"),
            Fault("TagReportData: EPCData of 1040 bits: expected at most 512"),
        ),
    )


def test_behind_a_lost_boundary_nothing_is_guessed() -> None:
    said = body(far_end.report(far_end.tag())) + b"\x00\xf0\x00\x02" + far_end.tag()

    assert decode_report(said) == Report(
        (TAG,), (Fault("parameter 240 of 2 bytes: expected at least 4"),)
    )


def test_a_survey_report_is_not_asked_for_and_passed_over() -> None:
    assert decode_report(far_end.tlv(242, b"") + far_end.tag()) == Report((TAG,))


def test_events_are_told_with_the_reader_s_time() -> None:
    gpi = far_end.event(far_end.tlv(248, struct.pack(">HB", 2, 0x80)), at_us=9)
    antenna = far_end.event(far_end.tlv(255, struct.pack(">BH", 0, 3)), at_us=9)
    closing = far_end.event(far_end.tlv(257, b""), at_us=9)
    connection = far_end.connection_event(status_code=2, at_us=9)

    assert decode_event(body(gpi)) == ReaderEvent(at_us=9, gpi=(2, True))
    assert decode_event(body(antenna)) == ReaderEvent(at_us=9, antenna=(3, False))
    assert decode_event(body(closing)) == ReaderEvent(at_us=9, closing=True)
    assert decode_event(body(connection)) == ReaderEvent(at_us=9, connection=2)


def test_a_reader_s_troubles_are_sentences() -> None:
    def warning(parameter: bytes) -> str | None:
        event = decode_event(body(far_end.event(parameter)))
        assert isinstance(event, ReaderEvent)
        return event.warning

    assert warning(far_end.tlv(251, b"")) == "report buffer overflow: the reader lost reads"
    assert warning(far_end.tlv(250, b"\x5a")) == "report buffer 90 % full"
    assert warning(far_end.tlv(250, b"")) == "report buffer 0 % full"
    assert warning(far_end.tlv(252, b"\x00\x03hot")) == "reader exception: hot"
    assert warning(far_end.tlv(249, bytes(9))) is None


def test_an_event_without_a_clock_has_no_time() -> None:
    assert decode_event(far_end.tlv(246, far_end.tlv(256, b"\x00\x00"))) == ReaderEvent(
        connection=0
    )


def test_a_broken_event_is_a_fault() -> None:
    assert decode_event(far_end.tlv(246, far_end.tlv(128, b"\x00"))) == Fault(
        "READER_EVENT_NOTIFICATION: unpack requires a buffer of 8 bytes"
    )
    assert decode_event(b"\x00") == Fault(
        "READER_EVENT_NOTIFICATION: 1 bytes at 0: expected a parameter header"
    )
