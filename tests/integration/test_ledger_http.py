"""The ledger's HTTP side and its commands, in processes; no broker is in reach."""

import base64
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest

from ledger.core.batch import Arrived
from ledger.core.masterdata import ItemRow, LocationRow
from ledger.store.engine import open_writer
from tests.contract.books import DOCK, HALL, PALLET, TEA, case, event_id, received, told
from tests.integration.ledger_process import Folder, Ledger, folder, serving
from tests.integration.processes import command, free_port
from wire.event import Place
from wire.topics import Source

GATE = Source("utrecht", "gate-1")  # its events are in another chain than those of DOCK
ANNOUNCED = {DOCK.name: "e1", GATE.name: "e1"}
DOOR = "https://id.gs1.org/414/9521141123454/254/door-1"
UNKNOWN_ITEM = "https://id.gs1.org/01/09521141098769"
LONG_SKU, LONG_PLACE = "茶" * 200, "urn:x:" + "倉" * 194  # as long as master data may be
RECORDED_US = 1_795_400_000_000_000
RECORDED = "2026-11-23T02:13:20.000+00:00"


def batch_of_dock(first: int) -> list[Arrived]:
    """Four events: a pallet in, a case out, an item that nobody knows, a review."""
    stranger = received(first + 2).model_copy(update={"epc_list": (f"{UNKNOWN_ITEM}/21/{first}",)})
    return told(
        received(first, (f"{first}a", f"{first}b"), pallet=PALLET, read_point=Place(id=DOOR)),
        received(first + 1, (f"{first}a",), biz_step="shipping", read_point=Place(id=DOOR)),
        stranger,
        received(first + 3, (f"{first}c",), kind="review"),
        first=first,
    )


def batch_of_gate(first: int) -> list[Arrived]:
    there = Place(id=LONG_PLACE) if first == 1 else Place(id=HALL)
    into = received(100 + first, (f"g{first}",)).model_copy(update={"biz_location": there})
    return told(into, received(101 + first, (f"h{first}",)), first=first, source=GATE)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    files = folder(tmp_path_factory.mktemp("books"))
    files.take(
        [
            ItemRow("TEA", "Green tea", "pack", TEA, 12),
            ItemRow(LONG_SKU, "Long", "pack", "https://id.gs1.org/01/09521141000014", 1),
        ],
        [
            LocationRow(HALL, "Hall 1", "internal", "rotterdam"),
            LocationRow(LONG_PLACE, "Far", "internal", "utrecht"),
        ],
    )
    # Two gateways in one batch: their events have one record time.
    long = told(
        received(9, ()).model_copy(
            update={
                "epc_list": ("https://id.gs1.org/01/09521141000014/21/1",),
                "biz_location": Place(id=LONG_PLACE),
            }
        ),
        first=9,
    )
    files.book(
        ([*batch_of_dock(1), *batch_of_gate(1)], RECORDED_US),
        ([*batch_of_dock(5), *batch_of_gate(3), *long], RECORDED_US + 2_000_000),
        announced=ANNOUNCED,
    )
    return files


@pytest.fixture(scope="module")
def ledger(books: Folder) -> Iterator[Ledger]:
    with serving(books) as process:
        yield process


# -- what it answers ------------------------------------------------------------------------------


def test_without_a_broker_it_serves_and_says_that_it_is_degraded(ledger: Ledger) -> None:
    health = ledger.get("/healthz")

    assert health == {
        "status": "degraded",
        "broker": False,
        "ledger": "ledger-1",
        "version": "0.1.0",
        "booked": 0,
        "ignored": 0,
        "dropped": 0,
    }


def test_a_stock_row_says_what_is_where_in_base_units(ledger: Ledger) -> None:
    (row,) = ledger.get("/api/v1/stock", item="TEA", location=HALL)["stock"]

    assert row == {
        "item": "TEA",
        "description": "Green tea",
        "unit": "pack",
        "unresolved": False,
        "location": HALL,
        "location_name": "Hall 1",
        "kind": "internal",
        "site": "rotterdam",
        "quantity": 12 * (2 + 3),  # of each pallet one case is left; the gate brought three
    }


