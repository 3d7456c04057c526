"""A reader's configuration: what SET_READER_CONFIG changes and GET_READER_CONFIG shows."""

from dataclasses import dataclass, replace
from struct import Struct, pack
from zlib import crc32

from drivers.llrp.protocol.framing import Parameter
from drivers.llrp.protocol.tables import ParameterType, StatusCode
from simulator.llrp import impinj
from simulator.llrp.antenna_settings import parse_antenna
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.encoder import custom, tlv
from simulator.llrp.numbers import (
    NotificationEvent,
    ReaderParameter,
    RequestedConfig,
)
from simulator.llrp.reporting import (
    DEFAULT_REPORT,
    ReportSpec,
    encoded_report_spec,
    parse_report_spec,
)
from simulator.llrp.request import Refused, fields, known, parts
from simulator.llrp.wiring import Wiring

_FLAGS = Struct(">B")
_KEEPALIVE = Struct(">BI")  # trigger type, period in ms
_GPO = Struct(">HB")
_NOTIFICATION = Struct(">HB")
_ANTENNA = Struct(">H")
_GPI = Struct(">HBB")
_ACCESS_REPORT = Struct(">B")
_GET = Struct(">HBHH")  # AntennaID, RequestedData, GPI port, GPO port
_SET = 0x80  # the first bit of a flag byte
_MAC_ADDRESS = 0  # IDType: an EUI-64

KEEPALIVE_MS_MIN = 10  # quicker than any client needs; 0 would never let go


@dataclass(frozen=True, slots=True)
class ReaderConfig:
    """`keepalive_ms` is None for no keepalive. Antenna configurations are kept as they came."""

    keepalive_ms: int | None = None
    holds: bool = False  # EventsAndReports: hold upon reconnect
    events: frozenset[NotificationEvent] = frozenset()  # that the client wants to be told of
    report: ReportSpec = DEFAULT_REPORT
    access_report: int = 0  # 0 with the ROReport, 1 by itself
    gpis: frozenset[int] = frozenset()  # that are enabled
    gpos: tuple[tuple[int, bool], ...] = ()  # that a client wrote
    antennas: tuple[tuple[int, bytes], ...] = ()  # id, TLV value
    link_monitor: int | None = None  # unanswered keepalives, with Impinj's extensions
    vendor: tuple[tuple[int, bytes], ...] = ()  # subtype, data: kept without effect


@dataclass(frozen=True, slots=True)
class Asked:
    """What a GET_READER_CONFIG wants; 0 is every antenna or port."""

    wanted: RequestedConfig
    antenna: int = 0
    gpi: int = 0
    gpo: int = 0
    vendor: tuple[int, ...] = ()


def parse_get(body: bytes, capabilities: Capabilities) -> Asked:
    """GET_READER_CONFIG's body. Raises Refused."""
    antenna, wanted, gpi, gpo = fields(_GET, body, "GET_READER_CONFIG")
    for name, port, count in (
        ("antenna", antenna, capabilities.antenna_count),
        ("GPI", gpi, capabilities.gpi_count),
        ("GPO", gpo, capabilities.gpo_count),
    ):
        if port:
            _is_port(port, count, name)
    vendor = impinj.requested(parts(body, _GET.size), capabilities, "GET_READER_CONFIG")
    return Asked(known(RequestedConfig, wanted, "RequestedData"), antenna, gpi, gpo, tuple(vendor))


def resets(body: bytes) -> bool:
    """SET_READER_CONFIG's ResetToFactoryDefault."""
    (flags,) = fields(_FLAGS, body, "SET_READER_CONFIG")
    return bool(flags & _SET)


def changed(config: ReaderConfig, body: bytes, capabilities: Capabilities) -> ReaderConfig:
    """The configuration after a SET_READER_CONFIG. Raises Refused, and then nothing changed."""
    if resets(body):
        config = ReaderConfig()
    for part in parts(body, _FLAGS.size):
        config = _with(config, part, capabilities)
    return config


def _with(config: ReaderConfig, part: Parameter, capabilities: Capabilities) -> ReaderConfig:
    match part.type:
        case ParameterType.KEEPALIVE_SPEC:
            return replace(config, keepalive_ms=_keepalive_ms(part.value))
        case ParameterType.EVENTS_AND_REPORTS:
            return replace(config, holds=_holds(part.value, capabilities))
        case ParameterType.ROREPORT_SPEC:
            return replace(config, report=parse_report_spec(part.value, capabilities))
        case ReaderParameter.READER_EVENT_NOTIFICATION_SPEC:
            return replace(config, events=_events(part.value, config))
        case ReaderParameter.ACCESS_REPORT_SPEC:
            (trigger,) = fields(_ACCESS_REPORT, part.value, "AccessReportSpec")
            return replace(config, access_report=trigger)
        case ParameterType.CUSTOM:
            return _with_custom(config, part, capabilities)
        case _:
            return _with_port(config, part, capabilities)


