"""What a reader sends, as bytes: messages, status, events, tag reports.

Written from the standard's layouts and not from the driver's encoder: a mistake made twice in the
same way would pass every test. Two LLRP libraries that others wrote are the judges in the tests.
"""

from binascii import crc_hqx
from collections.abc import Sequence
from dataclasses import dataclass
from struct import pack

from drivers.llrp.protocol.tables import ConnectionAttempt, ParameterType, StatusCode
from simulator.llrp.numbers import MemoryField, ReportField

VERSION = 1  # LLRP 1.0.1
HEADER_BYTES = 10
PARAMETER_BYTES_MAX = 0xFFFF  # a TLV's length has 16 bits


def message(kind: int, message_id: int, body: bytes = b"", version: int = VERSION) -> bytes:
    """A whole message (LLRP 1.0.1 §16.1): version and type in 16 bits, length, id, body."""
    return pack(">HII", version << 10 | kind, HEADER_BYTES + len(body), message_id) + body


def tlv(kind: int, value: bytes) -> bytes:
    """A parameter with type and length in front; its header's four bytes count too."""
    length = 4 + len(value)
    assert length <= PARAMETER_BYTES_MAX, f"parameter {kind} of {length} bytes"
    return pack(">HH", kind, length) + value


def tv(kind: int, layout: str, *values: int | bytes) -> bytes:
    """A parameter whose type says its length: one byte, the top bit set (LLRP 1.0.1 §16.2)."""
    return pack(f">B{layout}", 0x80 | kind, *values)


def utf8(text: str) -> bytes:
    """A string with the number of its bytes in front."""
    data = text.encode()
    return pack(">H", len(data)) + data


def status(code: StatusCode = StatusCode.SUCCESS, description: str = "") -> bytes:
    """LLRPStatus (LLRP 1.0.1 §16.2.8.1), without field and parameter errors."""
    return tlv(ParameterType.LLRP_STATUS, pack(">H", code) + utf8(description))


def custom(vendor: int, subtype: int, data: bytes) -> bytes:
    """A vendor's parameter (LLRP 1.0.1 §16.2.9)."""
    return tlv(ParameterType.CUSTOM, pack(">II", vendor, subtype) + data)


def reader_event(at_us: int, event: bytes, *, utc: bool = True) -> bytes:
    """The body of a READER_EVENT_NOTIFICATION: the time, by UTC or since power-up, and an event."""
    clock = ParameterType.UTC_TIMESTAMP if utc else ParameterType.UPTIME
    timestamp = tlv(clock, pack(">Q", at_us))
    return tlv(ParameterType.READER_EVENT_NOTIFICATION_DATA, timestamp + event)


def connection_attempt(result: ConnectionAttempt) -> bytes:
    return tlv(ParameterType.CONNECTION_ATTEMPT_EVENT, pack(">H", result))


def connection_close() -> bytes:
    return tlv(ParameterType.CONNECTION_CLOSE_EVENT, b"")


def rospec_event(rospec_id: int, *, started: bool) -> bytes:
    """ROSpecEvent: type 0 start, 1 end; the last field would name a pre-empting ROSpec."""
    return tlv(ParameterType.ROSPEC_EVENT, pack(">BII", 0 if started else 1, rospec_id, 0))


@dataclass(frozen=True, slots=True)
class Content:
    """Which fields a tag report has, as the client's TagReportContentSelector says."""

    fields: ReportField
    memory: MemoryField = MemoryField(0)
    extra: frozenset[int] = frozenset()  # subtypes of the vendor's fields


@dataclass(frozen=True, slots=True)
class Sighting:
    """One read of one tag, as the reader knows it. `at_us` is its own clock's µs: UTC, or since
    power-up where it has no UTC. `extra` are vendor parameters, `results` those of `accessspec_id`.
    """

    epc: bytes
    pc: int
    antenna: int
    rssi_dbm: int
    channel: int
    at_us: int
    rospec_id: int
    spec_index: int  # of the AISpec in its ROSpec, from 1
    inventory_id: int  # of the InventoryParameterSpec
    utc: bool = True
    accessspec_id: int = 0
    results: bytes = b""
    extra: bytes = b""


def tag_report(sighting: Sighting, content: Content) -> bytes:
    """TagReportData (LLRP 1.0.1 §16.2.7.3); its parts stand in the standard's order."""
    fields = content.fields
    kind = ParameterType
    parts = [_epc(sighting.epc)]
    if ReportField.ROSPEC_ID in fields:
        parts.append(tv(kind.ROSPEC_ID, "I", sighting.rospec_id))
    if ReportField.SPEC_INDEX in fields:
        parts.append(tv(kind.SPEC_INDEX, "H", sighting.spec_index))
    if ReportField.INVENTORY_PARAMETER_SPEC_ID in fields:
        parts.append(tv(kind.INVENTORY_PARAMETER_SPEC_ID, "H", sighting.inventory_id))
    if ReportField.ANTENNA_ID in fields:
        parts.append(tv(kind.ANTENNA_ID, "H", sighting.antenna))
    if ReportField.PEAK_RSSI in fields:
        parts.append(tv(kind.PEAK_RSSI, "b", sighting.rssi_dbm))
    if ReportField.CHANNEL_INDEX in fields:
        parts.append(tv(kind.CHANNEL_INDEX, "H", sighting.channel))
    parts.append(_seen(sighting, fields))
    parts.append(_memory(sighting, content.memory))
    if ReportField.ACCESS_SPEC_ID in fields or sighting.results:
        parts.append(tv(kind.ACCESS_SPEC_ID, "I", sighting.accessspec_id))
    parts += [sighting.results, sighting.extra]
    return tlv(kind.TAG_REPORT_DATA, b"".join(parts))


def report_body(sightings: Sequence[Sighting], content: Content) -> bytes:
    """The body of an RO_ACCESS_REPORT."""
    return b"".join(tag_report(sighting, content) for sighting in sightings)


def _epc(epc: bytes) -> bytes:
    """Readers use the short form for 96 bits and the long one for all else."""
    if len(epc) == 12:
        return tv(ParameterType.EPC_96, "12s", epc)
    return tlv(ParameterType.EPC_DATA, pack(">H", len(epc) * 8) + epc)


def _seen(sighting: Sighting, fields: ReportField) -> bytes:
    """A report is one read, so first and last seen are one instant."""
    kind = ParameterType
    first, last = (
        (kind.FIRST_SEEN_UTC, kind.LAST_SEEN_UTC)
        if sighting.utc
        else (kind.FIRST_SEEN_UPTIME, kind.LAST_SEEN_UPTIME)
    )
    parts = []
    if ReportField.FIRST_SEEN in fields:
        parts.append(tv(first, "Q", sighting.at_us))
    if ReportField.LAST_SEEN in fields:
        parts.append(tv(last, "Q", sighting.at_us))
    if ReportField.TAG_SEEN_COUNT in fields:
        parts.append(tv(ParameterType.TAG_SEEN_COUNT, "H", 1))
    return b"".join(parts)


def _memory(sighting: Sighting, memory: MemoryField) -> bytes:
    parts = []
    if MemoryField.PC in memory:
        parts.append(tv(ParameterType.C1G2_PC, "H", sighting.pc))
    if MemoryField.CRC in memory:
        # The tag's StoredCRC: CRC-16 of ISO/IEC 13239 over PC and EPC (Gen2 annex F).
        crc = crc_hqx(pack(">H", sighting.pc) + sighting.epc, 0xFFFF) ^ 0xFFFF
        parts.append(tv(ParameterType.C1G2_CRC, "H", crc))
    return b"".join(parts)
