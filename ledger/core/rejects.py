"""What a gateway is told of a rejected event: one line, so short that an ack holds all of them.

The books keep everything, a traceback too. The ack is retained by the broker and lists the newest
REJECTED_LISTED_MAX; a gateway that cannot read it for its length would never again know what is
settled.
"""

from wire import json
from wire.messages import Rejected
from wire.reason import Reason

# As JSON in UTF-8, escapes included. REJECTED_LISTED_MAX of these with their ids and reasons are
# 115 KB at most; json.DOCUMENT_BYTES_MAX is 128 KiB.
DETAIL_BYTES_MAX = 1000
_CUT = "…"


def rejected(seq: int, event_id: str | None, reason: Reason, detail: str) -> Rejected:
    """`detail`: as the books keep it; its first line says what happened."""
    return Rejected(seq=seq, event_id=event_id, reason=reason, detail=_short(detail))


def _short(detail: str) -> str:
    line = detail.partition("\n")[0]
    # Cut before it is looked at: a character is a byte at least.
    plain = [char if char.isprintable() else " " for char in line[: DETAIL_BYTES_MAX + 1]]
    if sum(map(_bytes, plain)) <= DETAIL_BYTES_MAX:
        return "".join(plain)
    room = DETAIL_BYTES_MAX - _bytes(_CUT)
    kept = []
    for char in plain:
        room -= _bytes(char)
        if room < 0:
            break
        kept.append(char)
    return "".join(kept) + _CUT


def _bytes(char: str) -> int:
    """How long `char` is within a JSON string."""
    return len(json.encode(char).encode()) - len('""')
