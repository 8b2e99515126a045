"""Templates: the list, the form with an example that follows what is typed."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from channels.registry import channels
from common.errors import Invalid
from common.text import has_control_characters
from outreach.access import get_template_for
from outreach.models import Template
from outreach.services.templates import save_template
from outreach.variables import VARIABLES, render_example
from web.listing import PORTION
from web.outreach.forms import TemplateForm
from web.pages import page, person, show
from web.record_forms import save, writer

FORM = "outreach/template_form.html"
LONGEST = 10_000


@page("GET")
def template_list(request: HttpRequest) -> HttpResponse:
    rows = Template.objects.visible_to(person(request)).for_list().annotate(used=Count("campaigns"))
    page_ = Paginator(rows.order_by("name", "pk"), PORTION).get_page(request.GET.get("page"))
    names = {code: way.label for code, way in channels().items()}
    lines = [(one, names.get(one.channel, one.channel)) for one in page_.object_list]
    return show(request, "outreach/templates.html", {"page": page_, "lines": lines})


@page("GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    writer(request)
    return _form(request, None, title=_("Новый шаблон"), draft="template-new")


@page("GET", "POST")
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    template = get_template_for(writer(request), pk)
    return _form(request, template, title=template.name, draft=f"template-{pk}")


def _form(request: HttpRequest, template: Template | None, *, title: str, draft: str) -> HttpResponse:
    user, back = writer(request), reverse("outreach:templates")
    form = TemplateForm(request.POST or None, instance=template)
    context = {"form": form, "title": title, "back": back, "draft": draft, "variables": VARIABLES.items()}
    if request.method == "POST" and "show" in request.POST:  # without scripts: the example, and nothing is saved
        return show(request, FORM, context | {"preview": _example(request.POST)})

    def deed(changes: dict[str, Any], version: int | None) -> str:
        save_template(by=user, template=template, fields=changes, expected_version=version)
        return back

    context["preview"] = _example({name: form[name].value() for name in ("subject", "body")})
    if request.method == "POST":
        return save(request, form, deed, template=FORM, context=context, said=_("Шаблон сохранён"))
    return show(request, FORM, context)


@page("POST")
def preview(request: HttpRequest) -> HttpResponse:
    """What is being typed, as somebody would read it."""
    writer(request)
    return show(request, "outreach/partials/preview.html", {"preview": _example(request.POST)})


def _example(given: Any) -> dict[str, str]:
    subject, body = (str(given.get(name) or "")[:LONGEST] for name in ("subject", "body"))
    if has_control_characters(subject) or has_control_characters(body):
        return {"problem": _("В тексте есть знаки, которые нельзя сохранить. Уберите их.")}
    try:
        return {"subject": render_example(subject), "body": render_example(body)}
    except Invalid as refusal:
        return {"problem": refusal.message}
