"""In which encoding a text table was saved: by its mark, by what decodes, and else by how Russian and Uzbek look."""

import codecs
import io
import re
from typing import IO

from django.utils.translation import gettext as _

from common.errors import FieldError, Invalid

SNIFF_BYTES = 64 * 1024
_CYRILLIC = ("cp1251", "koi8-r", "cp866")
# The letters that make up most of a text in Russian, and in Uzbek written in Cyrillic.
_COMMON = frozenset("оеаинтслврОЕАИНТСЛВР")
_LETTERS = re.compile(r"[А-Яа-яЁёЎўҚқҒғҲҳ]")
_MIXED_CASE = re.compile(r"[а-яё][А-ЯЁ]")
_WORTH_READING = 0.9


def unknown_encoding(message: str) -> Invalid:
    return Invalid(message, [FieldError("file", "encoding", message)])


def encoding_of(file: IO[bytes]) -> str:
    """The name of the encoding. Raises Invalid that names the line where the file stops being one text."""
    file.seek(0)
    sample = file.read(SNIFF_BYTES)
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in sample and (wide := _wide(sample)):
        return wide
    if _decodes(file, "utf-8-sig"):
        return "utf-8-sig"
    if b"\x00" in sample:
        raise unknown_encoding(_("Не удалось понять кодировку. Сохраните файл как CSV UTF-8 или XLSX."))
    _demand_one_encoding(file)
    encoding = max(_CYRILLIC, key=lambda name: _likeness(sample, name))
    if not _decodes(file, encoding):
        raise unknown_encoding(_("Не удалось понять кодировку. Сохраните файл как CSV UTF-8 или XLSX."))
    return encoding


def _wide(sample: bytes) -> str:
    """UTF-16 without its mark: one of the two readings is text, the other is not."""
    even = sample[: len(sample) // 2 * 2]
    for name in ("utf-16-le", "utf-16-be"):
        text = even.decode(name, "replace")
        plain = sum(1 for char in text if char.isascii() and (char.isprintable() or char in "\r\n\t"))
        if (plain + len(_LETTERS.findall(text))) >= _WORTH_READING * len(text):
            return name
    return ""


def _decodes(file: IO[bytes], encoding: str) -> bool:
    file.seek(0)
    reader = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        while reader.read(1 << 20):
            continue
    except UnicodeDecodeError:
        return False
    finally:
        reader.detach()
    return True


def _demand_one_encoding(file: IO[bytes]) -> None:
    """Lines in UTF-8 beside lines that are not: two files were put together, or a byte was spoilt on the way."""
    file.seek(0)
    wide = wrong = 0
    for number, line in enumerate(_lines(file), start=1):
        if line.isascii():
            continue
        try:
            line.decode("utf-8-sig" if number == 1 else "utf-8")
            wide = wide or number
        except UnicodeDecodeError:
            wrong = wrong or number
        if wide and wrong:
            message = _("В файле смешаны кодировки: строка %(number)s записана иначе. Сохраните его как CSV UTF-8.")
            raise unknown_encoding(message % {"number": max(wide, wrong)})


def _lines(file: IO[bytes]) -> "io.BufferedIOBase | list[bytes]":
    """The lines, whatever ends them; a file of one endless line is looked at as far as the sample goes."""
    head = file.read(SNIFF_BYTES)
    file.seek(0)
    return head.splitlines() if b"\n" not in head else iter(file.readline, b"")  # type: ignore[return-value]


def _likeness(sample: bytes, encoding: str) -> float:
    """How much a reading looks like text: common letters speak for it, case that flips inside words against it."""
    text = sample.decode(encoding, "replace")
    letters = _LETTERS.findall(text)
    if not letters:
        return 0.0
    strange = sum(1 for char in text if not char.isascii()) - len(letters)
    common = sum(1 for letter in letters if letter in _COMMON)
    lower = sum(1 for letter in letters if letter.islower())
    flips = len(_MIXED_CASE.findall(text))
    return (common + 0.1 * lower - 2 * flips - strange) / (len(letters) + strange)
