"""A product may have a funnel of its own: whoever comes for it goes that way, whoever is in work stays on his."""

import pytest

from common import clock
from common.errors import Invalid
from funnel.models import Funnel, Stage
from leads.models import Lead
from leads.services import editing
from leads.services.moves import move
from tests.office import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(office: Office) -> Funnel:
    """Two stages for the product of the office's initiative."""
    funnel = Funnel.objects.create(kind="agent", product=office.product, code="loan", name="Кредит")
    for place, code in enumerate(("contact", "signed"), 1):
        Stage.objects.create(funnel=funnel, kind="agent", code=code, name=code, position=place)
    return funnel


def test_a_lead_of_the_product_enters_its_funnel(office: Office, own: Funnel) -> None:
    assert office.lead(initiative_id=office.initiative.pk).stage.funnel_id == own.pk


def test_a_product_without_a_funnel_in_use_goes_by_the_default_one(office: Office, own: Funnel) -> None:
    Funnel.objects.filter(pk=own.pk).update(active=False)
    assert office.lead(initiative_id=office.initiative.pk).stage.funnel.code == "agent"


def test_the_last_stage_of_the_own_funnel_wins_the_lead(office: Office, own: Funnel) -> None:
    lead = office.lead(initiative_id=office.initiative.pk)
    won = move(lead=lead, to=own.stages.get(code="signed"), by=office.olim, at=clock.now())
    assert won.outcome == "won"


def test_a_stage_of_the_default_funnel_is_none_of_its_road(office: Office, own: Funnel) -> None:
    lead = office.lead(initiative_id=office.initiative.pk)
    with pytest.raises(Invalid, match="из другой воронки"):
        move(lead=lead, to=Stage.objects.of_kind("agent").get(code="meeting"), by=office.olim, at=clock.now())


def test_a_lead_in_work_stays_where_it_is(office: Office) -> None:
    lead = office.lead(initiative_id=office.initiative.pk)
    Funnel.objects.create(kind="agent", product=office.product, code="loan", name="Кредит")
    editing.update_lead(lead=lead, by=office.olim, changes={"product": office.product})
    assert Lead.objects.get(pk=lead.pk).stage.funnel.code == "agent"
