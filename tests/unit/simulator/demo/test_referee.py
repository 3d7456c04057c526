"""The referee: a good run is good, and each thing that can go wrong shows in its own figure."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

import pytest

from simulator.demo.referee import Crossing, Entry, Referee, Score, Told

Direction = Literal["in", "out"]

TEA, SOAP = "https://id.gs1.org/01/19521141001010", "https://id.gs1.org/01/19521141003038"
QUANTITIES = {TEA: ("TEA", 12), SOAP: ("SOAP", 48)}
START_US = 1_700_000_000_000_000
MINUTE_US = 60_000_000


def pallet(name: str, item: str, cases: int = 4) -> frozenset[str]:
    contents = {f"{item}/21/{name}{number}" for number in range(cases)}
    return frozenset({f"https://id.gs1.org/00/{name}", *contents})


A, B = pallet("A", TEA), pallet("B", SOAP)
SSCC_A = "https://id.gs1.org/00/A"


@dataclass
class Run:
    """What a referee is given. As it comes, A and B went in and A left, and all is right."""

    crossings: list[Crossing] = field(default_factory=list)
    published: list[Told] = field(default_factory=list)
    books: list[Entry] = field(default_factory=list)
    stock: dict[str, int] = field(default_factory=dict)

    def score(self) -> Score:
        published = {told.event_id: told for told in self.published}
        return Referee(QUANTITIES, self.crossings, published).score(self.books, self.stock)

    def say(self, told: Told, unheard: bool = False) -> None:
        """Publish it and put it into the books, as the ledger's API shows it."""
        if not unheard:
            self.published.append(told)
        moves = told.kind == "movement"
        containers = frozenset(key for key in told.keys if "/00/" in key)
        unnamed = len(told.keys - containers)
        shown = replace(
            told, keys=containers if moves else frozenset(), unnamed=unnamed if moves else 0
        )
        self.books.append(Entry(shown, "booked" if moves else "stored"))


def told(
    name: str,
    keys: frozenset[str],
    minute: int,
    direction: Direction = "in",
    door: str = "door-1",
    kind: str = "movement",
) -> Told:
    return Told(name, kind, door, direction, START_US + minute * MINUTE_US + 400_000, keys)


def good_run() -> Run:
    run = Run(stock={"SOAP": 4 * 48})
    for name, keys, minute, direction, door in CROSSINGS:
        run.crossings.append(Crossing(door, direction, START_US + minute * MINUTE_US, keys))
        run.say(told(name, keys, minute, direction, door))
    return run


CROSSINGS: list[tuple[str, frozenset[str], int, Direction, str]] = [
    ("a-in", A, 0, "in", "door-1"),
    ("b-in", B, 1, "in", "door-2"),
    ("a-out", A, 2, "out", "door-1"),
]
GOOD = Score(
    truth=3,
    published=3,
    booked=3,
    lost=0,
    duplicated=0,
    wrong_direction=0,
    stock_matches=True,
    review=0,
)


def nobody_told_it(run: Run) -> None:
    del run.published[2], run.books[2]
    run.stock["TEA"] = 4 * 12


def published_but_not_booked(run: Run) -> None:
    del run.books[1]
    del run.stock["SOAP"]


def published_and_only_stored(run: Run) -> None:
    run.books[1] = replace(run.books[1], verdict="stored")
    del run.stock["SOAP"]


def review_never_arrived(run: Run) -> None:
    run.published.append(told("late", frozenset(), 2, "out", kind="exception"))


def told_twice(run: Run) -> None:
    run.say(told("again", A, 2, "out"))


def told_in_two_parts(run: Run) -> None:
    first, second = frozenset({SSCC_A}), A - {SSCC_A}
    run.published[2] = replace(run.published[2], keys=first)
    run.say(told("rest", second, 2, "out"))


def one_event_booked_twice(run: Run) -> None:
    run.books.append(run.books[2])


def nothing_crossed_there(run: Run) -> None:
    run.say(told("ghost", A, 2, "out", door="door-2"))


def told_at_another_door(run: Run) -> None:
    run.published[1] = replace(run.published[1], door="door-1")


def told_long_after(run: Run) -> None:
    run.published[1] = replace(run.published[1], event_us=run.published[1].event_us + 11_000_000)


def told_the_other_way(run: Run) -> None:
    """With the pallet's own tag alone no stock moves that could show it."""
    run.crossings[2] = replace(run.crossings[2], keys=frozenset({SSCC_A}))
    run.published[2] = replace(run.published[2], direction="in", keys=frozenset({SSCC_A}))
    run.stock["TEA"] = 4 * 12


def one_piece_too_many(run: Run) -> None:
    run.stock["SOAP"] += 1


def an_item_that_nothing_brought(run: Run) -> None:
    run.stock["LAMP"] = 6


def one_tag_in_no_event(run: Run) -> None:
    case = min(B)
    run.published[1] = replace(run.published[1], keys=B - {case})
    run.stock["SOAP"] -= 48


def most_tags_left_for_review(run: Run) -> None:
    """Two of five tags moved; the rest is for a person, and the stock agrees with that."""
    run.published[1] = replace(run.published[1], keys=frozenset(sorted(B)[:2]))
    run.say(told("review", frozenset(sorted(B)[2:]), 1, door="door-2", kind="review"))
    run.stock["SOAP"] = 48


