// A session that ended in the middle of work: sign in over the page, then go on.
import { make, meta, parse, text } from "./dom.js";
import { closeDialog, showDialog } from "./dialog.js";
import { toast } from "./toast.js";

const waiting = [];

const loginUrl = () => document.getElementById("texts")?.dataset.loginUrl ?? "";

export function isLogin(address) {
  return Boolean(loginUrl() && address) && new URL(address, location.href).pathname === loginUrl();
}

/** Take the fresh token of another page into this one. */
export function adoptToken(page) {
  const token = page.querySelector('meta[name="csrf-token"]')?.content;
  if (!token) return;
  document.querySelector('meta[name="csrf-token"]')?.setAttribute("content", token);
  for (const input of document.querySelectorAll('input[name="csrfmiddlewaretoken"]')) input.value = token;
}

function resume(page) {
  const who = page.querySelector('meta[name="signed-in"]').content;
  if (who !== meta("signed-in")) return location.reload();
  adoptToken(page);
  closeDialog();
  toast(text("signed"), "success");
  waiting.splice(0).forEach((again) => again());
}

function show(page, address) {
  const form = page.querySelector("main form");
  if (!form) return location.assign(loginUrl());
  form.action = new URL(form.getAttribute("action") || address, address).href;
  form.dataset.plain = "";
  form.addEventListener("submit", submit);
  const title = make("h2", { id: "dialog-title" }, text("signin"));
  const trouble = page.querySelector("main .errors") ?? make("p", {}, text("signinLead"));
  showDialog(make("div", { class: "dialog-text" }, title, trouble, form));
}

async function submit(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const body = new FormData(form, event.submitter);
  receive(await fetch(form.action, { method: "POST", body }));
}

async function receive(reply) {
  const page = parse(await reply.text());
  if (page.querySelector('meta[name="signed-in"]')) resume(page);
  else show(page, reply.url);
}

export async function signIn(again) {
  waiting.push(again);
  if (waiting.length > 1) return;
  document.getElementById("dialog").addEventListener("close", () => (waiting.length = 0), { once: true });
  const back = encodeURIComponent(location.pathname + location.search);
  receive(await fetch(`${loginUrl()}?next=${back}`));
}
