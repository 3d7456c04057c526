"""What a `[[reader]]` may say, what it means for the protocol, and how it is refused."""

import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from drivers.llrp.protocol.wanted import (
    After,
    AntennaWanted,
    AtEnd,
    EveryPeriod,
    EveryReads,
    FilterWanted,
    ImpinjWanted,
    LowDutyCycle,
    Never,
    OnInput,
    Periodically,
    Purpose,
    ReportField,
    SearchMode,
    Wanted,
)
from drivers.llrp.settings import LlrpSettings, Tls
from wire import toml

LEAST = """\
name = "dock-1"
host = "192.0.2.21"
antennas = [{ port = 1 }]
"""


ONE_OF_THE_MODES = 'expected 0 to 65535, "fast", "dense" or "robust"'


class Readers(BaseModel):
    reader: list[LlrpSettings]


def settings(more: str = "") -> LlrpSettings:
    return LlrpSettings.model_validate(tomllib.loads(LEAST + more))


def refused(more: str) -> list[str]:
    """What a person reads."""
    found = toml.read(f"[[reader]]\n{LEAST}{more}", Readers)
    assert isinstance(found, toml.Problems)
    return [str(problem) for problem in found.found]


def test_without_a_word_all_is_as_it_always_was() -> None:
    assert settings().wanted() == Wanted(
        device="dock-1",
        antennas=(AntennaWanted(1),),
        session=0,
        population=32,
        keepalive_us=2_000_000,
        response_us=10_000_000,
    )


def test_every_setting_reaches_the_protocol_in_its_units() -> None:
    said = settings("""
llrp_version = "1.1"
session = 2
population = 64
mode = 1002
tari_us = 6.25
hop_table = 2
filters = [{ epc_prefix = "3034" }, { epc_prefix = "313", action = "exclude" }]
start = { periodic_s = 60, offset_s = 0.5 }
stop = { after_s = 5.5 }
report = { every_s = 1.5 }
report_fields = ["rssi", "last_seen", "accessspec_id"]
keepalive_s = 1.5
response_s = 3
[impinj]
search_mode = "single_focus"
phase = false
doppler = true
rssi_hundredths = false
tid = true
link_monitor = false
low_duty_cycle = { empty_s = 0.5, ping_s = 0.2 }
""")

    assert said.wanted() == Wanted(
        device="dock-1",
        antennas=(AntennaWanted(1),),
        session=2,
        population=64,
        keepalive_us=1_500_000,
        response_us=3_000_000,
        mode=1002,
        tari_ns=6_250,
        hop_table=2,
        filters=(FilterWanted("3034"), FilterWanted("313", include=False)),
        start=Periodically(60_000, 500),
        stop=After(5_500),
        report=EveryPeriod(1_500),
        report_fields=(ReportField.RSSI, ReportField.LAST_SEEN, ReportField.ACCESSSPEC_ID),
        impinj=ImpinjWanted(
            SearchMode.SINGLE_FOCUS,
            doppler=True,
            tid=True,
            low_duty_cycle=LowDutyCycle(500, 200),
        ),
        llrp_version=2,
    )


def test_antennas_have_powers_and_sensitivities_and_channels_are_khz() -> None:
    said = LlrpSettings.model_validate(
        tomllib.loads("""
name = "dock-1"
host = "192.0.2.21"
antennas = [{ port = 1, power_dbm = 27.5, sensitivity_dbm = -70 }, { port = 3 }]
channels_mhz = [865.7, 866.3]
mode = "dense"
""")
    ).wanted()

    assert said.antennas == (AntennaWanted(1, 27.5, -70.0), AntennaWanted(3))
    assert said.channels_khz == (865_700, 866_300)
    assert said.mode is Purpose.DENSE


def test_the_defaults_of_impinj_hold_where_the_table_is_there() -> None:
    assert settings("impinj = {}").wanted().impinj == ImpinjWanted(
        SearchMode.DUAL, phase=True, rssi_hundredths=True, link_monitor=True
    )


