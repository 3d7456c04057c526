"""From what is wanted and what the reader can to the ROSpec, or to all that stands between them.

Every sentence of an Impossible says what was asked for and what the reader offers, so that the one
who set it up can mend all of it at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from drivers.llrp.protocol import modes
from drivers.llrp.protocol.capabilities import Capabilities, OutOfRange, nearest_level
from drivers.llrp.protocol.rospec import AntennaPlan, RfControl, RoSpecPlan
from drivers.llrp.protocol.tables import Vendor
from drivers.llrp.protocol.wanted import AntennaWanted, OnInput, Purpose, Wanted

_GEN2 = 1  # air protocol
_USUAL_HOP_TABLE = 1


@dataclass(frozen=True, slots=True)
class Impossible:
    """All that the reader cannot do, a sentence each."""

    sentences: tuple[str, ...]

    def __str__(self) -> str:
        return "; ".join(self.sentences)


def plan(wanted: Wanted, capabilities: Capabilities) -> RoSpecPlan | Impossible:
    """The ROSpec for this reader."""
    return _Planner(wanted, capabilities).plan()


@dataclass(slots=True)
class _Planner:
    wanted: Wanted
    can: Capabilities
    impossible: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def plan(self) -> RoSpecPlan | Impossible:
        wanted = self.wanted
        self._look_at_the_vendor()
        hop_table = self._hop_table()
        channels = self._channels()
        impinj_channels = channels if self._is_impinj else ()
        antennas = tuple(
            self._antenna(antenna, hop_table, channels[number % len(channels)] if channels else 1)
            for number, antenna in enumerate(wanted.antennas)
        )
        rf_control = self._rf_control()
        self._look_at_filters()
        self._look_at_inputs()
        if self.impossible:
            return Impossible(tuple(self.impossible))
        return RoSpecPlan(
            antennas=antennas,
            session=wanted.session,
            population=wanted.population,
            rf_control=rf_control,
            filters=wanted.filters,
            start=wanted.start,
            stop=wanted.stop,
            report=wanted.report,
            report_fields=wanted.report_fields,
            impinj=wanted.impinj,
            impinj_channels=impinj_channels,
            llrp_version=wanted.llrp_version,
            warnings=tuple(self.warnings),
        )

    @property
    def _is_impinj(self) -> bool:
        return self.can.manufacturer == Vendor.IMPINJ

    def _look_at_the_vendor(self) -> None:
        if self.wanted.impinj is not None and not self._is_impinj:
            self.impossible.append(f"impinj: the reader was made by {self.can.maker}")

    # -- antennas --------------------------------------------------------------------------------

    def _antenna(self, antenna: AntennaWanted, hop_table: int, channel: int) -> AntennaPlan:
        port = antenna.port
        if self.can.antennas and port > self.can.antennas:
            self.impossible.append(f"antenna {port}: the reader has {self.can.antennas}")
        protocols = self.can.air_protocols.get(port, (_GEN2,))
        if _GEN2 not in protocols:
            self.impossible.append(f"antenna {port}: the reader does not speak Gen2 there")
        power_index = self._power_index(antenna)
        if power_index is None and self._needs_transmitter:
            key = "hop_table" if self.wanted.hop_table is not None else "channels_mhz"
            self.impossible.append(f"antenna {port}: {key}: goes only with a power_dbm")
        if self._is_impinj and self.wanted.channels_khz:
            channel = 1
        return AntennaPlan(port, power_index, self._sensitivity_index(antenna), hop_table, channel)

    @property
    def _needs_transmitter(self) -> bool:
        """Whether something is wanted that LLRP sets together with the power."""
        channels = bool(self.wanted.channels_khz) and not self._is_impinj
        return self.wanted.hop_table is not None or channels

    def _power_index(self, antenna: AntennaWanted) -> int | None:
        if antenna.power_dbm is None:
            return None
        if not self.can.power_dbm:
            self.warnings.append(f"antenna {antenna.port}: no power levels to choose from")
            return None
        index = nearest_level(self.can.power_dbm, antenna.power_dbm)
        return self._in_range(f"antenna {antenna.port}: power", index)

    def _sensitivity_index(self, antenna: AntennaWanted) -> int | None:
        if antenna.sensitivity_dbm is None:
            return None
        offered = self.can.sensitivity_dbm
        if antenna.port in self.can.sensitivity_range:
            lowest, highest = self.can.sensitivity_range[antenna.port]
            offered = {index: dbm for index, dbm in offered.items() if lowest <= index <= highest}
        if not offered:
            self.impossible.append(
                f"antenna {antenna.port}: sensitivity {antenna.sensitivity_dbm:g} dBm:"
                " the reader tells no sensitivities in dBm"
            )
            return None
        index = nearest_level(offered, antenna.sensitivity_dbm)
        return self._in_range(f"antenna {antenna.port}: sensitivity", index)

    def _in_range(self, what: str, index: int | OutOfRange) -> int | None:
        if not isinstance(index, OutOfRange):
            return index
        self.impossible.append(
            f"{what} {index.asked_dbm:g} dBm: the reader offers"
            f" {index.lowest_dbm:g} to {index.highest_dbm:g} dBm"
        )
        return None

    # -- frequencies -----------------------------------------------------------------------------

    def _hop_table(self) -> int:
        tables = self.can.hop_tables_khz
        asked = self.wanted.hop_table
        if asked is None:
            return _USUAL_HOP_TABLE if _USUAL_HOP_TABLE in tables else min(tables, default=1)
        if asked not in tables:
            self.impossible.append(f"hop_table {asked}: {self._frequencies_offered()}")
        return asked

    def _channels(self) -> tuple[int, ...]:
        """Indexes from 1 into the reader's fixed frequencies."""
        asked, fixed = self.wanted.channels_khz, self.can.fixed_khz
        unknown = [khz for khz in asked if khz not in fixed]
        if unknown:
            self.impossible.append(
                f"channels {_in_mhz(unknown)} MHz: {self._frequencies_offered()}"
            )
            return ()
        return tuple(fixed.index(khz) + 1 for khz in asked)

    def _frequencies_offered(self) -> str:
        if self.can.fixed_khz:
            return f"the reader offers the channels {_in_mhz(self.can.fixed_khz)} MHz"
        if self.can.hop_tables_khz:
            tables = ", ".join(str(number) for number in sorted(self.can.hop_tables_khz))
            return f"the reader hops and offers hop_table {tables}"
        return "the reader tells no frequencies"

    # -- the air interface -----------------------------------------------------------------------

    def _rf_control(self) -> RfControl | None:
        asked = self.wanted.mode
        if asked is None:
            return None
        if not self.can.modes:
            return self._untold_mode(asked)
        if isinstance(asked, Purpose):
            mode, name = modes.choose(asked, self.can), f'mode "{asked.value}"'
        else:
            mode = next((mode for mode in self.can.modes if mode.mode_id == asked), None)
            name = f"mode {asked}"
        if mode is None:
            self.impossible.append(f"{name}: the reader offers {modes.offered(self.can)}")
            return None
        tari_ns = self.wanted.tari_ns
        if tari_ns is not None and not mode.takes_tari(tari_ns):
            self.impossible.append(
                f"tari {tari_ns / 1000:g} µs: mode {mode.mode_id} offers {mode.tari_offered}"
            )
        return RfControl(mode.mode_id, tari_ns or 0)

    def _untold_mode(self, asked: int | Purpose) -> RfControl | None:
        """A number is worth a try; what fits a purpose nobody knows."""
        if isinstance(asked, Purpose):
            self.warnings.append(
                f'mode "{asked.value}": the reader tells no modes: its default is taken'
            )
            return None
        self.warnings.append(f"mode {asked}: the reader tells no modes: it may refuse this one")
        return RfControl(asked, self.wanted.tari_ns or 0)

    def _look_at_filters(self) -> None:
        count, most = len(self.wanted.filters), self.can.filters_max
        if most is not None and count > most:
            self.impossible.append(f"{count} filters: the reader takes {most}")

    def _look_at_inputs(self) -> None:
        triggers = (self.wanted.start, self.wanted.stop)
        for trigger in triggers:
            if isinstance(trigger, OnInput) and self.can.inputs is not None:
                if trigger.port <= self.can.inputs:
                    continue
                self.impossible.append(
                    f"gpi {trigger.port}: the reader has {self.can.inputs} inputs"
                )


def _in_mhz(khz: Sequence[int]) -> str:
    return ", ".join(f"{each / 1000:g}" for each in khz)
