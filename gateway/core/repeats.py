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
from gs1 import barcode

THINGS_MAX = 1_024  # of one scanner; more within a window than any belt brings: the oldest go


@dataclass(slots=True)
class Repeats:
    """`window_us` by scanner. `one_thing`: the key of what is scanned, None where it is a class."""

    window_us: Mapping[str, int]
    one_thing: Callable[[Scan], str | None]
    _last_us: dict[str, OrderedDict[str, int]] = field(default_factory=dict)

    def is_repeat(self, scan: Scan) -> bool:
        """Whether it is one; to be asked once for each scan, in their order."""
        window_us = self.window_us.get(scan.device, 0)
        if window_us == 0 or (key := self.one_thing(scan)) is None:
            return False
        last_us = self._last_us.setdefault(scan.device, OrderedDict())
        before_us = last_us.get(key)
        last_us[key] = scan.at_us
        last_us.move_to_end(key)
        if len(last_us) > THINGS_MAX:
            last_us.popitem(last=False)
        # The host's clock may have been set back between them: then it is judged by the distance.
        return before_us is not None and abs(scan.at_us - before_us) < window_us


def one_thing(scan: Scan) -> str | None:
    """The key of the one thing that a scan names, whichever of its symbols was scanned.

    >>> one_thing(Scan("belt-1", 0, b"00195211411234567899", "C1"))
    'https://id.gs1.org/00/195211411234567899'
    """
    found = barcode.parse(scan.data, scan.symbology)
    if isinstance(found, barcode.Identified) and not found.identity.is_class:
        return found.key
    return None
