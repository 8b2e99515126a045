"""Settings: who opens them, what they change, what they refuse."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Team, User
from accounts.roles import Role
from agents.models import Product
from common import clock
from funnel.models import Stage
from leads.models import LossReason
from leads.services import recording
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


def stage_values(stage: Stage, **changes: object) -> dict[str, object]:
    values = {"name": stage.name, "hint": stage.hint, "norm_hours": stage.norm_hours or "", "gate": stage.gate}
    return values | ({"key": "on"} if stage.key else {}) | {"version": stage.version} | changes


def order(kind: str = "agent") -> list[str]:
    return [stage.code for stage in Stage.objects.of_kind(kind).active()]


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
    before = order()
    for who in (office.olim, office.nodira, office.aziz):
        client.force_login(who)
        assert client.post(url(deed, office.stage("meeting").pk), {"to": "up"}).status_code == 403
    assert order() == before


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


# Stages


def test_the_stages_are_listed_with_their_gates(admin: Client) -> None:
    text = admin.get(url("stages_of", "agent")).content.decode()
    assert "норма 120 ч" in text
    assert "созвон или встреча состоялись" in text
    assert admin.get(url("stages_of", "nonsense")).status_code == 404


def test_a_stage_moves_up_and_down_by_buttons(office: Office, admin: Client) -> None:
    before = order()
    assert admin.post(url("stage_shift", office.stage("custdev").pk), {"to": "up", "_once": key()}).status_code == 302
    assert order() == [before[0], before[2], before[1], *before[3:]]
    admin.post(url("stage_shift", office.stage("custdev").pk), {"to": "down"})
    assert order() == before


def test_a_double_press_moves_a_stage_once(office: Office, admin: Client) -> None:
    once = key()
    for _ in range(2):
        admin.post(url("stage_shift", office.stage("signed_contract").pk), {"to": "up", "_once": once})
    assert order().index("signed_contract") == 3


def test_a_new_stage_stands_where_it_was_put(office: Office, admin: Client) -> None:
    values = {"name": "Проверка службой", "after": office.stage("custdev").pk, "gate": ["problem"], "_once": key()}
    assert admin.post(url("stage_create", "agent"), values).status_code == 302
    assert order()[3] == "proverka_slujboy"
    assert "proverka_slujboy" not in order("client")


def test_a_stage_with_open_leads_stays_and_the_list_says_why(office: Office, admin: Client) -> None:
    office.lead()
    answer = admin.post(url("stage_retire", office.stage("contact").pk), {"_once": key()})
    assert answer.status_code == 409
    assert "ещё есть открытые лиды: 1" in answer.content.decode()
    assert "contact" in order()


def test_a_stage_leaves_and_comes_back(office: Office, admin: Client) -> None:
    meeting = office.stage("meeting")
    assert admin.post(url("stage_retire", meeting.pk)).status_code == 302
    assert "meeting" not in order()
    assert "Не действуют" in admin.get(url("stages_of", "agent")).content.decode()
    assert admin.post(url("stage_restore", meeting.pk)).status_code == 302
    assert order()[1] == "meeting"


def met(office: Office) -> None:
    """A lead that is ready to enter «Созвон-встреча»."""
    lead, at = office.lead(), clock.now()
    recording.record_meeting(lead=lead, by=office.olim, at=at, planned_at=at, held_at=at)


def test_a_gate_that_holds_back_nobody_more_is_saved_at_once(office: Office, admin: Client) -> None:
    office.lead()
    meeting = office.stage("meeting")
    answer = admin.post(url("stage_edit", meeting.pk), stage_values(meeting, gate=[*meeting.gate, "resources"]))
    assert answer.status_code == 302


def test_the_effect_of_a_gate_is_shown_before_it_is_saved(office: Office, admin: Client) -> None:
    for _ in range(3):
        met(office)
    meeting = office.stage("meeting")
    values = stage_values(meeting, gate=["name", "resources"])
    answer = admin.post(url("stage_effect", meeting.pk), values, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert "открытых лидов: 3" in text
    assert "Не проходят новый шлюз: 3, нынешний: 0" in text
    assert "<html" not in text
    assert "<html" in admin.post(url("stage_effect", meeting.pk), values).content.decode()
    assert Stage.objects.get(pk=meeting.pk).gate == meeting.gate


def test_a_gate_that_holds_back_most_is_asked_about_once_more(office: Office, admin: Client) -> None:
    met(office)
    meeting = office.stage("meeting")
    values = stage_values(meeting, gate=[*meeting.gate, "resources"], _once=key())
    answer = admin.post(url("stage_edit", meeting.pk), values)
    assert answer.status_code == 422
    assert "задержит 1 из 1" in answer.content.decode()
    assert admin.post(url("stage_edit", meeting.pk), values | {"confirmed": "on"}).status_code == 302
    assert "resources" in Stage.objects.get(pk=meeting.pk).gate


def test_an_unknown_fact_is_refused(office: Office, admin: Client) -> None:
    meeting = office.stage("meeting")
    answer = admin.post(url("stage_edit", meeting.pk), stage_values(meeting, gate=["horoscope"]))
    assert answer.status_code == 422


def test_two_who_change_one_norm_are_asked(office: Office, admin: Client) -> None:
    meeting = office.stage("meeting")
    admin.post(url("stage_edit", meeting.pk), stage_values(meeting, norm_hours=48))
    answer = admin.post(url("stage_edit", meeting.pk), stage_values(meeting, norm_hours=96))
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Adiba" in text
    assert 'value="96"' in text
    assert 'value="48"' in text
    assert text.count('name="gate"') == len(meeting.gate)


def test_reordering_leaves_an_open_form_good(office: Office, admin: Client) -> None:
    meeting = office.stage("meeting")
    admin.post(url("stage_shift", office.stage("custdev").pk), {"to": "up"})
    assert admin.post(url("stage_edit", meeting.pk), stage_values(meeting, norm_hours=48)).status_code == 302


# Reasons and products


def test_reasons_are_added_renamed_reordered_and_taken_off(admin: Client) -> None:
    assert admin.post(url("reason_create"), {"name": "Ждёт другого банка", "_once": key()}).status_code == 302
    reason = LossReason.objects.get(name="Ждёт другого банка")
    page = url("reason_edit", reason.pk)
    assert admin.post(page, {"name": "Ушёл в другой банк", "version": reason.version}).status_code == 302
    admin.post(url("reason_shift", reason.pk), {"to": "up"})
    names = list(LossReason.objects.values_list("name", flat=True))
    assert names.index("Ушёл в другой банк") == len(names) - 2
    admin.post(url("reason_use", reason.pk), {"active": "no"})
    reason.refresh_from_db()
    assert reason.active is False


def test_a_reason_is_not_said_twice(admin: Client) -> None:
    known = LossReason.objects.first()
    answer = admin.post(url("reason_create"), {"name": known.name.upper()})
    assert answer.status_code == 422


def test_products_are_added_and_changed(office: Office, admin: Client) -> None:
    values = {"name": "Вклад", "code": "deposit", "margin": "150000", "currency": "UZS", "_once": key()}
    assert admin.post(url("product_create"), values).status_code == 302
    assert admin.post(url("product_create"), values | {"_once": key()}).status_code == 422
    deposit = Product.objects.get(code="deposit")
    changed = {"name": "Вклад", "margin": "-1", "currency": "UZS", "version": deposit.version}
    assert admin.post(url("product_edit", deposit.pk), changed).status_code == 422
    assert admin.post(url("product_edit", deposit.pk), changed | {"margin": "160000"}).status_code == 302
    deposit.refresh_from_db()
    assert (deposit.margin, deposit.active) == (160000, False)
