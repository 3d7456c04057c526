"""What a tag can turn out to be, and why it may turn out to be nothing that is known."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from gs1.epc.schemes import split
from gs1.keys import Key, Pairs, Sgtin, Sscc

__all__ = [
    "Adi", "Gid", "Identity", "Pure", "Sgtin", "Sscc", "Tag", "TagReason", "Unencodable",
    "Unknown", "Usdod", "escaped",
]  # fmt: skip

_ESCAPES = {ord(char): f"%{ord(char):02X}" for char in '"%&/<>?#'}


class TagReason(StrEnum):
    """Why a tag stands for no stock. The words cross the wire and are never renamed."""

    EMPTY = "tag_empty"
    ISO = "tag_iso"
    LENGTH = "tag_length"
    UNPROGRAMMED = "tag_unprogrammed"
    SCHEME = "tag_scheme"
    PARTITION = "tag_partition"
    VALUE = "tag_value"
    PADDING = "tag_padding"
    NOT_STOCK = "tag_not_stock"


@dataclass(frozen=True, slots=True)
class Gid:
    """A General Identifier, of whoever got a manager number: three numbers (TDS 1.13 §6.3.8).

    >>> Gid(31415, 271828, 1414).key
    'urn:epc:id:gid:31415.271828.1414'
    """

    manager: int
    object_class: int
    serial: int

    @property
    def pairs(self) -> Pairs:
        return ()

    @property
    def key(self) -> str:
        return f"urn:epc:id:gid:{self.manager}.{self.object_class}.{self.serial}"


@dataclass(frozen=True, slots=True)
class Usdod:
    """A thing delivered to the US Department of Defense: its supplier's code and a serial."""

    supplier: str  # CAGE (5) or DoDAAC (6)
    serial: int

    @property
    def pairs(self) -> Pairs:
        return ()

    @property
    def key(self) -> str:
        return f"urn:epc:id:usdod:{self.supplier}.{self.serial}"


@dataclass(frozen=True, slots=True)
class Adi:
    """An aircraft part (ATA Spec 2000): the maker's code, the part number, a serial."""

    maker: str  # CAGE (5) or DoDAAC (6)
    part: str  # may be empty
    serial: str

    @property
    def pairs(self) -> Pairs:
        return ()

    @property
    def key(self) -> str:
        return f"urn:epc:id:adi:{self.maker}.{escaped(self.part)}.{escaped(self.serial)}"


Identity = Key | Gid | Usdod | Adi


@dataclass(frozen=True, slots=True)
class Pure:
    """An identity, and how many of its digits are the GS1 company prefix.

    A tag or an EPC URI tells the length, a barcode or a '+' tag does not: then it is None.
    """

    identity: Identity
    prefix_digits: int | None = None

    @property
    def epc_uri(self) -> str | None:
        """urn:epc:id:..., where the length of the company prefix is known (TDS 1.13 §6).

        >>> Pure(Sgtin("80614141123458", "6789"), 7).epc_uri
        'urn:epc:id:sgtin:0614141.812345.6789'
        """
        if isinstance(self.identity, Gid | Usdod | Adi):
            return self.identity.key
        found = None if self.prefix_digits is None else split(self.identity, self.prefix_digits)
        if found is None:
            return None
        return f"urn:epc:id:{found[0]}:{'.'.join([escaped(part) for part in found[1]])}"


class Tag(NamedTuple):
    """A decoded tag. `filter_value` is TDS's packaging hint (1 item, 2 case, 6 pallet load).

    A named tuple, since one is made for every tag that comes, in a third of a dataclass's time.
    """

    scheme: str  # as the standard writes it: SGTIN-96
    identity: Identity
    filter_value: int | None  # None: the scheme has none (GID-96)
    prefix_digits: int | None = None  # of the company prefix; None where the scheme does not say
    data: Pairs = ()  # AIs that a '+' tag carries beside its key
    is_data_whole: bool = True  # False: more follows, in a format that is not known here

    @property
    def key(self) -> str:
        """The Digital Link URI; of a scheme that is not GS1's, the pure identity URI."""
        return self.identity.key

    @property
    def pairs(self) -> Pairs:
        """Those of the key, then those beside it; a scheme that is not GS1's has none."""
        return (*self.identity.pairs, *self.data)

    @property
    def epc_uri(self) -> str | None:
        """urn:epc:id:..., where the length of the company prefix is known."""
        return Pure(self.identity, self.prefix_digits).epc_uri

    @property
    def tag_uri(self) -> str | None:
        """urn:epc:tag:... (TDS 1.13 §12); None of a '+' scheme, that has none.

        >>> Tag("SSCC-96", Sscc("106141412345678908"), 3, 7).tag_uri
        'urn:epc:tag:sscc-96:3.0614141.1234567890'
        """
        uri = self.epc_uri
        if uri is None:
            return None
        parts = uri.split(":", 4)[4]
        before = "" if self.filter_value is None else f"{self.filter_value}."
        return f"urn:epc:tag:{self.scheme.lower()}:{before}{parts}"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A tag that is no GS1 key: what its memory holds, and why that is none."""

    raw: str  # raw EPC URI (TDS 1.13 §12)
    reason: TagReason


@dataclass(frozen=True, slots=True)
class Unencodable:
    """A key that the asked scheme cannot hold, with the sentence that says why."""

    why: str


def escaped(text: str) -> str:
    """As it stands in an EPC URI (TDS 1.13 Annex A)."""
    return text if text.isalnum() else text.translate(_ESCAPES)
