"""What the ledger hears of gateways beside their events: who is there, with which devices."""

from dataclasses import dataclass, field

from ledger.core.settle import Gaps
from wire.messages import Birth, Health, State
from wire.topics import Source

GATEWAYS_MAX = 10_000  # known at once; more are a flood, and are not remembered


@dataclass(slots=True)
class Gateway:
    """The last that one gateway said of itself."""

    source: Source
    state: State | None = None
    birth: Birth | None = None
    health: Health | None = None

    @property
    def is_online(self) -> bool:
        return self.state is not None and self.state.status == "online"

    @property
    def announced(self) -> str | None:
        """The epoch of its birth, where that birth is of the boot that is online."""
        birth, state = self.birth, self.state
        if birth is None or (state is not None and state.boot != birth.boot):
            return None
        return birth.epoch


@dataclass(slots=True)
class Gateways:
    gaps: Gaps = field(default_factory=Gaps)
    known: dict[str, Gateway] = field(default_factory=dict)

    def heard(self, source: Source, said: State | Birth | Health) -> bool:
        """Take what a gateway says of itself; False where there are too many."""
        gateway = self.known.get(source.name)
        if gateway is None:
            if len(self.known) >= GATEWAYS_MAX:
                return False
            gateway = self.known[source.name] = Gateway(source)
        match said:
            case State():
                if _is_of_an_older_session(said, gateway.state):
                    return True
                gateway.state = said
                self.gaps.is_online(source.name, online=gateway.is_online)
            case Birth():
                gateway.birth = said
                self._claims(source, said.epoch, said.made)
            case Health():
                gateway.health = said
                self._claims(source, said.epoch, said.made)
        return True

    def announced(self) -> dict[str, str]:
        """Source -> epoch, of those whose birth can be trusted."""
        return {
            name: epoch
            for name, gateway in self.known.items()
            if (epoch := gateway.announced) is not None
        }

    def _claims(self, source: Source, epoch: str, made: int) -> None:
        """A missing tail is seen without a later event; of a new epoch, even a missing start."""
        gap = self.gaps.known(source.name, epoch)
        if gap is None and epoch == self.known[source.name].announced:
            gap = self.gaps.of(source.name, epoch, 0)
        if gap is not None:
            gap.claims(made)


def _is_of_an_older_session(said: State, known: State | None) -> bool:
    """Whether a broker says late that a connection is gone which was replaced long ago."""
    if said.status == "online" or known is None or known.status == "offline":
        return False
    return said.boot != known.boot or said.session < known.session
