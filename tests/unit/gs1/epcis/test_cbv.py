import pytest

from gs1.epcis import cbv


@pytest.mark.parametrize(
    "spelled",
    [
        "receiving",
        "urn:epcglobal:cbv:bizstep:receiving",
        "https://ref.gs1.org/cbv/BizStep-receiving",
        "cbv:BizStep-receiving",
    ],
)
def test_a_word_has_one_bare_spelling_and_one_web_uri(spelled: str) -> None:
    assert cbv.BIZ_STEPS.bare(spelled) == "receiving"
    assert cbv.BIZ_STEPS.web_uri(spelled) == "https://ref.gs1.org/cbv/BizStep-receiving"
    assert cbv.BIZ_STEPS.accepts(spelled)


@pytest.mark.parametrize(
    "other",
    ["foo", "in_transit", "urn:epcglobal:cbv:disp:receiving", "https://ref.gs1.org/cbv/BTT-po"],
)
def test_what_is_not_in_the_list_is_no_word_of_it(other: str) -> None:
    assert cbv.BIZ_STEPS.bare(other) is None
    assert cbv.BIZ_STEPS.web_uri(other) == other
    assert not cbv.BIZ_STEPS.accepts(other)


def test_a_uri_of_another_vocabulary_may_stand_for_a_word() -> None:
    assert cbv.DISPOSITIONS.accepts("https://example.com/states/chilled")


def test_the_lists_are_as_long_as_cbv_has_them() -> None:
    lists = (
        cbv.BIZ_STEPS,
        cbv.DISPOSITIONS,
        cbv.BIZ_TRANSACTIONS,
        cbv.SOURCE_DESTS,
        cbv.ERROR_REASONS,
        cbv.COMPONENTS,
    )
    assert [len(each.words) for each in lists] == [41, 33, 13, 3, 2, 14]
