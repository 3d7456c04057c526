// Puts each fragment that the server pushes into its place, and says whether the stream is there.
// Everything that can be wrong with the data is the server's business: it renders all of it.
const link = document.getElementById("link");
const stream = new EventSource("/live/events");

stream.onopen = () => {
  link.textContent = "live";
  link.className = "up";
};

stream.onerror = () => {
  link.textContent = "no connection, trying again";
  link.className = "down";
};

for (const place of document.querySelectorAll("[data-live]")) {
  stream.addEventListener(place.dataset.live, (event) => {
    place.innerHTML = event.data;
  });
}
