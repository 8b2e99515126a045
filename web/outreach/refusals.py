"""Who said «стоп»: the list, and writing to somebody again at his own wish."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.choices import ConsentPurpose, ConsentSource
from agents.masking import mask_contact
from agents.models import Party
from agents.services.consents import ConsentDraft
from channels.registry import channels
from common import clock
from outreach.access import get_refusal_for
from outreach.models import OptOut
from outreach.services import refusals
from web.agents.consents import moment_of
from web.leads.forms_base import Day, PageForm
from web.listing import PORTION
from web.pages import next_address, page, person, show
from web.privacy.shown import sees
from web.record_forms import save, writer

LONGEST_QUERY = 200


class LiftForm(PageForm):
    layout = (("reason",), ("text_version",), ("given_at", "source"))
    reason = forms.CharField(
        label=gettext_lazy("Почему снова можно писать"), required=False,
        help_text=gettext_lazy("Например: сам попросил прислать условия, звонок 12.11"),
    )  # fmt: skip
    text_version = forms.CharField(
        label=gettext_lazy("Редакция текста согласия"), required=False,
        help_text=gettext_lazy("Номер или дата текста, на который согласились. Например: 3 от 01.09.2026"),
    )  # fmt: skip
    given_at = Day(label=gettext_lazy("Когда дано новое согласие"))
    source = forms.ChoiceField(
        label=gettext_lazy("Как получено"),
        choices=[("", gettext_lazy("Выберите")), *ConsentSource.choices],
        error_messages={"required": gettext_lazy("Выберите, как получено согласие.")},
    )


@page("GET")
def refusal_list(request: HttpRequest) -> HttpResponse:
    """Those that stand; «Снятые» shows the others with who lifted them and why."""
    text, lifted = request.GET.get("q", "")[:LONGEST_QUERY].strip(), request.GET.get("view") == "lifted"
    rows = OptOut.objects.visible_to(person(request)).for_list().filter(lifted_at__isnull=not lifted)
    rows = rows.matching(text) if text else rows
    found = Paginator(rows.order_by("-lifted_at" if lifted else "-at", "-pk"), PORTION)
    names = {code: way.label for code, way in channels().items()}
    page_ = found.get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page_,
        "lines": [(row, _party(row), names.get(row.channel, row.channel)) for row in page_.object_list],
        "q": text,
        "lifted": lifted,
        "found": found.count,
    }
    return show(request, "outreach/refusals.html", context)


@page("GET", "POST")
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    user, at = writer(request), clock.now()
    refusal = get_refusal_for(user, pk)
    back = next_address(request, reverse("outreach:refusals"))
    party = _party(refusal)
    form = LiftForm(request.POST if request.method == "POST" else None, initial={"given_at": timezone.localdate(at)})
    title = _("Снять отказ: %(name)s") % {"name": party.name if party else _address(request, refusal)}
    context = {"form": form, "title": title, "back": back, "draft": f"lift-{pk}", "submit": _("Снять отказ")}

    def deed(given: dict[str, Any], _version: int | None) -> str:
        given_at = moment_of(given["given_at"], at)
        draft = ConsentDraft(ConsentPurpose.MARKETING, given["source"], given["text_version"], given_at)
        refusals.lift(refusal=refusal, by=user, at=at, reason=given["reason"], consent=draft)
        return back

    if request.method == "POST":
        return save(request, form, deed, template="records/form.html", context=context, said=_("Отказ снят"))
    return show(request, "records/form.html", context)


def _address(request: HttpRequest, refusal: OptOut) -> str:
    """Of a shut address that is nobody's: as the reader would see it in the list."""
    return refusal.address if sees(request, None, owner_id=None) else mask_contact("", refusal.address)


def _party(refusal: OptOut) -> Party | None:
    """Who refused: of a shut address, whoever the message was written to."""
    return refusal.party or (refusal.message.party if refusal.message else None)
