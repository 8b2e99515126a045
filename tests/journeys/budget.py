"""How much a deed costs a person: presses as the browser felt them, and seconds at a human's pace."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

KEY_MS = 40
"""Between two keys of somebody who types well."""
# Pointer presses, and keys that are no text of a field and no bare modifier. The count outlives a navigation.
COUNTER = """
(() => {
  const fields = "textarea, select, input:not([type=checkbox], [type=radio], [type=submit])";
  const writes = (place) => place.matches?.(fields);
  const count = (event) => {
    if (!event.isTrusted || /^(Shift|Control|Alt|Meta)/.test(event.code ?? "")) return;
    if (event.type === "keydown" && writes(event.target) && event.code !== "Enter" && event.code !== "Tab") return;
    sessionStorage.presses = Number(sessionStorage.presses ?? 0) + 1;
  };
  for (const type of ["pointerdown", "keydown"]) addEventListener(type, count, true);
})();
"""


def counted(page: "Page") -> "Page":
    """The page with a counter of presses; call it before its first address."""
    page.add_init_script(COUNTER)
    return page


@contextmanager
def within(page: "Page", *, presses: int, seconds: float) -> Iterator[None]:
    """The block ends when the answer is painted; one press or a moment more than allowed fails."""
    page.evaluate("sessionStorage.presses = 0")
    begun = time.monotonic()
    yield
    took = time.monotonic() - begun
    felt = int(page.evaluate("sessionStorage.presses"))
    assert felt <= presses, f"{felt} presses, at most {presses}"
    assert took <= seconds, f"{took:.1f} s, at most {seconds}"


def at_work(page: "Page") -> None:
    """The focus is on something that is seen, and nothing sticky lies over it."""
    where = page.evaluate("""() => {
      const held = document.activeElement;
      if (!held || held === document.body) return "the body";
      const box = held.getBoundingClientRect();
      if (!box.width || !box.height) return `unseen ${held.outerHTML.slice(0, 90)}`;
      const x = Math.min(box.left + Math.min(box.width / 2, 20), innerWidth - 1);
      const y = box.top + Math.min(box.height / 2, 12);
      if (y < 0 || y > innerHeight) return `out of the window ${held.outerHTML.slice(0, 90)}`;
      const top = document.elementFromPoint(x, y);
      if (top && !held.contains(top) && !top.contains(held)) return `under ${top.outerHTML.slice(0, 90)}`;
      return "";
    }""")
    assert where == "", f"the focus is lost: {where}"
