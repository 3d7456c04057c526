import pytest

from drivers import base
from wire import topics
from wire.topics import Leaf, Source, every_gateway, is_name, parse

SOURCE = Source("rotterdam", "dock-pi-1")


@pytest.mark.parametrize("leaf", Leaf)
def test_a_topic_comes_back_as_who_and_what(leaf: Leaf) -> None:
    assert parse(SOURCE.topic(leaf)) == (SOURCE, leaf)


@pytest.mark.parametrize(
    "topic",
    [
        "readpoint/v2/rotterdam/dock-pi-1/event",
        "readpoint/v1/rotterdam/dock-pi-1",
        "readpoint/v1/rotterdam/dock-pi-1/events",
        "readpoint/v1/Rotterdam/dock-pi-1/event",
        "readpoint/v1/rotterdam/-/event",
        "readpoint/v1/rotterdam/ledger/event",
        "readpoint/v1//dock-pi-1/event",
        "",
    ],
)
def test_another_topic_is_nobodys(topic: str) -> None:
    assert parse(topic) is None


def test_a_source_is_filed_under_site_and_gateway() -> None:
    assert SOURCE.name == "rotterdam/dock-pi-1"
    assert Source.of_name(SOURCE.name) == SOURCE
    assert SOURCE.client_id == "readpoint-rotterdam-dock-pi-1"


def test_the_filter_of_all_gateways_has_no_name_in_it() -> None:
    assert every_gateway(Leaf.BIRTH) == "readpoint/v1/+/+/birth"


@pytest.mark.parametrize("name", ["a", "dock-1", "0", "a" * 32])
def test_a_name_fits_topics_labels_and_files(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize("name", ["", "-a", "A", "a b", "a/b", "a+", "a" * 33, "a\n"])
def test_what_could_be_mistaken_is_no_name(name: str) -> None:
    assert not is_name(name)


def test_devices_are_named_as_everything_else() -> None:
    assert base.NAME_PATTERN == topics.NAME_PATTERN
