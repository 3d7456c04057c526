import pytest

from gs1.epc.model import Adi, Gid, Pure, Tag, Usdod
from gs1.epc.uri import parse_pure, parse_tag
from gs1.keys import Cpid, Giai, Ginc, Gsin, Gsrn, Itip, Pgln, Sgln, Sgtin, Sscc, Upui

URIS = [
    ("sgtin:0614141.812345.6789", Sgtin("80614141123458", "6789"), 7),
    ("sgtin:0614141.712345.32a%2Fb", Sgtin("70614141123451", "32a/b"), 7),
    ("sscc:0614141.1234567890", Sscc("106141412345678908"), 7),
    ("sgln:0614141.12345.0", Sgln("0614141123452"), 7),
    ("sgln:061414112345..5678", Sgln("0614141123452", "5678"), 12),
    ("gsrn:0614141.1234567890", Gsrn("061414112345678902"), 7),
    ("giai:0614141.32a%2Fb.c", Giai("061414132a/b.c"), 7),
    ("cpi:0614141.5PQ7%2FZ43.12345", Cpid("06141415PQ7/Z43", "12345"), 7),
    ("itip:4012345.012345.01.02.9.1", Itip("04012345123456", "01", "02", "9.1"), 7),
    ("upui:0614141.812345.51qIg%2F", Upui("80614141123458", "51qIg/"), 7),
    ("pgln:0614141.12345", Pgln("0614141123452"), 7),
    ("ginc:0614141.xyz47%2F11", Ginc("0614141xyz47/11"), 7),
    ("gsin:0614141.123456789", Gsin("06141411234567890"), 7),
    ("gid:31415.271828.1414", Gid(31415, 271828, 1414), None),
    ("usdod:CAGEY.5678", Usdod("CAGEY", 5678), None),
    ("adi:35962..%237", Adi("35962", "", "#7"), None),
]


@pytest.mark.parametrize(("text", "identity", "digits"), URIS)
def test_a_pure_identity_is_read_from_its_uri(
    text: str, identity: Sgtin, digits: int | None
) -> None:
    assert parse_pure(f"urn:epc:id:{text}") == Pure(identity, digits)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("sgtin-96:3.0614141.812345.6789", Tag("SGTIN-96", Sgtin("80614141123458", "6789"), 3, 7)),
        ("cpi-var:3.0614141.5PQ.1", Tag("CPI-var", Cpid("06141415PQ", "1"), 3, 7)),
        ("gid-96:31415.271828.1414", Tag("GID-96", Gid(31415, 271828, 1414), None)),
        ("adi-var:63.35962..7", Tag("ADI-var", Adi("35962", "", "7"), 63)),
    ],
)
def test_a_tag_is_read_from_its_uri(text: str, tag: Tag) -> None:
    assert parse_tag(f"urn:epc:tag:{text}") == tag


@pytest.mark.parametrize(
    "text",
    [
        "urn:epc:tag:sgtin-96:3.0614141.812345.6789",
        "urn:epc:id:sgtin",
        "urn:epc:id:x:1.2.3",
        "urn:epc:id:giai:0614141",
        "urn:epc:id:giai:0614141.",
        "urn:epc:id:giai:061414A.1",
        "urn:epc:id:sgtin:06141.81234567.6789",
        "urn:epc:id:sgtin:0614141.81234.6789",
        "urn:epc:id:sgtin:0614141.8123x5.6789",
        "urn:epc:id:sgtin:0614141.812345.",
        "urn:epc:id:sgtin:0614141.812345.%61",
        "urn:epc:id:sgtin:0614141.812345.a/b",
        "urn:epc:id:gid:1.02.3",
        "urn:epc:id:usdod:CAGEI.1",
        "urn:epc:id:usdod:CAGEY.01",
        "urn:epc:id:adi:35962.a.1",
        "urn:epc:id:adi:35962.1.",
    ],
)
def test_any_other_text_is_no_pure_identity(text: str) -> None:
    assert parse_pure(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "urn:epc:id:sscc:0614141.1234567890",
        "urn:epc:tag:sscc:3.0614141.1234567890",
        "urn:epc:tag:sscc-96:x.0614141.1234567890",
        "urn:epc:tag:sscc-96:333.0614141.1234567890",
        "urn:epc:tag:sscc-96:3.0614141.123456789",
    ],
)
def test_any_other_text_is_no_tag(text: str) -> None:
    assert parse_tag(text) is None
