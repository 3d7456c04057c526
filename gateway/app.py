"""The gateway put together: the only place that builds its parts, and runs their tasks."""

import asyncio
import contextlib
import os
import signal
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from random import Random

import structlog
from pydantic import ValidationError

from drivers.base import Emit
from drivers.registry import DeviceSettings, open_driver
from gateway.core.bound_door import BoundDoor
from gateway.core.commissioning import Bench, Wanted, commissioned
from gateway.core.delivery import Delivery
from gateway.core.expected import Lists
from gateway.core.identify import Identifier
from gateway.core.pipeline import Pipeline
from gateway.core.read_point import Light
from gateway.core.recording import to_line
from gateway.core.repeats import Repeats, one_thing
from gateway.core.replay import Replay
from gateway.settings.file import GatewaySettings, Loaded
from gateway.shell import ask, clock, ids, lock, mqtt, supervisor
from gateway.shell.backoff import Backoff
from gateway.shell.blinking import Blinking, blinking
from gateway.shell.courier import Courier
from gateway.shell.expected_file import ExpectedFile
from gateway.shell.expecting import Expecting
from gateway.shell.intake import Intake
from gateway.shell.lights import Lights, lamps
from gateway.shell.local import Handler, Local, Refused
from gateway.shell.local_page import Board, LocalPage
from gateway.shell.mqtt import Mqtt, Signal
from gateway.shell.outbox import Outbox
from gateway.shell.recorder import Recorder, Written
from gateway.shell.ring import Ring
from gateway.shell.supervisor import Device, Supervisor
from gateway.shell.tagging import Desk, TagOrder
from gateway.shell.tap import Tap, nowhere
from gateway.shell.vitals import Vitals
from wire import refusal
from wire.event import Event
from wire.json import JsonObject, JsonValue

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
    local: Local
    lights: Lights
    blinking: Blinking
    page: LocalPage
    expecting: Expecting

    async def run(self, stop: asyncio.Event) -> None:
        await self.local.open()
        async with asyncio.TaskGroup() as group:
            intake = group.create_task(self.intake.run())
            courier = group.create_task(self.courier.run())
            health = group.create_task(self._tell_health())
            devices = [group.create_task(each.run()) for each in self.supervisors]
            line = group.create_task(self.courier.mqtt.run(self._tell))
            expecting = group.create_task(self.expecting.run())
            shown = [
                group.create_task(each.run()) for each in (self.page, self.lights, self.blinking)
            ]
            await stop.wait()
            log.info("stopping")
            await self.local.close()
            await _cancelled(shown)  # while the devices are there, for outputs to be driven low
            await _cancelled(devices)
            await self.intake.stop()
            await intake
            await self._settle()
            health.cancel()
            courier.cancel()
            expecting.cancel()
            self.courier.mqtt.say_state("offline")
            await self.courier.mqtt.stop()
            line.cancel()
        await self.outbox.close()

    def _tell(self, signal: Signal) -> None:
        self.expecting.tell(signal)
        self.courier.tell(signal)

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


