"""What a reader can do, as it tells in GET_READER_CAPABILITIES_RESPONSE (LLRP 1.0.1 §9.1, §17.2.3).

What it does not tell keeps its default, for many leave whole parameters out; vendors' own
parameters are passed over. What is told and broken is an LlrpError: a table that is read wrongly
would set a wrong power.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from struct import Struct

from drivers.llrp.protocol.framing import LlrpError, Parameter, parameters
from drivers.llrp.protocol.tables import CapabilityParameter, ParameterType, Vendor

_GENERAL = Struct(">HHIIH")  # antennas, flags, manufacturer, model, length of the firmware text
_LLRP = Struct(">BBHIIIII")  # flags, priorities, ms of client requests, five limits
_REGULATORY = Struct(">HH")  # country, standard
_LEVEL = Struct(">Hh")  # index, 1/100 dBm of power or dB of sensitivity
_RANGE = Struct(">HHH")  # antenna, lowest and highest index
_PAIR = Struct(">HH")
_DBM = Struct(">h")
_HOP_TABLE = Struct(">BxH")  # id, count
_U16 = Struct(">H")
_FILTERS = Struct(">BH")  # flags, filters a query
_MODE = Struct(">IBBBBIIIII")
_HAS_UTC_CLOCK = 0x4000  # second flag of GeneralDeviceCapabilities
_WARNS_OF_FULL_BUFFER = 0x40  # second flag of LLRPCapabilities
_HOLDS_EVENTS_AND_REPORTS = 0x08  # fifth flag of LLRPCapabilities
_HOPPING = 0x80

# Subcarrier cycles a symbol, by the code in the table: FM0 is 1, Miller 2, 4 and 8.
_MODULATIONS = {0: 1, 1: 2, 2: 4, 3: 8}
MULTI_INTERROGATOR, DENSE_INTERROGATOR = 2, 3  # spectral masks (Gen2 annex G)

_VENDOR_NAMES = {Vendor.IMPINJ: "Impinj", Vendor.MOTOROLA: "Motorola/Zebra", Vendor.ALIEN: "Alien"}
_IMPINJ_MOST_SENSITIVE_DBM = -80.0  # LLRP 1.0.1 has no parameter that tells it


@dataclass(frozen=True, slots=True)
class RfMode:
    """One entry of the reader's mode table (LLRP 1.0.1 §15.2.1.1.3).

    `link_hz` is what the table calls BDR: readers put the backscatter link frequency there, so that
    a mode's bits a second are that by the modulation.
    """

    mode_id: int
    modulation: int  # 1: FM0; 2, 4, 8: Miller; 0: a code that we do not know
    link_hz: int
    spectral_mask: int = 0
    forward_link: int = 0  # 0 PR-ASK, 1 SSB-ASK, 2 DSB-ASK
    pie_thousandths: int = 0
    tari_min_ns: int = 0
    tari_max_ns: int = 0
    tari_step_ns: int = 0

    def takes_tari(self, tari_ns: int) -> bool:
        """Whether it is one of the steps between the shortest and the longest."""
        if not self.tari_min_ns <= tari_ns <= self.tari_max_ns:
            return False
        steps_ns = tari_ns - self.tari_min_ns
        return steps_ns % self.tari_step_ns == 0 if self.tari_step_ns else True

    @property
    def tari_offered(self) -> str:
        """For a sentence.

        >>> RfMode(2, 4, 274_000, tari_min_ns=20_000, tari_max_ns=25_000).tari_offered
        '20 to 25 µs'
        """
        low, high, step = (
            f"{ns / 1000:g}" for ns in (self.tari_min_ns, self.tari_max_ns, self.tari_step_ns)
        )
        if self.tari_min_ns == self.tari_max_ns:
            return f"{low} µs"
        return f"{low} to {high} µs" + (f" in steps of {step} µs" if self.tari_step_ns else "")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The device and its tables. A table that is empty was not told; so was a limit that is 0.

    `power_dbm` and `sensitivity_db` lead from an index to its value; sensitivities are dB above the
    most sensitive, which is at `most_sensitive_dbm` where that is told.
    """

    antennas: int = 0
    has_utc_clock: bool = False
    manufacturer: int = 0  # IANA private enterprise number
    model: int = 0
    firmware: str = ""
    holds_reports: bool = False
    power_dbm: Mapping[int, float] = field(default_factory=dict)
    inputs: int | None = None  # GPI; None: not told
    outputs: int | None = None  # GPO
    warns_of_full_buffer: bool = False
    rospecs_max: int = 0
    specs_per_rospec_max: int = 0
    accessspecs_max: int = 0
    opspecs_per_accessspec_max: int = 0
    sensitivity_db: Mapping[int, float] = field(default_factory=dict)
    most_sensitive_dbm: float | None = None
    # Antenna -> lowest and highest index of the sensitivities that it can take.
    sensitivity_range: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    air_protocols: Mapping[int, tuple[int, ...]] = field(default_factory=dict)  # by antenna
    country: int = 0  # ISO 3166 numeric
    standard: int = 0  # of communications
    hopping: bool = False
    hop_tables_khz: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    fixed_khz: tuple[int, ...] = ()
    modes: tuple[RfMode, ...] = ()
    filters_max: int | None = None  # Select filters of a query; None: not told

    @property
    def name(self) -> str:
        """Maker, model and firmware, for the person."""
        return f"{self.maker}, model {self.model}, firmware {self.firmware}"

    @property
    def maker(self) -> str:
        """Who made it, as a sentence can say it."""
        names = {int(vendor): name for vendor, name in _VENDOR_NAMES.items()}
        return names.get(self.manufacturer, f"the vendor with number {self.manufacturer}")

    @property
    def sensitivity_dbm(self) -> dict[int, float]:
        """Index -> dBm; empty where the reader does not say what its dB are counted from."""
        most = self.most_sensitive_dbm
        if most is None and self.manufacturer == Vendor.IMPINJ:
            most = _IMPINJ_MOST_SENSITIVE_DBM
        if most is None:
            return {}
        return {index: most + above for index, above in self.sensitivity_db.items()}


