"""A product's funnel: made as a copy, changed freely, renamed, and closed only when nobody is on it."""

import pytest

from agents.models import Product
from common import clock
from common.changes import StaleVersion
from common.errors import Invalid, NotAllowed
from funnel.models import Funnel, Stage
from funnel.product_funnels import DefaultFunnel, create_funnel, rename_funnel
from leads.models import Lead
from leads.services import outcomes, stages
from leads.services.funnels import FunnelInUse, restore_funnel, retire_funnel
from tests.office import Office

pytestmark = pytest.mark.django_db


def _made(office: Office, name: str = "Рассрочка: агенты") -> Funnel:
    return create_funnel(by=office.adiba, kind="agent", product=office.product, name=name)


def _shape(funnel: Funnel) -> list[tuple[object, ...]]:
    return list(Stage.objects.of_funnel(funnel.pk).values_list("code", "name", "norm_hours", "gate", "probability"))


def test_it_starts_as_a_copy_of_what_is_in_use(office: Office) -> None:
    stages.retire(stage=office.stage("custdev"), by=office.adiba, at=clock.now())
    funnel = _made(office)
    default = Funnel.objects.get(code="agent")
    assert _shape(funnel) == [row for row in _shape(default) if row[0] != "custdev"]
    assert list(Stage.objects.of_funnel(funnel.pk).values_list("position", flat=True)) == [1, 2, 3, 4, 5]
    assert (funnel.code, funnel.active) == ("rassrochka_agenty", True)


def test_what_is_changed_in_the_copy_changes_nothing_in_the_original(office: Office) -> None:
    before = _shape(Funnel.objects.get(code="agent"))
    own = Stage.objects.of_funnel(_made(office).pk)
    stages.update(stage=own[1], by=office.adiba, changes={"name": "Заявка", "gate": [], "norm_hours": 24})
    stages.shift(stage=own[2], by=office.adiba, at=clock.now(), earlier=True)
    stages.retire(stage=own[4], by=office.adiba, at=clock.now())
    assert _shape(Funnel.objects.get(code="agent")) == before


def test_whoever_comes_for_the_product_enters_it_and_whoever_is_in_work_stays(office: Office) -> None:
    early = office.lead(initiative_id=office.initiative.pk)
    funnel = _made(office)
    late = office.lead(initiative_id=office.initiative.pk)
    found = {lead.pk: lead.stage.funnel.code for lead in Lead.objects.select_related("stage__funnel")}
    assert found == {early.pk: "agent", late.pk: funnel.code}


def test_a_funnel_with_open_leads_is_not_closed(office: Office) -> None:
    funnel = _made(office)
    lead = office.lead(initiative_id=office.initiative.pk)
    with pytest.raises(FunnelInUse, match="открытые лиды: 1"):
        retire_funnel(funnel=funnel, by=office.adiba)
    assert Funnel.objects.get(pk=funnel.pk).active
    outcomes.close(lead=lead, by=office.nodira, at=clock.now(), outcome="archived", note="не сейчас", reason=None)
    retire_funnel(funnel=funnel, by=office.adiba)
    assert office.lead(initiative_id=office.initiative.pk).stage.funnel.code == "agent"


def test_a_closed_funnel_comes_back(office: Office) -> None:
    funnel = _made(office)
    retire_funnel(funnel=funnel, by=office.adiba)
    restore_funnel(funnel=Funnel.objects.get(pk=funnel.pk), by=office.adiba)
    assert office.lead(initiative_id=office.initiative.pk).stage.funnel_id == funnel.pk


@pytest.mark.parametrize("code", ["agent", "client"])
def test_the_default_funnels_stay(office: Office, code: str) -> None:
    with pytest.raises(DefaultFunnel):
        retire_funnel(funnel=Funnel.objects.get(code=code), by=office.adiba)


def test_a_product_has_one_funnel_of_a_kind(office: Office) -> None:
    _made(office)
    with pytest.raises(Invalid, match="уже есть воронка"):
        _made(office, "Ещё одна")
    other = create_funnel(by=office.adiba, kind="client", product=office.product, name="Рассрочка: клиенты")
    assert other.kind == "client"


@pytest.mark.parametrize("name", ["", "   ", "я" * 81, "РАССРОЧКА: АГЕНТЫ", "Нуль\x00"])
def test_a_name_must_tell_funnels_apart(office: Office, name: str) -> None:
    _made(office)
    product = Product.objects.create(code="card", name="Карта")
    with pytest.raises(Invalid):
        create_funnel(by=office.adiba, kind="agent", product=product, name=name)
    assert Funnel.objects.count() == 3


def test_codes_of_like_names_differ_and_never_change(office: Office) -> None:
    product = Product.objects.create(code="card", name="Карта")
    one = _made(office, "Карта")
    two = create_funnel(by=office.adiba, kind="agent", product=product, name="Карта!")
    assert (one.code, two.code) == ("karta", "karta_2")
    assert rename_funnel(funnel=one, by=office.adiba, name="Другая").code == "karta"


def test_two_who_rename_meet(office: Office) -> None:
    funnel = _made(office)
    rename_funnel(funnel=funnel, by=office.adiba, name="Первое", expected_version=1)
    with pytest.raises(StaleVersion):
        rename_funnel(funnel=funnel, by=office.adiba, name="Второе", expected_version=1)
    assert Funnel.objects.get(pk=funnel.pk).name == "Первое"


def test_nobody_but_an_administrator_touches_funnels(office: Office) -> None:
    funnel = _made(office)
    for deed in (
        lambda who: create_funnel(by=who, kind="client", product=office.product, name="Моя"),
        lambda who: rename_funnel(funnel=funnel, by=who, name="Моя"),
        lambda who: retire_funnel(funnel=funnel, by=who),
    ):
        for who in (office.nodira, office.olim, office.aziz):
            with pytest.raises(NotAllowed):
                deed(who)
