import pytest

from gs1.keys import (
    Cpid,
    Gcn,
    Gdti,
    Giai,
    Ginc,
    Gmn,
    Grai,
    Gsin,
    Gsrn,
    Gsrnp,
    Gtin,
    Itip,
    Key,
    Lgtin,
    PaymentSlip,
    Pgln,
    Sgln,
    Sgtin,
    Sscc,
    Upui,
    from_pairs,
    parse,
)

GTIN = "09521141012345"
GLN = "9521141123454"
GSRN = "952114112345678906"

THINGS: list[tuple[Key, str]] = [
    (Sgtin(GTIN, "1"), f"01/{GTIN}/21/1"),
    (Sgtin(GTIN, "!\"%&'()*+,-./19:;<=>"), ""),
    (Upui(GTIN, "51qIgY)%<Jp*z:4?!"), ""),
    (Sscc("195211411234567899"), "00/195211411234567899"),
    (Itip(GTIN, "01", "02", "981"), f"8006/{GTIN}0102/21/981"),
    (Sgln(GLN), f"414/{GLN}"),
    (Sgln(GLN, "e" * 20), ""),
    (Upui(GTIN, "t" * 28), ""),
    (Grai(GLN, "s" * 16), ""),
    (Giai("9" * 30), ""),
    (Ginc("9" * 30), ""),
    (Gdti(GLN, "s" * 17), ""),
    (Gcn(GLN, "1" * 12), ""),
    (Cpid("9" * 30, "1" * 12), ""),
    (Gsrn(GSRN, "1" * 10), ""),
    (PaymentSlip(GLN, "r" * 25), ""),
    (Sgln(GLN, "32a/b"), f"414/{GLN}/254/32a%2Fb"),
    (Pgln(GLN), f"417/{GLN}"),
    (Grai(GLN, "32a/b"), f"8003/0{GLN}32a%2Fb"),
    (Giai("95211415678"), "8004/95211415678"),
    (Gsrn(GSRN), f"8018/{GSRN}"),
    (Gsrn(GSRN, "12"), f"8018/{GSRN}/8019/12"),
    (Gsrnp(GSRN), f"8017/{GSRN}"),
    (Gsrnp(GSRN, "12"), f"8017/{GSRN}/8019/12"),
    (Gdti(GLN, "5678"), f"253/{GLN}5678"),
    (Gcn(GLN, "04711"), f"255/{GLN}04711"),
    (Cpid("95211415PQ7/Z43", "12345"), "8010/95211415PQ7%2FZ43/8011/12345"),
    (Cpid("9521141#", "0"), "8010/9521141%23/8011/0"),
    (Ginc("9521141xyz47/11"), "401/9521141xyz47%2F11"),
    (Gsin("95211411234567892"), "402/95211411234567892"),
    (PaymentSlip(GLN, "ABC/123"), f"415/{GLN}/8020/ABC%2F123"),
]
CLASSES: list[tuple[Key, str]] = [
    (Gtin(GTIN), f"01/{GTIN}"),
    (Lgtin(GTIN, "A/1"), f"01/{GTIN}/10/A%2F1"),
    (Lgtin(GTIN, "l" * 20), ""),
    (Itip(GTIN, "02", "02"), f"8006/{GTIN}0202"),
    (Grai(GLN), f"8003/0{GLN}"),
    (Gdti(GLN), f"253/{GLN}"),
    (Gcn(GLN), f"255/{GLN}"),
    (Cpid("95211415PQ"), "8010/95211415PQ"),
    (Gmn("1987654Ad4X4bL5ttr2310c2K"), "8013/1987654Ad4X4bL5ttr2310c2K"),
]


@pytest.mark.parametrize(("key", "path"), THINGS + CLASSES)
def test_a_key_has_one_spelling_and_comes_back_from_it(key: Key, path: str) -> None:
    assert parse(key.key) == key
    assert from_pairs(dict(key.pairs)) == key
    assert not path or key.key == f"https://id.gs1.org/{path}"


def test_keys_that_many_things_bear_are_classes() -> None:
    assert [key for key, _ in THINGS if key.is_class] == []
    assert [key for key, _ in CLASSES if not key.is_class] == []


def test_a_serial_is_escaped_so_that_it_is_one_path_segment() -> None:
    assert Sgtin(GTIN, "32a/b").key == f"https://id.gs1.org/01/{GTIN}/21/32a%2Fb"


