"""Element strings of GS1's syntax engine, valid and invalid, in brackets and without."""

import json
from collections.abc import Callable

import pytest

from gs1 import element_string
from gs1.ai import validate
from gs1.keys import Pairs
from gs1.refusal import Refusal
from tests.conformance.data import folder

pytestmark = pytest.mark.conformance

RULES: dict[str, Callable[[Pairs], Refusal | None]] = {
    "validateAIrepeats": validate.repeated,
    "validateAImutex": lambda pairs: validate.excluded(dict(pairs)),
    "validateAIrequisites": lambda pairs: validate.missing(dict(pairs)),
    "validateDigSigRequiresSerialisedKey": lambda pairs: validate.missing(dict(pairs)),
}


def vectors(name: str) -> list[dict[str, str | bool]]:
    found: list[dict[str, str | bool]] = json.loads((folder() / "gs1" / name).read_text())
    return found


def is_good(pairs: Pairs | Refusal) -> bool:
    return not isinstance(pairs, Refusal) and validate.judge(pairs) is None


def test_element_strings_are_taken_and_refused_as_the_engine_does() -> None:
    for vector in vectors("unbracketed.json"):
        sent = str(vector["unbracketed"])
        first, data = sent[:1], sent[1:].replace("^", element_string.GS)
        good = first == "^" and is_good(element_string.split(data))
        assert good == vector["valid"], vector


def test_brackets_are_taken_and_refused_as_the_engine_does() -> None:
    for vector in vectors("bracketed.json"):
        pairs = element_string.split_bracketed(str(vector["bracketed"]))
        assert is_good(pairs) == vector["valid"], vector
        if vector["valid"] and not isinstance(pairs, Refusal):
            sent = "^" + element_string.join(pairs).replace(element_string.GS, "^")
            assert sent == vector["unbracketed"]


def test_relations_are_judged_as_the_engine_does() -> None:
    for vector in vectors("associations.json"):
        pairs = element_string.split_bracketed(str(vector["bracketed"]))
        assert not isinstance(pairs, Refusal)
        rule = str(vector["rule"])
        found = RULES[rule](pairs)
        if rule.startswith("validateDigSig") and found is not None:
            assert "8030" in dict(pairs)
        assert (found is None) == vector["valid"], vector
