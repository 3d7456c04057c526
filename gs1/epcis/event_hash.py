"""The name that an event's own content gives it: the CBV event hash (CBV 2.0 §8.9, RFC 6920).

Two parties that hold one event, one as XML and one as JSON, with or without an eventID, compute the
same hash. What is hashed is a string of `name=value` in a fixed order: lists sorted, instants in
UTC with three decimals, numbers without idle zeros, CBV words as web URIs, keys as constrained
canonical Digital Links, extensions as `{namespace}name`. eventID, recordTime and errorDeclaration
are left out: the hash is the same before and after they are there.

Where the text of the standard and its published reference implementation differ, partners compute
what the implementation does, and so does this module: business transactions, destinations, ilmd,
sources and extensions stand behind everything else, sorted; a type stands before what it is the
type of. Where that implementation only fails (rounding at a full second, digits that do not fit a
float, true and false as Python spells them, `null`), this is what the rules say.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from hashlib import sha256

from gs1.epcis import cbv, identifier
from gs1.epcis.cbv import Vocabulary
from gs1.epcis.members import names
from gs1.epcis.shape import Instant, JsonObject, JsonValue, instant

VERSION = "CBV2.0"
DEPTH_MAX = 32  # of extensions; our JSON reader refuses what is deeper, so nothing of it is hashed

_STANDARD_PREFIXES = {
    "cbv": cbv.WEB,
    "epcis": "https://ref.gs1.org/epcis/",
    "gs1": "https://gs1.org/voc/",
}
_IGNORED = frozenset(
    {"@context", "type", "eventID", "recordTime", "errorDeclaration", "comment", "rdfs:comment"}
)
_QUANTITY = ("epcClass", "quantity", "uom")
_METADATA = names(
    "time startTime endTime deviceID deviceMetadata rawData dataProcessingMethod bizRules"
)
_REPORT = names(
    "type exception deviceID deviceMetadata rawData dataProcessingMethod time microorganism"
    " chemicalSubstance value component stringValue booleanValue hexBinaryValue uriValue minValue"
    " maxValue meanValue sDev percRank percValue uom coordinateReferenceSystem"
)
# The order of what is in order (CBV 2.0 §8.9, canonical property order).
_ORDER = names(
    "eventTime eventTimeZoneOffset certificationInfo parentID epcList inputEPCList childEPCs"
    " quantityList childQuantityList inputQuantityList outputEPCList outputQuantityList action"
    " transformationID bizStep disposition persistentDisposition readPoint bizLocation"
    " sensorElementList"
)
_TYPED = ("bizTransactionList", "destinationList", "sourceList")
_TIMES = frozenset({"eventTime", "time", "startTime", "endTime"})
_VOCABULARIES: dict[str, Vocabulary] = {
    "bizStep": cbv.BIZ_STEPS,
    "disposition": cbv.DISPOSITIONS,
    "set": cbv.DISPOSITIONS,
    "unset": cbv.DISPOSITIONS,
    "component": cbv.COMPONENTS,
}
_TYPE_VOCABULARIES = {
    "bizTransactionList": cbv.BIZ_TRANSACTIONS,
    "sourceList": cbv.SOURCE_DESTS,
    "destinationList": cbv.SOURCE_DESTS,
}
_MEASURED = frozenset({"type", "exception"})  # of a sensorReport: words of GS1's web vocabulary
_BARE = re.compile(r"[A-Za-z_]+", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)

_Prefixes = Mapping[str, str]


def event_hash(event: JsonObject, context: JsonValue = None) -> str:
    """The `ni:///sha-256;...` name of `event`; `context` is the @context of its document."""
    digest = sha256(pre_hash(event, context).encode("utf-8", "surrogatepass")).hexdigest()
    return f"ni:///sha-256;{digest}?ver={VERSION}"


def pre_hash(event: JsonObject, context: JsonValue = None) -> str:
    """What is hashed. Whatever the event holds, there is a string: judge it before you trust it."""
    prefixes = _STANDARD_PREFIXES | _declared(context) | _declared(event.get("@context"))
    ordered = [_member(name, event.get(name), prefixes) for name in _ORDER]
    behind = [_typed_list(name, event.get(name), prefixes) for name in _TYPED]
    known = _IGNORED.union(_ORDER, _TYPED)
    behind += _extensions({k: v for k, v in event.items() if k not in known}, prefixes)
    return f"eventType={_text(event.get('type'))}" + "".join(ordered) + "".join(sorted(behind))


# -- members that the standard knows --------------------------------------------------------------


def _member(name: str, value: JsonValue, prefixes: _Prefixes) -> str:
    match name:
        case "persistentDisposition" | "readPoint" | "bizLocation":
            order = ("set", "unset") if name == "persistentDisposition" else ("id",)
            return _parent(name, value, order, prefixes)
        case "sensorElementList":
            elements = [_sensor_element(element, prefixes) for element in _items(value)]
            return _list(name, elements)
        case _ if name.endswith("QuantityList") or name == "quantityList":
            elements = [
                _parent("quantityElement", each, _QUANTITY, prefixes) for each in _items(value)
            ]
            return _list(name, elements)
        case _ if name.endswith(("EPCList", "EPCs")) or name == "epcList":
            return _list(name, [_value("epc", each, prefixes) for each in _items(value)])
        case _:
            return "".join(sorted(_value(name, each, prefixes) for each in _items(value)))


def _sensor_element(element: JsonValue, prefixes: _Prefixes) -> str:
    if not isinstance(element, dict):
        return ""
    reports = [
        _parent("sensorReport", each, _REPORT, prefixes)
        for each in _items(element.get("sensorReport"))
    ]
    metadata = _parent("sensorMetadata", element.get("sensorMetadata"), _METADATA, prefixes)
    others = {k: v for k, v in element.items() if k not in ("sensorMetadata", "sensorReport")}
    inside = metadata + "".join(sorted(reports)) + "".join(_extensions(others, prefixes))
    return f"sensorElement{inside}" if inside else ""


def _parent(name: str, value: JsonValue, order: Iterable[str], prefixes: _Prefixes) -> str:
    """An object with members in order and extensions behind them; nothing where it says nothing."""
    if not isinstance(value, dict):
        return ""
    known = list(order)
    said = [
        "".join(sorted(_value(each, one, prefixes) for one in _items(value.get(each))))
        for each in known
    ]
    others = {k: v for k, v in value.items() if k not in known}
    inside = "".join(said) + "".join(_extensions(others, prefixes))
    return f"{name}{inside}" if inside else ""


def _typed_list(name: str, value: JsonValue, prefixes: _Prefixes) -> str:
    """Business transactions, sources, destinations: each with its type before it."""
    what = name.removesuffix("List")
    vocabulary = _TYPE_VOCABULARIES[name]
    elements: list[str] = []
    for element in _items(value):
        if isinstance(element, dict):
            kind = vocabulary.web_uri(_canonical(element.get("type"), prefixes))
            typed = f"type={kind}" if kind else ""
            elements.append(typed + _value(what, element.get(what), prefixes))
    return _list(name, elements)


def _list(name: str, elements: Iterable[str]) -> str:
    inside = "".join(sorted(elements))
    return f"{name}{inside}" if inside else ""


def _value(name: str, value: JsonValue, prefixes: _Prefixes) -> str:
    text = _text(value).strip()
    if name in _TIMES:
        at = instant(text)
        text = text if at is None else _utc(at)
    else:
        text = _canonical(value, prefixes)
        if name in _VOCABULARIES:
            text = _VOCABULARIES[name].web_uri(text)
        elif name in _MEASURED and _BARE.fullmatch(text):
            text = _STANDARD_PREFIXES["gs1"] + text
    return f"{name}={text}" if text else ""


# -- members that it does not know ----------------------------------------------------------------


def _extensions(members: JsonObject, prefixes: _Prefixes, depth: int = 1) -> list[str]:
    """Each member as {namespace}name, its value, and what is nested in it; sorted."""
    return sorted(
        _extension(_expanded_name(name, prefixes), each, prefixes, depth)
        for name, value in members.items()
        for each in _items(value)
    )


def _extension(name: str, value: JsonValue, prefixes: _Prefixes, depth: int) -> str:
    if isinstance(value, dict | list):
        if depth == DEPTH_MAX:
            return name
        if isinstance(value, dict):
            return name + "".join(_extensions(value, prefixes, depth + 1))
        inside = [_extension("", each, prefixes, depth + 1) for each in _items(value)]
        return name + "".join(sorted(inside))
    text = _canonical(value, prefixes)
    return f"{name}={text}" if text else name


def _expanded_name(name: str, prefixes: _Prefixes) -> str:
    prefix, colon, local = name.partition(":")
    return f"{{{prefixes[prefix]}}}{local}" if colon and prefix in prefixes else name


def _declared(context: JsonValue) -> dict[str, str]:
    """The prefixes of a JSON-LD @context that names them as text."""
    found: dict[str, str] = {}
    for each in _items(context):
        if isinstance(each, dict):
            found |= {k: v for k, v in each.items() if isinstance(v, str)}
    return found


# -- values ---------------------------------------------------------------------------------------


def _items(value: JsonValue) -> list[JsonValue]:
    """A list's elements; one value is a list of one, and nothing one of none (JSON-LD 1.1)."""
    found = value if isinstance(value, list) else [value]
    return [each for each in found if each is not None]


