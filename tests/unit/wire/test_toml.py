from collections.abc import Iterable
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from wire import toml
from wire.toml import Problem, Problems


class Port(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    number: int = Field(ge=1)
    power_dbm: float | None = None
    claimed_from: str | None = Field(default=None, alias="from")


class Reader(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    ports: tuple[Port, ...] = ()


class Door(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["door"]
    idle_s: float = 3.0


class Belt(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["belt"]
    trigger: str = ""


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str = ""
    reader: tuple[Reader, ...] = ()
    point: tuple[Annotated[Door | Belt, Field(discriminator="kind")], ...] = ()


class Site(BaseModel):
    site: Settings


def test_good_text_becomes_settings() -> None:
    assert toml.read('[[reader]]\nname = "a"\nports = [{ number = 1 }]\n', Settings) == Settings(
        reader=(Reader(name="a", ports=(Port(number=1),)),)
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("title = \n", Problem(1, "", "Invalid value")),
        ('titel = "x"\n', Problem(1, "titel", 'unknown key; did you mean "title"?')),
        (
            'xyz = "x"\n',
            Problem(1, "xyz", "unknown key; expected one of: point, reader, title"),
        ),
        (
            '\n[[reader]]\nnam = "x"\nname = "y"\n',
            Problem(3, "reader[0].nam", 'unknown key; did you mean "name"?'),
        ),
        (
            '[[reader]]\nname = "a"\n[[reader]]\nname = "b"\nports = [{ number = 0 }]\n',
            Problem(5, "reader[1].ports[0].number", "Input should be greater than or equal to 1"),
        ),
        ("[[reader]]\n", Problem(1, "reader[0].name", "missing")),
        (
            '[[reader]]\nname = "a"\n  [[reader.ports]]\n  number = 1\n  form = "x"\n',
            Problem(1, "reader[0].ports[0].form", 'unknown key; did you mean "from"?'),
        ),
    ],
)
def test_each_problem_has_its_line_and_key(text: str, problem: Problem) -> None:
    assert toml.read(text, Settings) == Problems((problem,))


def test_a_key_of_a_kind_of_thing_is_told_from_those_of_its_kinds() -> None:
    text = '[[point]]\nkind = "{}"\nidle_ss = 3\n'

    assert toml.read(text.format("door"), Settings) == Problems(
        (Problem(3, "point[0].idle_ss", 'unknown key; did you mean "idle_s"?'),)
    )
    assert toml.read(text.format("belt"), Settings) == Problems(
        (Problem(3, "point[0].idle_ss", "unknown key; expected one of: kind, trigger"),)
    )


def test_what_is_missing_altogether_has_no_line() -> None:
    assert toml.read("", Site) == Problems((Problem(0, "site", "missing"),))


def test_all_problems_are_told_in_the_order_of_their_lines() -> None:
    text = "[[reader]]\nports = [{ number = 1, x = 2 }]\n[other]\n"

    problems = toml.read(text, Settings)

    assert isinstance(problems, Problems)
    assert [(one.line, one.key) for one in problems.found] == [
        (1, "reader[0].name"),
        (2, "reader[0].ports[0].x"),
        (3, "other"),
    ]


def test_a_check_of_the_whole_adds_its_own_problems() -> None:
    def check(settings: Settings) -> Iterable[tuple[toml.Path, str]]:
        yield ("reader", 0, "name"), f"bad name {settings.reader[0].name}"

    text = '[[reader]]\nname = "a"\n'

    assert toml.read(text, Settings, check) == Problems(
        (Problem(2, "reader[0].name", "bad name a"),)
    )


def test_a_problem_reads_as_a_line() -> None:
    assert str(Problem(3, "mqtt.port", "missing")) == "line 3: mqtt.port: missing"
    assert str(Problem(0, "mqtt", "missing")) == "mqtt: missing"
    assert str(Problem(2, "", "Invalid value")) == "line 2: Invalid value"


def test_no_names_at_all_are_no_hint() -> None:
    assert toml.nearest("x", []) == ""
