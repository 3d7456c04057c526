"""readpoint-gateway replay: the events that a recording gives under settings, or under two."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from gateway import app
from gateway.core import compare
from gateway.core.compare import Comparison, Difference
from gateway.core.read_point import Said, Unsaid
from gateway.core.replay import Replay
from gateway.settings.file import SettingsError, load_for_replay
from gateway.shell.recorded import Recorded, opened
from wire import event, json


def replay(source: str, config: Path, *, verdicts: bool) -> int:
    """`source`: a file, or "-" for standard input. Events go out as soon as they are known."""

    def run() -> int:
        replaying = app.replay(load_for_replay(config).settings, verdicts=verdicts)
        with opened(source) as recorded:
            unsaid = 0
            for observation in recorded:
                unsaid += _print(replaying.feed(observation), recorded)
            unsaid += _print(replaying.end(), recorded)
        _tell_unused(replaying, recorded, config)
        return _judged(recorded, unsaid)

    return _guarded(run)


def replay_and_compare(source: str, config: Path, other: Path, *, as_json: bool) -> int:
    """Which movements differ; on standard error, how many do not."""

    def run() -> int:
        a = app.replay(load_for_replay(config).settings)
        b = app.replay(load_for_replay(other).settings)
        names = _told_apart(config, other)
        comparison = Comparison()
        with opened(source) as recorded:
            found = unsaid = 0

            def conclude(said_a: Sequence[Said], said_b: Sequence[Said]) -> None:
                nonlocal found, unsaid
                unsaid += _tell_unsaid(said_a, recorded) + _tell_unsaid(said_b, recorded)
                differences = comparison.take(said_a, said_b)
                found += _print_differences(differences, recorded, names, as_json=as_json)

            for observation in recorded:
                conclude(a.feed(observation), b.feed(observation))
            conclude(a.end(), b.end())
            found += _print_differences(comparison.end(), recorded, names, as_json=as_json)
        print(f"{comparison.alike} movements alike, {found} differ", file=sys.stderr)
        return _judged(recorded, unsaid)

    return _guarded(run)


def _guarded(run: Callable[[], int]) -> int:
    try:
        return run()
    except SettingsError as error:
        print(error, file=sys.stderr)
    except BrokenPipeError:
        # Whoever wanted the events has enough; what is left in the buffer must not say so at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"readpoint-gateway: {error}", file=sys.stderr)
    return 1


def _print(said: Sequence[Said], recorded: Recorded) -> int:
    """The events of it; gives how many passes there were that none could be made of.

    Without epoch and seq: these number what an outbox delivers, and nothing is delivered here. The
    rest is the event that live makes, under the same id.
    """
    events = [each for each in said if not isinstance(each, Unsaid)]
    _write([json.encode(event.as_document(each)) for each in events], recorded)
    return _tell_unsaid(said, recorded)


def _print_differences(
    differences: Sequence[Difference], recorded: Recorded, names: tuple[str, str], *, as_json: bool
) -> int:
    for each in differences:
        lines = [json.encode(compare.as_json(each))] if as_json else compare.as_lines(each, *names)
        _write(lines, recorded)
    return len(differences)


def _write(lines: Sequence[str], recorded: Recorded) -> None:
    if lines:
        recorded.progress.wipe()
        sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode())
        sys.stdout.buffer.flush()


def _tell_unsaid(said: Sequence[Said], recorded: Recorded) -> int:
    unsaid = [each for each in said if isinstance(each, Unsaid)]
    for each in unsaid:
        told = f"no event can be made of {each.what}: {each.error!r}"
        recorded.progress.say(f"{each.read_point}: {told}")
    return len(unsaid)


def _tell_unused(replaying: Replay, recorded: Recorded, config: Path) -> None:
    pipeline = replaying.pipeline
    if pipeline.unrouted:
        told = f"{pipeline.unrouted} reads at antennas of no read point in {config}"
        print(f"{recorded.name}: {told}", file=sys.stderr)
    if pipeline.dropped:
        print(f"{recorded.name}: {pipeline.dropped} reads at no possible time", file=sys.stderr)


def _judged(recorded: Recorded, unsaid: int) -> int:
    if recorded.is_none:
        print(f"{recorded.name}: no recording: no line is an observation", file=sys.stderr)
    return 1 if unsaid or recorded.is_none else 0


def _told_apart(config: Path, other: Path) -> tuple[str, str]:
    """The shortest names of the two files that differ."""
    if config.name != other.name:
        return config.name, other.name
    return str(config), str(other)
