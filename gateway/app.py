"""The gateway put together: the only place that builds its parts, and runs their tasks."""

import asyncio
import contextlib
import signal
import sqlite3
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from random import Random

import structlog

from drivers.registry import open_driver
from gateway.core.delivery import Delivery
from gateway.core.dock_door import DockDoor
from gateway.core.identify import Identifier
from gateway.core.pipeline import Pipeline, ReadPoint
from gateway.settings import GatewaySettings, Loaded
from gateway.shell import clock, ids, lock, mqtt, supervisor
from gateway.shell.backoff import Backoff
from gateway.shell.courier import Courier
from gateway.shell.intake import Intake
from gateway.shell.mqtt import Mqtt
from gateway.shell.outbox import Outbox
from gateway.shell.ring import Ring
from gateway.shell.supervisor import Device, Supervisor
from gateway.shell.vitals import Vitals

log = structlog.get_logger()

HEALTH_S = 10.0
GOODBYE_S = 2.0  # how long a stopping gateway waits for the ledger to settle what it sent


@dataclass(slots=True)
class Gateway:
    """The running parts. `run` until `stop` is set, then everything ends in order."""

    intake: Intake
    courier: Courier
    supervisors: list[Supervisor]
    vitals: Vitals
    outbox: Outbox

    async def run(self, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as group:
            intake = group.create_task(self.intake.run())
            courier = group.create_task(self.courier.run())
            health = group.create_task(self._tell_health())
            devices = [group.create_task(each.run()) for each in self.supervisors]
            line = group.create_task(self.courier.mqtt.run(self.courier.tell))
            await stop.wait()
            log.info("stopping")
            for device in devices:
                device.cancel()
            await asyncio.gather(*devices, return_exceptions=True)
            await self.intake.stop()
            await intake
            await self._settle()
            health.cancel()
            courier.cancel()
            self.courier.mqtt.say_state("offline")
            await self.courier.mqtt.stop()
            line.cancel()
        await self.outbox.close()

    async def _settle(self) -> None:
        """Give the ledger a moment: what is not settled now is sent at the next start."""
        delivery = self.courier.delivery
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                while self.courier.connected and delivery.committed < delivery.made:
                    await asyncio.sleep(0.05)

    async def _tell_health(self) -> None:
        while True:
            await asyncio.sleep(HEALTH_S)
            self.courier.say_health(await self.vitals.health())


async def run(loaded: Loaded) -> None:
    """Run until SIGTERM or SIGINT. Raises SettingsError, Locked, OSError, sqlite3.Error."""
    settings = loaded.settings
    lock.hold(settings.gateway.data_dir)
    gateway = await _build(settings, sha256(loaded.text.encode()).hexdigest())
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        await gateway.run(stop)
    except BaseExceptionGroup as failed:
        first = _first(failed)
        if isinstance(first, OSError | sqlite3.Error):
            raise first from None
        raise


def _first(failed: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error that ended the group: one cause, however many tasks it took with it."""
    first = failed.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


async def _build(settings: GatewaySettings, config_hash: str) -> Gateway:
    boot = ids.new_boot()
    outbox = Outbox(settings.gateway.data_dir / "outbox.sqlite")
    known = await outbox.open(ids.new_epoch())
    pipeline = _pipeline(settings)
    devices = [Device(reader.name, reader.driver) for reader in settings.reader]
    software = version("readpoint")
    vitals = Vitals(boot, software, config_hash, devices, pipeline.read_points, outbox, clock.now)
    line = Mqtt(
        settings.source,
        boot,
        settings.mqtt.host,
        settings.mqtt.port,
        settings.mqtt.username,
        settings.mqtt.password(),
        clock.now,
        Backoff(Random(), mqtt.FIRST_WAIT_S, mqtt.LONGEST_WAIT_S),
    )
    delivery = Delivery(known.made, known.committed)
    courier = Courier(outbox, line, clock.now, vitals.birth, delivery)
    ring = Ring(settings.gateway.data_dir / "ring", settings.gateway.ring_max_mib << 20)
    intake = Intake(pipeline, ring, outbox, clock.now, courier.tell, devices)
    replayed = await intake.recover()
    log.info(
        "gateway_started",
        gateway=settings.source.name,
        epoch=known.epoch,
        made=known.made,
        settled=known.committed,
        replayed=replayed,
    )
    supervisors = [
        Supervisor(
            device,
            open_driver(reader, clock.now, device.warn),
            intake.emit,
            clock.now,
            Backoff(Random(), supervisor.FIRST_WAIT_S, supervisor.LONGEST_WAIT_S),
        )
        for device, reader in zip(devices, settings.reader, strict=True)
    ]
    return Gateway(intake, courier, supervisors, vitals, outbox)


def _pipeline(settings: GatewaySettings) -> Pipeline:
    read_points = [
        ReadPoint(DockDoor(door.plan()), settings.voice(door))
        for door in settings.read_point
        if door.mode != "off"
    ]
    return Pipeline(Identifier(settings.identify.raw_tags == "accept"), read_points)
