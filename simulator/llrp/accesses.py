"""The AccessSpecs in a reader: added Disabled, enabled to Active, gone when done (§11.1)."""

from dataclasses import dataclass, field

from drivers.llrp.protocol.tables import StatusCode
from simulator.llrp.accessspec import AccessSpec, parse_accessspec
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.encoder import tlv
from simulator.llrp.numbers import ReaderParameter
from simulator.llrp.request import Refused, parts, the_one
from simulator.llrp.tag import SimTag


@dataclass(slots=True)
class _Kept:
    spec: AccessSpec
    active: bool = False
    done: int = 0


@dataclass(slots=True)
class Accesses:
    """In the order in which they were added; the first that a tag meets is done to it."""

    _kept: dict[int, _Kept] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._kept)

    def encoded(self) -> bytes:
        """The AccessSpecs of a GET_ACCESSSPECS_RESPONSE."""
        return b"".join(
            tlv(ReaderParameter.ACCESSSPEC, kept.spec.value_in(active=kept.active))
            for kept in self._kept.values()
        )

    def add(self, body: bytes, capabilities: Capabilities) -> None:
        """ADD_ACCESSSPEC's body. Raises Refused."""
        value = the_one(parts(body), ReaderParameter.ACCESSSPEC, "AccessSpec")
        spec = parse_accessspec(value, capabilities)
        if spec.number in self._kept:
            why = f"AccessSpec {spec.number} exists: delete it first"
            raise Refused(StatusCode.FIELD_ERROR, why)
        if len(self._kept) >= capabilities.accessspec_count_max:
            why = f"{len(self._kept)} AccessSpecs: this reader keeps no more"
            raise Refused(StatusCode.FIELD_ERROR, why)
        self._kept[spec.number] = _Kept(spec)

    def delete(self, number: int) -> None:
        """0 deletes all. Raises Refused."""
        for each in self._chosen(number):
            del self._kept[each.spec.number]

    def enable(self, number: int, *, active: bool) -> None:
        """0 enables or disables all. Raises Refused."""
        for each in self._chosen(number):
            each.active = active

    def meet(self, tag: SimTag, antenna: int, rospec: int) -> tuple[int, bytes] | None:
        """The AccessSpec that was done to that tag, and its OpSpecResults.

        One that was done as often as its stop trigger says is deleted (LLRP 1.0.1 §11.2.1.1).
        """
        for kept in self._kept.values():
            if kept.active and kept.spec.meets(tag, antenna, rospec):
                results = kept.spec.done_to(tag)
                kept.done += 1
                if kept.spec.times and kept.done >= kept.spec.times:
                    del self._kept[kept.spec.number]
                return kept.spec.number, results
        return None

    def _chosen(self, number: int) -> list[_Kept]:
        if number == 0:
            return list(self._kept.values())
        if number not in self._kept:
            raise Refused(StatusCode.FIELD_ERROR, f"AccessSpec {number}: not known")
        return [self._kept[number]]
