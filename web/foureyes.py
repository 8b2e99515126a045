"""«Нужно согласие второго сотрудника»: what a page shows when ``approvals.services`` holds a deed back.

Nothing of the deed was done. The page says what would be done to how many, takes a reason, and tells what became of the
request; once somebody agreed, the same deed goes through, from here or from ``/approvals/``.
"""

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.models import User
from approvals.access import deciders, is_needed
from approvals.choices import LONGEST, Deed
from approvals.models import Approval
from approvals.selectors import latest
from approvals.services import standing
from approvals.subject import Mass
from common import clock
from common.errors import Refused

TEMPLATE = "approvals/needed.html"
XLSX_ROWS = 10_000
_EXPORTS = {Deed.LEADS: ("leads:export", True), Deed.CALLS: ("calls:export", False)}


class ReasonForm(forms.Form):
    use_required_attribute = False
    reason = forms.CharField(
        label=gettext_lazy("Зачем это нужно"), max_length=LONGEST, strip=True,
        help_text=gettext_lazy("Прочитает тот, кто будет решать. Не пишите телефоны и имена клиентов."),
        error_messages={"required": gettext_lazy("Напишите, зачем это нужно.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def take(self, refusal: Refused) -> None:
        for error in refusal.errors:
            self.add_error(error.field if error.field in self.fields else None, error.message)
        if not refusal.errors:
            self.add_error(None, refusal.message)


@dataclass(frozen=True, slots=True)
class Way:
    """How the deed goes on: by a link, or by a form that carries what was chosen."""

    text: Any
    url: str
    fields: tuple[tuple[str, str], ...] = ()


def closed(request: HttpRequest, what: Mass, *, form: ReasonForm | None = None) -> HttpResponse:
    """The page in place of the deed; inside a dialog with the status that is shown there."""
    user, at = cast("User", request.user), clock.now()
    last = latest(what, user)
    context = {
        "what": what, "deed": Deed(what.deed).label, "query": query_of(what), "form": form or ReasonForm(),
        "last": last, "waits": last is not None and last.waits(at), "needed": is_needed(what.count),
        "agreed": standing(what=what, by=user, at=at), "people": deciders(user), "ways": ways(what),
    }  # fmt: skip
    held = 422 if request.headers.get("HX-Request") or (form and form.errors) else 403
    return render(request, TEMPLATE, context, status=held)


def query_of(what: Mass | Approval) -> str:
    """The conditions as an address or a form carries them."""
    return urlencode(dict(what.conditions), doseq=True)


def ways(what: Mass | Approval) -> list[Way]:
    """How to do what was agreed to: a file, or the same form once more."""
    if what.deed == Deed.HAND_OVER:
        pairs = tuple((name, value) for name, values in what.conditions for value in values)
        return [Way(gettext_lazy("Передать"), reverse("leads:bulk"), (("deed", "owner"), ("run", "1"), *pairs))]
    if what.deed == Deed.LOAD:
        return [Way(gettext_lazy("Открыть загрузку"), reverse("imports:run", args=dict(what.conditions)["import"]))]
    name, has_workbook = _EXPORTS[Deed(what.deed)]
    address = f"{reverse(name)}?{query_of(what)}"
    found = [Way(gettext_lazy("Скачать CSV"), address)]
    if has_workbook and what.count <= XLSX_ROWS:
        found.append(Way(gettext_lazy("Скачать Excel"), f"{address}&format=xlsx"))
    return found


def conditions_of(query: QueryDict, *besides: str) -> dict[str, list[str]]:
    """What of an address says which rows are meant: everything but how they are shown. Left out by name, so that a
    condition nobody thought of here is part of what is agreed to."""
    shown = {"format", "sort", "page", "cols", "tab", *besides}
    return {name: values for name, values in query.lists() if name not in shown}
