"""AccessSpecs: which tags they meet, what they do to memory, and what comes back."""

from collections.abc import Sequence

import pytest
from llrpkit.protocol import BitStr, LLRPMessage, messages, params

from simulator.llrp.capabilities import Capabilities
from simulator.llrp.presets import IMPINJ_R420
from simulator.llrp.tag import Field, SimTag
from tests.unit.simulator.llrp.far_client import (
    ENABLE,
    EPC,
    FarClient,
    at,
    inventory,
    reader,
    running,
)

OTHER = bytes.fromhex("E2000017010B016210001111")
PASSWORD = 0x12345678
ENABLE_ACCESS = messages.ENABLE_ACCESSSPEC(access_spec_id=1)


def words(data: bytes) -> list[int]:
    return [int.from_bytes(data[place : place + 2]) for place in range(0, len(data), 2)]


def target(
    data: bytes = EPC,
    *,
    bank: int = 1,
    pointer: int = 32,
    match: bool = True,
    mask: bytes | None = None,
) -> params.C1G2TargetTag:
    care = b"\xff" * len(data) if mask is None else mask
    return params.C1G2TargetTag(
        mb=bank,
        match=match,
        pointer=pointer,
        tag_mask=BitStr.from_bytes(care),
        tag_data=BitStr.from_bytes(data),
    )


def access(
    *operations: object,
    targets: Sequence[params.C1G2TargetTag] = (),
    antenna: int = 0,
    rospec: int = 0,
    times: int = 1,
    number: int = 1,
) -> LLRPMessage:
    """ADD_ACCESSSPEC."""
    return messages.ADD_ACCESSSPEC(
        access_spec=params.AccessSpec(
            access_spec_id=number,
            antenna_id=antenna,
            protocol_id=1,
            ro_spec_id=rospec,
            access_spec_stop_trigger=params.AccessSpecStopTrigger(
                access_spec_stop_trigger=1 if times else 0, operation_count_value=times
            ),
            access_command=params.AccessCommand(
                air_protocol_tag_spec=params.C1G2TagSpec(
                    c1_g2_target_tags=list(targets) or [target()]
                ),
                access_command_op_specs=list(operations),
            ),
        )
    )


def reading(bank: int = 1, pointer: int = 2, count: int = 6, password: int = 0) -> params.C1G2Read:
    return params.C1G2Read(
        op_spec_id=7, access_password=password, mb=bank, word_pointer=pointer, word_count=count
    )


def writing(
    data: bytes, bank: int = 3, pointer: int = 0, password: int = 0, *, block: bool = False
) -> params.C1G2Write:
    kind = params.C1G2BlockWrite if block else params.C1G2Write
    return kind(
        op_spec_id=8,
        access_password=password,
        mb=bank,
        word_pointer=pointer,
        write_data=words(data),
    )


def locking(field: Field, privilege: int = 0, password: int = PASSWORD) -> params.C1G2Lock:
    return params.C1G2Lock(
        op_spec_id=9,
        access_password=password,
        c1_g2_lock_payloads=[params.C1G2LockPayload(privilege=privilege, data_field=field)],
    )


def placed(*tags: SimTag, capabilities: Capabilities = IMPINJ_R420) -> FarClient:
    client = running(capabilities=capabilities)
    for tag in tags:
        client.session.inventory.place(tag)
    return client


def round_of(client: FarClient) -> list[params.TagReportData]:
    client.session.read_placed(at(1))
    return client.tags()


def results(client: FarClient) -> list[object]:
    """What was done in the next round."""
    return [result for tag in round_of(client) for result in tag.access_command_op_spec_results]


def test_placed_tags_are_read_on_their_antennas_in_each_round() -> None:
    tag = SimTag(EPC, antennas=(1, 3), rssi_dbm=-48)
    client = placed(tag, SimTag(OTHER, antennas=(2,)))
    heard = [(each.epc_parameter.epc, each.antenna_id.antenna_id) for each in round_of(client)]

    assert heard == [(EPC, 1), (OTHER, 2), (EPC, 3)]
    client.session.inventory.remove(tag)
    assert [each.epc_parameter.epc for each in round_of(client)] == [OTHER]
    client.expect(messages.STOP_ROSPEC(ro_spec_id=1))
    assert round_of(client) == []


