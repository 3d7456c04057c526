"""Codes of any bytes, and pairs through element strings and Digital Link URIs and back."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from gs1 import digital_link, element_string, keys
from gs1.ai.table import AIS
from gs1.ai.validate import validate, value
from gs1.barcode import Identified, Plain, Refused, parse
from gs1.check_digit import check_digit
from gs1.keys import Pairs
from gs1.meaning import days, quantities
from gs1.refusal import Refusal
from gs1.trade_number import Region

SYMBOLOGIES = ["]E0", "]E1", "]E3", "]E4", "]I1", "]C1", "]d2", "]Q3", "]Q1", "]C0"]

gtins = st.text("0123456789", min_size=13, max_size=13).map(lambda body: body + check_digit(body))
texts = st.text(sorted(keys.CHARACTER_SET_82), min_size=1, max_size=20)
days_of = st.dates(date(2000, 1, 1), date(2049, 12, 31)).map(lambda day: day.strftime("%y%m%d"))
items = st.fixed_dictionaries(
    {"01": gtins},
    optional={
        "22": texts,
        "10": texts,
        "21": texts,
        "17": days_of,
        "3103": st.integers(0, 999_999).map(lambda number: f"{number:06}"),
        "240": texts,
    },
).map(lambda found: tuple(found.items()))
near = st.lists(
    st.one_of(
        st.sampled_from([*AIS, "\x1d", "(", ")", "]C1", "https://id.gs1.org/", "/", "?", "="]),
        st.text("0123456789", max_size=20),
        gtins,
        texts,
    ),
    max_size=8,
).map("".join)


@given(
    st.binary(max_size=200) | near.map(str.encode),
    st.none() | st.sampled_from(SYMBOLOGIES),
    st.none() | st.sampled_from(list(Region)),
)
def test_any_data_are_answered(data: bytes, symbology: str | None, region: Region | None) -> None:
    found = parse(data, symbology, region)

    assert isinstance(found, Identified | Plain | Refused)
    if isinstance(found, Identified):
        assert keys.parse(found.key) == found.identity
        assert validate(found.pairs) is None
        assert all(quantity.amount >= 0 for quantity in quantities(found.pairs))
        assert all(day.digits for day in days(found.pairs, 2026))


@given(st.sampled_from(sorted(AIS)), st.text(max_size=100) | texts | gtins)
def test_any_value_of_an_ai_is_judged(ai: str, text: str) -> None:
    found = value(ai, text)

    assert found is None or found.why.startswith(f"AI {ai} ")


@given(items)
def test_pairs_survive_element_strings(pairs: Pairs) -> None:
    assert element_string.split(element_string.join(pairs)) == pairs


@given(items)
def test_pairs_survive_a_digital_link(pairs: Pairs) -> None:
    uri = digital_link.build(pairs)

    assert uri is not None
    back = digital_link.split(uri)
    assert back is not None
    assert not isinstance(back, Refusal)
    assert sorted(back) == sorted(pairs)
    assert digital_link.build(back) == uri


@given(items)
def test_an_item_has_one_key_on_every_carrier(pairs: Pairs) -> None:
    sent = element_string.join(pairs).encode()
    link = digital_link.build(pairs, "https://example.com/shop")
    brackets = "".join(f"({ai}){text.replace('(', chr(92) + '(')}" for ai, text in pairs)

    assert link is not None
    found = {
        key.key
        for key in (parse(sent, "]d2"), parse(sent, "]C1"), parse(link.encode()))
        + (parse(brackets.encode()),)
    }
    assert len(found) == 1
    assert next(iter(found)).startswith("https://id.gs1.org/01/")
