"""What a closed pass says on the wire: one event a verdict, as EPCIS words it.

    moved tags       movement   AggregationEvent where one logistic unit came with its contents,
                                ObjectEvent otherwise
    uncertain tags   review     ObjectEvent, bizStep inspecting, for a person
    unknown tags     exception  ObjectEvent with raw URIs, where they were not strays

A read point on trial says `review` where it would say `movement`: nobody books from that.

Asked for verdicts it also says one, as `verdict`, of every tag of the pass that is not in its
movement, strays included: that is for `replay`, and never published.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from gateway.core.event_id import event_id
from gateway.core.identify import Role
from gateway.core.judgement import Judged, Pass, Verdict
from gateway.core.read_point import Step, Voice
from gateway.core.visit import Heard
from wire import event, instant
from wire.event import AggregationEvent, Event, Kind, ObjectEvent, Place
from wire.reason import Reason

KEYS_BYTES_MAX = 96 << 10  # of the 128 KiB of an event; the rest is for what is said of them

# CBV 2.0 §7.2: the state that a step leaves things in, where the step alone tells it.
_DISPOSITIONS = {"receiving": "in_progress", "storing": "in_progress", "shipping": "in_transit"}


@dataclass(frozen=True, slots=True)
class Ways:
    """What crossing the door means, by its direction."""

    inbound: Step
    outbound: Step


def announce(door_pass: Pass, voice: Voice, ways: Ways) -> list[Event]:
    """The events of one pass. Deterministic: the same pass gives the same events."""
    moved = [tag for tag in door_pass.of(Verdict.MOVED) if tag.thing.role is not Role.UNKNOWN]
    uncertain = [
        tag for tag in door_pass.of(Verdict.UNCERTAIN) if tag.thing.role is not Role.UNKNOWN
    ]
    unknown = [
        tag
        for tag in door_pass.tags
        if tag.thing.role is Role.UNKNOWN and tag.verdict is not Verdict.STRAY
    ]
    said: list[Event] = []
    if moved and voice.mode == "live":
        said.append(_movement(door_pass, voice, ways, moved))
    elif moved:
        said += _listed(door_pass, voice, "review", moved, [Reason.TRIAL_MODE])
    if uncertain:
        reasons = sorted({tag.reason for tag in uncertain if tag.reason is not None})
        said += _listed(door_pass, voice, "review", uncertain, reasons)
    if unknown:
        reasons = sorted({Reason(tag.thing.reason) for tag in unknown if tag.thing.reason})
        said += _listed(door_pass, voice, "exception", unknown, reasons)
    if voice.verdicts:
        said += _verdicts(door_pass, voice)
    return said


def _verdicts(door_pass: Pass, voice: Voice) -> list[Event]:
    """The verdict of each tag that is in no movement."""
    said: list[Event] = []
    for verdict in Verdict:
        tags = [
            tag
            for tag in door_pass.of(verdict)
            if verdict is not Verdict.MOVED or tag.thing.role is Role.UNKNOWN
        ]
        if tags:
            reasons = sorted({tag.reason for tag in tags if tag.reason is not None})
            listed = _listed(door_pass, voice, "verdict", tags, reasons)
            said += [each.model_copy(update={"verdict": verdict.value}) for each in listed]
    return said


def _movement(door_pass: Pass, voice: Voice, ways: Ways, moved: Sequence[Judged]) -> Event:
    """One event, however many tags: the settings bound a pass to what one event may hold."""
    step = ways.inbound if door_pass.direction == "in" else ways.outbound
    said = _observed(door_pass, voice, "movement", moved).model_copy(
        update={
            "biz_step": step.biz_step,
            "disposition": _DISPOSITIONS.get(step.biz_step),
            "biz_location": Place(id=step.biz_location) if step.biz_location else None,
            "verdict": "moved",
            "claimed_from": step.claimed_from,
            "claimed_to": step.claimed_to,
        }
    )
    containers = [tag.thing.key for tag in moved if tag.thing.role is Role.CONTAINER]
    contents = tuple(tag.thing.key for tag in moved if tag.thing.role is Role.ITEM)
    if len(containers) != 1 or not contents:
        return said
    common = said.model_dump(exclude={"type", "epc_list", "quantity_list"})
    return AggregationEvent(parent_id=containers[0], child_epcs=contents, **common)


def _listed(
    door_pass: Pass, voice: Voice, kind: Kind, tags: Sequence[Judged], reasons: Sequence[Reason]
) -> list[Event]:
    """`tags` as events for a person, in as many parts as they need."""
    chunks = _chunks(tags)
    step = {"biz_step": "inspecting"} if kind == "review" else {}
    said: list[Event] = []
    for part, chunk in enumerate(chunks, start=1):
        counted = {"part": part, "parts": len(chunks)} if len(chunks) > 1 else {}
        told = _observed(door_pass, voice, kind, chunk, part)
        said.append(told.model_copy(update={"reasons": tuple(reasons) or None, **step, **counted}))
    return said


def _chunks(tags: Sequence[Judged]) -> list[list[Judged]]:
    """`tags` in runs that fit an event, by number and by size."""
    chunks: list[list[Judged]] = [[]]
    size = 0
    for tag in tags:
        size += len(tag.thing.key) + len('"",')
        if len(chunks[-1]) == event.EPCS_MAX or size > KEYS_BYTES_MAX:
            chunks.append([])
            size = len(tag.thing.key)
        chunks[-1].append(tag)
    return chunks


def _observed(
    door_pass: Pass, voice: Voice, kind: Kind, tags: Sequence[Judged], part: int = 1
) -> ObjectEvent:
    """That these tags were seen here: all that the kinds of event have in common."""
    event_us = _crossing_us(tags)
    return ObjectEvent(
        event_id=_event_id(door_pass, voice, kind, tags, event_us, part),
        event_time=instant.to_text(event_us, voice.zone),
        event_time_zone_offset=instant.offset_text(event_us, voice.zone),
        action="OBSERVE",
        read_point=Place(id=voice.read_point),
        gateway=voice.gateway,
        kind=kind,
        pass_id=_pass_id(door_pass, voice),
        direction=door_pass.direction,
        confidence=round(door_pass.confidence, 2),
        epc_list=tuple(tag.thing.key for tag in tags),
        evidence=_evidence(door_pass, tags),
    )


def _crossing_us(tags: Sequence[Judged]) -> int:
    """When the load was nearest: the median tag's centre, to the millisecond."""
    return int(median(tag.visit.centre_us for tag in tags)) // 1000 * 1000


