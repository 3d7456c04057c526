"""Tag reports that wait for their ROReportSpec's trigger, and not yet for the client."""

from dataclasses import dataclass, field

from simulator.llrp.numbers import ReportTrigger
from simulator.llrp.reporting import ReportSpec

REPORT_TAGS_MAX = 1_000  # in one message where the client sets no limit: some 60 KiB


@dataclass(slots=True)
class Pending:
    """Of the ROSpec that runs. What `add` and `flush` give is to be sent, a list a message."""

    lost: int = 0
    trigger: ReportTrigger = ReportTrigger.END_OF_ROSPEC  # what they wait for
    _tags: list[bytes] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._tags)

    def add(self, tags: list[bytes], spec: ReportSpec) -> list[list[bytes]]:
        """Where no report is sent unasked, the oldest beyond the bound are lost."""
        self._tags += tags
        self.trigger = spec.trigger
        if spec.trigger is ReportTrigger.NONE:
            excess = max(0, len(self._tags) - REPORT_TAGS_MAX)
            del self._tags[:excess]
            self.lost += excess
            return []
        size = min(spec.tags or REPORT_TAGS_MAX, REPORT_TAGS_MAX)
        full = [
            self._tags[start : start + size] for start in range(0, len(self._tags) - size + 1, size)
        ]
        del self._tags[: len(full) * size]
        return full

    def end(self, ended: ReportTrigger) -> list[list[bytes]]:
        """An AISpec or the ROSpec ended, which may be what they wait for."""
        if self.trigger is ReportTrigger.NONE:
            return []
        if ended is ReportTrigger.END_OF_AISPEC and self.trigger is not ended:
            return []
        return self.flush()

    def flush(self) -> list[list[bytes]]:
        """All there is."""
        tags, self._tags = self._tags, []
        return [tags] if tags else []

    def clear(self) -> None:
        self.lost += len(self._tags)
        self._tags.clear()
