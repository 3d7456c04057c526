"""What a shelf says of a change: EPCIS words for an arrival, a departure and a move."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gateway.core.read_point import Step, Voice
from gateway.core.shelf import Change
from gateway.core.telling import Happening, told
from wire.event import Event


@dataclass(frozen=True, slots=True)
class Steps:
    """What changes mean here; `places`: the location of each zone."""

    arrive: Step
    depart: Step
    places: Mapping[str, str]


def announce(change: Change, voice: Voice, steps: Steps) -> list[Event]:
    """The events of one change. Deterministic: the same change gives the same events."""
    origin = None if change.origin is None else steps.places[change.origin]
    place = None if change.zone is None else steps.places[change.zone]
    step = steps.depart if change.what == "departed" else steps.arrive
    if change.what == "moved":
        step = replace(step, claimed_from=origin, claimed_to=place)
    elif change.what == "arrived":
        step = replace(step, claimed_to=place)
    else:
        step = replace(step, claimed_from=origin)
    grounds = {
        "rule": "presence",
        "change": change.what,
        "from": change.origin,
        "zone": change.zone,
    }
    happening = Happening(change.shelf, change.tags, {}, grounds)
    return told(happening, voice, replace(step, biz_location=place))
