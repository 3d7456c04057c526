"""The words of the Core Business Vocabulary, and one spelling for each of them (CBV 2.0 §7).

A word is written bare in JSON (`receiving`), as a URN in XML and in EPCIS 1
(`urn:epcglobal:cbv:bizstep:receiving`), and as a web URI in linked data
(`https://ref.gs1.org/cbv/BizStep-receiving`). Inside it is bare. Whoever needs a word that is not
in a list uses a URI of his own, outside the two name spaces of the CBV.
"""

from dataclasses import dataclass

from gs1.epcis.shape import is_uri

URN = "urn:epcglobal:cbv:"
WEB = "https://ref.gs1.org/cbv/"
_PREFIXES = ("cbv:", WEB, "http://ref.gs1.org/cbv/")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One list of words, and how it is called in the two long spellings."""

    name: str  # in sentences, with its article
    urn: str
    web: str
    words: frozenset[str]

    def bare(self, text: str) -> str | None:
        """The word that `text` spells; None where it is none of this list.

        >>> BIZ_STEPS.bare("urn:epcglobal:cbv:bizstep:receiving")
        'receiving'
        """
        word = text
        if text.startswith(f"{URN}{self.urn}:"):
            word = text.removeprefix(f"{URN}{self.urn}:")
        else:
            for prefix in _PREFIXES:
                if text.startswith(f"{prefix}{self.web}-"):
                    word = text.removeprefix(f"{prefix}{self.web}-")
        return word if word in self.words else None

    def web_uri(self, text: str) -> str:
        """The web URI of a word however it is spelled; what is no word stays as it is."""
        word = self.bare(text)
        return text if word is None else f"{WEB}{self.web}-{word}"

    def accepts(self, text: str) -> bool:
        """A word of the list, or a URI of somebody's own (CBV 2.0 §6.3)."""
        return self.bare(text) is not None or (
            is_uri(text) and not text.startswith((URN, *_PREFIXES))
        )


def _vocabulary(name: str, urn: str, web: str, words: str) -> Vocabulary:
    return Vocabulary(name, urn, web, frozenset(words.split()))


BIZ_STEPS = _vocabulary(
    "a business step",
    "bizstep",
    "BizStep",
    "accepting arriving assembling collecting commissioning consigning creating_class_instance"
    " cycle_counting decommissioning departing destroying disassembling dispensing encoding"
    " entering_exiting holding inspecting installing killing loading other packing picking"
    " receiving removing repackaging repairing replacing reserving retail_selling sampling"
    " sensor_reporting shipping staging_outbound stock_taking stocking storing transporting"
    " unloading unpacking void_shipping",
)
DISPOSITIONS = _vocabulary(
    "a disposition",
    "disp",
    "Disp",
    "active available completeness_inferred completeness_verified conformant container_closed"
    " container_open damaged destroyed dispensed disposed encoded expired in_progress in_transit"
    " inactive mismatch_class mismatch_instance mismatch_quantity needs_replacement"
    " no_pedigree_match non_conformant non_sellable_other partially_dispensed recalled reserved"
    " retail_sold returned sellable_accessible sellable_not_accessible stolen unavailable unknown",
)
BIZ_TRANSACTIONS = _vocabulary(
    "a business transaction type",
    "btt",
    "BTT",
    "bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt",
)
SOURCE_DESTS = _vocabulary(
    "a source or destination type", "sdt", "SDT", "owning_party possessing_party location"
)
ERROR_REASONS = _vocabulary("an error reason", "er", "ER", "did_not_occur incorrect_data")
COMPONENTS = _vocabulary(
    "a sensor component",
    "comp",
    "Comp",
    "x y z axial_distance azimuth height spherical_radius polar_angle elevation_angle easting"
    " northing latitude longitude altitude",
)