def test_reading_may_begin_and_end_with_an_input() -> None:
    said = settings("""
start = { gpi = 1 }
stop = { gpi = 2, high = false, timeout_s = 9 }
""").wanted()

    assert (said.start, said.stop) == (OnInput(1), OnInput(2, high=False, timeout_ms=9_000))
    assert settings("stop = { gpi = 2 }").wanted().stop == OnInput(2)
    assert settings('start = "immediate"\nstop = "never"').wanted().stop == Never()


def test_reports_come_by_reads_or_at_the_end() -> None:
    at_end = settings("report = { at_end = true }\nstop = { after_s = 5 }")

    assert settings("report = { every_reads = 8 }").wanted().report == EveryReads(8)
    assert settings("report = { every_s = 2 }").wanted().report == EveryPeriod(2_000)
    assert at_end.wanted().report == AtEnd()


def test_tls_has_a_port_of_its_own() -> None:
    assert settings().port == 5084
    assert settings("tls = {}").port == 5085
    assert settings("tls = {}\nport = 5084").port == 5084
    assert settings('tls = { ca_file = "ca.pem", server_name = "dock-1" }').tls == Tls(
        ca_file=Path("ca.pem"), server_name="dock-1"
    )


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (
            "tls = { cert_file = 'c' }",
            "line 5: reader[0].tls: cert_file and key_file come together",
        ),
        ("tari_us = 6.25", "line 1: reader[0]: tari_us: goes only with a mode"),
        (
            "hop_table = 1\nchannels_mhz = [865.7]",
            "line 1: reader[0]: hop_table and channels_mhz: expected one of them",
        ),
        (
            "report = { at_end = true }",
            "line 1: reader[0]: report at_end: expected a stop, for what never stops has no end",
        ),
        (
            'report_fields = ["rssi"]',
            "line 1: reader[0]: report_fields: expected first_seen or last_seen,"
            " for a read that was held is old",
        ),
        (
            "report = { every_s = 1 }\nstop = { after_s = 5 }",
            'line 1: reader[0]: report every_s with a start or stop: expected llrp_version = "1.1",'
            " for LLRP 1.0.1 has no timer for reports",
        ),
        (
            "report = { every_s = 1, every_reads = 1 }",
            "line 5: reader[0].report: expected one of every_reads, every_s, at_end",
        ),
        ("report = {}", "line 5: reader[0].report: expected one of every_reads, every_s, at_end"),
        (
            "start = { periodic_s = 5, gpi = 1 }",
            "line 5: reader[0].start: expected periodic_s or gpi, not both",
        ),
        (
            "start = { periodic_s = 5, high = false }",
            "line 5: reader[0].start: high: goes only with gpi",
        ),
        (
            "start = { gpi = 1, offset_s = 1 }",
            "line 5: reader[0].start: offset_s: goes only with periodic_s",
        ),
        (
            "stop = { after_s = 5, timeout_s = 9 }",
            "line 5: reader[0].stop: timeout_s: goes only with gpi",
        ),
        (
            "stop = { after_s = 5, gpi = 1 }",
            "line 5: reader[0].stop: expected after_s or gpi, not both",
        ),
        (
            'filters = [{ epc_prefix = "30x" }]',
            "line 5: reader[0].filters[0].epc_prefix: expected 1 to 63 hex digits",
        ),
        ('start = "now"', 'line 5: reader[0].start: expected "immediate" or a table'),
        ('mode = "quick"', f"line 5: reader[0].mode: {ONE_OF_THE_MODES}"),
        ("mode = 65536", f"line 5: reader[0].mode: {ONE_OF_THE_MODES}"),
        ("mode = {}", f"line 5: reader[0].mode: {ONE_OF_THE_MODES}"),
        ("mode = true", f"line 5: reader[0].mode: {ONE_OF_THE_MODES}"),
        (
            "impinj = { serach_mode = 'dual' }",
            'line 5: reader[0].impinj.serach_mode: unknown key; did you mean "search_mode"?',
        ),
        (
            "start = { periodic = 5 }",
            'line 5: reader[0].start.periodic: unknown key; did you mean "periodic_s"?',
        ),
    ],
)
def test_what_no_reader_can_do_is_refused_in_a_sentence(more: str, why: str) -> None:
    assert refused(more) == [why]
