"""The demo's files: settings and master data that fit each other and the scene."""

import csv
import tomllib
from pathlib import Path

import pytest

from simulator.demo.layout import GLN, HALL, IDLE_S, Layout, Ports, UsedFolder, door_of, quantities

PORTS = Ports(broker=1899, http=8099, readers=(5001, 5002))


def test_both_sides_meet_at_one_broker_and_each_door_has_its_reader(tmp_path: Path) -> None:
    layout = Layout(tmp_path, PORTS)
    layout.write()

    gateway = tomllib.loads(layout.gateway_toml.read_text())
    ledger = tomllib.loads(layout.ledger_toml.read_text())

    assert gateway["mqtt"] == ledger["mqtt"] == {"port": 1899}
    assert ledger["http"] == {"port": 8099}
    assert layout.url == "http://127.0.0.1:8099"
    assert [(each["name"], each["port"]) for each in gateway["reader"]] == [
        ("dock-1", 5001),
        ("dock-2", 5002),
    ]
    assert [each["read_point"] for each in gateway["read_point"]] == [
        door_of("dock-1"),
        door_of("dock-2"),
    ]
    assert {each["idle_s"] for each in gateway["read_point"]} == {IDLE_S}
    assert door_of("dock-2") == f"{GLN}/door-2"


def test_the_master_data_explain_all_goods_and_the_hall(tmp_path: Path) -> None:
    layout = Layout(tmp_path, PORTS)
    layout.write()

    with layout.items_csv.open() as file:
        items = {
            f"https://id.gs1.org/01/{row['gtin']}": (row["sku"], int(row["quantity"]))
            for row in csv.DictReader(file)
        }
    with layout.locations_csv.open() as file:
        (hall,) = csv.DictReader(file)

    assert items == quantities()
    assert (hall["location"], hall["kind"]) == (HALL, "internal")


@pytest.mark.parametrize("part", ["ledger", "gateway"])
def test_a_folder_with_books_is_refused(tmp_path: Path, part: str) -> None:
    layout = Layout(tmp_path, PORTS)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / part).mkdir()
    layout.refuse_books()

    (tmp_path / part / "any.sqlite").touch()

    with pytest.raises(UsedFolder) as refused:
        layout.refuse_books()
    assert str(refused.value) == (
        f"{tmp_path}/{part}: there are books of another run already:"
        " expected a new folder, or one without"
    )
