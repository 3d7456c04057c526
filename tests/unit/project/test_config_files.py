"""The shipped configuration is a page of documentation that must stay true."""

import configparser
import re
import tomllib
import typing
from pathlib import Path

import pytest
from pydantic import BaseModel

from drivers.hid.settings import HidSettings
from drivers.llrp.protocol.wanted import Purpose
from drivers.llrp.settings import Impinj, LlrpSettings
from drivers.scanner.settings import ScannerTable, StreamTable
from drivers.serial.settings import SerialSettings
from drivers.tcp.settings import TcpSettings
from gateway.settings import file as gateway
from gateway.settings.dock_door import DockDoorTable
from gateway.settings.shelf import ShelfTable, ZoneTable
from gateway.settings.station import FeedbackTable, StationTable
from ledger import settings as ledger
from wire import toml

CONFIG = Path(__file__).parents[3] / "config"
_OPTION = re.compile(r"^#([a-z_]+ = \S.*)$", re.MULTILINE)

_EXAMPLE = re.compile(r"^# ([a-z_]+ = \S.*)$", re.MULTILINE)  # of an option without a default


def shipped(name: str) -> str:
    return (CONFIG / name).read_text()


def with_defaults_said(text: str) -> str:
    """The text with every option that stands behind a # switched on."""
    return _OPTION.sub(r"\1", text)


def with_examples_said(text: str) -> str:
    """The same with every example switched on, too."""
    return _EXAMPLE.sub(r"\1", with_defaults_said(text))


@pytest.mark.parametrize(
    ("name", "model"),
    [("gateway.toml", gateway.GatewaySettings), ("ledger.toml", ledger.LedgerSettings)],
)
def test_the_defaults_in_the_comments_are_the_defaults(name: str, model: type[BaseModel]) -> None:
    as_shipped = toml.read(shipped(name), model)
    said = (
        with_defaults_said(shipped(name))
        .replace('username = ""', "")
        .replace('password_file = ""', "")
    )

    assert isinstance(as_shipped, model)
    assert toml.read(said, model) == as_shipped


def test_the_examples_are_settings_that_may_be() -> None:
    said = with_examples_said(shipped("gateway.toml")).replace('password_file = ""', "")
    read = toml.read(said, gateway.GatewaySettings)

    assert isinstance(read, gateway.GatewaySettings), read
    assert read.reader[0].impinj == Impinj()
    assert read.reader[0].mode == Purpose.DENSE


def test_the_shipped_gateway_settings_name_only_what_there_is() -> None:
    loaded = gateway.load(CONFIG / "gateway.toml")

    assert loaded.settings.misfits() == []
    assert loaded.settings.read_point[0].mode == "trial"


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        (
            "gateway.toml",
            {
                "gateway": gateway.GatewayTable,
                "mqtt": gateway.MqttTable,
                "identify": gateway.IdentifyTable,
                "filter": gateway.FilterTable,
                "commission": gateway.CommissionTable,
                "ledger": gateway.LedgerTable,
                "local_page": gateway.LocalPageTable,
                "log": gateway.LogTable,
                "reader": LlrpSettings,
                "read_point": DockDoorTable,
            },
        ),
        (
            "ledger.toml",
            {
                "ledger": ledger.LedgerTable,
                "http": ledger.HttpTable,
                "mqtt": ledger.MqttTable,
                "log": ledger.LogTable,
            },
        ),
    ],
)
def test_every_option_stands_in_the_file(name: str, tables: dict[str, type[BaseModel]]) -> None:
    said = tomllib.loads(with_examples_said(shipped(name)))

    for table, model in tables.items():
        keys = said[table][0] if isinstance(said[table], list) else said[table]
        assert set(keys) == set(model.model_fields), table


def test_every_option_of_a_scanner_stands_in_the_file() -> None:
    """The first block has what all have; the others add what is of a serial port or a keyboard."""
    tcp, serial, hid = tomllib.loads(with_examples_said(shipped("gateway.toml")))["scanner"]

    assert set(tcp) == set(TcpSettings.model_fields)
    own = set(SerialSettings.model_fields) - set(StreamTable.model_fields)
    assert set(serial) == own | {"name"}
    own = set(HidSettings.model_fields) - set(ScannerTable.model_fields)
    assert set(hid) == own | {"name"}


def test_every_option_of_a_shelf_stands_in_the_file() -> None:
    _, shelf, _ = tomllib.loads(with_examples_said(shipped("gateway.toml")))["read_point"]

    assert set(shelf) == set(ShelfTable.model_fields)
    assert set(shelf["zone"][0]) == set(ZoneTable.model_fields)


def test_every_option_of_a_station_stands_in_the_file() -> None:
    *_, station = tomllib.loads(with_examples_said(shipped("gateway.toml")))["read_point"]

    named = {field.alias or name for name, field in StationTable.model_fields.items()}
    assert set(station) == named
    assert set(station["feedback"]) == set(FeedbackTable.model_fields)


@pytest.mark.parametrize("name", ["gateway", "ledger"])
def test_a_service_writes_only_where_it_may(name: str) -> None:
    """A relative data_dir is one below the state directory: all else is read-only to it."""
    unit = configparser.RawConfigParser(strict=False, interpolation=None)
    unit.read(CONFIG.parent / "systemd" / f"readpoint-{name}.service")
    service = unit["Service"]

    assert service["ProtectSystem"] == "strict"
    assert service["StateDirectory"] == f"readpoint/{name}"
    assert service["WorkingDirectory"] == f"/var/lib/readpoint/{name}"
    data_dir = Path(tomllib.loads(with_defaults_said(shipped(f"{name}.toml")))[name]["data_dir"])
    assert not data_dir.is_absolute()


@pytest.mark.parametrize(
    ("name", "models"),
    [("readers.md", [LlrpSettings]), ("scanners.md", [SerialSettings, TcpSettings, HidSettings])],
)
def test_every_setting_of_a_device_stands_in_its_table(
    name: str, models: list[type[BaseModel]]
) -> None:
    """By the names that the models have, a table's with those in it."""
    page = (CONFIG.parent / "docs" / name).read_text()
    first_cells = re.findall(r"^\| (`.*?`) \|", page, re.MULTILINE)
    said = {key for cell in first_cells for key in re.findall(r"`([a-z_.]+)`", cell)}

    for model in models:
        assert keys_of(model) <= said, model


def keys_of(model: type[BaseModel], prefix: str = "") -> set[str]:
    keys = set()
    for name, field in model.model_fields.items():
        keys.add(prefix + name)
        for each in (field.annotation, *typing.get_args(field.annotation)):
            if isinstance(each, type) and issubclass(each, BaseModel):
                keys |= keys_of(each, f"{prefix}{name}.")
    return keys
