"""«Формы»: public lead forms, how to put them on a site, and how their sendings went."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from common import clock
from common.errors import Refused
from forms.access import get_form_for, get_submission_for
from forms.models import PublicForm, Submission
from forms.services import editing, taking
from web.integrations.forms_form import PublicFormForm
from web.integrations.public_form import AnswerForm
from web.integrations.rights import administrator, reader
from web.listing import PORTION
from web.pages import only_once, page, show

WRONG = 422
START = {
    "ru": {
        "heading": "Оставьте заявку",
        "intro": "",
        "thanks": "Спасибо. Мы свяжемся с вами в рабочее время.",
        "consent": "Я согласен на обработку моих персональных данных банком, чтобы со мной связались по этой заявке.",
    },
    "uz": {
        "heading": "Ariza qoldiring",
        "intro": "",
        "thanks": "Rahmat. Ish vaqtida siz bilan bogʻlanamiz.",
        "consent": "Ushbu ariza boʻyicha bogʻlanish uchun bank shaxsiy maʼlumotlarimni qayta ishlashiga roziman.",
    },
    "en": {
        "heading": "Leave a request",
        "intro": "",
        "thanks": "Thank you. We will contact you during working hours.",
        "consent": "I agree that the bank processes my personal data in order to contact me about this request.",
    },
}


@page("GET")
def index(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    return show(request, "integrations/forms.html", {"rows": PublicForm.objects.visible_to(user).for_list()})


@page("GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    user = administrator(request)
    texts = {f"{name}_{one}": text for one, said in START.items() for name, text in said.items()}
    initial = {"fields_": ["phone"], "required_": ["phone"], "languages": ["ru"], "kind": "client", **texts}
    form = PublicFormForm(request.POST or None, user=user, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return _ask(request, form)

    def deed() -> str:
        made = editing.create_form(by=user, at=clock.now(), fields=form.for_service())
        return reverse("integrations:form", args=[made.pk])

    try:
        return only_once(request, deed, said=_("Форма создана"))
    except Refused as refusal:
        return _refused(request, form, refusal)


@page("GET", "POST")
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = administrator(request)
    public = get_form_for(user, pk)
    form = PublicFormForm(request.POST or None, user=user, initial=PublicFormForm.initial_of(public))
    if request.method != "POST" or not form.is_valid():
        return _ask(request, form, public)

    def deed() -> str:
        editing.update_form(
            form=public, by=user, at=clock.now(), changes=form.for_service(),
            expected_version=form.cleaned_data["version"],
        )  # fmt: skip
        return reverse("integrations:form", args=[public.pk])

    try:
        return only_once(request, deed, said=_("Форма сохранена"))
    except Refused as refusal:
        return _refused(request, form, refusal, public)


@page("POST")
def use(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Pause, or take answers again."""
    user = administrator(request)
    public = get_form_for(user, pk)
    active = request.POST.get("active") == "1"

    def deed() -> str:
        editing.update_form(form=public, by=user, at=clock.now(), changes={"active": active})
        return reverse("integrations:form", args=[public.pk])

    return only_once(request, deed, said=_("Форма принимает заявки") if active else _("Форма на паузе"))


@page("GET")
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How it looks, what to paste into the site, the wordings of its consent, the journal."""
    user = reader(request)
    public = get_form_for(user, pk)
    language = request.GET.get("lang", "")
    language = language if language in public.languages else public.languages[0]
    rows = Submission.objects.for_list().visible_to(user).filter(form=public).order_by("-at", "-id")
    context: dict[str, Any] = {
        "public": public, "language": language, "said": public.said(language), "form": AnswerForm(public, language),
        "address": request.build_absolute_uri(reverse("public_form", args=[public.key])),
        "wordings": public.consent_texts.select_related("by"), "rows": rows[:PORTION],
    }  # fmt: skip
    return show(request, "integrations/form.html", context)


@page("POST")
def retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = administrator(request)
    submission = get_submission_for(user, pk)

    def deed() -> str:
        taking.try_again(submission=submission, by=user, at=clock.now())
        return reverse("integrations:form", args=[submission.form_id])

    return only_once(request, deed, said=_("Заявка снова в очереди"))


def _refused(
    request: HttpRequest, form: PublicFormForm, refusal: Refused, public: PublicForm | None = None
) -> HttpResponse:
    form.refuse(refusal)
    return _ask(request, form, public, status=refusal.status)


def _ask(
    request: HttpRequest, form: PublicFormForm, public: PublicForm | None = None, *, status: int = 0
) -> HttpResponse:
    context = {"form": form, "public": public}
    return show(request, "integrations/form_edit.html", context, status=status or (WRONG if form.is_bound else 200))
