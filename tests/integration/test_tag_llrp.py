"""readpoint-gateway tag read and tag write on a reader that speaks LLRP: the whole way.

The reader is simulated on TCP and its tags have memory; the commands are processes. Most of a
command is listening, 2 s and more: so cases that do not touch each other run at once, each at a
desk of its own.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest

from simulator.llrp.capabilities import Capabilities
from simulator.llrp.presets import GENERIC, PRESETS
from simulator.llrp.tag import Field
from tests.integration.llrp_desk import Desk, DeskTag, desk, ended, kill
from tests.integration.processes import eventually

KEY = "https://id.gs1.org/01/80614141123458/21/6789"
EPC = "3014257BF7194E4000001A85"  # of KEY, with a company prefix of 7 digits
OTHER_KEY = "https://id.gs1.org/01/80614141123458/21/6790"
OTHER = "3014257BF7194E4000001A86"
BLANK = "00" * 12
TID = "E28011052000000000000001"
AT_DESK = ("--reader", "desk-1", "--antenna", "1")
READ = ("tag", "read", *AT_DESK)
GIVE = ("tag", "write", *AT_DESK, "--company-prefix", "0614141", "--key")
WRITE = (*GIVE, KEY, "--replace")
DONE = f"{KEY}: EPC {EPC} written and read back, matched by its TID {TID}\n"
LOOKS = 11  # reads of a tag before it is written to: PC, TID and XTID, then the TID eight times


WAYS = ("daemon", "alone")  # with a daemon that has the reader, and without one

Scene = Callable[[Desk], Awaitable[None]]


async def at_desk(
    folder: Path, way: str, scene: Scene, capabilities: Capabilities = GENERIC
) -> None:
    folder.mkdir()
    async with desk(folder, capabilities) as made, AsyncExitStack() as stack:
        if way == "daemon":
            await stack.enter_async_context(made.daemon())
        await scene(made)


async def at_once(desks: Iterable[Coroutine[object, object, None]]) -> None:
    async with asyncio.TaskGroup() as group:
        for each in desks:
            group.create_task(each)


def either_way(scene: Scene) -> Callable[[Path], Awaitable[None]]:
    """A test of both ways."""

    async def test(tmp_path: Path) -> None:
        await at_once(at_desk(tmp_path / way, way, scene) for way in WAYS)

    return test


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path) as made:
        yield made


def now(tag: DeskTag) -> tuple[str, str, str]:
    """PC, EPC and user memory, as the tag has them."""
    return f"{tag.pc:04X}", tag.epc.hex().upper(), tag.user.hex().upper()


async def test_a_tag_is_written_and_read_on_each_reader(tmp_path: Path) -> None:
    async def written_and_read(made: Desk) -> None:
        tag = made.put(BLANK, user=bytes(8))
        wrote = await made.run(*WRITE, "--user", "00112233")
        read = await made.run(*READ)

        assert wrote == (0, DONE, "")
        assert now(tag) == ("3000", EPC, "0011223300000000")
        told = f"EPC  {EPC} (PC 3000)\nkey  {KEY}\nTID  {TID}\nuser 0011223300000000\n"
        assert read == (0, told, "")

    await at_once(
        at_desk(tmp_path / f"{name}-{way}", way, written_and_read, capabilities)
        for name, capabilities in PRESETS.items()
        for way in WAYS
    )


async def test_the_length_of_the_epc_is_written_with_it(tmp_path: Path) -> None:
    async def written(epc: str, pc: str, made: Desk) -> None:
        tag = made.put(epc)
        assert now(tag)[0] == pc

        assert await made.run(*WRITE) == (0, DONE, "")
        assert now(tag) == ("3000", EPC, "")

    await at_once(
        at_desk(tmp_path / pc, "alone", partial(written, epc, pc))
        for epc, pc in [("E0" * 16, "4000"), ("E0" * 8, "2000"), ("", "0000")]
    )


@either_way
async def test_two_tags_are_named_and_neither_is_written(either: Desk) -> None:
    tags = [either.put(BLANK), either.put(OTHER, 2)]

    code, out, error = await either.run(*WRITE)

    assert (code, out) == (1, "")
    assert error == (
        f"desk-1: antenna 1: 2 tags: {BLANK} and {OTHER}: expected one alone; nothing was written\n"
    )
    assert [now(tag)[1] for tag in tags] == [BLANK, OTHER]
    assert [tag.writes for tag in tags] == [0, 0]


async def test_two_tags_of_one_epc_are_not_taken_for_one(alone: Desk) -> None:
    """An AccessSpec meets the first of them; each round another may be the first."""
    tags = [alone.put(OTHER), alone.put(OTHER, 2)]

    def turn(tag: DeskTag, _: int) -> None:
        alone.answers_last(tag)

    for tag in tags:
        tag.on_read = partial(turn, tag)

    code, out, error = await alone.run(*WRITE)

    two = f"{TID} and {TID[:-1]}2"
    assert (code, out, error) == (
        1,
        "",
        f"desk-1: antenna 1: 2 tags of one EPC: TID {two}: expected one alone, and did nothing\n",
    )
    assert [tag.writes for tag in tags] == [0, 0]


@either_way
async def test_no_tag_is_told_with_where_it_was_looked_for(either: Desk) -> None:
    assert await either.run(*WRITE) == (
        1,
        "",
        "desk-1: antenna 1: no tag was read: expected one; nothing was written\n",
    )


async def test_a_tag_that_is_too_far_is_none_and_does_not_count_beside_one(alone: Desk) -> None:
    far = alone.put(OTHER, 2, rssi_dbm=-70)
    refused = await alone.run(*WRITE, "--rssi-min", "-60")
    near = alone.put(BLANK, rssi_dbm=-50)
    done = await alone.run(*WRITE, "--rssi-min", "-60")

    assert refused == (
        1,
        "",
        "desk-1: antenna 1: no tag was read at -60 dBm or more: expected one;"
        " nothing was written\n",
    )
    assert done == (0, DONE, "")
    assert [now(tag)[1] for tag in (far, near)] == [OTHER, EPC]


async def test_a_write_that_was_cut_off_is_told_and_repaired_by_repeating_it(
    tmp_path: Path,
) -> None:
    await at_once(
        at_desk(tmp_path / f"{words}-{way}", way, partial(cut_off, words))
        for words in (0, 1, 4)
        for way in WAYS
    )


async def cut_off(words: int, either: Desk) -> None:
    tag = either.put("E0" * 16)
    tag.dies_after_words = words
    cut = await either.run(*WRITE)
    held = now(tag)
    tag.dies_after_words = None
    again = await either.run(*WRITE)

    pc, epc_bytes = ("4000", 16) if words == 0 else ("3000", 12)
    epc = (EPC[: 4 * max(words - 1, 0)] + "E0" * 16)[: 2 * epc_bytes]
    told = f"{epc[:24]}..." if words == 0 else epc
    assert held == (pc, epc, "")
    assert cut == (
        1,
        "",
        "desk-1: not written as asked: no response from tag;"
        f" it holds PC {pc} EPC {told} now; repeat the command: the tag is matched by its TID\n",
    )
    assert again == (0, DONE, "")
    assert now(tag) == ("3000", EPC, "")
    assert len(either.events()) == 1


async def test_a_tag_that_hears_too_little_to_be_written_is_told(alone: Desk) -> None:
    tag = alone.put(BLANK)
    tag.weak = True

    code, _, error = await alone.run(*WRITE)

    assert code == 1
    assert error == (
        "desk-1: not written as asked: insufficient power;"
        f" it holds PC 3000 EPC {BLANK} now; repeat the command: the tag is matched by its TID\n"
    )


async def test_a_tag_that_leaves_in_the_write_is_told(alone: Desk) -> None:
    tag = alone.put(BLANK)
    tag.dies_after_words = 2
    tag.on_write = lambda _: tag.leave()

    assert await alone.run(*WRITE) == (
        1,
        "",
        "desk-1: whether it was written is not known: no response from tag, and then no answer;"
        " repeat the command: the tag is matched by its TID\n",
    )
    assert alone.events() == []
    assert alone.reader.access_specs == 0


async def test_a_locked_tag_is_written_with_its_password_alone(alone: Desk) -> None:
    tag = alone.put(OTHER, access_password=0x12345678, locked=[Field.EPC])
    without = await alone.run(*WRITE)
    wrong = await alone.run(*WRITE, "--access-password", "87654321")
    before = now(tag)
    right = await alone.run(*WRITE, "--access-password", "12345678")

    assert without == (
        1,
        "",
        f"desk-1: not written as asked: tag memory locked; it holds PC 3000 EPC {OTHER} now;"
        " repeat the command: the tag is matched by its TID\n",
    )
    assert wrong == (
        1,
        "",
        "desk-1: the tag's PC cannot be read: no response from tag;"
        " has it another access password, or none?\n",
    )
    assert before == ("3000", OTHER, "")
    assert right == (0, DONE, "")
    assert now(tag) == ("3000", EPC, "")


@either_way
async def test_its_epc_is_locked_by_the_password_that_it_has(either: Desk) -> None:
    tag = either.put(BLANK, access_password=0x12345678)
    password = ("--access-password", "12345678")

    locked = await either.run(*WRITE, *password, "--lock")
    without = await either.run(*GIVE, OTHER_KEY, "--replace")

    assert locked == (
        0,
        f"{DONE}its EPC is locked: only with the access password can it be written\n",
        "",
    )
    assert tag.locked == {Field.EPC}
    assert without[0] == 1
    assert now(tag)[1] == EPC


async def test_a_reader_that_is_gone_in_the_middle_is_one_line_and_nothing_stays_in_it(
    tmp_path: Path,
) -> None:
    await at_once(
        at_desk(tmp_path / f"{how}-{way}", way, partial(gone, how, way))
        for how in ("close", "drop")
        for way in WAYS
    )


async def gone(how: str, way: str, made: Desk) -> None:
    """The tag was written before the reader could say so: then nobody knows."""
    tag = made.put(BLANK)
    go = made.reader.close_client if how == "close" else made.reader.drop_client
    tag.on_write = lambda count: go() if count == 1 else None
    broken = await made.run(*WRITE)
    held = now(tag)
    if way == "daemon":
        await eventually(lambda: "device_back" in made.log.read_text(), "it is back")
    again = await made.run(*WRITE)

    assert broken == (
        1,
        "",
        "desk-1: whether it was written is not known: the reader was lost meanwhile, and then no"
        " answer; repeat the command: the tag is matched by its TID\n",
    )
    assert held == ("3000", EPC, "")
    assert again == (0, DONE, "")
    assert made.reader.access_specs == 0
    assert len(made.events()) == 1


@either_way
async def test_a_tag_that_comes_into_the_field_meanwhile_is_left_alone(either: Desk) -> None:
    tag = either.put(BLANK)
    others: list[DeskTag] = []

    def joined(count: int) -> None:
        if count == LOOKS:
            others.append(either.put(BLANK, 2))
            either.answers_last(tag)

    tag.on_read = joined
    assert await either.run(*WRITE) == (0, DONE, "")

    assert now(tag)[1] == EPC
    assert [(now(other)[1], other.writes) for other in others] == [(BLANK, 0)]


async def test_a_tag_whose_tid_has_no_serial_number_is_matched_by_its_epc(alone: Desk) -> None:
    tag = alone.put(OTHER, tid=bytes.fromhex("e2006806"))

    assert await alone.run(*WRITE) == (
        0,
        f"{KEY}: EPC {EPC} written and read back, matched by its EPC, since its TID has no serial"
        " number: another tag could share it\n",
        "",
    )
    assert now(tag)[1] == EPC


async def test_what_a_killed_command_left_in_the_reader_is_deleted_by_the_next(
    alone: Desk,
) -> None:
    """The tag at the other antenna is read on: so nobody waits for what the reader held."""
    tag = alone.put(BLANK)
    alone.put(OTHER, 2, antennas=(2,))
    process = await alone.start(*WRITE)
    tag.on_read = lambda count: tag.leave() if count == LOOKS else None
    await eventually(
        lambda: tag.reads == LOOKS and alone.reader.access_specs == 1, "the write waits"
    )
    kill(process)
    code, _, _ = await ended(process)
    await alone.reader.until_free()
    left = alone.reader.access_specs
    after = await alone.run(*READ)
    tag.come_back()
    read = await alone.run(*READ)

    assert (code, left) == (-9, 1)
    assert after[2] == "desk-1: antenna 1: no tag was read: expected one\n"
    assert alone.reader.access_specs == 0
    assert read[0] == 0
    assert (now(tag)[1], tag.writes) == (BLANK, 0)


async def test_a_reader_that_refuses_llrp_is_told_in_one_sentence_by_each_command(
    alone: Desk,
) -> None:
    """At LLRP's own port; nobody listens at this address of the loopback."""
    settings = alone.config.read_text()
    here = f'host = "127.0.0.1"\nport = {alone.reader.port}'
    alone.config.write_text(settings.replace(here, 'host = "127.0.0.9"'))

    read = await alone.run(*READ)
    devices = await alone.run("devices", "--seconds", "0.2")

    why = (
        "connection refused: the reader does not speak LLRP now;"
        ' an Impinj R700 or R720 does when "RFID interface" on its web page is set to "LLRP"'
        ' instead of "Impinj IoT Device Interface"\n'
    )
    assert read == (1, "", f"desk-1: 127.0.0.9:5084: {why}")
    assert devices[0] == 0
    assert devices[1].endswith(f"desk-1: 127.0.0.9:5084: {why}")
