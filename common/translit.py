"""Other ways to write the same words: the wrong keyboard layout, Cyrillic for Latin and back, codes from names."""

import re
from typing import Final

_KEYS_LATIN: Final = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_KEYS_CYRILLIC: Final = "йцукенгшщзхъфывапролджэячсмитьбюё"
_TO_CYRILLIC_KEYS: Final = str.maketrans(_KEYS_LATIN, _KEYS_CYRILLIC)
_TO_LATIN_KEYS: Final = str.maketrans(_KEYS_CYRILLIC, _KEYS_LATIN)

# Uzbek spelling where it differs from Russian romanisation: names in the base are mostly Uzbek.
_LATIN: Final = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "j", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "x", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
    "я": "ya", "қ": "q", "ғ": "g'", "ҳ": "h", "ў": "o'",
}  # fmt: skip
_TO_LATIN: Final = str.maketrans(_LATIN)
# Longer spellings first: «shch» is one letter, not «sh» and «ch».
_CYRILLIC: Final = {
    "shch": "щ", "sch": "щ", "yo": "е", "yu": "ю", "ya": "я", "ye": "е", "zh": "ж", "kh": "х", "ts": "ц",
    "ch": "ч", "sh": "ш", "o'": "ў", "g'": "ғ", "a": "а", "b": "б", "c": "к", "d": "д", "e": "е", "f": "ф",
    "g": "г", "h": "х", "i": "и", "j": "ж", "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к",
    "r": "р", "s": "с", "t": "т", "u": "у", "v": "в", "w": "в", "x": "х", "y": "й", "z": "з",
}  # fmt: skip
_LATIN_PARTS: Final = re.compile("|".join(re.escape(part) for part in sorted(_CYRILLIC, key=len, reverse=True)))
_NOT_CODE: Final = re.compile(r"[^a-z0-9]+")


def other_layout(text: str) -> str:
    """What the same keys give on the other layout: «jhbtyn» → «ориент». Expects lower case."""
    table = _TO_LATIN_KEYS if any(letter in _KEYS_CYRILLIC for letter in text) else _TO_CYRILLIC_KEYS
    return text.translate(table)


def to_latin(text: str) -> str:
    """«ориент» → «orient». Expects lower case."""
    return text.translate(_TO_LATIN)


def to_cyrillic(text: str) -> str:
    """«orient» → «ориент». Expects lower case."""
    return _LATIN_PARTS.sub(lambda found: _CYRILLIC[found.group()], text)


def code_of(name: str, *, limit: int = 40) -> str:
    """A code for machines out of a name for people: «Повторная встреча» → «povtornaya_vstrecha»."""
    return _NOT_CODE.sub("_", to_latin(name.casefold())).strip("_")[:limit].strip("_")
