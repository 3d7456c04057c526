import pytest

from gs1.ai.validate import value
from gs1.refusal import CodeReason, Refusal

R = CodeReason

GOOD = [
    ("00", "195211411234567899"),
    ("01", "09521141012345"),
    ("253", "9521141000014X"),
    ("402", "12345678901234560"),
    ("8003", "09521141000014X"),
    ("8006", "095211410123450102"),
    ("8018", "195211411234567899"),
    ("17", "271200"),
    ("17", "240229"),
    ("4326", "271231"),
    ("7003", "2712312359"),
    ("4324", "2712009999"),
    ("4324", "2712311200"),
    ("7250", "20240229"),
    ("8008", "27123123"),
    ("8008", "27123123595959"[:10]),
    ("8008", "271231235959"),
    ("422", "528"),
    ("423", "528056"),
    ("7030", "999ABC"),
    ("7030", "528ABC"),
    ("4307", "NL"),
    ("3910", "978100"),
    ("7252", "9"),
    ("7241", "01"),
    ("7041", "200"),
    ("7041", "1A"),
    ("8007", "DE91100000000123456789"),
    ("4309", "18000000003600000000"),
    ("4330", "001250-"),
    ("4330", "001250"),
    ("7040", "1AB-"),
    ("4321", "1"),
    ("8001", "123412345123" + "98"),
    ("7258", "1/3"),
    ("8011", "0"),
    ("8011", "10"),
    ("8013", "1987654Ad4X4bL5ttr2310c2K"),
    ("8014", "1987654Ad4X4bL5ttr2310c2K"),
    ("4300", "A%20B"),
    ("8030", "aZ09-_="),
    ("8010", "9521141#-/A"),
    ("8110", "012345612345611110123"),
    ("8110", "012345612345611110123" + "1" + "0" + "1" + "1" + "0" + "123" + "9"),
    ("8110", "012345612345611110123" + "2" + "11" + "0" + "123" + "0123456"),
    ("8110", "012345612345611110123" + "3271231" + "4270101" + "50123456" + "11111"[:0]),
    ("8110", "012345612345611110123" + "61" + "1234567" + "9" + "0000"),
    ("8112", "001234561234560123456"),
    ("8112", "001234561234569123456789012345"),
]


@pytest.mark.parametrize(("ai", "text"), GOOD)
def test_a_value_that_keeps_its_rules_is_good(ai: str, text: str) -> None:
    assert value(ai, text) is None


