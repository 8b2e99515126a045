"""The form that stands on a bank's site: no sign-in, no cookie, no script; framed by the sites it names alone."""

from typing import Any

from csp.constants import NONE
from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from common import clock
from common.errors import NotFound, Refused
from common.visitors import client_ip
from forms import guard
from forms.access import get_open_form
from forms.choices import Field
from forms.models import PublicForm
from forms.services.answering import LENGTHS, DrawAgain, Visitor, answer
from web.record_forms import RefusableForm
from web.views import errors

TRAP = "website"
WRONG = 422
_INPUTS = {Field.PHONE: ("tel", "tel"), Field.EMAIL: ("email", "email"), Field.CITY: ("text", "address-level2")}


class AnswerForm(RefusableForm):
    """The fields that the form asks for, in the visitor's language."""

    def __init__(self, form: PublicForm, language: str, data: Any = None) -> None:
        super().__init__(data, auto_id="f-%s")
        labels: dict[str, str] = {
            Field.PHONE: _("Телефон"), Field.EMAIL: _("Почта"), Field.CITY: _("Город"), Field.TEXT: _("Ваш вопрос"),
        }  # fmt: skip
        self.fields["name"] = _text(_("Как к вам обращаться"), "name", "text", "name", required=True)
        for name in form.fields:
            kind, complete = _INPUTS.get(name, ("area", "off"))  # type: ignore[call-overload]
            self.fields[name] = _text(labels[name], name, kind, complete, required=name in form.required)
        self.fields["agreed"] = django_forms.BooleanField(
            label=form.said(language)["consent"],
            error_messages={"required": _("Без согласия мы не можем принять ваши данные.")},
        )


def _text(label: str, name: str, kind: str, complete: str, *, required: bool) -> django_forms.CharField:
    attrs = {"autocomplete": complete}
    widget: django_forms.Widget = django_forms.Textarea({"rows": 4, **attrs})
    if kind != "area":
        widget = django_forms.TextInput(attrs | {"type": kind})
    said = {"required": _("Заполните это поле.")}
    return django_forms.CharField(
        label=label, max_length=LENGTHS[name], required=required, widget=widget, error_messages=said
    )


@never_cache
@csrf_exempt  # a visitor has no session to abuse; the page's signed moment proves that it was drawn here
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, pk: str) -> HttpResponse:
    """GET draws the form, POST takes an answer. Whoever the visitor is, a good answer is thanked in the same words."""
    try:
        form = get_open_form(pk)
    except NotFound:
        return errors.not_found(request)
    language = language_of(request, form)
    with translation.override(language):
        response = _answer(request, form, language) if request.method == "POST" else _draw(request, form, language)
    response["Content-Language"] = language
    return _framed_by(response, form)


def language_of(request: HttpRequest, form: PublicForm) -> str:
    """The address names it, else the browser wishes it, as far as the form speaks it."""
    wanted = [request.GET.get("lang", ""), translation.get_language_from_request(request)]
    languages: list[str] = form.languages
    return next((one for one in wanted if one in languages), languages[0])


def _answer(request: HttpRequest, form: PublicForm, language: str) -> HttpResponse:
    typed = AnswerForm(form, language, request.POST)
    visitor = Visitor(
        ip=client_ip(request), agent=request.headers.get("User-Agent", "")[:500], language=language,
        token=request.POST.get("page", ""), trap=request.POST.get(TRAP, ""), agreed=request.POST.get("agreed") == "on",
    )  # fmt: skip
    if not typed.is_valid():
        return _draw(request, form, language, typed, status=WRONG)
    try:
        answer(form=form, values=typed.cleaned_data, visitor=visitor, at=clock.now())
    except Refused as refusal:
        typed.refuse(refusal)
        response = _draw(request, form, language, typed, status=refusal.status, anew=isinstance(refusal, DrawAgain))
        if (seconds := getattr(refusal, "retry_after", None)) is not None:
            response["Retry-After"] = str(seconds)
        return response
    return render(request, "forms/thanks.html", {"said": form.said(language), "language": language})


def _draw(
    request: HttpRequest,
    form: PublicForm,
    language: str,
    typed: AnswerForm | None = None,
    *,
    status: int = 200,
    anew: bool = False,
) -> HttpResponse:
    """What was typed stays, and so does the page's moment, unless it was of no use: nobody waits twice."""
    kept = request.POST.get("page", "")
    drawn = guard.read(kept, form.key)
    fresh = drawn is None or (anew and guard.is_old(drawn, clock.now()))
    context: dict[str, Any] = {
        "public": form, "said": form.said(language), "language": language, "trap": TRAP,
        "form": typed or AnswerForm(form, language), "token": guard.sign(form.key, clock.now()) if fresh else kept,
    }  # fmt: skip
    return render(request, "forms/page.html", context, status=status)


def _framed_by(response: HttpResponse, form: PublicForm) -> HttpResponse:
    """The one header that differs from the rest of the product; the older one knows no list and must go with it."""
    if form.origins:
        response.xframe_options_exempt = True  # type: ignore[attr-defined]
    response._csp_replace = {"frame-ancestors": form.origins or [NONE]}  # type: ignore[attr-defined]
    return response
