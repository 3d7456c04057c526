"""Why a scanned code, or a unit, is refused: a word for programs and a sentence for people."""

from dataclasses import dataclass
from enum import StrEnum


class CodeReason(StrEnum):
    """Why the data of a code name nothing. The words cross the wire and are never renamed."""

    EMPTY = "code_empty"
    LENGTH = "code_length"
    CHECK_DIGIT = "code_check_digit"
    AMBIGUOUS = "code_ambiguous"
    COMPRESSED = "code_compressed"  # a Digital Link URI that only its resolver can expand
    LINK = "code_link"  # a Digital Link URI that is not built as the standard says
    SYNTAX = "code_syntax"  # element strings whose parts do not follow each other rightly
    NO_KEY = "code_no_key"  # good data that name no thing
    RESTRICTED = "code_restricted"  # a restricted circulation number against its region's rules
    AI_UNKNOWN = "ai_unknown"
    AI_LENGTH = "ai_length"
    AI_CHARACTER = "ai_character"
    AI_CHECK_DIGIT = "ai_check_digit"
    AI_PREFIX = "ai_prefix"
    AI_DATE = "ai_date"
    AI_LIST = "ai_list"  # not in the list of codes that it is from: countries, currencies, ...
    AI_VALUE = "ai_value"
    AI_REPEATED = "ai_repeated"
    AI_EXCLUDED = "ai_excluded"
    AI_MISSING = "ai_missing"
    UNIT_UNKNOWN = "unit_unknown"
    UNIT_DELETED = "unit_deleted"
    UNIT_DEPRECATED = "unit_deprecated"


SHOWN_CHARACTERS_MAX = 48  # of a value, in a sentence: longer than any key, and one line


def shown(text: str) -> str:
    """A value as a sentence shows it: quoted, without control characters, and not too long."""
    cut = text if len(text) <= SHOWN_CHARACTERS_MAX else text[:SHOWN_CHARACTERS_MAX] + "..."
    return ascii(cut)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused, and the sentence that says what was found and what was expected."""

    reason: CodeReason
    why: str
