"""CBV 2.0 §8.2: the URIs of things, classes and places, as URN and as Digital Link."""

import pytest

from gs1.epcis.identifier import Level, Misnamed, Named, identify
from gs1.keys import DOMAIN

LINK = "a GS1 Digital Link URI with a key that its rules allow"
PURE = "a pure identity or class URI (urn:epc:id:, urn:epc:class:lgtin:)"


@pytest.mark.parametrize(
    ("urn", "path", "level"),
    [
        ("id:sgtin:9521141.012345.32a%2Fb", "01/09521141123454/21/32a%2Fb", Level.INSTANCE),
        ("id:sscc:9521141.1234567890", "00/195211412345678900", Level.INSTANCE),
        ("id:sgln:9521141.12345.0", "414/9521141123454", Level.INSTANCE),
        ("id:sgln:9521141.12345.dock1", "414/9521141123454/254/dock1", Level.INSTANCE),
        ("id:sgln:952114112345..7", "414/9521141123454/254/7", Level.INSTANCE),
        ("id:pgln:9521141.12345", "417/9521141123454", Level.INSTANCE),
        ("id:grai:9521141.12345.5678", "8003/095211411234545678", Level.INSTANCE),
        ("id:giai:9521141.5678", "8004/95211415678", Level.INSTANCE),
        ("id:gsrn:9521141.1234567890", "8018/952114112345678906", Level.INSTANCE),
        ("id:gsrnp:9521141.1234567890", "8017/952114112345678906", Level.INSTANCE),
        ("id:gdti:9521141.12345.A1", "253/9521141123454A1", Level.INSTANCE),
        ("id:sgcn:9521141.12345.67", "255/952114112345467", Level.INSTANCE),
        ("id:cpi:9521141.A%2FB.12", "8010/9521141A%2FB/8011/12", Level.INSTANCE),
        ("id:ginc:9521141.xyz47", "401/9521141xyz47", Level.INSTANCE),
        ("id:gsin:9521141.123456789", "402/95211411234567892", Level.INSTANCE),
        ("id:itip:9521141.012345.01.02.9", "8006/095211411234540102/21/9", Level.INSTANCE),
        ("id:upui:9521141.012345.51q", "01/09521141123454/235/51q", Level.INSTANCE),
        ("id:sgtin:9521141.012345.32a%2fb", "01/09521141123454/21/32a%2Fb", Level.INSTANCE),
        ("class:lgtin:9521141.012345.L7", "01/09521141123454/10/L7", Level.CLASS),
        ("idpat:sgtin:9521141.012345.*", "01/09521141123454", Level.CLASS),
        ("idpat:upui:9521141.012345.*", "01/09521141123454", Level.CLASS),
        ("idpat:grai:9521141.12345.*", "8003/09521141123454", Level.CLASS),
        ("idpat:gdti:9521141.12345.*", "253/9521141123454", Level.CLASS),
        ("idpat:sgcn:9521141.12345.*", "255/9521141123454", Level.CLASS),
        ("idpat:cpi:9521141.AB.*", "8010/9521141AB", Level.CLASS),
        ("idpat:itip:9521141.012345.01.02.*", "8006/095211411234540102", Level.CLASS),
    ],
)
def test_a_urn_and_its_link_name_the_same(urn: str, path: str, level: Level) -> None:
    spelled, linked = identify(f"urn:epc:{urn}"), identify(f"{DOMAIN}/{path}")

    assert spelled == linked
    assert isinstance(spelled, Named)
    assert (spelled.level, spelled.canonical) == (level, f"{DOMAIN}/{path}")


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("http://x.example/a/01/9521141123454/10/L/21/S?17=270331#top", "01/09521141123454/21/S"),
        ("https://x.example/01/09521141123454/22/V/10/L/", "01/09521141123454/10/L"),
        ("https://x.example/414/9521141123454/254/0", "414/9521141123454"),
    ],
)
def test_a_link_of_any_domain_is_its_finest_key(uri: str, path: str) -> None:
    named = identify(uri)

    assert isinstance(named, Named)
    assert named.canonical == f"{DOMAIN}/{path}"


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("hello", "a URI"),
        ("urn:epc:tag:sgtin-96:1.9521141.012345.1", PURE),
        ("urn:epc:id:sgtin:9521141.12345.1", "urn:epc:id:sgtin: as TDS §6.3 spells it"),
        ("urn:epc:id:sgtin:9521141.012345", "urn:epc:id:sgtin: as TDS §6.3 spells it"),
        ("urn:epc:id:sgtin:9521141.012345.*", None),
        ("urn:epc:id:sgtin:9521141.012345.%00", "urn:epc:id:sgtin: as TDS §6.3 spells it"),
        ("urn:epc:id:cpi:9521141.A.012", "urn:epc:id:cpi: as TDS §6.3 spells it"),
        ("urn:epc:id:sscc:9521141.1234567890x", "urn:epc:id:sscc: as TDS §6.3 spells it"),
        ("urn:epc:id:gid:1.2", "urn:epc:id:gid: as TDS §6.3 spells it"),
        ("urn:epc:raw:96.E2", "urn:epc:raw: as TDS §6.3 spells it"),
        (f"{DOMAIN}/01/09521141123455", LINK),
        (f"{DOMAIN}/01", LINK),
        (f"{DOMAIN}/01/09521141123454/21", LINK),
        (f"{DOMAIN}/01/09521141123454/21/S/10/L", LINK),
        (f"{DOMAIN}/00/195211412345678900/21/S", LINK),
        (f"{DOMAIN}/01/09521141123454?21=S", LINK),
        (f"{DOMAIN}/whatever", LINK),
        ("urn:epc:id:sgtin:9521141.012345.%61", "urn:epc:id:sgtin: as TDS §6.3 spells it"),
        ("urn:epc:id:nothing:9521141.1", PURE),
        ("urn:epc:idpat:sscc:9521141.*", PURE),
        ("urn:epc:idpat:sgtin:9521141.012345.7", "urn:epc:idpat:sgtin: as TDS §6.3 spells it"),
        ("urn:epc:idpat:sgtin:9521141.012345.*.*", "urn:epc:idpat:sgtin: as TDS §6.3 spells it"),
        ("urn:epc:idpat:sgtin:9521141.012345.7*", "urn:epc:idpat:sgtin: as TDS §6.3 spells it"),
        ("urn:epc:class:lgtin:9521141.012345", "urn:epc:class:lgtin: as TDS §6.3 spells it"),
        ("urn:epc:class:sgtin:9521141.012345.*", PURE),
    ],
)
def test_what_is_misspelled_is_told_what_was_expected(uri: str, expected: str | None) -> None:
    found = identify(uri)

    assert found == Misnamed(expected) if expected else isinstance(found, Named)


