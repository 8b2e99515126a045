"""Settings: stages, their gates and norms; refusal reasons; products."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import Product
from common import clock
from funnel.models import Stage
from leads.models import LossReason
from leads.services import recording
from tests.office import Office

pytestmark = pytest.mark.django_db


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
    beliefs = {name: getattr(stage, name) for name in ("effort_hours", "half_life_hours", "pass_guess")}
    return values | beliefs | ({"key": "on"} if stage.key else {}) | {"version": stage.version} | changes


def order(kind: str = "agent") -> list[str]:
    return [stage.code for stage in Stage.objects.of_kind(kind).active()]


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
    values |= {"effort_hours": "1,5", "half_life_hours": "240", "pass_guess": "0,4"}
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


def test_what_the_engine_believes_of_a_stage_is_written_as_people_write_numbers(office: Office, admin: Client) -> None:
    meeting = office.stage("meeting")
    assert 'value="0,5"' in admin.get(url("stage_edit", meeting.pk)).content.decode()
    typed = {"effort_hours": "1,25", "half_life_hours": "1 000", "pass_guess": "0.35"}
    assert admin.post(url("stage_edit", meeting.pk), stage_values(meeting, **typed)).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.effort_hours, meeting.half_life_hours, meeting.pass_guess) == (1.25, 1000.0, 0.35)


def test_a_form_that_changes_no_belief_writes_nothing(office: Office, admin: Client) -> None:
    meeting = office.stage("meeting")
    admin.post(url("stage_edit", meeting.pk), stage_values(meeting))
    assert Stage.objects.get(pk=meeting.pk).version == meeting.version


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("effort_hours", "0", "Нужно число от 0,05 до 80."),
        ("half_life_hours", "9000", "Нужно число от 1 до 8 760."),
        ("pass_guess", "1", "Нужно число от 0,01 до 0,99."),
        ("pass_guess", "NaN", "Введите число"),
        ("effort_hours", "", "Обязательное поле"),
        ("effort_hours", "час", "Введите число"),
    ],
)
def test_a_belief_out_of_bounds_is_refused_beside_its_field(
    office: Office, admin: Client, field: str, typed: str, said: str
) -> None:
    meeting = office.stage("meeting")
    answer = admin.post(url("stage_edit", meeting.pk), stage_values(meeting, **{field: typed}))
    text = answer.content.decode().replace("\xa0", " ").replace("\u202f", " ")
    assert answer.status_code == 422
    assert said in text
    assert f'value="{typed}"' in text or not typed
    assert Stage.objects.get(pk=meeting.pk).version == meeting.version


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
