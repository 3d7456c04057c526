"""Where each thing is said: the MQTT topics between gateways, ledger and subscribers.

    readpoint/v1/{site}/{gateway}/{leaf}

A name that could be mistaken for a topic level or a wildcard never gets this far: names match one
short pattern, so that they fit a topic, a URL, a file name and a label alike.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

ROOT = "readpoint/v1"
NAME_PATTERN = r"^[a-z0-9][a-z0-9-]{0,31}$"
RESERVED_GATEWAY = "ledger"  # readpoint/v1/{site}/ledger/... is the ledger's own voice

_NAME = re.compile(NAME_PATTERN.replace("$", r"\Z"))


class Leaf(StrEnum):
    """The last part of a gateway's topics."""

    EVENT = "event"
    STATE = "state"
    BIRTH = "birth"
    HEALTH = "health"
    ACK = "ack"
    RESEND = "cmd/resend"


_LEAVES = {leaf.value: leaf for leaf in Leaf}


@dataclass(frozen=True, slots=True)
class Source:
    """A gateway by its site and name: whose events they are."""

    site: str
    gateway: str

    def topic(self, leaf: Leaf) -> str:
        """
        >>> Source("rotterdam", "dock-pi-1").topic(Leaf.ACK)
        'readpoint/v1/rotterdam/dock-pi-1/ack'
        """
        return f"{ROOT}/{self.site}/{self.gateway}/{leaf}"

    @property
    def name(self) -> str:
        """What the ledger files its events under."""
        return f"{self.site}/{self.gateway}"

    @classmethod
    def of_name(cls, name: str) -> "Source":
        site, _, gateway = name.partition("/")
        return cls(site, gateway)

    @property
    def client_id(self) -> str:
        return f"readpoint-{self.site}-{self.gateway}"


def is_name(text: str) -> bool:
    """Whether `text` may name a site, a gateway, a device or a read point."""
    return _NAME.match(text) is not None


def every_gateway(leaf: Leaf) -> str:
    """The filter that hears `leaf` of all gateways of all sites."""
    return f"{ROOT}/+/+/{leaf}"


def parse(topic: str) -> tuple[Source, Leaf] | None:
    """Who speaks and of what; None for a topic that is not a gateway's.

    >>> parse("readpoint/v1/rotterdam/dock-pi-1/event")
    (Source(site='rotterdam', gateway='dock-pi-1'), <Leaf.EVENT: 'event'>)
    >>> parse("readpoint/v1/rotterdam/ledger/event") is None
    True
    """
    parts = topic.split("/", 4)
    if len(parts) != 5 or "/".join(parts[:2]) != ROOT:
        return None
    site, gateway, leaf = parts[2:]
    if not is_name(site) or not is_name(gateway) or gateway == RESERVED_GATEWAY:
        return None
    return (Source(site, gateway), _LEAVES[leaf]) if leaf in _LEAVES else None
