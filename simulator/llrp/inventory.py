"""What the antennas hear, of a scene or of tags that were placed, as the reader then knows it.

A tag is heard on an antenna that is plugged in and that the running AISpec names, if it matches the
filters there. A placed tag has a memory, so that AccessSpecs are done to it; of a scene's tag only
the EPC is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from struct import pack

from simulator.llrp import impinj
from simulator.llrp.accesses import Accesses
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.encoder import Content, Sighting
from simulator.llrp.lifecycle import RoSpecs
from simulator.llrp.rospec import AiSpec, RoSpec
from simulator.llrp.selecting import EPC_BANK, TID_BANK, selected
from simulator.llrp.tag import SimTag
from simulator.llrp.wiring import Wiring
from simulator.scene.door import SceneRead

TAGS_MAX = 10_000  # placed; a round asks all of them


@dataclass(slots=True)
class Inventory:
    capabilities: Capabilities
    wiring: Wiring
    rospecs: RoSpecs
    accesses: Accesses = field(default_factory=Accesses)
    tags: list[SimTag] = field(default_factory=list)
    rounds: int = 0

    def place(self, tag: SimTag) -> None:
        if len(self.tags) >= TAGS_MAX:
            raise ValueError(f"{len(self.tags)} tags are placed: expected at most {TAGS_MAX}")
        self.tags.append(tag)

    def remove(self, tag: SimTag) -> None:
        self.tags.remove(tag)

    def scene(self, reads: Sequence[SceneRead], zero_us: int, content: Content) -> list[Sighting]:
        """Of a scene whose second 0 is `zero_us` by the reader's clock."""
        rospec, aispec = self.rospecs.running, self.rospecs.aispec
        if rospec is None or aispec is None:
            return []
        sightings = []
        for read in reads:
            if not self._is_on(aispec, read.antenna):
                continue
            filters = aispec.filters(read.antenna)
            if filters and not selected(filters, _banks(read)):
                continue
            at_us = zero_us + round(read.at_s * 1e6)
            sighting = self._sighting(
                rospec, aispec, read.epc, read.pc, read.antenna, read.rssi_dbm, read.channel, at_us
            )
            sightings.append(_with_extra(sighting, content, None))
        return sightings

    def round(self, at_us: int, content: Content) -> list[Sighting]:
        """One inventory round on each antenna: every placed tag there once."""
        rospec, aispec = self.rospecs.running, self.rospecs.aispec
        if rospec is None or aispec is None:
            return []
        channel = 1 + self.rounds % len(self.capabilities.channels_khz)
        self.rounds += 1
        sightings = []
        for antenna in sorted(aispec.antennas - self.wiring.unplugged):
            filters = aispec.filters(antenna)
            for tag in self.tags:
                if antenna not in tag.antennas or not selected(filters, tag.banks):
                    continue
                sighting = self._sighting(
                    rospec, aispec, tag.epc, tag.pc, antenna, tag.rssi_dbm, channel, at_us
                )
                sighting = _with_extra(sighting, content, tag.tid)
                access = self.accesses.meet(tag, antenna, rospec.number)
                if access is not None:
                    number, results = access
                    sighting = replace(sighting, accessspec_id=number, results=results)
                sightings.append(sighting)
        return sightings

    def _is_on(self, aispec: AiSpec, antenna: int) -> bool:
        return antenna in aispec.antennas and antenna not in self.wiring.unplugged

    def _sighting(
        self,
        rospec: RoSpec,
        aispec: AiSpec,
        epc: bytes,
        pc: int,
        antenna: int,
        rssi_dbm: int,
        channel: int,
        at_us: int,
    ) -> Sighting:
        return Sighting(
            epc=epc,
            pc=pc,
            antenna=antenna,
            rssi_dbm=rssi_dbm,
            channel=channel,
            at_us=at_us,
            rospec_id=rospec.number,
            spec_index=aispec.index,
            inventory_id=aispec.inventory_id,
            utc=self.capabilities.has_utc,
        )


def _with_extra(sighting: Sighting, content: Content, tid: bytes | None) -> Sighting:
    if not content.extra:
        return sighting
    known = impinj.serialized_tid(sighting.epc) if tid is None else tid
    return replace(sighting, extra=impinj.report_parts(sighting, content, known))


def _banks(read: SceneRead) -> dict[int, bytes]:
    """As much of a scene's tag as a filter may look at; nobody filters by the CRC in front."""
    return {
        EPC_BANK: pack(">HH", 0, read.pc) + read.epc,
        TID_BANK: impinj.serialized_tid(read.epc),
    }
