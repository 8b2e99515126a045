// The week: drag by the handle, or keys; both send what the menu «Переместить…» sends. The answer is the block anew.
import Sortable from "sortablejs";
import { announce, on, reason, text, typing } from "./dom.js";

const { htmx } = window;
const flights = new WeakMap();

const week = () => document.getElementById("week");
const rowOf = (element) => element?.closest?.("[data-week] [data-row][data-action]");
const linkOf = (row) => row.querySelector("[data-row-link]") ?? row;
const off = () => document.documentElement.dataset.keys === "off" || document.querySelector("dialog[open]");

function send(item, deed, values) {
  return htmx.ajax("POST", `${item.dataset.action}${deed}/`, {
    source: item,
    target: "#week",
    swap: "morph:outerHTML",
    values: { version: item.dataset.version, next: location.pathname + location.search, _once: crypto.randomUUID(), ...values },
  });
}

/** Into a list: its goal or segment, above the row that follows. Onto an hour: that slot. */
function dropped({ item, from, to, oldDraggableIndex, newDraggableIndex }) {
  if (from === to && oldDraggableIndex === newDraggableIndex) return;
  const others = [...from.children].filter((child) => child !== item);
  flights.set(item, { parent: from, next: others[oldDraggableIndex] ?? null });
  if (to.dataset.slot) return send(item, "slot", { slot_at: to.dataset.slot });
  return send(item, "move", { to: to.dataset.to, week: week().dataset.code, before: item.nextElementSibling?.dataset.id ?? "" });
}

function putBack(item) {
  const place = flights.get(item);
  flights.delete(item);
  if (place?.parent.isConnected) place.parent.insertBefore(item, place.next?.parentElement === place.parent ? place.next : null);
}

/** A refusal puts the row back before the dialog says why. */
function refused({ detail }) {
  const item = detail.requestConfig?.elt;
  if (!item || !flights.has(item) || (detail.xhr.status >= 200 && detail.xhr.status < 400)) return;
  putBack(item);
  announce([text("weekReturned"), reason(detail.xhr)].filter(Boolean).join(". "));
}

const combo = (event) => (event.altKey ? "Alt+" : "") + event.code.replace("Numpad", "Digit");
const press = (row, name) => row.querySelector(`[data-key="${name}"]`)?.click();

const KEYS = {
  "Alt+ArrowUp": (row) => send(row, "move", { to: "up" }),
  "Alt+ArrowDown": (row) => send(row, "move", { to: "down" }),
  Digit0: (row) => send(row, "priority", { to: 0 }),
  Digit1: (row) => send(row, "priority", { to: 1 }),
  Digit2: (row) => send(row, "priority", { to: 2 }),
  Digit3: (row) => send(row, "priority", { to: 3 }),
  KeyD: (row) => send(row, "copy", {}),
  KeyT: (row) => press(row, "KeyT"),
};

/** Before the page's own keys: here C adds to the week, and digits are priorities. */
function keydown(event) {
  if (event.isComposing || event.repeat || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (typing(event.target) || off() || !week()) return;
  const pressed = combo(event);
  const input = pressed === "KeyC" && (document.querySelector("[data-add-here]") ?? document.querySelector(".week-add .input"));
  const row = rowOf(document.activeElement) ?? document.querySelector("[data-week] [data-row].is-current[data-action]");
  const deed = row?.querySelector("[data-handle]") && KEYS[pressed];
  if (!input && !deed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (input) return input.focus();
  if (document.activeElement === document.body) linkOf(row).focus();
  deed(row);
}

/** Arrows walk the table of free starts. */
function walkSlots(event) {
  const grid = event.target.closest?.("[data-slot-grid]");
  const by = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.code];
  if (!grid || !by) return;
  event.preventDefault();
  const columns = [...grid.children].map((day) => [...day.querySelectorAll("button")]);
  const column = columns.findIndex((buttons) => buttons.includes(event.target));
  const line = columns[column].indexOf(event.target);
  let next = column + by[0];
  while (columns[next] && !columns[next].length) next += by[0];
  const buttons = columns[next] ?? [];
  buttons[Math.min(line + by[1], by[1] ? line + by[1] : buttons.length - 1)]?.focus();
}

function drags() {
  for (const list of document.querySelectorAll("[data-week] [data-list], [data-week] [data-slot]")) {
    if (Sortable.get(list)) continue;
    const slot = list.matches("[data-slot]");
    new Sortable(list, {
      group: "actions", draggable: slot ? "[data-entry]" : "[data-action]", handle: slot ? undefined : "[data-handle]",
      ghostClass: "is-ghost", animation: 0, sort: !slot, delay: 200, delayOnTouchOnly: true, onEnd: dropped,
    });
  }
}

on("change", "[data-submit]", (_, select) => select.form.requestSubmit());
document.addEventListener("keydown", keydown, true);
document.addEventListener("keydown", walkSlots);
document.addEventListener("htmx:beforeSwap", refused, true);
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, ({ detail }) => detail.requestConfig?.elt && putBack(detail.requestConfig.elt), true);
}
document.addEventListener("htmx:load", drags);
drags();
