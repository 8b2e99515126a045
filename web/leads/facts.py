"""From what a form sent to the facts that the move takes; and each record by itself, outside a move."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import clock
from common.errors import Refused
from funnel.models import Stage
from leads.access import get_lead_for
from leads.facts import promises_with_verdict, records
from leads.models import Lead
from leads.services.recording import record_facts
from web.leads.dialogs import card_url, dialog
from web.leads.forms_facts import FORMS, AgreementForm, MeasurementForm, PromiseForm, RecordForm
from web.pages import next_address, only_once, page
from web.record_forms import writer

Facts = dict[str, Any]
PROMISED = "value_promised"

SAID = {
    "meeting": _("Созвон или встреча: записано"),
    "interview": _("CustDev: записано"),
    "agreement": _("Условия сторон: записано"),
    "contract": _("Контракт: записано"),
    "promise": _("Обещание: записано"),
    "measurement": _("Измерение: записано"),
}


def forms_for(
    missing: Sequence[str],
    *,
    lead: Lead,
    user: User,
    data: QueryDict | None = None,
    files: MultiValueDict[str, Any] | None = None,
    partial: bool = False,
) -> list[RecordForm]:
    """One form for each record that supplies a missing fact; one for each promise that is not kept yet."""
    found: list[RecordForm] = []
    for record in records(missing):
        starts = _unmet(lead) if record == MeasurementForm.record else [{}]
        for number, initial in enumerate(starts):
            prefix = f"{record}-{number}" if number else record
            options: dict[str, Any] = {"asked": missing, "partial": partial, "initial": initial, "prefix": prefix}
            found.append(FORMS[record](data, files, lead=lead, user=user, **options))
    if _offers_promise(missing, lead):
        offered = PromiseForm(data, files, lead=lead, user=user, asked=[PROMISED], partial=True)
        offered.offered = True
        found.append(offered)
    return found


def _offers_promise(missing: Sequence[str], lead: Lead) -> bool:
    """Terms are agreed upon together with the number by which they will be judged: the gate that asks for the terms
    offers to write down the promise too, where a later stage will ask for it."""
    if PromiseForm.record in records(missing) or AgreementForm.record not in records(missing):
        return False
    later = Stage.objects.of_funnel(lead.stage.funnel_id).active().filter(gate__contains=[PROMISED])
    return later.exists() and not lead.promises.exists()


def _unmet(lead: Lead) -> list[Mapping[str, Any]]:
    unmet = promises_with_verdict().filter(lead=lead, met=False).order_by("due_on", "id")
    return [{"promise": promise.pk} for promise in unmet] or [{}]


def facts_from(
    post: QueryDict,
    files: MultiValueDict[str, Any],
    missing: Sequence[str],
    *,
    lead: Lead,
    user: User,
    partial: bool = False,
) -> tuple[Facts, list[RecordForm]]:
    """The facts as ``moves.move`` takes them, and the forms; where a form did not pass, the facts are empty.

    With ``partial`` only what was filled in counts: for keeping some facts without a move.
    """
    forms = forms_for(missing, lead=lead, user=user, data=post, files=files, partial=partial)
    if [form for form in forms if not form.is_valid()]:
        return {}, forms
    given: dict[str, list[Mapping[str, Any]]] = {}
    for form in forms:
        if values := form.values():
            given.setdefault(form.record, []).append(values)
    return {record: rows if len(rows) > 1 else rows[0] for record, rows in given.items()}, forms


def take(refusal: Refused, forms: Sequence[RecordForm]) -> bool:
    """Put the errors of a refusal into the forms they name. False where none of them is about a form."""
    by_record = {form.record: form for form in reversed(forms)}
    named = dict.fromkeys(error.field.partition(".")[0] for error in refusal.errors)
    wanted = [by_record[name] for name in named if name in by_record]
    for form in wanted:
        form.take(refusal)
    return bool(wanted)


@page("GET", "POST")
def record(request: HttpRequest, pk: UUID, record: str) -> HttpResponse:
    """One record of facts by itself: a meeting that was appointed, a number that was measured."""
    user, post = writer(request), request.method == "POST"
    lead = get_lead_for(user, pk)
    start = {name: request.GET[name] for name in ("meeting", "promise") if name in request.GET}
    form = FORMS[record](
        request.POST if post else None, request.FILES if post else None, lead=lead, user=user, initial=start
    )
    if post and form.is_valid():
        facts = {record: form.values()}

        def deed() -> str:
            record_facts(lead=lead, by=user, at=clock.now(), facts=facts)
            return next_address(request, card_url(lead))

        try:
            return only_once(request, deed, said=str(SAID[record]))
        except Refused as refusal:
            if refusal.status in {403, 404}:
                raise
            form.take(refusal)
    return dialog(request, lead, str(form.title), form, multipart=record == "contract")
