import pytest

from gs1.digital_link import build, split
from gs1.refusal import CodeReason, Refusal

GTIN = ("01", "09521141012345")


@pytest.mark.parametrize(
    ("uri", "pairs"),
    [
        ("https://id.gs1.org/01/09521141012345", (GTIN,)),
        ("https://id.gs1.org/00/195211411234567899", (("00", "195211411234567899"),)),
        ("HTTP://example.com/01/09521141012345/", (GTIN,)),
        ("https://example.com/some/shop/01/09521141012345/10/A%2F1", (GTIN, ("10", "A/1"))),
        ("https://id.gs1.org/01/9521141012345/21/00", (GTIN, ("21", "00"))),
        ("https://id.gs1.org/01/1/01/09521141012345", (GTIN,)),
        (
            "https://id.gs1.org/01/09521141012345?17=271231;3103=001000&linkType=all&&x#top",
            (GTIN, ("17", "271231"), ("3103", "001000")),
        ),
        ("https://id.gs1.org/01/09521141012345/235/T", (GTIN, ("235", "T"))),
    ],
)
def test_a_uri_of_any_domain_gives_its_pairs(uri: str, pairs: object) -> None:
    assert split(uri) == pairs


@pytest.mark.parametrize(
    "uri", ["https://example.com", "https://example.com/news/2026", "https://example.com/21/A"]
)
def test_another_web_address_is_no_digital_link(uri: str) -> None:
    assert split(uri) is None


@pytest.mark.parametrize(
    ("uri", "reason", "why"),
    [
        (
            "https://id.gs1.org/ARHKVAdpQg-x",
            CodeReason.COMPRESSED,
            "'https://id.gs1.org/ARHKVAdpQg-x': expected no compressed Digital Link URI;"
            " its resolver can expand it",
        ),
        (
            "https://a.com/01/09521141012345/q2xyz78901",
            CodeReason.COMPRESSED,
            "'https://a.com/01/09521141012345/q2xyz78901': expected no compressed"
            " Digital Link URI; its resolver can expand it",
        ),
        (
            "https://a.com/01/09521141012345/10",
            CodeReason.LINK,
            "'https://a.com/01/09521141012345/10': expected a value behind each AI in the path",
        ),
        (
            "https://a.com/01/09521141012345/21/A/10/B",
            CodeReason.LINK,
            "AI 01 in a Digital Link URI: expected behind it 22/10/21 or 235, found 21/10",
        ),
        (
            "https://a.com/01/09521141012345/10/A/10/B",
            CodeReason.LINK,
            "AI 01 in a Digital Link URI: expected behind it 22/10/21 or 235, found 10/10",
        ),
        (
            "https://a.com/00/195211411234567899/10/B",
            CodeReason.LINK,
            "AI 00 in a Digital Link URI: expected behind it nothing, found 10",
        ),
        (
            "https://a.com/01/09521141012345?21=A",
            CodeReason.LINK,
            "'21=A': expected in the query of a Digital Link URI an AI that describes",
        ),
        (
            "https://a.com/01/09521141012345?89=A",
            CodeReason.LINK,
            "'89=A': expected in the query of a Digital Link URI an AI that describes",
        ),
    ],
)
def test_a_digital_link_that_is_built_wrongly_is_refused(
    uri: str, reason: CodeReason, why: str
) -> None:
    assert split(uri) == Refusal(reason, why)


def test_a_query_without_end_is_refused() -> None:
    assert isinstance(split("https://a.com/01/09521141012345?" + "17=271231&" * 65), Refusal)
    assert len(split("https://a.com/01/09521141012345?" + "17=271231&" * 64) or ()) == 65  # type: ignore[arg-type]


def test_the_canonical_form_has_qualifiers_in_order_and_the_rest_as_query() -> None:
    assert (
        build((("17", "271231"), ("21", "7"), GTIN, ("11", "260101"), ("10", "A/1")))
        == "https://id.gs1.org/01/09521141012345/10/A%2F1/21/7?11=260101&17=271231"
    )
    assert (
        build((GTIN, ("235", "T"), ("10", "A")))
        == "https://id.gs1.org/01/09521141012345/235/T?10=A"
    )
    assert build((("00", "195211411234567899"),)) == "https://id.gs1.org/00/195211411234567899"


def test_half_a_character_is_written_as_its_bytes() -> None:
    pairs = (("01", "09521141012345"), ("10", "\udcff"))
    assert build(pairs) == "https://id.gs1.org/01/09521141012345/10/%ED%B3%BF"


def test_what_no_uri_can_say_has_none() -> None:
    assert build((("10", "A"),)) is None
    assert build((("89", "A"),)) is None
    assert build((("00", "195211411234567899"), ("21", "A"))) is None
