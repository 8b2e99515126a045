"""Keys as a Russian keyboard sends them, cards as a hand drags them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Locator, Page

# The letter that a Russian layout has at the place of the Latin one, with the code of the key beneath.
RUSSIAN = {
    "G": ("п", 71), "L": ("д", 76), "J": ("о", 74), "K": ("л", 75), "F": ("а", 70), "M": ("ь", 77), "C": ("с", 67),
    "N": ("т", 78), "X": ("ч", 88), "S": ("ы", 83), "T": ("е", 84), "P": ("з", 80), "U": ("г", 85), "A": ("ф", 65),
    "D": ("в", 68),
}  # fmt: skip


class RussianKeys:
    """``press("G", "L", "1")``: keys one after another, on the layout that most people here have switched on."""

    def __init__(self, page: "Page") -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)

    def press(self, *letters: str) -> None:
        for letter in letters:
            char, code = RUSSIAN.get(letter) or (letter, ord(letter))
            name = f"Digit{letter}" if letter.isdigit() else f"Key{letter}"
            key = {"key": char, "code": name, "windowsVirtualKeyCode": code, "text": char}
            self.session.send("Input.dispatchKeyEvent", {"type": "keyDown", **key})
            self.session.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})


def drag(page: "Page", card: "Locator", to: "Locator") -> None:
    """By the mouse, in steps: a jump is no drag for the browser."""
    start, end = card.bounding_box(), to.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 40, start["y"] + start["height"] - 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + start["height"] + 4, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 40, steps=10)
    page.mouse.up()


def focused(page: "Page") -> str:
    """What has the focus: never the body after a deed of the keyboard."""
    return str(
        page.evaluate("document.activeElement.tagName + ' ' + (document.activeElement.textContent || '').trim()")
    )
