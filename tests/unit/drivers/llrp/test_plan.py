"""From settings and capabilities to a plan, or to all that a reader cannot do."""

from dataclasses import replace

import pytest

from drivers.llrp.protocol.capabilities import Capabilities, RfMode
from drivers.llrp.protocol.plan import Impossible, plan
from drivers.llrp.protocol.rospec import AntennaPlan, RfControl, RoSpecPlan
from drivers.llrp.protocol.wanted import (
    After,
    AntennaWanted,
    AtEnd,
    FilterWanted,
    ImpinjWanted,
    OnInput,
    Purpose,
    ReportField,
    Wanted,
)

WANTED = Wanted("dock-1", (AntennaWanted(1, 20.0), AntennaWanted(2)), 0, 32, 2_000_000, 10_000_000)
FM0 = RfMode(0, 1, 640_000, 2, tari_min_ns=6_250, tari_max_ns=6_250)
MILLER_4 = RfMode(2, 4, 274_000, 3, tari_min_ns=20_000, tari_max_ns=25_000)
READER = Capabilities(
    antennas=4,
    manufacturer=161,
    power_dbm={1: 10.0, 2: 20.0, 3: 30.0},
    inputs=4,
    hopping=True,
    hop_tables_khz={1: (902_750,), 2: (903_250,)},
    modes=(FM0, MILLER_4),
    filters_max=2,
)
IMPINJ = replace(READER, manufacturer=25882)
FIXED = replace(READER, hopping=False, hop_tables_khz={}, fixed_khz=(865_700, 866_300, 866_900))
PLAIN = RoSpecPlan((AntennaPlan(1, 2), AntennaPlan(2)), 0, 32)


def refused(wanted: Wanted, reader: Capabilities = READER) -> tuple[str, ...]:
    found = plan(wanted, reader)
    assert isinstance(found, Impossible)
    return found.sentences


def one_antenna(antenna: AntennaWanted, reader: Capabilities = READER) -> AntennaPlan | str:
    """What is planned for it, or the one sentence why not."""
    found = plan(replace(WANTED, antennas=(antenna,)), reader)
    return str(found) if isinstance(found, Impossible) else found.antennas[0]


def test_power_is_the_nearest_level_and_all_else_the_reader_s_default() -> None:
    assert plan(WANTED, READER) == PLAIN


def test_what_needs_no_table_is_taken_over() -> None:
    filters = (FilterWanted("3034"), FilterWanted("31", include=False))
    wanted = replace(
        WANTED,
        filters=filters,
        start=OnInput(4),
        stop=After(5_000),
        report=AtEnd(),
        report_fields=(ReportField.RSSI,),
        impinj=ImpinjWanted(tid=True),
        llrp_version=2,
    )

    assert plan(wanted, IMPINJ) == replace(
        PLAIN,
        filters=filters,
        start=OnInput(4),
        stop=After(5_000),
        report=AtEnd(),
        report_fields=(ReportField.RSSI,),
        impinj=ImpinjWanted(tid=True),
        llrp_version=2,
    )


def test_all_that_cannot_be_is_said_at_once() -> None:
    wanted = replace(
        WANTED,
        antennas=(AntennaWanted(1, 40.0), AntennaWanted(9)),
        mode=77,
        hop_table=5,
        filters=tuple(FilterWanted(each) for each in ("30", "31", "33")),
        start=OnInput(7),
        impinj=ImpinjWanted(),
    )

    said = plan(wanted, READER)
    assert isinstance(said, Impossible)
    assert str(said) == (
        "impinj: the reader was made by Motorola/Zebra; "
        "hop_table 5: the reader hops and offers hop_table 1, 2; "
        "antenna 1: power 40 dBm: the reader offers 10 to 30 dBm; "
        "antenna 1: hop_table: goes only with a power_dbm; "
        "antenna 9: the reader has 4; "
        "antenna 9: hop_table: goes only with a power_dbm; "
        "mode 77: the reader offers 0 (FM0, 640 kHz), 2 (Miller 4, 274 kHz, dense); "
        "3 filters: the reader takes 2; "
        "gpi 7: the reader has 4 inputs"
    )


# -- antennas --------------------------------------------------------------------------------------


def test_a_reader_that_does_not_count_its_antennas_may_have_any() -> None:
    assert one_antenna(AntennaWanted(9), Capabilities()) == AntennaPlan(9)


def test_a_reader_without_power_levels_keeps_its_default_and_a_person_is_told() -> None:
    found = plan(WANTED, replace(READER, power_dbm={}))

    assert isinstance(found, RoSpecPlan)
    assert found.antennas == (AntennaPlan(1), AntennaPlan(2))
    assert found.warnings == ("antenna 1: no power levels to choose from",)


def test_an_antenna_without_gen2_cannot_be() -> None:
    reader = replace(READER, air_protocols={1: (1,), 2: (0,)})

    assert refused(WANTED, reader) == ("antenna 2: the reader does not speak Gen2 there",)


def test_sensitivity_is_the_nearest_entry_that_this_antenna_can_take() -> None:
    reader = replace(
        READER,
        sensitivity_db={1: 0.0, 2: 10.0, 3: 20.0},
        most_sensitive_dbm=-80.0,
        sensitivity_range={2: (1, 2)},
    )

    assert one_antenna(AntennaWanted(1, sensitivity_dbm=-62.0), reader) == AntennaPlan(1, None, 3)
    assert one_antenna(AntennaWanted(2, sensitivity_dbm=-71.0), reader) == AntennaPlan(2, None, 2)
    assert one_antenna(AntennaWanted(2, sensitivity_dbm=-60.0), reader) == (
        "antenna 2: sensitivity -60 dBm: the reader offers -80 to -70 dBm"
    )
    assert one_antenna(AntennaWanted(2, sensitivity_dbm=-60.0)) == (
        "antenna 2: sensitivity -60 dBm: the reader tells no sensitivities in dBm"
    )


