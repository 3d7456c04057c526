"""Our list of units against UN/ECE Recommendation 20: each code, its name, its status."""

import csv

import pytest

from gs1.ai.table import MEASURES
from gs1.refusal import CodeReason
from gs1.units import DELETED, DEPRECATED, NAMES, refuse
from tests.conformance.data import folder

pytestmark = pytest.mark.conformance

REFUSED = {"X": CodeReason.UNIT_DELETED, "D": CodeReason.UNIT_DEPRECATED}


def test_each_code_of_the_recommendation_is_taken_or_refused_as_its_status_says() -> None:
    with (folder() / "uom" / "units-of-measure.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    told: set[str] = set()
    for row in rows:
        code, status = row["CommonCode"], row["Status"]
        told.add(code)
        found = refuse(code)
        if status in REFUSED:
            assert found is not None
            assert found.reason is REFUSED[status], code
        else:
            assert found is None
            assert NAMES[code] == row["Name"].replace("\xa0", " ")
    assert told == NAMES.keys() | DELETED | DEPRECATED
    assert len(rows) == 2136


def test_the_measures_of_ais_have_units_that_may_be_used() -> None:
    assert {measure.unit for measure in MEASURES.values()} <= NAMES.keys()
