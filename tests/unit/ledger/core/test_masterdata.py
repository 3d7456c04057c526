import pytest

from ledger.core import masterdata
from ledger.core.masterdata import (
    DocumentRow,
    ItemRow,
    LocationRow,
    Refused,
    RowError,
    Rows,
    Table,
    read,
)

ITEMS = "sku,description,unit,gtin,quantity\n"
TEA = "https://id.gs1.org/01/09521141012345"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            ITEMS + 'TEA,"Tea, green",pack,09521141012345,12\n\n',
            [ItemRow("TEA", "Tea, green", "pack", TEA, 12)],
        ),
        (
            "\ufeff" + ITEMS + "TEA,Tea,pack,9521141012345, 12 \n",
            [ItemRow("TEA", "Tea", "pack", TEA, 12)],
        ),
        (
            "location,name,kind,site\nurn:x:hall,Hall 1,internal,rotterdam\n",
            [LocationRow("urn:x:hall", "Hall 1", "internal", "rotterdam")],
        ),
        (
            "document,kind,party\nurn:x:po-1,purchase,acme\n",
            [DocumentRow("urn:x:po-1", "purchase", "acme")],
        ),
        (ITEMS, []),
    ],
)  # fmt: skip
def test_the_header_tells_what_a_file_holds(text: str, rows: Rows) -> None:
    assert read(text) == Table(rows)


def test_every_error_of_a_file_is_named_with_row_and_column() -> None:
    text = ITEMS + ",Tea,pack,9521141012346,0\nTEA,Tea,pack,9521141012345\n"

    assert read(text) == Refused(
        (
            RowError(2, "sku", "", "1 to 200 characters"),
            RowError(
                2, "gtin", "9521141012346", "a GTIN of 8, 12, 13 or 14 digits with its check digit"
            ),
            RowError(2, "quantity", "0", "a whole number from 1 to 999999999"),
            RowError(3, "columns", "4", "5"),
            RowError(3, "quantity", "", "a whole number from 1 to 999999999"),
        )
    )


def test_a_key_stands_in_a_file_once() -> None:
    text = ITEMS + "TEA,Tea,pack,9521141012345,1\nTEE,Tea,pack,09521141012345,12\n"

    assert read(text) == Refused((RowError(3, "gtin", "09521141012345", "each key once"),))


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("location,name,kind,site\nh,Hall 1,internal,r\nh,Hall 2,internal,r\n", "location"),
        ("document,kind,party\nh,sale,acme\nh,sale,acme\n", "document"),
    ],
)
def test_a_repeated_key_is_told_by_its_column(text: str, column: str) -> None:
    assert read(text) == Refused((RowError(3, column, "h", "each key once"),))


@pytest.mark.parametrize("char", ["\x00", "\x0b", "\x0c", "\x1c", "\x1f", "\x7f", "\x85", "\u2028"])
@pytest.mark.parametrize("column", ["sku", "description", "unit"])
def test_a_control_character_is_refused_and_ends_no_row(char: str, column: str) -> None:
    cells = {"sku": "TEA", "description": "Tea", "unit": "pack"} | {column: f"a{char}b"}
    text = ITEMS + ",".join(cells.values()) + ",9521141012345,1\n"

    assert read(text) == Refused(
        (RowError(2, column, f"a{char}b", f"no control character, as U+{ord(char):04X} is one"),)
    )


def test_a_row_may_end_as_files_end_their_rows() -> None:
    rows = ["T1,Tea,pack,9521141012345,1", 'T2,"Tea, black",pack,9521141098769,1']

    for end in ("\n", "\r\n", "\r"):
        assert read(end.join([ITEMS.strip(), *rows])) == Table(
            [
                ItemRow("T1", "Tea", "pack", TEA, 1),
                ItemRow("T2", "Tea, black", "pack", "https://id.gs1.org/01/09521141098769", 1),
            ]
        )


@pytest.mark.parametrize(
    "key", ["unknown:rotterdam", "supplier:acme", "customer:x", "transit:", "production:x"]
)
def test_the_ledger_s_own_places_are_no_locations(key: str) -> None:
    assert read(f"location,name,kind,site\n{key},Hall 1,internal,rotterdam\n") == Refused(
        (
            RowError(
                2,
                "location",
                key,
                "no key that begins with supplier: or customer: or transit: or unknown:"
                " or production:",
            ),
        )
    )


@pytest.mark.parametrize("sku", [TEA, "http://x", "urn:epc:raw:96.x30"])
def test_a_key_is_no_sku(sku: str) -> None:
    """Placeholder items bear the keys that nobody has explained."""
    assert read(f"{ITEMS}{sku},Tea,pack,9521141012345,1\n") == Refused(
        (RowError(2, "sku", sku, "no key that begins with http:// or https:// or urn:"),)
    )


def test_a_cell_that_is_too_long_to_read_is_refused_with_its_row() -> None:
    text = ITEMS + f"TEA,Tea,pack,9521141012345,1\nA,{'x' * 200_000},p,09521141098769,1\n"

    assert read(text) == Refused((RowError(3, "row", "", "cells of at most 131072 characters"),))


@pytest.mark.parametrize("first", ["x" * 100_000, "x" * 200_000])
def test_a_header_that_is_none_is_told_in_short(first: str) -> None:
    refused = read(first + "\n")

    assert isinstance(refused, Refused)
    (error,) = refused.errors
    assert error.column == "header"
    assert len(str(error)) < 250


def test_a_file_has_a_bounded_number_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masterdata, "ROWS_MAX", 3)
    two = "A,Tea,pack,9521141012345,1\nB,Tea,pack,9521141098769,1\n"

    assert isinstance(read(ITEMS + two), Table)
    assert read(ITEMS + two + "C,Tea,pack,0,1\nD,,,,\n") == Refused(
        (RowError(4, "row", "4", "at most 3 rows, header included"),)
    )


@pytest.mark.parametrize(
    ("quantity", "good"),
    [("1", True), ("999999999", True), ("1000000000", False), ("-1", False), ("1.5", False),
     ("1e3", False), ("\u0663", False), ("9" * 5000, False)],
)  # fmt: skip
def test_a_pack_is_a_whole_number_within_its_bound(quantity: str, good: bool) -> None:
    assert isinstance(read(f"{ITEMS}T,Tea,pack,9521141012345,{quantity}\n"), Table) is good


def test_a_word_of_another_list_names_the_list() -> None:
    assert read("document,kind,party\nurn:x:1,gift,acme\n") == Refused(
        (RowError(2, "kind", "gift", "purchase or sale or transfer"),)
    )


@pytest.mark.parametrize("text", ["", "sku;gtin\n"])
def test_an_unknown_header_names_those_there_are(text: str) -> None:
    refused = read(text)

    assert isinstance(refused, Refused)
    assert str(refused.errors[0]) == (
        f"row 1: header {text.strip()!r}: expected sku,description,unit,gtin,quantity"
        " or location,name,kind,site or document,kind,party"
    )
