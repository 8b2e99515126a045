"""The form of one's notifications: a choice for every occasion and way, the digest's time, quiet hours."""

from dataclasses import dataclass
from datetime import time
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from notifications.choices import Mode, NoticeKind, Quiet, Way
from notifications.models import NotificationSettings
from web.record_forms import RefusableForm

_WRONG_TIME = _("Укажите время как 09:00.")


def _clock(label: Any, **options: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": _WRONG_TIME, "required": _WRONG_TIME}, **options,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One occasion with its choices, a way each."""

    kind: NoticeKind
    cells: list[tuple[object, BoundField]]


class NotificationsForm(RefusableForm):
    digest_at = _clock(_("Время сводки"), help_text=_("Одно сообщение в рабочий день, по времени вашего пояса."))
    quiet = forms.ChoiceField(
        label=_("Тихие часы"), choices=Quiet.choices,
        help_text=_("В это время почта и Telegram молчат; что накопилось, уйдёт, когда тишина кончится."),
    )  # fmt: skip
    quiet_from = _clock(_("Тишина с"), required=False)
    quiet_to = _clock(_("Тишина до"), required=False)

    def __init__(self, data: Any = None, *, kept: NotificationSettings) -> None:
        names = ("digest_at", "quiet", "quiet_from", "quiet_to")
        super().__init__(data, initial={name: getattr(kept, name) for name in names})
        for kind in NoticeKind:
            for way in Way:
                self.fields[f"{way}-{kind}"] = _choice(way, kind, kept.mode(way, kind))

    @property
    def grid(self) -> list[Row]:
        return [Row(kind, [(way.label, self[f"{way}-{kind}"]) for way in Way]) for kind in NoticeKind]

    def chosen(self) -> dict[str, Any]:
        """As the service takes it."""
        given = self.cleaned_data
        modes = {str(way): {str(kind): given[f"{way}-{kind}"] for kind in NoticeKind} for way in Way}
        return {
            "modes": modes, "digest_at": given["digest_at"] or time(9), "quiet": given["quiet"],
            "quiet_from": given["quiet_from"], "quiet_to": given["quiet_to"],
        }  # fmt: skip


def _choice(way: Way, kind: NoticeKind, initial: str) -> forms.ChoiceField:
    label = f"{kind.label}: {way.label}"
    widget = forms.Select(attrs={"aria-label": label, "class": "select"})
    return forms.ChoiceField(label=label, choices=Mode.choices, initial=initial, widget=widget)
