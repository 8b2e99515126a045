// Passkeys: the page says what to ask the device for, the form carries the device's answer back.
import { on, text } from "./dom.js";
import { toast } from "./toast.js";

const bytes = (word) => Uint8Array.from(atob(word.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

function word(buffer) {
  const signs = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(signs).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function ask(form) {
  const kept = form.dataset.options;
  const options = kept ? JSON.parse(kept) : await (await fetch(form.dataset.optionsUrl)).json();
  const wanted = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
  if (wanted.user) {
    wanted.user = { ...wanted.user, id: bytes(wanted.user.id) };
    wanted.excludeCredentials = named(wanted.excludeCredentials);
    return navigator.credentials.create({ publicKey: wanted });
  }
  wanted.allowCredentials = named(wanted.allowCredentials);
  return navigator.credentials.get({ publicKey: wanted });
}

function told(credential) {
  const { response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const found = parts.filter((name) => response[name]).map((name) => [name, word(response[name])]);
  return JSON.stringify({
    id: credential.id,
    rawId: word(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: Object.fromEntries(found),
  });
}

async function press(button) {
  const form = button.closest("form");
  button.disabled = true;
  try {
    form.querySelector("[data-passkey-answer]").value = told(await ask(form));
    form.submit();
  } catch {
    toast(text("passkey"), "error");
    button.disabled = false;
  }
}

export function startPasskeys() {
  if (!window.PublicKeyCredential) return;
  const reveal = () => document.querySelectorAll("[data-passkey][hidden]").forEach((form) => (form.hidden = false));
  reveal();
  new MutationObserver(reveal).observe(document.body, { childList: true, subtree: true });
  on("click", "[data-passkey-press]", (event, button) => {
    event.preventDefault();
    press(button);
  });
}
