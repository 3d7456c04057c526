"""Master data as people bring it: CSV rows, judged one by one, with every error named.

Which kind a file is, its header tells. Nothing of a file with an error is taken.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from unicodedata import category

from gs1.check_digit import is_valid
from gs1.keys import Gtin
from ledger.core.booking import PACK_QUANTITY_MAX, LocationKind

ROWS_MAX = 1_000_000
TEXT_CHARACTERS_MAX = 200
TOLD_CHARACTERS_MAX = 80  # of a cell that is wrong

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_BLANKS = " \t\xa0"
_CONTROL = ("Cc", "Zl", "Zp")  # as Unicode has them: ends of lines, too

# What the books call their own: a placeholder is named by its key, a place outside by its kind.
_PLACEHOLDERS = ("http://", "https://", "urn:")
_OUTSIDE = tuple(f"{kind}:" for kind in LocationKind if kind is not LocationKind.INTERNAL)


class ItemRow(NamedTuple):
    """An item, and one GTIN that stands for so many base units of it."""

    sku: str
    description: str
    unit: str
    class_key: str
    quantity: int


class LocationRow(NamedTuple):
    key: str
    name: str
    kind: str
    site: str


class DocumentRow(NamedTuple):
    key: str
    kind: str
    party: str


Rows = list[ItemRow] | list[LocationRow] | list[DocumentRow]


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one cell. `row` counts from 1 as a spreadsheet does, header included."""

    row: int
    column: str
    value: str
    expected: str

    def __str__(self) -> str:
        value = self.value[:TOLD_CHARACTERS_MAX]
        return f"row {self.row}: {self.column} {value!r}: expected {self.expected}"


@dataclass(frozen=True, slots=True)
class Table:
    """A good file."""

    rows: Rows


@dataclass(frozen=True, slots=True)
class Refused:
    """A file with errors: all of them."""

    errors: tuple[RowError, ...]


def read(text: str) -> Table | Refused:
    """The rows of a CSV file whose header is one of those of _KINDS."""
    cells = _cells(text.removeprefix("\ufeff"))
    header = tuple(name.strip() for name in next(cells, None) or ())
    kind = _KINDS.get(header)
    if kind is None:
        known = " or ".join(",".join(names) for names in _KINDS)
        return Refused((RowError(1, "header", ",".join(header), known),))
    rows: list[ItemRow | LocationRow | DocumentRow] = []
    errors: list[RowError] = []
    seen: set[str] = set()
    for number, found in enumerate(cells, start=2):
        if found is None or number > ROWS_MAX:
            errors.append(_end(number, found))
            break
        values = [cell.strip(_BLANKS) for cell in found]
        if not any(values):
            continue
        row = _Row(number, dict(zip(header, values, strict=False)))
        if len(values) != len(header):
            row.refuse("columns", str(len(values)), str(len(header)))
        made = kind.make(row)
        key = made.class_key if isinstance(made, ItemRow) else made.key
        if key in seen and not row.errors:
            row.refuse(kind.key, row.cells[kind.key], "each key once")
        seen.add(key)
        rows.append(made)
        errors += row.errors
    return Refused(tuple(errors)) if errors else Table(rows)  # type: ignore[arg-type]


def _cells(text: str) -> Iterator[list[str] | None]:
    """Each row's cells; None, and nothing after it, where a cell is longer than csv reads.

    Only the line ends of files end a row: str.splitlines also cuts at what may stand in a text.
    """
    reader = csv.reader(line[0] for line in _LINE.finditer(text))
    try:
        yield from reader
    except csv.Error:
        yield None


def _end(number: int, cells: list[str] | None) -> RowError:
    """Why no row is read from this one on."""
    if cells is None:
        most = csv.field_size_limit()
        return RowError(number, "row", "", f"cells of at most {most} characters")
    return RowError(number, "row", str(number), f"at most {ROWS_MAX} rows, header included")


@dataclass(slots=True)
class _Row:
    """One row being read: takes cells, gathers what is wrong with them."""

    number: int
    cells: Mapping[str, str]
    errors: list[RowError] = field(default_factory=list)

    def refuse(self, column: str, value: str, expected: str) -> None:
        self.errors.append(RowError(self.number, column, value, expected))

    def text(self, column: str) -> str:
        value = self.cells.get(column, "")
        if not value or len(value) > TEXT_CHARACTERS_MAX:
            self.refuse(column, value, f"1 to {TEXT_CHARACTERS_MAX} characters")
        control = next((char for char in value if category(char) in _CONTROL), None)
        if control is not None:
            self.refuse(column, value, f"no control character, as U+{ord(control):04X} is one")
        return value

    def key(self, column: str, reserved: tuple[str, ...]) -> str:
        """A text that does not begin as the keys that the books give by themselves."""
        value = self.text(column)
        if value.startswith(reserved):
            self.refuse(column, value, f"no key that begins with {' or '.join(reserved)}")
        return value

    def word(self, column: str, *words: str) -> str:
        value = self.cells.get(column, "")
        if value not in words:
            self.refuse(column, value, " or ".join(words))
        return value

    def count(self, column: str) -> int:
        value = self.cells.get(column, "")
        digits = value.isascii() and value.isdigit() and len(value) <= TEXT_CHARACTERS_MAX
        count = int(value) if digits else 0
        if not 0 < count <= PACK_QUANTITY_MAX:
            self.refuse(column, value, f"a whole number from 1 to {PACK_QUANTITY_MAX}")
        return count

    def gtin(self, column: str) -> str:
        value = self.cells.get(column, "")
        if not any(is_valid(value, length) for length in (8, 12, 13, 14)):
            self.refuse(column, value, "a GTIN of 8, 12, 13 or 14 digits with its check digit")
        return value.zfill(14)


def _item(row: _Row) -> ItemRow:
    return ItemRow(
        sku=row.key("sku", _PLACEHOLDERS),
        description=row.text("description"),
        unit=row.text("unit"),
        class_key=Gtin(row.gtin("gtin")).key,
        quantity=row.count("quantity"),
    )


def _location(row: _Row) -> LocationRow:
    kinds = (LocationKind.INTERNAL.value,)
    return LocationRow(
        row.key("location", _OUTSIDE), row.text("name"), row.word("kind", *kinds), row.text("site")
    )


def _document(row: _Row) -> DocumentRow:
    kinds = ("purchase", "sale", "transfer")
    return DocumentRow(row.text("document"), row.word("kind", *kinds), row.text("party"))


class _Kind(NamedTuple):
    key: str  # the column that names a thing
    make: Callable[[_Row], ItemRow | LocationRow | DocumentRow]


_KINDS: dict[tuple[str, ...], _Kind] = {
    ("sku", "description", "unit", "gtin", "quantity"): _Kind("gtin", _item),
    ("location", "name", "kind", "site"): _Kind("location", _location),
    ("document", "kind", "party"): _Kind("document", _document),
}
