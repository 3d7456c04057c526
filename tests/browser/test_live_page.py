"""The live page in Chromium, on a real ledger and a real broker; the tests play the gateway."""

import re
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from ledger.core.masterdata import ItemRow, LocationRow
from tests.browser.conftest import Open
from tests.contract.books import HALL, PALLET, TEA, received
from tests.integration.ledger_process import Folder, Ledger, folder, serving
from tests.integration.played_gateway import PlayedGateway, played
from tests.integration.processes import mosquitto, until
from wire import instant
from wire.event import Event, Place
from wire.messages import Device, ReadPoint
from wire.topics import Source

pytestmark = pytest.mark.browser

PLACES = "https://id.gs1.org/414/9521141123454/254"
COFFEE = "https://id.gs1.org/01/09521141000014"
READERS = (
    Device(name="dock-1", driver="llrp", up=True),
    Device(name="dock-2", driver="llrp", up=True),
)
DOORS = tuple(
    ReadPoint(
        name=f"door-{n}",
        kind="dock_door",
        mode="live",
        read_point=f"{PLACES}/door-{n}",
        devices=(f"dock-{n}",),
    )
    for n in (1, 2)
)


@dataclass
class Site:
    """A broker, a ledger and a gateway with two doors, each with a reader of its own."""

    files: Folder
    ledger: Ledger
    gateway: PlayedGateway
    said: int = 0

    def crossed(self, serials: list[str], door: str = "door-1", way: str = "in") -> Event:
        """A pass that happened now, as an event with an id of its own."""
        self.said += 1
        return received(
            self.said,
            serials,
            biz_step="receiving" if way == "in" else "shipping",
            pallet=PALLET if len(serials) > 1 else None,
            event_time=instant.to_text(time.time_ns() // 1000),
            event_time_zone_offset="+00:00",
            read_point=Place(id=f"{PLACES}/{door}"),
        )

    def say(self, *events: Event) -> None:
        self.gateway.say(*events)
        self.gateway.until_committed(len(self.gateway.rows))

    def until_heard(self, online: bool = True) -> None:
        def is_heard() -> bool:
            return [row["online"] for row in self.ledger.walk("gateways")] == [online]

        until(is_heard, f"the ledger knows the gateway to be online: {online}")


def open_site(stack: ExitStack, path: Path) -> Site:
    broker = stack.enter_context(mosquitto(path))
    files = folder(path, broker)
    files.take(
        [
            ItemRow("TEA", "Green tea", "pack", TEA, 12),
            ItemRow("COFFEE", "Coffee", "pack", COFFEE, 6),
        ],
        [LocationRow(HALL, "Hall 1", "internal", "rotterdam")],
    )
    ledger = stack.enter_context(serving(files))
    gateway = stack.enter_context(played(broker, Source("rotterdam", "dock-gw"), DOORS))
    gateway.devices = READERS
    gateway.announce()
    site = Site(files, ledger, gateway)
    site.until_heard()
    return site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with ExitStack() as stack:
        yield open_site(stack, tmp_path_factory.mktemp("site"))


def part(page: Page, name: str) -> Locator:
    return page.locator(f'[data-live="{name}"]')


def row(page: Page, name: str, text: str) -> Locator:
    return part(page, name).locator("[data-key]").filter(has_text=text)


def counts(page: Page, door: str) -> Locator:
    """How many came in and went out."""
    return row(page, "doors", door).locator("dd")


def live(page: Page) -> None:
    expect(page.get_by_role("status").filter(has_text="Live")).to_be_visible()


# -- what it shows --------------------------------------------------------------------------------


def test_before_anything_happened_it_says_so_in_sentences(site: Site, open_page: Open) -> None:
    page = open_page(site.files.url)

    expect(part(page, "passes")).to_have_text("Nothing has passed yet.")
    expect(part(page, "alerts")).to_have_text("Nothing to look at in the last 24 hours.")
    expect(part(page, "stock")).to_have_text("No stock yet.")
    expect(part(page, "state")).to_contain_text("All 2 doors are reading.")


def test_without_its_script_the_page_is_whole(site: Site, open_page: Open) -> None:
    site.say(site.crossed(["n1", "n2"]))

    page = open_page(site.files.url, java_script_enabled=False)

    assert re.match(r"As of \d\d:\d\d:\d\d UTC", page.locator("#link").inner_text())
    assert part(page, "state").inner_text() == "● All 2 doors are reading."
    assert row(page, "doors", "door-1").locator(".words").inner_text() == "● reading"
    assert counts(page, "door-1").all_inner_texts() == ["1", "0"]
    assert row(page, "doors", "door-2").locator(".last").inner_text() == "no pass in 24 hours"
    (shown,) = part(page, "passes").locator("tr").all()
    crossed = shown.locator("time")
    happened = instant.to_text(instant.to_us(crossed.get_attribute("datetime") or ""))
    assert crossed.inner_text() == happened[11:19]
    assert shown.locator("td").all_inner_texts() == [
        f"door-1\n{happened[11:19]}",
        "→ in",
        "24 × TEA\n(00) 195211411234567899",
        "2",
    ]
    assert row(page, "stock", "TEA").locator("td").all_inner_texts() == [
        "TEA\nGreen tea",
        "Hall 1",
        "24\npack",
        f"+24\n{happened[11:19]}",
    ]
    alert = row(page, "alerts", "Receiving without document").locator("td")
    assert alert.nth(1).inner_text() == "1"
    assert "no order or despatch advice names them" in alert.nth(0).inner_text()


def test_a_movement_appears_without_a_reload(site: Site, open_page: Open) -> None:
    site.say(site.crossed(["m0"]), site.crossed(["m1"], door="door-2"))
    page = open_page(site.files.url)
    live(page)
    page.evaluate("window.untouched = true")
    on_hand = row(page, "stock", "TEA").locator("td").nth(2).locator(".what")
    had = int(on_hand.inner_text())
    ins, outs = map(int, counts(page, "door-1").all_inner_texts())
    newest = part(page, "passes").locator("tr").first
    other_door = row(page, "doors", "door-2").element_handle()

    site.say(site.crossed(["m0"], way="out"))

    expect(newest.locator("td").nth(1)).to_have_text("← out")
    expect(newest.locator("td").nth(2)).to_have_text("12 × TEA")
    expect(on_hand).to_have_text(str(had - 12))
    expect(row(page, "stock", "TEA").locator("td").nth(3).locator(".what")).to_have_text("−12")
    expect(counts(page, "door-1")).to_have_text([str(ins), str(outs + 1)])
    expect(row(page, "alerts", "Shipping without document")).to_be_visible()
    assert page.evaluate("window.untouched") is True
    assert other_door.evaluate("card => card.isConnected") is True  # It did not change: it stays.


def test_what_is_left_for_review_moves_no_stock(site: Site, open_page: Open) -> None:
    page = open_page(site.files.url)
    live(page)

    site.say(site.crossed(["r1"]).model_copy(update={"kind": "review"}))

    newest = part(page, "passes").locator("tr").first
    expect(newest.locator("td").nth(2)).to_have_text("left for review")
    expect(newest.locator("td").nth(3)).to_have_text("")


def test_instants_are_shown_in_the_time_of_who_looks(site: Site, open_page: Open) -> None:
    site.say(site.crossed(["t1"]))

    page = open_page(site.files.url, timezone_id="Asia/Tokyo")

    expect(page.locator("#zone")).to_have_text("Times are local (Asia/Tokyo).")
    crossed = part(page, "passes").locator("time").first
    utc_us = instant.to_us(crossed.get_attribute("datetime") or "")
    expect(crossed).to_have_text(instant.to_text(utc_us + 9 * 3600 * 1_000_000)[11:19])
    page.clock.install(time="2030-01-02T03:04:05Z")  # Weeks later on the same screen.
    page.reload()
    crossed = part(page, "passes").locator("time").first
    expect(crossed).to_have_text(re.compile(r"^\d+ [A-Z][a-z]+, \d\d:\d\d$"))


# -- what goes wrong ------------------------------------------------------------------------------


def test_a_gateway_that_goes_offline_shows_its_doors_as_down(site: Site, open_page: Open) -> None:
    page = open_page(site.files.url)
    live(page)
    words = part(page, "doors").locator(".words")

    site.gateway.state("offline")

    expect(words).to_have_text(["▲ down"] * 2)
    why = part(page, "doors").locator(".why")
    expect(why).to_have_text(["gateway dock-gw is offline"] * 2)
    expect(part(page, "state")).to_have_text("▲ 0 of 2 doors reading. Down: door-1, door-2.")
    site.gateway.state("online")
    expect(words).to_have_text(["● reading"] * 2)
    expect(why).to_have_count(0)


def test_a_lost_reader_shows_only_its_own_door_as_down(site: Site, open_page: Open) -> None:
    page = open_page(site.files.url)
    live(page)
    lost = Device(name="dock-2", driver="llrp", up=False, why="connection refused")

    site.gateway.health(READERS[0], lost)

    words = part(page, "doors").locator(".words")
    expect(words).to_have_text(["● reading", "▲ down"])
    expect(row(page, "doors", "door-2").locator(".why")).to_have_text("dock-2: connection refused")
    expect(part(page, "state")).to_have_text("▲ 1 of 2 doors reading. Down: door-2.")
    site.gateway.health()
    expect(words).to_have_text(["● reading"] * 2)


HOSTILE = "<script>document.title='owned'</script><b>\"'&amp;</b>\n\nevent: stock\ndata: gone"
SHOWN = "<script>document.title='owned'</script><b>\"'&amp;</b> event: stock data: gone"


def test_hostile_text_is_shown_as_text(
    tmp_path: Path, open_page: Open, complaints: list[str]
) -> None:
    """In an item, a place, a read point's name and a device's reason; first loaded, then pushed."""
    with ExitStack() as stack:
        broker = stack.enter_context(mosquitto(tmp_path))
        files = folder(tmp_path, broker)
        files.take(
            [ItemRow(HOSTILE, HOSTILE, HOSTILE, TEA, 1)],
            [LocationRow(HALL, HOSTILE, "internal", "rotterdam")],
        )
        stack.enter_context(serving(files))
        gateway = stack.enter_context(played(broker, Source("rotterdam", "dock-gw")))
        gateway.devices = (Device(name="dock-1", driver="llrp", up=False, why=HOSTILE),)
        name = "&lt;b&gt;'door'`{{7*7}}"  # The wire lets no angle bracket and no quote into a name.
        gateway.read_points = (DOORS[0].model_copy(update={"name": name, "devices": None}),)
        page = open_page(files.url)
        live(page)
        gateway.announce()
        gateway.say(received(1, ("x",), read_point=Place(id=f"{PLACES}/door-1")))

        for _ in ("pushed", "loaded"):
            stock = part(page, "stock").locator("td")
            expect(stock.nth(0)).to_have_text(SHOWN + SHOWN)
            expect(stock.nth(1)).to_have_text(SHOWN)
            expect(stock.nth(2)).to_have_text("1" + SHOWN)
            expect(part(page, "doors").locator("h3")).to_have_text(name)
            expect(part(page, "doors").locator(".why")).to_have_text(f"dock-1: {SHOWN}")
            expect(part(page, "passes").locator("td").nth(0)).to_contain_text(name)
            assert page.title() == "Readpoint: live"
            assert page.locator("main script, main b").count() == 0
            page.reload()
            live(page)


def test_a_page_whose_ledger_died_says_so_and_recovers(
    tmp_path: Path, open_page: Open, complaints: list[str]
) -> None:
    with ExitStack() as stack:
        site = open_site(stack, tmp_path)
        site.say(site.crossed(["d1"]))
        page = open_page(site.files.url)
        live(page)
        page.evaluate("window.untouched = true")
        link = page.locator("#link")

        site.ledger.process.kill()
        site.ledger.process.wait()

        expect(link).to_have_text(re.compile(r"^No connection since \d\d:\d\d:\d\d; trying again$"))
        site.gateway.say(site.crossed(["d2"]))  # The broker keeps it.
        stack.enter_context(serving(site.files))
        live(page)
        expect(row(page, "stock", "TEA").locator(".what").nth(1)).to_have_text("24")
        assert page.evaluate("window.untouched") is True
    # Of the browser alone: that its line was cut, and that nobody answered meanwhile.
    assert complaints
    lost = "Failed to load resource: net::ERR_"
    assert [text for text in complaints if not text.startswith(lost)] == []
    complaints.clear()


def test_a_page_that_hears_nothing_more_says_so(site: Site, open_page: Open) -> None:
    """The line is open and silent, as with a cable that was pulled."""
    page = open_page(site.files.url)
    page.clock.install()
    page.reload()
    live(page)

    site.ledger.process.send_signal(signal.SIGSTOP)
    try:
        page.clock.fast_forward(16_000)
        expect(page.locator("#link")).to_have_text(re.compile("^No connection since "))
    finally:
        site.ledger.process.send_signal(signal.SIGCONT)
    live(page)


def test_without_a_broker_it_says_that_nothing_new_can_come(
    tmp_path: Path, open_page: Open
) -> None:
    with ExitStack() as stack, ExitStack() as broker_stack:
        broker = broker_stack.enter_context(mosquitto(tmp_path))
        files = folder(tmp_path, broker)
        ledger = stack.enter_context(serving(files))
        gateway = stack.enter_context(played(broker, Source("rotterdam", "dock-gw"), DOORS))
        gateway.devices = READERS
        gateway.announce()
        Site(files, ledger, gateway).until_heard()
        page = open_page(files.url)
        expect(part(page, "state")).to_contain_text("All 2 doors are reading.")

        broker_stack.close()

        expect(part(page, "state")).to_contain_text("No connection to the broker")
        expect(part(page, "doors").locator(".words")).to_have_text(["○ not heard"] * 2)


# -- for everybody --------------------------------------------------------------------------------

# The contrast of each element with text of its own, by WCAG 2.2 (1.4.3): (text, ratio, size px).
CONTRASTS = """() => {
  const channels = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (text) => {
    const [r, g, b] = channels(text).map((c) => c / 255)
      .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (; element; element = element.parentElement) {
      const color = getComputedStyle(element).backgroundColor;
      if ((channels(color)[3] ?? 1) === 1) return color;
    }
    return "rgb(255, 255, 255)";
  };
  return [...document.querySelectorAll("body *")]
    .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .map((e) => {
      const [a, b] = [getComputedStyle(e).color, behind(e)].map(light).sort((x, y) => y - x);
      return [e.textContent.trim(), (a + 0.05) / (b + 0.05)];
    });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read_on_a_phone_and_on_a_wall(
    site: Site, open_page: Open, scheme: str
) -> None:
    """Contrast of 4.5 everywhere, no text under 12 px, nothing to scroll sideways."""
    site.say(site.crossed(["c1"], way="out"), site.crossed(["l1", "l2"], door="long-name-" * 10))
    site.gateway.health(READERS[0], Device(name="dock-2", driver="llrp", up=False, why="x" * 300))
    for width, height in ((390, 844), (1920, 1080)):
        page = open_page(
            site.files.url,
            color_scheme=scheme,
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
        )
        live(page)
        expect(part(page, "state")).to_contain_text("Down: door-2.")

        for marked in (False, True):
            if marked:  # As new rows are.
                page.evaluate(
                    "for (const row of document.querySelectorAll('[data-key]'))"
                    " row.classList.add('fresh')"
                )
            contrasts = page.evaluate(CONTRASTS)
            assert len(contrasts) > 50
            assert [(text, ratio) for text, ratio in contrasts if ratio < 4.5] == []
        sizes = page.evaluate(
            "[...document.querySelectorAll('body *')].map("
            "e => parseFloat(getComputedStyle(e).fontSize))"
        )
        assert min(sizes) >= 12
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    site.gateway.health()


def test_every_part_has_a_name_and_only_news_are_announced(site: Site, open_page: Open) -> None:
    page = open_page(site.files.url)
    live(page)

    names = ["Doors", "Passes", "To look at", "Stock"]
    headings = page.get_by_role("heading", level=2)
    expect(headings).to_have_text(names)
    for name in names:
        expect(page.get_by_role("region", name=name, exact=True)).to_be_visible()
    for name in names[1:]:
        table = page.get_by_role("table", name=name, exact=True)
        assert "" not in table.get_by_role("columnheader").all_inner_texts()
    # The numbers change all the time; a screen reader says only what a person must know.
    expect(page.get_by_role("status")).to_have_count(2)
    assert page.locator("[aria-live], [role=alert], [role=log]").count() == 0
