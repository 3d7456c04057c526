"""How the gateway is: what birth and health say of devices, read points and the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass

from drivers.base import Clock
from gateway.core.bound_door import BoundDoor
from gateway.core.matching import AGAINST_MAX
from gateway.core.pipeline import Pipeline
from gateway.shell import supervisor
from gateway.shell.outbox import Outbox
from wire import instant, messages
from wire.messages import Birth, Health


@dataclass(slots=True)
class Vitals:
    boot: str
    software: str
    config_hash: str
    devices: Sequence[supervisor.Device]
    pipeline: Pipeline
    outbox: Outbox
    clock: Clock

    async def birth(self, session: int) -> Birth:
        known = await self.outbox.known()
        return Birth(
            boot=self.boot,
            session=session,
            software=self.software,
            config_hash=self.config_hash,
            epoch=known.epoch,
            first_kept=1,
            made=known.made,
            settled=known.committed,
            settled_id=await self.outbox.event_id(known.committed) or "",
            devices=self._devices(),
            read_points=self._read_points(),
        )

    async def health(self) -> Health:
        known = await self.outbox.known()
        now_us = self.clock().utc_us
        oldest_us = await self.outbox.oldest_waiting_us()
        return Health(
            at=instant.to_text(now_us),
            boot=self.boot,
            epoch=known.epoch,
            made=known.made,
            settled=known.committed,
            waiting=known.made - known.committed,
            oldest_s=0.0 if oldest_us is None else round((now_us - oldest_us) / 1e6, 1),
            devices=self._devices(),
            read_points=self._read_points(),
            turned_away={why.value: reads for why, reads in self.pipeline.turned.items()} or None,
        )

    def _devices(self) -> tuple[messages.Device, ...]:
        return tuple(_device(each, self.pipeline.repeated[each.name]) for each in self.devices)

    def _read_points(self) -> tuple[messages.ReadPoint, ...]:
        return tuple(
            messages.ReadPoint(
                name=each.name,
                kind=each.kind,
                mode=each.voice.mode,
                read_point=each.voice.read_point,
                devices=tuple(sorted(each.machine.devices)),
                passes=each.passes,
                blind_s=round(each.machine.blind_us / 1e6, 1),
                antennas_silent=None if each.health is None else each.health.silent,
                door=self._door(each.machine),
            )
            for each in self.pipeline.read_points
        )

    def _door(self, machine: object) -> messages.Door | None:
        if not isinstance(machine, BoundDoor):
            return None
        matcher, status = machine.matcher, machine.matcher.status(self.clock().utc_us)
        age_us = status.list_age_us
        return messages.Door(
            lists=len(matcher.lists.of(machine.name)),
            bound=status.bound,
            list_age_s=None if age_us is None else round(age_us / 1e6, 1),
            is_stale=status.is_stale,
            against=status.against,
            seems_turned=status.against >= AGAINST_MAX,
        )


def _device(device: supervisor.Device, repeated: int) -> messages.Device:
    facts = device.facts()
    is_scanner = facts.no_reads is not None
    lost = tuple(port for port, connected in facts.antennas if not connected)
    return messages.Device(
        name=device.name,
        driver=device.driver,
        up=device.up,
        why=device.why,
        reads=device.reads,
        warnings=device.warnings,
        model=facts.model,
        clock_offset_us=facts.clock_offset_us,
        temperature_c=facts.temperature_c,
        antennas_lost=lost if facts.antennas else None,
        inputs=_levels(facts.inputs),
        outputs=_levels(facts.outputs),
        exceptions=facts.exceptions,
        unreadable=facts.unreadable,
        no_reads=facts.no_reads,
        repeated=repeated if is_scanner else None,
    )


def _levels(ports: Sequence[tuple[int, bool]]) -> tuple[messages.Level, ...] | None:
    """None where the device tells of no port."""
    return tuple(messages.Level(port=port, high=high) for port, high in ports) or None
