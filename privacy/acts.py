"""The act of an erasure, with the extract of the log that it rests on: what went, how much of it, when. No values."""

from datetime import datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from privacy import pdf, registry
from privacy.models import Erasure


def extract(erasure: Erasure, at: datetime) -> list[dict[str, Any]]:
    """A line for every step that took something, by its machine name."""
    who = {"confirmed_by": str(erasure.confirmed_by_id or ""), "confirmed_at": _moment(erasure.confirmed_at)}
    head = {
        "erasure": str(erasure.pk),
        "party": str(erasure.party_id),
        "basis": erasure.basis,
        "finished_at": _moment(at),
    }
    return [head | who, *({"step": key, "rows": erasure.counts.get(key, 0)} for key in erasure.done)]


def to_pdf(erasure: Erasure, lines: list[dict[str, Any]], at: datetime) -> bytes:
    """In Russian whoever asked: the act is a paper of the bank."""
    with translation.override("ru"):
        name = _("Акт № %(number)s об уничтожении персональных данных") % {"number": erasure.number}
        story = [
            pdf.title(name),
            *pdf.pairs(_head(erasure, at)),
            pdf.heading(_("Откуда удалены имя, контакты и тексты, записей")),
        ]
        story += pdf.pairs((_step_name(line["step"]), str(line["rows"])) for line in lines[1:] if line["rows"])
        story += [pdf.heading(_("Что осталось")), pdf.words(_stays())]
        story += [pdf.heading(_("Выписка из журнала")), *pdf.pairs(_logged(lines))]
        story += [pdf.words(_("Здесь данных не нашлось: %(places)s.") % {"places": _empty(lines)})]
        story += [pdf.signatures(_("Подписи комиссии:"), lines=3)]
        return pdf.to_bytes(story, called=name)


def _head(erasure: Erasure, at: datetime) -> list[tuple[str, str]]:
    return [
        (_("Субъект"), str(erasure.party_id)),
        (_("Основание"), erasure.get_basis_display()),
        (_("Обращение"), erasure.letter or _("без номера")),
        (_("Подтвердил"), str(erasure.confirmed_by or _("правило хранения"))),
        (_("Подтверждено"), _moment(erasure.confirmed_at)),
        (_("Выполнено"), _moment(at)),
        (_("Способ"), _("обезличивание записей и удаление файлов в действующей базе; копии проходят ту же обработку")),
    ]


def _stays() -> str:
    return _(
        "Путь лидов по воронке и посчитанное по нему, номера и даты контрактов, даты согласий и их отзыва: "
        "без имени, контактов и текстов они никого не называют."
    )


def _logged(lines: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(line["step"], str(line["rows"])) for line in lines[1:] if line["rows"]]


def _empty(lines: list[dict[str, Any]]) -> str:
    """Each place that was gone through, too: the act says that nothing was left out."""
    return ", ".join(line["step"] for line in lines[1:] if not line["rows"])


def _step_name(key: str) -> str:
    kind, _colon, name = key.partition(":")
    if kind == "aside":
        return next((str(aside.title) for aside in registry.asides() if aside.key == name), name)
    if kind in {"table", "mentions"}:
        said = str(registry.by_label(name).title)
        return said if kind == "table" else _("%(table)s: упоминания") % {"table": said}
    return _("Отзыв согласий")


def _moment(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%d.%m.%Y %H:%M:%S %z") if at else ""