def test_a_unit_that_the_books_know_is_told_with_its_place(ledger: Ledger) -> None:
    assert ledger.get("/api/v1/units", key=case("h3"))["units"] == [
        {
            "key": case("h3"),
            "location": HALL,
            "location_name": "Hall 1",
            "kind": "internal",
            "site": "rotterdam",
            "event_time": "2026-11-22T07:01:44.000+00:00",
        }
    ]


def test_a_unit_that_the_books_do_not_know_is_nowhere(ledger: Ledger) -> None:
    assert ledger.get("/api/v1/units", key="https://id.gs1.org/00/0") == {"units": []}


def test_an_item_that_nobody_knows_is_found_by_its_key(ledger: Ledger) -> None:
    (row,) = ledger.get("/api/v1/stock", item=UNKNOWN_ITEM)["stock"]

    assert (row["unresolved"], row["unit"], row["quantity"]) == (True, "read", 2)


def test_only_internal_places_hold_stock_unless_others_are_asked_for(ledger: Ledger) -> None:
    kinds = {
        kind: {row["kind"] for row in ledger.walk("stock", kind=kind)}
        for kind in ("internal", "unknown", "customer", "all")
    }

    assert kinds == {
        "internal": {"internal"},
        "unknown": {"unknown"},
        "customer": set(),
        "all": {"internal", "unknown"},
    }
    assert ledger.walk("stock") == ledger.walk("stock", kind="internal")


def test_the_stock_of_all_places_adds_up_to_nothing(ledger: Ledger) -> None:
    total: dict[str, int] = {}
    for row in ledger.walk("stock", kind="all"):
        total[row["item"]] = total.get(row["item"], 0) + row["quantity"]

    assert total == {"TEA": 0, UNKNOWN_ITEM: 0, LONG_SKU: 0}


def test_a_movement_tells_its_lines_and_its_containers(ledger: Ledger) -> None:
    movements = ledger.get("/api/v1/movements")["movements"]

    (movement,) = [each for each in movements if each["event_id"] == event_id(1)]
    assert movement == {
        "event_id": event_id(1),
        "event_time": "2026-11-22T07:00:01.000+00:00",
        "record_time": RECORDED,
        "source": "rotterdam/dock-1",
        "kind": "movement",
        "verdict": "booked",
        "biz_step": "receiving",
        "direction": "in",
        "read_point": DOOR,
        "units": 2,
        "containers": [PALLET],
        "lines": [
            {"item": "TEA", "location": HALL, "quantity": 24},
            {"item": "TEA", "location": "unknown:rotterdam", "quantity": -24},
        ],
    }


def test_movements_come_newest_first_and_stored_ones_only_when_asked_for(ledger: Ledger) -> None:
    everything = ledger.walk("movements", verdict="all")
    records = [row["record_time"] for row in everything]

    assert records == sorted(records, reverse=True)
    assert ledger.walk("movements") == [r for r in everything if r["verdict"] == "booked"]
    stored = ledger.walk("movements", verdict="stored")
    assert [(row["kind"], row["event_id"], row["lines"]) for row in stored] == [
        ("review", event_id(8), []),
        ("review", event_id(4), []),
    ]
    assert len(everything) == 13


def test_gateways_say_how_far_their_events_are_settled(ledger: Ledger) -> None:
    answer = ledger.get("/api/v1/gateways")

    silent: dict[str, object] = {"epoch": "e1", "online": None, "made": None}
    assert answer == {
        "gateways": [
            {"source": "rotterdam/dock-1", **silent}
            | {"committed": 9, "booked": 9, "duplicates": 0, "rejected": 0},
            {"source": "utrecht/gate-1", **silent}
            | {"committed": 4, "booked": 4, "duplicates": 0, "rejected": 0},
        ],
        "next": None,
    }


