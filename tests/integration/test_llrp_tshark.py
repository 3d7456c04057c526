"""Every message that we send, as a dissector that others wrote reads it (Debian's tshark)."""

import re
import shutil
import struct
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.base import Bank, LockBank, ReadWords, Target, WriteWords
from drivers.llrp.protocol import control
from drivers.llrp.protocol.access_spec import Access, add_accessspec, named_accessspec
from drivers.llrp.protocol.framing import Frame, encode_message
from drivers.llrp.protocol.rospec import AntennaPlan, RfControl, RoSpecPlan
from drivers.llrp.protocol.tables import MessageType
from drivers.llrp.protocol.vendor_config import enable_impinj_extensions, link_monitor
from drivers.llrp.protocol.wanted import (
    After,
    EveryPeriod,
    FilterWanted,
    ImpinjWanted,
    LowDutyCycle,
    OnInput,
    Periodically,
    SearchMode,
)

LLRP_PORT = 5084
RAW_IP = 101  # the capture's link type: packets begin with their IP header
TSHARK = shutil.which("tshark")
SECONDS_MAX = 120  # a bound, not an expectation

pytestmark = pytest.mark.skipif(TSHARK is None, reason="no tshark: apt-get install tshark")

PLAN = RoSpecPlan((AntennaPlan(1, 81), AntennaPlan(4)), session=2, population=60)
ALL_THAT_THERE_IS = replace(
    PLAN,
    antennas=(AntennaPlan(1, 81, sensitivity_index=3, hop_table=2, channel=5),),
    rf_control=RfControl(2, 20_000),
    filters=(FilterWanted("303"), FilterWanted("3034F4", include=False)),
    start=OnInput(3),
    stop=OnInput(4, high=False, timeout_ms=9_000),
    impinj=ImpinjWanted(
        SearchMode.DUAL,
        phase=True,
        doppler=True,
        rssi_hundredths=True,
        tid=True,
        link_monitor=True,
        low_duty_cycle=LowDutyCycle(500, 200),
    ),
    impinj_channels=(1, 3),
)


def pcap(frames: list[Frame]) -> bytes:
    """A capture of one TCP connection, in which each message is a packet to a reader."""
    captured = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 0xFFFF, RAW_IP)
    sequence = 1
    for number, frame in enumerate(frames):
        data = encode_message(frame)
        push = 0x18  # PSH and ACK
        tcp = struct.pack(">HHIIBBHHH", 40_000, LLRP_PORT, sequence, 1, 0x50, push, 8192, 0, 0)
        size = 20 + len(tcp) + len(data)
        ends = bytes([192, 0, 2, 1, 192, 0, 2, 21])
        ip = struct.pack(">BBHHHBBH", 0x45, 0, size, number, 0, 64, 6, 0) + ends
        captured += struct.pack("<IIII", number, 0, size, size) + ip + tcp + data
        sequence += len(data)
    return captured


def dissected(folder: Path, *frames: Frame) -> list[str]:
    """What tshark prints of each message's LLRP, in their order."""
    path = folder / "sent.pcap"
    path.write_bytes(pcap(list(frames)))
    assert TSHARK is not None
    command = [TSHARK, "-r", str(path), "-Y", "llrp", "-V"]
    said = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=SECONDS_MAX
    ).stdout
    packets = re.split(r"^Low Level Reader Protocol$", said, flags=re.MULTILINE)[1:]
    return [re.split(r"^Frame ", each, flags=re.MULTILINE)[0] for each in packets]


def marks(said: str) -> list[str]:
    """What tshark complains of."""
    return [line for line in said.splitlines() if re.search("alformed|nknown|nvalid", line)]


def test_every_message_is_read_whole(tmp_path: Path) -> None:
    plans = [
        PLAN,
        ALL_THAT_THERE_IS,
        replace(PLAN, start=Periodically(60_000, 500), stop=After(5_000)),
        replace(PLAN, report=EveryPeriod(2_000)),
    ]
    operations = (ReadWords(Bank.TID, 0, 6), WriteWords(Bank.EPC, 1, bytes(14)), LockBank(Bank.EPC))
    frames = [
        control.get_supported_version(),  # tshark takes SET_PROTOCOL_VERSION's byte for a header's
        control.get_reader_capabilities(),
        enable_impinj_extensions(),
        control.get_rospecs(),
        control.set_reader_config(5_000, hold=True, vendor=link_monitor()),
        control.set_reader_config(5_000, hold=False),
        control.set_outputs({1: True, 4: False}),
        control.enable_inputs((1, 2)),
        control.get_reader_config(),
        control.get_impinj_temperature(),
        control.enable_events_and_reports(),
        control.stop_rospec(77),
        control.delete_rospec(77),
        *[control.add_rospec(plan) for plan in plans],
        control.enable_rospec(PLAN.rospec_id),
        control.start_rospec(PLAN.rospec_id),
        add_accessspec(Access(1, Target(Bank.TID, 0, bytes(12)), operations, 1, 0), 1, 1),
        named_accessspec(MessageType.ENABLE_ACCESSSPEC, 1),
        named_accessspec(MessageType.DELETE_ACCESSSPEC, 0),
        control.keepalive_ack(),
        control.close_connection(),
    ]
    said = dissected(tmp_path, *frames)

    assert [int(re.findall(r"Type: .*\((\d+)\)", each)[0]) for each in said] == [
        frame.type for frame in frames
    ]
    assert [line for each in said for line in marks(each)] == []


def test_a_message_that_is_cut_short_would_be_marked(tmp_path: Path) -> None:
    whole = control.add_rospec(PLAN)
    (said,) = dissected(tmp_path, whole._replace(body=whole.body[:-2]))

    assert marks(said) != []


def test_a_parameter_that_nobody_knows_would_be_marked(tmp_path: Path) -> None:
    unknown = bytes.fromhex("03e70004")
    frame = Frame(20, 1, unknown)
    (said,) = dissected(tmp_path, frame)

    assert marks(said) != []


def test_what_is_asked_for_is_read_with_its_values(tmp_path: Path) -> None:
    (said,) = dissected(tmp_path, control.add_rospec(ALL_THAT_THERE_IS))
    values = [
        line.split("= ")[-1].strip()
        for line in said.splitlines()
        if re.match(
            r"\s+([01. ]+ = )?(GPI|Timeout|Tag mask|Action|Mode|Tari|Session|Inventory s)", line
        )
    ]

    assert values == [
        *("GPI Port Number: 3", "GPI event: Yes", "Timeout: 0"),
        *("GPI Port Number: 4", "GPI event: No", "Timeout: 9000"),
        *("Tag mask: 3030", "Action: 0", "Tag mask: 3034f4", "Action: 3"),
        *("Mode index: 2", "Tari: 20000", "Session: 2"),
        "Inventory search mode: Dual target (2)",
    ]