def _with_port(config: ReaderConfig, part: Parameter, capabilities: Capabilities) -> ReaderConfig:
    match part.type:
        case ReaderParameter.GPO_WRITE_DATA:
            port, flags = fields(_GPO, part.value, "GPOWriteData")
            _is_port(port, capabilities.gpo_count, "GPO")
            gpos = {**dict(config.gpos), port: bool(flags & _SET)}
            return replace(config, gpos=tuple(sorted(gpos.items())))
        case ReaderParameter.GPI_PORT_CURRENT_STATE:
            port, flags, _ = fields(_GPI, part.value, "GPIPortCurrentState")
            _is_port(port, capabilities.gpi_count, "GPI")
            gpis = config.gpis - {port} | ({port} if flags & _SET else set())
            return replace(config, gpis=gpis)
        case ReaderParameter.ANTENNA_CONFIGURATION:
            antenna = parse_antenna(part.value, capabilities).antenna
            antennas = {**dict(config.antennas), antenna: part.value}
            return replace(config, antennas=tuple(sorted(antennas.items())))
        case _:
            why = f"parameter {part.type} in SET_READER_CONFIG: not supported"
            raise Refused(StatusCode.PARAMETER_ERROR, why)


def _with_custom(config: ReaderConfig, part: Parameter, capabilities: Capabilities) -> ReaderConfig:
    where = "SET_READER_CONFIG"
    subtype, data = impinj.vendor_part(part, capabilities, where, impinj.CONFIGURATION)
    if subtype is impinj.Subtype.LINK_MONITOR:
        return replace(config, link_monitor=impinj.link_monitor(data))
    vendor = {**dict(config.vendor), int(subtype): data}
    return replace(config, vendor=tuple(sorted(vendor.items())))


def written_gpos(body: bytes) -> list[tuple[int, bool]]:
    """The outputs that a SET_READER_CONFIG wrote, in their order."""
    return [
        (port, bool(flags & _SET))
        for part in parts(body, _FLAGS.size)
        if part.type == ReaderParameter.GPO_WRITE_DATA
        for port, flags in [fields(_GPO, part.value, "GPOWriteData")]
    ]


def encoded(
    config: ReaderConfig,
    asked: Asked,
    identity: bytes,
    rospecs: bytes,
    capabilities: Capabilities,
    wiring: Wiring,
) -> bytes:
    """The parameters of a GET_READER_CONFIG_RESPONSE after its status.

    `identity` is the reader's EUI-64. `rospecs` are the ROSpecs as added: together with the
    configuration they make the state value, by which a client sees that nothing was changed
    (LLRP 1.0.1 §12.2.1). What is plugged in is no configuration.
    """
    whole = b"".join(_shown(config, Asked(RequestedConfig.ALL), identity, capabilities).values())
    whole += repr((sorted(config.gpis), config.link_monitor, config.vendor)).encode()
    shown = _shown(config, asked, identity, capabilities)
    shown[RequestedConfig.LLRP_CONFIGURATION_STATE_VALUE] = tlv(
        ReaderParameter.LLRP_CONFIGURATION_STATE_VALUE, pack(">I", crc32(whole + rospecs))
    )
    shown[RequestedConfig.ANTENNA_PROPERTIES] = _properties(asked, capabilities, wiring)
    shown[RequestedConfig.GPI_PORT_CURRENT_STATE] = _inputs(config, asked, capabilities, wiring)
    all_in_order = (shown[each] for each in sorted(shown))
    found = b"".join(all_in_order) if asked.wanted is RequestedConfig.ALL else shown[asked.wanted]
    return found + _vendor(config, asked)


