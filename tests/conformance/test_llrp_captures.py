"""What real readers sent, against what another implementation says that it says.

dx101: streams of whole messages, with their content as LTK XML (llrp-toolkit). a is mostly a
capture of an Impinj reader, b has reports with EPCs of all sizes. edgex: bodies of single messages
of an Impinj R420, with their content as JSON (device-rfid-llrp-go).
"""

import json
from base64 import b64decode
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from drivers.base import TagRead
from drivers.llrp.protocol.capabilities import Capabilities, RfMode, decode_capabilities
from drivers.llrp.protocol.event import ReaderEvent, decode_event
from drivers.llrp.protocol.framing import Frame, FrameReader, encode_message
from drivers.llrp.protocol.report import Report, ReportDecoder
from drivers.llrp.protocol.status import Status, decode_status
from drivers.llrp.protocol.tables import ConnectionAttempt, MessageType
from tests.conformance import data

pytestmark = pytest.mark.conformance

LTK = "{http://www.llrp.org/ltk/schema/core/encoding/xml/1.0}"
DEVICE = "dock-1"
SHIFT_US = 1_000_000
NOW_US = 42
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Element = ElementTree.Element


@dataclass(frozen=True)
class Stream:
    """Frames, and for each the element of the XML that tells what is in it."""

    raw: bytes
    frames: list[Frame]
    told: list[Element]

    def of(self, name: str) -> list[tuple[bytes, Element]]:
        """Body and element of each message of that name."""
        pairs = zip(self.frames, self.told, strict=True)
        return [(frame.body, told) for frame, told in pairs if _name(told) == name]


@cache
def _read(folder: Path, name: str) -> Stream:
    raw = (folder / f"{name}.bin").read_bytes()
    reader = FrameReader()
    reader.receive(raw)
    frames = []
    while (frame := reader.next_frame()) is not None:
        frames.append(frame)
    return Stream(raw, frames, list(ElementTree.parse(folder / f"{name}.xml").getroot()))


def stream(name: str) -> Stream:
    return _read(data.folder() / "llrp" / "dx101", name)


def _name(element: Element) -> str:
    return element.tag.removeprefix(LTK)


def _text(element: Element, *path: str) -> str | None:
    """The text at a path of element names."""
    found = element.find("/".join(LTK + each for each in path))
    return None if found is None else (found.text or "")


def _number(element: Element, *path: str) -> int | None:
    text = _text(element, *path)
    return None if text is None else int(text)


def _instant_us(element: Element, *path: str) -> int | None:
    text = _text(element, *path, "Microseconds")
    if text is None:
        return None
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


def _report(reads: list[tuple[TagRead, bool]]) -> Report:
    """What is decoded of tags alone: reads by the reader's clock, and whether it told a time."""
    timed = [read for read, told in reads if told]
    return Report(
        [
            read._replace(first_us=read.first_us + SHIFT_US, last_us=read.last_us + SHIFT_US)
            if told
            else read._replace(first_us=NOW_US, last_us=NOW_US)
            for read, told in reads
        ],
        oldest_us=min((read.first_us for read in timed), default=None),
        newest_us=max((read.last_us for read in timed), default=None),
    )


def _expected_tag(told: Element) -> tuple[TagRead, bool]:
    epc = _text(told, "EPC_96", "EPC") or _text(told, "EPCData", "EPC")
    assert epc is not None
    count = _number(told, "TagSeenCount", "TagCount")
    rssi_dbm = _number(told, "PeakRSSI", "PeakRSSI")
    first_us = _instant_us(told, "FirstSeenTimestampUTC")
    last_us = _instant_us(told, "LastSeenTimestampUTC")
    read = TagRead(
        device=DEVICE,
        antenna=_number(told, "AntennaID", "AntennaID") or 0,
        epc=bytes.fromhex(epc),
        first_us=first_us or 0,
        last_us=last_us or 0,
        seen_count=1 if count is None else count,
        pc=_number(told, "C1G2_PC", "PC_Bits"),
        rssi_dbm=None if rssi_dbm is None else float(rssi_dbm),
        channel=_number(told, "ChannelIndex", "ChannelIndex"),
    )
    assert (first_us is None) == (last_us is None)
    return read, last_us is not None


def _expected_event(told: Element) -> ReaderEvent:
    root = "ReaderEventNotificationData"
    connection = {None: None, "Success": ConnectionAttempt.SUCCESS}
    port = _number(told, root, "GPIEvent", "GPIPortNumber")
    high = _text(told, root, "GPIEvent", "GPIEvent") == "true"
    ends = _text(told, root, "ROSpecEvent", "EventType") == "End_Of_ROSpec"
    return ReaderEvent(
        at_us=_instant_us(told, root, "UTCTimestamp"),
        connection=connection[_text(told, root, "ConnectionAttemptEvent", "Status")],
        closing=_text(told, root, "ConnectionCloseEvent") is not None,
        gpi=None if port is None else (port, high),
        ended_rospec=_number(told, root, "ROSpecEvent", "ROSpecID") if ends else None,
    )


