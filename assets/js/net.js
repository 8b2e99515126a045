// What happens around every htmx request: the token, failures, and the strip with «Повторить».
import htmx from "./htmx.js";
import { meta, on, reason, text } from "./dom.js";
import { signIn, isLogin } from "./session.js";
import { toast } from "./toast.js";

const WORDS = { 403: "forbidden", 404: "missing", 410: "missing", 429: "many" };
const failed = [];

const isPoll = (config) => Boolean(config?.elt?.closest?.("[data-poll]"));

/** The same request again, with the same fields and the button that was pressed. */
export function repeat({ requestConfig: config, target, etc }) {
  const values = Object.create(null); // a field of any name is a field, «__proto__» too
  for (const name of new Set(config.formData.keys())) {
    if (name !== "csrfmiddlewaretoken") values[name] = config.formData.getAll(name);
  }
  const source = document.contains(config.elt) ? config.elt : document.body;
  const headers = etc?.headers ?? {};
  return htmx.ajax(config.verb, config.path, { source, target, values, headers, swap: etc?.swapOverride });
}

function strip(message, detail) {
  const box = document.getElementById("offline");
  box.querySelector("[data-offline-text]").textContent = message;
  if (detail) failed.push(detail);
  box.querySelector("[data-retry]").hidden = failed.length === 0;
  box.hidden = false;
}

function unstrip() {
  failed.length = 0;
  document.getElementById("offline").hidden = true;
}

function onError({ detail }) {
  const status = detail.xhr.status;
  if (isPoll(detail.requestConfig) || detail.handled) return;
  if (status === 401) signIn(() => repeat(detail));
  else if (status >= 500) strip(text("failed"), detail);
  else toast(reason(detail.xhr) || text(WORDS[status] ?? "refused"), "error");
}

function onLost({ detail }) {
  if (!isPoll(detail.requestConfig) && !detail.handled) strip(text("offline"), detail);
}

function retry() {
  const again = failed.splice(0);
  unstrip();
  again.forEach(repeat);
}

/** A session that ended answers with the sign-in page: never swap that into the page. */
function guardLogin({ detail }) {
  if (!isLogin(detail.xhr.responseURL) || isLogin(location.href)) return;
  detail.shouldSwap = false;
  detail.isError = false;
  if (!isPoll(detail.requestConfig)) signIn(() => repeat(detail));
}

export function startNet() {
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    detail.headers["X-CSRFToken"] = meta("csrf-token");
    // A page that asks by itself does not show that somebody sits before it: sessions end all the same.
    if (detail.elt?.closest?.("[data-poll]")) detail.headers["X-Poll"] = "1";
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && isPoll(event.detail.requestConfig)) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", guardLogin);
  document.addEventListener("htmx:responseError", onError);
  for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, onLost);
  document.addEventListener("htmx:afterOnLoad", () => failed.length || unstrip());
  window.addEventListener("offline", () => strip(text("offline")));
  window.addEventListener("online", () => (failed.length ? retry() : unstrip()));
  on("click", "[data-retry]", retry);
}
