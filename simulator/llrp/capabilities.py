"""What a simulated reader says it can do (LLRP 1.0.1 §9.2).

The values here are those of a four-port reader for the FCC band; none is the copy of a product.
Products are in presets.
"""

from dataclasses import dataclass
from struct import pack

from drivers.llrp.protocol.tables import ParameterType
from simulator.llrp.encoder import tlv, utf8
from simulator.llrp.numbers import ReaderParameter, RequestedCapabilities

AISPECS_MAX = 16  # in one ROSpec

_FCC_PART_15 = 1  # CommunicationsStandard (LLRP 1.0.1 §9.2.4)
_UNITED_STATES = 840  # ISO 3166-1
_C1G2 = 1  # air protocol
_FM0, _MILLER_4, _MILLER_8 = 0, 2, 3
_PR_ASK, _DSB_ASK = 0, 2
_UTC_CLOCK = 1 << 14
_FILL_WARNING, _HOLDING = 1 << 6, 1 << 3  # bits of LLRPCapabilities
_BLOCK_WRITE = 1 << 6


@dataclass(frozen=True, slots=True)
class RfMode:
    """One UHFC1G2RFModeTableEntry: how reader and tag talk. Times are ns; a Tari is one of
    `tari_ns` up to `tari_max_ns` (None: that one alone), `tari_step_ns` apart.
    """

    identifier: int
    modulation: int  # M: 0 FM0, 1 to 3 Miller 2, 4, 8
    forward_link: int  # 0 PR-ASK, 1 SSB-ASK, 2 DSB-ASK
    spectral_mask: int  # 2 multi-interrogator, 3 dense
    backscatter_bps: int
    pie_thousandths: int
    tari_ns: int
    tari_max_ns: int | None = None
    tari_step_ns: int = 0
    divide_ratio_64_3: bool = True  # the other ratio is 8

    @property
    def tari_top_ns(self) -> int:
        return self.tari_ns if self.tari_max_ns is None else self.tari_max_ns

    def has_tari(self, tari_ns: int) -> bool:
        """Whether a client may ask for it; 0 leaves the choice to the reader."""
        if tari_ns == 0:
            return True
        above_ns = tari_ns - self.tari_ns
        on_step = above_ns % self.tari_step_ns == 0 if self.tari_step_ns else above_ns == 0
        return on_step and self.tari_ns <= tari_ns <= self.tari_top_ns

    @property
    def encoded(self) -> bytes:
        value = pack(
            ">IBBBBIIIII",
            self.identifier,
            0x80 if self.divide_ratio_64_3 else 0,
            self.modulation,
            self.forward_link,
            self.spectral_mask,
            self.backscatter_bps,
            self.pie_thousandths,
            self.tari_ns,
            self.tari_top_ns,
            self.tari_step_ns,
        )
        return tlv(ReaderParameter.UHF_C1G2_RF_MODE_TABLE_ENTRY, value)


