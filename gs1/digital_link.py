"""GS1 Digital Link URIs: pairs of AIs as a web address, read from any domain, written in one form.

The path ends in the primary key and its qualifiers, in the order that the key's AI gives; the query
has what only describes the thing (GS1 Digital Link URI Syntax §4). Any text before the key is the
domain's own. A compressed URI hides its pairs in base64url; it is refused, because what it says
depends on tables that grow, and no scanner has to see one: a resolver expands it.
"""

import re
from urllib.parse import unquote

from gs1.ai.table import AIS
from gs1.check_digit import is_digits, is_valid
from gs1.kinds import DOMAIN, Pairs, digital_link, escaped
from gs1.refusal import CodeReason, Refusal, shown

ATTRIBUTES_MAX = 64  # more than anything has; bounds what is judged, and refuses the URI

_WEB = re.compile(r"https?://", re.IGNORECASE)
_COMPRESSED = re.compile(r"[A-Za-z0-9_-]{10,}")
_GTIN_LENGTHS = (8, 12, 13)


def is_web(text: str) -> bool:
    return _WEB.match(text) is not None


def split(uri: str) -> Pairs | Refusal | None:
    """The pairs in a URI, not judged yet; None for a web address that is no Digital Link.

    >>> split("https://example.com/shop/01/09521141012345/10/A%2F1?17=271231&linkType=all")
    (('01', '09521141012345'), ('10', 'A/1'), ('17', '271231'))
    """
    address = uri.partition("#")[0]
    path, _, query = address.partition("?")
    domain, *segments = path.split("://", 1)[-1].rstrip("/").split("/")
    at = _key(segments)
    if at is None:
        return _no_key(uri, domain, segments)
    ais, values = segments[at::2], segments[at + 1 :: 2]
    found = _disordered(ais)
    if found is not None:
        return found
    described = _attributes(query)
    if isinstance(described, Refusal):
        return described
    pairs = ((ai, unquote(text, errors="replace")) for ai, text in zip(ais, values, strict=True))
    return (*((ai, _whole(ai, text)) for ai, text in pairs), *described)


def build(pairs: Pairs, domain: str = DOMAIN) -> str | None:
    """The URI of pairs: the first primary key among them, its qualifiers, the rest as query.

    None where there is no primary key, or something that may not be in a query.

    >>> build((("17", "271231"), ("10", "A/1"), ("01", "09521141012345")))
    'https://id.gs1.org/01/09521141012345/10/A%2F1?17=271231'
    """
    known = {ai: text for ai, text in pairs if ai in AIS}
    key = next((ai for ai in known if AIS[ai].qualifiers is not None), None)
    if key is None:
        return None
    for sequence in AIS[key].qualifiers or ((),):
        path = [key, *(ai for ai in sequence if ai in known)]
        rest = sorted(ai for ai in known if ai not in path)
        if all(AIS[ai].attribute for ai in rest):
            return digital_link(tuple((ai, known[ai]) for ai in path), domain) + _query(rest, known)
    return None


def _query(ais: list[str], known: dict[str, str]) -> str:
    items = [f"{ai}={escaped(known[ai])}" for ai in ais]
    return "?" + "&".join(items) if items else ""


def _key(segments: list[str]) -> int | None:
    """Where the primary key is: the last AI of one, with values in every second segment behind."""
    for at in range(len(segments) - 2, -1, -2):
        row = AIS.get(segments[at])
        if row is not None and row.qualifiers is not None:
            return at
    return None


def _no_key(uri: str, domain: str, segments: list[str]) -> Refusal | None:
    rest = segments
    while len(rest) > 1 and rest[0] in AIS:
        rest = rest[2:]
    hidden = len(rest) == 1 and _COMPRESSED.fullmatch(rest[0]) is not None
    if hidden and (domain.lower() == "id.gs1.org" or len(rest) < len(segments)):
        return Refusal(
            CodeReason.COMPRESSED,
            f"{shown(uri)}: expected no compressed Digital Link URI; its resolver can expand it",
        )
    if any(AIS[ai].qualifiers is not None for ai in segments[:-1] if ai in AIS):
        return Refusal(
            CodeReason.LINK, f"{shown(uri)}: expected a value behind each AI in the path"
        )
    return None


def _disordered(ais: list[str]) -> Refusal | None:
    key, *behind = ais
    sequences = AIS[key].qualifiers or ()
    for sequence in sequences or ((),):
        places = [sequence.index(ai) for ai in behind if ai in sequence]
        if len(places) == len(behind) and places == sorted(set(places)):
            return None
    allowed = " or ".join("/".join(sequence) for sequence in sequences) or "nothing"
    return Refusal(
        CodeReason.LINK,
        f"AI {key} in a Digital Link URI: expected behind it {allowed}, found {'/'.join(behind)}",
    )


def _attributes(query: str) -> Pairs | Refusal:
    pairs: list[tuple[str, str]] = []
    for item in re.split("[&;]", query):
        name, _, text = item.partition("=")
        if not is_digits(name):
            continue  # The domain's own, or of the resolver (linkType and its like).
        row = AIS.get(name)
        if row is None or not row.attribute or len(pairs) == ATTRIBUTES_MAX:
            return Refusal(
                CodeReason.LINK,
                f"{shown(item)}: expected in the query of a Digital Link URI an AI that describes",
            )
        pairs.append((name, _whole(name, unquote(text, errors="replace"))))
    return tuple(pairs)


def _whole(ai: str, text: str) -> str:
    """A GTIN of fewer digits, as older URIs have it, with its zeros."""
    short = ai in ("01", "02", "03") and len(text) in _GTIN_LENGTHS and is_valid(text, len(text))
    return text.zfill(14) if short else text
