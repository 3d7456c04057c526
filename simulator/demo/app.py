"""The demo: a site, a gateway, a broker and a ledger, each a process with its real protocol.

    simulated readers --LLRP/TCP--> gateway --MQTT--> broker --MQTT--> ledger --HTTP--> us

The demo starts them, keeps them alive, watches from outside and judges what the books say by what
the scene knows to have happened.
"""

import asyncio
import contextlib
import json
import socket
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx

from simulator.demo import broker, truth
from simulator.demo.books import Books, Movement
from simulator.demo.children import Child, call
from simulator.demo.interrupt import Interrupted, interruptible, to_the_end
from simulator.demo.judge import Judge
from simulator.demo.layout import Layout, Ports, quantities
from simulator.demo.referee import Referee, Score
from simulator.demo.watch import watch

HTTP_PORT_LIKED = 8080
SHOW_S = 0.5


class DemoFailed(Exception):
    """One sentence says why there was no demo."""


@dataclass(frozen=True, slots=True)
class Options:
    doors: int
    seed: int
    seconds: float | None
    as_json: bool
    folder: Path | None  # kept when given
    http_port: int | None


@dataclass(slots=True)
class Demo:
    """One demo under way. `speakers` end before the last look at the books."""

    options: Options
    layout: Layout
    speakers: tuple[Child, ...] = ()
    referee: Referee = field(default_factory=lambda: Referee(quantities()))
    scene_done: asyncio.Event = field(default_factory=asyncio.Event)
    _shown: set[str] = field(default_factory=set)

    def hear_site(self, line: bytes) -> None:
        """One line of the site. Raises ValueError."""
        said = truth.read(line)
        if said == "done":
            self.scene_done.set()
        elif said is not None:
            self.referee.crossings.append(said)

    async def run(self) -> Score:
        """Until the time is over, or for ever where none was asked for."""
        async with httpx.AsyncClient(base_url=self.layout.url, timeout=5.0) as client:
            books = Books(client)
            await self._until_up(books)
            showing = asyncio.create_task(self._show(books))
            try:
                if self.options.seconds is None:
                    await asyncio.Event().wait()
                await self.scene_done.wait()
                return await Judge(self.referee, books, self.speakers).verdict()
            finally:
                showing.cancel()

    async def _until_up(self, books: Books) -> None:
        while not await books.is_there():
            await asyncio.sleep(0.1)
        self._print(
            f"Readpoint demo: {self.options.doors} dock doors, seed {self.options.seed}\n"
            f"  live page  {self.layout.url}/\n"
            f"  files      {self.layout.folder}\n"
        )

    async def _show(self, books: Books) -> None:
        """A line for each movement, when it is in the books."""
        while not self.options.as_json:
            with contextlib.suppress(httpx.HTTPError):
                for movement in reversed(await books.newest()):
                    if movement.event_id not in self._shown:
                        self._shown.add(movement.event_id)
                        self._print(_line(movement))
            await asyncio.sleep(SHOW_S)

    def _print(self, text: str) -> None:
        if not self.options.as_json:
            print(text, flush=True)


async def run(options: Options) -> int:
    """The exit code. Raises DemoFailed, ChildFailed, NoBroker, UsedFolder, NoAnswer, OSError."""
    try:
        with interruptible(), _folder(options.folder) as folder:
            layout = Layout(folder, _ports(options))
            layout.refuse_books()
            layout.write()
            await _take_master_data(layout)
            score = await _play(Demo(options, layout))
            unproved = await _verify(layout)
    except Interrupted as signal:
        if options.seconds is None:
            return 0
        raise DemoFailed(
            f"ended by {signal}, so nothing was judged: expected to run for {options.seconds:g} s"
        ) from None
    print(json.dumps(asdict(score)) if options.as_json else _summary(score), flush=True)
    if unproved is not None:
        raise DemoFailed(unproved)
    if score.truth == 0:
        raise DemoFailed(
            f"nothing crossed in {options.seconds or 0:g} s, so nothing is proved:"
            " expected more seconds, as --seconds 30"
        )
    if not score.is_good:
        raise DemoFailed(f"the books are not what happened: {', '.join(score.faults)}")
    return 0


