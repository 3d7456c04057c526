"""A reader with tags that have memory, by hand: the far end of commands that write to tags.

What is in the field is a file, so that a test and the gateway's process see the same tags. A tag
has the four banks of Gen2 §6.3.2.1, works out its own CRC, keeps what is locked, and can lose its
power in the middle of a write, as one that is carried past the antenna does.
"""

import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TypedDict, Unpack, assert_never

from drivers.base import (
    Accessed,
    Bank,
    Clock,
    DeviceLost,
    Emit,
    Facts,
    LinkChange,
    LockBank,
    NotDone,
    Operation,
    OperationDone,
    ReadWords,
    TagRead,
    Target,
    Warn,
    WriteWords,
)

FIELD = "READPOINT_TEST_FIELD"  # the variable that names the file
ROUND_S = 0.02
POWER_LOST = "the tag lost its power"
BANKS = {Bank.RESERVED: "reserved", Bank.EPC: "epc_bank", Bank.TID: "tid", Bank.USER: "user"}


@dataclass(frozen=True)
class TagInField:
    """Banks in hexadecimal. `power` counts the words that it can still write; None: any number."""

    epc_bank: str
    tid: str = "E2801160200078D4A1B20C31"
    user: str = "00000000"
    reserved: str = "0000000000000000"
    antenna: int = 1
    rssi_dbm: float = -45.0
    power: int | None = None
    leaves: bool = False  # with its power it is gone from the field
    locked: tuple[str, ...] = ()
    deaf: tuple[str, ...] = ()  # banks that it does not give, or does not have

    @property
    def pc(self) -> int:
        return int(self.epc_bank[4:8], 16)

    @property
    def epc(self) -> bytes:
        words = self.pc >> 11
        return bytes.fromhex(self.epc_bank)[4 : 4 + 2 * words]


class TagGiven(TypedDict, total=False):
    """What a test says of a tag, beside its EPC bank."""

    tid: str
    reserved: str
    user: str
    antenna: int
    rssi_dbm: float
    power: int | None
    leaves: bool
    deaf: tuple[str, ...]


