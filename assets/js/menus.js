// Menus are <details>: here they close, walk by arrows and stay inside the window.
const EDGE = 8;
const PHONE = matchMedia("(max-width: 47.99rem)");

function close(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}

function escape(event) {
  const menu = event.code === "Escape" && event.target.closest?.("details[data-menu][open]");
  if (!menu) return;
  event.preventDefault();
  menu.open = false;
  menu.querySelector("summary").focus();
}

/** Arrows walk an open menu. */
function walk(event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.code];
  const menu = by && event.target.closest?.("details[data-menu][open]");
  if (!menu) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll(".menu-list :is(a, button)")];
  items[(items.indexOf(document.activeElement) + by + items.length) % items.length]?.focus();
}

/** Beside its button and inside the window, whatever box it stands in would cut off. */
function place(menu) {
  const list = menu.querySelector(".menu-list");
  list.removeAttribute("data-placed");
  if (!menu.open || PHONE.matches || menu.matches(".menu-up")) return;
  const button = menu.querySelector("summary").getBoundingClientRect();
  list.dataset.placed = "";
  const { width, height } = list.getBoundingClientRect();
  const below = button.bottom + height + EDGE <= innerHeight || button.top < height + EDGE;
  const left = menu.matches(".menu-end") ? button.right - width : button.left;
  list.style.top = `${below ? button.bottom + EDGE / 2 : button.top - height - EDGE / 2}px`;
  list.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
}

function placeAll() {
  document.querySelectorAll("details[data-menu][open]").forEach(place);
}

export function startMenus() {
  document.addEventListener("click", (event) => close(event.target));
  document.addEventListener("focusin", (event) => close(event.target));
  document.addEventListener("keydown", escape);
  document.addEventListener("keydown", walk);
  document.addEventListener("htmx:afterSwap", () => close(document.activeElement));
  document.addEventListener("toggle", ({ target }) => target.matches?.("details[data-menu]") && place(target), true);
  addEventListener("scroll", placeAll, { capture: true, passive: true });
  addEventListener("resize", placeAll, { passive: true });
}
