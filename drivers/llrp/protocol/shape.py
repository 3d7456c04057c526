"""One TagReportData read parameter by parameter: its layout, or what is broken in it.

What is unknown here is passed over by its length, and told, so that a trace can show it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import itemgetter
from struct import Struct, calcsize

from drivers.llrp.protocol.framing import TLV_HEADER_BYTES, LlrpError, span_at
from drivers.llrp.protocol.layout import (
    ACCESS,
    OP_SPEC,
    USUAL,
    VENDORS,
    Chosen,
    Layout,
)
from drivers.llrp.protocol.tables import OpSpecKind, ParameterType
from drivers.llrp.protocol.vendor import (
    SERIALIZED_TID,
    TID_WORDS_MAX,
    VENDOR_FIELDS,
    VENDOR_IGNORED,
    VendorField,
)

# A tag's PC can say 31 words (496 bits, Gen2 §6.3.2.1.2.2); readers have been seen to tell 32.
EPC_BITS_MAX = 512

# What a TV parameter tells, and its format.
_TV_SLOTS: dict[int, tuple[str, str]] = {
    ParameterType.EPC_96: ("epc", "12s"),
    ParameterType.ANTENNA_ID: ("antenna", "H"),
    ParameterType.FIRST_SEEN_UTC: ("first", "Q"),
    ParameterType.FIRST_SEEN_UPTIME: ("first_uptime", "Q"),
    ParameterType.LAST_SEEN_UTC: ("last", "Q"),
    ParameterType.LAST_SEEN_UPTIME: ("last_uptime", "Q"),
    ParameterType.TAG_SEEN_COUNT: ("count", "H"),
    ParameterType.C1G2_PC: ("pc", "H"),
    ParameterType.PEAK_RSSI: ("rssi", "b"),
    ParameterType.CHANNEL_INDEX: ("channel", "H"),
    ParameterType.ACCESS_SPEC_ID: ("access_spec", "I"),
}
_PASSED_OVER = frozenset(
    {
        ParameterType.ROSPEC_ID,
        ParameterType.INVENTORY_PARAMETER_SPEC_ID,
        ParameterType.C1G2_CRC,
        ParameterType.SPEC_INDEX,
        ParameterType.CLIENT_REQUEST_OP_SPEC_RESULT,
        ParameterType.OP_SPEC_ID,
        ParameterType.C1G2_SINGULATION_DETAILS,
        ParameterType.C1G2_XPC_W1,
        ParameterType.C1G2_XPC_W2,
    }
)
_RESULT_NAMES = {
    OpSpecKind.READ: "C1G2ReadOpSpecResult",
    OpSpecKind.WRITE: "C1G2WriteOpSpecResult",
    OpSpecKind.KILL: "C1G2KillOpSpecResult",
    OpSpecKind.LOCK: "C1G2LockOpSpecResult",
    OpSpecKind.BLOCK_ERASE: "C1G2BlockEraseOpSpecResult",
    OpSpecKind.BLOCK_WRITE: "C1G2BlockWriteOpSpecResult",
}
_RESULT_KINDS: dict[int, OpSpecKind] = {int(kind): kind for kind in OpSpecKind}
_RESULT = Struct(">BH")  # result code, OpSpecID
_CUSTOM = Struct(">II")  # vendor, subtype
_U16 = Struct(">H")
_WORD_BYTES = 2

Unknown = Callable[[tuple[int, int], bytes], None]


def layout_of(tag: bytes, unknown: Unknown) -> Layout:
    """The layout of this TagReportData, header and all. Raises LlrpError where it is broken.

    `unknown` is told of each parameter that nobody here knows: (vendor, subtype) or (0, type), and
    its value.
    """
    draft = _Draft(tag, unknown)
    inside = tag[TLV_HEADER_BYTES:]
    at = 0
    while at < len(inside):
        kind, start, at = span_at(inside, at)
        draft.take(kind, start + TLV_HEADER_BYTES, at + TLV_HEADER_BYTES)
    return draft.layout()


@dataclass(slots=True)
class _Draft:
    """A layout in the making: what of `tag` was understood so far."""

    tag: bytes
    unknown: Unknown
    values: list[tuple[int, str]] = field(default_factory=list)  # where, in which format
    gaps: list[tuple[int, int]] = field(default_factory=list)  # from, to: here are no constants
    slots: dict[str, int] = field(default_factory=dict)  # which of the values it is
    scales: dict[str, int] = field(default_factory=dict)
    results: list[tuple[OpSpecKind, dict[str, int]]] = field(default_factory=list)

    def take(self, kind: int, start: int, stop: int) -> None:
        """A parameter whose value goes from `start` to `stop`."""
        if kind in _TV_SLOTS:
            slot, layout = _TV_SLOTS[kind]
            if stop - start != calcsize(f">{layout}"):  # a TV's type in a TLV's header
                raise LlrpError(
                    f"parameter {kind} of {stop - start} bytes: expected {calcsize(f'>{layout}')}"
                )
            self.slots[slot], start = self._value(start, layout)
        elif kind == ParameterType.EPC_DATA:
            start = self._take_epc_data(start, stop)
        elif kind in _RESULT_KINDS:
            start = self._take_result(_RESULT_KINDS[kind], start, stop)
        elif kind == ParameterType.CUSTOM and stop - start >= _CUSTOM.size:
            start = self._take_custom(start, stop)
        elif kind not in _PASSED_OVER:
            self.unknown((0, kind), self.tag[start:stop])
        self.gaps.append((start, stop))

    def _take_epc_data(self, start: int, stop: int) -> int:
        """A count of bits, then the bits from the left (LLRP 1.0.1 §16.2.7.3.1)."""
        bits, start = self._count("EPCData", start, stop)
        if bits > EPC_BITS_MAX:
            raise LlrpError(f"EPCData of {bits} bits: expected at most {EPC_BITS_MAX}")
        size = (bits + 7) // 8
        if stop - start < size:
            raise LlrpError(f"EPCData of {bits} bits: cut short at {stop - start} bytes")
        self.slots["epc"], start = self._value(start, f"{size}s")
        return start

    def _take_result(self, kind: OpSpecKind, start: int, stop: int) -> int:
        """A result code and the OpSpecID; then what was read, or how much was written."""
        name = _RESULT_NAMES[kind]
        if stop - start < _RESULT.size:
            raise LlrpError(f"{name} of {stop - start} bytes: expected at least {_RESULT.size}")
        told: dict[str, int] = {}
        told["code"], start = self._value(start, "B")
        told["op_spec"], start = self._value(start, "H")
        if kind == OpSpecKind.READ:
            count, start = self._count(name, start, stop)
            if stop - start < count * _WORD_BYTES:
                raise LlrpError(f"{name} of {count} words: cut short at {stop - start} bytes")
            told["data"], start = self._value(start, f"{count * _WORD_BYTES}s")
        elif kind in (OpSpecKind.WRITE, OpSpecKind.BLOCK_WRITE):
            self._count(name, start, stop)
            told["words"], start = self._value(start, "H")
        self.results.append((kind, told))
        return start

    def _take_custom(self, start: int, stop: int) -> int:
        """A vendor's own. One that is not as in our tables costs itself, and not the tag."""
        key = _CUSTOM.unpack_from(self.tag, start)
        inner = start + _CUSTOM.size
        if key == SERIALIZED_TID:
            after = self._take_tid(inner, stop)
        else:
            after = self._take_vendor_field(VENDOR_FIELDS.get(key), inner, stop)
        if after is None and key not in VENDOR_IGNORED:
            self.unknown(key, self.tag[inner:stop])
        return inner if after is None else after

    def _take_vendor_field(self, told: VendorField | None, start: int, stop: int) -> int | None:
        if told is None or stop - start < calcsize(f">{told.format}"):
            return None
        self.scales[told.slot] = told.scale
        self.slots[told.slot], after = self._value(start, told.format)
        return after

    def _take_tid(self, start: int, stop: int) -> int | None:
        """A count of words, then the words; a chip without a TID to tell gives none."""
        if stop - start < _U16.size:
            return None
        words, after = self._count("SerializedTID", start, stop)
        if words > min((stop - after) // _WORD_BYTES, TID_WORDS_MAX):
            return None
        if words:
            self.slots["tid"], after = self._value(after, f"{words * _WORD_BYTES}s")
        return after

    def _value(self, start: int, layout: str) -> tuple[int, int]:
        """A value starts at `start`: which one it is, and what is behind it."""
        stop = start + calcsize(f">{layout}")
        self.values.append((start, layout))
        self.gaps.append((start, stop))
        return len(self.values) - 1, stop

    def _count(self, name: str, start: int, stop: int) -> tuple[int, int]:
        """A count that says how long something is, and so a constant; and what is behind it."""
        if stop - start < _U16.size:
            raise LlrpError(f"{name} of {stop - start} bytes: expected at least {_U16.size}")
        return int(_U16.unpack_from(self.tag, start)[0]), start + _U16.size

    # -- what it comes to ------------------------------------------------------------------------

    def layout(self) -> Layout:
        """When all of the tag was taken."""
        size = len(self.tag)
        looked, columns, at = ">", [], 0
        for start, stop in [*self.gaps, (size, size)]:
            looked += f"{start - at}s{stop - start}x"
            columns += [(each, self.tag[each : each + 1]) for each in range(at, start)]
            at = stop
        told, at = ">", 0
        for start, layout in self.values:
            told += f"{start - at}x{layout}"
            at = start + calcsize(f">{layout}")
        constants = Struct(looked)
        slots = self._slots()
        usual = self._chosen(USUAL, slots)
        return Layout(
            size=size,
            constants=constants,
            expected=constants.unpack(self.tag),
            columns=tuple(columns),
            values=Struct(f"{told}{size - at}x"),
            pick=usual.pick,
            absent=usual.absent,
            vendors=self._chosen(VENDORS, slots) if slots.keys() & VENDORS.keys() else None,
            timed="last" in slots,
            plain="last" in slots and not self.results,
            rssi_scale=self.scales.get("fine_rssi", 1),
            phase_scale=self.scales.get("phase", 1),
            doppler_scale=self.scales.get("doppler", 1),
            access=self._chosen(ACCESS, slots),
            results=tuple((kind, self._chosen(OP_SPEC, told)) for kind, told in self.results),
        )

    def _slots(self) -> dict[str, int]:
        """What is taken where a thing is told twice, or one time for both."""
        slots = dict(self.slots)
        if "fine_rssi" in slots:
            slots["rssi"] = slots["fine_rssi"]
        if not slots.keys() & {"first", "last"}:  # a reader without a clock that knows UTC
            slots |= {
                name: slots[f"{name}_uptime"]
                for name in ("first", "last")
                if f"{name}_uptime" in slots
            }
        for one, other in (("first", "last"), ("last", "first")):
            if one in slots:
                slots.setdefault(other, slots[one])
        return slots

    def _chosen(self, defaults: dict[str, int | bytes | None], slots: dict[str, int]) -> Chosen:
        """The values in the order of `defaults`, and those of the defaults that are needed."""
        absent = {name: value for name, value in defaults.items() if name not in slots}
        places = {name: len(self.values) + each for each, name in enumerate(absent)} | slots
        return Chosen(itemgetter(*(places[name] for name in defaults)), tuple(absent.values()))
