// Focus never falls to <body> when the page changes under it.
import { on } from "./dom.js";

const DEED = "deed";
let before = null;
let portion = null;

function remember({ detail }) {
  const active = document.activeElement;
  before = active && active !== document.body ? { active, id: active.id, near: detail.target } : null;
}

function restore() {
  const wanted = document.querySelector(".errors[data-focus], .conflict[data-focus]");
  if (wanted && !wanted.dataset.seen) {
    wanted.dataset.seen = "1";
    return wanted.focus();
  }
  if (!before || document.activeElement !== document.body) return;
  const same = before.id && document.getElementById(before.id);
  (same || firstNew() || nearest())?.focus();
  before = null;
}

/** After «Показать ещё» the reader goes on at the first new row. */
function firstNew() {
  if (!portion?.list?.isConnected) return null;
  const row = portion.list.children[portion.count];
  portion = null;
  return row?.querySelector("a, button");
}

function nearest() {
  const place = before.near?.isConnected ? before.near : document.getElementById("content");
  if (place && !place.hasAttribute("tabindex")) place.setAttribute("tabindex", "-1");
  return place;
}

/** A deed may lead to a whole page: there one goes on at the work, not at the top of the window. */
function leave({ detail }) {
  if (detail.xhr.getResponseHeader("HX-Redirect")) sessionStorage.setItem(DEED, "1");
}

function arrive() {
  const came = sessionStorage.getItem(DEED);
  sessionStorage.removeItem(DEED);
  if (!came || document.activeElement !== document.body) return;
  const row = document.querySelector("[data-queue] [data-row]:not(.is-answered) [data-row-link]");
  (row ?? document.querySelector("[data-queue-done]") ?? document.getElementById("content"))?.focus({ preventScroll: true });
}

export function startFocus() {
  document.addEventListener("htmx:beforeSwap", remember);
  document.addEventListener("htmx:afterSettle", restore);
  on("click", "[data-more]", (_, link) => {
    const list = document.querySelector(link.getAttribute("hx-target"));
    portion = { list, count: list?.children.length ?? 0 };
  });
  document.addEventListener("htmx:beforeOnLoad", leave);
  restore();
  arrive();
}
