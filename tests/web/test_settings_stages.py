"""Settings of stages and funnels: what a change would do is on the screen before the press that makes it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from funnel.models import Funnel, Stage
from funnel.product_funnels import create_funnel
from leads.models import Lead
from leads.services.moves import move
from tests.office import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(office: Office) -> Client:
    client = Client()
    client.force_login(office.adiba)
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"settings:{name}", args=args)


def text_of(response: object) -> str:
    return " ".join(response.content.decode().split()).replace("\u00a0", " ")


def _through(office: Office, stage: str) -> Lead:
    lead = office.lead(name=f"Лид {stage}")
    for row in Stage.objects.of_kind("agent").filter(position__lte=office.stage(stage).position)[1:]:
        lead = move(lead=lead, to=row, by=office.nodira, at=clock.now(), reason="для проверки", waive=True)
    return lead


def _order() -> list[str]:
    return [stage.code for stage in Stage.objects.of_kind("agent").active()]


class TestTheOrder:
    def test_the_preview_shows_shares_now_and_then_and_moves_nothing(self, office: Office, admin: Client) -> None:
        _through(office, "custdev")
        before = _order()
        text = text_of(admin.get(f"{url('stage_shift', office.stage('custdev').pk)}?to=up"))
        assert "«CustDev» встанет перед «Созвон-встреча»" in text
        assert "1 лид вошёл в оба этапа" in text
        assert "1 из 1" in text
        assert "0 из 1" in text
        assert _order() == before

    def test_the_press_does_what_was_shown(self, office: Office, admin: Client) -> None:
        sent = {"to": "up", "beside": str(office.stage("meeting").pk), "_once": str(uuid4())}
        assert admin.post(url("stage_shift", office.stage("custdev").pk), sent).status_code == 302
        assert _order()[:3] == ["contact", "custdev", "meeting"]

    def test_an_order_that_another_changed_is_told_and_left_alone(self, office: Office, admin: Client) -> None:
        where = url("stage_shift", office.stage("custdev").pk)
        sent = {"to": "up", "beside": str(office.stage("meeting").pk)}
        admin.post(where, sent)
        answer = admin.post(where, sent)
        assert answer.status_code == 409
        assert "Порядок этапов уже изменили" in text_of(answer)
        assert _order()[:3] == ["contact", "custdev", "meeting"]

    def test_at_the_edge_the_list_is_shown(self, office: Office, admin: Client) -> None:
        answer = admin.get(f"{url('stage_shift', office.stage('contact').pk)}?to=up")
        assert "Этапы и шлюзы" in text_of(answer)


class TestTheEnd:
    def test_the_preview_names_the_leads_and_offers_where_to(self, office: Office, admin: Client) -> None:
        _through(office, "custdev")
        text = text_of(admin.get(url("stage_retire", office.stage("custdev").pk)))
        for words in ("стоит 1 открытый лид", "Лид custdev", "Перевести на этап", "Устный контракт",
                      "лиды идут сразу в «Устный контракт»"):  # fmt: skip
            assert words in text, words

    def test_leads_are_moved_and_the_stage_retired_by_one_press(self, office: Office, admin: Client) -> None:
        lead, custdev = _through(office, "custdev"), office.stage("custdev")
        sent = {"move_to": str(office.stage("meeting").pk), "version": custdev.version, "_once": str(uuid4())}
        for _press in range(2):
            assert admin.post(url("stage_retire", custdev.pk), sent).status_code == 302
        assert Lead.objects.get(pk=lead.pk).stage.code == "meeting"
        assert "custdev" not in _order()

    @pytest.mark.parametrize("to", ["", "x", "0190aaaa-bbbb-7ccc-8ddd-eeeeffff0000"])
    def test_without_a_place_nothing_happens(self, office: Office, admin: Client, to: str) -> None:
        lead = _through(office, "custdev")
        answer = admin.post(url("stage_retire", office.stage("custdev").pk), {"move_to": to})
        assert answer.status_code in {409, 422}
        assert Lead.objects.get(pk=lead.pk).stage.code == "custdev"
        assert "custdev" in _order()

    def test_a_stage_changed_meanwhile_is_shown_anew(self, office: Office, admin: Client) -> None:
        custdev = office.stage("custdev")
        Stage.objects.filter(pk=custdev.pk).update(version=custdev.version + 1)
        answer = admin.post(url("stage_retire", custdev.pk), {"version": custdev.version})
        assert answer.status_code == 409
        assert f'name="version" value="{custdev.version + 1}"' in answer.content.decode()
        assert "custdev" in _order()

    def test_the_last_stage_says_who_will_have_reached_the_end(self, office: Office, admin: Client) -> None:
        text = text_of(admin.get(url("stage_retire", office.stage("value_delivered").pk)))
        assert "дошедшими до конца будут считаться вошедшие в «Подписанный контракт»" in text


class TestTheForm:
    def _effect(self, office: Office, admin: Client, **changes: object) -> str:
        stage = office.stage("meeting")
        values = {"name": stage.name, "hint": stage.hint, "norm_hours": stage.norm_hours, "gate": stage.gate}
        beliefs = {name: getattr(stage, name) for name in ("effort_hours", "half_life_hours", "pass_guess")}
        sent = values | beliefs | {"version": stage.version} | changes
        return text_of(admin.post(url("stage_effect", stage.pk), sent, headers={"HX-Request": "true"}))

    def test_a_gate_names_those_whom_it_would_hold(self, office: Office, admin: Client) -> None:
        office.lead(name="Без ресурсов")
        text = self._effect(office, admin, gate=["resources"])
        assert "Кто не войдёт" in text
        assert "Без ресурсов" in text

    def test_a_new_name_tells_where_it_will_be_read(self, office: Office, admin: Client) -> None:
        _through(office, "meeting")
        text = self._effect(office, admin, name="Встреча состоялась")
        assert "«Созвон-встреча» станет «Встреча состоялась» везде, и в прошлом тоже: записей в истории — 1" in text
        assert "станет" not in self._effect(office, admin)

    def test_a_new_norm_tells_who_becomes_late(self, office: Office, admin: Client) -> None:
        lead = _through(office, "meeting")
        Lead.objects.filter(pk=lead.pk).update(stage_entered_at=clock.now() - timedelta(days=4))
        assert "Дольше нормы стоят 0, с новой будут 1" in self._effect(office, admin, norm_hours=48)
        assert "с новой — столько же" in self._effect(office, admin, norm_hours=240)
        assert "Норма" not in self._effect(office, admin)


class TestFunnels:
    def test_a_funnel_is_made_for_a_product_and_its_stages_are_shown(self, office: Office, admin: Client) -> None:
        sent = {"product": str(office.product.pk), "kind": "agent", "name": "Рассрочка", "_once": str(uuid4())}
        answer = admin.post(url("funnel_create"), sent, follow=True)
        assert "Воронка создана" in text_of(answer)
        assert Funnel.objects.get(product=office.product).stages.count() == 6
        assert "Рассрочка" in text_of(admin.get(url("funnels")))

    def test_what_is_missing_stands_beside_its_field_and_what_was_typed_stays(
        self, office: Office, admin: Client
    ) -> None:
        answer = admin.post(url("funnel_create"), {"product": "", "kind": "agent", "name": "Рассрочка"})
        assert answer.status_code == 422
        assert 'value="Рассрочка"' in answer.content.decode()

    def test_a_second_funnel_of_a_product_is_refused_in_words(self, office: Office, admin: Client) -> None:
        create_funnel(by=office.adiba, kind="agent", product=office.product, name="Рассрочка")
        sent = {"product": str(office.product.pk), "kind": "agent", "name": "Ещё одна"}
        answer = admin.post(url("funnel_create"), sent)
        assert answer.status_code == 422
        assert "уже есть воронка «Рассрочка»" in text_of(answer)

    def test_it_is_renamed_closed_and_brought_back(self, office: Office, admin: Client) -> None:
        funnel = create_funnel(by=office.adiba, kind="agent", product=office.product, name="Рассрочка")
        assert admin.post(url("funnel_edit", funnel.pk), {"name": "Покупки", "version": 1}).status_code == 302
        assert admin.post(url("funnel_use", funnel.pk), {"active": "0", "version": 2}).status_code == 302
        assert not Funnel.objects.get(pk=funnel.pk).active
        assert admin.post(url("funnel_use", funnel.pk), {"active": "1"}).status_code == 302
        assert Funnel.objects.get(pk=funnel.pk).name == "Покупки"

    def test_a_funnel_with_open_leads_says_how_many(self, office: Office, admin: Client) -> None:
        funnel = create_funnel(by=office.adiba, kind="agent", product=office.product, name="Рассрочка")
        office.lead(initiative_id=office.initiative.pk)
        answer = admin.post(url("funnel_use", funnel.pk), {"active": "0"})
        assert answer.status_code == 409
        assert "открытые лиды: 1" in text_of(answer)

    def test_two_who_rename_choose_what_stays(self, office: Office, admin: Client) -> None:
        funnel = create_funnel(by=office.adiba, kind="agent", product=office.product, name="Рассрочка")
        admin.post(url("funnel_edit", funnel.pk), {"name": "Первое", "version": 1})
        answer = admin.post(url("funnel_edit", funnel.pk), {"name": "Второе", "version": 1})
        assert answer.status_code == 409
        assert "conflict-title" in answer.content.decode()
        assert Funnel.objects.get(pk=funnel.pk).name == "Первое"

    def test_an_auditor_reads_and_nobody_else_enters(self, office: Office) -> None:
        for name, status in (("aziz", 200), ("olim", 403), ("nodira", 403)):
            client = Client()
            client.force_login(getattr(office, name))
            assert client.get(url("funnels")).status_code == status
            assert client.get(url("funnel_create")).status_code == 403
