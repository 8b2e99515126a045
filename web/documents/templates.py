"""Templates of contracts: what there is, what they ask for, a new one from a Word file."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import demand_administrator
from common.errors import NotFound
from documents.access import get_template_for
from documents.choices import DocumentKind, Language
from documents.models import Template
from documents.services import templates
from documents.variables import VARIABLES, labels
from web.documents.forms import TemplateForm
from web.documents.pages import TYPES, as_download
from web.leads.dialogs import version_of
from web.pages import only_once, page, person, show
from web.record_forms import save


@page("GET")
def template_list(request: HttpRequest) -> HttpResponse:
    rows = [*templates.choices(), *Template.objects.filter(active=False, built_in=False)]
    shown = [(row, templates.key_of(row), labels(row.variables)) for row in rows]
    return show(request, "documents/templates.html", {"templates": shown, "variables": VARIABLES.values()})


@page("GET", "POST")
def upload(request: HttpRequest) -> HttpResponse:
    user = person(request)
    demand_administrator(user)
    back = reverse("documents:templates")
    context = {"title": _("Новый шаблон"), "back": back, "multipart": True, "variables": VARIABLES.values()}
    if request.method != "POST":
        return show(request, "documents/upload.html", context | {"form": TemplateForm()})

    def deed(typed: dict[str, Any], _version: int | None) -> str:
        templates.upload_template(by=user, **{name: typed[name] for name in ("kind", "language", "name", "file")})
        return back

    form = TemplateForm(request.POST, request.FILES)
    return save(request, form, deed, template="documents/upload.html", context=context, said=_("Шаблон добавлен"))


@page("GET")
def file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """An uploaded template as it came."""
    template = get_template_for(person(request), pk)
    name = f"{template.name}.docx" if template.built_in else template.file.name
    return as_download(templates.content_of(template), name, TYPES["docx"])


@page("GET")
def built_in(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """A built-in template as a Word file, to start one's own from."""
    if kind not in DocumentKind.values or language not in Language.values:
        raise NotFound(_("Такого шаблона нет."))
    template = Template(kind=kind, language=language, built_in=True)
    return as_download(templates.content_of(template), f"{kind}-{language}.docx", TYPES["docx"])


@page("POST")
def retire(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    demand_administrator(user)
    template, active = get_template_for(user, pk), "restore" in request.POST

    def deed() -> str:
        templates.retire_template(template=template, by=user, active=active, expected_version=version_of(request))
        return reverse("documents:templates")

    return only_once(request, deed, said=_("Шаблон снова действует") if active else _("Шаблон больше не предлагается"))
