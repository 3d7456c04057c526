from dataclasses import fields, replace
from hashlib import sha256
from typing import Any

import pytest

from ledger.core.booking import Line, Packed, UnitStep
from ledger.core.chain import GENESIS, Chained, lines_hash, link, part_of

EVENT = Chained(
    part=3,
    pseq=1,
    event_id="urn:uuid:1",
    source="rotterdam/dock-1",
    epoch="e1",
    sseq=5,
    event_us=-7,
    record_us=9,
    posting_date="2026-11-22",
    actor="rotterdam/dock-1",
    verdict="booked",
    body_hash=bytes(32),
    lines_hash=bytes(32),
)

LINE = Line(1, 2, 3)
STEP = UnitStep("urn:1", Packed(1, 3), None, 2)


def test_the_hash_is_taken_over_everything_in_fixed_widths() -> None:
    said = (
        GENESIS
        + (3).to_bytes(2)
        + (1).to_bytes(8)
        + (5).to_bytes(8)
        + (-7).to_bytes(8, signed=True)
        + (9).to_bytes(8)
        + b"\x00\x00\x00\x0aurn:uuid:1"
        + b"\x00\x00\x00\x10rotterdam/dock-1"
        + b"\x00\x00\x00\x02e1"
        + b"\x00\x00\x00\x0a2026-11-22"
        + b"\x00\x00\x00\x10rotterdam/dock-1"
        + b"\x00\x00\x00\x06booked"
        + bytes(64)
    )

    assert link(GENESIS, EVENT) == sha256(said).digest()


@pytest.mark.parametrize("field", [field.name for field in fields(Chained)])
def test_no_field_can_be_changed_unseen(field: str) -> None:
    value = getattr(EVENT, field)
    changed: Any = {int: 77, str: "other", bytes: bytes(31) + b"\x01"}[type(value)]

    assert link(GENESIS, replace(EVENT, **{field: changed})) != link(GENESIS, EVENT)


def test_text_cannot_move_from_one_field_to_the_next() -> None:
    one = replace(EVENT, source="ab", epoch="c")
    other = replace(EVENT, source="a", epoch="bc")

    assert link(GENESIS, one) != link(GENESIS, other)


def test_an_event_stands_behind_the_one_before() -> None:
    assert link(GENESIS, EVENT) != link(sha256(b"").digest(), EVENT)


def test_lines_and_steps_have_a_hash_of_their_own() -> None:
    assert (
        lines_hash([LINE], [STEP])
        == sha256(
            (1).to_bytes(8)
            + b"".join(number.to_bytes(8) for number in (1, 2, 0, 0, 0, 3))
            + b"".join(number.to_bytes(8) for number in (1, 3, 0, 2))
            + b"\x00\x00\x00\x05urn:1"
        ).digest()
    )
    assert lines_hash([], []) == sha256(bytes(8)).digest()


@pytest.mark.parametrize(
    ("lines", "steps"),
    [
        ([], [STEP]),
        ([replace(LINE, quantity=-3)], [STEP]),
        ([LINE, LINE], [STEP]),
        ([LINE], []),
        ([LINE], [replace(STEP, key="urn:2")]),
        ([LINE], [replace(STEP, goods=Packed(1, 4))]),
        ([LINE], [replace(STEP, goods=Packed(2, 3))]),
        ([LINE], [replace(STEP, source=9)]),
        ([LINE], [replace(STEP, destination=9)]),
    ],
)
def test_no_line_and_no_step_can_be_changed_unseen(
    lines: list[Line], steps: list[UnitStep]
) -> None:
    assert lines_hash(lines, steps) != lines_hash([LINE], [STEP])


def test_lines_stand_in_their_order_and_steps_in_that_of_their_keys() -> None:
    other, second = Line(1, 3, -3), replace(STEP, key="urn:2")

    assert lines_hash([LINE, other], []) != lines_hash([other, LINE], [])
    assert lines_hash([], [STEP, second]) == lines_hash([], [second, STEP])


def test_a_source_is_always_in_the_same_part() -> None:
    assert part_of("rotterdam/dock-pi-1") == part_of("rotterdam/dock-pi-1")
    assert 0 <= part_of("rotterdam/dock-pi-1") < 64
