"""The ledger on a real broker, as a process; the tests play the gateways."""

import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger.core.masterdata import ItemRow, LocationRow
from tests.contract.books import HALL, TEA, event_id, payload, received
from tests.integration.ledger_process import Folder, Ledger, folder, serving
from tests.integration.played_gateway import PlayedGateway, played
from tests.integration.processes import PATIENCE_S, mosquitto, until
from wire.event import Event
from wire.messages import Ack, Rejected
from wire.reason import Reason
from wire.topics import Source

GOODBYE_S = 10.0


def events(count: int, first: int = 1) -> list[Event]:
    """Each one case in; no two tests of one ledger may use the same numbers."""
    return [received(n, (f"s{n}",)) for n in range(first, first + count)]


def filled(path: Path, broker: int) -> Folder:
    files = folder(path, broker)
    files.take(
        [ItemRow("TEA", "Green tea", "pack", TEA, 1)],
        [LocationRow(HALL, "Hall 1", "internal", "rotterdam")],
    )
    return files


@dataclass(frozen=True)
class Site:
    """A broker and a ledger that several tests share, each with a gateway of its own."""

    broker: int
    ledger: Ledger

    def booked(self, gateway: PlayedGateway) -> list[str]:
        """The ids of all that was booked of one gateway, oldest first."""
        rows = self.ledger.walk("movements", verdict="all")
        return [row["event_id"] for row in reversed(rows) if row["source"] == gateway.source.name]

    def settled(self, gateway: PlayedGateway) -> tuple[int, int, int, int]:
        (row,) = [
            row for row in self.ledger.walk("gateways") if row["source"] == gateway.source.name
        ]
        return row["committed"], row["booked"], row["duplicates"], row["rejected"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with (
        mosquitto(tmp_path_factory.mktemp("broker")) as broker,
        serving(filled(tmp_path_factory.mktemp("ledger"), broker)) as ledger,
    ):
        ledger.until_it_hears()
        yield Site(broker, ledger)


@pytest.fixture
def gateway(site: Site, request: pytest.FixtureRequest) -> Iterator[PlayedGateway]:
    """One that was never heard of before, and is announced."""
    number = list(request.session.items).index(request.node)
    with played(site.broker, Source("rotterdam", f"gateway-{number}")) as one:
        one.announce()
        yield one


@dataclass(frozen=True)
class Lossy:
    """Gateways that lose something: what the ledger does about it takes it 15 s and more."""

    unreadable: PlayedGateway
    swallowed: PlayedGateway
    tail: PlayedGateway


@pytest.fixture(scope="module", autouse=True)
def lossy(site: Site) -> Iterator[Lossy]:
    """They speak first, so that the tests at the end of this file find it done, or nearly."""
    with ExitStack() as stack:
        gateways = [
            stack.enter_context(played(site.broker, Source("rotterdam", f"gateway-{900 + n}")))
            for n in range(3)
        ]
        for gateway, fifth in zip(gateways, (b'{"eventID": "urn:uu', None, ...), strict=True):
            gateway.announce()
            made: list[Event | bytes | None] = [*events(10, first_number(gateway))]
            if fifth is not ...:
                made[4] = fifth
            seqs = gateway.make(*made)
            gateway.send(seqs if fifth is not ... else seqs[:9])
            gateway.health()
        yield Lossy(*gateways)


def first_number(gateway: PlayedGateway) -> int:
    """Event numbers that no other test uses."""
    return 1000 * int(gateway.source.gateway.removeprefix("gateway-")) + 1000


# -- booked and acknowledged ----------------------------------------------------------------------


def test_events_are_booked_and_acknowledged(site: Site, gateway: PlayedGateway) -> None:
    """EDGE §2: `ack` is the highest settled seq with the id of its event, retained, QoS 1."""
    first = first_number(gateway)
    gateway.say(*events(3, first))

    told = gateway.until_committed(3)
    assert told == Ack(
        ledger="ledger-1",
        incarnation=1,
        n=3,
        epoch="e1",
        committed=3,
        id=event_id(first + 2),
    )
    assert site.booked(gateway) == [event_id(first + n) for n in range(3)]
    with played(site.broker, gateway.source) as new:  # Somebody who was not there.
        assert new.until_committed(3) == told


def test_a_repeat_is_acknowledged_again_and_booked_once(site: Site, gateway: PlayedGateway) -> None:
    """EDGE §2: the ledger publishes `ack` after a batch of duplicates only."""
    seqs = gateway.say(*events(2, first_number(gateway)))
    told = gateway.until_committed(2)
    heard = len(gateway.acks)

    gateway.send(seqs)

    until(lambda: len(gateway.acks) > heard, "the ack is said again")
    assert gateway.ack == told
    assert site.settled(gateway) == (2, 2, 0, 0)


def test_a_number_that_is_settled_makes_no_event_a_duplicate(
    site: Site, gateway: PlayedGateway
) -> None:
    """EDGE §2: of a seq ≤ committed an unknown id is neither booked nor acknowledged."""
    first = first_number(gateway)
    gateway.say(*events(2, first))
    told = gateway.until_committed(2)
    heard = len(gateway.acks)
    gateway.rows[2] = payload(events(1, first + 500)[0], 2)  # A database that was rolled back.

    gateway.send([2])

    until(lambda: len(gateway.acks) > heard, "the ack is said again")
    assert gateway.ack == told
    assert site.booked(gateway) == [event_id(first), event_id(first + 1)]


def test_the_ack_is_said_again_at_every_birth(site: Site, gateway: PlayedGateway) -> None:
    """EDGE §2: the ledger publishes `ack` on every birth."""
    gateway.say(*events(1, first_number(gateway)))
    told = gateway.until_committed(1)
    heard = len(gateway.acks)

    gateway.announce()

    until(lambda: len(gateway.acks) > heard, "the ack is said again")
    assert gateway.ack == told


def test_what_no_birth_announced_is_not_booked(site: Site, gateway: PlayedGateway) -> None:
    """EDGE §1: an epoch is accepted when birth announced it and its first seq is 1."""
    first = first_number(gateway)
    gateway.epoch = "e2"
    seqs = gateway.say(*events(1, first))
    gateway.epoch = "e1"
    gateway.rows.clear()
    gateway.say(*events(2, first + 10))  # Behind it on the same topic, and welcome.

    assert gateway.until_committed(2).epoch == "e1"
    assert site.booked(gateway) == [event_id(first + 10), event_id(first + 11)]
    gateway.rows.clear()
    gateway.epoch = "e2"
    gateway.make(*events(1, first))
    gateway.announce()
    gateway.send(seqs)

    until(lambda: gateway.ack.epoch == "e2", "the new epoch is open")
    assert gateway.until_committed(1).id == event_id(first)


# -- in order -------------------------------------------------------------------------------------


def test_what_comes_out_of_order_is_asked_for_and_booked_in_order(
    site: Site, gateway: PlayedGateway
) -> None:
    """EDGE §3: only committed+1 is booked; of a later one `cmd/resend {from}` is asked for."""
    first = first_number(gateway)
    gateway.answers = False
    one, two, three, four = gateway.make(*events(4, first))
    gateway.send([one])
    gateway.until_committed(1)

    gateway.send([three, four])

    until(lambda: len(gateway.resends) == 1, "what is missing is asked for")
    (asked,) = gateway.resends
    assert (asked.epoch, asked.from_seq) == ("e1", 2)
    assert gateway.committed == 1
    gateway.send([two, three, four])
    assert gateway.until_committed(4).id == event_id(first + 3)
    assert site.booked(gateway) == [event_id(first + n) for n in range(4)]
    assert len({resend.transaction for resend in gateway.resends}) == len(gateway.resends)


def test_an_invalid_event_is_rejected_with_its_reason_and_stops_no_other(
    site: Site, gateway: PlayedGateway
) -> None:
    """EDGE §2: each settled seq is one of booked, duplicate, rejected; `rejected` lists the last.

    DESIGN §4: one bad event never blocks a gateway.
    """
    first = first_number(gateway)
    good, bad, more = events(3, first)
    wrong_word = payload(bad, 2).replace(b'"OBSERVE"', b'"SEE"')
    gateway.say(good, wrong_word, good, more)  # The third says again what the first said.

    told = gateway.until_committed(4)
    assert told.rejected == (
        Rejected(
            seq=2,
            event_id=event_id(first + 1),
            reason=Reason.INVALID_EVENT,
            detail="action: Input should be 'ADD', 'OBSERVE' or 'DELETE'",
        ),
    )
    assert (told.rejected_total, told.id) == (1, event_id(first + 2))
    assert site.settled(gateway) == (4, 2, 1, 1)
    assert site.booked(gateway) == [event_id(first), event_id(first + 2)]


# -- parts that die -------------------------------------------------------------------------------


def test_a_ledger_that_is_killed_before_it_acknowledges_books_all_once(tmp_path: Path) -> None:
    """EDGE §2: the ledger publishes `ack` at start. DESIGN §1: a PUBACK proves nothing.

    First it is killed where the broker has everything and the ledger nothing, then in full work.
    """
    with mosquitto(tmp_path) as broker, played(broker) as gateway:
        files = filled(tmp_path, broker)
        gateway.announce()
        with serving(files) as ledger:
            ledger.until_it_hears()
            gateway.say(*events(1))
            gateway.until_committed(1)
            ledger.process.send_signal(signal.SIGSTOP)
            gateway.say(*events(50, first=2))
            ledger.process.kill()
            ledger.process.wait()
        with serving(files) as ledger:
            assert gateway.until_committed(51).id == event_id(51)
            dying = ledger.process
            gateway.on_ack = lambda ack: dying.kill() if ack.committed > 51 else None
            gateway.say(*events(800, first=52))  # fewer than the broker drops
            assert dying.wait(PATIENCE_S) == -signal.SIGKILL
            assert 51 < gateway.committed < 851
        with serving(files) as ledger:
            assert gateway.until_committed(851).id == event_id(851)
            booked = [row["event_id"] for row in reversed(ledger.walk("movements", limit=500))]
            assert booked == [event_id(n) for n in range(1, 852)]
            assert ledger.on_hand() == {"TEA": 851}


def test_after_a_broker_that_forgot_everything_it_goes_on(tmp_path: Path) -> None:
    """EDGE §2: a stale or missing retained `ack` is put right when the ledger connects again."""
    with ExitStack() as first_broker:
        broker = first_broker.enter_context(mosquitto(tmp_path))
        with serving(filled(tmp_path, broker)) as ledger, played(broker) as gateway:
            ledger.until_it_hears()
            gateway.announce()
            gateway.say(*events(2))
            gateway.until_committed(2)
            first_broker.close()
            ledger.until(lambda one: not one.get("/healthz")["broker"], "the ledger misses it")
            (row,) = ledger.walk("gateways")
            assert row["online"] is None  # Nobody can know.

            gateway.acks.clear()
            with mosquitto(tmp_path, broker):
                until(gateway.client.is_connected, "the gateway is connected again")
                assert gateway.until_committed(2).id == event_id(2)
                gateway.announce()
                gateway.say(*events(2, first=3))

                assert gateway.until_committed(4).id == event_id(4)
                assert ledger.get("/healthz")["status"] == "ok"
                (row,) = ledger.walk("gateways")
                assert (row["online"], row["committed"]) == (True, 4)


def test_a_terminated_ledger_ends_soon_though_pages_are_watched(tmp_path: Path) -> None:
    """One page reads its stream, one has stopped reading, one request is half sent."""
    with mosquitto(tmp_path) as broker, played(broker) as gateway:
        files = filled(tmp_path, broker)
        gateway.announce()
        with serving(files) as ledger, ExitStack() as watchers:
            stream = watchers.enter_context(ledger.client.stream("GET", "/live/events"))
            lines = stream.iter_lines()
            assert next(lines) == "event: alive"
            ledger.until_it_hears()
            stalled = watchers.enter_context(stalled_stream(files.http_port))
            half = watchers.enter_context(socket.create_connection(("127.0.0.1", files.http_port)))
            half.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
            gateway.say(*events(100))
            gateway.until_committed(100)
            assert stalled.fileno() > 0

            ledger.process.send_signal(signal.SIGTERM)

            assert ledger.process.wait(GOODBYE_S) == 0
            assert any(line == "event: stock" for line in lines)  # to the end of the stream
        assert "Traceback" not in files.log.read_text()


def stalled_stream(port: int) -> socket.socket:
    """A browser that asks for the stream and reads nothing."""
    stalled = socket.socket()
    stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stalled.connect(("127.0.0.1", port))
    stalled.sendall(b"GET /live/events HTTP/1.1\r\nHost: x\r\n\r\n")
    return stalled


# -- what is lost ---------------------------------------------------------------------------------


def test_what_cannot_be_read_is_settled_by_name(site: Site, lossy: Lossy) -> None:
    """EDGE §2: seq 5 of 10 is invalid JSON: committed reaches 10."""
    assert_settled_without(site, lossy.unreadable, Reason.UNREADABLE)


def test_what_never_arrives_is_settled_by_name(site: Site, lossy: Lossy) -> None:
    """EDGE §2: seq 5 of 10 is swallowed: committed reaches 10."""
    assert_settled_without(site, lossy.swallowed, Reason.NEVER_ARRIVED)


def assert_settled_without(site: Site, gateway: PlayedGateway, reason: Reason) -> None:
    told = gateway.until_committed(10)

    first = first_number(gateway)
    assert told.rejected == (Rejected(seq=5, reason=reason),)
    assert told.id == event_id(first + 9)
    assert site.settled(gateway) == (10, 9, 0, 1)
    assert site.booked(gateway) == [event_id(first + n) for n in range(10) if n != 4]
    assert [each.from_seq for each in gateway.resends].count(5) == 3


def test_a_missing_tail_is_asked_for_though_no_later_event_comes(site: Site, lossy: Lossy) -> None:
    """EDGE §3: `health` carries made, so that a missing tail is seen without a later event."""
    told = lossy.tail.until_committed(10)

    assert told.id == event_id(first_number(lossy.tail) + 9)
    assert (told.rejected_total, [each.from_seq for each in lossy.tail.resends]) == (0, [10])
