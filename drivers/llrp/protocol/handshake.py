"""From the reader's first word to the ROSpec that reads: what we ask at each connection, and why.

    GET_SUPPORTED_VERSION, SET_PROTOCOL_VERSION    only where the settings say LLRP 1.1: some
                                1.0.1 readers hang up when they hear of it
    GET_READER_CAPABILITIES     what it can do
    IMPINJ_ENABLE_EXTENSIONS    to an Impinj reader; refused it is a warning, and no part of its own
                                is in what follows but what the settings ask for
    GET_ROSPECS                 what it does now
    SET_READER_CONFIG           keepalives, events, hold reports while nobody listens
    SET_READER_CONFIG (twice)   all outputs off; inputs on. Refused it is a warning, no more
    DELETE_ACCESSSPEC           what a writing of tags left behind when it was cut off
    GET_READER_CONFIG           inputs and antennas as they are now
    ENABLE_EVENTS_AND_REPORTS   one-way: give what you held; nothing was changed so far. A reader
                                that may hold and refuses this would never give a read; one that
                                has nothing to give may not know it at all
    STOP, DELETE_ROSPEC         of every ROSpec but ours, when what they held is in
    ADD, ENABLE, START_ROSPEC   only where it has not ours already

An output is driven off because its level outlives the daemon that set it: a green light would say
what nobody knows any more.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from drivers.base import NotDone
from drivers.llrp.protocol import control
from drivers.llrp.protocol.access_spec import delete_all
from drivers.llrp.protocol.capabilities import Capabilities, decode_capabilities
from drivers.llrp.protocol.config import ReaderConfig, decode_config
from drivers.llrp.protocol.framing import Frame, LlrpError, parameters
from drivers.llrp.protocol.plan import Impossible, plan
from drivers.llrp.protocol.requests import Event, Procedure, Refused, Speak, ask, tell, wait
from drivers.llrp.protocol.rospec import RoSpecFound, RoSpecPlan, found_in
from drivers.llrp.protocol.tables import Vendor
from drivers.llrp.protocol.vendor_config import enable_impinj_extensions, link_monitor
from drivers.llrp.protocol.wanted import Never, Wanted

_VERSION_1_1 = 2  # as the header says it


@dataclass(slots=True)
class Learned:
    """What the handshake found out so far; the session reads it along."""

    capabilities: Capabilities = field(default_factory=Capabilities)
    config: ReaderConfig = ReaderConfig()
    held: bool = False  # while nobody listened the reader read on, and kept it
    backlog_comes: bool = False  # it gives what it held, before anything is changed
    endless: tuple[int, ...] = ()  # ROSpecs that never end by themselves


def shake_hands(wanted: Wanted, learned: Learned, warn: Callable[[str], None]) -> Procedure[None]:
    """Raises Refused and LlrpError: both end the connection."""
    if wanted.llrp_version == _VERSION_1_1:
        yield from _agree_on_version()
    answer = yield from ask(control.get_reader_capabilities())
    learned.capabilities = found = decode_capabilities(answer.body)
    extended = False
    if found.manufacturer == Vendor.IMPINJ:
        extended = (yield from _try(enable_impinj_extensions(), warn)) is not None
    planned = _plan(wanted, found, warn)
    answer = yield from ask(control.get_rospecs())
    present = [each for part in parameters(answer.body) if (each := found_in(part)) is not None]
    yield from _configure(wanted, found, warn, extended=extended)
    yield from _look_around(learned, warn)
    stale = [each for each in present if not each.keeps(planned)]
    resumed = len(stale) < len(present)
    learned.held = found.holds_reports and resumed
    learned.backlog_comes = found.holds_reports and any(each.is_enabled for each in present)
    yield from tell(control.enable_events_and_reports(), needed=learned.backlog_comes)
    if learned.backlog_comes:
        yield from wait(Event.BACKLOG_IS_IN)  # a ROSpec that is deleted takes what it held with it
        learned.backlog_comes = False
    yield from _remove(stale)
    if not resumed:
        yield from _add(planned)
    if planned.needs_start and planned.stop == Never():
        learned.endless = (planned.rospec_id,)


def temperature(learned: Learned) -> Procedure[None]:
    """Ask an Impinj reader how warm it is."""
    answer = yield from ask(control.get_impinj_temperature())
    try:
        told = decode_config(answer.body).temperature_c
    except LlrpError as broken:
        raise NotDone(f"the temperature: {broken}") from None
    learned.config = replace(learned.config, temperature_c=told)


def _agree_on_version() -> Procedure[None]:
    answer = yield from ask(control.get_supported_version())
    if len(answer.body) < 2 or answer.body[1] < _VERSION_1_1:
        raise LlrpError('llrp_version = "1.1": the reader speaks 1.0.1')
    yield from ask(control.set_protocol_version(_VERSION_1_1))
    yield Speak(_VERSION_1_1)


def _configure(
    wanted: Wanted, found: Capabilities, warn: Callable[[str], None], *, extended: bool
) -> Procedure[None]:
    monitored = extended and (wanted.impinj is None or wanted.impinj.link_monitor)
    vendor = link_monitor() if monitored else b""
    keepalive_ms = wanted.keepalive_us // 1000
    yield from ask(control.set_reader_config(keepalive_ms, hold=found.holds_reports, vendor=vendor))
    if found.outputs:
        off = dict.fromkeys(range(1, found.outputs + 1), False)
        yield from _try(control.set_outputs(off), warn)
    if found.inputs:
        yield from _try(control.enable_inputs(range(1, found.inputs + 1)), warn)
    if found.accessspecs_max:
        yield from delete_all()


def _look_around(learned: Learned, warn: Callable[[str], None]) -> Procedure[None]:
    answer = yield from _try(control.get_reader_config(), warn)
    learned.config = _read(answer, warn)


def _read(answer: Frame | None, warn: Callable[[str], None]) -> ReaderConfig:
    """Nothing of a configuration is needed to read tags: one that is broken is a warning."""
    if answer is None:
        return ReaderConfig()
    try:
        return decode_config(answer.body)
    except LlrpError as broken:
        warn(f"GET_READER_CONFIG: {broken}")
        return ReaderConfig()


def _try(frame: Frame, warn: Callable[[str], None]) -> Procedure[Frame | None]:
    """Ask for what is not needed: a refusal is a warning, and the answer None."""
    try:
        return (yield from ask(frame))
    except Refused as refused:
        warn(str(refused))
        return None


def _remove(stale: list[RoSpecFound]) -> Procedure[None]:
    """A reader serves one client, so they are in the way; one that stops reports its rest.

    One that waited for its trigger when we looked may run by now.
    """
    for each in stale:
        if each.is_enabled:
            yield from _gone_already(control.stop_rospec(each.rospec_id))
        yield from _gone_already(control.delete_rospec(each.rospec_id))


def _add(planned: RoSpecPlan) -> Procedure[None]:
    """Whole or not at all: the next connection would wait for what one that never began held."""
    yield from ask(control.add_rospec(planned))
    try:
        yield from ask(control.enable_rospec(planned.rospec_id))
        if planned.needs_start:
            yield from ask(control.start_rospec(planned.rospec_id))
    except Refused:
        yield from _gone_already(control.delete_rospec(planned.rospec_id))
        raise


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
