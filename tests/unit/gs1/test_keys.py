import pytest

from gs1.keys import Gtin, Sgtin, Sscc, parse


def test_a_serial_is_escaped_so_that_it_is_one_path_segment() -> None:
    assert Sgtin("09521141012345", "32a/b").key == (
        "https://id.gs1.org/01/09521141012345/21/32a%2Fb"
    )


@pytest.mark.parametrize(
    "key",
    [
        Gtin("09521141012345"),
        Sgtin("09521141012345", "1"),
        Sgtin("09521141012345", "!\"%&'()*+,-./19:;<=>"),
        Sscc("195211411234567899"),
    ],
)
def test_a_key_comes_back_as_it_was(key: Gtin | Sgtin | Sscc) -> None:
    assert parse(key.key) == key


@pytest.mark.parametrize(
    "uri",
    [
        "https://example.com/01/09521141012345",
        "https://id.gs1.org/01/9521141012345",
        "https://id.gs1.org/01/09521141012346",
        "https://id.gs1.org/01/09521141012345/21/",
        "https://id.gs1.org/01/09521141012345/21/123456789012345678901",
        "https://id.gs1.org/01/09521141012345/21/a%20b",
        "https://id.gs1.org/01/09521141012345/21/%61",
        "https://id.gs1.org/01/09521141012345/10/A",
        "https://id.gs1.org/01/09521141012346/21/1",
        "https://id.gs1.org/00/195211411234567890",
        "https://id.gs1.org/414/9521141123454",
        "urn:epc:id:sscc:9521141.1234567890",
        "",
    ],
)
def test_any_other_spelling_is_no_key(uri: str) -> None:
    assert parse(uri) is None


def test_the_class_of_a_serial_is_its_gtin() -> None:
    assert Sgtin("09521141012345", "7").item_class == Gtin("09521141012345")
