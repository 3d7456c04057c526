import struct

import pytest

from drivers.base import TagRead
from drivers.llrp.protocol.access import AccessResult, OpSpecResult
from drivers.llrp.protocol.report import Fault, Report, ReportDecoder
from drivers.llrp.protocol.tables import OpSpecKind
from tests.unit.drivers.llrp import far_end

EPC = bytes.fromhex("3074257BF7194E4000001A85")
SHIFT_US = 500
NOW_US = 77


def decode(data: bytes) -> Report:
    return ReportDecoder("dock-1").decode(data, SHIFT_US, NOW_US)


def tag_of(*parameters: bytes) -> bytes:
    return far_end.tlv(240, b"".join(parameters))


def tv(kind: int, layout: str, value: int) -> bytes:
    return bytes([0x80 | kind]) + struct.pack(f">{layout}", value)


def test_what_was_done_to_a_tag_is_told_operation_by_operation() -> None:
    said = tag_of(
        b"\x8d" + EPC,
        tv(1, "H", 2),
        tv(16, "I", 9),
        far_end.tlv(349, struct.pack(">BHH", 0, 1, 2) + b"\xab\xcd\xef\x01"),
        far_end.tlv(350, struct.pack(">BHH", 2, 2, 5)),
        far_end.tlv(351, struct.pack(">BH", 1, 3)),
        far_end.tlv(352, struct.pack(">BH", 3, 4)),
        far_end.tlv(353, struct.pack(">BH", 5, 5)),
        far_end.tlv(354, struct.pack(">BHH", 200, 6, 1)),
    )
    result = AccessResult(
        access_spec_id=9,
        epc=EPC,
        antenna=2,
        operations=(
            OpSpecResult(1, OpSpecKind.READ, 0, data=b"\xab\xcd\xef\x01"),
            OpSpecResult(2, OpSpecKind.WRITE, 2, words=5),
            OpSpecResult(3, OpSpecKind.KILL, 1),
            OpSpecResult(4, OpSpecKind.LOCK, 3),
            OpSpecResult(5, OpSpecKind.BLOCK_ERASE, 5),
            OpSpecResult(6, OpSpecKind.BLOCK_WRITE, 200, words=1),
        ),
    )

    assert decode(said + said) == Report(
        [TagRead("dock-1", 2, EPC, NOW_US, NOW_US)] * 2, results=(result, result)
    )
    assert [operation.why for operation in result.operations] == [
        "",
        "tag memory locked",
        "zero kill password",
        "no response from tag",
        "no response from tag",
        "result code 200",
    ]


def test_a_report_of_one_tag_tells_what_was_done_each_time() -> None:
    decoder = ReportDecoder("dock-1")
    said = tag_of(tv(2, "Q", 5), far_end.tlv(352, struct.pack(">BH", 0, 4)))
    result = AccessResult(0, b"", 0, (OpSpecResult(4, OpSpecKind.LOCK, 0),))

    for _ in range(2):
        assert decoder.decode(said, SHIFT_US, NOW_US).results == (result,)


@pytest.mark.parametrize(
    ("kind", "value", "why"),
    [
        (349, "00 0001", "C1G2ReadOpSpecResult of 0 bytes: expected at least 2"),
        (349, "00 0001 0002 abcd", "C1G2ReadOpSpecResult of 2 words: cut short at 2 bytes"),
        (350, "00 0001 00", "C1G2WriteOpSpecResult of 1 bytes: expected at least 2"),
        (351, "00 00", "C1G2KillOpSpecResult of 2 bytes: expected at least 3"),
    ],
)
def test_a_broken_result_costs_its_tag(kind: int, value: str, why: str) -> None:
    broken = tag_of(far_end.tlv(kind, bytes.fromhex(value)))

    report = decode(broken + far_end.tag())

    assert report.faults == (Fault(f"TagReportData: {why}"),)
    assert [read.epc for read in report.reads] == [EPC]
