"""The funnel page: what it says of periods, few leads, garbage, retired stages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common import clock
from funnel import rollups
from funnel.models import Stage
from leads.services import moves
from tests.office import Office
from tests.web.funnel_page import EXPORT, PAGE, numbers, signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("from=2026-13-45", "укажите дату"),
        ("from=wrong&to=0001-01-01", "укажите дату"),
        ("from=9999-12-31", "укажите дату"),
        ("from=2026-03-01&to=2026-02-01", "Начало периода позже конца"),
        ("period=century", "Условие «Период» не применено"),
        ("segment=%27%3B--", "Условие «Сегмент» не применено"),
        ("initiative=1e400&team=-1&source=%3Cscript%3E", "Условие «Канал» не применено"),
    ],
)
def test_garbage_in_the_address_gets_a_line_and_no_error(office: Office, query: str, says: str) -> None:
    response = signed_in(office.olim).get(f"{PAGE}?{query}")
    assert response.status_code == 200
    assert says in response.content.decode()
    assert signed_in(office.olim).get(f"{EXPORT}?{query}").status_code == 422


def test_an_empty_funnel_says_why(office: Office) -> None:
    client = signed_in(office.olim)
    assert "Ни один лид не входил в этапы этой воронки" in client.get(PAGE).content.decode()
    office.lead()
    text = client.get(PAGE, {"segment": office.segment.pk}).content.decode()
    assert "Выбран сегмент агентов: в этой воронке его лидов не бывает." in text


def test_a_move_is_counted_at_once_though_the_rollup_ran_before(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    rollups.refresh(at=at)
    facts = {"meeting": {"planned_at": at, "held_at": at}}
    moves.move(lead=lead, to=office.stage("meeting"), by=office.olim, at=at, facts=facts)
    response = signed_in(office.olim).get(PAGE)
    agents = response.context["sides"][0]
    assert [line.entered.count for line in agents.lines[:3]] == [1, 1, 0]
    assert "изменения с тех пор учтены" in response.content.decode()


def test_a_lead_of_today_stands_in_a_period_that_ends_today_and_not_in_one_that_ended(office: Office) -> None:
    office.lead()
    today = timezone.localdate()
    client = signed_in(office.olim)
    assert numbers(client, f"from={today}&to={today}")
    assert not numbers(client, f"to={today - timedelta(days=1)}")


def test_few_leads_are_told_as_a_count_and_not_as_a_percentage(office: Office) -> None:
    for _n in range(3):
        office.lead()
    text = signed_in(office.olim).get(PAGE).content.decode()
    assert "из 3" in text
    assert "Лидов пока мало" in text


def test_a_retired_stage_stands_only_where_somebody_entered_it(office: Office) -> None:
    office.lead()
    Stage.objects.filter(kind="agent", code__in=["contact", "custdev"]).update(active=False)
    agents = signed_in(office.olim).get(PAGE).context["sides"][0]
    assert "contact" in [line.row.stage.code for line in agents.lines]
    assert "custdev" not in [line.row.stage.code for line in agents.lines]
