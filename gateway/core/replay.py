"""A recording through the pipeline: the events that live gave, or would give under other settings.

Live, the host's clock tells the pipeline that time passes, and a recording has none. It has the
times of what devices said, and these come to the same events: a pass ends at an instant of its own,
whenever that is noticed. So time passes for a read point as its own devices tell it. The times of
others say nothing: a reader that is lost is missed only seconds later, and until then its read
points must not take that for silence.

A device is believed what it says twice: time passes to the older of its last two instants. One that
is wrong does no harm then that it does not do live, where the host's clock never comes there.

At the end of the recording whatever is open is judged as if silence followed.

What cannot be had from a recording is how late its lines came. A reader that was away for longer
than a read point waits for it (pass_max_s), and then delivered what it held, was given up live, and
its passes went to review; here it may look as if it had never been missed for so long.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from drivers.base import ClockStepped, LinkChange, Observation, TagRead
from gateway.core.pipeline import Pipeline
from gateway.core.read_point import Light, Outcome, Said

ROUND_US = 100_000  # how often time passes: as live
DEVICES_MAX = 1_000  # more than a site has; of further ones the time is not kept

_NEVER_US = -(1 << 62)


@dataclass(slots=True)
class Replay:
    """`feed` it each observation in the order of the recording, then `end`."""

    pipeline: Pipeline
    _number: int = 0
    _word_us: dict[str, int] = field(default_factory=dict)  # by device: the newest
    _told_us: dict[str, int] = field(default_factory=dict)  # and what the pipeline knows of it
    _newest_us: int = _NEVER_US

    def feed(self, observation: Observation) -> list[Said]:
        outcome = self._pass_time(observation)
        outcome += self.pipeline.feed(self._number, observation)
        self._number += 1
        return _said(outcome)

    def end(self) -> list[Said]:
        """Conclude what is still open."""
        return _said(self.pipeline.end(self._number, self._newest_us))

    def _pass_time(self, observation: Observation) -> list[Outcome]:
        if isinstance(observation, ClockStepped):
            self._word_us.clear()
            self._told_us.clear()
            self._newest_us = observation.at_us
            return []
        if isinstance(observation, LinkChange):
            return []  # The host's own word: a read point lets time pass to it by itself.
        device, at_us = observation.device, _time_of(observation)
        steady_us = min(at_us, self._word_us.get(device, _NEVER_US))
        if device in self._word_us or len(self._word_us) < DEVICES_MAX:
            self._word_us[device] = at_us
        if steady_us - self._told_us.get(device, _NEVER_US) < ROUND_US:
            return []
        self._told_us[device] = steady_us
        self._newest_us = max(self._newest_us, steady_us)
        return self.pipeline.hear(self._number, device, steady_us)


def _said(outcome: Iterable[Outcome]) -> list[Said]:
    """Nobody stands there to see a light."""
    return [each for each in outcome if not isinstance(each, Light)]


def _time_of(observation: Observation) -> int:
    """Of a read its middle, as read points take it."""
    if isinstance(observation, TagRead):
        return (observation.first_us + observation.last_us) // 2
    return observation.at_us
