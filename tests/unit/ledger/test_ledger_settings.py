"""The ledger's settings: what a wrong one says."""

from pathlib import Path

import pytest

from ledger.settings import MqttTable, SettingsError, load


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '[http]\nhost = "a..b"\n',
            "line 2: http.host: expected a host name or an IP address",
        ),
        (
            f'[mqtt]\nhost = "{"a" * 64}.example"\n',
            "line 2: mqtt.host: expected a host name or an IP address",
        ),
        (
            '[http]\nnames = ["stock example"]\n',
            "line 2: http.names[0]: expected a host name or an IP address",
        ),
        (
            '[mqtt]\npassword_file = "x"\n',
            "line 1: mqtt: password_file without username: whose password is it?",
        ),
        ("x = " + "[" * 5000 + "]" * 5000, "nested too deeply"),
    ],
)
def test_each_mistake_is_told_with_line_and_key(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "ledger.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as refused:
        load(path)

    assert str(refused.value) == f"{path}: {expected}"


@pytest.mark.parametrize("host", ["localhost", "broker.example.", "192.0.2.1", "::1", "fe80::1"])
def test_names_and_addresses_are_hosts(tmp_path: Path, host: str) -> None:
    path = tmp_path / "ledger.toml"
    path.write_text(f'[mqtt]\nhost = "{host}"\n')

    assert load(path).mqtt.host == host


def test_a_password_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"\xff\n")

    with pytest.raises(SettingsError, match=r"^mqtt\.password_file: .*invalid start byte$"):
        MqttTable(username="ledger", password_file=tmp_path / "secret").password()
