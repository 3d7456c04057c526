"""Any settings with any reader: a ROSpec that another implementation reads, or sentences."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from llrpkit.protocol import decode_message

from drivers.llrp.protocol import control
from drivers.llrp.protocol.capabilities import Capabilities, RfMode
from drivers.llrp.protocol.framing import encode_message, parameters
from drivers.llrp.protocol.plan import Impossible, plan
from drivers.llrp.protocol.rospec import RoSpecFound, found_in
from drivers.llrp.protocol.wanted import (
    After,
    AntennaWanted,
    AtEnd,
    EveryPeriod,
    EveryReads,
    FilterWanted,
    Immediately,
    ImpinjWanted,
    LowDutyCycle,
    Never,
    OnInput,
    Periodically,
    Purpose,
    ReportField,
    SearchMode,
    Wanted,
)
from tests.unit.drivers.llrp import far_end

u8, u16, u32 = st.integers(0, 0xFF), st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)
milliseconds = st.integers(500, 86_400_000)
an_hour_at_most = st.integers(500, 3_600_000)  # as the settings allow; N of the trigger is 16 bits
dbm = st.integers(-90, 40).map(float)
khz = st.integers(865_000, 868_000)
inputs = st.builds(OnInput, u16, st.booleans(), milliseconds)
rf_modes = st.builds(RfMode, u32 | u8, st.sampled_from([0, 1, 2, 4, 8]), u32, st.integers(0, 4))
readers = st.builds(
    Capabilities,
    antennas=st.integers(0, 4),
    manufacturer=st.sampled_from([25882, 161, 5]),
    power_dbm=st.dictionaries(u16, dbm, max_size=3),
    inputs=st.none() | st.integers(0, 4),
    sensitivity_db=st.dictionaries(u16, dbm, max_size=3),
    most_sensitive_dbm=st.none() | dbm,
    sensitivity_range=st.dictionaries(st.integers(1, 4), st.tuples(u16, u16), max_size=2),
    air_protocols=st.dictionaries(st.integers(1, 4), st.just((1,)), max_size=2),
    hop_tables_khz=st.dictionaries(u8, st.tuples(khz), max_size=3),
    fixed_khz=st.lists(khz, max_size=3).map(tuple),
    modes=st.lists(rf_modes, max_size=4).map(tuple),
    filters_max=st.none() | st.integers(0, 4),
)
antennas = st.builds(AntennaWanted, st.integers(1, 5), st.none() | dbm, st.none() | dbm)
filters = st.builds(
    FilterWanted, st.text("0123456789abcdefABCDEF", min_size=1, max_size=63), st.booleans()
)
vendors = st.builds(
    ImpinjWanted,
    st.none() | st.sampled_from(SearchMode),
    *[st.booleans()] * 5,
    st.none() | st.builds(LowDutyCycle, u16, u16),
)
wishes = st.builds(
    Wanted,
    device=st.just("dock-1"),
    antennas=st.lists(antennas, min_size=1, max_size=4).map(tuple),
    session=st.integers(0, 3),
    population=st.integers(1, 0xFFFF),
    keepalive_us=st.just(2_000_000),
    response_us=st.just(10_000_000),
    mode=st.none() | u16 | st.sampled_from(Purpose),
    tari_ns=st.none() | st.integers(6_250, 25_000),
    hop_table=st.none() | u8,
    channels_khz=st.just(()) | st.lists(khz, max_size=3).map(tuple),
    filters=st.lists(filters, max_size=4).map(tuple),
    start=st.just(Immediately()) | inputs | st.builds(Periodically, milliseconds, milliseconds),
    stop=st.just(Never()) | inputs | st.builds(After, milliseconds),
    report=st.builds(EveryReads, u16) | st.builds(EveryPeriod, an_hour_at_most) | st.just(AtEnd()),
    report_fields=st.lists(st.sampled_from(ReportField)).map(tuple),
    impinj=st.none() | vendors,
    llrp_version=st.sampled_from([1, 2]),
)


def able(wanted: Wanted) -> Capabilities:
    """A reader that can do it, but for what cannot go together."""
    number = wanted.mode if isinstance(wanted.mode, int) else 2
    mode = RfMode(number, 4, 256_000, 3, tari_min_ns=6_250, tari_max_ns=25_000)
    return Capabilities(
        antennas=5,
        manufacturer=25882,
        power_dbm={1: -90.0, 2: 40.0},
        sensitivity_db={1: 0.0, 2: 130.0},
        most_sensitive_dbm=-90.0,
        hop_tables_khz={wanted.hop_table or 0: (902_750,)},
        fixed_khz=wanted.channels_khz,
        modes=() if wanted.mode is None else (mode,),
    )


pairs = wishes.flatmap(lambda wanted: st.tuples(st.just(wanted), readers | st.just(able(wanted))))
relaxed = settings(deadline=None, max_examples=200)


@relaxed
@given(pairs)
def test_all_wishes_are_planned_or_refused_with_sentences(
    pair: tuple[Wanted, Capabilities],
) -> None:
    wanted, reader = pair
    planned = plan(wanted, reader)
    if isinstance(planned, Impossible):
        assert planned.sentences
        assert all(": " in sentence for sentence in planned.sentences)
        return
    frame = control.add_rospec(planned)
    rospec = decode_message(encode_message(frame)).ro_spec

    assert rospec.ro_spec_id == planned.rospec_id
    assert rospec.spec_parameters[0].antenna_ids == [each.port for each in wanted.antennas]


@relaxed
@given(wishes)
def test_what_was_added_is_found_again_and_what_was_wished_otherwise_is_not(
    wanted: Wanted,
) -> None:
    planned = plan(wanted, able(wanted))
    other = plan(replace(wanted, session=(wanted.session + 1) % 4), able(wanted))
    if isinstance(planned, Impossible) or isinstance(other, Impossible):
        return
    told = control.add_rospec(planned).body
    running = far_end.tlv(177, told[4:9] + b"\x02" + told[10:] + far_end.tlv(1023, bytes(8)))
    found = found_in_bytes(running)

    assert found.keeps(planned)
    assert not found.keeps(other)


def found_in_bytes(rospec: bytes) -> RoSpecFound:
    (parameter,) = parameters(rospec)
    found = found_in(parameter)
    assert found is not None
    return found
