"""The architecture is a contract file; here is proof that it bites."""

import configparser
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PACKAGES = ["drivers", "gateway", "gs1", "ledger", "simulator", "wire"]

# module to put it in -> an import that it must not have
BREACHES = [
    ("gateway/core/visit.py", "import socket"),
    ("ledger/core/booking.py", "import time"),
    ("wire/event.py", "import os"),
    ("gs1/epc/codec.py", "import wire.json"),
    ("drivers/llrp/protocol/session.py", "import asyncio"),
    ("drivers/llrp/reader.py", "import gs1.epc"),
    ("drivers/llrp/reader.py", "import sllurp.llrp"),
    ("gateway/core/pipeline.py", "import gateway.settings"),
    ("gateway/shell/outbox.py", "import ledger.core.chain"),
    ("gateway/app.py", "import drivers.llrp.reader"),
    ("gateway/shell/courier.py", "import paho.mqtt.client"),
    ("ledger/web/api.py", "import sqlalchemy"),
    ("ledger/store/ingest.py", "import asyncio"),
    ("simulator/llrp/encoder.py", "import drivers.llrp.protocol.report"),
    ("simulator/scene/door.py", "import time"),
    ("simulator/demo/app.py", "import gateway.app"),
]


def _copy(folder: Path) -> None:
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__", "static", "templates")
        shutil.copytree(ROOT / package, folder / package, ignore=ignored)
    shutil.copy(ROOT / ".importlinter", folder)


def _kept(folder: Path) -> tuple[bool, str]:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [linter, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode == 0, done.stdout + done.stderr


def test_every_forbidden_import_is_found(tmp_path: Path) -> None:
    """One at a time would take a minute; together each must be named in the report."""
    _copy(tmp_path)
    kept, report = _kept(tmp_path)
    assert kept, report
    for module, breach in BREACHES:
        path = tmp_path / module
        path.write_text(path.read_text() + f"\n{breach}\n")

    kept, report = _kept(tmp_path)

    assert not kept
    for module, breach in BREACHES:
        importer = module.removesuffix(".py").replace("/", ".")
        imported = breach.removeprefix("import ")
        chain = rf"{re.escape(importer)} -> {re.escape(imported.split('.')[0])}"
        assert re.search(chain, report), f"{breach} in {module} was not found"


def test_the_packages_are_the_same_wherever_they_are_named() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        included = tomllib.load(file)["tool"]["setuptools"]["packages"]["find"]["include"]
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    roots = contracts["importlinter"]["root_packages"].split()
    folders = [path.parent.name for path in ROOT.glob("*/__init__.py")]

    assert sorted(folders) == sorted(roots) == PACKAGES
    assert sorted(included) == [f"{name}*" for name in PACKAGES]


def test_package_markers_are_empty() -> None:
    for package in PACKAGES:
        for marker in (ROOT / package).rglob("__init__.py"):
            assert marker.read_text() == "", marker


def test_no_file_names_a_registry_or_another_place() -> None:
    """Pinned versions come from whatever index a machine is set up for."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    host = re.compile(r"pypi\.org|pythonhosted\.org|npmjs\.(org|com)|jsdelivr|unpkg\.com|cdnjs")
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path == Path(__file__) or not path.is_file():
            continue
        if host.search(path.read_text(errors="replace")):
            found.append(name)
    assert found == []
