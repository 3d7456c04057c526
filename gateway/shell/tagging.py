"""Reads and writes the one tag at an antenna; the rules are gateway.core.commissioning's."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from drivers.base import (
    Accessed,
    Bank,
    Clock,
    LockBank,
    NotDone,
    Operation,
    ReadWords,
    TagAccess,
    TagRead,
    Target,
    WriteWords,
)
from gateway.core import commissioning
from gateway.core.commissioning import Refused, Seen, Wanted
from gateway.shell import ledger
from gateway.shell.local import Refused as NotDoneSo
from gateway.shell.supervisor import Device
from gateway.shell.tap import Tap
from gs1.epc import codec
from gs1.epc.model import Tag
from wire.event import URI_CHARACTERS_MAX

LOOK_S = 2.0  # what was heard in it is in the field
LATE_US = 500_000  # a report's time may be off by the reader's clock offset
UP_S = 15.0  # for a reader that was opened for this command to read
PATIENCE_S = 2.0  # for the tag to answer one access
TID_LOOKS = 8  # two tags of one EPC answer by chance: missed once in 128 times
READ_BACK_TRIES = 3  # a tag that lost its power is back in the next round, mostly
USER_BYTES_MAX = 64  # 512 bits: the largest user memory that is common
NO_PASSWORD = (
    "lock: expected --access-password with the password that the tag has, not 0: this command"
    " writes none, and a tag from the factory has none; give it one with the reader's own tool"
)
USER_WORDS = (32, 8, 4, 2)  # sizes that chips have; the first that can be read is told

T = TypeVar("T", Seen, Wanted, Target)
Hexadecimal = Annotated[str, Field(pattern=r"^([0-9A-Fa-f]{4})*$")]


class TagOrder(BaseModel):
    """What is asked of a tag; the same from the command line and through the socket."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["tag_read", "tag_write"]
    reader: str
    antenna: int = Field(ge=1, le=255)
    rssi_min_dbm: float | None = Field(default=None, ge=-200, le=100)
    key: str = Field(default="", max_length=URI_CHARACTERS_MAX)
    company_prefix: str | None = Field(default=None, pattern=r"^[0-9]{6,12}$")
    filter_value: int = Field(default=0, ge=0, le=7)
    access_password: int = Field(default=0, ge=0, le=0xFFFFFFFF)
    lock: bool = False
    replace: bool = False
    user: Hexadecimal = Field(default="", max_length=2 * USER_BYTES_MAX)

    @field_validator("user")
    @classmethod
    def _whole_words(cls, text: str) -> str:
        return text.upper()

    @model_validator(mode="after")
    def _password_for_a_lock(self) -> "TagOrder":
        if self.lock and not self.access_password:
            raise ValueError(NO_PASSWORD)
        return self


@dataclass(frozen=True, slots=True)
class Held:
    """The one tag, and how it is singulated from now on."""

    pc: int
    epc: bytes
    tid: bytes | None
    has_serial: bool  # its TID is its own; else another tag may answer as well

    @property
    def target(self) -> Target:
        if self.has_serial and self.tid is not None:
            return Target(Bank.TID, 0, self.tid)
        return Target(Bank.EPC, commissioning.EPC_BIT, self.epc)

    @property
    def matched(self) -> str:
        if self.has_serial and self.tid is not None:
            return f"matched by its TID {self.tid.hex().upper()}"
        why = "cannot be read" if self.tid is None else "has no serial number"
        return f"matched by its EPC, since its TID {why}: another tag could share it"


Book = Callable[[Wanted, TagOrder, bytes | None, str], Awaitable[None]]


