"""What a central system expects at a read point: the lines of one document, in numbered parts.

    readpoint/v1/{site}/{gateway}/expected/{read_point}/{document}/{part}

Each part is retained on a topic of its own and says which version it is of, how many parts that
has, and what the document is: a list counts when all parts of one version are there. An empty
payload withdraws the part. docs/read-points/expected.md shows how to publish one by hand.
"""

import re
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StrictInt, model_validator

from gs1 import keys
from gs1.keys import Gtin, Lgtin, Sscc
from wire.event import QUANTITY_MAX, SEQ_MAX, Instant, Uri
from wire.messages import Message
from wire.topics import ROOT, Source, is_name

PARTS_MAX = 64  # of 128 KiB each: some 50,000 lines, ten times what a truck holds
CODE_CHARACTERS_MAX = 256

# CBV 2.0 §7.3: what a document is to the business.
DocumentType = Literal[
    "bol", "cert", "desadv", "inv", "pedigree", "po", "poc",
    "prodorder", "recadv", "rma", "testprd", "testres", "upevt",
]  # fmt: skip
Way = Literal["in", "out"]

# The list's name in its topic; the document's own name is the URI in the payload.
DOCUMENT_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
_DOCUMENT = re.compile(DOCUMENT_NAME)
_PART = re.compile(r"[1-9][0-9]?")


def _one_spelling(uri: str) -> str:
    """A tag is named by its canonical Digital Link URI; another spelling would never be met."""
    if uri.startswith(f"{keys.DOMAIN}/") and keys.parse(uri) is None:
        raise ValueError(f"{uri}: expected a canonical GS1 Digital Link URI")
    if uri.startswith("urn:epc:id"):
        raise ValueError(f"{uri}: expected its GS1 Digital Link URI")
    return uri


def _logistic_unit(uri: str) -> str:
    if not isinstance(keys.parse(uri), Sscc):
        raise ValueError(f"{uri}: expected a logistic unit, as {keys.DOMAIN}/00/...")
    return uri


class Line(Message):
    """One thing, or so many of a class of items (GTIN, with or without lot)."""

    key: Annotated[Uri, AfterValidator(_one_spelling)]
    quantity: StrictInt | None = Field(default=None, gt=0, le=QUANTITY_MAX)
    parent: Annotated[Uri, AfterValidator(_logistic_unit)] | None = None  # that it is on or in

    @model_validator(mode="after")
    def _counted_where_a_class(self) -> Self:
        named = keys.parse(self.key)
        if named is not None and named.is_class:
            if not isinstance(named, Gtin | Lgtin):
                raise ValueError(f"{self.key}: expected things, or a class of trade items")
            if self.quantity is None:
                raise ValueError(f"{self.key}: expected a quantity, as it is a class")
        elif self.quantity is not None:
            raise ValueError(f"{self.key}: expected no quantity, as it is one thing")
        return self


class Expected(Message):
    """One part of a list. All parts of a version say the same but for their lines."""

    document: Uri
    type: DocumentType
    version: StrictInt = Field(ge=1, le=SEQ_MAX)
    part: StrictInt = Field(ge=1, le=PARTS_MAX)
    parts: StrictInt = Field(ge=1, le=PARTS_MAX)
    direction: Way
    made: Instant  # by its age a person sees whether it can still be right
    code: str | None = Field(default=None, min_length=1, max_length=CODE_CHARACTERS_MAX)
    lines: tuple[Line, ...] = ()

    @model_validator(mode="after")
    def _one_of_its_parts(self) -> Self:
        if self.part > self.parts:
            raise ValueError(f"part {self.part} of {self.parts}: expected one of them")
        return self


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part of a list stands: at a read point, under the list's name."""

    read_point: str
    document: str
    part: int

    def topic(self, source: Source) -> str:
        """
        >>> Place("door-1", "DA-4711", 1).topic(Source("rotterdam", "dock-pi-1"))
        'readpoint/v1/rotterdam/dock-pi-1/expected/door-1/DA-4711/1'
        """
        return f"{_root(source)}/{self.read_point}/{self.document}/{self.part}"


def every_part(source: Source) -> str:
    """The filter that hears all lists of a gateway."""
    return f"{_root(source)}/+/+/+"


def place(topic: str, source: Source) -> Place | None:
    """Where a part belongs; None for a topic that is no list's of this gateway.

    >>> place("readpoint/v1/a/b/expected/door-1/DA-4711/2", Source("a", "b"))
    Place(read_point='door-1', document='DA-4711', part=2)
    """
    levels = topic.removeprefix(f"{_root(source)}/").split("/")
    if not topic.startswith(f"{_root(source)}/") or len(levels) != 3:
        return None
    read_point, document, part = levels
    if not is_name(read_point) or not _DOCUMENT.fullmatch(document) or not _PART.fullmatch(part):
        return None
    return Place(read_point, document, int(part)) if int(part) <= PARTS_MAX else None


def _root(source: Source) -> str:
    return f"{ROOT}/{source.site}/{source.gateway}/expected"
