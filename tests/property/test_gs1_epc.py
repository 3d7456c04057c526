"""Tags to identities and back, for every scheme, all identities and any bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gs1 import keys
from gs1.check_digit import check_digit
from gs1.epc import classic, plus, uri
from gs1.epc.ai_formats import FORMATS, Piece
from gs1.epc.codec import decode, encode
from gs1.epc.model import Adi, Gid, Identity, Tag, Unencodable, Unknown, Usdod
from gs1.epc.schemes import PREFIX_DIGITS_MAX, Scheme, join
from gs1.keys import CHARACTER_SET_39, CHARACTER_SET_82, parse

EPC_BYTES_MAX = 62


def _digits(least: int, most: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=least, max_size=most)


def _text(least: int, most: int) -> st.SearchStrategy[str]:
    return st.text(sorted(CHARACTER_SET_82), min_size=least, max_size=most)


def _six(least: int, most: int) -> st.SearchStrategy[str]:
    return st.text(sorted(CHARACTER_SET_39), min_size=least, max_size=most)


@st.composite
def tags(draw: st.DrawFn, scheme: Scheme) -> Tag:
    """Any tag that a scheme with a company prefix can say."""
    digits = draw(st.integers(6, PREFIX_DIGITS_MAX))
    where = classic.plan(scheme, 12 - digits)
    reference = {
        "digits": _digits(where.reference_digits, where.reference_digits),
        "number": st.integers(0, where.reference_max).map(str),
        "text": _text(1, min(30 - digits, where.reference_bits // 7)),
        "six": _six(1, 30 - digits),
    }[scheme.reference]
    tail = {
        "none": st.just(()),
        "number": st.integers(0, where.tail_max).map(lambda number: (str(number),)),
        "text": _text(1, scheme.tail_bits // 7).map(lambda text: (text,)),
        "coupon": _digits(1, 12).map(lambda text: (text,)),
    }[scheme.tail]
    pieces: tuple[str, ...] = ()
    if scheme.pieces:
        total = draw(st.integers(1, 99))
        pieces = (f"{draw(st.integers(1, total)):02d}", f"{total:02d}")
    parts = (draw(_digits(digits, digits)), draw(reference), *pieces, *draw(tail))
    return Tag(scheme.name, join(scheme.family, parts), draw(st.integers(0, 7)), digits)


@pytest.mark.parametrize("name", list(classic.SCHEME))
def test_a_key_survives_the_tag_and_its_uris(name: str) -> None:
    @given(tags(classic.SCHEME[name]))
    def holds(tag: Tag) -> None:
        bits = encode(tag.identity, tag.scheme, tag.filter_value or 0, tag.prefix_digits)
        assert isinstance(bits, bytes)
        assert decode(bits, len(bits) // 2 << 11) == tag
        assert parse(tag.key) == tag.identity
        assert tag.tag_uri is not None
        assert uri.parse_tag(tag.tag_uri) == tag

    holds()


def _value(piece: Piece) -> st.SearchStrategy[str]:
    day = st.builds(
        "{:02d}{:02d}{:02d}".format, st.integers(0, 99), st.integers(1, 12), st.integers(0, 31)
    )
    time = st.builds("{}{:02d}{:02d}".format, day, st.integers(0, 23), st.integers(0, 59))
    most = piece.characters_max
    fixed = _digits(piece.fixed, piece.fixed)
    texts = ["0123ABCDEF", "01abcdef", "XYZ.:-9", "xyz_-9", "0123456789"]
    made: dict[str, st.SearchStrategy[str]] = {
        "bcd": fixed,
        "int": fixed,
        "text": st.one_of(
            _text(1, max(1, most)),
            *(st.text(each, min_size=1, max_size=max(1, most)) for each in texts),
        ),
        "digits": _digits(1, max(1, most)),
        "part": st.one_of(_text(1, max(1, most)), _digits(1, max(1, most))),
        "date": day,
        "time": time,
        "bit": st.sampled_from("01"),
        "letters": st.text("ABCDEFGHIJ", min_size=piece.fixed, max_size=piece.fixed),
        "minus": st.sampled_from(["", "-"]),
        "order": st.builds("{}/{}".format, st.integers(1, 9), st.integers(1, 9)),
    }
    return made[piece.kind]


ais = st.sampled_from(sorted(FORMATS))
data = ais.flatmap(
    lambda ai: st.tuples(
        st.just(ai), st.tuples(*map(_value, FORMATS[ai])).map(lambda pieces: "".join(pieces))
    )
)
gtins = _digits(13, 13).map(lambda body: body + check_digit(body))
glns = _digits(12, 12).map(lambda body: body + check_digit(body))
units = _digits(17, 17).map(lambda body: body + check_digit(body))
serials = _text(1, 20)
identities: dict[str, st.SearchStrategy[keys.Key]] = {
    "SGTIN+": st.builds(keys.Sgtin, gtins, serials),
    "DSGTIN+": st.builds(keys.Sgtin, gtins, serials),
    "SSCC+": st.builds(keys.Sscc, units),
    "SGLN+": st.builds(keys.Sgln, glns, st.none() | serials.filter(lambda text: text != "0")),
    "GRAI+": st.builds(keys.Grai, glns, _text(1, 16)),
    "GIAI+": st.builds(keys.Giai, st.one_of(_text(1, 30), _digits(1, 30))),
    "GSRN+": st.builds(keys.Gsrn, units),
    "GSRNP+": st.builds(keys.Gsrnp, units),
    "GDTI+": st.builds(keys.Gdti, glns, _text(1, 17)),
    "CPI+": st.builds(keys.Cpid, _six(1, 30), st.integers(0, 10**12 - 1).map(str)),
    "SGCN+": st.builds(keys.Gcn, glns, _digits(1, 12)),
    "ITIP+": st.builds(keys.Itip, gtins, st.just("01"), st.just("03"), serials),
}


@pytest.mark.parametrize("name", list(plus.SCHEMES))
def test_a_key_survives_a_plus_tag_with_what_is_behind_it(name: str) -> None:
    @given(identities[name], st.integers(0, 7), st.lists(data, max_size=2), st.integers(0, 5))
    def holds(
        identity: keys.Key, filter_value: int, behind: list[tuple[str, str]], date: int
    ) -> None:
        its = [(plus.DATES[date], "271231")] if name == plus.DATED else []
        pairs = (*its, *behind)
        bits = encode(identity, name, filter_value, data=pairs)
        if isinstance(bits, Unencodable):
            assert bits.why.endswith("bytes: an EPC has at most 62")
            return
        found = decode(bits, len(bits) // 2 << 11)
        assert found == Tag(name, identity, filter_value, None, pairs)
        assert (found.epc_uri, found.tag_uri) == (None, None)

    holds()


maker = st.text("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", min_size=5, max_size=6)
part = st.text("0123456789ABCXYZ/-", max_size=32)
strangers: st.SearchStrategy[tuple[str, Identity]] = st.one_of(
    st.builds(
        Gid, st.integers(0, 2**28 - 1), st.integers(0, 2**24 - 1), st.integers(0, 2**36 - 1)
    ).map(lambda identity: ("GID-96", identity)),
    st.builds(Usdod, maker, st.integers(0, 2**36 - 1)).map(lambda each: ("USDOD-96", each)),
    st.builds(
        Adi,
        maker,
        part,
        st.one_of(part.map(lambda text: "0" + text[:29]), part.map(lambda text: "#1" + text[:28])),
    ).map(lambda identity: ("ADI-var", identity)),
)


@given(strangers, st.integers(0, 15))
def test_an_identity_that_is_not_of_gs1_survives(
    named: tuple[str, Identity], filter_value: int
) -> None:
    name, identity = named
    filter_ = None if name == "GID-96" else filter_value
    bits = encode(identity, name, filter_value)
    assert isinstance(bits, bytes)
    found = decode(bits, len(bits) // 2 << 11)

    assert found == Tag(name, identity, filter_)
    assert found.tag_uri is not None
    assert uri.parse_tag(found.tag_uri) == found


headers = st.sampled_from([*range(0x2C, 0x42), *range(0xF0, 0xFC), 0x00, 0xE2])
tags_of_any_bits = st.one_of(
    st.binary(max_size=EPC_BYTES_MAX),
    st.builds(
        lambda header, rest: bytes([header]) + rest, headers, st.binary(max_size=EPC_BYTES_MAX - 1)
    ),
    st.builds(lambda header, rest: bytes([header]) + rest, headers, st.binary(min_size=11,
              max_size=11)),
)  # fmt: skip


@given(tags_of_any_bits, st.none() | st.integers(0, 0xFFFF))
def test_any_bytes_are_a_tag_or_unknown(bits: bytes, pc: int | None) -> None:
    found = decode(bits, pc)

    assert isinstance(found, Tag | Unknown)
    if isinstance(found, Tag) and isinstance(found.identity, keys.Key):
        assert parse(found.key) == found.identity


@given(st.sampled_from(sorted(classic.SCHEME)), st.data())
def test_bits_that_decode_are_the_only_bits_of_their_tag(name: str, chance: st.DataObject) -> None:
    scheme = classic.SCHEME[name]
    size = (scheme.bits or 160) + 15 >> 4 << 1
    rest = int.from_bytes(chance.draw(st.binary(min_size=size - 1, max_size=size - 1)))
    fill = size * 8 - scheme.bits if scheme.bits else 0
    value = (scheme.header << (size - 1) * 8 | rest) >> fill << fill
    found = decode(value.to_bytes(size))

    if isinstance(found, Tag):
        again = encode(found.identity, name, found.filter_value or 0, found.prefix_digits)
        assert again == value.to_bytes(size)


@given(st.text(max_size=80))
def test_any_text_is_a_key_or_none(text: str) -> None:
    key = parse("https://id.gs1.org/" + text)

    assert key is None or key.key == "https://id.gs1.org/" + text


families = st.sampled_from(
    [
        "sgtin",
        "sscc",
        "sgln",
        "grai",
        "giai",
        "gsrn",
        "gsrnp",
        "gdti",
        "cpi",
        "sgcn",
        "itip",
        "gid",
        "usdod",
        "adi",
        "lgtin",
        "x",
    ]
)
uri_texts = st.builds(
    "{}:{}".format,
    families,
    st.one_of(st.text(max_size=40), st.text("0123456789.%2F", max_size=40)),
)


@given(uri_texts, st.sampled_from(["urn:epc:id:", "urn:epc:tag:", ""]))
def test_any_text_is_an_epc_uri_or_none(text: str, start: str) -> None:
    pure, tag = uri.parse_pure(start + text), uri.parse_tag(start + text)

    assert pure is None or pure.epc_uri == start + text
    assert tag is None or tag.tag_uri == start + text
