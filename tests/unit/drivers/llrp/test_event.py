import struct

from drivers.llrp.protocol.event import ReaderEvent, decode_event
from drivers.llrp.protocol.report import Fault
from tests.unit.drivers.llrp import far_end


def body(message: bytes) -> bytes:
    return message[10:]


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
    def trouble(parameter: bytes) -> ReaderEvent | Fault:
        return decode_event(body(far_end.event(parameter, at_us=9)))

    assert trouble(far_end.tlv(251, b"")) == ReaderEvent(
        9, warning="report buffer overflow: the reader lost reads", has_lost=True
    )
    assert trouble(far_end.tlv(250, b"\x5a")) == ReaderEvent(9, warning="report buffer 90 % full")
    assert trouble(far_end.tlv(250, b"")) == ReaderEvent(9, warning="report buffer 0 % full")
    assert trouble(far_end.tlv(252, b"\x00\x03hot")) == ReaderEvent(
        9, exception="reader exception: hot"
    )
    assert trouble(far_end.tlv(249, struct.pack(">BII", 0, 7, 0))) == ReaderEvent(9)  # it starts
    for ends in (1, 2):  # by itself, or for another
        event = far_end.tlv(249, struct.pack(">BII", ends, 7, 0))
        assert trouble(event) == ReaderEvent(9, ended_rospec=7)


def test_an_event_without_a_clock_has_no_time() -> None:
    vendors = far_end.tlv(1023, bytes(8))

    assert decode_event(vendors + far_end.tlv(246, far_end.tlv(256, b"\x00\x00"))) == ReaderEvent(
        connection=0
    )


def test_a_broken_event_is_a_fault() -> None:
    assert decode_event(far_end.tlv(246, far_end.tlv(128, b"\x00"))) == Fault(
        "READER_EVENT_NOTIFICATION: unpack requires a buffer of 8 bytes"
    )
    assert decode_event(b"\x00") == Fault(
        "READER_EVENT_NOTIFICATION: 1 bytes at 0: expected a parameter header"
    )
