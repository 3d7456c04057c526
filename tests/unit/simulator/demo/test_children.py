"""A child is kept alive, as long as it will live, and is gone when it was stopped."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from simulator.demo import children, truth
from simulator.demo.children import Child, ChildFailed, call


def shell(script: str) -> tuple[str, ...]:
    return ("/bin/sh", "-c", script)


PATIENCE_S = 30.0  # a bound, not an expectation


async def until_said(log: Path, text: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not log.exists() or text not in log.read_text():
            await asyncio.sleep(0.01)


def is_gone(pid: int) -> bool:
    """Whoever inherits it may never wait for it: a zombie is as gone as one gets."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"


async def test_a_child_that_dies_is_started_again_until_it_dies_too_often(tmp_path: Path) -> None:
    child = Child("part", shell("echo x; exit 3"), tmp_path / "log")

    with pytest.raises(ChildFailed) as failed:
        await asyncio.wait_for(child.run(), PATIENCE_S)

    assert str(failed.value) == "part died 5 times in 10 s, last with 3:\n" + "\n".join(["  x"] * 5)
    assert child.starts == 5


async def test_a_child_that_is_not_restarted_says_how_it_ended(tmp_path: Path) -> None:
    child = Child("part", shell("echo why >&2; exit 3"), tmp_path / "log", is_restarted=False)

    with pytest.raises(ChildFailed, match=r"^part ended with 3:\n  why$"):
        await asyncio.wait_for(child.run(), PATIENCE_S)


async def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    child = Child("part", ("/nowhere/at-all",), tmp_path / "log", is_restarted=False)

    with pytest.raises(
        ChildFailed,
        match=r"^part ended with 127:\n  /nowhere/at-all: No such file or directory$",
    ):
        await asyncio.wait_for(child.run(), PATIENCE_S)


async def test_a_stopped_child_stays_away(tmp_path: Path) -> None:
    child = Child("part", shell("echo up; exec sleep 600"), tmp_path / "log")
    running = asyncio.create_task(child.run())
    await until_said(child.log, "up")

    await child.stop()
    await asyncio.wait_for(running, PATIENCE_S)

    assert child.starts == 1
    assert child.pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(child.pid, 0)


async def test_a_child_that_does_not_hear_is_made_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "GOODBYE_S", 0.05)
    deaf = shell("trap '' TERM; echo up; while :; do sleep 1; done")
    child = Child("part", deaf, tmp_path / "log", is_restarted=False)
    running = asyncio.create_task(child.run())
    await until_said(child.log, "up")

    await child.stop()
    await asyncio.wait_for(running, PATIENCE_S)


async def test_what_a_child_has_started_ends_with_it(tmp_path: Path) -> None:
    """It holds the child's output: while it lives, the child does not count as ended either."""
    heard: list[bytes] = []
    child = Child(
        "part", shell("sleep 600 & echo $!; wait"), tmp_path / "log", on_line=heard.append
    )
    running = asyncio.create_task(child.run())
    async with asyncio.timeout(PATIENCE_S):
        while not heard:
            await asyncio.sleep(0.01)

    await child.stop()
    await asyncio.wait_for(running, PATIENCE_S)

    async with asyncio.timeout(PATIENCE_S):
        while not is_gone(int(heard[0])):
            await asyncio.sleep(0.01)


async def test_lines_go_to_whoever_wants_them(tmp_path: Path) -> None:
    heard: list[bytes] = []
    child = Child(
        "part", shell("echo x; echo y"), tmp_path / "log", is_restarted=False, on_line=heard.append
    )

    with pytest.raises(ChildFailed, match="^part ended with 0:"):
        await asyncio.wait_for(child.run(), PATIENCE_S)
    assert heard == [b"x\n", b"y\n"]


async def test_a_line_that_nobody_understands_fails_the_child_by_name(tmp_path: Path) -> None:
    def on_line(line: bytes) -> None:
        truth.read(line)

    child = Child("site", shell("echo oops; sleep 600"), tmp_path / "log", on_line=on_line)
    with pytest.raises(ChildFailed, match=r"^site: said 'oops' \("):
        await asyncio.wait_for(child.run(), PATIENCE_S)
    await child.stop()


async def test_a_line_without_end_fails_the_child_by_name(tmp_path: Path) -> None:
    endless = shell("while :; do echo -n xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done")
    child = Child("site", endless, tmp_path / "log", on_line=lambda _: None)
    with pytest.raises(ChildFailed, match=r"^site: .*limit"):
        await asyncio.wait_for(child.run(), PATIENCE_S)
    await child.stop()


async def test_a_call_gives_the_exit_code_and_what_was_said() -> None:
    assert await call(shell("echo out; echo err >&2; exit 4")) == (4, "out\nerr")


async def test_a_call_that_is_cancelled_leaves_no_process(tmp_path: Path) -> None:
    log = tmp_path / "pid"
    calling = asyncio.create_task(call(shell(f"echo $$ > {log}; exec sleep 600")))
    await until_said(log, "\n")

    calling.cancel()
    await asyncio.gather(calling, return_exceptions=True)

    with pytest.raises(ProcessLookupError):
        os.kill(int(log.read_text()), 0)


async def test_a_child_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """The parent is a process of its own here: it starts a child, and is killed."""
    log = tmp_path / "pid"
    program = (
        "import asyncio\nfrom simulator.demo.children import call\n"
        f"asyncio.run(call(('/bin/sh', '-c', 'echo $$ > {log}; exec sleep 600')))"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program)
    await until_said(log, "\n")

    parent.kill()
    await parent.wait()

    async with asyncio.timeout(PATIENCE_S):
        while not is_gone(int(log.read_text())):
            await asyncio.sleep(0.01)


async def test_a_child_whose_parent_is_gone_already_does_not_begin() -> None:
    tether = str(Path(children.__file__).with_name("tether.py"))
    begun = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", tether, "1", *shell("kill -9 $$"))
    )
    assert await begun.wait() == 1
    assert signal.SIGKILL not in (begun.returncode, -(begun.returncode or 0))