# -- pages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("stock", {"kind": "all"}),
        ("stock", {"kind": "internal", "item": "TEA"}),
        ("movements", {"verdict": "all"}),
        ("movements", {"verdict": "booked"}),
        ("gateways", {}),
    ],
)
def test_all_pages_together_are_the_whole_list(
    ledger: Ledger, name: str, asked: dict[str, str]
) -> None:
    whole = ledger.get(f"/api/v1/{name}", limit=500, **asked)

    assert whole["next"] is None
    assert len(whole[name]) >= 2
    for limit in (1, 2, len(whole[name])):
        assert ledger.walk(name, limit=limit, **asked) == whole[name]


def test_a_walk_sees_each_movement_once_whatever_is_booked_meanwhile(tmp_path: Path) -> None:
    files = folder(tmp_path)
    files.take([ItemRow("TEA", "Green tea", "pack", TEA, 12)])
    files.book((batch_of_dock(1), RECORDED_US), announced=ANNOUNCED)
    with serving(files) as ledger:
        first = ledger.walk("movements")
        seen = walk_while_booking(ledger, files, [*batch_of_dock(5), *batch_of_gate(1)], 0)
        assert [row for row in seen if row in first] == first  # in one instant, one may slip in
        second = ledger.walk("movements")
        assert len(second) == len(first) + 5

        seen = walk_while_booking(ledger, files, batch_of_gate(3), 1_000_000)
        assert seen == second  # What is newer stands before the first page.
        assert ledger.walk("movements")[2:] == second


def walk_while_booking(
    ledger: Ledger, files: Folder, batch: list[Arrived], later_us: int
) -> list[Any]:
    """All movements page by page, and after the first page something is booked."""
    page = ledger.get("/api/v1/movements", limit=1)
    seen = list(page["movements"])
    files.book((batch, RECORDED_US + later_us), announced=ANNOUNCED)
    while page["next"] is not None:
        page = ledger.get("/api/v1/movements", limit=1, cursor=page["next"])
        seen += page["movements"]
    return seen


# -- what it refuses ------------------------------------------------------------------------------


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


STRANGE = {
    "not base64": "%21%21%21%21",
    "not text": "_w",
    "not JSON": cursor("tea"),
    "nothing": "",
    "another thing": cursor("{}"),
    "too short": cursor('["TEA"]'),
    "too long": cursor('["TEA","hall","more"]'),
    "of wrong types": cursor('["TEA",null,true]'),
    "a boolean": cursor("[true,1,1]"),
    "a fraction": cursor("[1.0,1,1]"),
    "written otherwise": cursor("[1, 1, 1]"),
    "padded": cursor("[1,1,1]") + "%3D%3D",
    "beyond a column": cursor(f"[{1 << 63},1,1]"),
    "a long number": cursor(f"[{'9' * 30},1,1]"),
    "a longer one": cursor(f"[{'9' * 31},1,1]"),
}
NOT_OURS = "query.cursor: expected a `next` of this list"


@pytest.mark.parametrize("name", ["stock", "movements", "gateways"])
@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE.keys())
def test_a_cursor_that_is_none_of_ours_is_refused(ledger: Ledger, name: str, strange: str) -> None:
    answer = ledger.client.get(f"/api/v1/{name}?cursor={strange}")

    if name == "gateways" and strange == STRANGE["too short"]:
        assert answer.status_code == 200  # It is one of theirs.
        return
    assert_problem(answer, 400, "bad_parameter", NOT_OURS)


def test_a_cursor_of_another_list_is_refused(ledger: Ledger) -> None:
    of = {
        name: ledger.get(f"/api/v1/{name}", limit=1)["next"]
        for name in ("stock", "movements", "gateways")
    }
    for name in of:
        for other, taken in of.items():
            answer = ledger.client.get(f"/api/v1/{name}", params={"cursor": taken})
            assert answer.status_code == (200 if other == name else 400), (name, other)


