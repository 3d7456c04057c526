"""The soak's judge: what may be missing after a cut, and what may not."""

import pytest

from benchmarks.soak.account import RUNS_MAX, Arrivals, Connection, Verdict, epc, judge


def arrived(*numbers: int, reader: int = 3) -> Arrivals:
    arrivals = Arrivals(3)
    for number in numbers:
        arrivals.take(epc(reader, number))
    return arrivals


def test_reads_that_arrive_in_a_row_are_one_run() -> None:
    assert arrived(0, 1, 2, 5, 6, 4).closed() == [(0, 3), (5, 7), (4, 5)]


def test_reads_that_arrive_are_counted_and_those_of_another_reader_are_strange() -> None:
    mine, others = arrived(0, 1, 1), arrived(0, 1, reader=4)

    assert (mine.count, mine.strange, mine.next) == (3, 0, 2)
    assert (others.count, others.strange, others.closed()) == (0, 2, [])


def test_runs_without_end_are_not_kept() -> None:
    arrivals = arrived(*range(1, 2 * RUNS_MAX + 10, 2))

    assert (len(arrivals.closed()), arrivals.count + arrivals.strange) == (
        RUNS_MAX + 1,
        RUNS_MAX + 5,
    )


def test_all_of_it_arrived() -> None:
    connections = [Connection(0, 10, "mute"), Connection(10, 30, "end")]

    assert judge(30, connections, [(0, 30)]) == Verdict()


def test_a_cut_costs_the_end_of_its_connection() -> None:
    connections = [
        Connection(0, 10, "reset"),
        Connection(10, 15, "stop"),
        Connection(15, 15, "reset"),
        Connection(15, 30, "end"),
    ]

    assert judge(30, connections, [(0, 8), (15, 30)]) == Verdict(cut=(2, 5))


@pytest.mark.parametrize(
    ("connections", "runs", "wrong"),
    [
        (
            [Connection(0, 10, "reset"), Connection(10, 30, "end")],
            [(0, 5), (6, 30)],
            "connection 0: reads are missing before others of"
            " Connection(first=0, stop=10, end='reset')",
        ),
        (
            [Connection(0, 10, "reset"), Connection(10, 30, "end")],
            [(0, 10), (11, 30)],
            "connection 1: reads are missing before others of"
            " Connection(first=10, stop=30, end='end')",
        ),
        (
            [Connection(0, 10, "mute"), Connection(10, 30, "end")],
            [(0, 9), (10, 30)],
            "connection 0: 1 reads are missing at the end of"
            " Connection(first=0, stop=10, end='mute'), where none may be",
        ),
        (
            [Connection(0, 30, "end")],
            [(0, 29)],
            "connection 0: 1 reads are missing at the end of"
            " Connection(first=0, stop=30, end='end'), where none may be",
        ),
        (
            [Connection(0, 30, "end")],
            [(0, 20), (19, 30)],
            "read 19 came behind read 19: doubled or out of order",
        ),
        (
            [Connection(0, 30, "end")],
            [(0, 31)],
            "read 30 arrived, and 30 were reported",
        ),
        (
            [Connection(0, 10, "the client went"), Connection(10, 30, "end")],
            [(0, 30)],
            "connection 0: ended though nobody cut it: the client went",
        ),
        (
            [Connection(0, 10, "reset"), Connection(11, 30, "end")],
            [(0, 30)],
            "connection 1 began with read 11, not 10",
        ),
        (
            [Connection(0, 20, "end")],
            [(0, 20)],
            "30 reads were reported and 20 handed over",
        ),
    ],
)
def test_what_must_not_be_is_told(
    connections: list[Connection], runs: list[tuple[int, int]], wrong: str
) -> None:
    assert judge(30, connections, runs) == Verdict(wrong)


def test_a_strange_read_is_told() -> None:
    assert judge(0, [Connection(0, 0, "end")], [], 2) == Verdict(
        "2 reads of tags that it never reported"
    )