def _text(value: JsonValue) -> str:
    """A single value as XML writes it."""
    match value:
        case None | dict() | list():
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return str(Decimal(value))  # Python alone refuses to write one of 4,301 digits.
        case _:
            return str(value)


def _canonical(value: JsonValue, prefixes: _Prefixes) -> str:
    """XML has no types, so a number is a number whether JSON says it as one or as text."""
    text = _text(value).strip()
    if _NUMBER.fullmatch(text):
        return _number(text)
    prefix, colon, local = text.partition(":")
    if colon and prefix in prefixes and not local.startswith("//"):
        text = prefixes[prefix] + local
    named = identifier.identify(text)
    return named.canonical if isinstance(named, identifier.Named) else text


def _number(text: str) -> str:
    """Without leading plus, idle zeros or exponent."""
    plain = f"{Decimal(text):f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain == "-0" else plain


def _utc(at: Instant) -> str:
    """In UTC to the millisecond, half a millisecond rounded up."""
    thousandths = (at.fraction + "0000")[:4]
    ms = int(thousandths[:3]) + (thousandths[3] >= "5")
    days = _days(at.year, at.month, at.day)
    seconds = ((days * 24 + at.hour) * 60 + at.minute) * 60 + at.second + ms // 1000
    if len(at.offset) > 1:
        minutes = int(at.offset[1:3]) * 60 + int(at.offset[4:])
        seconds -= minutes * 60 if at.offset[0] == "+" else -minutes * 60
    days, second = divmod(seconds, 86_400)
    year, month, day = _date(days)
    clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.{ms % 1000:03}Z"
    return f"{year:04}-{month:02}-{day:02}T{clock}"


def _days(year: int, month: int, day: int) -> int:
    """Days since 0000-03-01 in the Gregorian calendar, which has no year out of range here."""
    year, month = (year, month - 3) if month > 2 else (year - 1, month + 9)
    return year * 365 + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + day - 1


def _date(days: int) -> tuple[int, int, int]:
    """The inverse of `_days`."""
    era, rest = divmod(days, 146_097)
    in_era = (rest - rest // 1460 + rest // 36_524 - rest // 146_096) // 365
    in_year = rest - (365 * in_era + in_era // 4 - in_era // 100)
    shifted = (5 * in_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return era * 400 + in_era + (month <= 2), month, in_year - (153 * shifted + 2) // 5 + 1