async def _play(demo: Demo) -> Score:
    """Run the demo with its processes; whatever happens, they end with it."""
    children = _children(demo)
    demo.speakers = (children["site"], children["gateway"])
    watcher = watch(
        demo.layout.ports.broker,
        lambda told: demo.referee.published.update({told.event_id: told}),
    )
    running = asyncio.create_task(demo.run())
    alive = [asyncio.create_task(child.run(), name=name) for name, child in children.items()]
    try:
        waiting: set[asyncio.Task[Score] | asyncio.Task[None]] = {running, *alive}
        while not running.done():
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # raises ChildFailed
        return running.result()
    finally:
        await to_the_end(_end([running, *alive], children.values()))
        watcher.disconnect()
        watcher.loop_stop()


async def _end(tasks: Sequence[asyncio.Task[Any]], children: Iterable[Child]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for child in children:
        await child.stop()


def _children(demo: Demo) -> dict[str, Child]:
    """By name, in the order in which they are stopped: whoever speaks before whoever listens."""
    layout, options = demo.layout, demo.options
    chosen = broker.prepare(layout.folder / "broker", layout.ports.broker)
    ports = [text for port in layout.ports.readers for text in ("--port", str(port))]
    seconds = [] if options.seconds is None else ["--seconds", str(options.seconds)]
    site = _python("simulator", "site", *ports, "--seed", str(options.seed), *seconds)
    gateway = _python("gateway", "run", "--config", str(layout.gateway_toml))
    ledger = _python("ledger", "serve", "--config", str(layout.ledger_toml))
    children = (
        Child("site", site, layout.log("site"), is_restarted=False, on_line=demo.hear_site),
        Child("gateway", gateway, layout.log("gateway")),
        Child("ledger", ledger, layout.log("ledger")),
        Child("broker", chosen.command, layout.log("broker")),
    )
    return {child.name: child for child in children}


async def _take_master_data(layout: Layout) -> None:
    for file in (layout.items_csv, layout.locations_csv):
        await _call("ledger", "import", "--config", str(layout.ledger_toml), str(file))


async def _verify(layout: Layout) -> str | None:
    """Why the books do not prove themselves from their rows; None where they do."""
    try:
        await _call("ledger", "verify", "--config", str(layout.ledger_toml))
    except DemoFailed as failed:
        return str(failed)
    return None


async def _call(*arguments: str) -> None:
    code, said = await call(_python(*arguments))
    if code != 0:
        raise DemoFailed(f"{' '.join(arguments[:2])}: {said}")


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    """-P: the folder that we were started in may hold anything."""
    return (sys.executable, "-P", "-m", module, *arguments)


@contextlib.contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="readpoint-demo-") as name:
        yield Path(name)


def _ports(options: Options) -> Ports:
    """Free ones; taken all at once, so that no two are the same."""
    with contextlib.ExitStack() as held:

        def free(wanted: int = 0) -> int:
            taken = held.enter_context(socket.socket())
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", wanted))
            return int(taken.getsockname()[1])

        if options.http_port is not None:
            try:
                http = free(options.http_port)
            except OSError:
                raise DemoFailed(f"port {options.http_port} is in use") from None
        else:
            try:
                http = free(HTTP_PORT_LIKED)
            except OSError:
                http = free()
        return Ports(free(), http, tuple(free() for _ in range(options.doors)))


def _line(movement: Movement) -> str:
    pallet = movement.containers[0].rsplit("/", 1)[-1] if movement.containers else "no SSCC"
    return (
        f"{movement.event_time[11:19]}  {movement.door:<8} {movement.direction:<3}"
        f"  pallet {pallet:<18}  {movement.units:>2} cases  booked"
    )


def _summary(score: Score) -> str:
    return (
        f"\n{score.truth} pallets crossed, {score.published} movements published,"
        f" {score.booked} booked\n"
        f"lost {score.lost}, doubled {score.duplicated}, wrong way {score.wrong_direction},"
        f" tags left for review {score.review},"
        f" stock {'matches' if score.stock_matches else 'DOES NOT MATCH'}"
    )
