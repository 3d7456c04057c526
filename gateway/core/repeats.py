"""Which scans say again what the same scanner has just said.

A scanner on a stand reads a label for as long as it lies there, and a hand pulls the trigger twice.
For a thing that there is once (a serial, a logistic unit) the second scan says nothing new, and is
suppressed within a window. For a class (a GTIN, a GTIN with its lot, a plain code) each trigger is
one more of it, and every scan counts.

The window runs from the last time that the thing was scanned, repeats included: a label that lies
under the scanner for an hour is one scan. Time is event time, so that a replay gives the same.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from drivers.base import Scan

THINGS_MAX = 1_024  # of one scanner; more within a window than any belt brings: the oldest go
_SSCC_CHARACTERS = 20


@dataclass(slots=True)
class Repeats:
    """`window_us` by scanner. `is_one_thing`: the code names one thing, and no class of things."""

    window_us: Mapping[str, int]
    is_one_thing: Callable[[Scan], bool]
    _last_us: dict[str, OrderedDict[tuple[str | None, bytes], int]] = field(default_factory=dict)

    def is_repeat(self, scan: Scan) -> bool:
        """Whether it is one; to be asked once for each scan, in their order."""
        window_us = self.window_us.get(scan.device, 0)
        if window_us == 0 or not self.is_one_thing(scan):
            return False
        last_us = self._last_us.setdefault(scan.device, OrderedDict())
        code = (scan.symbology, scan.data)
        before_us = last_us.get(code)
        last_us[code] = scan.at_us
        last_us.move_to_end(code)
        if len(last_us) > THINGS_MAX:
            last_us.popitem(last=False)
        # The host's clock may have been set back between them: then it is judged by the distance.
        return before_us is not None and abs(scan.at_us - before_us) < window_us


def is_one_thing(scan: Scan) -> bool:
    """An SSCC, as a scanner gives it: what more there is comes with the identity of barcodes.

    Until then a serial is taken for a class, which suppresses nothing: a repeat that is told is
    harmless, since a thing is booked once; one that is not told may be a quantity that is lost.
    """
    return (
        scan.symbology in ("C1", "e0", "d2", "Q3", "J1")
        and len(scan.data) == _SSCC_CHARACTERS
        and scan.data.isdigit()
        and scan.data.startswith(b"00")
    )
