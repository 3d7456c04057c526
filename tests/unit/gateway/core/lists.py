"""Lists for tests: what a central system would have published for door-1."""

from gateway.core.expected import Lists
from wire import instant
from wire.expected import Expected, Line, Place, Way

START_US = 1_700_000_000_000_000
URI = "urn:example:desadv:4711"
DOORS = frozenset({"door-1", "door-2"})
PALLET = "https://id.gs1.org/00/195211411234567899"
OTHER_PALLET = "https://id.gs1.org/00/095211411234567892"
TEA = "https://id.gs1.org/01/09521141012345"
COFFEE = "https://id.gs1.org/01/09521141012352"


def tea(serial: int) -> str:
    return f"{TEA}/21/{serial}"


def part(
    *lines: Line,
    number: int = 1,
    parts: int = 1,
    version: int = 1,
    uri: str = URI,
    direction: Way = "in",
    made_us: int = START_US,
    code: str | None = None,
) -> Expected:
    return Expected(
        document=uri,
        type="desadv",
        version=version,
        part=number,
        parts=parts,
        direction=direction,
        made=instant.to_text(made_us),
        code=code,
        lines=lines,
    )


def things(*keys: str, on: str | None = None) -> list[Line]:
    return [Line(key=key, parent=on) for key in keys]


def place(number: int = 1, door: str = "door-1", name: str = "DA-4711") -> Place:
    return Place(door, name, number)


def lists(*parts: Expected, door: str = "door-1", name: str = "DA-4711") -> Lists:
    made = Lists(DOORS)
    for each in parts:
        assert made.put(place(each.part, door, name), each) == ""
    return made
