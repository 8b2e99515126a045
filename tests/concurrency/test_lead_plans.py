"""Two people at one plan of leads, two administrators at one stage or one product: on PostgreSQL, at once."""

from datetime import date

import pytest

from common import clock
from funnel.models import Funnel, Stage
from funnel.product_funnels import create_funnel
from leads.services import stages
from leads.value import bank_day
from plans.models import LeadPlan, PlanTarget
from plans.services import StaleTarget, monday_of, open_plan, set_targets
from tests.concurrency.together import together
from tests.office import Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def _monday() -> date:
    return monday_of(bank_day(clock.now()))


def _open(office: Office) -> LeadPlan:
    return open_plan(owner=office.olim, segment=office.segment, week=_monday(), by=office.olim, at=clock.now())


def test_a_row_opened_by_two_at_once_is_one_row(office: Office) -> None:
    assert office.segment.owner == office.olim
    answers = together([lambda: _open(office)] * 2)
    assert len({plan.pk for plan in answers}) == 1
    assert LeadPlan.objects.count() == 1


def test_of_two_who_type_into_one_cell_the_second_is_told(office: Office) -> None:
    plan, stage = _open(office), office.stage("custdev")
    assert office.nodira.pk

    def typed(number: int) -> object:
        return set_targets(plan=plan, by=office.nodira, at=clock.now(), targets={stage: number}, versions={stage.pk: 0})

    answers = together([lambda: typed(5), lambda: typed(7)])
    assert sum(isinstance(answer, StaleTarget) for answer in answers) == 1
    assert PlanTarget.objects.get().target in {5, 7}


def test_of_two_administrators_one_moves_the_stage_and_the_other_is_told(office: Office) -> None:
    meeting, custdev = office.stage("meeting"), office.stage("custdev")
    assert office.adiba.pk

    def lower() -> object:
        return stages.shift(stage=meeting, by=office.adiba, at=clock.now(), earlier=False, beside=custdev.pk)

    answers = together([lower, lower])
    assert sum(isinstance(answer, stages.OrderChanged) for answer in answers) == 1
    order = list(Stage.objects.of_kind("agent").values_list("code", flat=True))
    assert order[:4] == ["contact", "custdev", "meeting", "verbal_contract"]


def test_a_product_gets_one_funnel_from_two_administrators(office: Office) -> None:
    assert office.adiba.pk
    product = office.product

    def made(name: str) -> object:
        return create_funnel(by=office.adiba, kind="agent", product=product, name=name)

    answers = together([lambda: made("Одна"), lambda: made("Другая")])
    assert sum(isinstance(answer, Exception) for answer in answers) == 1
    assert Funnel.objects.filter(product=product).count() == 1
    assert Stage.objects.filter(funnel__product=product).count() == 6
