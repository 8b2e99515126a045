// One line after another: what was sent leaves the field at once, so that the next can be typed while the server thinks.
import { announce, text } from "./dom.js";

const typed = new WeakMap();
const field = (form) => form.querySelector('input[name="title"]');

function sent({ detail: { elt } }) {
  if (!elt.matches?.("[data-adds]")) return;
  const input = field(elt);
  typed.set(elt, input.value);
  input.value = "";
}

function answered({ detail }) {
  const words = typed.get(detail.elt);
  if (words === undefined) return;
  typed.delete(detail.elt);
  const input = document.getElementById(field(detail.elt)?.id ?? "");
  if (detail.successful || !input) return announce(text("weekAdded", { title: words }));
  input.value ||= words;
}

export function startAdding() {
  document.addEventListener("htmx:beforeRequest", sent);
  document.addEventListener("htmx:afterRequest", answered);
}
