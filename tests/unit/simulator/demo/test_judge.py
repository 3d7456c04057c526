"""The last look is after the last word."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from simulator.demo.books import Books
from simulator.demo.children import Child
from simulator.demo.judge import Judge, NoAnswer
from simulator.demo.referee import Crossing, Referee, Score

PALLET = "https://id.gs1.org/00/095211410000000019"
PATIENCE_S = 30.0  # a bound, not an expectation


def books(word: Path) -> Books:
    """A ledger whose gateway's word is a file with the ids of its movements, one a line."""

    def answer(request: httpx.Request) -> httpx.Response:
        rows = [
            {
                "event_id": event_id,
                "event_time": "2023-11-14T22:13:20.400+00:00",
                "kind": "movement",
                "verdict": "booked",
                "direction": "in",
                "read_point": "urn:door-1",
                "units": 0,
                "containers": [PALLET],
            }
            for event_id in word.read_text().split()
        ]
        name = request.url.path.rsplit("/", 1)[-1]
        page = {name: rows if name == "movements" else [], "next": None}
        return httpx.Response(200, text=json.dumps(page))

    transport = httpx.MockTransport(answer)
    return Books(httpx.AsyncClient(transport=transport, base_url="http://ledger"))


def judge(books: Books, *speakers: Child, crossings: int = 1) -> Judge:
    crossing = Crossing("urn:door-1", "in", 1_700_000_000_000_000, frozenset({PALLET}))
    return Judge(
        Referee({}, [crossing] * crossings),
        books,
        speakers,
        quiet_s=0.05,
        settle_s=0.2,
        steady_s=0.05,
        drain_s=0.2,
        look_s=0.01,
    )


async def test_what_is_said_while_the_gateway_ends_counts(tmp_path: Path) -> None:
    word = tmp_path / "word"
    says = f"trap 'echo late >> {word}; exit 0' TERM; echo first > {word}"
    script = f"{says}; while :; do sleep 0.05; done"
    gateway = Child("gateway", ("/bin/sh", "-c", script), tmp_path / "log")
    running = asyncio.create_task(gateway.run())
    async with asyncio.timeout(PATIENCE_S):
        while not (word.exists() and word.read_text()):
            await asyncio.sleep(0.01)

    score = await judge(books(word), gateway).verdict()

    await asyncio.wait_for(running, PATIENCE_S)
    assert score == Score(1, 2, 2, 0, 1, 0, stock_matches=True, review=0)


async def test_a_bad_score_is_given_when_the_time_is_over(tmp_path: Path) -> None:
    word = tmp_path / "word"
    word.write_text("")
    score = await judge(books(word)).verdict()
    assert score == Score(1, 0, 0, 1, 0, 0, stock_matches=True, review=0)


async def test_for_a_scene_without_crossings_nobody_waits(tmp_path: Path) -> None:
    word = tmp_path / "word"
    word.write_text("")
    patient = judge(books(word), crossings=0)
    patient.settle_s = patient.drain_s = 1e9
    score = await asyncio.wait_for(patient.verdict(), PATIENCE_S)
    assert score == Score(0, 0, 0, 0, 0, 0, stock_matches=True, review=0)


async def test_a_ledger_that_does_not_answer_is_named() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    client = httpx.AsyncClient(transport=httpx.MockTransport(away), base_url="http://ledger")
    with pytest.raises(NoAnswer, match=r"^http://ledger: the ledger did not answer for 0\.2 s$"):
        await asyncio.wait_for(judge(Books(client)).verdict(), PATIENCE_S)
