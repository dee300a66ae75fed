// The desk by keyboard. Single letters work only on a desk, never while typing, and can be switched off
// (WCAG 2.1.4). A page names what a key does: <button data-key="d">. The list is [data-desk-list].
// Where the panes stand side by side, a row's data-pane is fetched into #gz-desk-open; else the row is a plain link.
import htmx from "htmx.org";

const OFF = "gz-keys-off";
const QUIET = 150; // holding j fetches the last row only
let waiting = 0;

export function keepDesk() {
  if (!document.querySelector("[data-desk], [data-desk-search]")) return;
  document.addEventListener("keydown", onKey);
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-keys-switch]")) remember(!event.target.checked);
  });
  document.querySelectorAll("[data-keys-switch]").forEach((box) => { box.checked = !isOff(); });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-open]")) openHelp();
    const row = event.target.closest("[data-desk-list] a[data-pane]");
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (row && plain && sideBySide()) { event.preventDefault(); openRow(row); }
  });
}

function sideBySide() {
  const desk = document.querySelector("[data-desk]");
  return getComputedStyle(desk).gridTemplateColumns.split(" ").length > 1;
}

// Show a row's case beside the list; the address follows, so that a reload shows the same.
export function openRow(row) {
  document.querySelectorAll("[data-desk-list] a[aria-current]").forEach((one) => one.removeAttribute("aria-current"));
  row.setAttribute("aria-current", "true");
  history.replaceState(null, "", row.href.replace(/#.*/, ""));
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    await htmx.ajax("GET", row.dataset.pane, { source: "#gz-desk-open", target: "#gz-desk-open", swap: "innerHTML" });
    document.querySelectorAll("#gz-desk-open > *").forEach((pane) => { pane.scrollTop = 0; });
    say(document.getElementById("case-title")?.textContent);
  }, QUIET);
}

// For a screen reader: what has just happened on the desk.
export function say(words) {
  const place = document.getElementById("gz-desk-said");
  if (place && words) place.textContent = words;
}

function isOff() {
  try { return localStorage.getItem(OFF) === "1"; } catch { return false; }
}

function remember(off) {
  try { off ? localStorage.setItem(OFF, "1") : localStorage.removeItem(OFF); } catch { /* private window */ }
}

function typing(target) {
  return target.closest?.("input, textarea, select, [contenteditable], dialog[open]");
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target)) return;
  if (event.key === "?") { event.preventDefault(); openHelp(); return; }
  if (isOff()) return;
  if (event.key === "/") { focusSearch(event); return; }
  if (!document.querySelector("[data-desk]")) return;
  if (event.key === "j" || event.key === "k") { move(event.key === "j" ? 1 : -1); event.preventDefault(); return; }
  press(event);
}

function press(event) {
  if (event.key.length !== 1) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!target) return;
  event.preventDefault();
  target.focus();
  if (target.getAttribute("aria-disabled") !== "true") target.click();
}

function focusSearch(event) {
  const search = document.querySelector("[data-desk-search]");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select?.();
}

function move(step) {
  const rows = [...document.querySelectorAll("[data-desk-list] a[href]")];
  if (!rows.length) return;
  const at = rows.findIndex((row) => row === document.activeElement || row.getAttribute("aria-current"));
  const focused = rows.indexOf(document.activeElement);
  const next = rows[Math.min(Math.max((focused >= 0 ? focused : at) + step, 0), rows.length - 1)];
  next.focus();
  next.click();
}

function openHelp() {
  const help = document.getElementById("gz-keys-help");
  if (help?.showModal && !help.open) help.showModal();
}
