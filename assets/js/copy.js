// Links marked data-copy: pressing copies the address instead of going there.
import { on } from "./dom.js";
import { toast } from "./toast.js";

async function copy(event, link) {
  if (!navigator.clipboard) return;
  event.preventDefault();
  await navigator.clipboard.writeText(link.href);
  toast(link.dataset.copied, "success");
}

export const startCopy = () => on("click", "[data-copy]", copy);
