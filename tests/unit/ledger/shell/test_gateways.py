"""EDGE §3: what gateways say of themselves, and whose word counts."""

from typing import Literal

import pytest

from ledger.core.settle import AskAgain
from ledger.shell import gateways
from ledger.shell.gateways import Gateways
from wire.messages import Birth, Health, State
from wire.topics import Source

S = 1_000_000
DOCK = Source("rotterdam", "dock-1")


def state(status: Literal["online", "offline"], boot: str = "b", session: int = 1) -> State:
    return State(status=status, boot=boot, session=session)


def birth(epoch: str = "e1", boot: str = "b", made: int = 0) -> Birth:
    return Birth(
        boot=boot,
        session=1,
        software="0.1.0",
        config_hash="c",
        epoch=epoch,
        first_kept=1,
        made=made,
        settled=0,
    )


def health(made: int, epoch: str = "e1") -> Health:
    return Health(
        at="2026-11-22T08:00:00.000+00:00",
        boot="b",
        epoch=epoch,
        made=made,
        settled=0,
        waiting=0,
        oldest_s=0.0,
    )


@pytest.mark.parametrize(
    ("late", "online"),
    [
        (state("offline", session=1), True),
        (state("offline", boot="a", session=7), True),
        (state("offline", session=2), False),
        (state("offline", session=3), False),
    ],
)
def test_an_offline_of_an_older_session_is_ignored(late: State, online: bool) -> None:
    """EDGE §3."""
    known = Gateways()
    known.heard(DOCK, state("online", session=2))
    known.heard(DOCK, late)

    assert known.known[DOCK.name].is_online is online


def test_a_state_that_is_heard_first_counts_whatever_it_is() -> None:
    known = Gateways()
    known.heard(DOCK, state("offline"))
    assert not known.known[DOCK.name].is_online
    known.heard(DOCK, state("offline", boot="a"))
    known.heard(DOCK, state("online"))
    assert known.known[DOCK.name].is_online


def test_a_birth_is_trusted_where_the_boot_is_that_which_is_online() -> None:
    """DESIGN §4."""
    known = Gateways()
    known.heard(DOCK, birth("e1", boot="b"))
    assert known.announced() == {DOCK.name: "e1"}
    known.heard(DOCK, state("online", boot="c"))
    assert known.announced() == {}
    known.heard(DOCK, birth("e2", boot="c"))
    assert known.announced() == {DOCK.name: "e2"}


def test_of_a_new_epoch_a_missing_start_is_seen_without_an_event() -> None:
    """EDGE §3: by birth, or by health."""
    known = Gateways()
    known.heard(DOCK, state("online"))
    known.heard(DOCK, birth(made=1))

    assert known.gaps.due(0) == []
    assert known.gaps.due(5 * S) == [AskAgain(DOCK.name, "e1", 1)]


def test_health_tells_of_a_missing_tail() -> None:
    known = Gateways()
    known.heard(DOCK, state("online"))
    known.heard(DOCK, birth())
    known.heard(DOCK, health(made=1))

    assert known.gaps.due(0) == []
    assert known.gaps.due(5 * S) == [AskAgain(DOCK.name, "e1", 1)]


def test_what_is_said_of_another_epoch_tells_nothing_of_this_one() -> None:
    known = Gateways()
    known.heard(DOCK, state("online"))
    known.heard(DOCK, birth())
    known.heard(DOCK, health(made=9, epoch="e0"))

    assert known.gaps.due(0) == []
    assert known.gaps.due(60 * S) == []


def test_more_gateways_than_there_can_be_are_not_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gateways, "GATEWAYS_MAX", 1)
    known = Gateways()

    assert known.heard(DOCK, state("online"))
    assert not known.heard(Source("rotterdam", "dock-2"), state("online"))
    assert known.heard(DOCK, state("offline"))
    assert list(known.known) == [DOCK.name]
