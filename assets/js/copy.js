// Links marked data-copy: pressing copies the address instead of going there; data-copy="#id" copies that element's text.
import { on } from "./dom.js";
import { toast } from "./toast.js";

async function copy(event, link) {
  if (!navigator.clipboard) return;
  event.preventDefault();
  const source = link.dataset.copy && document.querySelector(link.dataset.copy);
  await navigator.clipboard.writeText(source ? source.textContent.trim() : link.href);
  toast(link.dataset.copied, "success");
}

export const startCopy = () => on("click", "[data-copy]", copy);
