"""EDGE: an event's id is a UUIDv8 without clock or chance."""

from uuid import RFC_4122, UUID

from gateway.core.event_id import event_id

SAID = (1_795_331_730_125_000, "dock-pi-1", "door-1", "movement", "urn:test:1", 5, 1)


def test_the_id_is_a_uuid_of_version_8_that_begins_with_the_event_time() -> None:
    text = event_id(*SAID)
    value = UUID(text)

    assert text == f"urn:uuid:{value}"
    assert (value.version, value.variant) == (8, RFC_4122)
    assert value.int >> 80 == 1_795_331_730_125


def test_the_same_reads_give_the_same_id() -> None:
    assert event_id(*SAID) == event_id(*SAID) == "urn:uuid:01a2021c-2acd-8a92-8075-8fa08bd3d16a"


def test_whatever_makes_it_another_event_gives_another_id() -> None:
    others = [
        (SAID[0] + 1000, *SAID[1:]),
        *((*SAID[:n], f"{SAID[n]}x", *SAID[n + 1 :]) for n in range(1, 5)),
        (*SAID[:5], 6, 1),
        (*SAID[:6], 2),
    ]

    assert len({event_id(*SAID), *(event_id(*other) for other in others)}) == 8  # type: ignore[arg-type]


def test_ids_sort_by_time() -> None:
    assert event_id(*SAID) < event_id(SAID[0] + 1000, *SAID[1:])
