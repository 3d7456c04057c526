"""What readers say of themselves on the network, in words and as settings."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

LLRP_PORT = 5084  # IANA: llrp

_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_NAME_CHARACTERS_MAX = 32
_PLAIN = re.compile(r"[^\x20-\x7e]")


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader that answered. `told` is its TXT record (RFC 6763 §6)."""

    name: str
    host: str
    port: int
    addresses: tuple[str, ...]
    told: tuple[tuple[str, str], ...] = ()


def described(reader: Reader) -> list[str]:
    """For a person: what it is, and the block of settings that would read it."""
    told = ", ".join(f"{key}={value}" for key, value in reader.told)
    return [
        plain(f"{reader.name}: {reader.host}:{reader.port} ({', '.join(reader.addresses)})"),
        *([plain(f"  {told}")] if told else []),
        *(f"  {line}" for line in _block(reader)),
    ]


def plain(text: str) -> str:
    """Without what would move a terminal's cursor: anybody on the network can say anything."""
    return _PLAIN.sub("?", text)


def _block(reader: Reader) -> Sequence[str]:
    name = _NOT_IN_NAMES.sub("-", reader.name.lower()).strip("-")[:_NAME_CHARACTERS_MAX].strip("-")
    host = next(iter(reader.addresses), reader.host.rstrip("."))
    return (
        "[[reader]]",
        f'name = "{name or "reader"}"',
        'driver = "llrp"',
        f'host = "{plain(host)}"',
        *([f"port = {reader.port}"] if reader.port != LLRP_PORT else []),
        "antennas = [{ port = 1 }]  # those that are connected",
    )