def empty(run: Run) -> None:
    run.crossings, run.published, run.books, run.stock = [], [], [], {}


FAULTS: list[tuple[Callable[[Run], None], Score]] = [
    (nobody_told_it, replace(GOOD, published=2, booked=2, lost=1, stock_matches=False)),
    (published_but_not_booked, replace(GOOD, booked=2, lost=2, stock_matches=False)),
    (published_and_only_stored, replace(GOOD, booked=2, lost=2, stock_matches=False)),
    (review_never_arrived, replace(GOOD, lost=1)),
    (told_twice, replace(GOOD, published=4, booked=4, duplicated=1)),
    (told_in_two_parts, replace(GOOD, published=4, booked=4, duplicated=1)),
    (one_event_booked_twice, replace(GOOD, booked=4, duplicated=1)),
    (nothing_crossed_there, replace(GOOD, published=4, booked=4, duplicated=1)),
    (told_at_another_door, replace(GOOD, lost=1, duplicated=1)),
    (told_long_after, replace(GOOD, lost=1, duplicated=1)),
    (told_the_other_way, replace(GOOD, wrong_direction=1)),
    (one_piece_too_many, replace(GOOD, stock_matches=False)),
    (an_item_that_nothing_brought, replace(GOOD, stock_matches=False)),
    (one_tag_in_no_event, replace(GOOD, stock_matches=False)),
    (most_tags_left_for_review, replace(GOOD, lost=1, review=3)),
    (empty, Score(0, 0, 0, 0, 0, 0, stock_matches=True, review=0)),
]


def test_a_run_in_which_all_went_well_is_good() -> None:
    assert good_run().score() == GOOD
    assert GOOD.is_good


@pytest.mark.parametrize(("plant", "score"), FAULTS, ids=[each[0].__name__ for each in FAULTS])
def test_a_planted_fault_shows_where_it_belongs(plant: Callable[[Run], None], score: Score) -> None:
    run = good_run()
    plant(run)
    assert run.score() == score
    assert not score.is_good


def test_each_fault_alone_makes_a_score_bad() -> None:
    faults = replace(GOOD, lost=1, duplicated=2, wrong_direction=3, stock_matches=False).faults
    assert faults == ("1 lost", "2 doubled", "3 the wrong way", "the stock does not match")
    assert not replace(GOOD, lost=1).is_good
    assert not replace(GOOD, duplicated=1).is_good
    assert not replace(GOOD, wrong_direction=1).is_good
    assert not replace(GOOD, stock_matches=False).is_good
    assert not replace(GOOD, truth=0).is_good


def test_tags_left_for_review_are_neither_lost_nor_on_hand() -> None:
    run = good_run()
    run.published[1] = replace(run.published[1], keys=frozenset(sorted(B)[:3]))
    run.say(told("review", frozenset(sorted(B)[3:]), 1, door="door-2", kind="review"))
    run.stock["SOAP"] = 2 * 48

    assert run.score() == replace(GOOD, review=2)
    assert run.score().is_good


def test_what_the_books_have_was_published_also_where_nobody_heard_it() -> None:
    """A broker that was killed has forgotten its subscribers; the gateway says it again to whoever
    is there first.
    """
    run = good_run()
    run.published = run.published[:1]
    assert run.score() == GOOD


def test_an_event_that_was_not_heard_can_still_be_the_wrong_one() -> None:
    run = good_run()
    run.published = run.published[:1]
    run.books[1] = Entry(replace(run.books[1].told, direction="out"), "booked")
    run.books[2] = Entry(replace(run.books[2].told, unnamed=1), "booked")

    assert run.score() == replace(GOOD, wrong_direction=1, lost=1)


def test_a_movement_without_container_that_was_not_heard_is_of_the_nearest_crossing() -> None:
    run = good_run()
    goods = pallet("C", TEA) - {"https://id.gs1.org/00/C"}
    at_us = START_US + 2 * MINUTE_US + 8_000_000
    run.crossings.append(Crossing("door-1", "in", at_us, goods))
    run.say(Told("c-in", "movement", "door-1", "in", at_us - 900_000, goods), unheard=True)
    run.stock["TEA"] = 4 * 12

    assert run.score() == replace(GOOD, truth=4, published=4, booked=4)


def test_a_review_that_was_not_heard_may_hold_what_did_not_move_and_no_more() -> None:
    run = good_run()
    run.published[1] = replace(run.published[1], keys=frozenset(sorted(B)[:4]))
    run.say(told("review", frozenset(sorted(B)[4:]), 1, door="door-2", kind="review"), unheard=True)

    for on_hand, matches in ((2, False), (3, True), (4, True), (5, False)):
        run.stock["SOAP"] = on_hand * 48
        assert run.score() == replace(GOOD, review=1, stock_matches=matches)


def test_on_the_way_out_such_a_review_may_hold_what_is_still_on_hand() -> None:
    run = good_run()
    run.published[2] = replace(run.published[2], keys=frozenset(sorted(A)[:4]))
    run.say(told("review", frozenset(sorted(A)[4:]), 2, "out", kind="review"), unheard=True)

    for on_hand, matches in ((0, True), (1, True), (2, False)):
        run.stock["TEA"] = on_hand * 12
        assert run.score() == replace(GOOD, review=1, stock_matches=matches)
