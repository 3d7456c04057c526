"""One way to read and write JSON on the wire: nothing rounded, nothing said twice, nothing endless.

Python's own reader turns fractions into binary floats, keeps the last of two equal keys and reads
NaN; on the way of a stock movement each of these is a silent change of what somebody said.
"""

import json
from decimal import Decimal, InvalidOperation

import rfc8785

DOCUMENT_BYTES_MAX = 128 << 10  # the largest event; what is larger was split at the edge
DEPTH_MAX = 32  # EPCIS sensor reports need 8; deeper is an attack or a mistake
DIGITS_MAX = 30  # more than any quantity or id; bounds the work of one number
SAFE_INTEGER_MAX = (1 << 53) - 1  # I-JSON (RFC 7493 §2.2): beyond it, numbers are doubles

JsonValue = None | bool | int | float | Decimal | str | list["JsonValue"] | dict[str, "JsonValue"]
JsonObject = dict[str, JsonValue]


class NotJson(ValueError):
    """The bytes are no JSON that the wire accepts; the message says what and where."""


def decode(data: bytes, bytes_max: int = DOCUMENT_BYTES_MAX) -> JsonValue:
    """The value in `data`, fractions as Decimal. Raises NotJson."""
    if len(data) > bytes_max:
        raise NotJson(f"{len(data)} bytes: expected at most {bytes_max}")
    try:
        value: JsonValue = json.loads(
            data.decode(),
            object_pairs_hook=_object_without_repeats,
            parse_float=_fraction,
            parse_int=_integer,
            parse_constant=_constant,
        )
    except NotJson:
        raise
    except RecursionError:
        raise NotJson(f"nested deeper than {DEPTH_MAX}") from None
    except UnicodeDecodeError as error:
        raise NotJson(f"not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise NotJson(f"{error.msg} at character {error.pos}") from None
    if _depth_exceeds(value, DEPTH_MAX):
        raise NotJson(f"nested deeper than {DEPTH_MAX}")
    if b"\\u" in data and _has_lone_surrogate(value):
        raise NotJson("half of a surrogate pair: expected Unicode text")
    return value


def decode_object(data: bytes, bytes_max: int = DOCUMENT_BYTES_MAX) -> JsonObject:
    """As `decode`, and the value must be an object. Raises NotJson."""
    value = decode(data, bytes_max)
    if not isinstance(value, dict):
        raise NotJson(f"{type(value).__name__}: expected an object")
    return value


def encode(value: JsonValue) -> str:
    """Compact JSON in the order given. Decimals are refused: say integers, or round to a float."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def canonical(value: JsonValue) -> bytes:
    """The RFC 8785 form, under which equal documents are equal bytes."""
    return rfc8785.dumps(_as_ijson(value))


def _object_without_repeats(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise NotJson(f"key {repeated[:64]!r} twice in one object")
    return found


def _fraction(text: str) -> Decimal:
    if len(text) > DIGITS_MAX:
        raise NotJson(f"number of {len(text)} characters: expected at most {DIGITS_MAX}")
    try:
        value = Decimal(text)
    except InvalidOperation:  # The exponent is more than a Decimal can hold.
        raise NotJson(f"number {text}: expected an exponent within {DIGITS_MAX}") from None
    if not -DIGITS_MAX <= value.adjusted() <= DIGITS_MAX:
        raise NotJson(f"number {text}: expected an exponent within {DIGITS_MAX}")
    return value


def _integer(text: str) -> int:
    if len(text) > DIGITS_MAX:
        raise NotJson(f"number of {len(text)} characters: expected at most {DIGITS_MAX}")
    return int(text)


def _constant(text: str) -> JsonValue:
    raise NotJson(f"{text}: expected a finite number")


def _depth_exceeds(value: JsonValue, depth: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    if depth == 0:
        return True
    children = value.values() if isinstance(value, dict) else value
    return any(_depth_exceeds(child, depth - 1) for child in children)


def _has_lone_surrogate(value: JsonValue) -> bool:
    """Whether some text in `value` is none that UTF-8 can write (RFC 8259 §8.2)."""
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        return True
    return False


def _as_ijson(value: JsonValue) -> "_IJson":
    """`value` with every number as RFC 8785 sees it: an IEEE double, or an integer that is one."""
    match value:
        case dict():
            return {key: _as_ijson(child) for key, child in value.items()}
        case list():
            return [_as_ijson(child) for child in value]
        case bool():
            return value
        case int() if abs(value) > SAFE_INTEGER_MAX:
            return float(value)
        case Decimal():
            return float(value)
        case _:
            return value


_IJson = None | bool | int | float | str | list["_IJson"] | dict[str, "_IJson"]
