// Puts each fragment that the server pushes into its place, row by row, so that what did not change
// stays as it is; says whether the server is heard; shows instants in local time. What a fragment
// says is the server's business.

const SILENT_MS = 15000; // the server says something every 5 s
const AGAIN_MS = 2000;

const page = document.documentElement;
const link = document.getElementById("link");
const places = [...document.querySelectorAll("[data-live]")];
const sent = new WeakMap(); // row -> its HTML as the server sent it
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const date = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
});

let stream = null;
let timer = 0;
let heard = new Date();

function show(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function localise(root) {
  const today = new Date().toDateString();
  for (const time of root.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    show(time, (at.toDateString() === today ? clock : date).format(at));
    time.title = at.toString();
  }
}

function put(place, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const shown = new Map([...place.children].map((row) => [row.dataset.key, row]));
  const rows = [...template.content.children].map((row) => {
    const old = shown.get(row.dataset.key);
    if (old && sent.get(old) === row.outerHTML) return old;
    sent.set(row, row.outerHTML);
    localise(row);
    row.classList.add("fresh");
    return row;
  });
  for (const old of shown.values()) {
    if (!rows.includes(old)) old.remove();
  }
  rows.forEach((row, n) => {
    if (place.children[n] !== row) place.insertBefore(row, place.children[n] ?? null);
  });
}

function lost() {
  page.dataset.link = "down";
  show(link, `No connection since ${clock.format(heard)}; trying again`);
}

function listenIn(ms) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    lost();
    listen();
  }, ms);
}

function listen() {
  stream?.close();
  stream = new EventSource("/live/events");
  listenIn(SILENT_MS);
  stream.onerror = () => {
    lost();
    if (stream.readyState === EventSource.CLOSED) listenIn(AGAIN_MS);
  };
  stream.addEventListener("alive", (event) => {
    if (event.data !== page.dataset.release) location.reload(); // this script is of another one
    heard = new Date();
    page.dataset.link = "up";
    show(link, "Live");
    localise(document); // some may be of yesterday by now
    listenIn(SILENT_MS);
  });
  for (const place of places) {
    stream.addEventListener(place.dataset.live, (event) => put(place, event.data));
  }
}

// A page that nobody sees needs no stream, and a browser has six connections to a server.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) return listen();
  clearTimeout(timer);
  stream?.close();
});

document.addEventListener("animationend", (event) => event.target.classList.remove("fresh"));

for (const place of places) {
  for (const row of place.children) sent.set(row, row.outerHTML);
}
localise(document);
show(document.getElementById("zone"), `Times are local (${clock.resolvedOptions().timeZone}).`);
show(link, "Connecting");
if (!document.hidden) listen();
