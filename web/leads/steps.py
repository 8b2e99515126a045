"""The next step by one press, and a note."""

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.errors import Invalid, Refused
from leads.access import get_lead_for
from leads.models import Lead
from leads.services.editing import add_note, plan_next_step
from web.leads.again import done, step_words
from web.leads.dialogs import card_url, dialog
from web.leads.forms_lead import NoteForm, StepForm
from web.pages import next_address, only_once, page
from web.record_forms import writer

MORNING = 10
CHIPS = (
    ("hour", gettext_lazy("+1 ч")),
    ("tomorrow", gettext_lazy("завтра 10:00")),
    ("days", gettext_lazy("+3 дн.")),
    ("monday", gettext_lazy("пн 10:00")),
)


def moment_of(chip: str, now: datetime) -> datetime | None:
    """The moment that a quick choice means; ``now`` stands in the person's zone. None for an unknown choice."""
    morning = now.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    found = {
        "hour": (now + timedelta(hours=1)).replace(second=0, microsecond=0),
        "tomorrow": morning + timedelta(days=1),
        "days": morning + timedelta(days=3),
        "monday": morning + timedelta(days=7 - now.weekday()),
    }
    return found.get(chip)


@page("GET", "POST")
def step(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Plan the next step, move it, or take it away (``when=none``)."""
    user = writer(request)
    lead = get_lead_for(user, pk)
    if request.method == "GET":
        return _ask(request, lead, StepForm(initial={"text": lead.next_action, "at": lead.next_action_at}))
    form = StepForm(request.POST)
    if not form.is_valid():
        return _ask(request, lead, form)
    chip, text = request.POST.get("when", "own"), form.cleaned_data["text"] or _("Позвонить")
    now = timezone.localtime(clock.now())
    at = moment_of(chip, now) or form.cleaned_data["at"]
    if at is None and lead.next_action_at and lead.next_action_at >= now:
        at = lead.next_action_at  # only the words have changed
    if chip == "none":
        at, text = None, ""
    elif at is None:
        form.add_error("at", _("Укажите день и время шага."))
        return _ask(request, lead, form)

    def deed(version: int | None) -> str:
        plan_next_step(lead=lead, by=user, at=clock.now(), step_at=at, text=text, expected_version=version)
        return next_address(request, card_url(lead))

    mine = {"next_action_at": at, "next_action": text}
    said = _("Шаг запланирован") if at else _("Шаг снят")
    try:
        return done(request, lead, deed, mine=mine, label=_("Следующий шаг"), words=step_words, said=said)
    except Refused as refusal:
        if refusal.status in {403, 404}:
            raise
        form.take(refusal)
        return _ask(request, lead, form)


def _ask(request: HttpRequest, lead: Lead, form: StepForm) -> HttpResponse:
    return dialog(request, lead, _("Следующий шаг"), form, version=request.POST.get("version", lead.version))


@page("GET", "POST")
def note(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    lead = get_lead_for(user, pk)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():

        def deed() -> str:
            add_note(lead=lead, by=user, at=clock.now(), text=form.cleaned_data["text"])
            return card_url(lead, "feed")

        try:
            return only_once(request, deed, said=_("Заметка записана"))
        except Invalid as refusal:
            form.take(refusal)
    return dialog(request, lead, _("Заметка"), form)
