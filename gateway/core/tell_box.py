"""What a box on a conveyor says on the wire: gateway.core.telling, with its window and its faults.

    tags that are its own    movement   with the logistic unit of its bar code as parent, where the
                                        box has a label and its contents have the tags
    tags that may not be     review
    what is wrong with it    exception  one a box, without tags: no_read, multi_read, mismatch,
                                        no_barcode, eye_stuck; and no_box for a scan of none

Of a box with too many tags, or with codes that they do not fit, nobody knows which are its own: all
are for review. What was read of a box with too few is on it, and moves.
"""

from gateway.core.box import Box
from gateway.core.box_codes import container_of
from gateway.core.read_point import Step, Voice
from gateway.core.telling import Happening, listed, told
from wire import instant
from wire.event import Event

CODES_MAX = 20  # in evidence: a box has some; more is a scanner that reads whatever it sees


def tell_box(box: Box, voice: Voice, step: Step) -> list[Event]:
    """The events of one box. Deterministic: the same box gives the same events."""
    fields: dict[str, object] = {}
    if box.window is not None:
        fields["window"] = tuple(instant.to_text(each, voice.zone) for each in box.window)
    happening = Happening(
        box.belt,
        box.tags,
        fields=fields,
        grounds={
            "rule": "nearest_window",
            "offset_s": round(box.offset_us / 1e6, 3),
            "limit_s": round(box.limit_us / 1e6, 3),
            **({"barcodes": box.keys[:CODES_MAX]} if box.codes else {}),
        },
        at_us=box.at_us,
        parent=container_of(box.keys),
    )
    said = told(happening, voice, step)
    if box.faults:
        said += listed(happening, voice, "exception", [], box.faults)
    return said