async def _cancelled(tasks: Sequence[asyncio.Task[object]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def run(loaded: Loaded) -> None:
    """Run until SIGTERM or SIGINT. Raises SettingsError, Locked, OSError, sqlite3.Error."""
    settings = loaded.settings
    lock.hold(settings.gateway.data_dir)
    gateway = await _build(settings, sha256(loaded.text.encode()).hexdigest())
    try:
        await gateway.run(_stop())
    except BaseExceptionGroup as failed:
        first = _first(failed)
        if isinstance(first, OSError | sqlite3.Error):
            raise first from None
        raise


async def record(loaded: Loaded, to: str, *, append: bool) -> Written:
    """Record what the devices say until SIGTERM or SIGINT, from the daemon where one runs.

    Raises Locked, NoAnswer, OSError.
    """
    stop = _stop()
    table = loaded.settings.gateway
    async with ask.daemon(table.socket_path) as daemon:
        held = None if daemon else lock.hold(table.data_dir)  # or a daemon takes its devices
        recorder = Recorder.open(to, append=append)
        try:
            if daemon is not None:
                dropped = await _record_daemon(daemon, recorder, stop)
            else:
                dropped = await _record_devices(loaded.settings, recorder, stop)
        finally:
            await recorder.close()
            if held is not None:
                os.close(held)
    return Written(recorder.written, dropped)


async def _record_daemon(daemon: ask.Daemon, recorder: Recorder, stop: asyncio.Event) -> int:
    await daemon.ask({"do": "record"})
    dropped = 0
    async for lines, told in daemon.lines(stop):
        dropped += told
        await recorder.write(lines)
    return dropped


async def _record_devices(
    settings: GatewaySettings, recorder: Recorder, stop: asyncio.Event
) -> int:
    tap = Tap(nowhere)
    devices = [Device(each.name, each.driver) for each in settings.devices]
    with tap.listening() as listener:
        running = [
            asyncio.create_task(each.run())
            for each in _supervisors(settings.devices, devices, tap.emit)
        ]
        stopped = asyncio.create_task(stop.wait())
        stopped.add_done_callback(lambda _: listener.end())
        try:
            while (taken := await listener.take()) is not None:
                await recorder.write(b"".join(map(to_line, taken)))
        finally:
            await _cancelled([*running, stopped])
    return listener.dropped


async def _tell_devices(devices: Sequence[Device]) -> JsonValue:
    """For each device why it is down, empty where it is up."""
    return {each.name: "" if each.up else each.why or "no connection yet" for each in devices}


async def tag(loaded: Loaded, order: TagOrder) -> list[str]:
    """Read or write the one tag, through the daemon where one runs; lines for the person.

    Raises Refused, NoAnswer, Locked, OSError, sqlite3.Error.
    """
    settings = loaded.settings
    async with ask.daemon(settings.gateway.socket_path) as daemon:
        if daemon is not None:
            said = await daemon.ask(order.model_dump(mode="json"))
            return [str(line) for line in said] if isinstance(said, list) else []
        lock.hold(settings.gateway.data_dir)
        outbox = Outbox(settings.gateway.data_dir / "outbox.sqlite")
        await outbox.open(ids.new_epoch())

        async def book(event: Event) -> None:
            await outbox.append([event], await outbox.resume(), clock.now().utc_us)

        tap = Tap(nowhere)
        readers = [each for each in settings.reader if each.name == order.reader]
        devices = [Device(reader.name, reader.driver) for reader in readers]
        supervisors = _supervisors(readers, devices, tap.emit)
        running = [asyncio.create_task(each.run()) for each in supervisors]
        try:
            return await _do(order, _desks(settings, supervisors, tap, outbox, book))
        finally:
            await _cancelled(running)
            await outbox.close()


def _desks(
    settings: GatewaySettings,
    supervisors: Sequence[Supervisor],
    tap: Tap,
    outbox: Outbox,
    book: Callable[[Event], Awaitable[None]],
) -> dict[str, Desk]:
    async def written(thing: Wanted, order: TagOrder, tid: bytes | None, replaced: str) -> None:
        antenna = f"{order.reader}:{order.antenna}"
        bench = Bench(
            settings.gateway.id,
            settings.zone,
            settings.read_point_of(antenna),
            settings.commission.biz_location,
            antenna,
        )
        await book(commissioned(thing, bench, clock.now().utc_us, tid, replaced))

    return {
        each.device.name: Desk(
            each.device,
            each.driver,
            tap,
            clock.now,
            settings.commission.company_prefixes,
            settings.ledger.url,
            outbox.has_commissioned,
            written,
        )
        for each in supervisors
    }


async def _do(order: TagOrder, desks: Mapping[str, Desk]) -> list[str]:
    desk = desks.get(order.reader)
    if desk is None:
        raise Refused(f"no reader {order.reader!r} in the settings")
    return await desk.do(order)


async def _asked_tag(request: JsonObject, desks: Mapping[str, Desk]) -> JsonValue:
    try:
        order = TagOrder.model_validate(request)
    except ValidationError as error:
        raise Refused(refusal.first_of(error)) from None
    return list[JsonValue](await _do(order, desks))


def replay(settings: GatewaySettings, *, verdicts: bool = False) -> Replay:
    """What says of a recording what live would say; it opens nothing."""
    pipeline = _pipeline(settings.all_live(), verdicts=verdicts)
    return Replay(pipeline)


def ring(settings: GatewaySettings) -> Ring:
    """The ring on disk, whether a daemon writes it or not; for reading alone."""
    return Ring(settings.gateway.data_dir / "ring", settings.gateway.ring_max_mib << 20)


def _stop() -> asyncio.Event:
    """Set by SIGTERM and SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def _first(failed: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error that ended the group: one cause, however many tasks it took with it."""
    first = failed.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


async def _build(settings: GatewaySettings, config_hash: str) -> Gateway:
    boot = ids.new_boot()
    outbox = Outbox(settings.gateway.data_dir / "outbox.sqlite")
    known = await outbox.open(ids.new_epoch())
    lists = Lists(frozenset(each.name for each in settings.doors if each.mode != "off"))
    pipeline = _pipeline(settings, lists=lists)
    devices = [Device(each.name, each.driver) for each in settings.devices]
    software = version("readpoint")
    vitals = Vitals(boot, software, config_hash, devices, pipeline, outbox, clock.now)
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
    intake = Intake(pipeline, ring(settings), outbox, clock.now, courier.tell, devices)
    tap = Tap(intake.emit)
    doors = [p.machine for p in pipeline.read_points if isinstance(p.machine, BoundDoor)]
    file = ExpectedFile(settings.gateway.data_dir / "expected.sqlite")
    expecting = Expecting(lists, {each.name: each for each in doors}, file, clock.now, tap.emit)
    line.listed = expecting.tell
    await expecting.open()
    replayed = await intake.recover()
    log.info(
        "gateway_started",
        gateway=settings.source.name,
        epoch=known.epoch,
        made=known.made,
        settled=known.committed,
        replayed=replayed,
    )
    supervisors = _supervisors(settings.devices, devices, expecting.emit)
    desks = _desks(settings, supervisors, tap, outbox, intake.say)
    handlers: dict[str, Handler] = {
        "devices": lambda _: _tell_devices(devices),
        "tag_read": lambda request: _asked_tag(request, desks),
        "tag_write": lambda request: _asked_tag(request, desks),
        "bind": expecting.bind,
        "unbind": expecting.unbind,
    }
    local = Local(settings.gateway.socket_path, tap, handlers)
    drivers = {each.device.name: each.driver for each in supervisors}
    lights = Lights(lamps(settings, drivers))
    blinkers = blinking(settings.doors, drivers, clock.now)
    board = Board(settings.source.name, vitals, lambda: courier.connected, clock.now, settings.zone)
    intake.shine = expecting.shine = _each(
        board.shine, lights.shine, blinkers.shine, expecting.shown
    )
    page = LocalPage(settings.local_page.address, board.shown)
    return Gateway(
        intake, courier, supervisors, vitals, outbox, local, lights, blinkers, page, expecting
    )


def _each(*shines: Callable[[Light], None]) -> Callable[[Light], None]:
    def shine(light: Light) -> None:
        for each in shines:
            each(light)

    return shine


def _supervisors(
    settings: Sequence[DeviceSettings], devices: Sequence[Device], emit: Emit
) -> list[Supervisor]:
    return [
        Supervisor(
            device,
            open_driver(each, clock.now, device.warn),
            emit,
            clock.now,
            Backoff(Random(), supervisor.FIRST_WAIT_S, supervisor.LONGEST_WAIT_S),
        )
        for device, each in zip(devices, settings, strict=True)
    ]


def _pipeline(
    settings: GatewaySettings, *, verdicts: bool = False, lists: Lists | None = None
) -> Pipeline:
    rules = settings.identify
    return Pipeline(
        Identifier(rules.raw_tags == "accept", settings.filter.filter(), rules.region),
        settings.at_work(verdicts=verdicts, lists=lists),
        Repeats(settings.repeat_us, one_thing),
    )
