from pathlib import Path

import pytest

from gateway.core.filter import Filter
from gateway.settings.dock_door import neighbours_of
from gateway.settings.file import GatewaySettings, MqttTable, SettingsError, load, load_for_replay
from wire.topics import Source

GOOD = """\
[gateway]
id = "dock-pi-1"
site = "rotterdam"
timezone = "Europe/Amsterdam"

[[reader]]
name = "dock-1"
driver = "llrp"
host = "192.0.2.21"
antennas = [{ port = 1, power_dbm = 30.0 }, { port = 2 }]

[[read_point]]
name = "door-1"
kind = "dock_door"
read_point = "https://id.gs1.org/414/9521141123454/254/door-1"
inner = ["dock-1:1"]
outer = ["dock-1:2"]
inbound = { biz_step = "receiving", biz_location = "urn:x:hall", from = "supplier" }
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "gateway.toml"
    path.write_text(text)
    return path


def problems(folder: Path, text: str) -> list[str]:
    path = write(folder, text)
    with pytest.raises(SettingsError) as refused:
        load(path)
    return [line.removeprefix(f"{path}: ") for line in str(refused.value).splitlines()]


def test_good_settings_are_read(tmp_path: Path) -> None:
    settings = load(write(tmp_path, GOOD)).settings
    (door,) = settings.doors

    assert settings.source == Source("rotterdam", "dock-pi-1")
    assert settings.mqtt == MqttTable(host="127.0.0.1", port=1883)
    assert door.plan().inner == {"dock-1:1"}
    assert door.plan().idle_us == 3_000_000
    (at_work,) = settings.at_work()
    assert (at_work.kind, at_work.machine.name) == ("dock_door", "door-1")
    assert (at_work.voice.mode, str(at_work.voice.zone)) == ("trial", "Europe/Amsterdam")
    assert door.ways.inbound.claimed_from == "supplier"
    assert door.ways.outbound.biz_step == "shipping"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("site", "sit"), ["line 1: gateway.site: missing",
                           'line 3: gateway.sit: unknown key; did you mean "site"?']),
        (('"dock-pi-1"', '"ledger"'), ['line 2: gateway.id: "ledger" is the ledger\'s own name']),
        (('"dock-pi-1"', '"Dock"'),
         ['line 2: gateway.id: expected a-z, 0-9 and "-", at most 32 of them']),
        (("Europe/Amsterdam", "Europe/Rotterdam"),
         ['line 4: gateway.timezone: unknown time zone "Europe/Rotterdam":'
          " expected e.g. Europe/Berlin"]),
        (('"llrp"', '"lrp"'), ["line 8: reader[0].driver: Input should be 'llrp'"]),
        (("{ port = 2 }", "{ port = 1 }"),
         ["line 10: reader[0].antennas: an antenna port stands here twice"]),
        (('["dock-1:2"]', '["dock-2:2"]'),
         ['line 17: read_point[0].outer: no antenna "dock-2:2"; did you mean "dock-1:2"?']),
        (('["dock-1:2"]', '["dock-1:1"]'),
         ["line 12: read_point[0]: dock-1:1 is inner and outer: an antenna has one side"]),
        (('["dock-1:2"]', '["dock-1"]'),
         ['line 17: read_point[0].outer[0]: expected reader and port, as "dock-1:2"']),
        (('host = "192.0.2.21"', "host = "), ["line 9: Invalid value"]),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_line_and_key(
    tmp_path: Path, change: tuple[str, str], expected: list[str]
) -> None:
    assert problems(tmp_path, GOOD.replace(*change, 1)) == expected


TWO = """
[[read_point]]
name = "door-2"
kind = "dock_door"
read_point = "urn:test:door-2"
inner = ["dock-1:3"]
outer = ["dock-1:4"]
neighbours = ["door-1"]
"""


def test_a_door_is_its_neighbours_neighbour_whichever_says_so(tmp_path: Path) -> None:
    good = GOOD.replace("{ port = 2 }", "{ port = 2 }, { port = 3 }, { port = 4 }") + TWO
    settings = load(write(tmp_path, good)).settings

    neighbours = neighbours_of(settings.doors)

    assert neighbours.of == {"door-1": {"door-2"}, "door-2": {"door-1"}}
    assert neighbours.patience_us == 3_000_000
    assert [each.name for each in settings.at_work()] == ["door-1", "door-2"]
    line = good.count("\n", 0, good.index("neighbours")) + 1
    for other in ("door-2", "door-3"):
        assert problems(tmp_path, good.replace('["door-1"]', f'["{other}"]')) == [
            f'line {line}: read_point[1].neighbours: no other door "{other}";'
            ' did you mean "door-1"?'
        ]


SHELF = """
[[read_point]]
name = "rack-7"
kind = "shelf"
read_point = "urn:test:rack-7"
depart_s = 90.0
[[read_point.zone]]
name = "top"
biz_location = "urn:test:top"
antennas = ["dock-1:3"]
[[read_point.zone]]
name = "bottom"
biz_location = "urn:test:bottom"
antennas = ["dock-1:4"]
"""


def test_a_shelf_has_zones_with_antennas_of_their_own(tmp_path: Path) -> None:
    good = GOOD.replace("{ port = 2 }", "{ port = 2 }, { port = 3 }, { port = 4 }") + SHELF
    _, shelf = load(write(tmp_path, good)).settings.at_work()

    assert (shelf.name, shelf.kind, shelf.voice.mode) == ("rack-7", "shelf", "trial")
    assert shelf.machine.sources == {"dock-1:3", "dock-1:4"}
    assert problems(tmp_path, good.replace('"dock-1:4"]\n', '"dock-1:5"]\n')) == [
        'line 20: read_point[1].zone: no antenna "dock-1:5"; did you mean "dock-1:4"?'
    ]
    assert problems(tmp_path, good.replace('"dock-1:4"]\n', '"dock-1:1"]\n')) == [
        'line 20: read_point[1].zone: "dock-1:1" is an antenna of "door-1"'
    ]
    assert problems(tmp_path, good.replace('"bottom"', '"top"')) == [
        'line 20: read_point[1]: zone "top" stands here twice'
    ]
    assert problems(tmp_path, good.replace('"dock-1:4"]\n', '"dock-1:3"]\n')) == [
        'line 20: read_point[1]: antenna "dock-1:3" stands here twice'
    ]


def test_a_filter_is_what_its_table_says(tmp_path: Path) -> None:
    said = """
