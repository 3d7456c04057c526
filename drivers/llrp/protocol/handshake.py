"""From the reader's first word to the ROSpec that reads: what we ask at each connection, and why.

    GET_SUPPORTED_VERSION, SET_PROTOCOL_VERSION    only where the settings say LLRP 1.1: some
                                1.0.1 readers hang up when they hear of it
    GET_READER_CAPABILITIES     what it can do
    IMPINJ_ENABLE_EXTENSIONS    to an Impinj reader
    GET_ROSPECS                 what it does now
    SET_READER_CONFIG           keepalives, events, hold reports while nobody listens
    SET_READER_CONFIG           all outputs off, inputs on; refused it is a warning, no more
    DELETE_ACCESSSPEC           what a writing of tags left behind when it was cut off
    GET_READER_CONFIG           inputs and antennas as they are now
    ENABLE_EVENTS_AND_REPORTS   one-way: give what you held; nothing was changed so far
    STOP, DELETE, ADD, ENABLE, START_ROSPEC    only where it does not run our ROSpec already; where
                                it runs an older one that held, when what that held is in

An output is driven off because its level outlives the daemon that set it: a green light would say
what nobody knows any more.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from drivers.llrp.protocol import control
from drivers.llrp.protocol.access_spec import delete_all
from drivers.llrp.protocol.capabilities import (
    Capabilities,
    decode_capabilities,
)
from drivers.llrp.protocol.config import ReaderConfig, decode_config
from drivers.llrp.protocol.framing import Frame, LlrpError, parameters
from drivers.llrp.protocol.plan import Impossible, plan
from drivers.llrp.protocol.requests import NEVER_US, Procedure, Refused, Speak, ask, tell, wait
from drivers.llrp.protocol.rospec import RoSpecFound, RoSpecPlan, found_in
from drivers.llrp.protocol.tables import Vendor
from drivers.llrp.protocol.vendor_config import enable_impinj_extensions, link_monitor
from drivers.llrp.protocol.wanted import Wanted

_VERSION_1_1 = 2  # as the header says it


@dataclass(slots=True)
class Learned:
    """What the handshake found out so far; the session reads it along."""

    capabilities: Capabilities = field(default_factory=Capabilities)
    config: ReaderConfig = ReaderConfig()
    held: bool = False  # while nobody listened the reader read on, and kept it
    backlog_comes: bool = False  # it gives what it held, before anything is changed


def shake_hands(wanted: Wanted, learned: Learned, warn: Callable[[str], None]) -> Procedure[None]:
    """Raises Refused and LlrpError: both end the connection."""
    if wanted.llrp_version == _VERSION_1_1:
        yield from _agree_on_version()
    answer = yield from ask(control.get_reader_capabilities())
    learned.capabilities = found = decode_capabilities(answer.body)
    if found.manufacturer == Vendor.IMPINJ:
        yield from _try(enable_impinj_extensions(), warn)
    planned = _plan(wanted, found, warn)
    answer = yield from ask(control.get_rospecs())
    present = [each for part in parameters(answer.body) if (each := found_in(part)) is not None]
    yield from _configure(wanted, found, warn)
    yield from _look_around(learned, warn)
    running = any(each.is_running for each in present)
    resumed = any(each.keeps(planned) for each in present)
    learned.held = found.holds_reports and resumed
    learned.backlog_comes = found.holds_reports and running
    yield from tell(control.enable_events_and_reports())
    if learned.backlog_comes:
        yield from wait(NEVER_US)  # a ROSpec that is deleted takes what it held with it
        learned.backlog_comes = False
    if not resumed:
        yield from _replace(present, planned)


def temperature(learned: Learned) -> Procedure[None]:
    """Ask an Impinj reader how warm it is."""
    answer = yield from ask(control.get_impinj_temperature())
    told = decode_config(answer.body).temperature_c
    learned.config = replace(learned.config, temperature_c=told)


def _agree_on_version() -> Procedure[None]:
    answer = yield from ask(control.get_supported_version())
    if len(answer.body) < 2 or answer.body[1] < _VERSION_1_1:
        raise LlrpError('llrp_version = "1.1": the reader speaks 1.0.1')
    yield from ask(control.set_protocol_version(_VERSION_1_1))
    yield Speak(_VERSION_1_1)


def _configure(wanted: Wanted, found: Capabilities, warn: Callable[[str], None]) -> Procedure[None]:
    monitored = found.manufacturer == Vendor.IMPINJ and (
        wanted.impinj is None or wanted.impinj.link_monitor
    )
    vendor = link_monitor() if monitored else b""
    keepalive_ms = wanted.keepalive_us // 1000
    yield from ask(control.set_reader_config(keepalive_ms, hold=found.holds_reports, vendor=vendor))
    outputs = dict.fromkeys(range(1, (found.outputs or 0) + 1), False)
    inputs = range(1, (found.inputs or 0) + 1)
    if outputs or inputs:
        yield from _try(control.set_ports(outputs, inputs), warn)
    if found.accessspecs_max:
        yield from delete_all()


def _look_around(learned: Learned, warn: Callable[[str], None]) -> Procedure[None]:
    answer = yield from _try(control.get_reader_config(), warn)
    learned.config = ReaderConfig() if answer is None else decode_config(answer.body)


def _try(frame: Frame, warn: Callable[[str], None]) -> Procedure[Frame | None]:
    """Ask for what is not needed: a refusal is a warning, and the answer None."""
    try:
        return (yield from ask(frame))
    except Refused as refused:
        warn(str(refused))
        return None


def _replace(present: list[RoSpecFound], planned: RoSpecPlan) -> Procedure[None]:
    """Our ROSpec in the place of those that are there. A ROSpec that stops reports what it read."""
    for each in present:
        if each.is_running:
            yield from _gone_already(control.stop_rospec(each.rospec_id))
        yield from _gone_already(control.delete_rospec(each.rospec_id))
    yield from ask(control.add_rospec(planned))
    yield from ask(control.enable_rospec(planned.rospec_id))
    if planned.needs_start:
        yield from ask(control.start_rospec(planned.rospec_id))


def _gone_already(frame: Frame) -> Procedure[None]:
    """Stop or delete what may have ended by itself meanwhile: that is no refusal of ours."""
    try:
        yield from ask(frame)
    except Refused:
        return


def _plan(wanted: Wanted, found: Capabilities, warn: Callable[[str], None]) -> RoSpecPlan:
    """Raises LlrpError with all that the reader cannot do."""
    planned = plan(wanted, found)
    if isinstance(planned, Impossible):
        raise LlrpError(str(planned))
    for warning in planned.warnings:
        warn(warning)
    return planned
