"""The wheel in a clean environment outside the checkout: it has what it needs, or says so."""

import os
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = ("readpoint-gateway", "readpoint-ledger", "readpoint-simulate")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "source"
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, files.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    pip = [sys.executable, "-m", "pip", "--quiet", "wheel", "--no-deps"]
    built_in = ["--wheel-dir", str(folder), str(copy)]
    subprocess.run([*pip, *built_in], check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel; its dependencies are lent by this one."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=False)
    python = str(folder / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--quiet", "--python", python]
    subprocess.run([*pip, "install", "--no-deps", str(wheel)], check=True, capture_output=True)
    return folder


def run(
    clean: Path, *arguments: str | Path, without: str = "", cwd: Path
) -> "subprocess.CompletedProcess[str]":
    """Run a command of the clean environment; `without`: a package that shall be absent."""
    (cwd / "sitecustomize.py").write_text(f"import sys\nsys.modules[{without!r}] = None\n")
    lent = sysconfig.get_path("purelib")  # on PYTHONPATH no .pth counts: not our checkout
    return subprocess.run(
        [clean / "bin" / arguments[0], *arguments[1:]],
        env={**os.environ, "PYTHONPATH": f"{cwd}:{lent}"},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_wheel_carries_pages_migrations_settings_and_units(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    (data,) = {name.split("/")[0] for name in names if ".data/" in name}

    assert {
        "ledger/web/templates/live.html",
        "ledger/web/static/live.css",
        "ledger/store/migrations/env.py",
        "ledger/store/migrations/versions/r0001_books.py",
        f"{data}/data/share/readpoint/config/gateway.toml",
        f"{data}/data/share/readpoint/config/ledger.toml",
        f"{data}/data/share/readpoint/systemd/readpoint-gateway.service",
    } <= set(names)
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "config/"))]


def test_the_commands_run_outside_the_checkout(clean: Path, tmp_path: Path) -> None:
    shared = clean / "share" / "readpoint" / "config"
    checked = run(clean, COMMANDS[0], "check", "--config", shared / "gateway.toml", cwd=tmp_path)
    migrated = run(clean, COMMANDS[1], "migrate", cwd=tmp_path)
    verified = run(clean, COMMANDS[1], "verify", cwd=tmp_path)
    helped = run(clean, COMMANDS[2], "demo", "--help", cwd=tmp_path)

    assert (checked.returncode, checked.stderr) == (0, "")
    assert (migrated.returncode, migrated.stdout) == (0, "schema 0001\n")
    assert (verified.returncode, verified.stdout) == (0, "0 events read, 0 problems\n")
    assert helped.returncode == 0


def test_what_runs_is_the_wheel_and_not_the_checkout(clean: Path, tmp_path: Path) -> None:
    where = run(clean, "python", "-c", "import gateway; print(gateway.__file__)", cwd=tmp_path)

    assert where.stdout.startswith(str(clean)), where


@pytest.mark.parametrize(
    ("arguments", "without", "extra"),
    [
        (("readpoint-gateway", "run", "--config", "x"), "paho", "gateway"),
        (("readpoint-ledger", "serve"), "sqlalchemy", "ledger"),
        (("readpoint-ledger", "verify"), "alembic", "ledger"),
        (("readpoint-simulate", "demo"), "httpx", "demo"),
    ],
)
def test_a_command_without_its_extra_names_it(
    clean: Path, tmp_path: Path, arguments: tuple[str, ...], without: str, extra: str
) -> None:
    refused = run(clean, *arguments, without=without, cwd=tmp_path)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (f"needs: pip install 'readpoint[{extra}]' (no module {without})\n")


def test_checking_a_configuration_needs_no_extra(clean: Path, tmp_path: Path) -> None:
    config = clean / "share" / "readpoint" / "config" / "gateway.toml"

    assert (
        run(
            clean, "readpoint-gateway", "check", "--config", config, without="paho", cwd=tmp_path
        ).returncode
        == 0
    )


def test_every_extra_but_hid_needs_no_compiler() -> None:
    """evdev is built from source: it stands in `hid` alone."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        extras = tomllib.load(file)["project"]["optional-dependencies"]

    assert [name for name, needed in extras.items() if any("evdev" in one for one in needed)] == [
        "hid"
    ]