@pytest.mark.parametrize(
    ("asked", "detail"),
    [
        ("stock?colour=red", "query.colour: unknown parameter"),
        ("movements?item=TEA", "query.item: unknown parameter"),
        ("gateways?site=x", "query.site: unknown parameter"),
        ("stock?limit=0", "query.limit: Input should be greater than or equal to 1"),
        ("stock?limit=501", "query.limit: Input should be less than or equal to 500"),
        (
            "movements?limit=ten",
            "query.limit: Input should be a valid integer, unable to parse string as an integer",
        ),
        ("movements?limit=1&limit=2", "query.limit: expected once"),
        ("movements?verdict=no", "query.verdict: Input should be 'booked', 'stored' or 'all'"),
        ("units", "query.key: Field required"),
        ("units?key=x&limit=1", "query.limit: unknown parameter"),
        ("stock?item=", "query.item: String should have at least 1 character"),
        (
            f"stock?cursor={'A' * 4097}",
            "query.cursor: String should have at most 4096 characters",
        ),
    ],
)
def test_a_parameter_that_cannot_be_meant_is_refused(
    ledger: Ledger, asked: str, detail: str
) -> None:
    assert_problem(ledger.client.get(f"/api/v1/{asked}"), 400, "bad_parameter", detail)


def test_many_wrong_parameters_are_told_of_up_to_a_bound(ledger: Ledger) -> None:
    asked = "&".join(f"p{number}=1" for number in range(5000))

    answer = ledger.client.get(f"/api/v1/stock?{asked}")

    assert_problem(answer, 400, "bad_parameter", "query.p0: unknown parameter")
    errors = answer.json()["errors"]
    assert len(errors) == 20
    assert errors[1] == {"where": "query.p1", "what": "unknown parameter"}


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/v1/stock/", "/docs", "/static/no.js", "/static/..%2fapi.py"]
)
def test_an_unknown_path_is_not_found(ledger: Ledger, path: str) -> None:
    answer = ledger.client.get(path)

    decoded = path.replace("%2f", "/")
    assert_problem(answer, 404, "not_found", f"GET {decoded}: Not Found")


@pytest.mark.parametrize("path", ["/api/v1/stock", "/healthz", "/", "/static/live.js"])
def test_nothing_is_written_over_http(ledger: Ledger, path: str) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = ledger.client.request(method, path, json={})

        detail = f"{method} {path}: Method Not Allowed"
        assert_problem(answer, 405, "method_not_allowed", detail)
        assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/stock", "/static/live.css"])
def test_head_answers_as_get_does_without_the_body(ledger: Ledger, path: str) -> None:
    head, get = ledger.client.head(path), ledger.client.get(path)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == get.headers["content-type"]
    assert head.headers["content-length"] == str(len(get.content))


def assert_problem(answer: httpx.Response, status: int, reason: str, detail: str) -> None:
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert (answer.status_code, said["status"]) == (status, status)
    assert said["type"] == f"urn:readpoint:reason:{reason}"
    assert said["title"].endswith(".")
    assert said["detail"] == detail
    assert said.keys() <= {"type", "title", "status", "detail", "errors"}


# -- what it says of itself -----------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example"])
@pytest.mark.parametrize("path", ["/", "/api/v1/stock", "/static/live.js", "/nothing"])
def test_a_name_that_somebody_else_points_at_it_gets_nothing(
    ledger: Ledger, path: str, host: str
) -> None:
    """Without accounts, a page of theirs could read the stock through a person's browser."""
    answer = ledger.client.get(path, headers={"host": host})

    assert answer.status_code == 421
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json() == {
        "type": "urn:readpoint:reason:misdirected",
        "title": "The ledger was asked by a name that is none of its own.",
        "status": 421,
        "detail": f"host {host}: expected an address, or one of http.names",
    }


def test_the_openapi_document_lists_what_there_is(ledger: Ledger) -> None:
    document = ledger.get("/api/v1/openapi.json")

    assert set(document["paths"]) == {
        "/api/v1/stock",
        "/api/v1/movements",
        "/api/v1/units",
        "/api/v1/gateways",
        "/healthz",
    }
    for path in document["paths"].values():
        responses = path["get"]["responses"]
        assert set(responses) == {"200", "default"}
        assert set(responses["default"]["content"]) == {"application/problem+json"}


