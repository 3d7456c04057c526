"""Readers that one meets in the field, as their capabilities tell them.

The values are facts about the products, written down anew from what such readers are known to say;
they are near enough to test a client's decisions on, and no promise about a firmware.
"""

from simulator.llrp.capabilities import Capabilities, RfMode

_FM0, _MILLER_2, _MILLER_4, _MILLER_8 = range(4)
_PR_ASK, _DSB_ASK = 0, 2
_UNKNOWN, _MULTI, _DENSE = 0, 2, 3

GENERIC = Capabilities(accessspec_count_max=16, opspec_count_max=8)


def _autoset(identifier: int) -> RfMode:
    """A mode in which the reader chooses by itself; what it tells of the link means nothing."""
    return RfMode(
        identifier, _FM0, _PR_ASK, _UNKNOWN, 40_000, 1_500, 6_250, divide_ratio_64_3=False
    )


# Model 2001002, the four-port Speedway for the FCC band.
IMPINJ_R420 = Capabilities(
    manufacturer_pen=25882,
    model=2_001_002,
    firmware="5.14.0.240",
    rospec_count_max=1,
    aispec_count_max=32,
    accessspec_count_max=1_508,
    opspec_count_max=8,
    warns_of_fill=True,
    sensitivities_db=(0, *range(10, 51)),  # the first is -80 dBm, the others -70 to -30
    rf_modes=(
        RfMode(0, _FM0, _DSB_ASK, _MULTI, 640_000, 1_500, 6_250),  # MaxThroughput
        RfMode(1, _MILLER_2, _DSB_ASK, _MULTI, 640_000, 1_500, 6_250),  # Hybrid
        RfMode(2, _MILLER_4, _PR_ASK, _DENSE, 274_000, 2_000, 20_000),  # DenseReaderM4
        RfMode(3, _MILLER_8, _PR_ASK, _DENSE, 170_600, 2_000, 20_000),  # DenseReaderM8
        RfMode(4, _MILLER_4, _PR_ASK, _MULTI, 640_000, 1_500, 7_140),  # MaxMiller
        *map(_autoset, (1000, 1002, 1003, 1004, 1005)),
    ),
    impinj_extensions=True,
)

# The enterprise number is Motorola's, which Zebra kept with the business. Here Tari is a range in
# some modes, so that a client that asks for a value off the step is found out.
ZEBRA_FX9600 = Capabilities(
    antenna_count=8,
    manufacturer_pen=161,
    model=9_600,
    firmware="3.21.23.0",
    rospec_count_max=20,
    aispec_count_max=40,
    accessspec_count_max=20,
    opspec_count_max=10,
    powers_cdbm=tuple(range(1_000, 3_151, 10)),
    sensitivities_db=(0,),
    rf_modes=(
        RfMode(1, _FM0, _PR_ASK, _MULTI, 640_000, 1_500, 6_250),
        RfMode(2, _FM0, _PR_ASK, _MULTI, 640_000, 2_000, 6_250),
        RfMode(3, _MILLER_2, _PR_ASK, _MULTI, 120_000, 1_500, 12_500, 25_000, 2_100),
        RfMode(21, _MILLER_4, _PR_ASK, _DENSE, 64_000, 2_000, 12_500, 25_000, 2_100),
        RfMode(23, _MILLER_8, _PR_ASK, _DENSE, 32_000, 2_000, 12_500, 25_000, 2_100),
    ),
)

# By the name that the command line has for them.
PRESETS = {"generic": GENERIC, "impinj-r420": IMPINJ_R420, "zebra-fx9600": ZEBRA_FX9600}
