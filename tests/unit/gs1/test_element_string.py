import pytest

from gs1.element_string import ELEMENTS_MAX, GS, join, split, split_bracketed
from gs1.refusal import CodeReason, Refusal


def test_a_value_ends_at_the_separator_or_after_its_predefined_length() -> None:
    assert split(f"0109521141012345{GS}17271231" + f"10A{GS}21B{GS}") == (
        ("01", "09521141012345"),
        ("17", "271231"),
        ("10", "A"),
        ("21", "B"),
    )


def test_a_value_that_is_too_long_does_not_become_two() -> None:
    assert split("10" + "A" * 20 + "21B") == (("10", "A" * 20 + "21B"),)


@pytest.mark.parametrize(
    ("text", "reason", "why"),
    [
        ("", CodeReason.EMPTY, "element string: expected an AI, found none"),
        ("891", CodeReason.AI_UNKNOWN, "'891': expected an AI that GS1 has assigned"),
        ("3", CodeReason.AI_UNKNOWN, "'3': expected an AI that GS1 has assigned"),
        ("3109000000", CodeReason.AI_UNKNOWN, "'3109000000': expected an AI that GS1 has assigned"),
        (f"10{GS}", CodeReason.SYNTAX, "AI 10: expected a value, found none"),
        (f"10A{GS}{GS}", CodeReason.AI_UNKNOWN, "'\\x1d': expected an AI that GS1 has assigned"),
    ],
)
def test_other_text_is_no_element_string(text: str, reason: CodeReason, why: str) -> None:
    assert split(text) == Refusal(reason, why)


def test_no_symbol_holds_more_elements_than_are_read() -> None:
    assert isinstance(split("2001" * (ELEMENTS_MAX + 1)), Refusal)
    assert isinstance(split_bracketed("(20)01" * (ELEMENTS_MAX + 1)), Refusal)
    assert len(split("2001" * ELEMENTS_MAX)) == ELEMENTS_MAX  # type: ignore[arg-type]


def test_a_bracket_in_a_value_has_a_backslash_before_it() -> None:
    assert split_bracketed(r"(10)A\(21\)B(21)C") == (("10", "A(21)B"), ("21", "C"))


@pytest.mark.parametrize("text", ["(10)", "(10", "10)A", "A(10)B", "(1)A", "(10)A(", "(10)A\\"])
def test_brackets_that_are_not_in_order_are_refused(text: str) -> None:
    found = split_bracketed(text)
    assert isinstance(found, Refusal)
    assert found.reason is CodeReason.SYNTAX


def test_no_text_has_no_brackets() -> None:
    assert split_bracketed("") == Refusal(
        CodeReason.EMPTY, "element string: expected an AI, found none"
    )


def test_pairs_are_joined_with_a_separator_only_where_one_is_needed() -> None:
    assert (
        join((("01", "09521141012345"), ("10", "A"), ("21", "B"))) == f"010952114101234510A{GS}21B"
    )
    assert join((("01", "09521141012345"), ("89", "A"), ("21", "B"))) == (
        f"010952114101234589A{GS}21B"
    )
