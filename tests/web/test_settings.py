"""Settings: who opens them, what they change, what they refuse."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Team, User
from accounts.roles import Role
from agents.models import Product
from funnel.models import Stage
from leads.models import LossReason
from tests.office import PASSWORD, Office

pytestmark = pytest.mark.django_db
LISTS = ["index", "users", "teams", "reasons", "products"]
FORMS = ["user_create", "team_create", "reason_create", "product_create"]


@pytest.fixture
def admin(office: Office, client: Client) -> Client:
    client.force_login(office.adiba)
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"settings:{name}", args=args)


def key() -> str:
    return str(uuid4())


# Who


@pytest.mark.parametrize("who", ["olim", "nodira", "lola", "kamila"])
@pytest.mark.parametrize("name", [*LISTS, *FORMS])
def test_others_are_told_that_an_administrator_does_this(office: Office, client: Client, who: str, name: str) -> None:
    client.force_login(getattr(office, who))
    answer = client.get(url(name))
    assert answer.status_code == 403
    assert "Это меняет администратор" in answer.content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_an_auditor_reads_but_finds_no_button(office: Office, client: Client, name: str) -> None:
    client.force_login(office.aziz)
    answer = client.get(url(name))
    assert answer.status_code == 200
    assert "Добавить" not in answer.content.decode()


@pytest.mark.parametrize("name", FORMS)
def test_an_auditor_changes_nothing(office: Office, client: Client, name: str) -> None:
    client.force_login(office.aziz)
    assert client.get(url(name)).status_code == 403
    assert client.post(url(name), {"name": "Чужое"}).status_code == 403


@pytest.mark.parametrize("deed", ["stage_shift", "stage_retire", "stage_restore"])
def test_nobody_else_touches_the_stages(office: Office, client: Client, deed: str) -> None:
    before = list(Stage.objects.values_list("code", "position", "active"))
    for who in (office.olim, office.nodira, office.aziz):
        client.force_login(who)
        assert client.post(url(deed, office.stage("meeting").pk), {"to": "up"}).status_code == 403
    assert list(Stage.objects.values_list("code", "position", "active")) == before


def test_every_page_opens_for_the_administrator(office: Office, admin: Client) -> None:
    pages = [url(name) for name in [*LISTS, *FORMS]]
    pages += [url("stages_of", "agent"), url("stages_of", "client"), url("stage_create", "agent")]
    pages += [url("stage_edit", office.stage("custdev").pk), url("user_edit", office.olim.pk)]
    pages += [
        url("user_password", office.olim.pk),
        url("team_edit", office.north.pk),
        url("product_edit", office.product.pk),
    ]
    pages += [url("reason_edit", LossReason.objects.first().pk)]
    assert {page: admin.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert admin.get(url("stages"), follow=True).status_code == 200


@pytest.mark.parametrize(
    "name", ["user_edit", "user_password", "team_edit", "stage_edit", "reason_edit", "product_edit"]
)
def test_what_is_not_there_is_not_found(admin: Client, name: str) -> None:
    assert admin.get(url(name, uuid4())).status_code == 404


def test_the_index_says_what_is_unfinished(office: Office, admin: Client) -> None:
    Stage.objects.filter(code="meeting").update(norm_hours=None)
    Product.objects.create(code="bare", name="Без маржи")
    text = admin.get(url("index")).content.decode()
    assert "Этапов без нормы: 2" in text
    assert "Без маржи: 1" in text


# People


def new_person(**changes: object) -> dict[str, object]:
    values = {"name": "Диана Юн", "email": "Diana@bank.test", "role": Role.PRODUCT_OWNER, "password": PASSWORD}
    return values | changes


def test_a_new_colleague_can_sign_in(office: Office, admin: Client) -> None:
    answer = admin.post(url("user_create"), new_person(team=office.north.pk, _once=key()))
    assert answer["Location"] == url("users")
    assert Client().post("/login/", {"login": "diana@bank.test", "password": PASSWORD}).status_code == 302


def test_a_double_press_makes_one_colleague(office: Office, admin: Client) -> None:
    form = new_person(team=office.north.pk, _once=key())
    first, second = admin.post(url("user_create"), form), admin.post(url("user_create"), form)
    assert first["Location"] == second["Location"] == url("users")
    assert User.objects.filter(email="diana@bank.test").count() == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"email": "olim@bank.test"}, "уже есть"),
        ({"password": "123"}, "12"),
        ({"team": ""}, "Выберите команду"),
        ({"role": Role.SERVICE}, "Проверьте"),
        ({"email": "no mail"}, "Проверьте"),
        ({"name": ""}, "Проверьте"),
        ({"name": "я" * 10_000}, "Сократите"),
        ({"team": uuid4()}, "Проверьте"),
    ],
)
def test_a_bad_form_says_why_and_keeps_what_was_typed(
    office: Office, admin: Client, changes: dict[str, object], message: str
) -> None:
    assert office.olim
    answer = admin.post(url("user_create"), new_person(team=office.north.pk, _once=key()) | changes)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert message in text
    assert str(changes.get("name", "Диана Юн")) in text
    assert not User.objects.filter(email="diana@bank.test").exists()


def test_closing_somebodys_sign_in_names_his_open_leads(office: Office, admin: Client) -> None:
    office.lead()
    text = admin.get(url("user_edit", office.olim.pk)).content.decode()
    assert "Открытых лидов" in text
    assert f"?owner={office.olim.pk}" in text
    values = {"name": "Olim", "role": Role.PRODUCT_OWNER, "team": office.north.pk, "version": office.olim.version}
    assert admin.post(url("user_edit", office.olim.pk), values).status_code == 302
    office.olim.refresh_from_db()
    assert office.olim.is_active is False


def test_nobody_takes_his_own_rights_away(office: Office, admin: Client) -> None:
    values = {"name": "Adiba", "role": Role.AUDITOR, "is_active": "on", "version": office.adiba.version}
    answer = admin.post(url("user_edit", office.adiba.pk), values)
    assert answer.status_code == 422
    assert "другой администратор" in answer.content.decode()


def test_a_new_first_password_works_and_ends_the_old_sessions(office: Office, admin: Client) -> None:
    away = Client()
    away.force_login(office.olim)
    answer = admin.post(url("user_password", office.olim.pk), {"password": "lake-lamp-lemon-17"})
    assert answer.status_code == 302
    assert away.get("/account/").status_code == 302
    assert Client().post("/login/", {"login": office.olim.email, "password": "lake-lamp-lemon-17"}).status_code == 302


def test_people_are_found_by_name_mail_role_and_state(office: Office, admin: Client) -> None:
    everyone = [office.olim, office.sitora, office.lola]
    assert len(everyone) == 3

    def found(query: str) -> list[str]:
        return re.findall(r"data-row-link>(\w+)<", admin.get(url("users") + query).content.decode())

    assert found("?q=OLI") == ["Olim"]
    assert found("?q=sitora@bank") == ["Sitora"]
    assert found("?role=lead_generator") == ["Lola"]
    assert found("?state=off") == []
    assert "Olim" in found("?role=nonsense&page=-1")


# Teams


def test_teams_hang_in_a_tree_and_move(office: Office, admin: Client) -> None:
    values = {"name": "North-Auto", "parent": office.south.pk, "version": office.north_auto.version}
    assert admin.post(url("team_edit", office.north_auto.pk), values).status_code == 302
    assert Team.objects.get(pk=office.north_auto.pk).parent == office.south


def test_a_team_cannot_hang_below_itself(office: Office, admin: Client) -> None:
    assert office.north_auto
    values = {"name": "North", "parent": office.north_auto.pk, "version": office.north.version}
    answer = admin.post(url("team_edit", office.north.pk), values)
    assert answer.status_code == 422
    assert "не может входить сама в себя" in answer.content.decode()


def test_two_teams_do_not_share_a_name(office: Office, admin: Client) -> None:
    assert office.south
    assert admin.post(url("team_create"), {"name": "South"}).status_code == 422
    values = {"name": "South", "parent": office.bank.pk, "version": office.north.version}
    assert admin.post(url("team_edit", office.north.pk), values).status_code == 422


def test_two_who_rename_one_team_are_asked_which_name_stays(office: Office, admin: Client) -> None:
    version = office.south.version
    assert admin.post(url("team_edit", office.south.pk), {"name": "Юг", "parent": office.bank.pk, "version": version})
    answer = admin.post(
        url("team_edit", office.south.pk), {"name": "Южная", "parent": office.bank.pk, "version": version}
    )
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Южная" in text
    assert "Юг" in text
    assert Team.objects.get(pk=office.south.pk).name == "Юг"


def test_two_who_change_different_things_both_keep_theirs(office: Office, admin: Client) -> None:
    version, page = office.south.version, url("team_edit", office.south.pk)
    admin.post(page, {"name": "Юг", "parent": office.bank.pk, "version": version})
    answer = admin.post(page, {"name": "South", "parent": office.north.pk, "version": version})
    assert answer.status_code == 302
    south = Team.objects.get(pk=office.south.pk)
    assert (south.name, south.parent) == ("Юг", office.north)
