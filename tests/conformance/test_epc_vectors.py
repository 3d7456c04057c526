"""Tags that the standard encodes: TDS 1.13 Annex E.3, as far as the schemes are decoded here."""

import json

import pytest

from gs1.epc import Tag, Unknown, decode, encode
from gs1.keys import Sgtin, Sscc
from tests.conformance.data import folder

pytestmark = pytest.mark.conformance

DECODED = ("SGTIN-96", "SSCC-96")


def vectors() -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(
        (folder() / "epc" / "tds_1_13_annex_e3.json").read_text()
    )
    return found


def test_the_tags_of_the_standard_are_decoded() -> None:
    seen = 0
    for vector in vectors():
        if vector["scheme"] not in DECODED:
            continue
        seen += 1
        tag = decode(bytes.fromhex(vector["hex"]), 0x3000)
        assert isinstance(tag, Tag)
        assert _element_string(tag) == vector["element_string"]
        assert _tag_uri(tag) == vector["tag_uri"]
        assert encode(tag.identity, tag.prefix_digits, tag.filter_value) == bytes.fromhex(
            vector["hex"]
        )
    assert seen == 2


def test_a_tag_of_another_scheme_is_unknown_with_its_bits() -> None:
    for vector in vectors():
        if vector["scheme"] in DECODED:
            continue
        digits = vector["hex"] + "0" * (len(vector["hex"]) % 2)  # to whole bytes
        found = decode(bytes.fromhex(digits))
        assert isinstance(found, Unknown), vector["scheme"]
        assert found.raw.endswith(f".x{digits.upper()}")


def _element_string(tag: Tag) -> str:
    match tag.identity:
        case Sgtin(gtin=gtin, serial=serial):
            return f"(01){gtin}(21){serial}"
        case Sscc(sscc=sscc):
            return f"(00){sscc}"


def _tag_uri(tag: Tag) -> str:
    """The EPC tag URI (TDS 1.13 §12), which shows filter and company prefix."""
    match tag.identity:
        case Sgtin(gtin=gtin, serial=serial):
            prefix, reference = gtin[1 : 1 + tag.prefix_digits], gtin[1 + tag.prefix_digits : -1]
            rest = f"sgtin-96:{tag.filter_value}.{prefix}.{gtin[0]}{reference}.{serial}"
        case Sscc(sscc=sscc):
            prefix, reference = sscc[1 : 1 + tag.prefix_digits], sscc[1 + tag.prefix_digits : -1]
            rest = f"sscc-96:{tag.filter_value}.{prefix}.{sscc[0]}{reference}"
    return f"urn:epc:tag:{rest}"
