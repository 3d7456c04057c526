"""What no door says: tests/unit/gateway/core/test_announce.py has the rest."""

from datetime import UTC

from gateway.core.read_point import Voice
from gateway.core.telling import Happening, listed
from tests.unit.gateway.core.scenes import START_US
from wire.event import ObjectEvent, as_document, parse
from wire.reason import Reason

VOICE = Voice("dock-pi-1", UTC, "urn:test:belt-1", "live")


def test_a_happening_without_tags_is_told_at_its_own_instant() -> None:
    happening = Happening("belt-1", (), {"confidence": 0.5}, {"rule": "window"}, START_US + 1_234)

    (said,) = listed(happening, VOICE, "exception", [], [Reason.BLIND])

    assert isinstance(said, ObjectEvent)
    assert said.epc_list == ()
    assert said.event_us == START_US + 1_000
    assert (said.reasons, said.confidence) == (("blind",), 0.5)
    assert said.evidence == {"rule": "window", "reads": 0}
    assert parse(as_document(said)) == said


def test_two_without_tags_at_different_instants_are_told_apart() -> None:
    first, second = (
        listed(Happening("belt-1", (), {}, {}, START_US + each), VOICE, "exception", [], [])
        for each in (1, 2)
    )

    assert first[0].event_id != second[0].event_id
    assert first[0].pass_id != second[0].pass_id
    assert first[0].reasons is None