# -- frequencies -----------------------------------------------------------------------------------


def test_a_hop_table_goes_with_the_power() -> None:
    wanted = replace(WANTED, antennas=(AntennaWanted(1, 20.0),), hop_table=2)

    assert plan(wanted, READER) == replace(PLAIN, antennas=(AntennaPlan(1, 2, hop_table=2),))


def test_without_a_wish_the_hop_table_is_one_that_there_is() -> None:
    reader = replace(READER, hop_tables_khz={3: (902_750,), 2: (903_250,)})

    assert one_antenna(AntennaWanted(1, 20.0), reader) == AntennaPlan(1, 2, hop_table=2)


def test_fixed_channels_go_round_the_antennas() -> None:
    antennas = tuple(AntennaWanted(port, 20.0) for port in (1, 2, 3))
    wanted = replace(WANTED, antennas=antennas, channels_khz=(866_900, 865_700))

    assert plan(wanted, FIXED) == replace(
        PLAIN,
        antennas=(
            AntennaPlan(1, 2, channel=3),
            AntennaPlan(2, 2, channel=1),
            AntennaPlan(3, 2, channel=3),
        ),
    )


def test_fixed_channels_of_impinj_are_a_list_for_all_antennas() -> None:
    reader = replace(FIXED, manufacturer=25882)

    assert plan(replace(WANTED, channels_khz=(866_900, 865_700)), reader) == replace(
        PLAIN, impinj_channels=(3, 1)
    )


@pytest.mark.parametrize(
    ("wanted", "reader", "why"),
    [
        (
            replace(WANTED, channels_khz=(865_700, 868_000)),
            FIXED,
            (
                "channels 868 MHz: the reader offers the channels 865.7, 866.3, 866.9 MHz",
                "antenna 2: channels_mhz: goes only with a power_dbm",
            ),
        ),
        (
            replace(WANTED, channels_khz=(865_700,)),
            IMPINJ,
            ("channels 865.7 MHz: the reader hops and offers hop_table 1, 2",),
        ),
        (
            replace(WANTED, channels_khz=(865_700,)),
            Capabilities(manufacturer=25882),
            ("channels 865.7 MHz: the reader tells no frequencies",),
        ),
    ],
)
def test_a_channel_that_is_not_there_names_those_that_are(
    wanted: Wanted, reader: Capabilities, why: tuple[str, ...]
) -> None:
    assert refused(wanted, reader) == why


# -- modes -----------------------------------------------------------------------------------------


def test_a_mode_is_taken_by_its_number_or_for_its_purpose() -> None:
    by_number, by_purpose = replace(WANTED, mode=2), replace(WANTED, mode=Purpose.FAST)

    assert plan(by_number, READER) == replace(PLAIN, rf_control=RfControl(2))
    assert plan(by_purpose, READER) == replace(PLAIN, rf_control=RfControl(0))


def test_a_purpose_that_no_mode_serves_names_those_that_there_are() -> None:
    wanted = replace(WANTED, mode=Purpose.DENSE)

    assert refused(wanted, replace(READER, modes=(FM0,))) == (
        'mode "dense": the reader offers 0 (FM0, 640 kHz)',
    )


def test_tari_must_be_one_of_the_mode_s() -> None:
    wanted = replace(WANTED, mode=2, tari_ns=20_000)

    assert plan(wanted, READER) == replace(PLAIN, rf_control=RfControl(2, 20_000))
    assert refused(replace(wanted, tari_ns=6_250)) == ("tari 6.25 µs: mode 2 offers 20 to 25 µs",)


def test_a_reader_without_a_mode_table_takes_a_number_at_its_risk_and_no_purpose() -> None:
    reader = replace(READER, modes=())
    by_number = plan(replace(WANTED, mode=2, tari_ns=20_000), reader)
    untouched = plan(replace(WANTED, mode=2), reader)
    by_purpose = plan(replace(WANTED, mode=Purpose.DENSE), reader)

    assert by_number == replace(PLAIN, rf_control=RfControl(2, 20_000))
    assert untouched == replace(PLAIN, rf_control=RfControl(2))
    assert by_purpose == PLAIN
    assert isinstance(by_number, RoSpecPlan)
    assert isinstance(by_purpose, RoSpecPlan)
    assert by_number.warnings == ("mode 2: the reader tells no modes: it may refuse this one",)
    assert by_purpose.warnings == ('mode "dense": the reader tells no modes: its default is taken',)


# -- limits ----------------------------------------------------------------------------------------


def test_a_reader_that_does_not_tell_its_limits_is_asked_for_all() -> None:
    wanted = replace(
        WANTED,
        filters=tuple(FilterWanted(each) for each in ("30", "31", "33")),
        stop=OnInput(7),
    )

    assert plan(wanted, replace(READER, filters_max=None, inputs=None)) == replace(
        PLAIN, filters=wanted.filters, stop=OnInput(7)
    )
    assert refused(wanted, replace(READER, filters_max=0, inputs=0)) == (
        "3 filters: the reader takes 0",
        "gpi 7: the reader has 0 inputs",
    )
