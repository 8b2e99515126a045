// The board: drag or keys move a card, the server decides, a refusal puts it back where it was.
import Sortable from "sortablejs";
import { announce, reason, text, typing } from "./dom.js";

const { htmx } = window;
const flights = new WeakMap();

const columnOf = (card) => card.closest("[data-column]");
const nameOf = (column) => column.dataset.columnName ?? "";
const linkOf = (card) => card.querySelector("[data-card-link]") ?? card.querySelector("a[href]");
const cardsOf = (column) => column.querySelector("[data-cards]") ?? column;
const columns = () => [...document.querySelectorAll("[data-board] [data-column]")];
const cards = (column) => [...column.querySelectorAll("[data-card]")];
const say = (word, card, column) => announce(text(word, { card: linkOf(card)?.textContent.trim() ?? "", column: nameOf(column) }));

function mark(card, state) {
  card.classList.remove("is-saving", "is-waiting");
  const place = card.querySelector("[data-card-state]");
  if (state) card.classList.add(`is-${state}`);
  if (place) place.textContent = state ? text(state) : "";
}

/** Back to the exact place it was taken from. */
function putBack(card, { parent, next }) {
  parent.insertBefore(card, next?.parentElement === parent ? next : null);
}

function send(card, to, from) {
  flights.set(card, from);
  mark(card, "saving");
  return htmx.ajax("POST", card.dataset.moveUrl, {
    source: card,
    target: card,
    swap: "morph:outerHTML",
    values: { to: to.dataset.column, version: card.dataset.version ?? "", _once: crypto.randomUUID() },
  });
}

/** Move at once, then ask the server. */
function move(card, to) {
  const from = { parent: card.parentElement, next: card.nextElementSibling, column: columnOf(card) };
  cardsOf(to).prepend(card);
  linkOf(card)?.focus();
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  return send(card, to, from);
}

function dropped({ item, from, to, oldDraggableIndex }) {
  if (from === to) return;
  const others = [...from.querySelectorAll(":scope > [data-card]")];
  const place = { parent: from, next: others[oldDraggableIndex] ?? null, column: from.closest("[data-column]") };
  send(item, to.closest("[data-column]"), place);
}

/** A gate asks: the card waits where it was while the dialog is open. */
function hold(card, from) {
  putBack(card, from);
  mark(card, "waiting");
  const dialog = document.getElementById("dialog");
  dialog.addEventListener("close", () => {
    if (!card.isConnected || !card.classList.contains("is-waiting")) return;
    mark(card, "");
    say("stayed", card, columnOf(card));
    linkOf(card)?.focus();
  }, { once: true });
}

function refused(card, from, why) {
  putBack(card, from);
  mark(card, "");
  const message = text("returned", { card: linkOf(card)?.textContent.trim() ?? "", column: nameOf(columnOf(card)) });
  document.dispatchEvent(new CustomEvent("toast", { detail: { text: [message, why].filter(Boolean).join(". "), tone: "error" } }));
  linkOf(card)?.focus();
}

/** A card lies in its new column until the server answers; here it learns of a refusal. */
function beforeSwap({ detail }) {
  const card = detail.requestConfig.elt;
  const from = flights.get(card);
  if (!from || detail.xhr.status < 400) return;
  flights.delete(card);
  if (detail.xhr.status === 409 && /data-gate\b/.test(detail.serverResponse)) return hold(card, from);
  // Somebody was faster: back where it was, and the card as it stands now comes with the answer.
  if (detail.xhr.status === 409 && /data-card\b/.test(detail.serverResponse)) return refused(card, from, reason(detail.xhr));
  detail.shouldSwap = false;
  detail.isError = false;
  refused(card, from, reason(detail.xhr));
}

function lost(event) {
  const card = event.detail.requestConfig?.elt;
  const from = flights.get(card);
  if (!from) return;
  event.stopImmediatePropagation();
  flights.delete(card);
  refused(card, from, text("offline"));
}

/** A card that was closed leaves the board; the reader goes on at its neighbour. */
function leave(card, rail) {
  const next = card.nextElementSibling ?? card.previousElementSibling;
  say("moved", card, rail);
  card.remove();
  if (document.activeElement === document.body) (next?.matches("[data-card]") ? linkOf(next) : document.getElementById("content"))?.focus();
}

/** Whatever swapped a card in, it goes to the column its data-stage names. */
function settle(event) {
  const card = event.target.closest?.("[data-card][data-stage]");
  if (!card) return;
  flights.delete(card);
  mark(card, "");
  const home = columns().find((column) => column.dataset.column === card.dataset.stage);
  const rail = document.querySelector(`[data-drop][data-column="${CSS.escape(card.dataset.stage)}"]`);
  if (!home && rail) return leave(card, rail);
  if (home && columnOf(card) !== home) cardsOf(home).prepend(card);
  if (home) say("moved", card, home);
  if (document.activeElement === document.body) linkOf(card)?.focus();
}

function neighbour(column, by) {
  const all = columns();
  return all[all.indexOf(column) + by];
}

/** The next column that has cards; an empty one is skipped. */
function sideways(card, by) {
  const row = cards(columnOf(card)).indexOf(card);
  let column = neighbour(columnOf(card), by);
  while (column && !cards(column).length) column = neighbour(column, by);
  if (column) linkOf(cards(column)[Math.min(row, cards(column).length - 1)])?.focus();
}

function upDown(card, by) {
  const all = cards(columnOf(card));
  linkOf(all[all.indexOf(card) + by] ?? card)?.focus();
}

function shift(card, by) {
  const to = neighbour(columnOf(card), by);
  if (to && !flights.has(card)) move(card, to);
}

const KEYS = {
  BracketLeft: (card) => shift(card, -1),
  BracketRight: (card) => shift(card, 1),
  ArrowLeft: (card) => sideways(card, -1),
  ArrowRight: (card) => sideways(card, 1),
  ArrowUp: (card) => upDown(card, -1),
  ArrowDown: (card) => upDown(card, 1),
};

function press(event) {
  const card = event.target.closest?.("[data-board] [data-card]");
  const off = document.documentElement.dataset.keys === "off" && event.code.startsWith("Bracket");
  if (!card || off || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!KEYS[event.code] || event.target.closest("details[open]") || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  KEYS[event.code](card);
}

function drags() {
  for (const list of document.querySelectorAll("[data-board] [data-cards], [data-drop]")) {
    if (Sortable.get(list)) continue;
    new Sortable(list, {
      group: "cards", draggable: "[data-card]", ghostClass: "is-ghost", animation: 0, sort: false,
      delay: 200, delayOnTouchOnly: true, filter: "summary, .menu-list", preventOnFilter: false, onEnd: dropped,
    });
  }
}

document.addEventListener("keydown", press);
document.addEventListener("htmx:beforeSwap", beforeSwap, true);
for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, lost, true);
document.addEventListener("htmx:afterSettle", settle);
document.addEventListener("htmx:load", drags);
drags();
