// Menus are <details>: they work without script; with it they close on Escape and on a press outside.
export function keepMenus() {
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.gz-menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    if (event.target.closest("[data-print]")) window.print();
    if (event.target.closest("[data-reload]")) window.location.reload();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("details.gz-menu[open]") || document.querySelector("details.gz-menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
