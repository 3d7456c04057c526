from pathlib import Path

from gs1.epc.model import TagReason
from wire.reason import MEANINGS, Reason, as_markdown

DOCS = Path(__file__).parents[3] / "docs"


def test_every_reason_has_its_meaning() -> None:
    assert set(MEANINGS) == set(Reason)


def test_every_reason_of_a_tag_can_cross_the_wire() -> None:
    assert {reason.value for reason in TagReason} <= {reason.value for reason in Reason}


def test_the_page_of_reasons_is_made_from_them() -> None:
    assert (DOCS / "reasons.md").read_text() == as_markdown(), "run: make docs"
