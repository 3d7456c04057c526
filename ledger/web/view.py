"""What the live page says, in the words of people: from rows and messages to lines of a screen."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from gs1 import keys
from ledger.core.books import DECLARATION
from ledger.store.queries import AlertRow, CrossingsRow, MovementRow
from ledger.web.services import GatewayView
from wire import instant
from wire.messages import Device, ReadPoint
from wire.reason import MEANINGS, Reason

DOORS_SHOWN = 60
TEXT_CHARACTERS_MAX = 160  # of what others wrote, on one line of the screen

DoorState = Literal["reading", "on trial", "off", "waiting", "down", "not heard"]


@dataclass(frozen=True, slots=True)
class Door:
    """One read point, and what was booked through it in the last day."""

    key: str  # its URI
    name: str
    gateway: str  # with its site, where there are several gateways
    state: DoorState
    why: str  # it is not reading; "" where it is
    ins: int
    outs: int
    last_us: int | None


@dataclass(frozen=True, slots=True)
class State:
    """The page in one sentence."""

    is_good: bool
    words: str


@dataclass(frozen=True, slots=True)
class PassLine:
    """One event: what went which way through which door."""

    key: str
    at_us: int
    door: str
    way: Literal["in", "out", ""]
    step: str  # what to say where there is no way
    pallets: tuple[str, ...]
    units: int
    goods: str
    is_booked: bool


@dataclass(frozen=True, slots=True)
class Change:
    """By how much a balance changed last, and when that happened."""

    quantity: int
    at_us: int


@dataclass(frozen=True, slots=True)
class AlertLine:
    """All alerts of one kind: how many, and the newest of them."""

    reason: str
    title: str
    sentence: str
    about: str
    count: int
    last_us: int


# -- doors ----------------------------------------------------------------------------------------


def doors(
    gateways: Sequence[GatewayView], crossings: Iterable[CrossingsRow], *, hears: bool
) -> list[Door]:
    """By gateway and name, numbers as numbers. `hears`: whether anything is heard of gateways."""
    counted = {(row.source, row.read_point, row.direction): row for row in crossings}
    found = []
    for gateway in gateways:
        said = gateway.said
        for read_point in said.read_points if said else ():
            source, key = gateway.source, read_point.read_point
            ins = counted.get((source, key, "in"))
            outs = counted.get((source, key, "out"))
            state, why = _door_state(gateway, read_point, hears=hears)
            found.append(
                Door(
                    key=key,
                    name=read_point.name,
                    gateway=source if len(gateways) > 1 else "",
                    state=state,
                    why=why,
                    ins=ins.count if ins else 0,
                    outs=outs.count if outs else 0,
                    last_us=max((row.last_us for row in (ins, outs) if row), default=None),
                )
            )
    return sorted(found, key=lambda door: (_natural(door.gateway), _natural(door.name), door.key))


def state(doors: Sequence[Door], *, hears: bool) -> State:
    """What a person must know first."""
    if not hears:
        return State(
            is_good=False,
            words="No connection to the broker: nothing new can come in."
            " What is below is what was last heard.",
        )
    if not doors:
        return State(is_good=False, words="No gateway has spoken yet.")
    reading = sum(door.state == "reading" for door in doors)
    if reading == len(doors):
        words = "The door is reading." if reading == 1 else f"All {reading} doors are reading."
        return State(is_good=True, words=words)
    sentences = [f"{reading} of {len(doors)} doors reading."]
    for word, wanted in (("Down", "down"), ("Waiting", "waiting"), ("On trial", "on trial")):
        names = [door.name for door in doors if door.state == wanted]
        if names:
            more = f" and {len(names) - 5} more" if len(names) > 5 else ""
            sentences.append(f"{word}: {', '.join(names[:5])}{more}.")
    return State(is_good=not any(d.state == "down" for d in doors), words=" ".join(sentences))


def _door_state(
    gateway: GatewayView, read_point: ReadPoint, *, hears: bool
) -> tuple[DoorState, str]:
    if not hears:
        return "not heard", "no connection to the broker"
    if not gateway.is_online:
        return "down", f"gateway {gateway.gateway} is offline"
    devices = _devices_of(gateway, read_point)
    away = next((device for device in devices if device.up is False), None)
    if away is not None:
        return "down", _cut(f"{away.name}: {away.why or 'no connection'}")
    silent = next((device for device in devices if device.up is None), None)
    if silent is not None:
        return "waiting", f"{silent.name} has not answered yet"
    match read_point.mode:
        case "live":
            return "reading", ""
        case "trial":
            return "on trial", "its passes are left for review"
        case "off":
            return "off", "it makes no passes"


def _devices_of(gateway: GatewayView, read_point: ReadPoint) -> list[Device]:
    """Those that the read point sees with; all, where the gateway does not say which."""
    devices = list(gateway.said.devices) if gateway.said else []
    if read_point.devices is None:
        return devices
    return [device for device in devices if device.name in read_point.devices]


# -- passes ---------------------------------------------------------------------------------------

_NOT_BOOKED = {
    "review": "left for review",
    "exception": "tags that nobody knows",
    "count": "a count",
    "scan": "a scan",
}


def passes(rows: Iterable[MovementRow], doors: Iterable[Door]) -> list[PassLine]:
    names = {door.key: door.name for door in doors}
    return [
        PassLine(
            key=_row_key(row),
            at_us=row.event_us,
            door=names.get(row.read_point or "") or short(row.read_point or ""),
            way="in" if row.direction == "in" else "out" if row.direction == "out" else "",
            step=_words(row.biz_step or row.kind),
            pallets=row.containers,
            units=row.units,
            goods=_goods(row),
            is_booked=row.verdict == "booked",
        )
        for row in rows
    ]


def last_changes(rows: Iterable[MovementRow]) -> dict[tuple[str, str], Change]:
    """The newest change of each balance (SKU, location) that `rows`, newest first, tell of."""
    changes: dict[tuple[str, str], Change] = {}
    for row in rows:
        moved: dict[tuple[str, str], int] = {}
        for line in row.lines:
            key = (line.sku, line.location)
            moved[key] = moved.get(key, 0) + line.quantity
        for key, quantity in moved.items():
            changes.setdefault(key, Change(quantity, row.event_us))
    return changes


def _row_key(row: MovementRow) -> str:
    """A declaration has the id of what it takes back."""
    return f"{row.event_id}#{row.record_us}" if row.kind == DECLARATION else row.event_id


def _goods(row: MovementRow) -> str:
    """How much of what, in base units."""
    if row.kind == DECLARATION:
        return "taken back" if row.lines else "declared an error, nothing booked"
    if row.verdict != "booked":
        return _NOT_BOOKED.get(row.kind, "nothing booked")
    moved: dict[str, int] = {}
    for line in row.lines:
        if line.quantity > 0:
            moved[line.sku] = moved.get(line.sku, 0) + line.quantity
    if not moved:
        return "no stock moved"
    (sku, quantity), *others = moved.items()
    if not others:
        return f"{number(quantity)} × {short(sku)}"
    return f"{number(sum(moved.values()))} of {len(moved)} items"


# -- alerts ---------------------------------------------------------------------------------------

_ORDER: dict[str, int] = {reason.value: n for n, reason in enumerate(Reason)}


def alerts(rows: Iterable[AlertRow], since_us: int) -> list[AlertLine]:
    """A line for each kind in `rows` (newest first); always in one order, so that none jumps."""
    kinds: dict[str, list[AlertRow]] = {}
    for row in sorted(rows, key=lambda row: _ORDER.get(row.reason, len(_ORDER))):
        if row.at_us >= since_us:
            kinds.setdefault(row.reason, []).append(row)
    return [
        AlertLine(
            reason=reason,
            title=_words(reason).capitalize(),
            sentence=MEANINGS[Reason(reason)].sentence if reason in _ORDER else "",
            about=_cut(short(same[0].about)),
            count=len(same),
            last_us=same[0].at_us,
        )
        for reason, same in kinds.items()
    ]


# -- words ----------------------------------------------------------------------------------------


def short(key: str) -> str:
    """A key as people read it: the number behind the application identifier.

    >>> short("https://id.gs1.org/00/195211411234567899")
    '(00) 195211411234567899'
    """
    identity = keys.parse(key)
    if identity is None:
        return key.rsplit("/", 1)[-1] if "://" in key else key
    return " ".join(f"({ai}) {value}" for ai, value in identity.pairs)


def number(value: int) -> str:
    """With thin spaces between thousands, and a minus as wide as a plus."""
    return f"{value:,}".replace(",", "\u202f").replace("-", "\u2212")


def signed(value: int) -> str:
    return f"+{number(value)}" if value > 0 else number(value)


def clock(now_us: int) -> Callable[[int], Markup]:
    """Instants as a page shows them that was made at `now_us`: UTC, the date where it is not today.

    The page's script shows the same instants in the time of whoever looks.
    """
    today = instant.to_text(now_us)[:10]

    def show(at_us: int) -> Markup:
        text = instant.to_text(at_us)
        date, time = text[:10], text[11:19]
        shown = time if date == today else f"{date} {time[:5]}"
        return Markup('<time datetime="{}">{}</time>').format(text, shown)

    return show


def _words(code: str) -> str:
    return code.replace("_", " ")


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_CHARACTERS_MAX else f"{text[:TEXT_CHARACTERS_MAX]}…"


def _natural(name: str) -> list[tuple[int, str]]:
    """door-2 before door-10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", name)]
