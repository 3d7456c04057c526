"""How tag reports of one shape are taken apart: worked out once, used for all that are alike.

A TagReportData is parameters in a row (LLRP 1.0.1 §16.2.7.3). Which they are and how long each is
stands in its *constants*: the parameters' headers, and the counts inside those that count
something. All else is values. A reader that was asked for the same fields sends tag after tag with
the same constants at the same places:

    constants  00 f0 00 36 8d                 81     86      82              ...
    values                    12 bytes of EPC    antenna rssi   first seen   ...

So a Layout holds two structs, each with pad bytes where the other looks. The first tells whether a
tag has the layout's shape; then nothing in it can be broken, and the second gives its values as
they stand in the report. `pick` brings them into one order, whatever the reader's was, with a
default for each that it does not tell.

A layout is made by reading one tag parameter by parameter (shape.py), which is the only place where
tags are judged. So it makes no difference to a read whether its layout was made for it or for
another tag of its shape.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import pi
from operator import itemgetter
from struct import Struct
from typing import NamedTuple, TypeAlias

from drivers.base import TagRead
from drivers.llrp.protocol.access import AccessResult, OpSpecResult
from drivers.llrp.protocol.tables import OpSpecKind

# Tags looked at together: where shapes mix, each one costs a look at so many behind it.
RUN_MAX = 256

Row = tuple[object, ...]  # the values of one tag, as they stand in the report
Pick: TypeAlias = "itemgetter[tuple[int, ...]]"  # some of a row's values, by their places

# The orders of the picks, and what stands for what the reader does not tell.
USUAL: dict[str, int | bytes | None] = {
    "antenna": 0,
    "epc": b"",
    "first": 0,
    "last": 0,
    "count": 1,
    "pc": None,
    "rssi": None,
    "channel": None,
}
VENDORS: dict[str, int | bytes | None] = {"phase": None, "doppler": None, "tid": None}
OP_SPEC: dict[str, int | bytes | None] = {"op_spec": 0, "code": 0, "data": b"", "words": 0}
ACCESS: dict[str, int | bytes | None] = {"antenna": 0, "epc": b"", "access_spec": 0}
_TURN = 2 * pi

_new_read: Callable[[type[TagRead], Row], TagRead] = tuple.__new__


class Chosen(NamedTuple):
    """Some of a row's values in an order of ours, with defaults for those that are not there."""

    pick: Pick
    absent: Row


@dataclass(frozen=True, slots=True)
class Layout:
    """One shape of TagReportData."""

    size: int  # with its header
    constants: Struct
    expected: Row
    columns: tuple[tuple[int, bytes], ...]  # the same byte by byte: where, which
    values: Struct
    pick: Pick  # in the order of USUAL, of a row with what is absent behind it
    absent: Row
    vendors: Chosen | None  # None: it tells nothing of the kind
    timed: bool  # it tells a time
    plain: bool  # it tells a time, and no results
    rssi_scale: int
    phase_scale: int
    doppler_scale: int
    access: Chosen
    results: tuple[tuple[OpSpecKind, Chosen], ...]  # OpSpecID, code, data, words

    def begins(self, body: bytes, at: int) -> bool:
        """Whether a tag of this shape stands at `at`; the body must be that long."""
        return self.constants.unpack_from(body, at) == self.expected

    def is_all_of(self, body: bytes) -> bool:
        """Whether the body is tags of this shape and nothing else."""
        size = self.size
        return len(body) % size == 0 and not any(
            body[offset::size].lstrip(constant) for offset, constant in self.columns
        )

    def rows(self, body: bytes, at: int) -> list[Row]:
        """The values of the tags of this shape from `at` on, where one of them begins.

        Each constant of so many tags stands in a column: every `size` bytes. The tags are alike as
        far down as all columns repeat their constants.
        """
        size = self.size
        count = min((len(body) - at) // size, RUN_MAX)
        if count == 1 or not self.begins(body, at + size):
            return [self.values.unpack_from(body, at)]
        for offset, constant in self.columns:
            column = body[at + offset : at + count * size : size]
            count -= len(column.lstrip(constant))
        return list(self.values.iter_unpack(body[at : at + count * size]))

    def read(self, row: Row, device: str, shift_us: int) -> TagRead:
        """The read in a row; its times mean nothing where the layout tells none."""
        antenna, epc, first, last, count, pc, rssi, channel = self.pick(row + self.absent)
        phase = doppler = tid = None
        if first > last:
            first = last
        if rssi is not None:
            rssi /= self.rssi_scale
        if self.vendors is not None:
            phase, doppler, tid = self.vendors.pick(row + self.vendors.absent)
            if phase is not None:
                phase = phase % self.phase_scale * _TURN / self.phase_scale
            if doppler is not None:
                doppler /= self.doppler_scale
        # fmt: off
        values = (
            device, antenna, epc, first + shift_us, last + shift_us, count or 1, pc, rssi, channel,
            phase, doppler, tid,
        )
        # fmt: on
        return _new_read(TagRead, values)  # as TagRead() does it, at half the cost

    def accessed(self, rows: Iterable[Row]) -> list[AccessResult]:
        """What was done to each of the tags; for a layout that has `results`."""
        found = []
        for row in rows:
            antenna, epc, access_spec_id = self.access.pick(row + self.access.absent)
            operations = []
            for kind, (pick, absent) in self.results:
                op_spec_id, code, data, words = pick(row + absent)
                operations.append(OpSpecResult(op_spec_id, kind, code, data, words))
            found.append(AccessResult(access_spec_id, epc, antenna, tuple(operations)))
        return found
