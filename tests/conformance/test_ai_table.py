"""Our table of application identifiers against GS1's syntax dictionary: all facts of its lines."""

import re

import pytest

from gs1.ai.table import AIS, Ai, Part
from tests.conformance.data import folder

pytestmark = pytest.mark.conformance

# The dictionary's words for rules. AIs 4324 and 4325 may also say "no time" (9999), which the
# General Specifications allow.
RULES = {
    "check_digit": "csum",
    "check_pair": "csumalpha",
    "prefix": "gcppos1",
    "prefix_2": "gcppos2",
    "date": "yymmdd",
    "date_0": "yymmd0",
    "date_8": "yyyymmdd",
    "clock": "hhmi",
    "clock_or_none": "hhmi",
    "hour": "hh",
    "minute": "mi",
    "second": "ss",
    "country": "iso3166",
    "country_999": "iso3166999",
    "country_2": "iso3166alpha2",
    "currency": "iso4217",
    "sex": "iso5218",
    "escapes": "pcenc",
    "flag": "yesno",
    "piece": "pieceoftotal",
    "position": "posinseqslash",
    "package": "packagetype",
    "medium": "mediatype",
    "coupon": "couponcode",
    "offer": "couponposoffer",
    "not_digits": "hasnondigit",
    "no_leading_zero": "nozeroprefix",
    "importer": "importeridx",
}


def lines() -> list[str]:
    text = (folder() / "gs1" / "gs1-syntax-dictionary.txt").read_text()
    return [line for line in text.splitlines() if line[:1].isdigit()]


def as_line(ai: Ai) -> list[str]:
    """The words that the dictionary has for an AI, without its title."""
    words = [ai.code]
    if ai.fixed or ai.attribute:
        words.append("*" * ai.fixed + "?" * ai.attribute)
    words += [_part(part) for part in ai.parts]
    if ai.needs:
        words.append("req=" + ",".join("+".join(group) for group in ai.needs))
    if ai.bars:
        words.append("ex=" + ",".join(ai.bars))
    if ai.qualifiers is not None:
        sequences = "|".join(",".join(sequence) for sequence in ai.qualifiers)
        words.append("dlpkey" + ("=" if sequences else "") + sequences)
    return [*words[:1], *sorted(words[1:])]


def _part(part: Part) -> str:
    length = str(part.most) if part.least == part.most else f"..{part.most}"
    form = f"{part.kind.upper()}{length}"
    rules = [RULES.get(rule, rule) for rule in part.rules]
    return ",".join([f"[{form}]" if part.optional else form, *rules])


def test_every_line_of_the_dictionary_is_in_the_table() -> None:
    assert len(lines()) == 224
    told: set[str] = set()
    for line in lines():
        words, _, title = line.partition(" # ")
        span, *rest = words.split()
        first, _, last = span.partition("-")
        for code in range(int(first), int(last or first) + 1):
            ai = AIS[f"{code:0{len(first)}}"]
            told.add(ai.code)
            assert as_line(ai) == [ai.code, *sorted(rest)]
            assert ai.title == re.sub(r"\s+", " ", title.strip())
    assert told == set(AIS)
