// Short messages: they leave after 10 seconds unless read with the pointer or focus, errors stay.
import { announce, make, on, text } from "./dom.js";

const STAY = 10_000;
const region = () => document.getElementById("toasts");

export function toast(message, tone = "info") {
  const box = make("div", { class: `toast-item toast-${tone}`, "data-toast": "" }, make("p", {}, message));
  if (tone === "error") box.dataset.toastStays = "";
  const close = make("button", { type: "button", class: "btn btn-ghost btn-icon btn-sm", "data-toast-close": "" });
  close.append(make("span", { "aria-hidden": "true" }, "✕"), make("span", { class: "sr-only" }, text("close")));
  box.append(close);
  region()?.append(box);
}

function remove(box) {
  const held = box.contains(document.activeElement);
  box.remove();
  if (held) document.getElementById("content")?.focus();
}

function schedule(box) {
  if (box.dataset.timed) return;
  box.dataset.timed = "1";
  announce(box.querySelector("p")?.textContent ?? "");
  if ("toastStays" in box.dataset) return;
  let timer;
  const start = () => (timer = setTimeout(() => remove(box), STAY));
  for (const name of ["pointerenter", "focusin"]) box.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["pointerleave", "focusout"]) box.addEventListener(name, start);
  start();
}

/** Above an open dialog a toast must stand in the same top layer, or nobody sees it. */
function lift() {
  const box = region();
  if (!box?.showPopover) return;
  box.popover = "manual";
  if (box.matches(":popover-open")) box.hidePopover();
  if (box.childElementCount) box.showPopover();
}

function watch() {
  region()?.querySelectorAll("[data-toast]").forEach(schedule);
  lift();
}

export function startToasts() {
  if (!region()) return;
  watch();
  new MutationObserver(watch).observe(region(), { childList: true });
  on("click", "[data-toast-close]", (_, button) => remove(button.closest("[data-toast]")));
  document.addEventListener("toast", ({ detail }) => toast(detail.text ?? detail.value, detail.tone));
}
