"""What a simulated reader says it can do (LLRP 1.0.1 §9.2).

The values are those of a four-port reader for the FCC band; none is the copy of a product.
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


@dataclass(frozen=True, slots=True)
class RfMode:
    """One UHFC1G2RFModeTableEntry: how reader and tag talk. Times are ns."""

    identifier: int
    modulation: int  # M: 0 FM0, 1 to 3 Miller 2, 4, 8
    forward_link: int  # 0 PR-ASK, 1 SSB-ASK, 2 DSB-ASK
    spectral_mask: int  # 2 multi-interrogator, 3 dense
    backscatter_bps: int
    pie_thousandths: int
    tari_ns: int

    @property
    def encoded(self) -> bytes:
        divide_ratio_64_3 = 0x80
        value = pack(
            ">IBBBBIIIII",
            self.identifier,
            divide_ratio_64_3,
            self.modulation,
            self.forward_link,
            self.spectral_mask,
            self.backscatter_bps,
            self.pie_thousandths,
            self.tari_ns,
            self.tari_ns,
            0,
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
    the table counts from 1.
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
    rf_modes: tuple[RfMode, ...] = RF_MODES

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
        has_utc_clock = 1 << 14
        fields = pack(
            ">HHII", self.antenna_count, has_utc_clock, self.manufacturer_pen, self.model
        ) + utf8(self.firmware)
        sensitivity = tlv(ReaderParameter.RECEIVE_SENSITIVITY_TABLE_ENTRY, pack(">HH", 1, 0))
        gpio = tlv(ReaderParameter.GPIO_CAPABILITIES, pack(">HH", self.gpi_count, self.gpo_count))
        protocols = b"".join(
            tlv(ReaderParameter.PER_ANTENNA_AIR_PROTOCOL, pack(">HHB", antenna, 1, _C1G2))
            for antenna in range(1, self.antenna_count + 1)
        )
        return tlv(
            ParameterType.GENERAL_DEVICE_CAPABILITIES, fields + sensitivity + gpio + protocols
        )

    def _llrp(self) -> bytes:
        holding = (1 << 3) if self.can_hold else 0
        value = pack(
            ">BBHIIIII",
            holding,
            0,  # no priority levels
            0,  # no ClientRequestOpSpec, so no time-out of one
            self.rospec_count_max,
            AISPECS_MAX,
            1,  # InventoryParameterSpec in an AISpec
            0,  # AccessSpecs
            0,  # OpSpecs in one
        )
        return tlv(ParameterType.LLRP_CAPABILITIES, value)

    def _regulatory(self) -> bytes:
        powers = b"".join(
            tlv(ParameterType.TRANSMIT_POWER_LEVEL_TABLE_ENTRY, pack(">Hh", index, power))
            for index, power in enumerate(self.powers_cdbm, start=1)
        )
        count = len(self.channels_khz)
        hop_table_1 = pack(f">BxH{count}I", 1, count, *self.channels_khz)
        hopping = 0x80
        frequencies = tlv(
            ReaderParameter.FREQUENCY_INFORMATION,
            pack(">B", hopping) + tlv(ReaderParameter.FREQUENCY_HOP_TABLE, hop_table_1),
        )
        modes = tlv(
            ReaderParameter.UHF_C1G2_RF_MODE_TABLE,
            b"".join(mode.encoded for mode in self.rf_modes),
        )
        band = tlv(ParameterType.UHF_BAND_CAPABILITIES, powers + frequencies + modes)
        return tlv(
            ParameterType.REGULATORY_CAPABILITIES,
            pack(">HH", _UNITED_STATES, _FCC_PART_15) + band,
        )

    def _air_protocol(self) -> bytes:
        select_filters = 2
        return tlv(ReaderParameter.C1G2_LLRP_CAPABILITIES, pack(">BH", 0, select_filters))


DEFAULT_CAPABILITIES = Capabilities()
