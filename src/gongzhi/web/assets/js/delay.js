// A form with data-delay="8" is sent after a countdown that can be stopped; until then nothing has happened.
// It is sent at once when another one starts or the page is left, and without script it is an ordinary form.
import htmx from "htmx.org";
import { openRow, say } from "./desk.js";

let pending = null;

export function keepDelays() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-delay]");
    if (!form) return;
    event.preventDefault();
    if (pending) send();
    hold(form);
  });
  window.addEventListener("pagehide", leave);
}

function hold(form) {
  const row = document.querySelector("[data-desk-list] a[aria-current]");
  const toast = document.getElementById("gz-delay").content.firstElementChild.cloneNode(true);
  const words = form.dataset.delayWords;
  pending = { action: form.action, values: Object.fromEntries(new FormData(form)), words, row, toast, left: Number(form.dataset.delay) };
  toast.querySelector("[data-delay-words]").textContent = words;
  toast.querySelector("[data-delay-undo]").addEventListener("click", undo);
  let held = false;
  toast.addEventListener("pointerenter", () => { held = true; });
  toast.addEventListener("pointerleave", () => { held = false; });
  document.getElementById("gz-delay-place").replaceChildren(toast);
  say(words);
  pending.timer = setInterval(() => { if (!held) tick(); }, 1000);
  if (row?.dataset.pane) moveOn(row);
}

function tick() {
  pending.left -= 1;
  pending.toast.querySelector("[data-delay-left]").textContent = String(Math.max(pending.left, 0));
  if (pending.left <= 0) send();
}

// The row fades and the next one opens: the work goes on while the countdown runs.
function moveOn(row) {
  row.classList.add("is-leaving");
  const rows = [...document.querySelectorAll("[data-desk-list] a[data-pane]")].filter((one) => !one.classList.contains("is-leaving"));
  const next = rows.find((one) => row.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) || rows[rows.length - 1];
  if (next && wide()) { openRow(next); next.focus(); }
}

const wide = () => getComputedStyle(document.querySelector("[data-desk]")).gridTemplateColumns.split(" ").length > 1;

function stop() {
  const done = pending;
  clearInterval(done.timer);
  done.toast.remove();
  pending = null;
  return done;
}

function undo() {
  const { row } = stop();
  if (!row?.isConnected) return;
  row.classList.remove("is-leaving");
  if (wide()) openRow(row);
  row.focus();
}

async function send() {
  const { action, values, row } = stop();
  const open = document.querySelector("[data-desk-list] a[aria-current]")?.dataset.number || "";
  const refused = listenForRefusal();
  await htmx.ajax("POST", action, {
    source: "#gz-desk-queue", target: "#gz-desk-queue", swap: "innerHTML", values: { ...values, open },
  });
  if (refused()) { row?.classList.remove("is-leaving"); return; }
  if (!wide()) window.location.assign(values.next || window.location.pathname);
}

function listenForRefusal() {
  let seen = false;
  const listen = (event) => { if (event.detail.xhr.status >= 400) seen = true; };
  document.addEventListener("htmx:afterRequest", listen, { once: true });
  return () => seen;
}

// The page goes away: send now, without waiting for the answer.
function leave() {
  if (!pending) return;
  const { action, values } = stop();
  const body = new FormData();
  Object.entries(values).forEach(([name, value]) => body.append(name, value));
  fetch(action, { method: "POST", body, keepalive: true, credentials: "same-origin", headers: { "HX-Request": "true" } });
}