@pytest.mark.parametrize(
    "path",
    [
        "01/9521141012345",
        "01/09521141012346",
        f"01/{GTIN}/21/",
        f"01/{GTIN}/21/123456789012345678901",
        f"01/{GTIN}/21/a%20b",
        f"01/{GTIN}/21/%61",
        f"01/{GTIN}/10/",
        f"01/{GTIN}/10/" + "1" * 21,
        f"414/{GLN}/254/" + "1" * 21,
        f"255/{GLN}" + "1" * 13,
        "401/" + "1" * 31,
        "8010/" + "1" * 31,
        f"01/{GTIN}/10/A/21/1",
        f"01/{GTIN}/17/271231",
        f"01/{GTIN}/235/" + "1" * 29,
        "01/09521141012346/21/1",
        "00/195211411234567890",
        "99/A",
        f"21/1/01/{GTIN}",
        "414/9521141123455",
        f"414/{GLN}/254/0",
        f"414/{GLN}/254/",
        "417/9521141123455",
        "401/",
        "402/95211411234567891",
        f"8003/1{GLN}5",
        f"8003/0{GLN}12345678901234567",
        "8003/09521141123455",
        "8004/" + "1" * 31,
        "8004/%C3%A9",
        f"8006/{GTIN}0302",
        f"8006/{GTIN}0001",
        f"8006/{GTIN}+1+2",
        f"8006/{GTIN}01021",
        "8006/095211410123460102",
        f"8006/{GTIN}0102/21/",
        "8010/",
        "8010/a",
        "8010/9521141A/8011/012",
        "8010/9521141A/8011/A",
        "8010/9521141A/8011/1234567890123",
        "8017/952114112345678907",
        f"8018/{GSRN}/8019/12345678901",
        "8018/952114112345678907",
        f"253/{GLN}" + "1" * 18,
        "253/9521141123455",
        "8013/1987654Ad4X4bL5ttr2310cXK",
        "8013/22",
        "8013/a%20b2K",
        "8013/" + "1" * 26,
        f"415/{GLN}",
        f"415/{GLN}/8020/",
        f"415/{GLN}/8020/" + "1" * 26,
        "415/9521141123455/8020/1",
        f"255/{GLN}A",
        "255/9521141123455",
        "",
    ],
)
def test_any_other_spelling_is_no_key(path: str) -> None:
    assert parse(f"https://id.gs1.org/{path}") is None


@pytest.mark.parametrize(
    "uri", [f"https://example.com/01/{GTIN}", "urn:epc:id:sscc:9521141.1234567890", ""]
)
def test_any_other_uri_is_no_key(uri: str) -> None:
    assert parse(uri) is None


def test_the_class_of_an_item_is_its_gtin() -> None:
    items: list[Sgtin | Lgtin | Upui] = [Sgtin(GTIN, "7"), Lgtin(GTIN, "A"), Upui(GTIN, "x")]

    assert [item.item_class for item in items] == [Gtin(GTIN)] * 3


def test_what_only_describes_an_item_with_serial_is_no_part_of_its_key() -> None:
    pairs = {"01": GTIN, "17": "271231", "10": "A", "21": "7", "3103": "000750"}

    assert from_pairs(pairs) == Sgtin(GTIN, "7")


def test_a_label_with_contents_names_the_logistic_unit() -> None:
    pairs = {"02": GTIN, "37": "24", "400": "PO-1", "00": "195211411234567899"}

    assert from_pairs(pairs) == Sscc("195211411234567899")


def test_a_place_inside_none_is_the_place() -> None:
    assert from_pairs({"414": GLN, "254": "0"}) == Sgln(GLN)


def test_pairs_without_a_key_name_nothing() -> None:
    assert from_pairs({"10": "A", "21": "7"}) is None


def test_a_payment_slip_is_known_by_whom_to_pay_and_its_reference() -> None:
    pairs = {"415": GLN, "3911": "97800010050", "8020": "INV-7", "12": "271231"}

    assert from_pairs(pairs) == PaymentSlip(GLN, "INV-7")
    assert from_pairs({"415": GLN, "12": "271231"}) is None


def test_the_item_of_a_model_is_named_before_its_model() -> None:
    assert from_pairs({"8013": "1987654Ad4X4bL5ttr2310c2K", "01": GTIN}) == Gtin(GTIN)
