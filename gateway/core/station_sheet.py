"""The sheet that hangs at a station: its commands, digits, places and badges as codes to scan."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape

from gateway.core.commands import BADGE, Command, Digit

Draw = Callable[[str], str]  # the text of a code -> an <svg>

_SAYS = {
    Command.RECEIVE: "Receive: goods come in",
    Command.SHIP: "Ship: goods go out",
    Command.MOVE: "Move: scan the place FROM, the place TO, then the goods",
    Command.COUNT: "Count: scan the place, then the goods",
    Command.DONE: "Done: nothing is done now",
    Command.UNDO: "Undo the last scan",
    Command.CANCEL: "Cancel what is half said",
    Command.CLEAR: "No quantity",
}

_STYLE = """
@page { size: A4; margin: 12mm }
body { font: 11pt sans-serif; color: #000; background: #fff; margin: 0 }
h1 { font-size: 16pt; margin: 0 0 2mm } h2 { font-size: 13pt; margin: 5mm 0 2mm }
.codes { display: flex; flex-wrap: wrap; gap: 6mm 4mm }
figure { margin: 0; break-inside: avoid } svg { display: block }
figcaption { font-weight: bold; margin-left: 6mm }
small { display: block; font-weight: normal }
"""


def sheet(station: str, locations: Mapping[str, str], operators: Sequence[str], draw: Draw) -> str:
    """An HTML document, complete in itself. `locations`: label -> key of the place."""
    commands = [(each.code, says) for each, says in _SAYS.items()]
    digits = [(Digit(value).code, str(value)) for value in range(10)]
    places = [(label, f"{label}\n{key}") for label, key in locations.items()]
    badges = [(f"{BADGE}{name}", name) for name in operators]
    parts = [
        _codes("What is done", commands, draw),
        _codes("Quantity of the next goods: digit by digit", digits, draw),
        _codes("Places", places, draw),
        _codes("Badges", badges, draw),
    ]
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f"<title>{escape(station)}: commands</title><style>{_STYLE}</style></head><body>",
            f"<h1>{escape(station)}</h1>",
            "<p>Print at 100 %; the bars need the white around them.</p>",
            *parts,
            "</body></html>",
            "",
        ]
    )


def _codes(title: str, codes: Iterable[tuple[str, str]], draw: Draw) -> str:
    figures = [_figure(draw(text), says) for text, says in codes]
    if not figures:
        return ""
    return f'<h2>{escape(title)}</h2><div class="codes">{"".join(figures)}</div>'


def _figure(drawn: str, says: str) -> str:
    title, _, detail = says.partition("\n")
    more = f"<small>{escape(detail)}</small>" if detail else ""
    return f"<figure>{drawn}<figcaption>{escape(title)}{more}</figcaption></figure>"
