"""The import wizard: file, columns, check, load; each step has its own address and can be come back to."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access import demand_write
from common import clock
from common.errors import Refused
from imports import reporting, services
from imports.consent import press_load
from imports.models import Import
from imports.services import get_import_for
from web.imports.forms import ColumnsForm, FileForm
from web.pages import goes_to, only_once, page, person, show
from web.tables import csv_answer

TEMPLATE_ROWS = [
    ["Внешний номер", "Имя", "Телефон", "Город", "Сегмент", "Канал", "Проблематика", "Сумма"],
    [
        "A-1",
        "Олим Рахимов",
        "+998 90 123-45-67",
        "Самарканд",
        "Оценщики",
        "рекомендация",
        "Долгая выдача",
        "12 500 000",
    ],
]


@page("GET")
def listing(request: HttpRequest) -> HttpResponse:
    rows = Import.objects.visible_to(person(request)).for_list()
    return show(request, "imports/list.html", {"page": Paginator(rows, 50).get_page(request.GET.get("page"))})


@page("GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    """Step 1: the file."""
    user = person(request)
    demand_write(user)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            looked = services.look_at_file(by=user, name=file.name, file=file)
            kind = form.cleaned_data["kind"]
            return only_once(request, lambda: _columns_of(services.keep(by=user, looked=looked, kind=kind)))
        except Refused as refusal:
            form.add_error("file", refusal.message)
    return show(request, "imports/create.html", {"form": form}, status=422 if form.errors else 200)


def _columns_of(run: Import) -> str:
    return reverse("imports:columns", args=[run.pk])


@page("GET", "POST")
def columns(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Step 2: which column feeds which field; going on starts the check."""
    user = person(request)
    run = get_import_for(user, pk)
    form = ColumnsForm(run, user, request.POST or None)
    if request.method == "POST":
        demand_write(user)
        if form.is_valid():
            try:
                run = services.choose_columns(run=run, by=user, mapping=form.mapping())
                services.start_check(run=run, by=user, at=clock.now())
                return goes_to(request, "imports:run", run.pk)
            except Refused as refusal:
                form.take(refusal)
    return show(request, "imports/columns.html", {"run": run, "form": form}, status=422 if form.errors else 200)


@page("GET")
def run(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Steps 3 and 4: progress while it works, then what came of it."""
    found = get_import_for(person(request), pk)
    context = {"run": found, "problems": [] if found.is_running else reporting.first_problems(found)}
    response = show(request, "imports/run.html", context, fragment="progress")
    if request.headers.get("HX-Request") and not found.is_running and request.GET.get("poll"):
        response["HX-Refresh"] = "true"
    return response


def _press(request: HttpRequest, pk: UUID, act: Callable[..., Import], said: object = "", **extra: Any) -> HttpResponse:
    """A button of the wizard: one deed on one import, then back to its page."""
    user = person(request)
    try:
        act(run=get_import_for(user, pk), by=user, **extra)
        if said:
            messages.success(request, str(said))
    except Refused as refusal:
        if refusal.status in {403, 404}:
            raise
        messages.error(request, refusal.message)
    return goes_to(request, "imports:run", pk)


@page("POST")
def check(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    return _press(request, pk, services.start_check, at=clock.now())


@page("POST")
def stop(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    return _press(request, pk, services.stop, _("Загрузка остановлена. Загруженное осталось на месте."))


@page("POST")
def revert(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    return _press(request, pk, services.start_revert, at=clock.now())


@page("POST")
def load(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """All rows or, where that was chosen, the good ones."""

    def start(**deed: Any) -> Import:
        return press_load(**deed, accept_good=request.POST.get("rows") == "good")

    return _press(request, pk, start, at=clock.now())


@page("GET")
def errors(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The rows to mend, as a file that can be mended and loaded again."""
    user = person(request)
    found = get_import_for(user, pk)
    rows = reporting.rows_to_mend(found, plain=reporting.sees_cells(user, found))
    return csv_answer(rows, f"import-errors-{found.pk}")


@page("GET")
def template(request: HttpRequest) -> HttpResponseBase:
    return csv_answer(TEMPLATE_ROWS, "leads-template")
