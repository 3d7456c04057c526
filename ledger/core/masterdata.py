"""Master data as people bring it: CSV rows, judged one by one, with every error named.

Which kind a file is, its header tells. Nothing of a file with an error is taken.
"""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from gs1.check_digit import is_valid
from gs1.keys import Gtin
from ledger.core.booking import PACK_QUANTITY_MAX, LocationKind

ROWS_MAX = 1_000_000
TEXT_CHARACTERS_MAX = 200


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
        return f"row {self.row}: {self.column} {self.value!r}: expected {self.expected}"


@dataclass(frozen=True, slots=True)
class Table:
    """A good file."""

    rows: Rows


@dataclass(frozen=True, slots=True)
class Refused:
    """A file with errors: all of them."""

    errors: tuple[RowError, ...]


def read(text: str) -> Table | Refused:
    """The rows of a CSV file whose header is one of HEADERS."""
    reader = csv.reader(text.removeprefix("\ufeff").splitlines(keepends=True))
    header = tuple(name.strip() for name in next(reader, []))
    make = _MAKERS.get(header)
    if make is None:
        known = " or ".join(",".join(names) for names in _MAKERS)
        return Refused((RowError(1, "header", ",".join(header), known),))
    rows: list[ItemRow | LocationRow | DocumentRow] = []
    errors: list[RowError] = []
    seen: set[str] = set()
    for number, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        row = _Row(number, dict(zip(header, (cell.strip() for cell in cells), strict=False)))
        if len(cells) != len(header) or number > ROWS_MAX:
            row.refuse("columns", str(len(cells)), f"{len(header)} in at most {ROWS_MAX} rows")
        made = make(row)
        key = made.class_key if isinstance(made, ItemRow) else made.key
        if key in seen and not row.errors:
            row.refuse(header[0], key, "each key once")
        seen.add(key)
        rows.append(made)
        errors += row.errors
    return Refused(tuple(errors)) if errors else Table(rows)  # type: ignore[arg-type]


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
        sku=row.text("sku"),
        description=row.text("description"),
        unit=row.text("unit"),
        class_key=Gtin(row.gtin("gtin")).key,
        quantity=row.count("quantity"),
    )


def _location(row: _Row) -> LocationRow:
    kinds = (LocationKind.INTERNAL.value,)
    return LocationRow(
        row.text("location"), row.text("name"), row.word("kind", *kinds), row.text("site")
    )


def _document(row: _Row) -> DocumentRow:
    kinds = ("purchase", "sale", "transfer")
    return DocumentRow(row.text("document"), row.word("kind", *kinds), row.text("party"))


_MAKERS: dict[tuple[str, ...], Callable[[_Row], ItemRow | LocationRow | DocumentRow]] = {
    ("sku", "description", "unit", "gtin", "quantity"): _item,
    ("location", "name", "kind", "site"): _location,
    ("document", "kind", "party"): _document,
}
