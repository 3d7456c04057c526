"""Which RF mode a purpose asks for, out of the table that the reader told.

A mode is how reader and tag talk: the tag's modulation (FM0 is one subcarrier cycle a symbol,
Miller 2, 4 and 8 are that many), its link frequency, and the mask that the reader's signal keeps
(Gen2 §6.3.1.3). More cycles a symbol are slower and are heard through more noise.

    fast    the most bits a second, which is link frequency by modulation: many tags, few seconds,
            one reader
    dense   what does not disturb the readers beside it and is not disturbed by them: the dense
            interrogator mask, Miller 4 before 8 before 2; without such a mode, one with the
            multi interrogator mask and Miller 4 or 8. On Impinj mode 1000 (autoset dense reader)
            where it is told, which looks for the quiet channel by itself
    robust  the highest Miller, and of those the slowest: weak tags, noise, metal

Impinj's modes from 1000 on choose among others by themselves; what the table says of them (FM0,
40 kHz) is a filler, and no purpose but dense takes one.
"""

from collections.abc import Sequence
from typing import assert_never

from drivers.llrp.protocol.capabilities import (
    DENSE_INTERROGATOR,
    MULTI_INTERROGATOR,
    Capabilities,
    RfMode,
)
from drivers.llrp.protocol.tables import Vendor
from drivers.llrp.protocol.wanted import Purpose

_MODE_ID_MAX = 0xFFFF  # what C1G2RFControl can name; the table has room for more
_IMPINJ_AUTOSET_FROM = 1000
_IMPINJ_AUTOSET_DENSE = 1000
_DENSE_MODULATIONS = {DENSE_INTERROGATOR: (4, 8, 2), MULTI_INTERROGATOR: (4, 8)}


def choose(purpose: Purpose, capabilities: Capabilities) -> RfMode | None:
    """The mode for a purpose; None where no mode of the reader is one for it."""
    plain = [
        mode
        for mode in capabilities.modes
        if mode.modulation
        and mode.link_hz
        and mode.mode_id <= _MODE_ID_MAX
        and not _is_autoset(mode, capabilities)
    ]
    match purpose:
        case Purpose.FAST:
            return max(plain, key=lambda mode: mode.link_hz / mode.modulation, default=None)
        case Purpose.ROBUST:
            return max(plain, key=lambda mode: (mode.modulation, -mode.link_hz), default=None)
        case Purpose.DENSE:
            return _autoset_dense(capabilities) or _dense(plain)
        case _:
            assert_never(purpose)


def offered(capabilities: Capabilities) -> str:
    """All modes of a reader, for a sentence.

    >>> offered(Capabilities(modes=(RfMode(0, 1, 640_000), RfMode(2, 4, 274_000, 3))))
    '0 (FM0, 640 kHz), 2 (Miller 4, 274 kHz, dense)'
    """
    return ", ".join(_described(mode, capabilities) for mode in capabilities.modes)


def _dense(plain: Sequence[RfMode]) -> RfMode | None:
    for mask, modulations in _DENSE_MODULATIONS.items():
        for modulation in modulations:
            fitting = [
                mode
                for mode in plain
                if (mode.spectral_mask, mode.modulation) == (mask, modulation)
            ]
            if fitting:
                return max(fitting, key=lambda mode: mode.link_hz)
    return None


def _autoset_dense(capabilities: Capabilities) -> RfMode | None:
    if capabilities.manufacturer != Vendor.IMPINJ:
        return None
    told = (mode for mode in capabilities.modes if mode.mode_id == _IMPINJ_AUTOSET_DENSE)
    return next(told, None)


def _is_autoset(mode: RfMode, capabilities: Capabilities) -> bool:
    return capabilities.manufacturer == Vendor.IMPINJ and mode.mode_id >= _IMPINJ_AUTOSET_FROM


def _described(mode: RfMode, capabilities: Capabilities) -> str:
    if _is_autoset(mode, capabilities):
        return f"{mode.mode_id} (the reader chooses)"
    modulation = {0: "unknown modulation", 1: "FM0"}.get(
        mode.modulation, f"Miller {mode.modulation}"
    )
    dense = ", dense" if mode.spectral_mask == DENSE_INTERROGATOR else ""
    return f"{mode.mode_id} ({modulation}, {mode.link_hz / 1000:g} kHz{dense})"
