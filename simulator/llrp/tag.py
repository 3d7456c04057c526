"""A tag that stands in front of an antenna: memory banks, passwords, locks (Gen2 §6.3.2.1).

Its EPC is what the memory says: the PC word's length bits tell how many words of the EPC bank after
it a reader hears. Writing that bank therefore changes what is read next.
"""

from binascii import crc_hqx
from collections.abc import Collection
from enum import IntEnum
from struct import pack

from simulator.llrp.impinj import serialized_tid

EPC_WORDS_MAX = 31  # what five length bits can say
_WORD = 2
_PC_OFFSET, _EPC_OFFSET = 2, 4  # bytes in the EPC bank, behind its CRC


class Bank(IntEnum):
    """Gen2's memory banks."""

    RESERVED = 0  # kill password, access password
    EPC = 1
    TID = 2
    USER = 3


class Field(IntEnum):
    """What can be locked by itself (LLRP 1.0.1 §16.3.2.1.2.5)."""

    KILL_PASSWORD = 0
    ACCESS_PASSWORD = 1
    EPC = 2
    TID = 3
    USER = 4


class Failure(IntEnum):
    """Why a tag did not do what it was asked for."""

    OVERRUN = 1
    LOCKED = 2
    POWER = 3
    SILENT = 4  # it does not answer


class SimTag:
    """`epc_words` is the room in the EPC bank; `user` as long as the tag's user memory.

    Knobs: `dies_after_words` makes it lose its power in the middle of a write, once that many words
    are written, and `weak` gives it too little power for any.
    """

    def __init__(
        self,
        epc: bytes,
        *,
        pc: int | None = None,
        tid: bytes | None = None,
        user: bytes = b"",
        access_password: int = 0,
        kill_password: int = 0,
        antennas: Collection[int] = (1,),
        rssi_dbm: int = -55,
        epc_words: int | None = None,
        locked: Collection[Field] = (),
        permalocked: Collection[Field] = (),
    ) -> None:
        room = max(len(epc) // _WORD, 6) if epc_words is None else epc_words
        if len(epc) % _WORD or not len(epc) <= room * _WORD <= EPC_WORDS_MAX * _WORD:
            raise ValueError(f"EPC of {len(epc)} bytes: expected whole words, at most {room}")
        if len(user) % _WORD:
            raise ValueError(f"user memory of {len(user)} bytes: expected whole words")
        word = len(epc) // _WORD << 11 if pc is None else pc
        self._banks = {
            Bank.RESERVED: bytearray(pack(">II", kill_password, access_password)),
            Bank.EPC: bytearray(pack(">HH", 0, word) + epc.ljust(room * _WORD, b"\0")),
            Bank.TID: bytearray(serialized_tid(epc) if tid is None else tid),
            Bank.USER: bytearray(user),
        }
        self.antennas = frozenset(antennas)
        self.rssi_dbm = rssi_dbm
        self.locked = set(locked) | set(permalocked)
        self.permanent = set(permalocked)  # what no lock command changes any more
        self.dies_after_words: int | None = None
        self.weak = False
        self._seal()

    @property
    def pc(self) -> int:
        return int.from_bytes(self._banks[Bank.EPC][_PC_OFFSET:_EPC_OFFSET])

    @property
    def epc(self) -> bytes:
        length = (self.pc >> 11) * _WORD
        return bytes(self._banks[Bank.EPC][_EPC_OFFSET : _EPC_OFFSET + length])

    @property
    def tid(self) -> bytes:
        return bytes(self._banks[Bank.TID])

    @property
    def user(self) -> bytes:
        return bytes(self._banks[Bank.USER])

    @property
    def access_password(self) -> int:
        return int.from_bytes(self._banks[Bank.RESERVED][4:])

    @property
    def banks(self) -> dict[int, bytes]:
        """What a Select or a target of an AccessSpec may look at."""
        return {bank: bytes(held) for bank, held in self._banks.items() if bank != Bank.RESERVED}

    def read(self, bank: int, pointer: int, words: int, password: int) -> bytes | Failure:
        """`words` from word `pointer` on; 0 is all from there."""
        if not self._admits(password):
            return Failure.SILENT
        if bank == Bank.RESERVED and self._is_shut(bank, pointer, password):
            return Failure.LOCKED
        held = self._banks[Bank(bank)]
        begin = pointer * _WORD
        end = begin + words * _WORD if words else len(held)
        if end > len(held) or begin >= len(held):
            return Failure.OVERRUN
        return bytes(held[begin:end])

    def write(
        self, bank: int, pointer: int, data: bytes, password: int
    ) -> tuple[int, Failure | None]:
        """How many words were written, and what ended it before the last one."""
        if not self._admits(password):
            return 0, Failure.SILENT
        held = self._banks[Bank(bank)]
        begin = pointer * _WORD
        if begin + len(data) > len(held):
            return 0, Failure.OVERRUN
        if self._is_shut(bank, pointer, password):
            return 0, Failure.LOCKED
        if self.weak:
            return 0, Failure.POWER
        words = len(data) // _WORD
        done = words if self.dies_after_words is None else min(words, self.dies_after_words)
        held[begin : begin + done * _WORD] = data[: done * _WORD]
        self._seal()
        return done, None if done == words else Failure.SILENT

    def lock(self, field: Field, *, shut: bool, for_good: bool, password: int) -> Failure | None:
        """Only a client that knows a password other than 0 may lock (Gen2 §6.3.2.12.3.5)."""
        if password == 0 or not self._admits(password):
            return Failure.SILENT
        if self.weak:
            return Failure.POWER
        if field in self.permanent:
            return None if shut == (field in self.locked) else Failure.LOCKED
        (self.locked.add if shut else self.locked.discard)(field)
        if for_good:
            self.permanent.add(field)
        return None

    def _admits(self, password: int) -> bool:
        """A tag does not answer a wrong password; without one, 0, it is open, not secured."""
        return password in (0, self.access_password)

    def _is_shut(self, bank: int, pointer: int, password: int) -> bool:
        match bank:
            case Bank.RESERVED:
                field = Field.KILL_PASSWORD if pointer < 2 else Field.ACCESS_PASSWORD
            case Bank.EPC:
                field = Field.EPC
            case Bank.TID:
                return True  # written by the chip's maker
            case _:
                field = Field.USER
        if field not in self.locked:
            return False
        secured = self.access_password != 0 and password == self.access_password
        return field in self.permanent or not secured

    def _seal(self) -> None:
        """The StoredCRC is the tag's own work (Gen2 §6.3.2.1.2.1)."""
        covered = self._banks[Bank.EPC][_PC_OFFSET : _EPC_OFFSET + len(self.epc)]
        self._banks[Bank.EPC][:_PC_OFFSET] = pack(">H", crc_hqx(covered, 0xFFFF) ^ 0xFFFF)
