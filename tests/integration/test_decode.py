"""readpoint-gateway decode as a process: a line of JSON for each line, whatever the lines are."""

import json
import subprocess
import sys
from pathlib import Path
from random import Random

GOOD = [
    b'{"epc":"3074257BF7194E4000001A85","pc":"3000"}',
    b'{"barcode":"]C10109521141012345"}',
    b'{"barcode":"BIN 7"}',
]
BAD = [b"", b"{", b"[]", b"\xff\xfe", b'{"epc":"zz"}', b'{"barcode":null}', b"\r", b"x" * 200_000]
KEYS = ["key", "scheme", "ai", "epc_uri", "filter", "symbology", "error"]


def run(*arguments: str, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "gateway", "decode", *arguments],
        input=given,
        capture_output=True,
        timeout=60,
        check=False,
    )


def mixed() -> list[bytes]:
    random = Random(4)
    noise = [random.randbytes(random.randrange(300)).replace(b"\n", b"") for _ in range(300)]
    asked = [b'{"epc":"%s"}' % random.randbytes(random.randrange(63)).hex().encode() for _ in noise]
    codes = [json.dumps({"barcode": line.decode("latin-1")}).encode() for line in noise]
    lines = [*GOOD * 20, *BAD, *noise, *asked, *codes]
    random.shuffle(lines)
    return lines


def test_a_mixed_file_is_answered_line_by_line(tmp_path: Path) -> None:
    lines = mixed()
    path = tmp_path / "in.ndjson"
    path.write_bytes(b"\n".join(lines) + b"\n")

    done = run(str(path))

    assert (done.returncode, done.stderr) == (0, b"")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(lines)
    assert all(list(each) == KEYS for each in answers)
    told = {line: each for line, each in zip(lines, answers, strict=True) if line in GOOD + BAD}
    assert [told[line]["key"] for line in GOOD] == [
        "https://id.gs1.org/01/80614141123458/21/6789",
        "https://id.gs1.org/01/09521141012345",
        "urn:readpoint:code:BIN%207",
    ]
    assert [told[line]["error"] for line in BAD] == [
        "line_empty",
        "line_not_json",
        "line_not_json",
        "line_not_json",
        "line_not_understood",
        "line_not_understood",
        "line_empty",
        "line_too_long",
    ]
    assert run("-", given=path.read_bytes()).stdout == done.stdout


def test_the_last_line_needs_no_end_and_no_line_needs_no_answer() -> None:
    assert run("-", given=GOOD[2]).stdout.count(b"\n") == 1
    assert run("-").stdout == b""


def test_a_writer_that_waits_for_each_answer_gets_it() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "gateway", "decode", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        for _ in range(3):
            child.stdin.write(GOOD[2] + b"\n")
            child.stdin.flush()
            assert json.loads(child.stdout.readline())["error"] is None
        child.stdin.close()
    assert child.returncode == 0


def test_a_reader_that_has_enough_ends_it_quietly(tmp_path: Path) -> None:
    path = tmp_path / "in.ndjson"
    path.write_bytes((GOOD[2] + b"\n") * 20_000)
    command = f"{sys.executable} -m gateway decode {path} | head -n 1"

    done = subprocess.run(command, shell=True, capture_output=True, timeout=60, check=False)

    assert done.stdout.count(b"\n") == 1
    assert done.stderr == b""


def test_a_file_that_is_not_there_and_a_region_that_is_none_are_told(tmp_path: Path) -> None:
    absent = run(str(tmp_path / "absent"))
    assert absent.returncode == 1
    assert b"No such file" in absent.stderr
    assert run("-", "--region", "xx").returncode == 2
    assert run("-", "--region", "se", given=b'{"barcode":"2388060112344"}').stdout.startswith(
        b'{"key":"urn:readpoint:code:2388060100006"'
    )
