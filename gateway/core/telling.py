"""What a happening at a read point says on the wire: one event a verdict, as EPCIS words it.

    moved tags       movement   AggregationEvent where one logistic unit came with its contents,
                                ObjectEvent otherwise
    uncertain tags   review     ObjectEvent, bizStep inspecting, for a person
    unknown tags     exception  ObjectEvent with raw URIs, where they were not strays

A read point on trial says `review` where it would say `movement`: nobody books from that.

Asked for verdicts it also says one, as `verdict`, of every tag that is not in its movement, strays
included: that is for `replay`, and never published.

What happened is a pass at a door, a box on a conveyor: something with tags that were judged. Each
kind of read point makes a `Happening` of what it concluded, and adds what is its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from gateway.core.event_id import event_id
from gateway.core.identify import Role
from gateway.core.judgement import Judged, Verdict
from gateway.core.read_point import Step, Voice
from gateway.core.visit import Heard, Visit
from wire import event, instant
from wire.event import AggregationEvent, Event, Kind, ObjectEvent, Place
from wire.reason import Reason

KEYS_BYTES_MAX = 96 << 10  # of the 128 KiB of an event; the rest is for what is said of them

# CBV 2.0 §7.2: the state that a step leaves things in, where the step alone tells it.
DISPOSITIONS = {"receiving": "in_progress", "storing": "in_progress", "shipping": "in_transit"}


@dataclass(frozen=True, slots=True)
class Happening:
    """All that the events of one happening have in common."""

    read_point: str  # its name in the settings
    tags: tuple[Judged, ...]
    fields: Mapping[str, object]  # of wire.event, as direction and confidence
    grounds: Mapping[str, object]  # evidence beside that of the reads
    at_us: int = 0  # when it was, where no tag tells: also what its ids rest on then
    parent: str | None = None  # a logistic unit that bears no tag, but is known to be of it

    def of(self, verdict: Verdict) -> list[Judged]:
        return [tag for tag in self.tags if tag.verdict is verdict]


def told(happening: Happening, voice: Voice, step: Step) -> list[Event]:
    """The events of its tags; `step` is what their movement means here.

    Deterministic: the same happening gives the same events.
    """
    moved = [tag for tag in happening.of(Verdict.MOVED) if tag.thing.role is not Role.UNKNOWN]
    uncertain = [
        tag for tag in happening.of(Verdict.UNCERTAIN) if tag.thing.role is not Role.UNKNOWN
    ]
    unknown = [
        tag
        for tag in happening.tags
        if tag.thing.role is Role.UNKNOWN and tag.verdict is not Verdict.STRAY
    ]
    said: list[Event] = []
    if moved and voice.mode == "live":
        said.append(movement(happening, voice, step, moved))
    elif moved:
        said += listed(happening, voice, "review", moved, [Reason.TRIAL_MODE])
    if uncertain:
        reasons = sorted({tag.reason for tag in uncertain if tag.reason is not None})
        said += listed(happening, voice, "review", uncertain, reasons)
    if unknown:
        reasons = sorted({Reason(tag.thing.reason) for tag in unknown if tag.thing.reason})
        said += listed(happening, voice, "exception", unknown, reasons)
    if voice.verdicts:
        said += _verdicts(happening, voice)
    return said


def movement(happening: Happening, voice: Voice, step: Step, moved: Sequence[Judged]) -> Event:
    """One event, however many tags: the settings bound them to what one event may hold."""
    said = observed(happening, voice, "movement", moved).model_copy(
        update={
            "biz_step": step.biz_step,
            "disposition": DISPOSITIONS.get(step.biz_step),
            "biz_location": Place(id=step.biz_location) if step.biz_location else None,
            "verdict": "moved",
            "claimed_from": step.claimed_from,
            "claimed_to": step.claimed_to,
        }
    )
    containers = [tag.thing.key for tag in moved if tag.thing.role is Role.CONTAINER]
    if happening.parent is not None and happening.parent not in containers:
        containers.append(happening.parent)
    contents = tuple(tag.thing.key for tag in moved if tag.thing.role is Role.ITEM)
    if len(containers) != 1 or not contents:
        return said
    common = said.model_dump(exclude={"type", "epc_list", "quantity_list"})
    return AggregationEvent(parent_id=containers[0], child_epcs=contents, **common)


def listed(
    happening: Happening,
    voice: Voice,
    kind: Kind,
    tags: Sequence[Judged],
    reasons: Sequence[Reason],
) -> list[Event]:
    """`tags` as events for a person, in as many parts as they need; one where there are none."""
    chunks = _chunks(tags)
    step = {"biz_step": "inspecting"} if kind == "review" else {}
    said: list[Event] = []
    for part, chunk in enumerate(chunks, start=1):
        counted = {"part": part, "parts": len(chunks)} if len(chunks) > 1 else {}
        seen = observed(happening, voice, kind, chunk, part)
        said.append(seen.model_copy(update={"reasons": tuple(reasons) or None, **step, **counted}))
    return said


def observed(
    happening: Happening, voice: Voice, kind: Kind, tags: Sequence[Judged], part: int = 1
) -> ObjectEvent:
    """That these tags were seen here: all that the kinds of event have in common."""
    event_us = _crossing_us(happening, tags)
    said = ObjectEvent(
        event_id=_event_id(happening, voice, kind, tags, part),
        event_time=instant.to_text(event_us, voice.zone),
        event_time_zone_offset=instant.offset_text(event_us, voice.zone),
        action="OBSERVE",
        read_point=Place(id=voice.read_point),
        gateway=voice.gateway,
        kind=kind,
        pass_id=_pass_id(happening, voice),
        epc_list=tuple(tag.thing.key for tag in tags),
        evidence={**happening.grounds, **evidence_of([tag.visit for tag in tags])},
    )
    return said.model_copy(update=happening.fields)


def evidence_of(visits: Sequence[Visit]) -> dict[str, object]:
    """What was read, small enough for every event; the ring keeps the reads."""
    if not visits:
        return {"reads": 0}
    heard = _together(visits)
    return {
        "spread_db": round(median(visit.spread_db for visit in visits), 1),
        "first": instant.to_text(min(visit.first_us for visit in visits)),
        "last": instant.to_text(max(visit.last_us for visit in visits)),
        "reads": sum(visit.reads for visit in visits),
        "antennas": {
            antenna: {"reads": heard[antenna].reads, "peak_dbm": heard[antenna].peak_dbm}
            for antenna in sorted(heard)
        },
    }


def _together(visits: Iterable[Visit]) -> dict[str, Heard]:
    heard: dict[str, Heard] = {}
    for visit in visits:
        for antenna, each in visit.heard.items():
            total = heard.setdefault(antenna, Heard())
            total.reads += each.reads
            peaks = [peak for peak in (total.peak_dbm, each.peak_dbm) if peak is not None]
            total.peak_dbm = max(peaks, default=None)
    return heard


def _verdicts(happening: Happening, voice: Voice) -> list[Event]:
    """The verdict of each tag that is in no movement."""
    said: list[Event] = []
    for verdict in Verdict:
        tags = [
            tag
            for tag in happening.of(verdict)
            if verdict is not Verdict.MOVED or tag.thing.role is Role.UNKNOWN
        ]
        if tags:
            reasons = sorted({tag.reason for tag in tags if tag.reason is not None})
            each_said = listed(happening, voice, "verdict", tags, reasons)
            said += [each.model_copy(update={"verdict": verdict.value}) for each in each_said]
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


def _crossing_us(happening: Happening, tags: Sequence[Judged]) -> int:
    """When the load was nearest: the median tag's centre, to the millisecond."""
    if not tags:
        return happening.at_us // 1000 * 1000
    return int(median(tag.visit.centre_us for tag in tags)) // 1000 * 1000


def _event_id(
    happening: Happening, voice: Voice, kind: str, tags: Sequence[Judged], part: int
) -> str:
    first_key, first_us = "", happening.at_us
    if tags:
        first = min(tags, key=lambda tag: (tag.visit.first_us, tag.thing.key))
        first_key, first_us = first.thing.key, first.visit.first_us
    event_us = _crossing_us(happening, tags)
    return event_id(event_us, voice.gateway, happening.read_point, kind, first_key, first_us, part)


def _pass_id(happening: Happening, voice: Voice) -> str:
    """What ties its events together. Strays are not of it, unless there is no more."""
    tags = [tag for tag in happening.tags if tag.verdict is not Verdict.STRAY] or happening.tags
    return _event_id(happening, voice, "pass", tags, 1)
