"""What may be written to a tag, to which tag, and whether it is there then: rules without a reader.

The theory in one page. Writing to a tag is the one thing that a reader does which cannot be taken
back by looking again, and it is done by radio: whoever is in the field may be meant. So

    1. exactly one tag was heard at the antenna, or nothing is written;
    2. what is written is for *that* tag: it is singulated by its TID, which the chip's maker gave
       it and nobody can change, where the TID says that it has a serial number (TDS 2.1 §16.2.1);
       else by the EPC it has now, which another tag may have too, and that is said;
    3. the protocol-control word (PC) is written with the EPC, since its first five bits are the
       EPC's length (Gen2 §6.3.2.1.2.2): a tag with a new EPC and an old length is another tag;
    4. nothing is believed but what is read back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from drivers.base import Bank, ReadWords, TagRead, Target, WriteWords
from gateway.core.event_id import event_id
from gs1 import keys
from gs1.epc import codec
from gs1.epc.model import Unencodable
from gs1.keys import Sgtin, Sscc
from wire import instant
from wire.event import ObjectEvent, Place

PC_WORD = 1  # of the EPC bank: behind the CRC
EPC_BIT = 0x20
PC_BIT = 0x10
PC_OF_THE_TAG = 0x0600  # UMI and XI, bits 15h and 16h: many tags work them out themselves
PC_LOW_BYTE = 0x00FF  # attributes of a GS1 tag; the application family of an ISO one

TID_HEAD_WORDS = 3  # class, maker and model, and the XTID header where there is one
TID_CLASS = 0xE2  # ISO/IEC 15963: the TID is as GS1 says
XTID = 0x80  # bit 08h: an extended TID follows
XTID_SERIAL_SHIFT = 5  # the header's first three bits say how long the serial number is
NAMED_MAX = 4  # tags in a sentence


@dataclass(frozen=True, slots=True)
class Refused:
    """It is not done; the sentence says why."""

    why: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a tag shall say, and the EPC bits that say it."""

    key: str
    epc: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """The one tag that was heard."""

    epc: bytes
    pc: int | None
    tid: bytes | None

    @property
    def target(self) -> Target | Refused:
        """How it is singulated before its TID is known. A match without bits would fit any tag."""
        if self.epc:
            return Target(Bank.EPC, EPC_BIT, self.epc)
        if self.pc is not None:
            return Target(Bank.EPC, PC_BIT, self.pc.to_bytes(2))
        return Refused("the tag has no EPC, and the reader does not tell its PC")


@dataclass(frozen=True, slots=True)
class Stored:
    """What an EPC bank holds, as far as it was read: the PC may say that the EPC goes on."""

    pc: int
    epc: bytes

    def __str__(self) -> str:
        more = "..." if len(self.epc) < 2 * (self.pc >> codec.PC_LENGTH_SHIFT) else ""
        return f"PC {self.pc:04X} EPC {self.epc.hex().upper() or '(none)'}{more}"


def wanted(key: str, prefixes: Sequence[str], filter_value: int) -> Wanted | Refused:
    """The tag for `key`. `prefixes`: GS1 company prefixes of which one must begin the key.

    A key does not tell how long its company prefix is, and a wrong length is another tag.
    """
    identity = keys.parse(key)
    if identity is None:
        return Refused(f"{key}: expected a key as https://id.gs1.org/01/(GTIN)/21/(serial)")
    if identity.is_class:
        return Refused(f"{key}: a class of things: expected one with serial, /21/(serial)")
    if not isinstance(identity, Sgtin | Sscc):
        return Refused(f"{key}: expected a trade item with serial, or an SSCC")
    code = identity.gtin if isinstance(identity, Sgtin) else identity.sscc
    lengths = {len(each) for each in prefixes if code[1:].startswith(each)}
    if len(lengths) != 1:
        found = "no" if not lengths else "more than one"
        return Refused(
            f"{key}: {found} GS1 company prefix fits: expected it in --company-prefix,"
            " or in company_prefixes of [commission]"
        )
    scheme = "SGTIN-96" if isinstance(identity, Sgtin) else "SSCC-96"
    bits = codec.encode(identity, scheme, filter_value, lengths.pop())
    return Refused(bits.why) if isinstance(bits, Unencodable) else Wanted(key, bits)


