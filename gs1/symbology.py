"""AIM symbology identifiers: what a scanner says of the symbol that data come from (ISO/IEC 15424).

Three characters before the data: `]`, a letter for the symbology, and a modifier. They alone tell a
GTIN from any other number, so scanners should send them.
"""

import re
from enum import Enum

_IDENTIFIER = re.compile(rb"\][A-Za-z][0-9A-Za-z]")
IDENTIFIER_BYTES = 3


class Carries(Enum):
    """What data of a symbology are by its standard (GS1 General Specifications §5.1.3)."""

    EAN = "a GTIN-13, GTIN-12 or UPC-E"
    EAN_ADD_ON = "a GTIN-13 with an add-on behind it"
    ADD_ON = "an add-on alone"
    EAN_8 = "a GTIN-8"
    ITF = "perhaps a GTIN-14"
    ELEMENTS = "element strings"
    ANYTHING = "anything, but no bare GTIN"


_CARRIES = {
    "]E0": Carries.EAN,
    "]E1": Carries.ADD_ON,
    "]E2": Carries.ADD_ON,
    "]E3": Carries.EAN_ADD_ON,
    "]E4": Carries.EAN_8,
    "]I0": Carries.ITF,
    "]I1": Carries.ITF,
    "]C1": Carries.ELEMENTS,  # GS1-128
    "]e0": Carries.ELEMENTS,  # GS1 DataBar
    "]e1": Carries.ELEMENTS,  # GS1 Composite
    "]e2": Carries.ELEMENTS,
    "]d2": Carries.ELEMENTS,  # GS1 DataMatrix
    "]Q3": Carries.ELEMENTS,  # GS1 QR Code
    "]J1": Carries.ELEMENTS,  # GS1 DotCode
}


def carries(identifier: str) -> Carries:
    """
    >>> carries("]C1"), carries("]C0")
    (<Carries.ELEMENTS: 'element strings'>, <Carries.ANYTHING: 'anything, but no bare GTIN'>)
    """
    return _CARRIES.get(identifier, Carries.ANYTHING)


def split(data: bytes) -> tuple[str | None, bytes]:
    """The identifier at the start of `data`, where there is one, and what is behind it.

    >>> split(b"]E09521141012345"), split(b"]")
    ((']E0', b'9521141012345'), (None, b']'))
    """
    if _IDENTIFIER.match(data) is None:
        return None, data
    return data[:IDENTIFIER_BYTES].decode("ascii"), data[IDENTIFIER_BYTES:]
