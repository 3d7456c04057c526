"""What a station says of a scan: an event for the ledger, and a word for the person.

    goods received, shipped, moved   movement    nothing else of a station books
    goods counted                    count       each scan is one line of the count
    taken back                       the same event again, with errorDeclaration (LEDGER §5)
    refused                          exception   with the reason, and no bizStep
    a command                        nothing     it is of this person alone

A station on trial says `review` where it would say `movement` or `count`. It never says `scan`:
that is for scanners that nobody stands at, and what a person scans is done, counted or refused.

The scans of one task share `readpoint:pass`; so those of a count are known to be of one.
"""

from typing import assert_never

from gateway.core.commands import Goods, Unknown
from gateway.core.event_id import event_id
from gateway.core.read_point import Light, Voice
from gateway.core.station_scan import Answered, Booked, Conclusion, Refused, Scene, TakenBack, Task
from gateway.core.telling import DISPOSITIONS
from gs1 import keys
from wire import instant
from wire.event import (
    URI_CHARACTERS_MAX,
    ErrorDeclaration,
    Event,
    Kind,
    ObjectEvent,
    Place,
    Quantity,
)
from wire.reason import Reason

ON_TRIAL = "on trial, nothing is booked"


def tell(station: str, concluded: Conclusion, voice: Voice) -> list[Event | Light]:
    match concluded:
        case Booked(goods=goods, quantity=quantity):
            text = f"{concluded.scene.task} {_counted(goods, quantity)}"
            return [_booked(station, concluded, voice), _accepted(station, text, voice)]
        case TakenBack(booked=booked):
            text = f"taken back: {_counted(booked.goods, booked.quantity)}"
            return [_taken_back(station, concluded, voice), _accepted(station, text, voice)]
        case Refused(what=what, detail=detail):
            text = f"{what.text}: {detail}" if isinstance(what, Goods) else detail
            return [_refused(station, concluded, voice), Light(station, "refused", text)]
        case Answered(is_done=is_done, text=text):
            return [Light(station, "accepted" if is_done else "refused", text)]
        case _:
            assert_never(concluded)


def _accepted(station: str, text: str, voice: Voice) -> Light:
    return Light(station, "accepted", f"{text} ({ON_TRIAL})" if voice.mode == "trial" else text)


def _counted(goods: Goods, quantity: int) -> str:
    return f"{quantity} × {goods.text}" if goods.is_class else goods.text


def _booked(station: str, booked: Booked, voice: Voice) -> ObjectEvent:
    is_count = booked.scene.task is Task.COUNT
    if voice.mode == "trial":
        said = _seen(station, "review", booked.scene, booked.goods, booked.quantity, voice)
        return said.model_copy(
            update={"biz_step": "inspecting", "reasons": (Reason.TRIAL_MODE.value,)}
        )
    kind: Kind = "count" if is_count else "movement"
    said = _seen(station, kind, booked.scene, booked.goods, booked.quantity, voice)
    step = booked.step
    return said.model_copy(
        update={
            "biz_step": step.biz_step,
            "disposition": DISPOSITIONS.get(step.biz_step),
            "biz_location": Place(id=step.biz_location) if step.biz_location else None,
            "verdict": None if is_count else "moved",
            "claimed_from": step.claimed_from,
            "claimed_to": step.claimed_to,
        }
    )


def _taken_back(station: str, taken_back: TakenBack, voice: Voice) -> ObjectEvent:
    declared = ErrorDeclaration(
        declaration_time=instant.to_text(taken_back.scene.at_us, voice.zone),
        reason="did_not_occur",
        actor=taken_back.scene.operator,
    )
    said = _booked(station, taken_back.booked, voice)
    return said.model_copy(update={"error_declaration": declared})


def _refused(station: str, refused: Refused, voice: Voice) -> ObjectEvent:
    what, quantity = refused.what, refused.quantity
    said = _seen(station, "exception", refused.scene, what, quantity, voice)
    evidence = {**(said.evidence or {}), "text": what.text, "why": refused.detail}
    return said.model_copy(update={"reasons": refused.reasons, "evidence": evidence})


def _seen(
    station: str, kind: Kind, scene: Scene, what: Goods | Unknown, quantity: int, voice: Voice
) -> ObjectEvent:
    """That this was scanned here."""
    event_us = scene.at_us // 1000 * 1000
    epcs, quantities = _lists(what, quantity)
    return ObjectEvent(
        event_id=_event_id(event_us, station, kind, what.key, scene, voice),
        event_time=instant.to_text(event_us, voice.zone),
        event_time_zone_offset=instant.offset_text(event_us, voice.zone),
        action="OBSERVE",
        read_point=Place(id=voice.read_point),
        gateway=voice.gateway,
        kind=kind,
        pass_id=_pass_id(station, scene, voice),
        epc_list=epcs,
        quantity_list=quantities,
        evidence={"rule": "scan", "scanner": scene.scanner, "task": scene.task.value},
        operator=scene.operator,
    )


def _lists(
    what: Goods | Unknown, quantity: int
) -> tuple[tuple[str, ...], tuple[Quantity, ...] | None]:
    """Its key as one EPC, or counted; in neither where no URI on the wire is so long."""
    if len(what.key) > URI_CHARACTERS_MAX:
        return (), None
    if isinstance(what, Unknown):
        key = keys.parse(what.key)
        is_class = key is None or key.is_class  # a plain code may stand on many things
    else:
        is_class = what.is_class
    if is_class:
        return (), (Quantity(epc_class=what.key, quantity=quantity),)
    return (what.key,), None


def _event_id(event_us: int, station: str, kind: str, key: str, scene: Scene, voice: Voice) -> str:
    """Two codes of one message have one instant; `nth` tells them apart."""
    return event_id(event_us, voice.gateway, station, kind, key, scene.at_us, scene.nth)


def _pass_id(station: str, scene: Scene, voice: Voice) -> str | None:
    if scene.task is Task.NONE:
        return None
    began_us = scene.task_us
    return event_id(began_us, voice.gateway, station, scene.task.value, "", began_us, 1)
