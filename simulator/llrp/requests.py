"""What a client may ask a reader for, and what the reader then does: one row a message type."""

from collections.abc import Callable
from struct import Struct

from drivers.llrp.protocol.framing import Frame
from drivers.llrp.protocol.tables import MessageType, StatusCode
from simulator.llrp import encoder, impinj
from simulator.llrp.config import changed, encoded, parse_get, resets, written_gpos
from simulator.llrp.now import Now
from simulator.llrp.numbers import ReaderMessage, RequestedCapabilities
from simulator.llrp.request import Refused, accessspec_id, fields, known, parts, rospec_id
from simulator.llrp.session import ReaderSession

_U8 = Struct(">B")
_VERSIONS = Struct(">BB")
_ABOUT_VERSIONS = (ReaderMessage.GET_SUPPORTED_VERSION, ReaderMessage.SET_PROTOCOL_VERSION)
_NEEDS_ACCESSSPECS = frozenset(
    {
        ReaderMessage.ADD_ACCESSSPEC,
        ReaderMessage.DELETE_ACCESSSPEC,
        ReaderMessage.ENABLE_ACCESSSPEC,
        ReaderMessage.DISABLE_ACCESSSPEC,
        ReaderMessage.GET_ACCESSSPECS,
    }
)

# The parameters of a response after its status.
_Work = Callable[[ReaderSession, Frame, Now], bytes]


def receive(session: ReaderSession, frame: Frame, now: Now) -> None:
    """Do what a frame asks."""
    client = session.client
    assert client is not None
    session.heard_from(now)
    if session.closing:
        return  # after its goodbye the reader ignores what still comes (LLRP 1.0.1 §13.2.6.12)
    refusal = session.faults.refusal_of(frame.type)
    if frame.type in _ABOUT_VERSIONS and session.capabilities.hangs_up_on_versions:
        session.faults.hang_up = True
    elif frame.type in _ABOUT_VERSIONS and session.capabilities.versions_max > 1:
        _about_versions(session, frame)
    elif frame.version != client.version:
        why = f"LLRP version {frame.version}: not supported"
        session.error(frame, StatusCode.UNSUPPORTED_VERSION, why)
    elif refusal is not None:
        _refuse(session, frame, Refused(refusal.code, refusal.why))
    elif frame.type == MessageType.KEEPALIVE_ACK:
        client.unanswered = 0
    elif frame.type == MessageType.ENABLE_EVENTS_AND_REPORTS:
        session.outbox.holding = False
    elif frame.type == ReaderMessage.GET_REPORT:
        session.send_report()
    else:
        _request(session, frame, now)


def _request(session: ReaderSession, frame: Frame, now: Now) -> None:
    """What has a response, or what this reader does not know."""
    no_access = session.capabilities.accessspec_count_max == 0
    if frame.type == MessageType.CUSTOM_MESSAGE and session.capabilities.impinj_extensions:
        _custom(session, frame)
        return
    if frame.type not in _RESPONSES or (no_access and frame.type in _NEEDS_ACCESSSPECS):
        why = f"message type {frame.type}: not supported"
        session.error(frame, StatusCode.UNSUPPORTED_MESSAGE, why)
        return
    response, work = _RESPONSES[frame.type]
    try:
        body = encoder.status() + work(session, frame, now)
    except Refused as refused:
        _refuse(session, frame, refused)
    else:
        _answer(session, frame, response, body)


def _refuse(session: ReaderSession, frame: Frame, refused: Refused) -> None:
    if frame.type not in _RESPONSES:
        session.error(frame, refused.code, refused.why)
        return
    _answer(session, frame, _RESPONSES[frame.type][0], encoder.status(refused.code, refused.why))


def _answer(session: ReaderSession, frame: Frame, kind: int, body: bytes) -> None:
    assert session.client is not None
    version = session.client.version
    session.answer(encoder.message(kind, frame.message_id, body, version), frame.type)


def _about_versions(session: ReaderSession, frame: Frame) -> None:
    """LLRP 1.1 §9.1: such a reader starts with 1.0.1 and is told to go on with another one."""
    assert session.client is not None
    most = session.capabilities.versions_max
    if frame.type == ReaderMessage.GET_SUPPORTED_VERSION:
        body = _VERSIONS.pack(session.client.version, most) + encoder.status()
        _answer(session, frame, ReaderMessage.GET_SUPPORTED_VERSION_RESPONSE, body)
        return
    wanted = frame.body[0] if frame.body else 0
    if 1 <= wanted <= most:
        session.client.version = wanted
        body = encoder.status()
    else:
        why = f"protocol version {wanted}: expected 1 to {most}"
        body = encoder.status(StatusCode.UNSUPPORTED_VERSION, why)
    _answer(session, frame, ReaderMessage.SET_PROTOCOL_VERSION_RESPONSE, body)


def _custom(session: ReaderSession, frame: Frame) -> None:
    assert session.client is not None
    if not impinj.enables_extensions(frame.body):
        session.error(frame, StatusCode.UNSUPPORTED_MESSAGE, "this custom message: not supported")
        return
    session.client.extensions = True
    _answer(session, frame, MessageType.CUSTOM_MESSAGE, impinj.extensions_enabled())


