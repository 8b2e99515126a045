// htmx with a morphing swap: what is already on the page stays, so focus and typed text survive.
import htmx from "htmx.org";
import { Idiomorph } from "idiomorph";

window.htmx = htmx;

const callbacks = {
  // What the reader opened stays open.
  beforeAttributeUpdated: (name, node) => !(name === "open" && node.matches("details, dialog")),
};

export function morph(target, content, morphStyle) {
  return Idiomorph.morph(target, content, { morphStyle, ignoreActiveValue: true, restoreFocus: true, callbacks });
}

const styleOf = (swap) => (swap === "morph:innerHTML" ? "innerHTML" : "outerHTML");

htmx.defineExtension("morph", {
  isInlineSwap: (swap) => swap.startsWith("morph") && styleOf(swap) === "outerHTML",
  handleSwap: (swap, target, fragment) =>
    swap.startsWith("morph") ? morph(target, fragment.children, styleOf(swap)) : false,
});

/** Put another page in place of this one without losing place, focus or what is being typed. */
export function morphPage(page, address = location.href) {
  document.title = page.title;
  if (address !== location.href) history.pushState({}, "", address);
  morph(document.body, page.body, "innerHTML");
  htmx.process(document.body);
}

export default htmx;
