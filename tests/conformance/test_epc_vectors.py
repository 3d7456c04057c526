"""Tags that the standard encodes: TDS 1.13 Annex E.3, and the definitions that GS1 publishes."""

import json
import re
from typing import Any

import pytest

from gs1.epc import classic, others, plus, uri
from gs1.epc.ai_bits import INTEGER_BITS
from gs1.epc.ai_formats import AI_DIGITS, FORMATS, Piece
from gs1.epc.codec import decode, encode
from gs1.epc.model import Pure, Tag
from tests.conformance.data import folder

pytestmark = pytest.mark.conformance

UNREAD = {"7007", "7011", "8008"}  # of variable precision: the tables do not say how


def artefact(name: str) -> Any:
    return json.loads((folder() / "epc" / "tdt_artefacts" / name).read_text())


def binary(name: str) -> tuple[str, list[Any]]:
    """(header, options) of a scheme."""
    scheme = artefact(f"{name}.json")["tdt:epcTagDataTranslation"]["scheme"]
    level = next(level for level in scheme["level"] if level["type"] == "BINARY")
    return level["prefixMatch"], level["option"]


def rows(table: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = artefact(f"TDT_Table{table}.json")["rows"]
    return found


def test_the_tags_of_the_standard_are_decoded_and_encoded() -> None:
    vectors = json.loads((folder() / "epc" / "tds_1_13_annex_e3.json").read_text())
    for vector in vectors:
        digits = vector["hex"] + "0" * (-len(vector["hex"]) % 4)  # to whole words
        bits = bytes.fromhex(digits)
        tag = decode(bits, len(bits) // 2 << 11)
        assert isinstance(tag, Tag), vector
        assert tag.scheme == vector["scheme"]
        assert tag.epc_uri == vector["epc_uri"]
        assert tag.tag_uri == vector["tag_uri"]
        told = "".join(f"({ai}){value}" for ai, value in tag.pairs)
        assert told == vector.get("element_string", "")
        assert encode(tag.identity, tag.scheme, tag.filter_value or 0, tag.prefix_digits) == bits
        assert uri.parse_tag(vector["tag_uri"]) == tag
        assert uri.parse_pure(vector["epc_uri"]) == Pure(tag.identity, tag.prefix_digits)
    assert len(vectors) == 21


def test_every_scheme_is_known_by_its_header() -> None:
    ours = {name: scheme.header for name, scheme in classic.SCHEME.items()}
    ours |= {name: header for name, (header, _) in plus.SCHEMES.items()}
    ours |= {
        "GID-96": others.GID_HEADER,
        "USDOD-96": others.USDOD_HEADER,
        "ADI-var": others.ADI_HEADER,
    }
    theirs = [each["scheme"] for each in artefact("manifest.json")["definitionFiles"]]

    assert ours == {name: int(binary(name)[0], 2) for name in theirs}
    assert len(ours) == 34


@pytest.mark.parametrize("name", list(classic.SCHEME))
def test_the_partitions_of_a_scheme_are_as_published(name: str) -> None:
    scheme = classic.SCHEME[name]
    _, options = binary(name)
    assert len(options) == 7
    for option in options:
        digits = int(option["optionKey"])
        where = classic.plan(scheme, 12 - digits)
        assert f"'{12 - digits:03b}'" in option["grammar"]
        filter_, prefix, reference, *rest = option["field"]
        assert (filter_["name"], filter_["bitLength"]) == ("filter", 3)
        assert (prefix["bitLength"], prefix["length"]) == (where.prefix_bits, digits)
        assert int(prefix["decimalMaximum"]) == where.prefix_max
        if scheme.reference == "six":
            assert "bitLength" not in reference
        else:
            assert reference["bitLength"] == where.reference_bits
        if "decimalMaximum" in reference:
            assert int(reference["decimalMaximum"]) == where.reference_max
        if scheme.reference == "digits" and "length" in reference:
            assert reference["length"] == where.reference_digits
        assert [each["name"] for each in rest[:-1]] == ["piece", "total"] * scheme.pieces
        _tail_is(scheme.tail, scheme.tail_bits, where.tail_max, rest, option["grammar"])
        total = 14 + where.prefix_bits + where.reference_bits + 14 * scheme.pieces
        assert scheme.bits in (0, total + scheme.tail_bits)


def _tail_is(kind: str, bits: int, most: int, rest: list[Any], grammar: str) -> None:
    if kind == "none":
        assert not rest
        zeros = re.search(r"'(0+)'$", grammar)
        assert len(zeros[1] if zeros else "") == bits
        return
    assert rest[-1]["bitLength"] == bits
    if kind == "text":
        assert rest[-1]["compaction"] == "7-bit"
    else:
        assert int(rest[-1]["decimalMaximum"]) == most


@pytest.mark.parametrize("name", list(plus.SCHEMES))
def test_the_keys_of_a_plus_scheme_are_as_published(name: str) -> None:
    _, options = binary(name)
    for option in options:
        assert tuple(each["ai"] for each in option["encodedAI"]) == plus.SCHEMES[name][1]
    if name == plus.DATED:
        assert [int(option["optionKey"]) for option in options] == list(range(len(plus.DATES)))
    else:
        assert len(options) == 1


def test_gid_and_usdod_are_as_wide_as_published() -> None:
    gid, usdod = binary("GID-96")[1][0]["field"], binary("USDOD-96")[1][0]["field"]

    assert tuple(each["bitLength"] for each in gid) == others.GID_BITS
    assert [each["bitLength"] for each in usdod] == [4, 48, others.USDOD_SERIAL_BITS]


def test_the_formats_of_application_identifiers_are_as_published() -> None:
    theirs = {row["a"]: row for row in rows("F")}

    assert set(theirs) - set(FORMATS) == UNREAD
    assert set(FORMATS) <= set(theirs)
    for ai, pieces in FORMATS.items():
        row = theirs[ai]
        for piece, names in zip(pieces, ("cdefgh", "jklmno"), strict=False):
            section, characters, bits, encoding, length, most = (
                row.get(name, "") for name in names
            )
            assert _published(piece) == (section, characters, bits, encoding, length, most), ai
        assert len(pieces) == 1 + bool(row.get("j"))


def _published(piece: Piece) -> tuple[str, str, str, str, str, str]:
    """How table F has this piece."""
    sections = {
        "bcd": "14.5.4", "int": "14.5.2", "text": "14.5.6", "digits": "14.5.13", "part": "14.5.5",
        "date": "14.5.8", "time": "14.5.9", "bit": "14.5.7", "letters": "14.5.12",
        "minus": "14.5.14", "order": "14.5.15",
    }  # fmt: skip
    fixed = {"date": (6, 16), "time": (10, 27), "bit": (1, 1), "order": (3, 8)}
    section = sections[piece.kind]
    match piece.kind:
        case "text" | "part":
            return (section, "", "", "3", str(piece.length_bits), str(piece.characters_max))
        case "digits":
            return (section, "", "", "", str(piece.length_bits), str(piece.characters_max))
        case "minus":
            return (section, "", "1", "", "", "1")
        case "bcd":
            characters, bits = piece.fixed, 4 * piece.fixed
        case "int":
            characters, bits = piece.fixed, INTEGER_BITS[piece.fixed]
        case "letters":
            characters, bits = piece.fixed, 6 * piece.fixed
        case _:
            characters, bits = fixed[piece.kind]
    return (section, str(characters), str(bits), "", "", "")


def test_numbers_have_as_many_bits_as_published() -> None:
    assert INTEGER_BITS[1:] == [int(row["b"]) for row in rows("B")]


def test_the_lengths_of_application_identifiers_are_as_published() -> None:
    assert {row["a"]: int(row["b"]) for row in rows("K")} == AI_DIGITS
