"""A hand-written far end for sessions: the bytes a reader sends, spelled out.

Not our encoder and not the simulated reader's: each message is struct.pack over the layout of the
standard, so that a shared mistake would show.
"""

import struct


def message(kind: int, message_id: int, body: bytes = b"", version: int = 1) -> bytes:
    return struct.pack(">HII", version << 10 | kind, 10 + len(body), message_id) + body


def tlv(kind: int, value: bytes) -> bytes:
    return struct.pack(">HH", kind, 4 + len(value)) + value


def status(code: int = 0, description: str = "") -> bytes:
    text = description.encode()
    return tlv(287, struct.pack(">HH", code, len(text)) + text)


def connection_event(status_code: int = 0, at_us: int | None = 1_000_000_000) -> bytes:
    timestamp = b"" if at_us is None else tlv(128, struct.pack(">Q", at_us))
    return message(63, 0, tlv(246, timestamp + tlv(256, struct.pack(">H", status_code))))


def event(*parameters: bytes, at_us: int = 1_000_000_000) -> bytes:
    return message(63, 0, tlv(246, tlv(128, struct.pack(">Q", at_us)) + b"".join(parameters)))


def capabilities(
    message_id: int,
    *,
    holds: bool = True,
    powers: tuple[int, ...] = (1000, 2000, 3000),
    manufacturer: int = 32473,  # the number kept for examples (RFC 5612)
    ports: tuple[int, int] = (0, 0),  # GPI, GPO
    access_specs: int = 0,
) -> bytes:
    gpio = tlv(141, struct.pack(">HH", *ports))
    general = tlv(137, struct.pack(">HHIIH", 4, 0x4000, manufacturer, 960, 5) + b"5.14." + gpio)
    counts = struct.pack(">HIIIII", 0, 1, 1, 1, access_specs, 8)
    llrp = tlv(142, bytes([0x08 if holds else 0x00, 1]) + counts)
    table = b"".join(
        tlv(145, struct.pack(">Hh", index, power)) for index, power in enumerate(powers, start=1)
    )
    regulatory = tlv(143, struct.pack(">HH", 840, 1) + tlv(144, table))
    return message(11, message_id, status() + general + llrp + regulatory)


def tag(
    epc: bytes = bytes.fromhex("3074257BF7194E4000001A85"),
    antenna: int = 1,
    rssi_dbm: int = -55,
    at_us: int = 1_000_500_000,
    count: int = 1,
    extra: bytes = b"",
) -> bytes:
    return tlv(
        240,
        b"\x8d"
        + epc
        + b"\x89"
        + struct.pack(">I", 1)
        + b"\x81"
        + struct.pack(">H", antenna)
        + b"\x86"
        + struct.pack(">b", rssi_dbm)
        + b"\x87"
        + struct.pack(">H", 7)
        + b"\x82"
        + struct.pack(">Q", at_us)
        + b"\x84"
        + struct.pack(">Q", at_us + 1000)
        + b"\x88"
        + struct.pack(">H", count)
        + b"\x8c"
        + struct.pack(">H", 0x3000)
        + extra,
    )


def report(*tags: bytes) -> bytes:
    return message(61, 0, b"".join(tags))


def answer(kind: int, message_id: int, body: bytes = b"") -> bytes:
    """The response to a request of that type: it succeeded."""
    return message(kind + 10, message_id, status() + body)


def messages_in(data: bytes) -> list[tuple[int, int, bytes]]:
    """(type, id, body) of each message that we sent."""
    found = []
    while data:
        head, length, message_id = struct.unpack_from(">HII", data)
        found.append((head & 0x3FF, message_id, data[10:length]))
        data = data[length:]
    return found