@dataclass(frozen=True, slots=True)
class OutOfRange:
    """A level that the reader does not offer, with what it does offer."""

    asked_dbm: float
    lowest_dbm: float
    highest_dbm: float


def nearest_level(levels_dbm: Mapping[int, float], asked_dbm: float) -> int | OutOfRange:
    """The index of the level nearest to `asked_dbm`, the lower one of two equally near.

    >>> nearest_level({1: 10.0, 2: 20.0, 3: 30.0}, 26.0)
    3
    """
    lowest, highest = min(levels_dbm.values()), max(levels_dbm.values())
    if not lowest <= asked_dbm <= highest:
        return OutOfRange(asked_dbm, lowest, highest)
    return min(
        levels_dbm, key=lambda index: (abs(levels_dbm[index] - asked_dbm), levels_dbm[index])
    )


def decode_capabilities(body: bytes) -> Capabilities:
    """From a GET_READER_CAPABILITIES_RESPONSE. Raises LlrpError."""
    found = Capabilities()
    for parameter in parameters(body):
        match parameter.type:
            case ParameterType.GENERAL_DEVICE_CAPABILITIES:
                found = _general(found, parameter.value)
            case ParameterType.LLRP_CAPABILITIES:
                found = _llrp(found, parameter.value)
            case ParameterType.REGULATORY_CAPABILITIES:
                found = _regulatory(found, parameter.value)
            case CapabilityParameter.C1G2_LLRP_CAPABILITIES:
                _, filters = _fields(_FILTERS, parameter.value, "C1G2LLRPCapabilities")
                found = replace(found, filters_max=filters)
            case _:
                pass
    return found


def _general(found: Capabilities, value: bytes) -> Capabilities:
    antennas, flags, manufacturer, model, size = _fields(
        _GENERAL, value, "GeneralDeviceCapabilities"
    )
    inside_at = _GENERAL.size + size
    if inside_at > len(value):
        raise LlrpError(f"ReaderFirmwareVersion of {size} bytes: cut short")
    inside = list(parameters(value, inside_at))
    gpio = _the_first(inside, CapabilityParameter.GPIO_CAPABILITIES)
    inputs, outputs = (None, None) if gpio is None else _fields(_PAIR, gpio, "GPIOCapabilities")
    most = _the_first(inside, CapabilityParameter.MAXIMUM_RECEIVE_SENSITIVITY)
    return replace(
        found,
        antennas=antennas,
        has_utc_clock=bool(flags & _HAS_UTC_CLOCK),
        manufacturer=manufacturer,
        model=model,
        firmware=value[_GENERAL.size : inside_at].decode(errors="replace"),
        inputs=inputs,
        outputs=outputs,
        sensitivity_db={
            index: float(above)
            for index, above in _all(
                inside,
                CapabilityParameter.RECEIVE_SENSITIVITY_TABLE_ENTRY,
                _LEVEL,
                "ReceiveSensitivityTableEntry",
            )
        },
        sensitivity_range={
            antenna: (lowest, highest)
            for antenna, lowest, highest in _all(
                inside,
                CapabilityParameter.PER_ANTENNA_RECEIVE_SENSITIVITY_RANGE,
                _RANGE,
                "PerAntennaReceiveSensitivityRange",
            )
        },
        most_sensitive_dbm=(
            None if most is None else float(_fields(_DBM, most, "MaximumReceiveSensitivity")[0])
        ),
        air_protocols=dict(
            _air_protocol(each.value)
            for each in inside
            if each.type == CapabilityParameter.PER_ANTENNA_AIR_PROTOCOL
        ),
    )


