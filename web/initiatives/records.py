"""Opening and changing initiatives."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from agents.access import get_initiative_for
from agents.models import Initiative
from agents.services.offers import save_initiative
from web.initiatives.forms import InitiativeForm
from web.pages import page, show
from web.record_forms import save, writer

FORM = "records/form.html"


@page("GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    user = writer(request)
    form = InitiativeForm(request.POST or None, user=user)
    context = {"form": form, "title": _("Новая инициатива"), "back": reverse("initiatives:list"), "draft": "initiative"}
    return _answer(request, user, None, form, context, said=_("Инициатива открыта"))


@page("GET", "POST")
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    initiative = get_initiative_for(user, pk)
    form = InitiativeForm(request.POST or None, instance=initiative, user=user)
    back = reverse("initiatives:detail", args=[pk])
    context = {"form": form, "title": initiative.name, "back": back, "draft": f"initiative-{pk}"}
    return _answer(request, user, initiative, form, context, said=_("Сохранено"))


def _answer(
    request: HttpRequest, user: User, initiative: Initiative | None, form: InitiativeForm, context: dict[str, Any],
    *, said: str,
) -> HttpResponse:  # fmt: skip
    def deed(changes: dict[str, Any], version: int | None) -> str:
        chosen = {name: form.cleaned_data[name] for name in ("members", "segments")}
        saved = save_initiative(by=user, initiative=initiative, fields=changes, expected_version=version, **chosen)
        return reverse("initiatives:detail", args=[saved.pk])

    if request.method == "POST":
        return save(request, form, deed, template=FORM, context=context, said=said)
    return show(request, FORM, context)
