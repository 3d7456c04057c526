"""Settings as people write them: TOML text to a model, or every problem with its key and line.

Both sides read their file through this, and settings cross the wire too. Pure: text goes in.
"""

import difflib
import re
import tomllib
import types
import typing
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

Settings = TypeVar("Settings", bound=BaseModel)
Path = tuple[str | int, ...]

# Each label at most 63 characters (RFC 1035 §2.3.4): else Python's resolver raises UnicodeError.
HOST_MEANING = "a host name or an IP address"
Host = Annotated[
    str,
    Field(
        pattern=r"^([A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$",
        max_length=253,
        description=HOST_MEANING,
    ),
]

_TABLE = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\"'-]+)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_-]+)\s*=")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the text. `line` counts from 1; 0 where no line is to blame."""

    line: int
    key: str
    what: str

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.key}: {self.what}" if self.key else f"{place}{self.what}"


@dataclass(frozen=True, slots=True)
class Problems:
    """All that is wrong, in the order of the lines."""

    found: tuple[Problem, ...]


def read(
    text: str,
    model: type[Settings],
    check: Callable[[Settings], Iterable[tuple[Path, str]]] = lambda _: (),
) -> Settings | Problems:
    """The settings in `text`. `check` finds what no key can see alone: (path, what is wrong)."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Problems((_syntax(str(error)),))
    except RecursionError:
        return Problems((Problem(0, "", "nested too deeply"),))
    try:
        settings = model.model_validate(table)
    except ValidationError as error:
        errors = _errors(error)
        found = [(_keys_of(one, table), _explained(one, model)) for one in errors]
        return _problems(found, text)
    found = list(check(settings))
    return _problems(found, text) if found else settings


def _problems(found: list[tuple[Path, str]], text: str) -> Problems:
    lines = _lines(text)
    problems = [Problem(_line_of(path, lines), _dotted(path), what) for path, what in found]
    return Problems(tuple(sorted(problems, key=lambda one: one.line)))


@dataclass(frozen=True, slots=True)
class _Error:
    path: Path
    kind: str
    message: str


def _errors(error: ValidationError) -> list[_Error]:
    """All errors, without a list's that is too short only because its items are wrong."""
    found = [
        _Error(one["loc"], one["type"], one["msg"].removeprefix("Value error, "))
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    paths = {one.path[:-1] for one in found}
    return [one for one in found if not (one.kind == "too_short" and one.path in paths)]


def _explained(error: _Error, model: type[BaseModel]) -> str:
    match error.kind:
        case "extra_forbidden":
            name = str(error.path[-1])
            return f"unknown key{nearest(name, _names_at(model, error.path[:-1]))}"
        case "missing":
            return "missing"
        case "string_pattern_mismatch" if expected := _description_at(model, error.path):
            return f"expected {expected}"
        case _:
            return error.message


def nearest(name: str, names: Iterable[str]) -> str:
    """The end of a sentence that names what was perhaps meant.

    >>> nearest("prot", ["host", "port"])
    '; did you mean "port"?'
    >>> nearest("x", ["host", "port"])
    '; expected one of: host, port'
    """
    known = sorted(names)
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f'; did you mean "{close[0]}"?'
    return f"; expected one of: {', '.join(known)}" if known else ""


def _names_at(model: type[BaseModel], path: Path) -> set[str]:
    """The keys that the table at `path` may have."""
    models = {model}
    for part in path:
        if isinstance(part, str):
            models = _inside(models, part)
    return {field.alias or name for each in models for name, field in each.model_fields.items()}


def _description_at(model: type[BaseModel], path: Path) -> str | None:
    """What the field at `path`, or the list that it is in, says that it wants."""
    names = [part for part in path if isinstance(part, str)]
    models = {model}
    for name in names[:-1]:
        models = _inside(models, name)
    fields = (each.model_fields.get(names[-1]) for each in models)
    return next((field.description for field in fields if field and field.description), None)


def _inside(models: set[type[BaseModel]], part: str) -> set[type[BaseModel]]:
    """The tables at key `part`; or those of that kind, where pydantic names a union's branch."""
    tables = {found for each in models for found in _models_of(each, part)}
    return tables or {each for each in models if _is_kind(each, part)} or models


def _is_kind(model: type[BaseModel], word: str) -> bool:
    return any(word in typing.get_args(field.annotation) for field in model.model_fields.values())


def _keys_of(error: _Error, table: dict[str, Any]) -> Path:
    """Its path without the parts that are no keys of the text: the branches of unions."""
    keys: list[str | int] = []
    inside: Any = table
    for place, part in enumerate(error.path):
        is_key = isinstance(inside, dict) and part in inside
        if is_key or isinstance(inside, list):
            inside = inside[part]
        elif place < len(error.path) - 1 or error.kind != "missing":
            continue
        keys.append(part)
    return tuple(keys)


def _models_of(model: type[BaseModel], key: str) -> set[type[BaseModel]]:
    for name, field in model.model_fields.items():
        if key in (name, field.alias):
            return _models_in(field.annotation)
    return set()


def _models_in(annotation: object) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return {annotation} if issubclass(annotation, BaseModel) else set()
    return {found for each in typing.get_args(annotation) for found in _models_in(each)}


def _syntax(message: str) -> Problem:
    at = re.search(r"\(at line (\d+), column \d+\)", message)
    return Problem(int(at[1]) if at else 0, "", message.split(" (at ")[0])


def _lines(text: str) -> dict[Path, int]:
    """The line of every table and of every key that begins a line."""
    lines: dict[Path, int] = {}
    table: Path = ()
    counts: dict[Path, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.match(line):
            table = tuple(part.strip("\"' ") for part in header[2].split("."))
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault((*table, key[1]), number)
    return lines


def _line_of(path: Path, lines: dict[Path, int]) -> int:
    """The line of `path`, or of the nearest thing around it that has one."""
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return 0


def _dotted(path: Path) -> str:
    """
    >>> _dotted(("reader", 0, "antennas", 1, "port"))
    'reader[0].antennas[1].port'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")