def _event_id(
    door_pass: Pass, voice: Voice, kind: str, tags: Sequence[Judged], event_us: int, part: int
) -> str:
    first = min(tags, key=lambda tag: (tag.visit.first_us, tag.thing.key))
    return event_id(
        event_us,
        voice.gateway,
        door_pass.door,
        kind,
        first.thing.key,
        first.visit.first_us,
        part,
    )


def _pass_id(door_pass: Pass, voice: Voice) -> str:
    """What ties the events of one pass together. Strays are not of it, unless there is no more."""
    tags = [tag for tag in door_pass.tags if tag.verdict is not Verdict.STRAY] or door_pass.tags
    return _event_id(door_pass, voice, "pass", tags, _crossing_us(tags), 1)


def _evidence(door_pass: Pass, tags: Sequence[Judged]) -> dict[str, object]:
    """What the verdict rests on, small enough for every event; the ring keeps the reads."""
    heard: dict[str, Heard] = {}
    for tag in tags:
        for antenna, each in tag.visit.heard.items():
            total = heard.setdefault(antenna, Heard())
            total.reads += each.reads
            peaks = [peak for peak in (total.peak_dbm, each.peak_dbm) if peak is not None]
            total.peak_dbm = max(peaks, default=None)
    return {
        "rule": "power_centroid",
        "shift": round(door_pass.shift, 2),
        "votes": round(door_pass.votes),
        "spread_db": round(median(tag.visit.spread_db for tag in tags), 1),
        "ended": door_pass.ended,
        "first": instant.to_text(min(tag.visit.first_us for tag in tags)),
        "last": instant.to_text(max(tag.visit.last_us for tag in tags)),
        "reads": sum(tag.visit.reads for tag in tags),
        "antennas": {
            antenna: {"reads": heard[antenna].reads, "peak_dbm": heard[antenna].peak_dbm}
            for antenna in sorted(heard)
        },
    }
