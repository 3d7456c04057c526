"""Where the vectors and captures are that others made. They are no part of the project."""

import os
from pathlib import Path

import pytest

_BESIDE_THE_PROJECT = Path(__file__).parents[2].parent / "shared" / "conformance"


def folder() -> Path:
    """The folder with the conformance data; skips the test that asks where there is none."""
    named = os.environ.get("READPOINT_CONFORMANCE")
    found = Path(named) if named else _BESIDE_THE_PROJECT
    if not found.is_dir():
        pytest.skip(f"no conformance data in {found}: set READPOINT_CONFORMANCE to its folder")
    return found
