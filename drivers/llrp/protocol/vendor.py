"""What vendors add to a tag report: Custom parameters with a vendor and a subtype.

Impinj (25882) gives peak RSSI in hundredths of a dBm, phase, Doppler shift and the chip's own
number where its ROSpec asks for them; subtypes and units are those of the Octane LLRP definitions.
Zebra's FX readers (161, from Motorola's time) give a phase. What is not in these tables is passed
over by its length.
"""

from typing import NamedTuple

IMPINJ = 25882
ZEBRA = 161

SERIALIZED_TID = (IMPINJ, 55)  # u16 count of words, then the words
TID_WORDS_MAX = 32  # a Gen2 TID with all of its extensions is shorter (Gen2 §6.3.2.1.3, TDS §16)


class VendorField(NamedTuple):
    """Which of a read's fields a parameter tells, its struct format, and how many are one unit."""

    slot: str
    format: str
    scale: int


# A phase is told as a part of the turn, so Zebra's signed 16 bits are the same read unsigned.
VENDOR_FIELDS: dict[tuple[int, int], VendorField] = {
    (IMPINJ, 56): VendorField("phase", "H", 4096),
    (IMPINJ, 57): VendorField("fine_rssi", "h", 100),
    (IMPINJ, 68): VendorField("doppler", "h", 16),
    (ZEBRA, 709): VendorField("phase", "H", 65536),
}

# Known, and of no use to a read: TxPower.
VENDOR_IGNORED = frozenset({(IMPINJ, 73)})
