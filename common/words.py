"""Finding a person's phone, e-mail or name in other people's texts, however the number was grouped."""

import re
from collections.abc import Iterable

ERASED = "[удалено]"
_BETWEEN = " ()-\u00a0\u202f"
_DIGITS = re.compile(r"\+?\d{9,15}")
LOCAL = 9
"""Digits that a number has without the country's code: so it is often written at home."""


def needle(word: str) -> str:
    """What to look for: of a phone its local digits, of anything else the word itself."""
    return word[-LOCAL:] if _DIGITS.fullmatch(word) else word


def squeezed(text: str) -> str:
    return text.translate({ord(mark): None for mark in _BETWEEN})


def holds_any(text: str, words: Iterable[str]) -> bool:
    tight = squeezed(text).casefold()
    return any(squeezed(needle(word)).casefold() in tight for word in words)


def without(text: str, words: Iterable[str]) -> str:
    """The text with a mark in the place of each of these words."""
    for word in words:
        text = _pattern(word).sub(ERASED, text)
    return text


def _pattern(word: str) -> re.Pattern[str]:
    between = f"[{re.escape(_BETWEEN)}]*"
    if _DIGITS.fullmatch(word):
        code = between.join(word.lstrip("+")[:-LOCAL])
        digits = between.join(word[-LOCAL:])
        return re.compile(rf"(?:\+?{between}{code}{between})?{digits}" if code else digits)
    return re.compile(r"\s+".join(re.escape(part) for part in word.split()), re.IGNORECASE)