def _air_protocol(value: bytes) -> tuple[int, tuple[int, ...]]:
    antenna, count = _fields(_PAIR, value, "PerAntennaAirProtocol")
    return antenna, tuple(value[_PAIR.size : _PAIR.size + count])


def _llrp(found: Capabilities, value: bytes) -> Capabilities:
    flags, _, _, rospecs, specs, _, accessspecs, opspecs = _fields(_LLRP, value, "LLRPCapabilities")
    return replace(
        found,
        holds_reports=bool(flags & _HOLDS_EVENTS_AND_REPORTS),
        warns_of_full_buffer=bool(flags & _WARNS_OF_FULL_BUFFER),
        rospecs_max=rospecs,
        specs_per_rospec_max=specs,
        accessspecs_max=accessspecs,
        opspecs_per_accessspec_max=opspecs,
    )


def _regulatory(found: Capabilities, value: bytes) -> Capabilities:
    country, standard = _fields(_REGULATORY, value, "RegulatoryCapabilities")
    found = replace(found, country=country, standard=standard)
    for band in parameters(value, offset=_REGULATORY.size):
        if band.type == ParameterType.UHF_BAND_CAPABILITIES:
            found = _band(found, list(parameters(band.value)))
    return found


def _band(found: Capabilities, inside: list[Parameter]) -> Capabilities:
    power_dbm = {
        index: hundredths / 100
        for index, hundredths in _all(
            inside,
            ParameterType.TRANSMIT_POWER_LEVEL_TABLE_ENTRY,
            _LEVEL,
            "TransmitPowerLevelTableEntry",
        )
    }
    frequencies = _the_first(inside, CapabilityParameter.FREQUENCY_INFORMATION)
    if frequencies is not None:
        found = _frequencies(found, frequencies)
    modes = tuple(
        _mode(entry.value)
        for table in inside
        if table.type == CapabilityParameter.C1G2_RF_MODE_TABLE
        for entry in parameters(table.value)
        if entry.type == CapabilityParameter.C1G2_RF_MODE_TABLE_ENTRY
    )
    return replace(found, power_dbm={**found.power_dbm, **power_dbm}, modes=found.modes + modes)


def _frequencies(found: Capabilities, value: bytes) -> Capabilities:
    """FrequencyInformation: hop tables, or one table of fixed frequencies, in kHz."""
    if not value:
        raise LlrpError("FrequencyInformation of 0 bytes: expected at least 1")
    hop_tables: dict[int, tuple[int, ...]] = {}
    fixed: tuple[int, ...] = ()
    for table in parameters(value, offset=1):
        if table.type == CapabilityParameter.FREQUENCY_HOP_TABLE:
            number, count = _fields(_HOP_TABLE, table.value, "FrequencyHopTable")
            hop_tables[number] = _listed(table.value[_HOP_TABLE.size :], count, "FrequencyHopTable")
        elif table.type == CapabilityParameter.FIXED_FREQUENCY_TABLE:
            (count,) = _fields(_U16, table.value, "FixedFrequencyTable")
            fixed = _listed(table.value[_U16.size :], count, "FixedFrequencyTable")
    hopping = bool(value[0] & _HOPPING)
    return replace(found, hopping=hopping, hop_tables_khz=hop_tables, fixed_khz=fixed)


def _listed(value: bytes, count: int, name: str) -> tuple[int, ...]:
    return _fields(Struct(f">{count}I"), value, name)


def _mode(value: bytes) -> RfMode:
    mode_id, _, modulation, forward, mask, link, pie, low, high, step = _fields(
        _MODE, value, "C1G2UHFRFModeTableEntry"
    )
    modulation = _MODULATIONS.get(modulation, 0)
    return RfMode(mode_id, modulation, link, mask, forward, pie, low, high, step)


def _the_first(inside: list[Parameter], kind: int) -> bytes | None:
    return next((each.value for each in inside if each.type == kind), None)


def _all(inside: list[Parameter], kind: int, layout: Struct, name: str) -> list[tuple[int, ...]]:
    return [_fields(layout, each.value, name) for each in inside if each.type == kind]


def _fields(layout: Struct, value: bytes, name: str) -> tuple[int, ...]:
    """The leading fields of a parameter."""
    if len(value) < layout.size:
        raise LlrpError(f"{name} of {len(value)} bytes: expected at least {layout.size}")
    return layout.unpack_from(value)