def tag(epc: str, pc: int | None = None, **given: Unpack[TagGiven]) -> TagInField:
    """A tag whose EPC bank has 8 words, as most have: CRC, PC, and room for 96 bits."""
    bits = bytes.fromhex(epc)
    word = (len(bits) // 2) << 11 if pc is None else pc
    bank = bytes(2) + word.to_bytes(2) + bits + bytes(max(12 - len(bits), 0))
    return TagInField(_with_crc(bank.hex()), **given)


@dataclass
class FieldFile:
    path: Path

    def put(self, *tags: TagInField, lost: str = "") -> None:
        text = json.dumps({"lost": lost, "tags": [asdict(each) for each in tags]})
        new = self.path.with_suffix(".new")
        new.write_text(text)
        new.replace(self.path)

    @property
    def rounds_path(self) -> Path:
        return self.path.with_suffix(".rounds")

    def rounds(self) -> int:
        """How often the reader has read all tags."""
        told = self.rounds_path.read_text() if self.rounds_path.exists() else ""
        return int(told or 0)

    def tags(self) -> list[TagInField]:
        said = json.loads(self.path.read_text())["tags"]
        return [
            TagInField(**(each | {"locked": tuple(each["locked"]), "deaf": tuple(each["deaf"])}))
            for each in said
        ]

    def lost(self) -> str:
        return str(json.loads(self.path.read_text())["lost"])


@dataclass
class TagField:
    """drivers.base.Driver and TagAccess. `settings` names the device."""

    settings: object
    clock: Clock
    warn: Warn
    _turn: int = field(default=0)

    @property
    def facts(self) -> Facts:
        return Facts(model="Field of tags", temperature_c=31.0, antennas=((1, True), (2, False)))

    @property
    def file(self) -> FieldFile:
        return FieldFile(Path(os.environ[FIELD]))

    async def run(self, emit: Emit) -> None:
        name = str(getattr(self.settings, "name", ""))
        if self.file.lost():
            raise DeviceLost(self.file.lost())
        await emit([LinkChange(name, self.clock().utc_us, up=True)])
        rounds = 0
        while not self.file.lost():
            rounds += 1
            at_us = self.clock().utc_us
            await emit(
                [
                    TagRead(name, each.antenna, each.epc, at_us, at_us, 1, each.pc, each.rssi_dbm)
                    for each in self.file.tags()
                ]
            )
            self.file.rounds_path.write_text(str(rounds))
            await asyncio.sleep(ROUND_S)
        raise DeviceLost(self.file.lost())

    async def access(
        self,
        antenna: int,
        target: Target,
        operations: Sequence[Operation],
        password: int,
        patience_s: float,
    ) -> Accessed:
        tags = self.file.tags()
        found = [n for n, each in enumerate(tags) if _fits(each, antenna, target)]
        if not found:
            raise NotDone(f"no such tag answered within {patience_s:g} s")
        self._turn += 1
        number = found[self._turn % len(found)]
        epc = tags[number].epc
        outcomes: list[OperationDone] = []
        for operation in operations:
            if any(each.why for each in outcomes):
                outcomes.append(OperationDone(why="not tried"))
                continue
            tags[number], outcome = _done(tags[number], operation, password)
            outcomes.append(outcome)
        lost = any(each.why == POWER_LOST for each in outcomes)
        if lost and tags[number].leaves:
            del tags[number]
        elif lost:  # it is in the field again at the next round
            tags[number] = replace(tags[number], power=None)
        self.file.put(*tags)
        return Accessed(epc, antenna, tuple(outcomes))


def _fits(each: TagInField, antenna: int, target: Target) -> bool:
    bank = bytes.fromhex(getattr(each, BANKS[target.bank]))
    assert target.bit % 8 == 0
    first = target.bit // 8
    held = bank[first : first + len(target.data)]
    return each.antenna == antenna and BANKS[target.bank] not in each.deaf and held == target.data


def _done(
    each: TagInField, operation: Operation, password: int
) -> tuple[TagInField, OperationDone]:
    name = BANKS[operation.bank]
    own = int(each.reserved[8:16], 16)
    if password and password != own:
        return each, OperationDone(why="the tag refused the access password")
    memory = bytearray.fromhex(getattr(each, name))
    if isinstance(operation, LockBank):
        return replace(each, locked=(*each.locked, name)), OperationDone()
    if name in each.deaf:
        return each, OperationDone(why="the tag has no such memory")
    first = 2 * operation.word
    if isinstance(operation, ReadWords):
        data = bytes(memory[first : first + 2 * operation.count])
        short = len(data) < 2 * operation.count
        return each, OperationDone(why="beyond the end") if short else OperationDone(data)
    return _written(each, operation, memory, secured=not own or password == own)


def _written(
    each: TagInField, operation: WriteWords, memory: bytearray, *, secured: bool
) -> tuple[TagInField, OperationDone]:
    name, first = BANKS[operation.bank], 2 * operation.word
    if name in each.locked and not secured:
        return each, OperationDone(why="the memory is locked")
    if first + len(operation.data) > len(memory):
        return each, OperationDone(why="beyond the end")
    data = operation.data if each.power is None else operation.data[: 2 * each.power]
    memory[first : first + len(data)] = data
    after = _holding(each, operation.bank, memory.hex())
    if len(data) < len(operation.data):
        return after, OperationDone(why=POWER_LOST)
    return after, OperationDone()


def _holding(each: TagInField, bank: Bank, held: str) -> TagInField:
    match bank:
        case Bank.RESERVED:
            return replace(each, reserved=held)
        case Bank.EPC:
            return replace(each, epc_bank=_with_crc(held))
        case Bank.TID:
            return replace(each, tid=held)
        case Bank.USER:
            return replace(each, user=held)
        case _:
            assert_never(bank)


def _with_crc(bank: str) -> str:
    """The EPC bank with the CRC that the tag works out when it is powered (Gen2 annex F)."""
    held = bytes.fromhex(bank)
    crc = 0xFFFF
    for byte in held[2 : 4 + 2 * (held[2] >> 3)]:
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return (crc ^ 0xFFFF).to_bytes(2).hex() + held[2:].hex()