def _shown(
    config: ReaderConfig, asked: Asked, identity: bytes, capabilities: Capabilities
) -> dict[RequestedConfig, bytes]:
    keepalive = (0, 0) if config.keepalive_ms is None else (1, config.keepalive_ms)
    gpos = dict(config.gpos)
    return {
        RequestedConfig.IDENTIFICATION: tlv(
            ReaderParameter.IDENTIFICATION, pack(">BH", _MAC_ADDRESS, len(identity)) + identity
        ),
        RequestedConfig.ANTENNA_CONFIGURATION: b"".join(
            tlv(ReaderParameter.ANTENNA_CONFIGURATION, value)
            for antenna, value in config.antennas
            if asked.antenna in (0, antenna)
        ),
        RequestedConfig.READER_EVENT_NOTIFICATION_SPEC: _notifications(config),
        RequestedConfig.ROREPORT_SPEC: encoded_report_spec(config.report),
        RequestedConfig.ACCESS_REPORT_SPEC: tlv(
            ReaderParameter.ACCESS_REPORT_SPEC, _ACCESS_REPORT.pack(config.access_report)
        ),
        RequestedConfig.KEEPALIVE_SPEC: tlv(
            ParameterType.KEEPALIVE_SPEC, _KEEPALIVE.pack(*keepalive)
        ),
        RequestedConfig.GPO_WRITE_DATA: b"".join(
            tlv(ReaderParameter.GPO_WRITE_DATA, _GPO.pack(port, _flag(on=gpos.get(port, False))))
            for port in _ports(asked.gpo, capabilities.gpo_count)
        ),
        RequestedConfig.EVENTS_AND_REPORTS: tlv(
            ParameterType.EVENTS_AND_REPORTS, _FLAGS.pack(_flag(on=config.holds))
        ),
    }


def _properties(asked: Asked, capabilities: Capabilities, wiring: Wiring) -> bytes:
    return b"".join(
        tlv(
            ReaderParameter.ANTENNA_PROPERTIES,
            pack(">BHh", _flag(on=antenna not in wiring.unplugged), antenna, 0),
        )
        for antenna in _ports(asked.antenna, capabilities.antenna_count)
    )


def _inputs(
    config: ReaderConfig, asked: Asked, capabilities: Capabilities, wiring: Wiring
) -> bytes:
    return b"".join(
        tlv(
            ReaderParameter.GPI_PORT_CURRENT_STATE,
            _GPI.pack(port, _flag(on=port in config.gpis), wiring.level(port)),
        )
        for port in _ports(asked.gpi, capabilities.gpi_count)
    )


def _vendor(config: ReaderConfig, asked: Asked) -> bytes:
    every = impinj.REQUESTED_ALL_CONFIGURATION in asked.vendor
    found = b""
    if every or impinj.REQUESTED_TEMPERATURE in asked.vendor:
        found += impinj.temperature()
    if every or impinj.REQUESTED_LINK_MONITOR in asked.vendor:
        found += impinj.encoded_link_monitor(config.link_monitor)
    if every:
        kept = (custom(impinj.VENDOR, subtype, data) for subtype, data in config.vendor)
        found += b"".join(kept)
    return found


def _ports(asked: int, count: int) -> list[int]:
    return [asked] if asked else list(range(1, count + 1))


def _keepalive_ms(value: bytes) -> int | None:
    kind, period_ms = fields(_KEEPALIVE, value, "KeepaliveSpec")
    if kind == 0:
        return None
    if kind != 1 or period_ms < KEEPALIVE_MS_MIN:
        why = f"keepalive {kind} each {period_ms} ms: expected 1, {KEEPALIVE_MS_MIN} ms or more"
        raise Refused(StatusCode.FIELD_ERROR, why)
    return period_ms


def _holds(value: bytes, capabilities: Capabilities) -> bool:
    (flags,) = fields(_FLAGS, value, "EventsAndReports")
    holds = bool(flags & _SET)
    if holds and not capabilities.can_hold:
        why = "HoldEventsAndReportsUponReconnect: this reader cannot hold"
        raise Refused(StatusCode.FIELD_ERROR, why)
    return holds


def _events(value: bytes, config: ReaderConfig) -> frozenset[NotificationEvent]:
    """What was not named stays as it was (LLRP 1.0.1 §12.2.4)."""
    wanted = set(config.events)
    for part in parts(value):
        if part.type == ReaderParameter.EVENT_NOTIFICATION_STATE:
            number, flags = fields(_NOTIFICATION, part.value, "EventNotificationState")
            event = known(NotificationEvent, number, "EventType")
            (wanted.add if flags & _SET else wanted.discard)(event)
    return frozenset(wanted)


def _is_port(port: int, count: int, name: str) -> None:
    if not 1 <= port <= count:
        raise Refused(StatusCode.FIELD_ERROR, f"{name} {port}: expected 1 to {count}")


def _notifications(config: ReaderConfig) -> bytes:
    states = b"".join(
        tlv(
            ReaderParameter.EVENT_NOTIFICATION_STATE,
            _NOTIFICATION.pack(event, _flag(on=event in config.events)),
        )
        for event in NotificationEvent
    )
    return tlv(ReaderParameter.READER_EVENT_NOTIFICATION_SPEC, states)


def _flag(*, on: bool) -> int:
    return _SET if on else 0
