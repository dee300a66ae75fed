// Large type without a reload; without script the same button posts and the page comes back.
export function keepElderSwitch() {
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-elder-form]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    const body = new FormData(form);
    body.set("level", event.submitter.value);
    const answer = await fetch(form.action, {
      method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin",
    }).catch(() => null);
    if (!answer || !answer.ok) { form.submit(); return; }
    show((await answer.json()).level);
  });
}

function show(level) {
  const root = document.documentElement;
  if (level) root.setAttribute("data-elder", level === "max" ? "max" : "");
  else root.removeAttribute("data-elder");
  document.querySelectorAll("[data-elder-form] button").forEach((button) => {
    const mine = button.dataset.level;
    const pressed = mine === "max" ? level === "max" : Boolean(level);
    button.setAttribute("aria-pressed", String(pressed));
    button.value = pressed ? (mine === "max" ? "large" : "") : mine;
  });
}
