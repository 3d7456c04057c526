"""Which mode serves which purpose, by the tables of readers that there are."""

import pytest

from drivers.llrp.protocol.capabilities import Capabilities, RfMode
from drivers.llrp.protocol.modes import choose, offered
from drivers.llrp.protocol.wanted import Purpose

IMPINJ, ZEBRA = 25882, 161
UNKNOWN, SINGLE, MULTI, DENSE = range(4)  # masks

# As a Speedway R420 tells them.
SPEEDWAY = (
    RfMode(0, 1, 640_000, MULTI),
    RfMode(1, 2, 640_000, MULTI),
    RfMode(2, 4, 274_000, DENSE),
    RfMode(3, 8, 170_600, DENSE),
    RfMode(4, 4, 640_000, MULTI),
)
AUTOSET = (RfMode(1000, 1, 40_000, UNKNOWN), RfMode(1002, 1, 40_000, UNKNOWN))


def chosen(purpose: Purpose, *modes: RfMode, maker: int = ZEBRA) -> int | None:
    mode = choose(purpose, Capabilities(manufacturer=maker, modes=modes))
    return None if mode is None else mode.mode_id


@pytest.mark.parametrize(
    ("purpose", "number"), [(Purpose.FAST, 0), (Purpose.DENSE, 2), (Purpose.ROBUST, 3)]
)
def test_each_purpose_finds_its_mode(purpose: Purpose, number: int) -> None:
    assert chosen(purpose, *SPEEDWAY) == number
    assert chosen(purpose, *reversed(SPEEDWAY)) == number


def test_an_impinj_that_looks_for_the_quiet_channel_by_itself_does_so_in_a_dense_site() -> None:
    told = (*SPEEDWAY, *AUTOSET)

    assert chosen(Purpose.DENSE, *told, maker=IMPINJ) == 1000
    assert chosen(Purpose.DENSE, *SPEEDWAY, AUTOSET[1], maker=IMPINJ) == 2
    assert chosen(Purpose.DENSE, *told, maker=ZEBRA) == 2


def test_what_a_table_says_of_modes_that_choose_by_themselves_is_a_filler() -> None:
    slow = RfMode(5, 1, 30_000, SINGLE)

    assert chosen(Purpose.FAST, slow, *AUTOSET, maker=IMPINJ) == 5
    assert chosen(Purpose.FAST, slow, *AUTOSET, maker=ZEBRA) == 1000
    assert chosen(Purpose.FAST, *AUTOSET, maker=IMPINJ) is None


def test_fast_is_by_bits_and_not_by_the_link_s_frequency() -> None:
    assert chosen(Purpose.FAST, RfMode(1, 4, 640_000), RfMode(2, 1, 320_000)) == 2


def test_robust_is_the_slowest_of_those_with_the_most_cycles() -> None:
    modes = (RfMode(1, 8, 320_000), RfMode(2, 8, 160_000), RfMode(3, 4, 40_000))

    assert chosen(Purpose.ROBUST, *modes) == 2


@pytest.mark.parametrize(
    ("modes", "number"),
    [
        ((RfMode(1, 8, 160_000, DENSE), RfMode(2, 4, 160_000, DENSE)), 2),
        ((RfMode(1, 2, 160_000, DENSE), RfMode(2, 8, 160_000, DENSE)), 2),
        ((RfMode(1, 4, 160_000, DENSE), RfMode(2, 4, 256_000, DENSE)), 2),
        ((RfMode(1, 4, 640_000, MULTI), RfMode(2, 2, 160_000, DENSE)), 2),
        ((RfMode(1, 8, 640_000, MULTI), RfMode(2, 4, 640_000, MULTI)), 2),
        ((RfMode(1, 1, 640_000, MULTI), RfMode(2, 4, 640_000, SINGLE)), None),
        ((), None),
    ],
)
def test_dense_is_first_of_all_the_mask(modes: tuple[RfMode, ...], number: int | None) -> None:
    assert chosen(Purpose.DENSE, *modes) == number


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_mode_that_is_not_understood_or_cannot_be_named_serves_no_purpose(
    purpose: Purpose,
) -> None:
    modes = (RfMode(1, 0, 640_000, DENSE), RfMode(2, 4, 0, DENSE), RfMode(65_536, 4, 9, DENSE))

    assert chosen(purpose, *modes) is None
    assert chosen(purpose, *modes, RfMode(65_535, 4, 9, DENSE)) == 65_535


def test_modes_are_offered_with_what_they_are() -> None:
    told = (*SPEEDWAY[:3], RfMode(7, 0, 12_500), AUTOSET[0])

    assert offered(Capabilities(manufacturer=IMPINJ, modes=told)) == (
        "0 (FM0, 640 kHz), 1 (Miller 2, 640 kHz), 2 (Miller 4, 274 kHz, dense),"
        " 7 (unknown modulation, 12.5 kHz), 1000 (the reader chooses)"
    )
