// The frame: the width of the rail, the theme, refreshing a list when asked.
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
  on("click", "[data-print]", () => window.print());
}
