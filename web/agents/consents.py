"""Consents to use a party's data: on the card of an agent or client, and of a lead (see ``web.leads.consents``)."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.access import get_party_for
from agents.choices import ConsentPurpose, ConsentSource
from agents.models import Party
from agents.services.consents import TEXT_LENGTH, record_consent, withdraw_consent
from common import clock
from common.errors import NotFound
from web.agents.addresses import party_address
from web.leads.forms_base import Day, Lines, PageForm
from web.pages import only_once, page, show
from web.record_forms import save, writer

FORM = "records/form.html"
ANCHOR = "#consents"


class ConsentForm(PageForm):
    layout = (("purpose",), ("text_version",), ("given_at", "source"), ("evidence", "expires_at"), ("text",))
    purpose = forms.ChoiceField(
        label=gettext_lazy("На что"),
        choices=[("", gettext_lazy("Выберите")), *ConsentPurpose.choices],
        error_messages={"required": gettext_lazy("Выберите, на что дано согласие.")},
    )
    text_version = forms.CharField(
        label=gettext_lazy("Редакция текста"),
        help_text=gettext_lazy("Номер или дата текста, на который согласились. Например: 3 от 01.09.2026"),
        error_messages={
            "required": gettext_lazy("Укажите редакцию текста, на который согласились: её номер или дату.")
        },
    )
    given_at = Day(label=gettext_lazy("Когда дано"))
    source = forms.ChoiceField(
        label=gettext_lazy("Как получено"),
        choices=[("", gettext_lazy("Выберите")), *ConsentSource.choices],
        error_messages={"required": gettext_lazy("Выберите, как получено согласие.")},
    )
    evidence = forms.CharField(
        label=gettext_lazy("Чем подтверждается"), required=False,
        help_text=gettext_lazy("Номер бумаги, записи звонка или файла. Например: договор № 17, скан в деле"),
    )  # fmt: skip
    expires_at = Day(
        label=gettext_lazy("Действует по"), required=False,
        help_text=gettext_lazy("Последний день. Пусто — срок по правилу банка или до отзыва"),
    )  # fmt: skip
    text = Lines(
        rows=4, max_length=TEXT_LENGTH, label=gettext_lazy("Текст, на который согласились"), required=False,
        help_text=gettext_lazy("Сохраняется только его отпечаток. Для известной редакции можно не вставлять"),
    )  # fmt: skip


def recording(request: HttpRequest, party: Party, back: str) -> HttpResponse:
    """The form of a consent, and its deed."""
    user, at = writer(request), clock.now()
    form = ConsentForm(request.POST if request.method == "POST" else None, initial={"given_at": timezone.localdate(at)})
    title = _("Согласие: %(name)s") % {"name": party.name}
    context = {"form": form, "title": title, "back": back, "draft": f"consent-{party.pk}"}

    def deed(given: dict[str, Any], _version: int | None) -> str:
        times = {"given_at": moment_of(given["given_at"], at), "expires_at": end_of(given["expires_at"])}
        record_consent(party=party, by=user, at=at, **given | times)
        return back

    if request.method == "POST":
        return save(request, form, deed, template=FORM, context=context, said=_("Согласие записано"))
    return show(request, FORM, context)


def withdrawing(request: HttpRequest, party: Party, pk: int, back: str) -> HttpResponse:
    """Asks first: what is withdrawn comes back only as a new consent of the party."""
    user = writer(request)
    consent = party.consents.filter(pk=pk).first()
    if consent is None:
        raise NotFound(_("Такого согласия у этой записи нет."))

    def deed() -> str:
        withdraw_consent(consent=consent, by=user, at=clock.now())
        return back

    if request.method == "POST":
        return only_once(request, deed, said=_("Согласие отозвано"))
    return show(request, "agents/consent_withdraw.html", {"party": party, "consent": consent, "back": back})


def moment_of(day: Any, at: datetime) -> datetime:
    """Of a past day its beginning; of today the moment itself, so that it stands after a withdrawal of this morning."""
    return at if day == timezone.localdate(at) else timezone.make_aware(datetime.combine(day, time.min))


def end_of(day: date | None) -> datetime | None:
    """The moment after a last day."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) if day else None


@page("GET", "POST")
def add(request: HttpRequest, pk: UUID) -> HttpResponse:
    party = get_party_for(writer(request), pk)
    return recording(request, party, party_address(party) + ANCHOR)


@page("GET", "POST")
def withdraw(request: HttpRequest, pk: UUID, consent: int) -> HttpResponse:
    party = get_party_for(writer(request), pk)
    return withdrawing(request, party, consent, party_address(party) + ANCHOR)
