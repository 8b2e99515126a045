// Small helpers that every module uses.
const texts = () => document.getElementById("texts");

/** A text of the interface in the reader's language, with {names} filled in. */
export function text(name, values = {}) {
  const raw = texts()?.dataset[name] ?? "";
  return raw.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

/** Call `handler(event, element)` for events inside elements that match, now and later. */
export function on(type, selector, handler, options) {
  document.addEventListener(type, (event) => {
    const found = event.target instanceof Element && event.target.closest(selector);
    if (found) handler(event, found);
  }, options);
}

/** Say something to a screen reader without moving focus. */
export function announce(message) {
  const live = document.getElementById("live");
  if (!live) return;
  // Under an open dialog the rest of the page is silent, so the words go inside it.
  (document.querySelector("dialog[open]") ?? document.body).append(live);
  live.textContent = "";
  setTimeout(() => (live.textContent = message), 50);
}

export function visible(element) {
  return element.getClientRects().length > 0 && getComputedStyle(element).visibility !== "hidden";
}

export function make(tag, attrs = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Is the person typing here? */
export function typing(element) {
  return element instanceof Element && element.matches('textarea, select, [contenteditable=""], [contenteditable="true"], input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"])');
}

export const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

export const parse = (html) => new DOMParser().parseFromString(html, "text/html");

/** What a refusing server says to people, when it says it. */
export function reason(xhr) {
  return parse(xhr.response ?? "").querySelector("[data-reason]")?.textContent.trim() ?? "";
}

export const isWhole = (html) => /<html[\s>]/i.test(html);
