import pytest

from gs1.refusal import CodeReason, Refusal
from gs1.units import DELETED, DEPRECATED, NAMES, refuse


@pytest.mark.parametrize("code", ["KGM", "LTR", "MTR", "C62", "H87", "MNJ"])
def test_a_code_in_use_is_a_unit(code: str) -> None:
    assert refuse(code) is None


@pytest.mark.parametrize(
    ("code", "reason", "why"),
    [
        (
            "05",
            CodeReason.UNIT_DELETED,
            "unit '05': expected a code that UN/ECE Recommendation 20 still has",
        ),
        (
            "kg",
            CodeReason.UNIT_UNKNOWN,
            "unit 'kg': expected a code of UN/ECE Recommendation 20, as KGM or C62",
        ),
        (
            "64",
            CodeReason.UNIT_DEPRECATED,
            "unit '64': expected a code that is not deprecated in UN/ECE Recommendation 20",
        ),
    ],
)
def test_another_code_is_refused(code: str, reason: CodeReason, why: str) -> None:
    assert refuse(code) == Refusal(reason, why)


def test_a_unit_has_its_name() -> None:
    assert NAMES["KGM"] == "kilogram"


def test_a_code_is_in_one_list_and_none_is_lost() -> None:
    assert (len(NAMES), len(DELETED), len(DEPRECATED)) == (1756, 309, 71)
    assert not NAMES.keys() & (DELETED | DEPRECATED)
    assert not DELETED & DEPRECATED
