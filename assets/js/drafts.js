// Forms marked data-draft="name": what is typed stays in this tab until the server has taken it.
import { make, meta, on, text } from "./dom.js";

const prefix = () => `draft:${meta("signed-in")}:`;
const sentKey = (form) => `sent:${prefix()}${form.dataset.draft}`;
const key = (form) => prefix() + form.dataset.draft;

const kept = (field) => field.name && !field.closest("[data-no-draft]") && !["hidden", "password", "file", "submit", "button"].includes(field.type);
const fields = (form) => [...form.elements].filter(kept);
const state = (field) => (["checkbox", "radio"].includes(field.type) ? field.checked : field.value);
const slot = (field) => (field.type === "radio" || field.type === "checkbox" ? `${field.name}=${field.value}` : field.name);

function save(form) {
  const values = Object.fromEntries(fields(form).map((field) => [slot(field), state(field)]));
  sessionStorage.setItem(key(form), JSON.stringify(values));
}

function put(field, value) {
  if (typeof value === "boolean") field.checked = value;
  else field.value = value;
}

function restore(form) {
  const saved = sessionStorage.getItem(key(form));
  if (!saved || form.dataset.restored) return;
  form.dataset.restored = "1";
  const values = JSON.parse(saved);
  const changed = fields(form).filter((field) => slot(field) in values && values[slot(field)] !== state(field));
  changed.forEach((field) => put(field, values[slot(field)]));
  if (changed.length) place(form, note(form));
}

/** Beside the buttons: on top it would push the form down under the pointer. */
function place(form, box) {
  const buttons = form.querySelector(":scope > .actions");
  if (buttons) buttons.before(box);
  else form.append(box);
}

function note(form) {
  const drop = make("button", { type: "button", class: "btn btn-sm" }, text("draftDrop"));
  const box = make("p", { class: "draft-note", role: "status" }, text("draft"), drop);
  drop.addEventListener("click", () => {
    forget(form);
    form.reset();
    box.remove();
    fields(form)[0]?.focus();
  });
  return box;
}

function forget(form) {
  sessionStorage.removeItem(key(form));
  sessionStorage.removeItem(sentKey(form));
}

/** A draft goes when its form was sent and did not come back, and when another person has signed in. */
function tidy() {
  const mine = prefix();
  const shown = new Set([...document.querySelectorAll("form[data-draft]")].map(key));
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith("draft:") && meta("signed-in") && !name.startsWith(mine)) sessionStorage.removeItem(name);
    const draft = name.startsWith("sent:") && name.slice(5);
    if (!draft || !meta("signed-in")) continue;
    sessionStorage.removeItem(name);
    if (!shown.has(draft) || !document.querySelector(".errors, [aria-invalid=true]")) sessionStorage.removeItem(draft);
  }
}

export function dropDrafts() {
  for (const name of Object.keys(sessionStorage)) {
    if (/^(draft|sent|place):/.test(name)) sessionStorage.removeItem(name);
  }
}

export function startDrafts() {
  tidy();
  const all = (root) => root.querySelectorAll?.("form[data-draft]").forEach(restore);
  all(document);
  document.addEventListener("htmx:load", ({ target }) => all(target.parentElement ?? document));
  on("input", "form[data-draft]", (_, form) => save(form));
  on("change", "form[data-draft]", (_, form) => save(form));
  on("submit", "form[data-draft]", (_, form) => sessionStorage.setItem(sentKey(form), "1"));
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const form = detail.requestConfig?.elt?.closest?.("form[data-draft]");
    if (!form) return;
    sessionStorage.removeItem(sentKey(form));
    if (detail.successful && detail.xhr.status < 400) forget(form);
  });
  on("submit", "[data-logout]", dropDrafts);
}
