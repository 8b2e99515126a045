// The one <dialog>: links with data-dialog open in it, forms in it stay in it, focus comes back.
import htmx, { morphPage } from "./htmx.js";
import { isWhole, make, on, parse, text } from "./dom.js";

const host = () => document.getElementById("dialog");
const body = () => document.getElementById("dialog-body");
let opener = null;

const inDialog = (element) => Boolean(element?.closest?.("#dialog"));

export function closeDialog() {
  if (host()?.open) host().close();
}

/** Show ready content, or what has just been swapped in. */
export function showDialog(content) {
  if (content) body().replaceChildren(content);
  dress();
  if (!host().open) {
    opener ??= document.activeElement;
    host().showModal();
  }
  focusFirst();
}

/** The page behind may hold the same form: ids in the dialog must not meet theirs. */
function untangle(place) {
  for (const element of place.querySelectorAll("[id]")) {
    const old = element.id;
    if (document.querySelectorAll(`#${CSS.escape(old)}`).length < 2) continue;
    element.id = `${old}-dialog`;
    for (const name of ["for", "aria-describedby", "aria-labelledby", "href"]) {
      for (const link of place.querySelectorAll(`[${name}]`)) {
        const parts = link.getAttribute(name).split(" ");
        const renamed = parts.map((part) => (part.replace(/^#/, "") === old ? `${part}-dialog` : part));
        if (parts.join() !== renamed.join()) link.setAttribute(name, renamed.join(" "));
      }
    }
  }
}

function dress() {
  const place = body();
  untangle(place);
  if (!place.querySelector("#dialog-title")) place.querySelector("h1, h2")?.setAttribute("id", "dialog-title");
  if (!place.querySelector(".dialog-close")) place.prepend(closeButton());
  for (const form of place.querySelectorAll('form[method="post"]:not([hx-post], [data-plain])')) {
    form.setAttribute("hx-post", form.action);
    form.setAttribute("hx-target", "#dialog-body");
    form.setAttribute("hx-swap", "innerHTML");
    htmx.process(form);
  }
}

function closeButton() {
  const button = make("button", { type: "button", class: "btn btn-ghost btn-icon dialog-close", "data-dialog-close": "" });
  button.append(make("span", { "aria-hidden": "true" }, "✕"), make("span", { class: "sr-only" }, text("close")));
  return button;
}

function focusFirst() {
  const first = "[data-focus], [autofocus], [aria-invalid], input:not([type=hidden]), select, textarea, .actions .btn";
  (body().querySelector(first) ?? body().querySelector(".dialog-close")).focus();
}

function open(event, link) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0) return;
  event.preventDefault();
  opener = link;
  htmx.ajax("GET", link.href ?? link.dataset.dialog, { source: link, target: "#dialog-body", swap: "innerHTML", select: "unset" });
}

/** A whole page came where a piece was asked for: after a redirect it is the next page, else take its middle. */
function takePage(detail) {
  const page = parse(detail.serverResponse);
  const asked = new URL(detail.requestConfig.path, location.href).pathname;
  if (new URL(detail.xhr.responseURL).pathname !== asked) {
    detail.shouldSwap = false;
    closeDialog();
    return morphPage(page, detail.xhr.responseURL);
  }
  const title = page.querySelector("h1")?.textContent.trim() ?? "";
  detail.serverResponse = make("div", {}, make("h2", { id: "dialog-title" }, title)).innerHTML + (page.querySelector("#page") ?? page.querySelector("#content")).innerHTML;
}

/** Does this reply ask or refuse something that only the dialog can show? */
function belongsHere({ xhr, serverResponse, requestConfig: { elt } }) {
  if (![409, 422].includes(xhr.status)) return false;
  const asks = /data-gate\b/.test(serverResponse);
  return asks || inDialog(elt) || (isWhole(serverResponse) && !elt.closest("[hx-select]"));
}

/** Where a reply goes: questions and refusals into the dialog, the rest where it was meant. */
function route({ detail }) {
  if (!detail.shouldSwap) return;
  if (belongsHere(detail)) {
    detail.target = body();
    detail.swapOverride = "innerHTML";
    detail.selectOverride = "unset";
  }
  if (detail.target === body() && isWhole(detail.serverResponse)) takePage(detail);
}

/** A form in the dialog that changed the page outside has done its work. */
function finish({ detail }) {
  const status = detail.xhr.status;
  if (!inDialog(detail.requestConfig?.elt) || status < 200 || status > 299) return;
  if (status === 204 || !inDialog(detail.target)) closeDialog();
}

function comeBack() {
  body().replaceChildren();
  document.body.append(document.getElementById("live"));
  const held = opener === document.body ? document.querySelector("[data-row].is-current [data-row-link]") : opener;
  const again = held?.isConnected ? held : held?.id && document.getElementById(held.id);
  (again || document.getElementById("content"))?.focus();
  opener = null;
}

export function startDialog() {
  on("click", "[data-dialog]", open);
  on("click", "[data-dialog-close]", (event) => {
    if (!inDialog(event.target)) return;
    event.preventDefault();
    closeDialog();
  });
  document.addEventListener("htmx:beforeSwap", route);
  document.addEventListener("htmx:afterSwap", ({ detail }) => detail.target === body() && showDialog());
  document.addEventListener("htmx:afterRequest", finish);
  document.addEventListener("dialog:close", closeDialog);
  host()?.addEventListener("close", comeBack);
}
