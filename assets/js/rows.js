// Lists marked data-rows: J and K walk, X selects, Shift+↓ selects on, Back returns to the same row.
import { announce, on, text, typing } from "./dom.js";
import { combo } from "./keys.js";

const PLACE = "place:";
const rows = (list) => [...list.querySelectorAll("[data-row]")];
const main = (row) => row.querySelector("[data-row-link]") ?? row.querySelector("a[href]");
const box = (row) => row?.querySelector("input[data-select]");

const currentRow = () => document.activeElement?.closest("[data-row]") ?? document.querySelector("[data-row].is-current");

function go(row) {
  if (!row) return;
  document.querySelectorAll("[data-row].is-current").forEach((old) => old.classList.remove("is-current"));
  row.classList.add("is-current");
  main(row)?.focus();
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const here = currentRow();
  const list = here?.closest("[data-rows]") ?? document.querySelector("[data-rows]");
  const all = list ? rows(list) : [];
  go(here ? all[all.indexOf(here) + by] : all[by > 0 ? 0 : all.length - 1]);
}

function select(row, state) {
  const tick = box(row);
  if (!tick) return;
  tick.checked = state ?? !tick.checked;
  tick.dispatchEvent(new Event("change", { bubbles: true }));
}

function selectOn() {
  select(currentRow(), true);
  step(1);
  select(currentRow(), true);
}

function selectAll() {
  const all = [...document.querySelectorAll("[data-rows] input[data-select]")];
  const state = !all.every((tick) => tick.checked);
  all.forEach((tick) => (tick.checked = state));
  count();
}

const KEYS = {
  KeyJ: () => step(1),
  KeyK: () => step(-1),
  ArrowDown: () => currentRow() && step(1),
  ArrowUp: () => currentRow() && step(-1),
  "Shift+ArrowDown": selectOn,
  KeyX: () => select(currentRow()),
  "Shift+KeyX": selectAll,
  Space: () => currentRow()?.querySelector("[data-peek]")?.click(),
};

function press(event) {
  if (event.defaultPrevented || event.isComposing || typing(event.target)) return;
  if (document.documentElement.dataset.keys === "off" || document.querySelector("dialog[open]")) return;
  const deed = KEYS[combo(event)];
  if (!deed || !document.querySelector("[data-rows]")) return;
  if (event.code === "Space" && event.target.closest("button, summary, input")) return;
  if (event.code.startsWith("Arrow") && !event.target.closest?.("[data-row]")) return;
  event.preventDefault();
  deed();
}

/** The bar of bulk actions shows itself and the number chosen. */
function count() {
  const chosen = document.querySelectorAll("input[data-select]:checked").length;
  for (const bar of document.querySelectorAll("[data-bulk]")) {
    bar.hidden = chosen === 0;
    const place = bar.querySelector("[data-selected]");
    if (place) place.textContent = text("selected", { count: chosen });
  }
  if (chosen) announce(text("selected", { count: chosen }));
}

function remember(_, row) {
  sessionStorage.setItem(PLACE + location.pathname + location.search, JSON.stringify([row.id, scrollY]));
}

const waiting = () => document.querySelector("[data-queue] [data-row]:not(.is-answered)");

/** A queue of work: when its current row has been answered or has gone, the next one is current. */
function goOn({ detail }) {
  const held = document.activeElement;
  if (detail.requestConfig?.verb !== "post" || !document.querySelector("[data-queue]")) return;
  if (typing(held) || document.querySelector("dialog[open]") || held.closest("[data-row]:not(.is-answered)")) return;
  const next = waiting();
  if (next) return go(next);
  document.querySelector("[data-queue-done]")?.focus();
}

function comeBack() {
  const [entry] = performance.getEntriesByType("navigation");
  const saved = sessionStorage.getItem(PLACE + location.pathname + location.search);
  if (entry?.type !== "back_forward" || !saved) return;
  const [id, top] = JSON.parse(saved);
  const row = id && document.getElementById(id);
  if (row) go(row);
  scrollTo(0, top);
}

export function startRows() {
  document.addEventListener("keydown", press);
  on("change", "input[data-select]", count);
  on("click", "[data-select-all]", selectAll);
  on("click", "[data-row] a", (event, link) => remember(event, link.closest("[data-row]")));
  on("focusin", "[data-row]", (_, row) => {
    document.querySelectorAll("[data-row].is-current").forEach((old) => old !== row && old.classList.remove("is-current"));
    row.classList.add("is-current");
  });
  document.addEventListener("htmx:afterSettle", count);
  document.addEventListener("htmx:afterSettle", goOn);
  waiting()?.classList.add("is-current");
  comeBack();
}
