"""The page that the gateway itself shows: what is done here now, and whether it was taken.

It is for the screen beside a station, and works with the network down. One document without script
or address of another place, read anew every second or two by the browser; what others wrote (codes,
reasons) is text in it, never markup.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from gateway.core.station import Status
from gateway.core.station_scan import Task

REFRESH_S = 1  # a person looks up from the scanner, and expects the answer to be there
SCANS_SHOWN = 10
TEXT_CHARACTERS_MAX = 120  # of what was scanned or why a device is down, on one line


@dataclass(frozen=True, slots=True)
class ShownLight:
    """What a read point told the person, and when, as the site's time of day."""

    at: str
    is_good: bool
    text: str
    mark: str = ""  # where it is neither accepted nor refused


@dataclass(frozen=True, slots=True)
class ShownPoint:
    name: str
    kind: str
    mode: str  # trial, live
    passes: int
    lights: Sequence[ShownLight]  # the newest first
    status: Status | None  # of a station
    more: str = ""  # of a door: its document


@dataclass(frozen=True, slots=True)
class ShownDevice:
    name: str
    driver: str
    up: bool
    why: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the page says. `oldest_s`: how long the oldest event waits to be settled."""

    gateway: str  # site/gateway
    at: str  # the site's time of day
    is_connected: bool  # to the broker
    waiting: int
    oldest_s: float
    points: Sequence[ShownPoint]
    devices: Sequence[ShownDevice]


_STYLE = """
:root { color-scheme: light dark; font: 16px/1.4 system-ui, sans-serif }
body { margin: 1.5rem; max-width: 60rem }
h1 { font-size: 1.1rem; margin: 0 0 1rem }
h2 { font-size: 1rem; margin: 0 }
section { border: 1px solid #8888; border-radius: .5rem; padding: 1rem; margin: 0 0 1rem }
.task { font-size: 2.2rem; font-weight: 700; margin: .3rem 0 0 }
.what { margin: 0 0 .8rem }
table { border-collapse: collapse; width: 100% }
td { padding: .2rem .8rem .2rem 0; vertical-align: top }
td:first-child, .mark { white-space: nowrap }
.lights tr:first-child td { font-size: 1.2rem }
.good { color: #0a7a2f } .bad { color: #c01c28; font-weight: 700 }
@media (prefers-color-scheme: dark) { .good { color: #57d37c } .bad { color: #ff7b83 } }
"""


def page(shown: Shown) -> str:
    """The HTML document."""
    sections = [_point(point) for point in shown.points]
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            f'<meta http-equiv="refresh" content="{REFRESH_S}">',
            f"<title>{_text(shown.gateway)}</title><style>{_STYLE}</style></head><body>",
            f"<h1>{_text(shown.gateway)} at {_text(shown.at)}</h1>",
            *sections,
            _delivery(shown),
            _devices(shown.devices),
            "</body></html>",
            "",
        ]
    )


def _point(point: ShownPoint) -> str:
    rows = "".join(_light(light) for light in point.lights)
    lights = (
        f'<table class="lights">{rows}</table>' if rows else "<p>Nothing yet since the start.</p>"
    )
    return (
        f'<section id="{_text(point.name)}"><h2>{_text(point.name)}{_trial(point.mode)}</h2>'
        f"{_doing(point)}{lights}</section>"
    )


def _trial(mode: str) -> str:
    return " (on trial: nothing is booked)" if mode == "trial" else ""


def _doing(point: ShownPoint) -> str:
    status = point.status
    if status is None:
        words = f"{point.kind.replace('_', ' ')}, {point.passes} passes{point.more}"
        return f'<p class="what">{_text(words)}</p>'
    task = "nothing is done now" if status.task is Task.NONE else status.task.upper()
    said = [
        f"from {status.source}" if status.source else "",
        f"to {status.place}" if status.place and status.task is not Task.COUNT else "",
        f"at {status.place}" if status.place and status.task is Task.COUNT else "",
        f"quantity {status.quantity}" if status.quantity else "",
        f"operator {status.operator}" if status.operator else "no operator",
    ]
    return (
        f'<p class="task">{_text(task)}</p>'
        f'<p class="what">{_text(", ".join(each for each in said if each))}</p>'
    )


def _light(light: ShownLight) -> str:
    mark, name = ("✓ accepted", "good") if light.is_good else ("✗ refused", "bad")
    mark = light.mark or mark
    return (
        f'<tr><td>{_text(light.at)}</td><td class="mark {name}">{mark}</td>'
        f"<td>{_text(light.text)}</td></tr>"
    )


def _delivery(shown: Shown) -> str:
    broker = _state("good", "connected") if shown.is_connected else _state("bad", "not connected")
    if shown.waiting:
        waits = f"{shown.waiting} events wait, the oldest for {_age(shown.oldest_s)}"
    else:
        waits = "every event is in the books"
    return f'<section id="delivery"><h2>Delivery</h2><p>Broker {broker}; {waits}.</p></section>'


def _devices(devices: Iterable[ShownDevice]) -> str:
    rows = "".join(
        f"<tr><td>{_text(each.name)}</td><td>{_text(each.driver)}</td><td>{_is_up(each)}</td></tr>"
        for each in devices
    )
    return f'<section id="devices"><h2>Devices</h2><table>{rows}</table></section>'


def _is_up(device: ShownDevice) -> str:
    if device.up:
        return _state("good", "up")
    return _state("bad", f"down: {device.why or 'no connection yet'}")


def _state(name: str, words: str) -> str:
    return f'<span class="{name}">{_text(words)}</span>'


def document(uri: str | None, list_age_s: float | None) -> str:
    """What a door is bound to, behind what else is said of it.

    >>> document("urn:x:1", 7300.0), document("urn:x:1", None), document(None, None)
    (', of urn:x:1 (list 2 h old)', ', of urn:x:1 (no list here)', '')
    """
    if uri is None:
        return ""
    its_list = "no list here" if list_age_s is None else f"list {_age(list_age_s)} old"
    return f", of {uri} ({its_list})"


def _age(seconds: float) -> str:
    """
    >>> _age(59.0), _age(61.0), _age(7300.0)
    ('59 s', '1 min', '2 h')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds // 60:.0f} min" if seconds < 3600 else f"{seconds // 3600:.0f} h"


def _text(words: str) -> str:
    cut = words if len(words) <= TEXT_CHARACTERS_MAX else words[:TEXT_CHARACTERS_MAX] + "…"
    return escape(cut)
