"""Judges AI pairs: each value by its own table row, and all of a code's pairs together.

The relations of pairs hold for all codes on one thing together (GS1 General Specifications §4.14):
a pallet's label may tell what is in it in one bar code and its SSCC in another. So `missing` is a
question of its own, and what one bar code lacks is no proof against it.
"""

from collections.abc import Mapping, Sequence

from gs1.ai.rules import REASONS, RULES
from gs1.ai.table import AIS, Ai, Part
from gs1.keys import CHARACTER_SET_39, CHARACTER_SET_82, Pairs
from gs1.refusal import CodeReason, Refusal, shown

_DIGITS = frozenset("0123456789")
_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=")
_CHARACTERS = {
    "n": (_DIGITS, "digits"),
    "x": (CHARACTER_SET_82, "characters of GS1 set 82"),
    "y": (CHARACTER_SET_39, "characters of GS1 set 39"),
    "z": (_BASE64, "base64url"),
}

# The keys whose serial is part of the value, and how long they are without it. A digital signature
# (AI 8030) is of one thing, so it needs the serial.
_SERIAL_BEHIND = {"253": 13, "255": 13, "8003": 14}


def validate(pairs: Pairs) -> Refusal | None:
    """The first thing wrong with the pairs of all codes of one thing; None where they are good.

    >>> validate((("01", "09521141012346"),)).why
    "AI 01 '09521141012346': expected check digit 5"
    """
    return judge(pairs) or missing(dict(pairs))


def judge(pairs: Pairs) -> Refusal | None:
    """What is wrong with the pairs of one code, whatever other codes the thing may bear."""
    for ai, text in pairs:
        found = value(ai, text)
        if found is not None:
            return found
    known = dict(pairs)
    return (repeated(pairs) if len(known) < len(pairs) else None) or excluded(known)


def value(ai: str, text: str) -> Refusal | None:
    """What is wrong with the value of one AI.

    >>> value("17", "270230").why
    "AI 17 '270230': expected a date as YYMMDD, day 00 for the end of the month"
    """
    row = AIS.get(ai)
    if row is None:
        return Refusal(CodeReason.AI_UNKNOWN, f"AI {shown(ai)}: expected one that GS1 has assigned")
    if not row.least <= len(text) <= row.most:
        return _length(row, text)
    at = 0
    for part in row.parts:
        if part.optional and at == len(text):
            break
        piece = text[at : at + part.most]
        if len(piece) < part.least:
            return _length(row, text)
        found = _part(row, part, piece, text)
        if found is not None:
            return found
        at += len(piece)
    return None


def repeated(pairs: Sequence[tuple[str, str]]) -> Refusal | None:
    """An AI that stands twice with different values."""
    first: dict[str, str] = {}
    for ai, text in pairs:
        if first.setdefault(ai, text) != text:
            return Refusal(
                CodeReason.AI_REPEATED,
                f"AI {ai} {shown(text)}: expected {shown(first[ai])} as before in the code",
            )
    return None


def excluded(pairs: Mapping[str, str]) -> Refusal | None:
    """Two AIs that may not be on one thing."""
    for ai in pairs:
        for pattern in AIS[ai].bars if ai in AIS else ():
            for other in _matching(pattern, pairs):
                if other != ai:
                    return Refusal(
                        CodeReason.AI_EXCLUDED,
                        f"AI {ai} {shown(pairs[ai])}: expected no AI {other} with it,"
                        f" found {shown(pairs[other])}",
                    )
    return None


def missing(pairs: Mapping[str, str]) -> Refusal | None:
    """An AI without what it has to go with."""
    for ai in pairs:
        needs = AIS[ai].needs if ai in AIS else ()
        if needs and not any(
            all(_matching(pattern, pairs) for pattern in group) for group in needs
        ):
            wanted = " or ".join(" and ".join(group) for group in needs)
            return Refusal(
                CodeReason.AI_MISSING,
                f"AI {ai} {shown(pairs[ai])}: expected AI {wanted} with it, found none",
            )
    return _unserialised(pairs)


def _unserialised(pairs: Mapping[str, str]) -> Refusal | None:
    if "8030" in pairs:
        for ai, length in _SERIAL_BEHIND.items():
            if ai in pairs and len(pairs[ai]) == length:
                return Refusal(
                    CodeReason.AI_MISSING,
                    f"AI {ai} {shown(pairs[ai])}: expected a serial in it, which AI 8030 signs",
                )
    return None


def _matching(pattern: str, pairs: Mapping[str, str]) -> list[str]:
    if not pattern.endswith("n"):
        return [pattern] if pattern in pairs else []
    stem = pattern.rstrip("n")
    return [ai for ai in pairs if len(ai) == len(pattern) and ai.startswith(stem)]


def _part(row: Ai, part: Part, piece: str, text: str) -> Refusal | None:
    characters, named = _CHARACTERS[part.kind]
    if not characters.issuperset(piece):
        wrong = next(character for character in piece if character not in characters)
        return Refusal(
            CodeReason.AI_CHARACTER,
            f"AI {row.code} {shown(text)}: expected {named}, found {ascii(wrong)}",
        )
    for rule in part.rules:
        expected = RULES[rule](piece)
        if expected is not None:
            return Refusal(REASONS[rule], f"AI {row.code} {shown(text)}: expected {expected}")
    return None


def _length(row: Ai, text: str) -> Refusal:
    wanted = str(row.least) if row.least == row.most else f"{row.least} to {row.most}"
    if row.least != row.most and len(row.parts) > 1:
        wanted += " in whole parts"
    return Refusal(
        CodeReason.AI_LENGTH,
        f"AI {row.code} {shown(text)}: expected {wanted} characters, found {len(text)}",
    )
