// Parts of a page are fetched by themselves (htmx); whatever is not such a part is opened as a page of its own: the
// login after a session has ended, or the page that tells what went wrong. And a slider fills in the date.

const open = (event) => {
  event.preventDefault();
  window.location.assign(event.detail.pathInfo.finalRequestPath);
};
for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, open);
}
document.addEventListener("htmx:beforeSwap", (event) => {
  const answered = new URL(event.detail.xhr.responseURL).pathname;
  if (answered !== new URL(event.detail.pathInfo.finalRequestPath, window.location.href).pathname) {
    event.detail.shouldSwap = false;
    open(event);
  }
});

const words = new Intl.DateTimeFormat(document.documentElement.lang, {
  day: "numeric", month: "long", year: "numeric", timeZone: "UTC",
});
for (const group of document.querySelectorAll("[data-day-slider]")) {
  const slider = group.querySelector("input");
  const told = group.querySelector("output");
  const first = Date.parse(slider.dataset.first);
  group.hidden = false;
  slider.addEventListener("input", () => {
    const day = new Date(first + slider.valueAsNumber * 24 * 3600 * 1000);
    told.textContent = words.format(day);
    for (const [part, value] of [["day", day.getUTCDate()], ["month", day.getUTCMonth() + 1], ["year", day.getUTCFullYear()]]) {
      slider.form.elements[`on-${part}`].value = value;
    }
  });
  slider.addEventListener("change", () => slider.form.requestSubmit());
}