def test_every_field_and_parameter_is_explained(ledger: Ledger) -> None:
    document = ledger.get("/api/v1/openapi.json")
    silent = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, said in schema.get("properties", {}).items()
        if not said.get("description")
    ]
    silent += [
        f"{path} {parameter['name']}"
        for path, operations in document["paths"].items()
        for parameter in operations["get"].get("parameters", [])
        if not parameter.get("description")
    ]

    assert silent == []


class References(HTMLParser):
    """All that a page makes a browser load, or offers to go to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [
            value or ""
            for name, value in attrs
            if name in ("src", "href", "srcset", "action", "style", "data")
        ]


def test_no_page_and_no_asset_refers_to_another_host(ledger: Ledger) -> None:
    page = ledger.client.get("/")
    references = References()
    references.feed(page.text)
    assets = [each for each in references.found if each.startswith("/static/")]

    assert set(assets) == {"/static/live.css", "/static/live.js"}
    assert [
        each
        for each in references.found
        if each.startswith("//") or not each.startswith(("/", "data:,"))
    ] == []
    for asset in assets:
        text = ledger.client.get(asset).text
        assert [word for word in ("http:", "https:", "url(", "@import") if word in text] == []
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy


# -- commands -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ended:
    code: int
    stdout: str
    stderr: str


def run(*commands: Sequence[str | Path]) -> list[Ended]:
    """Each a process, all at once."""
    pipe = subprocess.PIPE
    started = [
        subprocess.Popen(command("ledger", *each), stdout=pipe, stderr=pipe, text=True)
        for each in commands
    ]
    said = [process.communicate(timeout=60) for process in started]
    return [
        Ended(process.returncode, stdout, stderr)
        for process, (stdout, stderr) in zip(started, said, strict=True)
    ]


def failed(*lines: str) -> Ended:
    """What failing with these lines, and no traceback, looks like."""
    return Ended(1, "", "".join(f"{line}\n" for line in lines))


def test_a_port_that_is_taken_is_named(ledger: Ledger, books: Folder, tmp_path: Path) -> None:
    other = folder(tmp_path)
    other.config.write_text(
        f'[ledger]\ndata_dir = "{tmp_path}"\n[http]\nport = {books.http_port}\n'
    )

    (ended,) = run(["serve", "--config", other.config])

    taken = f"http 127.0.0.1:{books.http_port}: address already in use"
    assert ended == failed(f"readpoint-ledger: {taken}")
    assert not other.database.exists()  # Nothing was touched.


def test_a_second_process_on_one_folder_is_refused(ledger: Ledger, books: Folder) -> None:
    second = books.path / "second.toml"
    second.write_text(f'[ledger]\ndata_dir = "{books.path}"\n[http]\nport = {free_port()}\n')
    items = books.path / "items.csv"
    items.write_text("sku,description,unit,gtin,quantity\nA,B,piece,09521141000014,1\n")

    serve, import_, migrate = run(
        ["serve", "--config", second],
        ["import", "--config", second, items],
        ["migrate", "--config", second],
    )

    held = f"{books.path}: another readpoint-ledger runs on this folder"
    assert serve == failed(f"readpoint-ledger: {held}")
    assert import_ == failed(f"readpoint-ledger: {items}: {held}")
    assert migrate == failed(f"readpoint-ledger: {held}")


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_name(tmp_path: Path) -> None:
    config = tmp_path / "ledger.toml"
    config.write_text("[http]\nhost = '127.0.0.1'\nprot = 8080\n\n[mqtt]\nport = 0\n")

    (ended,) = run(["serve", "--config", config])

    assert ended == failed(
        f'readpoint-ledger: {config}: line 3: http.prot: unknown key; did you mean "port"?',
        f"{config}: line 6: mqtt.port: Input should be greater than or equal to 1",
    )


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    files = folder(tmp_path)
    files.database.write_bytes(b"no database at all" * 100)

    for ended in run(["serve", "--config", files.config], ["verify", "--config", files.config]):
        assert ended == failed("readpoint-ledger: file is not a database")


BAD_ITEMS = """\
sku,description,unit,gtin,quantity
TEA,Green tea,pack,09521141012345,12
,Coffee,pack,09521141012346,0
MILK,Milk,litre,09521141000014
"""


def test_a_bad_file_is_refused_whole_with_every_error(tmp_path: Path) -> None:
    files = folder(tmp_path)
    items = tmp_path / "items.csv"
    items.write_text(BAD_ITEMS)

    real, dry = run(
        ["import", "--config", files.config, items],
        ["import", "--dry-run", "--config", files.config, items],
    )

    assert real == failed(
        f"{items}: row 3: sku '': expected 1 to 200 characters",
        f"{items}: row 3: gtin '09521141012346': expected a GTIN of 8, 12, 13 or 14 digits with"
        " its check digit",
        f"{items}: row 3: quantity '0': expected a whole number from 1 to 999999999",
        f"{items}: row 4: columns '4': expected 5",
        f"{items}: row 4: quantity '': expected a whole number from 1 to 999999999",
        f"{items}: nothing taken, 5 errors",
    )
    assert dry == real
    assert not files.database.exists()


def test_a_dry_run_takes_nothing_and_a_real_one_all(tmp_path: Path) -> None:
    files = folder(tmp_path)
    items = tmp_path / "items.csv"
    items.write_text("\n".join(BAD_ITEMS.splitlines()[:2]))

    (dry,) = run(["import", "--dry-run", "--config", files.config, items])
    assert dry == Ended(0, f"{items}: good: 1 rows, nothing taken\n", "")
    assert not files.database.exists()

    (real,) = run(["import", "--config", files.config, items])
    assert real == Ended(0, f"{items}: 1 rows taken\n", "")
    assert rows_of(files, "SELECT sku, description, unit FROM item") == [
        ("TEA", "Green tea", "pack")
    ]


def test_verify_names_a_database_that_is_missing(tmp_path: Path) -> None:
    files = folder(tmp_path)

    (ended,) = run(["verify", "--config", files.config])

    assert ended == failed(f"readpoint-ledger: {files.database}: no such database")
    assert not files.database.exists()


def test_verify_finds_a_changed_byte(tmp_path: Path) -> None:
    files = folder(tmp_path)
    files.book((batch_of_dock(1), RECORDED_US), announced=ANNOUNCED)

    (good,) = run(["verify", "--config", files.config])
    assert good == Ended(0, "4 events read, 0 problems\n", "")

    ((part,),) = rows_of(files, "SELECT DISTINCT part FROM event")
    rows_of(files, "DROP TRIGGER event_no_update")
    rows_of(files, f"UPDATE event SET body = replace(body, '{case('1b')}', '{case('1x')}')")
    (bad,) = run(["verify", "--config", files.config])
    problem = f"event that is not what its hash says: {part}/1\n"
    assert bad == Ended(1, "4 events read, 1 problems\n", problem)


def rows_of(files: Folder, sql: str) -> list[Any]:
    """What a statement gives on the database file itself."""
    writer = open_writer(files.database)
    with writer.begin() as connection:
        result = connection.exec_driver_sql(sql)
        rows = [tuple(row) for row in result] if result.returns_rows else []
    writer.dispose()
    return rows


def test_the_problem_of_a_broken_database_is_told_over_http(tmp_path: Path) -> None:
    files = folder(tmp_path)
    files.book((batch_of_dock(1), RECORDED_US), announced=ANNOUNCED)
    with serving(files) as ledger:
        rows_of(files, "ALTER TABLE balance RENAME TO gone")

        answer = ledger.client.get("/api/v1/stock")
        assert_problem(answer, 503, "unavailable", "database: no such table: balance")
        assert_problem(
            ledger.client.get("/"), 503, "unavailable", "database: no such table: balance"
        )
        assert ledger.get("/healthz")["status"] == "degraded"  # It can still be asked.
    assert "Traceback" not in files.log.read_text()
    assert "database_failed" in files.log.read_text()
