from gs1.ai.validate import judge, missing, repeated, validate
from gs1.refusal import CodeReason, Refusal, shown

GTIN = ("01", "09521141012345")


def test_pairs_that_go_together_are_good() -> None:
    assert validate((GTIN, ("10", "A-1"), ("17", "271231"))) is None


def test_the_first_bad_value_is_told() -> None:
    assert validate((("01", "09521141012346"), ("17", "1"))) == Refusal(
        CodeReason.AI_CHECK_DIGIT, "AI 01 '09521141012346': expected check digit 5"
    )


def test_an_ai_may_stand_twice_only_with_one_value() -> None:
    assert judge((("400", "A"), ("400", "A"))) is None
    assert judge((("400", "A"), ("400", "B"))) == Refusal(
        CodeReason.AI_REPEATED, "AI 400 'B': expected 'A' as before in the code"
    )
    assert repeated((("89", "A"), ("89", "A"))) is None


def test_ais_that_bar_each_other_are_refused() -> None:
    assert judge((GTIN, ("37", "12"))) == Refusal(
        CodeReason.AI_EXCLUDED, "AI 01 '09521141012345': expected no AI 37 with it, found '12'"
    )
    assert judge((("3102", "000100"), ("3103", "001000"))) == Refusal(
        CodeReason.AI_EXCLUDED, "AI 3102 '000100': expected no AI 3103 with it, found '001000'"
    )


def test_what_an_ai_needs_is_asked_for_by_itself() -> None:
    content = (("02", "09521141012345"), ("37", "12"))

    assert judge(content) is None
    assert validate(content) == Refusal(
        CodeReason.AI_MISSING,
        "AI 37 '12': expected AI 00 and 02 or 00 and 8026 with it, found none",
    )
    assert validate((*content, ("00", "195211411234567899"))) is None


def test_who_is_to_be_paid_needs_a_reference() -> None:
    assert missing({"415": "9521141123454"}) == Refusal(
        CodeReason.AI_MISSING, "AI 415 '9521141123454': expected AI 8020 with it, found none"
    )
    assert missing({"415": "9521141123454", "8020": "A"}) is None


def test_a_signature_needs_a_key_with_serial() -> None:
    assert missing({"253": "9521141000016", "8030": "A"}) == Refusal(
        CodeReason.AI_MISSING,
        "AI 253 '9521141000016': expected a serial in it, which AI 8030 signs",
    )
    assert missing({"253": "9521141000016X", "8030": "A"}) is None


def test_an_ai_that_nobody_knows_needs_and_bars_nothing() -> None:
    assert missing({"89": "A"}) is None


def test_a_sentence_stays_one_line_whatever_it_shows() -> None:
    assert shown("A\n\x1d\xff") == "'A\\n\\x1d\\xff'"
    assert shown("A" * 60) == "'" + "A" * 48 + "...'"
