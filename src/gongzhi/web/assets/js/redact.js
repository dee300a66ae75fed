// Covering parts of a photo: a drag draws an area and writes it, in percent, into the field that is sent.
export function keepRedaction() {
  const frame = document.querySelector("[data-redact]");
  const field = document.querySelector("[data-areas]");
  if (!frame || !field || !window.PointerEvent) return;
  const clear = document.querySelector("[data-redact-clear]");
  clear.hidden = false;
  clear.addEventListener("click", () => { field.value = ""; draw(frame, field); });
  field.addEventListener("input", () => draw(frame, field));
  let from = null;
  frame.addEventListener("pointerdown", (event) => {
    from = at(frame, event);
    frame.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  frame.addEventListener("pointerup", (event) => {
    if (!from) return;
    const to = at(frame, event);
    const box = [Math.min(from.x, to.x), Math.min(from.y, to.y), Math.max(from.x, to.x), Math.max(from.y, to.y)];
    from = null;
    if (box[2] - box[0] < 1 || box[3] - box[1] < 1) return;
    field.value = [field.value.trim(), box.map((n) => n.toFixed(1)).join(" ")].filter(Boolean).join("\n");
    draw(frame, field);
  });
  draw(frame, field);
}

function at(frame, event) {
  const box = frame.getBoundingClientRect();
  const part = (value, size) => Math.min(100, Math.max(0, (value / size) * 100));
  return { x: part(event.clientX - box.left, box.width), y: part(event.clientY - box.top, box.height) };
}

function draw(frame, field) {
  frame.querySelectorAll("i").forEach((mark) => { mark.remove(); });
  for (const line of field.value.split("\n")) {
    const [left, top, right, bottom] = line.trim().split(/[\s,，]+/).map(Number);
    if (![left, top, right, bottom].every(Number.isFinite)) continue;
    const mark = document.createElement("i");
    Object.assign(mark.style, { left: `${left}%`, top: `${top}%`, width: `${right - left}%`, height: `${bottom - top}%` });
    frame.append(mark);
  }
}
