"""Settings: people and teams."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from accounts import second_factor, services, sessions
from accounts.access import demand_administrator
from accounts.models import Team, User
from accounts.selectors import employees, get_employee, get_team, team_tree
from common import clock
from common.errors import NotFound
from leads.dictionaries import open_leads_of
from web.account.devices import seen
from web.pages import goes_to, page, person, show
from web.record_forms import save
from web.settings.forms import FirstPasswordForm, NewPersonForm, PeopleFilter, PersonForm, TeamForm

PORTION = 50


def administrator(request: HttpRequest) -> User:
    """The person, when he may change settings. Raises NotAllowed, so that nobody fills in a form in vain."""
    demand_administrator(person(request))
    return person(request)


@page("GET")
def users(request: HttpRequest) -> HttpResponse:
    bar = PeopleFilter(request.GET)
    wanted: dict[str, Any] = bar.cleaned_data if bar.is_valid() else {}
    active = {"on": True, "off": False}.get(wanted.get("state", ""))
    text = request.GET.get("q", "")[:200]
    rows = employees(person(request), text=text, role=wanted.get("role", ""), active=active)
    found = Paginator(rows, PORTION).get_page(request.GET.get("page"))
    return show(request, "settings/users.html", {"page": found, "bar": bar, "narrowed": bool(request.GET)})


@page("GET", "POST", fresh=True)
def user_create(request: HttpRequest) -> HttpResponse:
    by = administrator(request)
    form = NewPersonForm(request.POST or None)
    context = {"form": form, "back": resolve_url("settings:users")}
    if request.method != "POST":
        return show(request, "settings/user_form.html", context)

    def deed(changes: dict[str, Any], _version: int | None) -> str:
        data = form.cleaned_data
        services.create_user(by=by, email=data["email"], password=data["password"], **changes)
        return resolve_url("settings:users")

    said = _("Сотрудник добавлен. Передайте ему почту и пароль.")
    return save(request, form, deed, template="settings/user_form.html", context=context, said=said)


@page("GET", "POST", fresh=True)
def user_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = administrator(request)
    user = get_employee(by, pk)
    form = PersonForm(request.POST or None, instance=user)
    context = {
        "form": form, "person": user, "back": resolve_url("settings:users"), "held": open_leads_of(by, user),
        "sessions": [seen(row) for row in sessions.of_person(by, user, at=clock.now())],
    }  # fmt: skip
    if request.method != "POST":
        return show(request, "settings/user_form.html", context)

    def deed(changes: dict[str, Any], version: int | None) -> str:
        services.update_user(user=user, by=by, changes=changes, expected_version=version)
        return resolve_url("settings:users")

    return save(request, form, deed, template="settings/user_form.html", context=context, said=_("Сохранено."))


@page("GET", "POST", fresh=True)
def user_password(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = administrator(request)
    user = get_employee(by, pk)
    form = FirstPasswordForm(request.POST or None, instance=user)
    context = {"form": form, "person": user, "back": resolve_url("settings:user_edit", user.pk)}
    if request.method != "POST":
        return show(request, "settings/user_password.html", context)

    def deed(_changes: dict[str, Any], _version: int | None) -> str:
        services.reset_password(user=user, by=by, password=form.cleaned_data["password"])
        return resolve_url("settings:users")

    said = _("Пароль заменён. Передайте его лично: прежний больше не действует.")
    return save(request, form, deed, template="settings/user_password.html", context=context, said=said)


@page("POST", fresh=True)
def user_sessions_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One session by its name, or all of them."""
    by = administrator(request)
    try:
        ref = UUID(request.POST["ref"]) if request.POST.get("ref") else None
    except ValueError as error:
        raise NotFound(_("Такой записи нет, или она вам не видна.")) from error
    sessions.end_by(by=by, person=get_employee(by, pk), ref=ref)
    messages.success(request, _("Сеанс завершён.") if ref else _("Все сеансы завершены."))
    return goes_to(request, "settings:user_edit", pk)


@page("POST", fresh=True)
def user_second_factor_reset(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = administrator(request)
    second_factor.reset(person=get_employee(by, pk), by=by, at=clock.now())
    messages.success(request, _("Второй фактор снят, сеансы закрыты. Сотрудник получил уведомление."))
    return goes_to(request, "settings:user_edit", pk)


@page("GET")
def teams(request: HttpRequest) -> HttpResponse:
    return show(request, "settings/teams.html", {"branches": team_tree(person(request))})


@page("GET", "POST")
def team_create(request: HttpRequest) -> HttpResponse:
    by = administrator(request)
    form = TeamForm(request.POST or None, initial={"parent": request.GET.get("parent")})
    context = {"form": form, "back": resolve_url("settings:teams")}
    if request.method != "POST":
        return show(request, "settings/team_form.html", context)

    def deed(changes: dict[str, Any], _version: int | None) -> str:
        services.create_team(by=by, **changes)
        return resolve_url("settings:teams")

    return save(request, form, deed, template="settings/team_form.html", context=context, said=_("Команда добавлена."))


@page("GET", "POST")
def team_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = administrator(request)
    team: Team = get_team(by, pk)
    form = TeamForm(request.POST or None, instance=team)
    context = {"form": form, "team": team, "back": resolve_url("settings:teams")}
    if request.method != "POST":
        return show(request, "settings/team_form.html", context)

    def deed(changes: dict[str, Any], version: int | None) -> str:
        services.update_team(team=team, by=by, changes=changes, expected_version=version)
        return resolve_url("settings:teams")

    return save(request, form, deed, template="settings/team_form.html", context=context, said=_("Сохранено."))