def test_a_read_comes_back_with_its_accessspec_and_is_done_once() -> None:
    client = placed(SimTag(EPC)).expect(access(reading()), ENABLE_ACCESS)
    (tag,) = round_of(client)

    assert tag.access_spec_id == params.AccessSpecID(access_spec_id=1)
    assert tag.access_command_op_spec_results == [
        params.C1G2ReadOpSpecResult(result=0, op_spec_id=7, read_data=words(EPC))
    ]
    assert results(client) == []
    assert client.send(messages.GET_ACCESSSPECS())[0].access_specs == []


def test_an_accessspec_that_is_not_enabled_does_nothing() -> None:
    client = placed(SimTag(EPC)).expect(access(reading()))

    assert results(client) == []
    (answer,) = client.send(messages.GET_ACCESSSPECS())
    assert [(each.access_spec_id, each.current_state) for each in answer.access_specs] == [
        (1, False)
    ]
    client.expect(ENABLE_ACCESS)
    (answer,) = client.send(messages.GET_ACCESSSPECS())
    assert answer.access_specs[0].current_state is True
    client.expect(messages.DISABLE_ACCESSSPEC(access_spec_id=0))
    assert results(client) == []
    client.expect(ENABLE_ACCESS, messages.DELETE_ACCESSSPEC(access_spec_id=1))
    assert results(client) == []


def test_without_a_count_an_accessspec_is_done_in_every_round() -> None:
    client = placed(SimTag(EPC)).expect(access(reading(), times=0), ENABLE_ACCESS)

    assert [len(results(client)) for _ in range(3)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("targets", "met"),
    [
        ([target()], [EPC]),
        ([target(match=False)], [OTHER]),
        ([target(b"", match=True)], [EPC, OTHER]),
        ([target(EPC[:1], mask=b"\x00")], [EPC, OTHER]),
        ([target(EPC[1:2], pointer=40)], [EPC]),
        ([target(bytes.fromhex("E280"), bank=2, pointer=0), target(OTHER)], [OTHER]),
        ([target(), target(OTHER)], []),
        ([target(b"\x01\x02", bank=3, pointer=0)], []),
    ],
)
def test_the_targets_say_which_tags_are_met(
    targets: list[params.C1G2TargetTag], met: list[bytes]
) -> None:
    client = placed(SimTag(EPC), SimTag(OTHER))
    client.expect(access(reading(), targets=targets, times=0), ENABLE_ACCESS)

    assert [
        tag.epc_parameter.epc for tag in round_of(client) if tag.access_command_op_spec_results
    ] == met


@pytest.mark.parametrize(("antenna", "rospec"), [(2, 0), (0, 9)])
def test_an_accessspec_may_hold_for_one_antenna_or_rospec(antenna: int, rospec: int) -> None:
    client = placed(SimTag(EPC, antennas=(1,)))
    client.expect(access(reading(), antenna=antenna, rospec=rospec), ENABLE_ACCESS)

    assert results(client) == []


@pytest.mark.parametrize("block", [False, True])
def test_a_write_changes_user_memory(block: bool) -> None:
    tag = SimTag(EPC, user=bytes(8))
    client = placed(tag).expect(access(writing(b"abcd", pointer=1, block=block)), ENABLE_ACCESS)
    kind = params.C1G2BlockWriteOpSpecResult if block else params.C1G2WriteOpSpecResult

    assert results(client) == [kind(result=0, op_spec_id=8, num_words_written=2)]
    assert tag.user == b"\0\0abcd\0\0"


