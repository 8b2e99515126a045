"""The columns of a consent: «да» or what for, when, how and by which text. A row says all of it or nothing."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Choices
from django.utils.translation import gettext as _

from agents.choices import ConsentPurpose, ConsentSource
from agents.services.consents import ConsentDraft, problems, tidy
from common.errors import FieldError, Invalid
from common.text import fold
from imports import parsing
from imports.mapping import CONSENT, FieldRule

_YES = frozenset({"да", "yes", "ha", "1", "+", "true", "есть", "v"})
_NO = frozenset({"нет", "no", "yo'q", "0", "-", "–", "—", "false"})
_PURPOSES = {
    ConsentPurpose.PROCESSING: ("обработка", "персональные данные", "пдн"),
    ConsentPurpose.MARKETING: ("реклама", "рассылка"),
    ConsentPurpose.TRANSFER: ("передача",),
}
_SOURCES = {
    ConsentSource.PAPER: ("бумага", "подпись", "анкета", "договор"),
    ConsentSource.SITE: ("сайт", "форма"),
    ConsentSource.CALL: ("звонок", "запись", "телефон"),
    ConsentSource.MESSAGE: ("сообщение", "письмо", "почта", "telegram"),
}


def of_row(
    cells: Mapping[str, str], rules: Mapping[str, FieldRule], moment: Callable[[str, str], datetime], at: datetime
) -> tuple[ConsentDraft, ...]:
    """What a row says of consents. ``moment(text, column)`` reads a date. Raises Invalid with the columns' names."""
    if "consent" not in rules:
        return ()
    column = {name: rules[name].column for name in CONSENT}
    purposes = _purposes(cells["consent"], column["consent"])
    if missing := [purpose for purpose in settings.IMPORT_CONSENTS if purpose not in purposes]:
        wanted = ", ".join(f"«{ConsentPurpose(one).label}»" for one in missing)
        raise parsing.wrong(column["consent"], "required", _("Нет согласия %(wanted)s.") % {"wanted": wanted})
    if not purposes:
        return ()
    _demand_whole(cells, column)
    source = _named(cells["consent_source"], _SOURCES, ConsentSource, column["consent_source"])
    given_at, text = moment(cells["consent_at"], column["consent_at"]), cells["consent_text"]
    evidence = cells.get("consent_evidence", "")
    drafts = [tidy(ConsentDraft(one, source, text, given_at, evidence=evidence)) for one in purposes]
    errors = [error for draft in drafts[:1] for error in problems(draft, at)]
    if errors:
        columns = {"given_at": "consent_at", "text_version": "consent_text", "source": "consent_source"}
        named = [FieldError(column[columns.get(one.field, "consent")], one.code, one.message) for one in errors]
        raise Invalid(named[0].message, named)
    return tuple(drafts)


def _purposes(text: str, column: str) -> list[str]:
    """«да» is the consent to processing; several purposes are parted by commas. An empty cell is «нет»."""
    words = fold(text)
    if not words or words in _NO:
        return []
    if words in _YES:
        return [ConsentPurpose.PROCESSING]
    return list(dict.fromkeys(_named(word, _PURPOSES, ConsentPurpose, column) for word in parsing.words(text)))


def _demand_whole(cells: Mapping[str, str], column: Mapping[str, str]) -> None:
    message = _("Согласие есть, а здесь пусто. Без этого его не доказать: впишите или поставьте в согласии «нет».")
    empty = [FieldError(column[name], "required", message) for name in CONSENT[1:] if not cells[name]]
    if empty:
        raise Invalid(message, empty)


def _named(text: str, hints: Mapping[Any, tuple[str, ...]], choices: type[Choices], column: str) -> str:
    """A code, a label, or a word that everybody uses for it."""
    words = fold(text)
    for value, label in choices.choices:
        if words in {value, fold(str(label))} or any(words.startswith(fold(hint)) for hint in hints[choices(value)]):
            return str(value)
    known = ", ".join(names[0] for names in hints.values())
    message = _("«%(text)s» здесь не понять. Пишите: %(known)s.") % {"text": text[:40], "known": known}
    raise parsing.wrong(column, "unknown", message)
