"""Payloads and gateways for suites that run on every store."""

from collections.abc import Sequence
from typing import Any

from ledger.core.batch import Arrived
from wire import event, json
from wire.event import AggregationEvent, Event, ObjectEvent, Place
from wire.topics import Source

DOCK = Source("rotterdam", "dock-1")
HALL = "https://id.gs1.org/414/9521141123454/254/hall-1"
TEA = "https://id.gs1.org/01/09521141012345"
PALLET = "https://id.gs1.org/00/195211411234567899"


def case(serial: object) -> str:
    return f"{TEA}/21/{serial}"


def event_id(number: int) -> str:
    return f"urn:uuid:0190a0b0-0000-8000-8000-{number:012d}"


def received(
    number: int,
    serials: Sequence[object] = (1,),
    biz_step: str = "receiving",
    pallet: str | None = None,
    **said: Any,
) -> Event:
    """Event `number`: these cases came in, on `pallet` where one is named."""
    common: dict[str, Any] = {
        "event_id": event_id(number),
        "event_time": f"2026-11-22T08:{number // 60 % 60:02d}:{number % 60:02d}.000+01:00",
        "event_time_zone_offset": "+01:00",
        "action": "OBSERVE",
        "biz_step": biz_step,
        "biz_location": Place(id=HALL) if biz_step == "receiving" else None,
        "gateway": "dock-1",
        "kind": "movement",
        "direction": "in" if biz_step == "receiving" else "out",
    } | said
    keys = tuple(case(serial) for serial in serials)
    if pallet is not None:
        return AggregationEvent(parent_id=pallet, child_epcs=keys, **common)
    return ObjectEvent(epc_list=keys, **common)


def payload(said: Event, seq: int, epoch: str = "e1") -> bytes:
    numbered = said.model_copy(update={"epoch": epoch, "seq": seq})
    return json.encode(event.as_document(numbered)).encode()


def arrived(data: bytes, source: Source = DOCK) -> Arrived:
    return Arrived(source, data, event.receive(data))


def told(*events: Event, first: int = 1, epoch: str = "e1", source: Source = DOCK) -> list[Arrived]:
    """Events as they arrive from a gateway that numbers them from `first` on."""
    return [arrived(payload(said, first + n, epoch), source) for n, said in enumerate(events)]
