"""What is wrong with the cells of a row before anybody asks what they mean; and how a cell is shown in a report."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from common.errors import FieldError, Invalid
from common.text import has_control_characters
from imports.mapping import FieldRule
from imports.workbook import NO_VALUE

LONGEST = 32_767
"""As much as a cell of Excel holds."""
_EXCEL_ERRORS = frozenset({
    "#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#ССЫЛКА!", "#Н/Д", "#ЗНАЧ!", "#ДЕЛ/0!",
    "#ИМЯ?", "#ЧИСЛО!", "#ПУСТО!",
})  # fmt: skip
_SHORTENED = re.compile(r"[+-]?[0-9](?:[.,][0-9]+)?[eEеЕ][+-]?[0-9]{1,3}")  # the letter may be a Russian one
_IDENTIFIES = frozenset({"external_id", "phone", "tax_id"})
_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF])
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
_SHOWN = 2


def demand_readable(row: Sequence[str], headers: Sequence[str], fields: Mapping[str, FieldRule]) -> None:
    """Raises Invalid with everything that cannot be read in a row; ``field`` of each is the column's name."""
    errors = [error for cell, header in zip(row, headers, strict=False) if (error := _problem(cell, header))]
    if any(cell.strip() for cell in row[len(headers) :]):
        message = _("В строке больше значений, чем колонок в заголовке: проверьте разделители и кавычки.")
        errors.append(FieldError("", "too_many_cells", message))
    places = {header: place for place, header in enumerate(headers)}
    for name in _IDENTIFIES & set(fields):
        column = fields[name].column
        if error := _identity_problem(row[places[column]].strip() if places[column] < len(row) else "", column, name):
            errors.append(error)
    if errors:
        raise Invalid(errors[0].message, errors)


def _problem(cell: str, header: str) -> FieldError | None:
    if has_control_characters(cell):
        return FieldError(header, "control_characters", _("Есть знаки, которые нельзя сохранить. Уберите их."))
    if len(cell) > LONGEST:
        message = _("Длиннее %(limit)s знаков. Сократите.") % {"limit": LONGEST}
        return FieldError(header, "too_long", message)
    if cell.strip().upper() in _EXCEL_ERRORS:
        return FieldError(header, "excel_error", _("В ячейке ошибка Excel. Исправьте формулу или впишите значение."))
    if cell == NO_VALUE:
        message = _("В ячейке формула без значения. Скопируйте столбец и вставьте его как значения.")
        return FieldError(header, "formula", message)
    return None


def _identity_problem(cell: str, column: str, name: str) -> FieldError | None:
    """What two people would read differently cannot tell one record from another."""
    if _SHORTENED.fullmatch(cell):
        message = _("Excel сократил число, и его цифры потеряны. Задайте столбцу формат «Текстовый» и впишите заново.")
        return FieldError(column, "shortened", message)
    scripts = {unicodedata.name(char, "").partition(" ")[0] for char in cell if char.isalpha()}
    if name == "external_id" and {"LATIN", "CYRILLIC"} <= scripts:
        message = _("В номере смешаны латинские и русские буквы, на вид одинаковые. Впишите его одними.")
        return FieldError(column, "mixed_letters", message)
    return None


def plain(cell: str) -> str:
    """A cell as it is kept: without marks that nobody sees, and without the quote that an export puts before a formula
    (``web.tables.safe``), so that a file that was exported and loaded again says the same."""
    text = cell.translate(_INVISIBLE).strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def masked(cell: str) -> str:
    """Enough of a cell to find it in the file, and no more: reports are read by more people than files are."""
    text = " ".join(cell.split())
    if len(text) <= 2 * _SHOWN + 1:
        return text[:1] + "…" if text else ""
    return f"{text[:_SHOWN]}…{text[-_SHOWN:]}"
