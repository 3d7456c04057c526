"""The guest is booted once; without `-m vm` nothing of it is."""

from collections.abc import Iterator

import pytest

from tests.vm.guest import Guest, Listening, NoGuest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "vm" not in str(config.option.markexpr):
        for item in items:
            if item.get_closest_marker("vm"):
                item.add_marker(pytest.mark.skip(reason="make test-vm runs it"))


@pytest.fixture(scope="session")
def guest() -> Iterator[Guest]:
    try:
        booted = Guest.boot()
    except NoGuest as why:
        pytest.skip(str(why))
    yield booted
    booted.close()


@pytest.fixture
def listening(guest: Guest) -> Iterator[Listening]:
    unit = Listening(guest)
    yield unit
    unit.stop()