@dataclass(slots=True)
class Desk:
    """One reader with a place for one tag. Orders are done one after the other."""

    device: Device
    driver: object
    tap: Tap
    clock: Clock
    prefixes: Sequence[str]
    ledger_url: str | None
    was_written: Callable[[str], Awaitable[bool]]  # here before: the ledger may not know it yet
    book: Book  # a tag was written, and read back
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def do(self, order: TagOrder) -> list[str]:
        """Lines for the person. Raises gateway.shell.local.Refused."""
        if not isinstance(self.driver, TagAccess):
            raise NotDoneSo(f"{order.reader}: its driver ({self.device.driver}) writes no tags")
        async with self._turn:
            try:
                if order.do == "tag_read":
                    return await self._read(self.driver, order)
                return await self._write(self.driver, order)
            except NotDone as error:
                raise NotDoneSo(f"{order.reader}: {error}") from None

    async def _read(self, access: TagAccess, order: TagOrder) -> list[str]:
        held = await self._hold(access, order, await self._look(order))
        lines = [
            f"EPC  {held.epc.hex().upper()} (PC {held.pc:04X})",
            f"key  {_key_of(held)}",
            f"TID  {'(cannot be read)' if held.tid is None else held.tid.hex().upper()}",
        ]
        for count in USER_WORDS:
            asked = ReadWords(Bank.USER, 0, count)
            done = await self._access(access, order, held.target, [asked])
            if not done.outcomes[0].why:
                return [*lines, f"user {done.outcomes[0].data.hex().upper()}"]
        return [*lines, "user (none, or it cannot be read)"]

    async def _write(self, access: TagAccess, order: TagOrder) -> list[str]:
        prefixes = [order.company_prefix] if order.company_prefix else self.prefixes
        thing = _given(commissioning.wanted(order.key, prefixes, order.filter_value))
        seen = await self._look(order)
        held = await self._hold(access, order, seen)
        await self._ask_ledger(order, thing, held)
        writes = [commissioning.writes(held.pc, thing.epc)]
        if order.user:  # first: where there is no such memory the EPC stays as it is
            writes.insert(0, WriteWords(Bank.USER, 0, bytes.fromhex(order.user)))
        await self._write_all(access, order, held, writes, thing)
        tid = held.tid if held.has_serial else None
        await self.book(thing, order, held.tid, _key_of(held))
        said = [f"{thing.key}: EPC {thing.epc.hex().upper()} written and read back, {held.matched}"]
        if order.lock:
            target = held.target if tid else Target(Bank.EPC, commissioning.EPC_BIT, thing.epc)
            said.append(await self._lock(access, order, target))
        return said

    async def _look(self, order: TagOrder) -> Seen:
        await self._until_up()
        since_us = self.clock().utc_us - LATE_US
        with self.tap.listening() as listener:
            await asyncio.sleep(LOOK_S)
            listener.end()
            heard = [each for each in await listener.take() or [] if isinstance(each, TagRead)]
        if listener.dropped:
            raise NotDoneSo(f"{order.reader}: too many reads to be sure of one tag")
        mine = [read for read in heard if read.device == order.reader]
        found = commissioning.only_tag(mine, order.antenna, order.rssi_min_dbm, since_us)
        behind = "; nothing was written" if order.do == "tag_write" else ""
        return _given(found, f"{order.reader}: ", behind)

    async def _until_up(self) -> None:
        try:
            async with asyncio.timeout(UP_S):
                while not self.device.up and self.device.why is None:
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise NotDoneSo(f"{self.device.name}: did not read within {UP_S:g} s") from None
        if not self.device.up:
            raise NotDoneSo(f"{self.device.name}: {self.device.why}")

    async def _hold(self, access: TagAccess, order: TagOrder, seen: Seen) -> Held:
        """What the tag is beside its EPC. Two tags of one EPC are told apart by their TIDs."""
        target = _given(seen.target, f"{order.reader}: ")
        asked = [ReadWords(Bank.EPC, commissioning.PC_WORD, 1), ReadWords(Bank.TID, 0, 2)]
        first = await self._access(access, order, target, [*asked, ReadWords(Bank.TID, 2, 1)])
        pc, short, header = first.outcomes
        if pc.why:
            its = "; has it another access password, or none?" if order.access_password else ""
            raise NotDoneSo(f"{order.reader}: the tag's PC cannot be read: {pc.why}{its}")
        tid, serial_words = (None if short.why else short.data), 0
        if tid is not None and not header.why:
            serial_words = commissioning.tid_serial_words(tid + header.data)
        if serial_words:
            tid = await self._whole_tid(access, order, target, serial_words)
        old_pc = int.from_bytes(pc.data)
        return Held(old_pc, seen.epc, tid, bool(serial_words) and tid is not None)

    async def _whole_tid(
        self, access: TagAccess, order: TagOrder, target: Target, serial_words: int
    ) -> bytes | None:
        words = commissioning.TID_HEAD_WORDS + serial_words
        found: set[bytes] = set()
        for _ in range(TID_LOOKS):
            done = await self._access(access, order, target, [ReadWords(Bank.TID, 0, words)])
            if not done.outcomes[0].why:
                found.add(done.outcomes[0].data)
        if len(found) > 1:
            named = " and ".join(sorted(each.hex().upper() for each in found))
            raise NotDoneSo(
                f"{order.reader}: antenna {order.antenna}: {len(found)} tags of one EPC:"
                f" TID {named}: expected one alone, and did nothing"
            )
        return found.pop() if found else None

    async def _ask_ledger(self, order: TagOrder, thing: Wanted, held: Held) -> None:
        """A number in use, or a tag that is on something, is written over only on purpose."""
        if order.replace:
            return
        if await self.was_written(thing.key):
            raise NotDoneSo(
                f"{thing.key}: this gateway wrote it to a tag before: expected --replace,"
                " or another serial"
            )
        current = codec.decode(held.epc, held.pc)
        for key in dict.fromkeys([thing.key, *([current.key] if isinstance(current, Tag) else [])]):
            try:
                place = await ledger.place_of(self.ledger_url, key)
            except ledger.NotTold as error:
                raise NotDoneSo(f"{error}; --replace writes without asking") from None
            if place is not None:
                which = "" if key == thing.key else "the tag is "
                raise NotDoneSo(
                    f"{which}{key}: the ledger has it, at {place}: expected --replace,"
                    " or another serial"
                )

    async def _write_all(
        self,
        access: TagAccess,
        order: TagOrder,
        held: Held,
        writes: Sequence[WriteWords],
        thing: Wanted,
    ) -> None:
        """Write once, and believe what is read back, whatever the reader says of the write."""
        try:
            done = await self._access(access, order, held.target, writes)
            whys = [each.why for each in done.outcomes if each.why]
        except NotDone as error:
            whys = [str(error)]
        if held.has_serial:
            targets = [held.target]
        else:  # the tag is whichever EPC its memory makes it now
            new = Target(Bank.EPC, commissioning.EPC_BIT, thing.epc)
            targets = [new] if not whys else [held.target, new]
        found = await self._read_back(access, order, targets, writes)
        if found is not None and all(map(commissioning.is_there, writes, found)):
            return
        why = whys[0] if whys else "what was read back differs"
        if found is None:
            now = f"whether it was written is not known: {why}, and then no answer"
        else:
            now = f"not written as asked: {why}; it holds {commissioning.stored(found[-1])} now"
        repair = (
            "repeat the command: the tag is matched by its TID"
            if held.has_serial
            else "look at it alone with tag read, and repeat the command"
        )
        raise NotDoneSo(f"{order.reader}: {now}; {repair}")

    async def _read_back(
        self,
        access: TagAccess,
        order: TagOrder,
        targets: Sequence[Target],
        writes: Sequence[WriteWords],
    ) -> list[bytes] | None:
        """What is where it was written; None where the tag does not answer any more."""
        reads = [commissioning.reads_back(each) for each in writes[::-1]]
        for target in [each for each in targets for _ in range(READ_BACK_TRIES)]:
            try:
                done = await self._access(access, order, target, reads)
            except NotDone:
                continue
            if not done.outcomes[0].why:  # the EPC bank's; other memory may be absent
                return [each.data for each in done.outcomes][::-1]
        return None

    async def _lock(self, access: TagAccess, order: TagOrder, target: Target) -> str:
        done = await self._access(access, order, target, [LockBank(Bank.EPC)])
        why = done.outcomes[0].why
        if why:
            raise NotDoneSo(f"{order.reader}: written, but not locked: {why}")
        return "its EPC is locked: only with the access password can it be written"

    async def _access(
        self,
        access: TagAccess,
        order: TagOrder,
        target: Target,
        operations: Sequence[Operation],
    ) -> Accessed:
        """Raises NotDone."""
        return await access.access(
            order.antenna, target, operations, order.access_password, PATIENCE_S
        )


def _given(found: Refused | T, before: str = "", behind: str = "") -> T:
    if isinstance(found, Refused):
        raise NotDoneSo(f"{before}{found.why}{behind}")
    return found


def _key_of(held: Held) -> str:
    tag = codec.decode(held.epc, held.pc)
    return tag.key if isinstance(tag, Tag) else tag.raw
