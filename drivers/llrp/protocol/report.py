"""What a reader reports: the tags of an RO_ACCESS_REPORT (LLRP 1.0.1 §14.1.1, §16.2.7).

A report may hold many tags. One that is broken inside costs that tag alone, because its length is
known; it is counted and said, and the tags behind it are read.

Tags are taken in runs of one shape, by the Layout that was made for the first of its size; see
layout.py.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from drivers.base import TagRead
from drivers.llrp.protocol.access import AccessResult
from drivers.llrp.protocol.framing import TLV_HEADER_BYTES, LlrpError, span_at
from drivers.llrp.protocol.layout import Layout
from drivers.llrp.protocol.shape import layout_of
from drivers.llrp.protocol.tables import ParameterType

# Layouts kept, one for each size of tag: EPCs have 32 lengths, and a reader perhaps a chip's number
# or not. A reader that invents shapes costs the oldest, and the time to make it again.
LAYOUTS_MAX = 64
LAYOUT_BYTES_MAX = 1024  # a larger tag's is not kept: no reader sends such tags in a row
UNKNOWN_MAX = 32  # parameters kept for a trace; those that come later are passed over in silence
UNKNOWN_BYTES_MAX = 256  # of each: enough to see what it is

_FIRST = attrgetter("first_us")
_LAST = attrgetter("last_us")


@dataclass(frozen=True, slots=True)
class Fault:
    """What could not be read, in one sentence."""

    text: str


class Report(NamedTuple):
    """One message; a named tuple as there may be one for each read (docs/decisions/0006)."""

    reads: list[TagRead]
    oldest_us: int | None = None  # first seen, by the reader's clock; None: it told no time
    newest_us: int | None = None  # last seen
    results: tuple[AccessResult, ...] = ()
    faults: tuple[Fault, ...] = ()  # one for each tag that could not be read


_new_report: Callable[[type[Report], tuple[object, ...]], Report] = tuple.__new__


@dataclass(slots=True)
class ReportDecoder:
    """Make one for each device; `unknown` has what nobody here knows, as it came first.

    Its keys are (vendor, subtype), or (0, type) for a parameter of the standard.
    """

    device: str
    unknown: dict[tuple[int, int], bytes] = field(default_factory=dict)
    _layouts: dict[int, Layout] = field(default_factory=dict)  # by the size of the tag

    def decode(self, body: bytes, shift_us: int | None, now_us: int) -> Report:
        """Never raises: what is broken is a fault in the answer.

        Times are the reader's and `shift_us`; `now_us` where it told none or the shift is None.
        """
        layout = self._layouts.get(len(body))
        if (  # One tag, as most readers send it: nothing to gather.
            layout is not None
            and layout.plain
            and shift_us is not None
            and layout.constants.unpack(body) == layout.expected
        ):
            read = layout.read(layout.values.unpack(body), self.device, shift_us)
            oldest_us, newest_us = read.first_us - shift_us, read.last_us - shift_us
            return _new_report(Report, ([read], oldest_us, newest_us, (), ()))
        return self._decode_all(body, shift_us, now_us)

    def joined(self, bodies: Sequence[bytes]) -> Sequence[bytes]:
        """The same tags in fewer bodies, where that is sure: reports of one tag, all of one shape.

        A reader may send a message for each read, and one message of a hundred tags costs a third.
        """
        if len(bodies) < 2:
            return bodies
        layout = self._layouts.get(len(bodies[0]))
        if layout is None or not layout.plain:
            return bodies
        together = b"".join(bodies)
        return [together] if layout.is_all_of(together) else bodies

    def _decode_all(self, body: bytes, shift_us: int | None, now_us: int) -> Report:
        """Tags in runs of one shape."""
        reads: list[TagRead] = []
        results: list[AccessResult] = []
        faults: list[Fault] = []
        times_us: list[int] = []
        at, end = 0, len(body)
        while at < end:
            layout = self._known(body, at)
            if layout is None:
                try:
                    kind, start, stop = span_at(body, at)
                except LlrpError as broken:  # Nothing says where the next tag would start.
                    faults.append(Fault(str(broken)))
                    break
                if kind == ParameterType.TAG_REPORT_DATA:
                    layout = self._learn(body[at:stop], faults)
                else:  # RFSurveyReportData and vendors' own: not asked for
                    self._keep((0, kind), body[start:stop])
                if layout is None:
                    at = stop
                    continue
            rows = layout.rows(body, at)
            at += layout.size * len(rows)
            found = [layout.read(row, self.device, shift_us or 0) for row in rows]
            if layout.timed:
                times_us += (min(map(_FIRST, found)), max(map(_LAST, found)))
            if shift_us is None or not layout.timed:
                found = [read._replace(first_us=now_us, last_us=now_us) for read in found]
            reads += found
            if layout.results:
                results += layout.accessed(rows)
        shift_us = shift_us or 0
        oldest_us = min(times_us) - shift_us if times_us else None
        newest_us = max(times_us) - shift_us if times_us else None
        return Report(reads, oldest_us, newest_us, tuple(results), tuple(faults))

    def _known(self, body: bytes, at: int) -> Layout | None:
        """The layout of the tag at `at`, if there was one of its shape before."""
        if len(body) - at < TLV_HEADER_BYTES:
            return None
        size = body[at + 2] << 8 | body[at + 3]
        layout = self._layouts.get(size)
        if layout is None or len(body) - at < size or not layout.begins(body, at):
            return None
        return layout

    def _learn(self, tag: bytes, faults: list[Fault]) -> Layout | None:
        """The layout of this tag, kept for those behind it; None where it is broken."""
        try:
            layout = layout_of(tag, self._keep)
        except LlrpError as broken:
            faults.append(Fault(f"TagReportData: {broken}"))
            return None
        if layout.size <= LAYOUT_BYTES_MAX:
            self._layouts.pop(layout.size, None)
            if len(self._layouts) == LAYOUTS_MAX:
                del self._layouts[next(iter(self._layouts))]
            self._layouts[layout.size] = layout
        return layout

    def _keep(self, key: tuple[int, int], value: bytes) -> None:
        if len(self.unknown) < UNKNOWN_MAX:
            self.unknown.setdefault(key, value[:UNKNOWN_BYTES_MAX])
