// A password that one may look at while typing. Hidden again before it is sent, so that nothing keeps it as text.
import { on } from "./dom.js";

function show(button, shown) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  if (!field) return;
  field.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
}

export function startPasswords() {
  const reveal = (root) => root.querySelectorAll("[data-password-show][hidden]").forEach((button) => (button.hidden = false));
  reveal(document);
  new MutationObserver(() => reveal(document)).observe(document.body, { childList: true, subtree: true });
  on("click", "[data-password-show]", (_, button) => show(button, button.getAttribute("aria-pressed") !== "true"));
  document.addEventListener("submit", ({ target }) => {
    target.querySelectorAll?.("[data-password-show][aria-pressed=true]").forEach((button) => show(button, false));
  }, true);
}
