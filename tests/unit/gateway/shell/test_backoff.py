"""EDGE: the waits begin anew only after 60 s of a stable session."""

from random import Random

import pytest

from gateway.shell.backoff import Backoff


def test_waits_double_with_jitter_up_to_the_longest() -> None:
    backoff = Backoff(Random(1), 0.5, 30.0)
    waits = [backoff.wait_s() for _ in range(10)]

    for wait, most in zip(waits, [0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30], strict=True):
        assert most / 2 <= wait <= most
    assert len({wait / most for wait, most in zip(waits[-4:], [30.0] * 4, strict=True)}) == 4


@pytest.mark.parametrize(("lasted_us", "most_s"), [(59_999_999, 4.0), (60_000_000, 1.0)])
def test_only_what_lasted_starts_the_waits_anew(lasted_us: int, most_s: float) -> None:
    backoff = Backoff(Random(1), 1.0, 60.0)
    backoff.wait_s()
    backoff.wait_s()
    backoff.lasted(lasted_us)

    assert most_s / 2 <= backoff.wait_s() <= most_s