def _capabilities(session: ReaderSession, frame: Frame, _now: Now) -> bytes:
    where = "GET_READER_CAPABILITIES"
    (wanted,) = fields(_U8, frame.body, where)
    asked = impinj.requested(parts(frame.body, _U8.size), session.offered, where)
    found = session.capabilities.encoded(known(RequestedCapabilities, wanted, "RequestedData"))
    version = {impinj.REQUESTED_ALL_CAPABILITIES, impinj.REQUESTED_DETAILED_VERSION}
    return found + (impinj.detailed_version(session.capabilities) if version & set(asked) else b"")


def _get_config(session: ReaderSession, frame: Frame, _now: Now) -> bytes:
    return encoded(
        session.config,
        parse_get(frame.body, session.offered),
        session.identity,
        session.rospecs.added,
        session.capabilities,
        session.wiring,
    )


def _set_config(session: ReaderSession, frame: Frame, now: Now) -> bytes:
    """A reset also deletes the ROSpecs and AccessSpecs, as the readers that we know do."""
    session.config = changed(session.config, frame.body, session.offered)
    if resets(frame.body):
        session.forget(0, now)
        session.inventory.accesses.delete(0)
    for port, high in written_gpos(frame.body):
        session.written(port, now, high=high)
    session.schedule_keepalive(now)
    return b""


def _close_connection(session: ReaderSession, _frame: Frame, _now: Now) -> bytes:
    session.close()
    return b""


def _get_rospecs(session: ReaderSession, _frame: Frame, _now: Now) -> bytes:
    return session.rospecs.encoded()


def _add_rospec(session: ReaderSession, frame: Frame, _now: Now) -> bytes:
    session.rospecs.add(frame.body, session.offered)
    return b""


def _delete_rospec(session: ReaderSession, frame: Frame, now: Now) -> bytes:
    session.forget(rospec_id(frame.body), now)
    return b""


def _change_rospec(session: ReaderSession, frame: Frame, now: Now) -> bytes:
    number = rospec_id(frame.body)
    session.tell(session.rospecs.apply(MessageType(frame.type), number, now), now)
    return b""


def _get_accessspecs(session: ReaderSession, _frame: Frame, _now: Now) -> bytes:
    return session.inventory.accesses.encoded()


def _add_accessspec(session: ReaderSession, frame: Frame, _now: Now) -> bytes:
    session.inventory.accesses.add(frame.body, session.offered)
    return b""


def _delete_accessspec(session: ReaderSession, frame: Frame, _now: Now) -> bytes:
    session.inventory.accesses.delete(accessspec_id(frame.body))
    return b""


def _enable_accessspec(session: ReaderSession, frame: Frame, _now: Now) -> bytes:
    active = frame.type == ReaderMessage.ENABLE_ACCESSSPEC
    session.inventory.accesses.enable(accessspec_id(frame.body), active=active)
    return b""


_M, _R = MessageType, ReaderMessage

# Request -> its response, and what gives the response's parameters after the status.
_RESPONSES: dict[int, tuple[int, _Work]] = {
    _M.GET_READER_CAPABILITIES: (_M.GET_READER_CAPABILITIES_RESPONSE, _capabilities),
    _M.GET_READER_CONFIG: (_M.GET_READER_CONFIG_RESPONSE, _get_config),
    _M.SET_READER_CONFIG: (_M.SET_READER_CONFIG_RESPONSE, _set_config),
    _M.CLOSE_CONNECTION: (_M.CLOSE_CONNECTION_RESPONSE, _close_connection),
    _M.GET_ROSPECS: (_M.GET_ROSPECS_RESPONSE, _get_rospecs),
    _M.ADD_ROSPEC: (_M.ADD_ROSPEC_RESPONSE, _add_rospec),
    _M.DELETE_ROSPEC: (_M.DELETE_ROSPEC_RESPONSE, _delete_rospec),
    _M.START_ROSPEC: (_M.START_ROSPEC_RESPONSE, _change_rospec),
    _M.STOP_ROSPEC: (_M.STOP_ROSPEC_RESPONSE, _change_rospec),
    _M.ENABLE_ROSPEC: (_M.ENABLE_ROSPEC_RESPONSE, _change_rospec),
    _M.DISABLE_ROSPEC: (_M.DISABLE_ROSPEC_RESPONSE, _change_rospec),
    _R.GET_ACCESSSPECS: (_R.GET_ACCESSSPECS_RESPONSE, _get_accessspecs),
    _R.ADD_ACCESSSPEC: (_R.ADD_ACCESSSPEC_RESPONSE, _add_accessspec),
    _R.DELETE_ACCESSSPEC: (_R.DELETE_ACCESSSPEC_RESPONSE, _delete_accessspec),
    _R.ENABLE_ACCESSSPEC: (_R.ENABLE_ACCESSSPEC_RESPONSE, _enable_accessspec),
    _R.DISABLE_ACCESSSPEC: (_R.DISABLE_ACCESSSPEC_RESPONSE, _enable_accessspec),
}
