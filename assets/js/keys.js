// Keys are declared in the markup by place on the keyboard (event.code), so a Russian layout works too.
import { make, on, text, typing, visible } from "./dom.js";
import { showDialog } from "./dialog.js";

const PAUSE = 1200;
const NAMES = { Slash: "/", BracketLeft: "[", BracketRight: "]", Comma: ",", Period: ".", Mod: "Ctrl", Escape: "Esc", Space: "␣" };
let held = "";
let timer;

const isOff = () => document.documentElement.dataset.keys === "off";
const scope = () => document.querySelector("dialog[open]") ?? document;

export function combo(event) {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Mod");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey) parts.push("Shift");
  return [...parts, event.code.replace("Numpad", "Digit").replace("DigitEnter", "Enter")].join("+");
}

const declared = () => [...scope().querySelectorAll("[data-key]")].filter(visible);

/** Of several bearers of a key acts the newest toast, the one in the current row or card, the page's before the shell's. */
function choose(found) {
  const toasts = found.filter((element) => element.closest("[data-toast]"));
  if (toasts.length) return toasts.at(-1);
  const row = document.activeElement?.closest("[data-row], [data-card]") ?? document.querySelector("[data-row].is-current");
  const ours = found.filter((element) => row?.contains(element));
  const common = found.filter((element) => !element.closest("[data-row], [data-card]"));
  // In a row that lacks the key its neighbour's must not act: the reader looks at another record.
  return ours[0] ?? common.find((element) => element.closest("#content")) ?? common[0] ?? (row ? undefined : found[0]);
}

function act(element) {
  if (element.matches("input:not([type=checkbox], [type=radio], [type=submit]), textarea, select")) return element.focus();
  if (element.matches("fieldset")) return element.querySelector("button, input")?.focus();
  if (element.matches("summary")) element.focus();
  element.click();
  if (element.matches("details[open] > summary")) element.parentElement.querySelector("[data-focus]")?.focus();
}

function wait(prefix) {
  held = prefix;
  clearTimeout(timer);
  timer = setTimeout(() => (held = ""), PAUSE);
}

function find(pressed, target) {
  const all = declared();
  const here = pressed === "Mod+Enter" && target.closest?.("form");
  const pool = here ? all.filter((element) => here.contains(element)) : all;
  const sequence = held && pool.filter((element) => element.dataset.key === `${held} ${pressed}`);
  return sequence?.length ? sequence : pool.filter((element) => element.dataset.key === pressed);
}

function press(event) {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  const pressed = combo(event);
  const single = !pressed.startsWith("Mod+");
  if (single && (isOff() || typing(event.target))) return;
  if (pressed === "Shift+Slash") return take(event, showHelp);
  const found = find(pressed, event.target);
  const chosen = found.length && choose(found);
  if (chosen) return take(event, () => act(chosen));
  if (declared().some((element) => element.dataset.key.startsWith(`${pressed} `))) wait(pressed);
}

function take(event, deed) {
  event.preventDefault();
  held = "";
  deed();
}

const cap = (part) => part.split("+").map((name) => NAMES[name] ?? name.replace(/^(Key|Digit)/, "")).join("+");

function line(keys, label) {
  const caps = keys.split(" ").map((part) => make("kbd", { class: "kbd kbd-sm" }, cap(part)));
  return make("div", {}, make("dt", {}, label), make("dd", {}, ...caps));
}

function builtIn() {
  const lines = [["Mod+KeyK", "keysPalette"], ["Shift+Slash", "keysHelp"], ["Escape", "keysClose"]];
  if (document.querySelector("[data-rows]")) lines.unshift(["KeyJ KeyK", "keysRows"], ["KeyX", "keysSelect"]);
  if (document.querySelector("[data-board]")) lines.unshift(["BracketLeft BracketRight", "keysBoard"]);
  if (document.querySelector("[data-week]")) {
    lines.unshift(["Alt+ArrowUp Alt+ArrowDown", "keysWeekOrder"], ["Digit0 Digit3", "keysWeekPriority"], ["KeyD", "keysWeekCopy"]);
  }
  return lines.map(([keys, name]) => line(keys, text(name)));
}

function showHelp() {
  const seen = new Map();
  for (const element of isOff() ? [] : declared()) {
    const label = element.dataset.keyLabel || element.ariaLabel || element.textContent.trim();
    if (!seen.has(element.dataset.key)) seen.set(element.dataset.key, label);
  }
  const lines = [...seen].map(([keys, label]) => line(keys, label));
  const title = make("h2", { id: "dialog-title" }, text("keys"));
  showDialog(make("div", { class: "dialog-text" }, title, make("dl", { class: "keys-list" }, ...lines, ...builtIn())));
}

export function startKeys() {
  document.addEventListener("keydown", press);
  on("click", "[data-keys-help]", showHelp);
}
