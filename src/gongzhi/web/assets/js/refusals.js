// What the server refuses is shown at the top of the page, read aloud and focused; a lost connection too.
export function keepRefusals() {
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "gz-refusal") attend(event.detail.target);
  });
  document.addEventListener("htmx:sendError", () => unsent());
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status >= 500) unsent();
  });
  document.addEventListener("htmx:beforeRequest", () => {
    document.getElementById("gz-refusal")?.replaceChildren();
  });
  const first = document.querySelector(".gz-errsum");
  if (first) { first.setAttribute("tabindex", "-1"); first.focus(); }
}

function unsent() {
  const place = document.getElementById("gz-refusal");
  const words = document.getElementById("gz-unsent");
  if (!place || !words) return;
  place.replaceChildren(words.content.cloneNode(true));
  attend(place);
}

function attend(place) {
  place.focus();
  place.scrollIntoView({ block: "center" });
}
