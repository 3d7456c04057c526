"""What a scan at a station means."""

import pytest

from drivers.base import Scan
from gateway.core.commands import (
    BADGE,
    PREFIX,
    Badge,
    Command,
    Digit,
    Goods,
    Location,
    Meant,
    Unknown,
    Why,
    meant,
)
from gateway.core.identify import Identifier
from gs1.keys import CHARACTER_SET_39, CHARACTER_SET_82

TEA = "https://id.gs1.org/01/09521141012345"
BIN = "https://id.gs1.org/414/9521141123454/254/bin-7"
LABELS = {"BIN-7": BIN, "$RP.SHIP": BIN, "0109521141012345": BIN}
BADGES = {"4711": "anna"}


def of(text: str, symbology: str | None = "C0") -> Meant:
    scan = Scan("hand-1", 1, text.encode(), symbology)
    return meant(Identifier(accept_raw=False).scanned(scan), LABELS, BADGES)


@pytest.mark.parametrize("command", Command)
def test_a_command_is_the_prefix_and_its_word(command: Command) -> None:
    assert of(f"{PREFIX}{command.value}") is command
    assert of(command.code, None) is command


@pytest.mark.parametrize("digit", range(10))
def test_a_digit_has_a_code_of_its_own(digit: int) -> None:
    assert of(Digit(digit).code) == Digit(digit)
    assert of(f"$RP.QTY.{digit}") == Digit(digit)


def test_no_gs1_element_string_can_hold_the_prefix() -> None:
    assert "$" not in CHARACTER_SET_82 | CHARACTER_SET_39
    refused = of("0109521141012345" + "21$RP.SHIP", "C1")
    assert isinstance(refused, Unknown) and refused.why is Why.REFUSED


def test_a_badge_names_a_person() -> None:
    assert of(f"{BADGE}ben-2") == Badge("ben-2")
    assert of("4711") == Badge("anna")


@pytest.mark.parametrize(
    "text", ["$RP.OPERATOR.", "$RP.OPERATOR.a b", "$RP.receive", "$RP.QTY.10", "$RP.", "$RP.X"]
)
def test_what_begins_as_a_command_and_is_none_is_not_guessed(text: str) -> None:
    found = of(text)

    assert found == Unknown(
        "urn:readpoint:code:" + text.replace("$", "%24").replace(" ", "%20"),
        f"'{text}'",
        Why.NO_COMMAND,
        f"'{text}': no command of this release",
    )


def test_a_label_of_the_settings_is_its_place_whatever_it_would_be_else() -> None:
    assert of("BIN-7") == Location(BIN, "BIN-7")
    assert of("0109521141012345", "C1") == Location(BIN, "0109521141012345")


def test_a_gln_is_a_place_as_element_string_and_as_digital_link() -> None:
    expected = Location(BIN, "(414) 9521141123454 (254) bin-7")
    assert of("4149521141123454254bin-7", "C1") == expected
    assert of(BIN, "Q0") == expected
    assert of("4149521141123454", "C1") == Location(
        "https://id.gs1.org/414/9521141123454", "(414) 9521141123454"
    )


def test_goods_are_items_with_and_without_serial_lots_and_logistic_units() -> None:
    assert of("9521141012345", "E0") == Goods(TEA, "(01) 09521141012345", is_class=True)
    assert of("010952114101234510A-1", "C1") == Goods(
        f"{TEA}/10/A-1", "(01) 09521141012345 (10) A-1", is_class=True
    )
    assert of("0109521141012345217", "C1") == Goods(
        f"{TEA}/21/7", "(01) 09521141012345 (21) 7", is_class=False
    )
    assert of("00195211411234567899", "C1") == Goods(
        "https://id.gs1.org/00/195211411234567899", "(00) 195211411234567899", is_class=False
    )


def test_what_is_no_key_is_wrong_or_is_no_stock_says_so() -> None:
    assert of("PART 12") == Unknown(
        "urn:readpoint:code:PART%2012", "'PART 12'", Why.PLAIN, "'PART 12': no GS1 code"
    )
    wrong = of("9521141012346", "E0")
    assert wrong == Unknown(
        "urn:readpoint:code:9521141012346",
        "'9521141012346'",
        Why.REFUSED,
        "GTIN '9521141012346': expected check digit 5",
    )
    crate = of("8004952114112345A", "C1")
    assert crate == Unknown(
        "https://id.gs1.org/8004/952114112345A",
        "(8004) 952114112345A",
        Why.NOT_STOCK,
        "'8004952114112345A': no stock",
    )