HOPS = ("FrequencyHopTable", "Frequency")
MODULATIONS = {"MV_FM0": 1, "MV_2": 2, "MV_4": 4, "MV_8": 8}
MASKS = {"Unknown": 0, "SI": 1, "MI": 2, "DI": 3}
FORWARD_LINKS = {"PR_ASK": 0, "SSB_ASK": 1, "DSB_ASK": 2}


def _expected_mode(told: Element) -> RfMode:
    return RfMode(
        _number(told, "ModeIdentifier") or 0,
        MODULATIONS[_text(told, "MValue") or ""],
        _number(told, "BDRValue") or 0,
        MASKS[_text(told, "SpectralMaskIndicator") or ""],
        FORWARD_LINKS[_text(told, "ForwardLinkModulation") or ""],
        _number(told, "PIEValue") or 0,
        _number(told, "MinTariValue") or 0,
        _number(told, "MaxTariValue") or 0,
        _number(told, "StepTariValue") or 0,
    )


@pytest.mark.parametrize(("name", "count"), [("dx101_a", 934), ("dx101_b", 24)])
def test_a_stream_parses_into_the_messages_that_were_sent(name: str, count: int) -> None:
    found = stream(name)

    assert len(found.frames) == count
    assert [(MessageType(frame.type).name, frame.message_id) for frame in found.frames] == [
        (_name(told), int(told.attrib["MessageID"])) for told in found.told
    ]
    assert b"".join(map(encode_message, found.frames)) == found.raw


@pytest.mark.parametrize(("name", "tags"), [("dx101_a", 130), ("dx101_b", 132)])
def test_every_tag_is_read_as_it_was_reported(name: str, tags: int) -> None:
    reports = stream(name).of("RO_ACCESS_REPORT")
    expected = [_report(list(map(_expected_tag, told))) for _, told in reports]
    decoder = ReportDecoder(DEVICE)

    assert sum(len(report.reads) for report in expected) == tags
    for _ in range(2):  # the second time with the layouts of the first
        assert [decoder.decode(body, SHIFT_US, NOW_US) for body, _ in reports] == expected
    assert decoder.unknown == {}


def test_the_sizes_of_epcs_are_all_read() -> None:
    decoder = ReportDecoder(DEVICE)
    reports = [
        decoder.decode(body, SHIFT_US, NOW_US)
        for body, _ in stream("dx101_b").of("RO_ACCESS_REPORT")
    ]

    sizes = Counter(len(read.epc) for report in reports for read in report.reads)
    assert sizes == {1: 44, 2: 22, 8: 22, 12: 22, 64: 22}


def test_every_event_is_read_as_it_was_notified() -> None:
    events = stream("dx101_a").of("READER_EVENT_NOTIFICATION")

    assert len(events) == 891
    assert [decode_event(body) for body, _ in events] == [
        _expected_event(told) for _, told in events
    ]


def test_every_response_has_the_status_that_was_told() -> None:
    found = stream("dx101_a")
    names = {_name(told) for told in found.told if _name(told).endswith("_RESPONSE")}
    responses = [response for name in sorted(names) for response in found.of(name)]
    codes = {"M_Success": 0, "M_FieldError": 101}

    assert len(responses) == 20
    for body, told in responses:
        code = codes[_text(told, "LLRPStatus", "StatusCode") or ""]
        text = _text(told, "LLRPStatus", "ErrorDescription") or ""
        assert decode_status(body) == Status(code, text)


def test_the_capabilities_in_a_stream_are_read_as_they_were_told() -> None:
    ((body, told),) = stream("dx101_a").of("GET_READER_CAPABILITIES_RESPONSE")
    general, llrp, band = "GeneralDeviceCapabilities", "LLRPCapabilities", "UHFBandCapabilities"
    levels = told.iter(f"{LTK}TransmitPowerLevelTableEntry")
    hops = _text(told, "RegulatoryCapabilities", band, "FrequencyInformation", *HOPS) or ""

    assert decode_capabilities(body) == Capabilities(
        antennas=_number(told, general, "MaxNumberOfAntennaSupported") or 0,
        has_utc_clock=_text(told, general, "HasUTCClockCapability") == "true",
        manufacturer=_number(told, general, "DeviceManufacturerName") or 0,
        model=_number(told, general, "ModelName") or 0,
        firmware=_text(told, general, "ReaderFirmwareVersion") or "",
        holds_reports=_text(told, llrp, "SupportsEventAndReportHolding") == "true",
        power_dbm={
            int(_text(each, "Index") or ""): int(_text(each, "TransmitPowerValue") or "") / 100
            for each in levels
        },
        inputs=_number(told, general, "GPIOCapabilities", "NumGPIs"),
        outputs=_number(told, general, "GPIOCapabilities", "NumGPOs"),
        warns_of_full_buffer=_text(told, llrp, "CanReportBufferFillWarning") == "true",
        rospecs_max=_number(told, llrp, "MaxNumROSpecs") or 0,
        specs_per_rospec_max=_number(told, llrp, "MaxNumSpecsPerROSpec") or 0,
        accessspecs_max=_number(told, llrp, "MaxNumAccessSpecs") or 0,
        opspecs_per_accessspec_max=_number(told, llrp, "MaxNumOpSpecsPerAccessSpec") or 0,
        sensitivity_db={0: 0.0},
        air_protocols={
            _number(each, "AntennaID") or 0: (1,)
            for each in told.iter(f"{LTK}PerAntennaAirProtocol")
        },
        country=_number(told, "RegulatoryCapabilities", "CountryCode") or 0,
        standard=1,
        hopping=True,
        hop_tables_khz={1: tuple(int(each) for each in hops.split())},
        modes=tuple(_expected_mode(each) for each in told.iter(f"{LTK}C1G2UHFRFModeTableEntry")),
        filters_max=2,
    )


