"""What the result bar sends: an outcome by one press, and what was chosen or typed beside it."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backlog.choices import ResultOutcome
from common.changes import StaleVersion
from common.errors import Refused
from leads.models import LossReason
from web.leads.forms_base import Lines, Moment, PageForm
from web.leads.steps import CHIPS, moment_of

# The first six are one press; the others stand behind «Ещё».
FIRST = (
    ResultOutcome.AGREED, ResultOutcome.NOT_REACHED, ResultOutcome.POSTPONED, ResultOutcome.MEETING,
    ResultOutcome.REFUSED, ResultOutcome.VERBAL_CONTRACT,
)  # fmt: skip
MORE = tuple(outcome for outcome in ResultOutcome if outcome not in FIRST)
DEFAULT, NONE, OWN = "default", "none", "own"


class ResultForm(PageForm):
    """``when`` is a quick choice of the next step; «default» leaves it to the outcome."""

    aliases = {"next_at": "at", "next_action_at": "at", "next_text": "text"}
    outcome = forms.ChoiceField(label=gettext_lazy("Итог"), choices=ResultOutcome.choices, required=False)
    when = forms.CharField(label=gettext_lazy("Когда"), required=False)
    at = Moment(label=gettext_lazy("Своя дата"), required=False)
    text = forms.CharField(label=gettext_lazy("Что дальше"), max_length=200, required=False)
    note = Lines(label=gettext_lazy("Заметка"), rows=2, required=False, max_length=4000)
    version = forms.IntegerField(required=False)
    reason = forms.ModelChoiceField(
        LossReason.objects.filter(active=True), label=gettext_lazy("Причина отказа"), required=False, empty_label=None
    )

    @property
    def step_choice(self) -> str:
        """The quick choice that was sent, so that a refusal loses nothing."""
        return str(self["when"].value() or DEFAULT)

    @property
    def has_more(self) -> bool:
        """Whether something is typed behind «Дата и заметка», or is wrong there."""
        return bool(self.errors) or any(self[name].value() for name in ("at", "text", "note"))

    def said(self, now: datetime) -> dict[str, Any]:
        """The arguments of the service; ``now`` stands in the person's zone."""
        typed = self.cleaned_data
        chip = typed["when"] or DEFAULT
        moment = moment_of(chip, now) if chip not in {DEFAULT, NONE, OWN} else None
        return {
            "note": typed["note"],
            "next_at": None if chip == NONE else moment or typed["at"],
            "plan_next": chip != NONE,
            "next_text": typed["text"],
            "reason": typed["reason"],
            "expected_version": typed["version"],
        }

    def take(self, refusal: Refused) -> None:
        if isinstance(refusal, StaleVersion):  # the page that comes back carries the version of today
            self.add_error(None, _("Запись изменили, пока вы работали. Проверьте и нажмите итог ещё раз."))
            return
        super().take(refusal)


__all__ = ["CHIPS", "FIRST", "MORE", "ResultForm"]