RF_MODES = (
    RfMode(0, _FM0, _DSB_ASK, 2, 640_000, 1_500, 6_250),  # fast, for a tunnel
    RfMode(2, _MILLER_4, _PR_ASK, 3, 274_000, 2_000, 20_000),  # dense reader, the usual one
    RfMode(3, _MILLER_8, _PR_ASK, 3, 170_600, 2_000, 20_000),  # slow, for noise
)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """`can_hold` is SupportsEventAndReportHolding. Powers are hundredths of a dBm, the index in
    the table counts from 1. `sensitivities_db` are above the best that the receiver can hear.

    A reader without `has_utc` tells the time since it was switched on. `versions_max` is the
    highest LLRP version: 1 is 1.0.1, 2 is 1.1. With `impinj_extensions` it takes what that vendor
    added, once a client has enabled it. One with `hangs_up_on_versions` closes the connection
    where a client asks it for its versions, as some readers of 1.0.1 do.
    """

    antenna_count: int = 4
    manufacturer_pen: int = 32473  # the private enterprise number kept for examples (RFC 5612)
    model: int = 1
    firmware: str = "readpoint-simulator 1"
    can_hold: bool = True
    rospec_count_max: int = 4
    gpi_count: int = 4
    gpo_count: int = 4
    powers_cdbm: tuple[int, ...] = tuple(range(1_000, 3_001, 25))
    channels_khz: tuple[int, ...] = tuple(range(902_750, 927_251, 500))  # FCC 15.247: 50 channels
    hopping: bool = True
    rf_modes: tuple[RfMode, ...] = RF_MODES
    sensitivities_db: tuple[int, ...] = (0,)
    has_utc: bool = True
    warns_of_fill: bool = False
    aispec_count_max: int = AISPECS_MAX
    accessspec_count_max: int = 0
    opspec_count_max: int = 0  # in an AccessSpec
    select_filter_count_max: int = 2
    country: int = _UNITED_STATES
    standard: int = _FCC_PART_15
    versions_max: int = 1
    hangs_up_on_versions: bool = False
    impinj_extensions: bool = False

    def mode(self, identifier: int) -> RfMode | None:
        return next((mode for mode in self.rf_modes if mode.identifier == identifier), None)

    def encoded(self, wanted: RequestedCapabilities) -> bytes:
        """The parameters of a GET_READER_CAPABILITIES_RESPONSE after its status."""
        parts = {
            RequestedCapabilities.GENERAL_DEVICE: self._general_device(),
            RequestedCapabilities.LLRP: self._llrp(),
            RequestedCapabilities.REGULATORY: self._regulatory(),
            RequestedCapabilities.AIR_PROTOCOL: self._air_protocol(),
        }
        return b"".join(parts.values()) if wanted is RequestedCapabilities.ALL else parts[wanted]

    def _general_device(self) -> bytes:
        clock = _UTC_CLOCK if self.has_utc else 0
        fields = pack(">HHII", self.antenna_count, clock, self.manufacturer_pen, self.model) + utf8(
            self.firmware
        )
        sensitivity = b"".join(
            tlv(ReaderParameter.RECEIVE_SENSITIVITY_TABLE_ENTRY, pack(">HH", index, above_db))
            for index, above_db in enumerate(self.sensitivities_db, start=1)
        )
        gpio = tlv(ReaderParameter.GPIO_CAPABILITIES, pack(">HH", self.gpi_count, self.gpo_count))
        protocols = b"".join(
            tlv(ReaderParameter.PER_ANTENNA_AIR_PROTOCOL, pack(">HHB", antenna, 1, _C1G2))
            for antenna in range(1, self.antenna_count + 1)
        )
        return tlv(
            ParameterType.GENERAL_DEVICE_CAPABILITIES, fields + sensitivity + gpio + protocols
        )

    def _llrp(self) -> bytes:
        flags = (_FILL_WARNING if self.warns_of_fill else 0) | (_HOLDING if self.can_hold else 0)
        value = pack(
            ">BBHIIIII",
            flags,
            0,  # no priority levels
            0,  # no ClientRequestOpSpec, so no time-out of one
            self.rospec_count_max,
            self.aispec_count_max,
            1,  # InventoryParameterSpec in an AISpec
            self.accessspec_count_max,
            self.opspec_count_max,
        )
        return tlv(ParameterType.LLRP_CAPABILITIES, value)

    def _regulatory(self) -> bytes:
        powers = b"".join(
            tlv(ParameterType.TRANSMIT_POWER_LEVEL_TABLE_ENTRY, pack(">Hh", index, power))
            for index, power in enumerate(self.powers_cdbm, start=1)
        )
        frequencies = tlv(ReaderParameter.FREQUENCY_INFORMATION, self._frequencies())
        modes = tlv(
            ReaderParameter.UHF_C1G2_RF_MODE_TABLE,
            b"".join(mode.encoded for mode in self.rf_modes),
        )
        band = tlv(ParameterType.UHF_BAND_CAPABILITIES, powers + frequencies + modes)
        return tlv(
            ParameterType.REGULATORY_CAPABILITIES,
            pack(">HH", self.country, self.standard) + band,
        )

    def _frequencies(self) -> bytes:
        """One hop table with the id 1, or the list that a client may choose from."""
        count = len(self.channels_khz)
        if self.hopping:
            table = pack(f">BxH{count}I", 1, count, *self.channels_khz)
            return pack(">B", 0x80) + tlv(ReaderParameter.FREQUENCY_HOP_TABLE, table)
        table = pack(f">H{count}I", count, *self.channels_khz)
        return pack(">B", 0) + tlv(ReaderParameter.FIXED_FREQUENCY_TABLE, table)

    def _air_protocol(self) -> bytes:
        flags = _BLOCK_WRITE if self.accessspec_count_max else 0
        return tlv(
            ReaderParameter.C1G2_LLRP_CAPABILITIES, pack(">BH", flags, self.select_filter_count_max)
        )


DEFAULT_CAPABILITIES = Capabilities()
