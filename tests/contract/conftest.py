from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.stores import STORES, Books


@pytest.fixture(params=STORES)
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Books]:
    """Each store in turn."""
    opened = STORES[request.param](tmp_path)
    yield opened
    opened.close()
