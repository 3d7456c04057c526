"""What a closed pass of a door says on the wire: gateway.core.telling, with its direction."""

from dataclasses import dataclass

from gateway.core.judgement import Pass
from gateway.core.read_point import Step, Voice
from gateway.core.telling import Happening, told
from wire.event import BizTransaction, Event


@dataclass(frozen=True, slots=True)
class Ways:
    """What crossing the door means, by its direction."""

    inbound: Step
    outbound: Step


def announce(door_pass: Pass, voice: Voice, ways: Ways) -> list[Event]:
    """The events of one pass. Deterministic: the same pass gives the same events."""
    happening = Happening(
        door_pass.door,
        door_pass.tags,
        fields={
            "direction": door_pass.direction,
            "confidence": round(door_pass.confidence, 2),
            "biz_transaction_list": _document(door_pass),
        },
        grounds={
            "rule": "power_centroid",
            "shift": round(door_pass.shift, 2),
            "votes": round(door_pass.votes),
            "ended": door_pass.ended,
        },
    )
    return told(happening, voice, ways.inbound if door_pass.direction == "in" else ways.outbound)


def _document(door_pass: Pass) -> tuple[BizTransaction, ...] | None:
    bound = door_pass.bound
    return None if bound is None else (BizTransaction(type=bound.type, biz_transaction=bound.uri),)