# -- single messages of an R420 --------------------------------------------------------------------


def _message(name: str) -> tuple[bytes, dict[str, Any]]:
    folder = data.folder() / "llrp" / "edgex"
    told: dict[str, Any] = json.loads((folder / f"{name}.json").read_text())
    return (folder / f"{name}.bytes").read_bytes(), told


def test_an_r420_s_capabilities_are_read_as_they_were_told() -> None:
    body, told = _message("GetReaderCapabilitiesResponse-000")
    general = told["GeneralDeviceCapabilities"]
    limits, region = told["LLRPCapabilities"], told["RegulatoryCapabilities"]
    band = region["UHFBandCapabilities"]
    levels = band["TransmitPowerLevels"]

    assert len(levels) == 81
    assert decode_capabilities(body) == Capabilities(
        antennas=general["MaxSupportedAntennas"],
        has_utc_clock=general["HasUTCClock"],
        manufacturer=general["DeviceManufacturer"],
        model=general["Model"],
        firmware=general["FirmwareVersion"],
        holds_reports=limits["SupportsEventsAndReportHolding"],
        power_dbm={each["Index"]: each["TransmitPowerValue"] / 100 for each in levels},
        inputs=general["GPIOCapabilities"]["NumGPIs"],
        outputs=general["GPIOCapabilities"]["NumGPOs"],
        warns_of_full_buffer=limits["CanReportBufferFillWarning"],
        rospecs_max=limits["MaxROSpecs"],
        specs_per_rospec_max=limits["MaxSpecsPerROSpec"],
        accessspecs_max=limits["MaxAccessSpecs"],
        opspecs_per_accessspec_max=limits["MaxOpSpecsPerAccessSpec"],
        sensitivity_db={
            each["Index"]: each["ReceiveSensitivity"] for each in general["ReceiveSensitivities"]
        },
        air_protocols={
            each["AntennaID"]: tuple(b64decode(each["AirProtocolIDs"]))
            for each in general["PerAntennaAirProtocols"]
        },
        country=region["CountryCode"],
        standard=region["CommunicationsStandard"],
        hopping=band["FrequencyInformation"]["Hopping"],
        hop_tables_khz={
            each["HopTableID"]: tuple(each["Frequencies"])
            for each in band["FrequencyInformation"]["FrequencyHopTables"]
        },
        modes=tuple(
            RfMode(
                each["ModeID"],
                1 << each["Modulation"],
                each["BackscatterDataRate"],
                each["SpectralMask"],
                each["ForwardLinkModulation"],
                each["PIERatio"],
                each["MinTariTime"],
                each["MaxTariTime"],
                each["StepTariTime"],
            )
            for each in band["C1G2RFModes"]["UHFC1G2RFModeTableEntries"]
        ),
        filters_max=told["C1G2LLRPCapabilities"]["MaxSelectFiltersPerQuery"],
    )
    assert decode_status(body) == Status(told["LLRPStatus"]["Status"])


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_an_r420_s_report_is_read_as_it_was_told(number: int) -> None:
    body, told = _message(f"ROAccessReport-{number:03}")
    (tag,) = told["TagReportData"]
    first_us, last_us = tag["FirstSeenUTC"], tag["LastSeenUTC"]
    count = tag["TagSeenCount"]
    read = TagRead(
        device=DEVICE,
        antenna=tag["AntennaID"],
        epc=b64decode(tag["EPC96"]["EPC"]),
        first_us=first_us,
        last_us=first_us if last_us is None else last_us,
        seen_count=1 if count is None else count,
        pc=tag["C1G2PC"],
        rssi_dbm=float(tag["PeakRSSI"]),
        channel=tag["ChannelIndex"],
    )

    assert ReportDecoder(DEVICE).decode(body, SHIFT_US, NOW_US) == _report([(read, True)])


def test_an_r420_s_goodbye_is_read_as_it_was_told() -> None:
    body, told = _message("ReaderEventNotification-000")
    event = told["ReaderEventNotificationData"]

    assert event["ConnectionCloseEvent"] is not None
    assert decode_event(body) == ReaderEvent(at_us=event["UTCTimestamp"], closing=True)
