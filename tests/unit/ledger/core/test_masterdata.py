import pytest

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
            RowError(3, "columns", "4", "5 in at most 1000000 rows"),
            RowError(3, "quantity", "", "a whole number from 1 to 999999999"),
        )
    )


def test_a_key_stands_in_a_file_once() -> None:
    text = ITEMS + "TEA,Tea,pack,9521141012345,1\nTEE,Tea,pack,09521141012345,12\n"

    assert read(text) == Refused((RowError(3, "sku", TEA, "each key once"),))


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