BAD = [
    ("89", "1", R.AI_UNKNOWN, "AI '89': expected one that GS1 has assigned"),
    ("01", "9521141012345", R.AI_LENGTH, "expected 14 characters, found 13"),
    ("10", "A" * 21, R.AI_LENGTH, "expected 1 to 20 characters, found 21"),
    ("7007", "2712311", R.AI_LENGTH, "expected 6 to 12 in whole parts characters, found 7"),
    ("01", "0952114101234A", R.AI_CHARACTER, "expected digits, found 'A'"),
    ("10", "A B", R.AI_CHARACTER, "expected characters of GS1 set 82, found ' '"),
    ("8010", "9521141a", R.AI_CHARACTER, "expected characters of GS1 set 39, found 'a'"),
    ("8030", "a b", R.AI_CHARACTER, "expected base64url, found ' '"),
    ("01", "09521141012346", R.AI_CHECK_DIGIT, "expected check digit 5"),
    ("414", "9521141123455", R.AI_CHECK_DIGIT, "expected check digit 4"),
    ("8013", "1987654Ad4X4bL5ttr2310cXK", R.AI_CHECK_DIGIT, "expected check characters 2K"),
    ("8013", "22", R.AI_CHECK_DIGIT, "expected a number and two check characters"),
    ("8004", "ABC1234", R.AI_PREFIX, "expected a company prefix of at least 4 digits at its start"),
    ("8004", "123", R.AI_PREFIX, "expected a company prefix of at least 4 digits at its start"),
    ("17", "270230", R.AI_DATE, "expected a date as YYMMDD, day 00 for the end of the month"),
    ("17", "271301", R.AI_DATE, "expected a date as YYMMDD, day 00 for the end of the month"),
    ("17", "000000", R.AI_DATE, "expected a date as YYMMDD, day 00 for the end of the month"),
    ("7006", "271200", R.AI_DATE, "expected a date as YYMMDD"),
    ("7250", "20230229", R.AI_DATE, "expected a date as YYYYMMDD"),
    ("7250", "00000101", R.AI_DATE, "expected a date as YYYYMMDD"),
    ("7003", "2712312400", R.AI_DATE, "expected a time of day as HHMM"),
    ("7003", "2712312360", R.AI_DATE, "expected a time of day as HHMM"),
    ("7003", "2712319999", R.AI_DATE, "expected a time of day as HHMM"),
    ("4324", "2712002400", R.AI_DATE, "expected a time of day as HHMM"),
    ("8008", "27123124", R.AI_DATE, "expected an hour, 00 to 23"),
    ("8008", "2712312360", R.AI_DATE, "expected a minute, 00 to 59"),
    ("8008", "271231235960", R.AI_DATE, "expected a second, 00 to 59"),
    ("422", "000", R.AI_LIST, "expected a country as three digits (ISO 3166-1)"),
    ("422", "999", R.AI_LIST, "expected a country as three digits (ISO 3166-1)"),
    ("4307", "XX", R.AI_LIST, "expected a country as two letters (ISO 3166-1)"),
    ("3910", "000100", R.AI_LIST, "expected a currency as three digits (ISO 4217)"),
    ("7252", "3", R.AI_LIST, "expected 0, 1, 2 or 9 (ISO 5218)"),
    ("7241", "11", R.AI_LIST, "expected a medium: 01 to 10 or 80 to 99"),
    ("7041", "0", R.AI_LIST, "expected a kind of package (UN/ECE Recommendation 21)"),
    ("4321", "2", R.AI_LIST, "expected 0 or 1"),
    ("8001", "12341234512328", R.AI_LIST, "expected 0, 1 or 9"),
    ("8001", "00001234512398", R.AI_VALUE, "expected more than zero"),
    ("8003", "19521141000014", R.AI_VALUE, "expected 0"),
    ("4330", "001250+", R.AI_VALUE, "expected a hyphen or nothing at its end"),
    ("8011", "01", R.AI_VALUE, "expected no leading zero"),
    ("8014", "127989923", R.AI_VALUE, "expected a character that is no digit"),
    ("7040", "1AB+", R.AI_VALUE, "expected a letter, a digit, - or _"),
    ("4309", "18000000013600000000", R.AI_VALUE, "expected at most 1800000000"),
    ("4309", "18000000003600000001", R.AI_VALUE, "expected at most 3600000000"),
    ("4300", "A%2", R.AI_VALUE, "expected two hexadecimal digits after each %"),
    ("8006", "095211410123450002", R.AI_VALUE, "expected a piece and how many there are, as 0103"),
    ("8006", "095211410123450302", R.AI_VALUE, "expected a piece and how many there are, as 0103"),
    ("7258", "3/1", R.AI_VALUE, "expected a place in a row, as 1/3"),
    ("7258", "0/1", R.AI_VALUE, "expected a place in a row, as 1/3"),
    ("8007", "BE71096123456760", R.AI_VALUE, "expected an IBAN with right check digits"),
    ("8007", "XX361234567890", R.AI_VALUE, "expected an IBAN: country, check digits, account"),
    ("8007", "be71", R.AI_VALUE, "expected an IBAN: country, check digits, account"),
    ("8110", "A", R.AI_VALUE, "expected digits"),
    ("8112", "A", R.AI_VALUE, "expected digits"),
    ("8110", "7", R.AI_VALUE,
     "expected length of the company prefix to be one of 0123456, found 7"),
    ("8110", "01", R.AI_VALUE, "expected company prefix of 6 digits, found 1"),
    (
        "8110",
        "012345612345611110123" + "32712314280101",
        R.AI_VALUE,
        "expected expiration not before the start 280101, found 271231",
    ),
    (
        "8110",
        "012345612345611110123" + "3271331",
        R.AI_VALUE,
        "expected date as YYMMDD, found 271331",
    ),
    (
        "8110",
        "012345612345611110123" + "7",
        R.AI_VALUE,
        "expected an end, found 1 more digits",
    ),
    ("8112", "0012345612345601234567", R.AI_VALUE, "expected an end, found 1 more digits"),
    ("8112", "00123456123456", R.AI_VALUE,
     "expected length of the serial number of 1 digits, found 0"),
]  # fmt: skip


@pytest.mark.parametrize(("ai", "text", "reason", "why"), BAD)
def test_a_breach_is_told_with_the_value_and_what_was_expected(
    ai: str, text: str, reason: CodeReason, why: str
) -> None:
    whole = why if why.startswith("AI ") else f"AI {ai} '{text}': {why}"

    assert value(ai, text) == Refusal(reason, whole)
