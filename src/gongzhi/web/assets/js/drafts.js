// What is typed is kept on this phone until it has been delivered.
// <form data-draft="report"> keeps its fields; [data-draft-state] says 已存手机; a page that carries
// <meta name="gz-delivered" content="report"> has delivered it, and the copy is removed.
// With data-draft-queue a send without network is kept (photos too) and sent when the network returns.
import { countQueued, queue, sendQueued } from "./outbox.js";

const DAYS = 7;
const key = (name) => `gz-draft:${name}`;

export function keepDrafts() {
  const delivered = document.querySelector('meta[name="gz-delivered"]');
  if (delivered) forget(delivered.content);
  dropOld();
  document.querySelectorAll("form[data-draft]").forEach(restore);
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.matches("form[data-draft]")) save(form);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-draft-clear]");
    if (button) { forget(button.dataset.draftClear); window.location.reload(); }
  });
  document.addEventListener("submit", onSubmit);
  window.addEventListener("online", deliver);
  deliver();
}

function storable(field) {
  return field.name && !field.disabled && !field.hasAttribute("data-no-draft") &&
    !["file", "password", "hidden", "submit", "button"].includes(field.type) && field.name !== "csrfmiddlewaretoken";
}

function save(form) {
  const values = {};
  for (const field of form.elements) {
    if (!storable(field)) continue;
    if (field.type === "radio" || field.type === "checkbox") {
      if (field.checked) (values[field.name] = values[field.name] || []).push(field.value);
    } else if (field.value) values[field.name] = field.value;
  }
  try {
    localStorage.setItem(key(form.dataset.draft), JSON.stringify({ at: Date.now(), values }));
    say(form, "kept");
  } catch { say(form, "none"); }
}

function restore(form) {
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(key(form.dataset.draft)) || "null"); } catch { /* unreadable */ }
  if (!kept) return;
  let used = false;
  for (const field of form.elements) {
    if (!storable(field) || !(field.name in kept.values)) continue;
    const value = kept.values[field.name];
    if (field.type === "radio" || field.type === "checkbox") {
      if (value.includes(field.value) && !field.checked) { field.checked = true; used = true; }
    } else if (!field.value) { field.value = value; used = true; field.dispatchEvent(new Event("change", { bubbles: true })); }
  }
  if (used) say(form, "kept");
}

function forget(name) {
  try { localStorage.removeItem(key(name)); } catch { /* nothing kept */ }
}

function dropOld() {
  try {
    Object.keys(localStorage).filter((name) => name.startsWith("gz-draft:")).forEach((name) => {
      const kept = JSON.parse(localStorage.getItem(name) || "{}");
      if (!(kept.at > Date.now() - DAYS * 86400000)) localStorage.removeItem(name);
    });
  } catch { /* private window */ }
}

// state: kept, waiting, sent, none
function say(form, state) {
  const near = form.closest("[data-draft-area]") || form.parentElement || document;
  near.querySelectorAll("[data-draft-state]").forEach((place) => {
    place.querySelectorAll("[data-when]").forEach((part) => { part.hidden = part.dataset.when !== state; });
  });
}

async function onSubmit(event) {
  const form = event.target;
  if (!form.matches("form[data-draft-queue]") || navigator.onLine !== false) return;
  event.preventDefault();
  const body = new FormData(form, event.submitter || undefined);
  const kept = await queue(form.action, form.dataset.draft, body).catch(() => false);
  say(form, kept ? "waiting" : "none");
  if (kept) document.querySelector("[data-draft-waiting]")?.removeAttribute("hidden");
  await showCount();
}

async function deliver() {
  if (navigator.onLine === false) { await showCount(); return; }
  const sent = await sendQueued().catch(() => []);
  sent.forEach(forget);
  await showCount(sent.length);
}

async function showCount(sent = 0) {
  const waiting = await countQueued().catch(() => 0);
  document.querySelectorAll("[data-draft-count]").forEach((place) => {
    place.hidden = !waiting && !sent;
    place.querySelectorAll("[data-when]").forEach((part) => {
      part.hidden = part.dataset.when !== (waiting ? "waiting" : "sent");
    });
    const number = place.querySelector("[data-number]");
    if (number) number.textContent = String(waiting || sent);
  });
}
