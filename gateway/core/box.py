"""One box on a conveyor: its window, what was on it, and what is wrong with that."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.core.box_codes import Code, is_mismatch
from gateway.core.identify import Role
from gateway.core.judgement import Judged, Verdict
from wire.reason import Reason


@dataclass(frozen=True, slots=True)
class Box:
    """What one window came to; `window` is None for what the eye saw no box of."""

    belt: str
    at_us: int
    window: tuple[int, int] | None
    offset_us: int
    limit_us: int
    tags: tuple[Judged, ...]
    codes: tuple[Code, ...] = ()
    faults: tuple[Reason, ...] = ()  # of the box as a whole

    @property
    def keys(self) -> list[str]:
        """What its codes name, each once."""
        return sorted({each.key for each in self.codes if each.key is not None})


@dataclass(frozen=True, slots=True)
class BoxRules:
    """What a box is expected to have."""

    tags_per_box: int | None
    has_scanner: bool


def found_wrong(
    rules: BoxRules, tags: Sequence[Judged], codes: Sequence[Code], doubt: Reason | None
) -> list[Reason]:
    """What is wrong with a box, given the tags that are not strays.

    Where nobody knows what stood there (`doubt`), what it lacks is no fault of its own.
    """
    stock = [tag for tag in tags if tag.thing.role is not Role.UNKNOWN]
    expected = rules.tags_per_box or 1
    wrong: list[Reason] = []
    if doubt is None:
        if len(stock) < expected:
            wrong.append(Reason.NO_READ)
        if rules.has_scanner and not any(each.key for each in codes):
            wrong.append(Reason.NO_BARCODE)
    elif doubt is Reason.EYE_STUCK or not stock:
        wrong.append(doubt)
    if rules.tags_per_box is not None and len(stock) > expected:
        wrong.append(Reason.MULTI_READ)
    keys = [each.key for each in codes if each.key is not None]
    if is_mismatch(keys, [tag.thing for tag in stock]):
        wrong.append(Reason.MISMATCH)
    return wrong


def for_review(tags: Sequence[Judged], reason: Reason) -> list[Judged]:
    """All of them, but for what is for review already or is no box's."""
    return [
        Judged(tag.visit, Verdict.UNCERTAIN, reason) if tag.verdict is Verdict.MOVED else tag
        for tag in tags
    ]
