"""A station: a person with a scanner, who says what is done by scanning codes of a sheet.

    RECEIVE -> goods, goods, ...                    to the station's place, or one that was scanned
    SHIP    -> goods, goods, ...                    from the station's, or one that was scanned
    MOVE    -> place FROM, place TO, goods, ...     each further place is a new TO
    COUNT   -> place, goods, goods, ...             at the station's, or one that was scanned
    DONE                                            and nothing is done

What is done is the *task*. Each scan of goods is one event, at once: a scan that waited for another
one would be lost with a dead battery. Digits make a quantity for the next goods, which then must
be a class (a GTIN, with or without lot): of a thing with a serial there is one.

What cannot be booked is refused, with a tone, and said as an exception: nobody takes a movement
from it. Above all what is scanned while nothing is done. A task that nobody scanned for
`mode_timeout_us` is over, for whoever comes next does not know of it; so is the operator's badge,
and what could be taken back.

UNDO takes back the last scan of the same person that was booked, by an event that declares
it an error. It can be said again, for the one before it.

All is in event time, and in memory that is committed with the events; so nothing is ever replayed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from pydantic import TypeAdapter, ValidationError

from drivers.base import LinkChange
from gateway.core import commands
from gateway.core.commands import Badge, Command, Digit, Goods, Location, Meant, Unknown, Why
from gateway.core.identify import Scanned, Sighting
from gateway.core.read_point import Memory, Noticed, Replays, Step
from gateway.core.station_scan import Answered, Booked, Conclusion, Refused, Scene, TakenBack, Task
from wire.reason import Reason

UNDO_MAX = 20  # scans that can be taken back; who has to go further back counts anew
DIGITS_MAX = 6  # more of one class by hand are a bar code that was read as digits

_NEVER_US = -(1 << 62)
_STATE = "state"  # the one key of the memory


@dataclass(frozen=True, slots=True)
class StationPlan:
    name: str
    scanners: frozenset[str]
    steps: Mapping[Task, Step]  # what each task means here
    mode_timeout_us: int
    locations: Mapping[str, str]  # the text of a label -> the key of its place
    operators: Mapping[str, str]  # the text of a badge -> a name
    told_as: str  # what else the events rest on: what was told otherwise cannot be repeated


@dataclass(frozen=True, slots=True)
class Status:
    """What a person at the station has to know."""

    task: Task = Task.NONE
    operator: str | None = None
    source: str | None = None  # where from
    place: str | None = None  # where to, or at
    quantity: str = ""  # the digits so far


@dataclass(slots=True)
class _State:
    """All that the station remembers."""

    told_as: str
    task: Task = Task.NONE
    task_us: int = 0
    operator: str | None = None
    source: Location | None = None
    place: Location | None = None
    digits: str = ""
    active_us: int = _NEVER_US  # of the last scan of any kind
    nth: int = 0  # of how many scans at that instant
    history: tuple[Booked, ...] = ()  # what can be taken back, the newest last

    def begin(self, task: Task, at_us: int) -> None:
        self.task, self.task_us = task, at_us
        self.source = self.place = None
        self.digits = ""

    def forget(self) -> None:
        """Whoever comes next knows of none of this."""
        self.begin(Task.NONE, 0)
        self.operator, self.history = None, ()


_MEMORY = TypeAdapter(_State)

_REASONS = {
    Why.PLAIN: Reason.CODE_PLAIN,
    Why.REFUSED: Reason.CODE_REFUSED,
    Why.NOT_STOCK: Reason.CODE_NOT_STOCK,
}
_TASKS = {
    Command.RECEIVE: Task.RECEIVE,
    Command.SHIP: Task.SHIP,
    Command.MOVE: Task.MOVE,
    Command.COUNT: Task.COUNT,
    Command.DONE: Task.NONE,
}
_NO_TASK = "first scan what is done: RECEIVE, SHIP, MOVE or COUNT"


@dataclass(slots=True)
class Station:
    """See the module. Every scan gives one conclusion."""

    plan: StationPlan
    _state: _State = field(init=False)
    _clock_us: int = _NEVER_US
    _is_changed: bool = False

    replays = Replays.NOTHING

    def __post_init__(self) -> None:
        self._state = _State(self.plan.told_as)

    @property
    def name(self) -> str:
        return self.plan.name

    @property
    def sources(self) -> frozenset[str]:
        return self.plan.scanners

    @property
    def devices(self) -> frozenset[str]:
        return self.plan.scanners

    @property
    def is_open(self) -> bool:
        return False

    @property
    def since_us(self) -> int:
        return self.clock_us

    @property
    def clock_us(self) -> int:
        return self._clock_us

    @property
    def blind_us(self) -> int:
        return 0  # A person sees whether a scan was taken.

    @property
    def dropped(self) -> int:
        return 0

    def is_unsure_of(self, device: str) -> bool:  # noqa: ARG002 - scans have the host's time
        return False

    def observe(self, sighting: Sighting) -> Sequence[Conclusion]:  # noqa: ARG002 - no antennas
        return []

    def link(self, change: LinkChange) -> Sequence[Conclusion]:  # noqa: ARG002
        return []

    def advance(self, now_us: int) -> Sequence[Conclusion]:
        self._clock_us = max(self._clock_us, now_us)
        return []

    def shift_time(self, step_us: int) -> None:
        self._clock_us += step_us
        self._state.active_us += step_us
        self._state.task_us += step_us
        self._is_changed = True

    def notice(self, noticed: Noticed) -> Sequence[Conclusion]:
        if not isinstance(noticed, Scanned):
            return []  # The scanner itself says that it read nothing.
        state, at_us = self._state, noticed.at_us
        if self._is_over(at_us):
            state.forget()
        state.nth = state.nth + 1 if at_us == state.active_us else 1
        state.active_us = at_us
        self._is_changed = True
        meant = commands.meant(noticed, self.plan.locations, self.plan.operators)
        return [self._conclude(meant, self._scene(noticed))]

    def changes(self) -> Memory:
        if not self._is_changed:
            return {}
        self._is_changed = False
        return {_STATE: _MEMORY.dump_python(self._state, mode="json")}

    def recall(self, memory: Memory) -> None:
        try:
            state = _MEMORY.validate_python(memory[_STATE])
        except (KeyError, ValidationError):
            return
        if state.told_as != self.plan.told_as:
            state = replace(state, told_as=self.plan.told_as, history=())
        self._state = state

    def status(self, now_us: int) -> Status:
        state = self._state
        if self._is_over(now_us):
            return Status()
        source, place = state.source, state.place
        return Status(
            state.task,
            state.operator,
            source.text if source else None,
            place.text if place else None,
            state.digits,
        )

    def _is_over(self, at_us: int) -> bool:
        return at_us - self._state.active_us >= self.plan.mode_timeout_us

    def _scene(self, scanned: Scanned) -> Scene:
        state = self._state
        return Scene(
            scanned.scanner, scanned.at_us, state.nth, state.task, state.task_us, state.operator
        )

    # -- what a scan means ------------------------------------------------------------------------

    def _conclude(self, meant: Meant, scene: Scene) -> Conclusion:
        match meant:
            case Command():
                return self._obey(meant, scene)
            case Digit():
                return self._add(meant)
            case Badge():
                return self._greet(meant, scene)
            case Location():
                return self._go(meant)
            case Goods():
                return self._take(meant, scene)
            case Unknown():
                return self._wonder(meant, scene)
            case _:
                assert_never(meant)

    def _obey(self, command: Command, scene: Scene) -> Conclusion:
        state = self._state
        match command:
            case Command.UNDO:
                return self._undo(scene)
            case Command.CLEAR:
                state.digits = ""
                return Answered(is_done=True, text="no quantity")
            case Command.CANCEL:
                state.begin(state.task, state.task_us)
                return Answered(is_done=True, text=self._prompt())
            case _:
                state.begin(_TASKS[command], scene.at_us)
                return Answered(is_done=True, text=self._prompt())

    def _prompt(self) -> str:
        """What comes next."""
        state = self._state
        task, source, place = state.task, state.source, state.place
        if task is Task.NONE:
            return "nothing is done now"
        where = f" from {source.text}" if source else ""
        if task is Task.MOVE and source is None:
            return "move: scan the place FROM"
        if task is Task.MOVE and place is None:
            return f"move{where}: scan the place TO"
        if task is not Task.SHIP and self._step().biz_location is None:
            return f"{task}: scan the place"
        if place is not None:
            where += f" {'to' if task is Task.MOVE else 'at'} {place.text}"
        return f"{task}{where}: scan the goods"

    def _undo(self, scene: Scene) -> Conclusion:
        history = self._state.history
        if not history:
            return Answered(is_done=False, text="nothing to take back")
        self._state.history = history[:-1]
        return TakenBack(history[-1], scene)

    def _add(self, digit: Digit) -> Conclusion:
        state = self._state
        if state.task is Task.NONE:
            return Answered(is_done=False, text=_NO_TASK)
        if len(state.digits) == DIGITS_MAX:
            state.digits = ""
            text = f"expected at most {DIGITS_MAX} digits: no quantity"
            return Answered(is_done=False, text=text)
        state.digits += str(digit.value)
        return Answered(is_done=True, text=f"quantity {state.digits}")

    def _greet(self, badge: Badge, scene: Scene) -> Conclusion:
        state = self._state
        if badge.operator != state.operator:
            state.forget()
            state.task_us, state.operator = scene.at_us, badge.operator
        return Answered(is_done=True, text=f"{badge.operator}: {self._prompt()}")

    def _go(self, location: Location) -> Conclusion:
        state = self._state
        if state.task is Task.NONE:
            return Answered(is_done=False, text=_NO_TASK)
        comes_from = state.task is Task.MOVE and state.source is None
        if state.task is Task.SHIP or comes_from:
            state.source = location
        elif state.source is not None and state.source.key == location.key:
            text = f"{location.text} is the place FROM: scan another place TO"
            return Answered(is_done=False, text=text)
        else:
            state.place = location
        return Answered(is_done=True, text=self._prompt())

    def _take(self, goods: Goods, scene: Scene) -> Conclusion:
        state = self._state
        digits, state.digits = state.digits, ""  # It is of these goods, whatever becomes of them.
        quantity = int(digits or "1")
        found = self._objection(goods, digits)
        if found is not None:
            reason, detail = found
            return Refused(scene, goods, (reason,), detail, max(quantity, 1))
        booked = Booked(scene, goods, quantity, self._step())
        state.history = (*state.history, booked)[-UNDO_MAX:]
        return booked

    def _objection(self, goods: Goods, digits: str) -> tuple[Reason, str] | None:
        state = self._state
        if state.task is Task.NONE:
            return Reason.NO_MODE, _NO_TASK
        if digits and not goods.is_class:
            return Reason.QUANTITY_OF_ONE, f"there is one of it, not {digits}: scan it again"
        if digits and not int(digits):
            return Reason.QUANTITY_ZERO, "expected a quantity of 1 or more"
        has_place = self._step().biz_location is not None
        if state.task is not Task.SHIP and not has_place:
            return Reason.NO_LOCATION, self._prompt()
        return None

    def _wonder(self, unknown: Unknown, scene: Scene) -> Conclusion:
        if unknown.why is Why.NO_COMMAND:
            return Answered(is_done=False, text=unknown.detail)
        self._state.digits = ""
        no_mode = (Reason.NO_MODE,) if scene.task is Task.NONE else ()
        return Refused(scene, unknown, (*no_mode, _REASONS[unknown.why]), unknown.detail)

    def _step(self) -> Step:
        """What goods that are scanned now do."""
        state, step = self._state, self.plan.steps[self._state.task]
        if state.source is not None:
            step = replace(step, claimed_from=state.source.key)
        if state.place is not None:
            step = replace(step, biz_location=state.place.key)
        return step