@pytest.mark.parametrize(
    ("uri", "level"),
    [
        ("urn:epc:id:gid:95100000.12345.400", Level.INSTANCE),
        ("urn:epc:id:usdod:2S194.12345", Level.INSTANCE),
        ("urn:epc:id:adi:35962.PQ7VZ4.M37GXB92", Level.INSTANCE),
        ("urn:epc:id:bic:CSQU3054383", Level.INSTANCE),
        ("urn:epc:id:imovn:9176187", Level.INSTANCE),
        ("urn:epc:raw:16.xA1.xE280", Level.OTHER),
        ("urn:readpoint:code:abc", Level.OTHER),
        ("https://example.com/things/7", Level.OTHER),
        ("https://example.com", Level.OTHER),
    ],
)
def test_what_is_no_gs1_key_stays_as_it_is(uri: str, level: Level) -> None:
    assert identify(uri) == Named(level, uri)


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        ("urn:epc:id:sgln:9521141.12345.0", True),
        ("urn:test:door", True),
        ("urn:epc:id:sscc:9521141.1234567890", False),
        ("urn:epc:id:gid:1.2.3", False),
    ],
)
def test_a_place_is_a_gln_or_a_name_of_ones_own(uri: str, *, place: bool) -> None:
    named = identify(uri)

    assert isinstance(named, Named)
    assert named.is_place is place