def test_a_written_epc_is_what_is_read_next_as_long_as_its_length_bits_say() -> None:
    tag = SimTag(EPC)
    client = placed(tag)
    new = bytes.fromhex("3000AABBCCDD")
    rest = writing(bytes.fromhex("1800") + new, bank=1, pointer=1)
    client.expect(access(rest), ENABLE_ACCESS)
    (during,), (after,) = round_of(client), round_of(client)

    assert during.epc_parameter.epc == EPC
    assert after.epc_parameter.epc.data == new
    assert (tag.pc, tag.epc) == (0x1800, new)


@pytest.mark.parametrize(
    ("tag", "operation", "result"),
    [
        (
            SimTag(EPC, user=bytes(4)),
            writing(bytes(6)),
            params.C1G2WriteOpSpecResult(result=1, op_spec_id=8, num_words_written=0),
        ),
        (
            SimTag(EPC, user=bytes(4), locked=[Field.USER]),
            writing(bytes(4)),
            params.C1G2WriteOpSpecResult(result=2, op_spec_id=8, num_words_written=0),
        ),
        (
            SimTag(EPC),
            writing(bytes(2), bank=2),
            params.C1G2WriteOpSpecResult(result=2, op_spec_id=8, num_words_written=0),
        ),
        (
            SimTag(EPC, user=bytes(4), access_password=PASSWORD),
            writing(bytes(4), password=1),
            params.C1G2WriteOpSpecResult(result=5, op_spec_id=8, num_words_written=0),
        ),
        (
            SimTag(EPC),
            reading(count=9),
            params.C1G2ReadOpSpecResult(result=1, op_spec_id=7, read_data=[]),
        ),
        (
            SimTag(EPC, locked=[Field.ACCESS_PASSWORD]),
            reading(bank=0, pointer=2, count=2),
            params.C1G2ReadOpSpecResult(result=1, op_spec_id=7, read_data=[]),
        ),
        (
            SimTag(EPC, access_password=PASSWORD),
            reading(password=1),
            params.C1G2ReadOpSpecResult(result=2, op_spec_id=7, read_data=[]),
        ),
        (
            SimTag(EPC),
            locking(Field.USER, password=0),
            params.C1G2LockOpSpecResult(result=3, op_spec_id=9),
        ),
        (
            SimTag(EPC, access_password=PASSWORD, permalocked=[Field.USER]),
            locking(Field.USER, privilege=3),
            params.C1G2LockOpSpecResult(result=2, op_spec_id=9),
        ),
    ],
)
def test_what_a_tag_refuses_says_why(tag: SimTag, operation: object, result: object) -> None:
    assert results(placed(tag).expect(access(operation), ENABLE_ACCESS)) == [result]


def test_a_locked_memory_is_open_to_who_knows_the_password() -> None:
    tag = SimTag(EPC, user=bytes(2), access_password=PASSWORD, locked=[Field.USER])
    client = placed(tag).expect(access(writing(b"ok", password=PASSWORD)), ENABLE_ACCESS)

    assert results(client) == [
        params.C1G2WriteOpSpecResult(result=0, op_spec_id=8, num_words_written=1)
    ]
    assert tag.user == b"ok"


@pytest.mark.parametrize(
    ("privilege", "locked", "permanent"),
    [(0, True, False), (1, True, True), (2, False, True), (3, False, False)],
)
def test_a_lock_shuts_or_opens_for_now_or_for_good(
    privilege: int, locked: bool, permanent: bool
) -> None:
    before = [] if locked else [Field.EPC]
    tag = SimTag(EPC, access_password=PASSWORD, locked=before)
    client = placed(tag).expect(access(locking(Field.EPC, privilege)), ENABLE_ACCESS)

    assert results(client) == [params.C1G2LockOpSpecResult(result=0, op_spec_id=9)]
    assert (Field.EPC in tag.locked, Field.EPC in tag.permanent) == (locked, permanent)


def test_a_tag_may_lose_its_power_in_the_middle_of_a_write() -> None:
    tag = SimTag(EPC, user=bytes(6))
    tag.dies_after_words = 2
    client = placed(tag).expect(access(writing(b"abcdef"), reading()), ENABLE_ACCESS)

    assert results(client) == [
        params.C1G2WriteOpSpecResult(result=5, op_spec_id=8, num_words_written=2)
    ]
    assert tag.user == b"abcd\0\0"


