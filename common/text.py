"""Text as people write it: cleaning, folding for search and order, the same on every server."""

import re
import unicodedata

_APOSTROPHES = str.maketrans(dict.fromkeys("ʻʼ‘’`´ʹ′", "'"))
_YO = str.maketrans("Ёё", "Ее")
_SPACES = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def has_control_characters(text: str) -> bool:
    """NUL, lone surrogates, direction overrides and the like: never part of what a person means to store."""
    return _CONTROL.search(text) is not None


def without_control_characters(text: str) -> str:
    """For what is only shown: text that is kept as somebody's word is refused instead."""
    return _CONTROL.sub("", text)


def one_line(text: str) -> str:
    """Outer and repeated white space folded, Unicode composed."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def fold(text: str) -> str:
    """The key by which names are compared and ordered: case, ё/е and the forms of the apostrophe do not count."""
    return one_line(text).translate(_APOSTROPHES).translate(_YO).casefold()
