"""Element strings: AIs with their values in a row, as scanners send them and as people write them.

A scanner sends FNC1 as the character GS. An AI of predefined length needs none behind it; each
other value goes up to the next GS or the end (GS1 General Specifications §7.8). So a scanner that
swallows GS makes two values one: only the rules of the values can tell, and mostly they cannot.

People write AIs in brackets. There every bracket opens an AI; one that belongs to a value is
written with a backslash before it.
"""

import re

from gs1.ai.table import AIS, CODE_LENGTHS, Ai
from gs1.kinds import Pairs
from gs1.refusal import CodeReason, Refusal, shown

GS = "\x1d"
ELEMENTS_MAX = 64  # more than any symbol holds (ISO/IEC 16022: 3,116 digits); a loop's bound

_BRACKETED = re.compile(r"\(([0-9]{2,4})\)((?:[^(\\]|\\.)+)", re.DOTALL)


def split(text: str) -> Pairs | Refusal:
    """The pairs in what a scanner sent, not judged yet.

    >>> split("010952114101234510A-1\\x1d17271231")
    (('01', '09521141012345'), ('10', 'A-1'), ('17', '271231'))
    """
    pairs: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        row = _row(text, at)
        if row is None or len(pairs) == ELEMENTS_MAX:
            return _unknown(text, at)
        at += len(row.code)
        end = text.find(GS, at)
        end = len(text) if end < 0 else end
        if row.fixed:
            end = min(end, at + row.most)
        if end == at:
            return Refusal(CodeReason.SYNTAX, f"AI {row.code}: expected a value, found none")
        pairs.append((row.code, text[at:end]))
        at = end + (text[end : end + 1] == GS)
    return tuple(pairs) or Refusal(CodeReason.EMPTY, "element string: expected an AI, found none")


def split_bracketed(text: str) -> Pairs | Refusal:
    r"""The pairs in text with its AIs in brackets, not judged yet.

    >>> split_bracketed(r"(01)09521141012345(10)A\(1")
    (('01', '09521141012345'), ('10', 'A(1'))
    """
    pairs: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        found = _BRACKETED.match(text, at)
        if found is None or len(pairs) == ELEMENTS_MAX:
            return Refusal(
                CodeReason.SYNTAX,
                f"{shown(text[at:])}: expected an AI in brackets and its value",
            )
        pairs.append((found[1], re.sub(r"\\(.)", r"\1", found[2])))
        at = found.end()
    return tuple(pairs) or Refusal(CodeReason.EMPTY, "element string: expected an AI, found none")


def join(pairs: Pairs) -> str:
    """What a scanner sends for the pairs: a GS only where one is needed.

    >>> join((("10", "A-1"), ("01", "09521141012345")))
    '10A-1\\x1d0109521141012345'
    """
    last = len(pairs) - 1
    return "".join(
        ai + value + ("" if place == last or (ai in AIS and AIS[ai].fixed) else GS)
        for place, (ai, value) in enumerate(pairs)
    )


def _row(text: str, at: int) -> Ai | None:
    length = CODE_LENGTHS.get(text[at : at + 2])
    return None if length is None else AIS.get(text[at : at + length])


def _unknown(text: str, at: int) -> Refusal:
    return Refusal(
        CodeReason.AI_UNKNOWN,
        f"{shown(text[at:])}: expected an AI that GS1 has assigned",
    )
