"""A reader's configuration: what SET_READER_CONFIG changes and GET_READER_CONFIG shows."""

from dataclasses import dataclass, replace
from struct import Struct, pack
from zlib import crc32

from drivers.llrp.protocol.framing import Parameter
from drivers.llrp.protocol.tables import ParameterType, StatusCode
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.encoder import tlv
from simulator.llrp.numbers import (
    NotificationEvent,
    ReaderParameter,
    RequestedConfig,
)
from simulator.llrp.request import Refused, fields, parts
from simulator.llrp.rospec import DEFAULT_REPORT, ReportSpec, parse_report_spec

_FLAGS = Struct(">B")
_KEEPALIVE = Struct(">BI")  # trigger type, period in ms
_GPO = Struct(">HB")
_NOTIFICATION = Struct(">HB")
_ANTENNA = Struct(">H")
_SET = 0x80  # the first bit of a flag byte
_MAC_ADDRESS = 0  # IDType: an EUI-64
_N_TAGS_OR_END_OF_ROSPEC = 2

KEEPALIVE_MS_MIN = 10  # quicker than any client needs; 0 would never let go


@dataclass(frozen=True, slots=True)
class ReaderConfig:
    """`keepalive_ms` is None for no keepalive. Antenna configurations are kept as they came."""

    keepalive_ms: int | None = None
    holds: bool = False  # EventsAndReports: hold upon reconnect
    rospec_events: bool = False
    report: ReportSpec = DEFAULT_REPORT
    gpos: tuple[tuple[int, bool], ...] = ()
    antennas: tuple[tuple[int, bytes], ...] = ()  # id, TLV value


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
            return replace(config, report=parse_report_spec(part.value))
        case ReaderParameter.READER_EVENT_NOTIFICATION_SPEC:
            return replace(config, rospec_events=_rospec_events(part.value, config))
        case ReaderParameter.GPO_WRITE_DATA:
            port, flags = fields(_GPO, part.value, "GPOWriteData")
            _is_port(port, capabilities.gpo_count, "GPO")
            gpos = {**dict(config.gpos), port: bool(flags & _SET)}
            return replace(config, gpos=tuple(sorted(gpos.items())))
        case ReaderParameter.ANTENNA_CONFIGURATION:
            (antenna,) = fields(_ANTENNA, part.value, "AntennaConfiguration")
            if antenna != 0:  # 0 means all
                _is_port(antenna, capabilities.antenna_count, "antenna")
            antennas = {**dict(config.antennas), antenna: part.value}
            return replace(config, antennas=tuple(sorted(antennas.items())))
        case ReaderParameter.ACCESS_REPORT_SPEC:
            return config  # there are no AccessSpecs to report on
        case _:
            why = f"parameter {part.type} in SET_READER_CONFIG: not supported"
            raise Refused(StatusCode.PARAMETER_ERROR, why)


def encoded(
    config: ReaderConfig, wanted: RequestedConfig, identity: bytes, rospecs: bytes
) -> bytes:
    """The parameters of a GET_READER_CONFIG_RESPONSE after its status.

    `identity` is the reader's EUI-64. `rospecs` are the ROSpecs as added: together with the
    configuration they make the state value, by which a client sees that nothing was changed
    (LLRP 1.0.1 §12.2.1).
    """
    keepalive = (0, 0) if config.keepalive_ms is None else (1, config.keepalive_ms)
    shown = {
        RequestedConfig.IDENTIFICATION: tlv(
            ReaderParameter.IDENTIFICATION, pack(">BH", _MAC_ADDRESS, len(identity)) + identity
        ),
        RequestedConfig.ANTENNA_CONFIGURATION: b"".join(
            tlv(ReaderParameter.ANTENNA_CONFIGURATION, value) for _, value in config.antennas
        ),
        RequestedConfig.READER_EVENT_NOTIFICATION_SPEC: _notifications(config),
        RequestedConfig.ROREPORT_SPEC: _report_spec(config.report),
        RequestedConfig.KEEPALIVE_SPEC: tlv(
            ParameterType.KEEPALIVE_SPEC, _KEEPALIVE.pack(*keepalive)
        ),
        RequestedConfig.GPO_WRITE_DATA: b"".join(
            tlv(ReaderParameter.GPO_WRITE_DATA, _GPO.pack(port, _flag(on=high)))
            for port, high in config.gpos
        ),
        RequestedConfig.EVENTS_AND_REPORTS: tlv(
            ParameterType.EVENTS_AND_REPORTS, _FLAGS.pack(_flag(on=config.holds))
        ),
    }
    everything = b"".join(shown.values())
    state_value = tlv(
        ReaderParameter.LLRP_CONFIGURATION_STATE_VALUE, pack(">I", crc32(everything + rospecs))
    )
    match wanted:
        case RequestedConfig.ALL:
            return everything + state_value
        case RequestedConfig.LLRP_CONFIGURATION_STATE_VALUE:
            return state_value
        case _:
            return shown.get(wanted, b"")


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


def _rospec_events(value: bytes, config: ReaderConfig) -> bool:
    """Other events than ROSpec events may be asked for; they never happen here."""
    wanted = config.rospec_events
    for part in parts(value):
        if part.type == ReaderParameter.EVENT_NOTIFICATION_STATE:
            event, flags = fields(_NOTIFICATION, part.value, "EventNotificationState")
            if event == NotificationEvent.ROSPEC:
                wanted = bool(flags & _SET)
    return wanted


def _is_port(port: int, count: int, name: str) -> None:
    if not 1 <= port <= count:
        raise Refused(StatusCode.FIELD_ERROR, f"{name} {port}: expected 1 to {count}")


def _notifications(config: ReaderConfig) -> bytes:
    state = _NOTIFICATION.pack(NotificationEvent.ROSPEC, _flag(on=config.rospec_events))
    return tlv(
        ReaderParameter.READER_EVENT_NOTIFICATION_SPEC,
        tlv(ReaderParameter.EVENT_NOTIFICATION_STATE, state),
    )


def _report_spec(report: ReportSpec) -> bytes:
    memory = tlv(ReaderParameter.C1G2_EPC_MEMORY_SELECTOR, _FLAGS.pack(report.content.memory))
    selector = tlv(
        ReaderParameter.TAG_REPORT_CONTENT_SELECTOR,
        pack(">H", report.content.fields) + (memory if report.content.memory else b""),
    )
    return tlv(
        ParameterType.ROREPORT_SPEC,
        pack(">BH", _N_TAGS_OR_END_OF_ROSPEC, report.tags) + selector,
    )


def _flag(*, on: bool) -> int:
    return _SET if on else 0
