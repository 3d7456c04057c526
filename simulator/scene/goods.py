"""What travels and what stands: cases and pallets with tags, as a packer makes them.

Every case bears an SGTIN-96 tag, every pallet an SSCC-96 tag; keys are Digital Link URIs, so what
the scene calls true can be laid beside what a gateway says. All numbers come from the company
prefix that GS1 keeps for examples.
"""

from dataclasses import dataclass
from random import Random

from gs1.check_digit import check_digit
from gs1.epc.codec import encode
from gs1.epc.model import Unencodable
from gs1.keys import Sgtin, Sscc
from simulator.scene.radio import Point

SERIAL_96_MAX = (1 << 38) - 1  # of an SGTIN-96
COMPANY_PREFIX = "9521141"
PC_96 = 0x3000  # six words of EPC, toggle 0: GS1 numbering (Gen2 §6.3.2.1.2.2)

_FILTER_CASE = 2  # TDS 1.13 table 10-1: full case for transport
_FILTER_PALLET = 6  # unit load
_SSCC_REFERENCES = 10 ** (16 - len(COMPANY_PREFIX))
_SSCC_EXTENSION = "1"

LOAD_LENGTH_M, LOAD_WIDTH_M, LOAD_HEIGHT_M = 1.2, 0.8, 1.5  # a full EUR pallet
PALLET_HEIGHT_M = 0.15
LOAD_TOP_M = PALLET_HEIGHT_M + LOAD_HEIGHT_M
MIXED_SHARE = 0.25  # of pallets that carry two items


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """A trade item as master data has it: a case and what it holds."""

    gtin: str  # of the case, 14 digits
    sku: str
    description: str
    base_units_per_case: int


def _item(reference: str, sku: str, description: str, base_units_per_case: int) -> CatalogueItem:
    digits = f"1{COMPANY_PREFIX}{reference}"  # indicator 1: a case, its unit's GTIN has 0
    return CatalogueItem(digits + check_digit(digits), sku, description, base_units_per_case)


CATALOGUE = (
    _item("00101", "TEA-EARL-12", "Earl Grey tea, 12 tins a case", 12),
    _item("00202", "OATS-500-20", "Rolled oats 500 g, 20 bags a case", 20),
    _item("00303", "SOAP-BAR-48", "Olive soap bar, 48 a case", 48),
    _item("00404", "LAMP-E27-06", "LED lamp E27, 6 a case", 6),
)


@dataclass(frozen=True, slots=True)
class Tagged:
    """A thing with a tag: its Digital Link key, and the 12 bytes of EPC that the tag answers."""

    key: str
    epc: bytes


@dataclass(frozen=True, slots=True)
class Pallet:
    """A load: the tag on the pallet and its cases, each with the place of its tag in metres from
    the load's centre line (x, y) and from the floor (z).
    """

    sscc: Tagged
    cases: tuple[Tagged, ...]
    places: tuple[Point, ...]  # of the pallet's tag, then of each case's

    @property
    def things(self) -> tuple[Tagged, ...]:
        return (self.sscc, *self.cases)


class Packer:
    """Makes pallets and single cases, no number twice.

    Serials start somewhere by chance, so that two runs on one stock ledger hardly ever meet.
    """

    def __init__(self, chance: Random, cases_min: int = 8, cases_max: int = 24) -> None:
        if not 1 <= cases_min <= cases_max:
            raise ValueError(f"{cases_min} to {cases_max} cases: expected 1 <= min <= max")
        self._chance = chance
        self._cases_min = cases_min
        self._cases_max = cases_max
        self._serial = chance.randrange(SERIAL_96_MAX)
        self._sscc = chance.randrange(_SSCC_REFERENCES)

    def pallet(self) -> Pallet:
        mixed = self._chance.random() < MIXED_SHARE
        items = self._chance.sample(CATALOGUE, 2 if mixed else 1)
        count = self._chance.randint(self._cases_min, self._cases_max)
        cases = tuple(self.case(items[number % len(items)]) for number in range(count))
        return Pallet(self._next_sscc(), cases, tuple(self._places(count)))

    def case(self, item: CatalogueItem) -> Tagged:
        self._serial = (self._serial + 1) % (SERIAL_96_MAX + 1)
        return _tagged(Sgtin(item.gtin, str(self._serial)), _FILTER_CASE)

    def any_case(self) -> Tagged:
        return self.case(self._chance.choice(CATALOGUE))

    def _next_sscc(self) -> Tagged:
        self._sscc = (self._sscc + 1) % _SSCC_REFERENCES
        reference = f"{self._sscc:0{16 - len(COMPANY_PREFIX)}d}"
        digits = _SSCC_EXTENSION + COMPANY_PREFIX + reference
        return _tagged(Sscc(digits + check_digit(digits)), _FILTER_PALLET)

    def _places(self, case_count: int) -> list[Point]:
        """The pallet's tag on a long side near the floor, the cases' anywhere in the load."""
        side = self._chance.choice((-1, 1))
        places: list[Point] = [(0.0, side * LOAD_WIDTH_M / 2, PALLET_HEIGHT_M / 2)]
        for _ in range(case_count):
            x = self._chance.uniform(-LOAD_LENGTH_M / 2, LOAD_LENGTH_M / 2)
            y = self._chance.uniform(-LOAD_WIDTH_M / 2, LOAD_WIDTH_M / 2)
            places.append((x, y, PALLET_HEIGHT_M + self._chance.uniform(0.0, LOAD_HEIGHT_M)))
        return places


def _tagged(identity: Sgtin | Sscc, filter_value: int) -> Tagged:
    scheme = "SGTIN-96" if isinstance(identity, Sgtin) else "SSCC-96"
    epc = encode(identity, scheme, filter_value, len(COMPANY_PREFIX))
    if isinstance(epc, Unencodable):
        raise AssertionError(epc.why)  # the packer makes only numbers that fit
    return Tagged(identity.key, epc)
