"""Counts to a table: each rate with what it was exposed to and its 95 % upper bound.

Where none was seen the bound is 3/n (the rule of three); else it is Wilson's (1927), which holds
for small counts, too. Rates that should be high are shown with the lower bound instead.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

HEAD = (
    "kind",
    "method",
    "passes",
    "precision",
    "recall",
    "direction right",
    "wrong",
    "unknown",
    "exactly right",
    "false: parked / other",
    "per 10,000 parked tag-h",
    "clean in review",
    "unread tags",
)
_Z = 1.96
_TAG_HOURS = 10_000


def upper(count: int, exposure: int) -> float:
    """The 95 % upper bound of a share.

    >>> upper(0, 300), round(upper(3, 300), 4)
    (0.01, 0.029)
    """
    if not exposure:
        return 1.0
    if not count:
        return min(1.0, 3.0 / exposure)
    share, square = count / exposure, _Z * _Z
    middle = share + square / (2 * exposure)
    half = _Z * math.sqrt(share * (1 - share) / exposure + square / (4 * exposure * exposure))
    return min(1.0, (middle + half) / (1 + square / exposure))


def lower(count: int, exposure: int) -> float:
    return 1.0 - upper(exposure - count, exposure)


def upper_count(count: int) -> float:
    """The 95 % upper bound of a Poisson mean (Byar's approximation).

    >>> upper_count(0), round(upper_count(4), 1)
    (3.0, 10.2)
    """
    if not count:
        return 3.0
    more = count + 1
    return more * (1 - 1 / (9 * more) + _Z / (3 * math.sqrt(more))) ** 3


def rows(
    by_kind: Mapping[str, Mapping[str, Counter[str]]], methods: Sequence[str]
) -> list[tuple[str, ...]]:
    return [
        _row(kind, method, counts[""], counts[method])
        for kind, counts in by_kind.items()
        for method in methods
    ]


def as_markdown(found: Sequence[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in found)])


def _row(kind: str, method: str, truth: Counter[str], said: Counter[str]) -> tuple[str, ...]:
    parked_h = truth["parked_s"] / 3600
    false_parked = said["false: parked"]
    other = said["booked"] - said["right"] - false_parked
    directed = truth["directed"]
    clean = said["clean passes in review"], truth["clean passes"]
    things = truth["readable"] + truth["unread"]
    return (
        kind,
        method,
        str(truth["passes"]),
        _high(said["right"], said["booked"]),
        _high(said["right"], truth["readable"]),
        _high(said["direction right"], directed),
        _low(said["direction wrong"], directed),
        _low(said["direction unknown"], directed),
        _high(said["exact"], truth["passes"]),
        f"{false_parked} / {other}",
        _per_hours(false_parked, parked_h),
        _low(*clean) if method == "readpoint" else "",
        f"{truth['unread']} of {things}",
    )


def _high(count: int, exposure: int) -> str:
    if not exposure:
        return ""
    return f"{100 * count / exposure:.2f} % (≥ {100 * lower(count, exposure):.2f} of {exposure:,})"


def _low(count: int, exposure: int) -> str:
    if not exposure:
        return ""
    return f"{100 * count / exposure:.2f} % (≤ {100 * upper(count, exposure):.2f} of {exposure:,})"


def _per_hours(count: int, hours: float) -> str:
    if not hours:
        return ""
    rate, most = (each / hours * _TAG_HOURS for each in (count, upper_count(count)))
    return f"{rate:.2f} (≤ {most:.2f} in {hours:,.0f} h)"