def only_tag(
    reads: Sequence[TagRead], antenna: int, rssi_min_dbm: float | None, since_us: int
) -> Seen | Refused:
    """The one tag that `antenna` heard since then, loudly enough; a read without RSSI counts."""
    heard = {
        (read.epc, read.tid): read
        for read in reads
        if read.antenna == antenna
        and read.last_us >= since_us
        and (rssi_min_dbm is None or read.rssi_dbm is None or read.rssi_dbm >= rssi_min_dbm)
    }
    # A reader may tell the TID with some reads only: without one they are of that tag.
    with_tid = {bits for bits, tid in heard if tid is not None}
    tags = [read for (bits, tid), read in heard.items() if tid is not None or bits not in with_tid]
    if len(tags) == 1:
        return Seen(tags[0].epc, tags[0].pc, tags[0].tid)
    if not tags:
        level = "" if rssi_min_dbm is None else f" at {rssi_min_dbm:g} dBm or more"
        return Refused(f"antenna {antenna}: no tag was read{level}: expected one")
    named = " and ".join(sorted(map(_named, tags))[:NAMED_MAX])
    return Refused(f"antenna {antenna}: {len(tags)} tags: {named}: expected one alone")


def tid_serial_words(head: bytes) -> int:
    """How many words of serial number follow the TID's first three; 0 where it has none.

    48 bits, and 16 for each step of the header's three bits beyond the first.
    """
    if len(head) < 2 * TID_HEAD_WORDS or head[0] != TID_CLASS or not head[1] & XTID:
        return 0
    steps = head[4] >> XTID_SERIAL_SHIFT
    return steps + 2 if steps else 0


def stored(words: bytes) -> Stored:
    """From the PC word on, as it was read."""
    pc = int.from_bytes(words[:2])
    return Stored(pc, words[2 : 2 + 2 * (pc >> codec.PC_LENGTH_SHIFT)])


def writes(old_pc: int, bits: bytes) -> WriteWords:
    """PC and EPC together. Of the PC the tag keeps all but length and numbering system."""
    kept = old_pc & PC_OF_THE_TAG
    if not old_pc & codec.PC_TOGGLE:  # of an ISO tag the lower byte is no attribute
        kept |= old_pc & PC_LOW_BYTE
    pc = len(bits) // 2 << codec.PC_LENGTH_SHIFT | kept
    return WriteWords(Bank.EPC, PC_WORD, pc.to_bytes(2) + bits)


def reads_back(written: WriteWords) -> ReadWords:
    return ReadWords(written.bank, written.word, len(written.data) // 2)


def is_there(written: WriteWords, found: bytes) -> bool:
    """Whether memory holds what was written. The PC's two bits of the tag itself may differ."""
    if written.bank is not Bank.EPC:
        return found == written.data
    wanted_pc, found_pc = (int.from_bytes(each[:2]) for each in (written.data, found))
    return not (wanted_pc ^ found_pc) & ~PC_OF_THE_TAG and found[2:] == written.data[2:]


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the tag was written, and who says so."""

    gateway: str
    zone: tzinfo
    read_point: str  # URI
    biz_location: str | None
    antenna: str  # reader:port


def commissioned(
    thing: Wanted, place: Bench, at_us: int, tid: bytes | None, replaced: str
) -> ObjectEvent:
    """That a thing has its tag from now on (CBV 2.0 §7.1: commissioning)."""
    event_us = at_us // 1000 * 1000
    return ObjectEvent(
        event_id=event_id(
            event_us, place.gateway, place.antenna, "commissioning", thing.key, at_us, 1
        ),
        event_time=instant.to_text(event_us, place.zone),
        event_time_zone_offset=instant.offset_text(event_us, place.zone),
        action="ADD",
        biz_step="commissioning",
        disposition="active",
        read_point=Place(id=place.read_point),
        biz_location=Place(id=place.biz_location) if place.biz_location else None,
        gateway=place.gateway,
        kind="movement",
        epc_list=(thing.key,),
        evidence={
            **({} if tid is None else {"tid": tid.hex()}),
            "epc": thing.epc.hex(),
            "replaced": replaced,
            "antenna": place.antenna,
        },
    )


def _named(read: TagRead) -> str:
    tid = "" if read.tid is None else f" (TID {read.tid.hex().upper()})"
    return f"{read.epc.hex().upper() or 'without EPC'}{tid}"