def test_a_tag_with_too_little_power_writes_and_locks_nothing() -> None:
    tag = SimTag(EPC, user=bytes(2), access_password=PASSWORD)
    tag.weak = True
    client = placed(tag).expect(access(writing(b"no"), times=1), ENABLE_ACCESS)

    assert results(client) == [
        params.C1G2WriteOpSpecResult(result=3, op_spec_id=8, num_words_written=0)
    ]
    client.expect(access(locking(Field.USER)), ENABLE_ACCESS)
    assert results(client) == [params.C1G2LockOpSpecResult(result=1, op_spec_id=9)]
    assert (tag.user, tag.locked) == (b"\0\0", set())


def test_the_stored_crc_follows_what_was_written() -> None:
    """Gen2 annex F gives CCAEh for the PC word 0800h and the EPC word 1111h."""
    tag = SimTag(EPC)
    client = placed(tag)
    client.expect(access(writing(bytes.fromhex("08001111"), bank=1, pointer=1)), ENABLE_ACCESS)
    results(client)

    assert tag.banks[1][:2] == bytes.fromhex("CCAE")


def test_results_may_come_in_a_report_of_their_own() -> None:
    client = FarClient(reader(IMPINJ_R420)).connected().expect(inventory(n=0), ENABLE)
    client.session.inventory.place(SimTag(EPC))
    client.expect(access(reading()), ENABLE_ACCESS)
    alone = params.AccessReportSpec(access_report_trigger=1)
    client.expect(messages.SET_READER_CONFIG(access_report_spec=alone))

    assert len(results(client)) == 1
    assert round_of(client) == []  # that waits for the end of the ROSpec


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (access(reading(), number=0), (101, "AccessSpecID 0: expected 1 or more")),
        (access(reading(), antenna=5), (101, "antenna 5: expected 0 (all) to 4")),
        (access(*[reading()] * 9), (100, "9 OpSpec: expected 1 to 8")),
        (
            access(reading(), targets=[target()] * 3),
            (100, "3 C1G2TargetTag: expected 1 or 2"),
        ),
        (access(writing(b"")), (100, "C1G2Write of 0 bytes: expected 0 words, at least 1")),
        (
            access(params.C1G2Kill(op_spec_id=1, kill_password=1)),
            (100, "OpSpec 343: not supported"),
        ),
        (
            access(locking(Field.USER, privilege=4)),
            (101, "C1G2LockPayload's Privilege 4: expected 0 to 3"),
        ),
        (messages.ENABLE_ACCESSSPEC(access_spec_id=4), (101, "AccessSpec 4: not known")),
        (messages.DELETE_ACCESSSPEC(access_spec_id=4), (101, "AccessSpec 4: not known")),
        (messages.DELETE_ACCESSSPEC(access_spec_id=0), (0, "")),
    ],
)
def test_what_cannot_be_done_is_refused(request_: LLRPMessage, status: tuple[int, str]) -> None:
    assert placed().ask(request_) == [status]


def test_a_reader_keeps_no_more_accessspecs_than_it_says() -> None:
    capabilities = Capabilities(accessspec_count_max=1, opspec_count_max=1)
    client = placed(capabilities=capabilities).expect(access(reading()))

    assert client.ask(access(reading()), access(reading(), number=2)) == [
        (101, "AccessSpec 1 exists: delete it first"),
        (101, "1 AccessSpecs: this reader keeps no more"),
    ]


@pytest.mark.parametrize(
    ("epc", "user", "why"),
    [
        (b"odd", b"", "EPC of 3 bytes: expected whole words, at most 6"),
        (bytes(64), b"", "EPC of 64 bytes: expected whole words, at most 32"),
        (EPC, b"odd", "user memory of 3 bytes: expected whole words"),
    ],
)
def test_a_tag_that_cannot_be_is_refused(epc: bytes, user: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=f"^{why}$"):
        SimTag(epc, user=user)