[filter]
rssi_min_dbm = -65.5
schemes = ["SGTIN-96", "SSCC+"]
company_prefixes = ["9521141"]
allow = ["*/01/*", "*/00/*"]
deny = ["*/21/0"]
"""

    assert load(write(tmp_path, GOOD + said)).settings.filter.filter() == Filter(
        -65.5, frozenset({"SGTIN-96", "SSCC+"}), ("9521141",), ("*/01/*", "*/00/*"), ("*/21/0",)
    )


def test_a_scheme_that_there_is_not_is_told_with_the_nearest(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD + '[filter]\nschemes = ["SGTIN96"]\n') == [
        'line 20: filter.schemes: no EPC scheme "SGTIN96"; did you mean "SGTIN-96"?'
    ]


def test_names_stand_once(tmp_path: Path) -> None:
    blocks = GOOD[GOOD.index("[[reader]]") :]

    assert problems(tmp_path, GOOD + blocks) == [
        'line 20: reader[1].name: a second "dock-1"',
        'line 26: read_point[1].name: a second "door-1"',
        'line 29: read_point[1].inner: "dock-1:1" is an antenna of "door-1"',
        'line 30: read_point[1].outer: "dock-1:2" is an antenna of "door-1"',
    ]


SCANNER = """\

[[scanner]]
name = "belt-1"
driver = "serial"
device = "/dev/serial/by-id/usb-Maker_Scanner-if00"
repeat_s = 1.5
"""


def test_scanners_are_devices_beside_the_readers(tmp_path: Path) -> None:
    settings = load(write(tmp_path, GOOD + SCANNER)).settings

    assert [(each.name, each.driver) for each in settings.devices] == [
        ("dock-1", "llrp"),
        ("belt-1", "serial"),
    ]
    assert settings.repeat_us == {"belt-1": 1_500_000}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('"belt-1"', '"dock-1"'),
         ['line 21: scanner[0].name: "dock-1" is a reader: expected another name']),
        (('driver = "serial"', 'driver = "seriel"'),
         ["line 20: scanner[0]: Input tag 'seriel' found using 'driver' does not match any of"
          " the expected tags: 'hid', 'serial', 'tcp'"]),
        (("device = ", "devise = "),
         ["line 20: scanner[0].device: missing",
          'line 23: scanner[0].devise: unknown key; did you mean "device"?']),
        (('device = "/dev', 'device = "dev'),
         ['line 23: scanner[0].device: "dev/serial/by-id/usb-Maker_Scanner-if00":'
          " expected the path of a device, as /dev/serial/by-id/usb-..."]),
        (("repeat_s = 1.5", 'terminator = "cr"'),
         ["line 24: scanner[0].terminator: 'cr': expected \"line\", \"tab\", \"etx\", \"none\","
          ' or the characters themselves, as "\\r\\n"']),
        (("repeat_s = 1.5", 'length = 12\nstart = "x"'),
         ["line 20: scanner[0]: length: expected no start, for every byte counts"]),
    ],
)  # fmt: skip
def test_each_mistake_in_a_scanner_is_told_with_line_and_key(
    tmp_path: Path, change: tuple[str, str], expected: list[str]
) -> None:
    assert problems(tmp_path, GOOD + SCANNER.replace(*change, 1)) == expected


def test_two_scanners_have_two_names(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD + SCANNER + SCANNER) == [
        'line 27: scanner[1].name: a second "belt-1"'
    ]


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        load(tmp_path / "none.toml")

    assert str(refused.value) == (
        f"{tmp_path}/none.toml: [Errno 2] No such file or directory: '{tmp_path}/none.toml'"
    )


def test_a_password_comes_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush\n")

    assert MqttTable(username="a", password_file=tmp_path / "secret").password() == "hush"
    assert MqttTable().password() is None


@pytest.mark.parametrize(
    ("secret", "why"), [(None, "No such file or directory"), (b"\xff", "invalid start byte")]
)
def test_a_password_that_cannot_be_read_is_told_before_anything_starts(
    tmp_path: Path, secret: bytes | None, why: str
) -> None:
    if secret is not None:
        (tmp_path / "secret").write_bytes(secret)
    mqtt = f'[mqtt]\nusername = "a"\npassword_file = "{tmp_path}/secret"\n'

    (told,) = problems(tmp_path, GOOD + mqtt)

    assert told.startswith("mqtt.password_file: ")
    assert why in told


def test_an_antenna_has_one_door(tmp_path: Path) -> None:
    second = GOOD[GOOD.index("[[read_point]]") :].replace('"door-1"', '"door-2"')

    assert problems(tmp_path, GOOD + second) == [
        'line 23: read_point[1].inner: "dock-1:1" is an antenna of "door-1"',
        'line 24: read_point[1].outer: "dock-1:2" is an antenna of "door-1"',
    ]


def test_utc_needs_no_zone_files() -> None:
    settings = GatewaySettings.model_validate({"gateway": {"id": "a", "site": "b"}})

    assert str(settings.zone) == "UTC"


def test_the_socket_is_in_the_data_folder_or_where_it_is_said(tmp_path: Path) -> None:
    there = GOOD.replace("[[reader]]", 'socket = "/run/readpoint/gateway.sock"\n\n[[reader]]')

    assert load(write(tmp_path, GOOD)).settings.gateway.socket_path == Path(
        "data/gateway/gateway.sock"
    )
    assert load(write(tmp_path, there)).settings.gateway.socket_path == Path(
        "/run/readpoint/gateway.sock"
    )


def test_a_path_that_no_socket_can_have_is_refused(tmp_path: Path) -> None:
    long = GOOD.replace("[[reader]]", f'socket = "/{"x" * 107}"\n\n[[reader]]')

    assert problems(tmp_path, long) == [
        "line 1: gateway: socket: a path of 108 bytes: expected at most 107"
    ]


def test_for_a_replay_readers_need_not_be_in_the_settings_nor_a_password(tmp_path: Path) -> None:
    head, _, door = GOOD.partition("[[reader]]")
    door = "[[read_point]]" + door.partition("[[read_point]]")[2]
    absent = '[mqtt]\nusername = "gw"\npassword_file = "/nowhere/at/all"\n'
    path = write(tmp_path, head + absent + door)

    settings = load_for_replay(path).settings

    assert settings.reader == ()
    assert settings.doors[0].plan().antennas == {"dock-1:1", "dock-1:2"}
    with pytest.raises(SettingsError, match='no antenna "dock-1:1"'):
        load(path)


def test_for_a_replay_everything_else_must_be_right(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD + GOOD.partition("[[read_point]]")[2].join(["[[read_point]]", ""]))

    with pytest.raises(SettingsError) as refused:
        load_for_replay(path)

    assert [line.partition(": ")[2] for line in str(refused.value).splitlines()] == [
        'line 20: read_point[1].name: a second "door-1"',
        'line 23: read_point[1].inner: "dock-1:1" is an antenna of "door-1"',
        'line 24: read_point[1].outer: "dock-1:2" is an antenna of "door-1"',
    ]


@pytest.mark.parametrize("mode", ["trial", "live", "off"])
def test_for_a_replay_every_read_point_is_at_work(tmp_path: Path, mode: str) -> None:
    settings = load(write(tmp_path, GOOD + f'mode = "{mode}"\n')).settings

    assert [each.mode for each in settings.all_live().read_point] == ["live"]
    assert settings.read_point[0].mode == mode
