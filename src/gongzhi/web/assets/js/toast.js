// The undo bar: counts down, waits while it is pointed at or focused, then goes away by itself.
export function keepToasts() {
  document.querySelectorAll("[data-undo-seconds]").forEach(start);
  document.addEventListener("htmx:load", (event) => {
    const part = event.detail.elt;
    if (part.matches?.("[data-undo-seconds]")) start(part);
    part.querySelectorAll?.("[data-undo-seconds]").forEach(start);
  });
}

function start(toast) {
  if (toast.dataset.started) return;
  toast.dataset.started = "1";
  let left = Number(toast.dataset.undoSeconds) || 8;
  let held = false;
  const counter = toast.querySelector("[data-undo-left]");
  const hold = (yes) => () => { held = yes; };
  toast.addEventListener("pointerenter", hold(true));
  toast.addEventListener("pointerleave", hold(false));
  toast.addEventListener("focusin", hold(true));
  toast.addEventListener("focusout", hold(false));
  const timer = setInterval(() => {
    if (!toast.isConnected) { clearInterval(timer); return; }
    if (held) return;
    left -= 1;
    if (counter) counter.textContent = String(Math.max(left, 0));
    if (left <= 0) { clearInterval(timer); toast.remove(); }
  }, 1000);
}
