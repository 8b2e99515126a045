// The frame: menus, the width of the rail, the theme, refreshing a list when asked.
import { on, parse } from "./dom.js";
import { morphPage } from "./htmx.js";

const YEAR = 31_536_000;
const THEMES = { light: "crm-light", dark: "crm-dark" };

function toggleRail(_, button) {
  const root = document.documentElement;
  root.dataset.rail = root.dataset.rail === "mini" ? "full" : "mini";
  button.setAttribute("aria-expanded", String(root.dataset.rail === "full"));
  document.cookie = `rail=${root.dataset.rail}; path=/; max-age=${YEAR}; samesite=lax`;
}

export function setTheme(name) {
  if (THEMES[name]) document.documentElement.dataset.theme = THEMES[name];
  else delete document.documentElement.dataset.theme;
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}

function escapeMenu(event) {
  const menu = event.code === "Escape" && event.target.closest?.("details[data-menu][open]");
  if (!menu) return;
  event.preventDefault();
  menu.open = false;
  menu.querySelector("summary").focus();
}

/** Arrows walk an open menu. */
function walkMenu(event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.code];
  const menu = by && event.target.closest?.("details[data-menu][open]");
  if (!menu) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll(".menu-list :is(a, button)")];
  items[(items.indexOf(document.activeElement) + by + items.length) % items.length]?.focus();
}

async function refresh(event, link) {
  event.preventDefault();
  const address = link.getAttribute("href") || location.href;
  const reply = await fetch(address);
  if (reply.ok) morphPage(parse(await reply.text()), reply.url);
  else location.assign(address);
}

export function startShell() {
  on("click", "[data-rail-toggle]", toggleRail);
  on("click", "[data-theme-form] button", (_, button) => setTheme(button.value));
  on("change", "[name=theme][data-theme-choice]", (_, field) => setTheme(field.value));
  on("click", "[data-refresh]", refresh);
  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("focusin", (event) => closeMenus(event.target));
  document.addEventListener("keydown", escapeMenu);
  document.addEventListener("keydown", walkMenu);
  document.addEventListener("htmx:afterSwap", () => closeMenus(document.activeElement));
}
