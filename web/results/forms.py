"""What the result bar sends: an outcome by one press, and what was chosen or typed beside it."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from backlog.choices import ResultOutcome
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

    aliases = {"next_at": "at", "next_text": "text"}
    outcome = forms.ChoiceField(choices=ResultOutcome.choices, required=False)
    when = forms.CharField(required=False)
    at = Moment(label=gettext_lazy("Своя дата"), required=False)
    text = forms.CharField(label=gettext_lazy("Что дальше"), max_length=200, required=False)
    note = Lines(label=gettext_lazy("Заметка"), rows=2, required=False, max_length=4000)
    reason = forms.ModelChoiceField(LossReason.objects.filter(active=True), required=False, empty_label=None)

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
        }


__all__ = ["CHIPS", "FIRST", "MORE", "ResultForm"]
