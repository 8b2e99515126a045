// Ctrl+K: records from the server, commands from the links of this page.
import { make, on } from "./dom.js";

const box = () => document.getElementById("palette");
const field = () => document.getElementById("palette-q");
const list = () => document.getElementById("palette-commands");
const links = () => [...box().querySelectorAll("#palette-results a, #palette-commands a")];
let opener = null;

function commands() {
  const seen = new Set();
  return [...document.querySelectorAll("a[data-command]")].filter(({ href }) => !seen.has(href) && seen.add(href));
}

function fill() {
  const wanted = field().value.replace(/^>\s*/, "").trim().toLowerCase();
  const found = commands().filter((link) => link.dataset.command.toLowerCase().includes(wanted));
  list().replaceChildren(...found.slice(0, 8).map((link) => make("li", {}, make("a", { href: link.href }, link.dataset.command))));
  document.getElementById("palette-results").hidden = field().value.startsWith(">");
}

function open(event) {
  if (!box()) return;
  event.preventDefault();
  if (box().open) return box().close();
  opener = document.activeElement;
  box().showModal();
  field().select();
  fill();
}

function move(event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.code];
  if (!by) return;
  event.preventDefault();
  const all = links();
  const next = all.indexOf(document.activeElement) + by;
  (next < 0 ? field() : all[Math.min(next, all.length - 1)])?.focus();
}

export function startPalette() {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyK") open(event);
  });
  on("click", "[data-palette-open]", (event) => event.ctrlKey || event.metaKey || open(event));
  if (!box()) return;
  field().addEventListener("input", fill);
  box().addEventListener("keydown", move);
  box().addEventListener("submit", (event) => {
    const [first] = links();
    if (!first) return;
    event.preventDefault();
    first.click();
  }, true);
  // A search that starts with «>» is for commands only.
  box().addEventListener("htmx:beforeRequest", (event) => field().value.startsWith(">") && event.preventDefault());
  box().addEventListener("close", () => opener?.isConnected && opener.focus());
}
