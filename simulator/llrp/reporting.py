"""When a reader reports, and what is in a report: ROReportSpec (LLRP 1.0.1 §16.2.7.1)."""

from dataclasses import dataclass
from struct import Struct, pack

from drivers.llrp.protocol.tables import ParameterType
from simulator.llrp import impinj
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.encoder import Content, tlv
from simulator.llrp.numbers import MemoryField, ReaderParameter, ReportField, ReportTrigger
from simulator.llrp.request import fields, known, parts, the_one

_REPORT = Struct(">BH")  # trigger, N
_SELECTOR = Struct(">H")
_MEMORY = Struct(">B")


@dataclass(frozen=True, slots=True)
class ReportSpec:
    """When a report is sent and what is in it. `tags` = 0: no limit but the end of the spec."""

    tags: int
    content: Content
    trigger: ReportTrigger = ReportTrigger.END_OF_ROSPEC


# What this reader reports where nobody says otherwise: all it can but PC and CRC.
DEFAULT_REPORT = ReportSpec(
    1,
    Content(
        ReportField.ROSPEC_ID
        | ReportField.ANTENNA_ID
        | ReportField.PEAK_RSSI
        | ReportField.CHANNEL_INDEX
        | ReportField.FIRST_SEEN
        | ReportField.LAST_SEEN
        | ReportField.TAG_SEEN_COUNT
    ),
)


def parse_report_spec(value: bytes, capabilities: Capabilities) -> ReportSpec:
    """A ROReportSpec TLV's value. Raises Refused."""
    number, tags = fields(_REPORT, value, "ROReportSpec")
    trigger = known(ReportTrigger, number, "ROReportTrigger")
    inside = parts(value, _REPORT.size)
    selector = the_one(
        inside, ReaderParameter.TAG_REPORT_CONTENT_SELECTOR, "TagReportContentSelector"
    )
    (wanted,) = fields(_SELECTOR, selector, "TagReportContentSelector")
    memory = MemoryField(0)
    for part in parts(selector, _SELECTOR.size):
        if part.type == ReaderParameter.C1G2_EPC_MEMORY_SELECTOR:
            (bits,) = fields(_MEMORY, part.value, "C1G2EPCMemorySelector")
            memory = MemoryField(bits & (MemoryField.CRC | MemoryField.PC))
    extra: frozenset[int] = frozenset()
    for part in inside:
        if part.type == ParameterType.CUSTOM:
            _, data = impinj.vendor_part(part, capabilities, "ROReportSpec", impinj.REPORT)
            extra |= impinj.report_fields(data, capabilities)
    return ReportSpec(tags, Content(ReportField(wanted & 0xFFC0), memory, extra), trigger)


def encoded_report_spec(report: ReportSpec) -> bytes:
    content = report.content
    memory = tlv(ReaderParameter.C1G2_EPC_MEMORY_SELECTOR, _MEMORY.pack(content.memory))
    selector = tlv(
        ReaderParameter.TAG_REPORT_CONTENT_SELECTOR,
        _SELECTOR.pack(content.fields) + (memory if content.memory else b""),
    )
    value = pack(">BH", report.trigger, report.tags) + selector
    return tlv(ParameterType.ROREPORT_SPEC, value + impinj.report_selector(content.extra))
