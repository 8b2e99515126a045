"""What the reports say of periods, few leads, garbage, retired stages, empty answers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common import clock
from funnel import rollups
from funnel.models import Stage
from funnel.product_funnels import create_funnel
from leads.services import moves
from tests.office import Office
from tests.web.reports_page import PAGES, ROOT, numbers, signed_in, text_of, wrong_numbers

pytestmark = pytest.mark.django_db
FUNNEL = f"{ROOT}funnel/"


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("from=2026-13-45", "укажите дату"),
        ("from=wrong&to=0001-01-01", "укажите дату"),
        ("from=9999-12-31", "укажите дату"),
        ("from=2026-03-01&to=2026-02-01", "Начало периода позже конца"),
        ("period=century", "Условие «Период» не применено"),
        ("segment=%27%3B--", "Условие «Сегмент» не применено"),
        ("funnel=nowhere", "Условие «Воронка» не применено"),
        ("initiative=1e400&team=-1&source=%3Cscript%3E", "Условие «Канал» не применено"),
        ("utp=%F0%9F%92%A9&owner=" + "9" * 400, "Условие «УТП» не применено"),
    ],
)
def test_garbage_in_the_address_gets_a_line_and_no_file(office: Office, name: str, query: str, says: str) -> None:
    client = signed_in(office.olim)
    assert says in text_of(client, f"{ROOT}{name}/?{query}")
    for kind in ("csv", "xlsx"):
        assert client.get(f"{ROOT}{name}/?{query}&format={kind}").status_code == 422


@pytest.mark.parametrize(
    ("name", "query", "says"),
    [
        ("cohorts", "step=decade", "Условие «Когорты» не применено"),
        ("matrix", "stage=nowhere", "Условие «Этап» не применено"),
        ("compare", "by=height", "Условие «Сравнить» не применено"),
        ("compare", "sort=%27", "Условие «Порядок» не применено"),
        ("rows", "", "В адресе нет этапа"),
        ("rows", "stage=nowhere", "Условие «Этап» не применено"),
        ("rows", "stage=contact&state=happy", "Условие «Что стало» не применено"),
        ("rows", "stage=contact&dates=sideways", "Условие «Порядок дат» не применено"),
        ("rows", "stage=contact&late=very", "Условие «Сверх нормы» не применено"),
        ("rows", "stage=contact&then_owner=7", "Условие «Владелец тогда» не применено"),
        ("rows", "cohort=2026-99-99", "Условие «Когорта» не применено"),
        ("rows", "cohort=2026-11-02&step=eon", "Условие «Когорты» не применено"),
    ],
)
def test_a_pages_own_choice_is_understood_or_named(office: Office, name: str, query: str, says: str) -> None:
    office.lead()
    client = signed_in(office.olim)
    assert says in text_of(client, f"{ROOT}{name}/?{query}")
    assert client.get(f"{ROOT}{name}/?{query}&format=csv").status_code == 422


def test_rows_that_are_not_understood_are_none_rather_than_wrong_ones(office: Office) -> None:
    office.lead()
    response = signed_in(office.olim).get(f"{ROOT}rows/?stage=contact&state=happy")
    assert response.context["paged"].paginator.count == 0


def test_a_changed_funnel_takes_the_stage_along_or_falls_back_without_a_word(office: Office) -> None:
    Stage.objects.filter(kind="client", code="custdev").update(code="talk")
    response = signed_in(office.olim).get(f"{ROOT}matrix/?funnel=client&stage=custdev")
    assert not response.context["asked"].problems
    assert response.context["stage"].code == "contact"


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_report_says_why(office: Office, name: str) -> None:
    client = signed_in(office.olim)
    assert "Ни один лид не входил в этапы этой воронки" in text_of(client, f"{ROOT}{name}/")
    office.lead()
    text = text_of(client, f"{ROOT}{name}/?segment={office.segment.pk}&funnel=client")
    assert "Выбран сегмент агентов: в этой воронке его лидов не бывает." in text


@pytest.mark.parametrize("name", PAGES)
def test_a_period_that_has_not_begun_says_so(office: Office, name: str) -> None:
    office.lead()
    later = timezone.localdate() + timedelta(days=3)
    text = text_of(signed_in(office.olim), f"{ROOT}{name}/?from={later}")
    assert "Период ещё не начался" in text
    assert not numbers(signed_in(office.olim), name, f"from={later}")


@pytest.mark.parametrize("name", PAGES)
def test_a_century_of_days_is_answered(office: Office, name: str) -> None:
    office.lead()
    assert numbers(signed_in(office.olim), name, "from=2000-01-01&to=2100-12-31")


def test_a_report_says_as_of_when_and_the_next_run_brings_the_move(office: Office) -> None:
    lead, client, at = office.lead(), signed_in(office.olim), clock.now()
    facts = {"meeting": {"planned_at": at, "held_at": at}}
    moves.move(lead=lead, to=office.stage("meeting"), by=office.olim, at=at, facts=facts)

    def shown() -> list[int]:
        return [line.entered.count for line in client.get(FUNNEL).context["sides"][0].lines[:3]]

    assert shown() == [1, 0, 0]
    assert f"по состоянию на {timezone.localtime(rollups.as_of()):%H:%M}" in text_of(client, FUNNEL)
    rollups.refresh(at=clock.now())
    assert shown() == [1, 1, 0]


def test_changed_stages_are_told_until_they_are_counted(office: Office) -> None:
    office.lead()
    client = signed_in(office.olim)
    assert "пересчитываются" not in text_of(client, FUNNEL)
    Stage.objects.filter(kind="agent", code="custdev").update(active=False)
    assert "пересчитываются" in text_of(client, FUNNEL)


def test_a_lead_of_today_stands_in_a_period_that_ends_today_and_not_in_one_that_ended(office: Office) -> None:
    office.lead()
    today = timezone.localdate()
    client = signed_in(office.olim)
    assert numbers(client, "funnel", f"from={today}&to={today}")
    assert not numbers(client, "funnel", f"to={today - timedelta(days=1)}")


def test_few_leads_are_told_as_a_count_and_not_as_a_percentage(office: Office) -> None:
    for _n in range(3):
        office.lead(segment_id=office.segment.pk, utp_id=office.utp.pk)
    client = signed_in(office.olim)
    text = text_of(client, FUNNEL)
    assert "0 из 3" in text
    assert "Лидов пока мало" in text
    matrix = text_of(client, f"{ROOT}matrix/")
    assert 'class="few"' in matrix
    assert "сравнивать доли рано" in matrix
    assert "Сравнивать рано" in text_of(client, f"{ROOT}compare/")


def test_enough_leads_colour_their_cell_by_its_class(office: Office) -> None:
    for _n in range(10):
        office.lead(segment_id=office.segment.pk, utp_id=office.utp.pk)
    assert 'class="heat-1"' in text_of(signed_in(office.olim), f"{ROOT}matrix/")


def test_a_retired_stage_stands_only_where_somebody_entered_it(office: Office) -> None:
    office.lead()
    Stage.objects.filter(kind="agent", code__in=["contact", "custdev"]).update(active=False)
    agents = signed_in(office.olim).get(FUNNEL).context["sides"][0]
    assert "contact" in [line.row.stage.code for line in agents.lines]
    assert "custdev" not in [line.row.stage.code for line in agents.lines]


def test_all_time_has_no_period_before_and_says_so(office: Office) -> None:
    office.lead()
    assert "нет предыдущего периода" in text_of(signed_in(office.olim), f"{ROOT}compare/?period=all")


def test_a_period_moves_back_and_forth_by_its_own_length(office: Office) -> None:
    client, today = signed_in(office.olim), timezone.localdate()
    frame = client.get(f"{FUNNEL}?from={today - timedelta(days=20)}&to={today - timedelta(days=11)}").context["frame"]
    assert frame.earlier == f"?from={today - timedelta(days=30)}&to={today - timedelta(days=21)}"
    assert frame.later == f"?from={today - timedelta(days=10)}&to={today - timedelta(days=1)}"
    assert not client.get(FUNNEL).context["frame"].later


def test_a_fragment_is_the_results_alone_and_keeps_the_address_short(office: Office) -> None:
    office.lead(source_channel="Офис")
    query = {"team": "", "source": "Офис", "from": "", "funnel": ""}
    response = signed_in(office.olim).get(FUNNEL, query, headers={"HX-Request": "true"})
    assert response["HX-Push-Url"] == f"{FUNNEL}?source=%D0%9E%D1%84%D0%B8%D1%81"
    text = response.content.decode()
    assert "<html" not in text
    assert 'id="results"' in text
    assert "HX-Request" in response["Vary"]


def test_tabs_carry_the_question_to_the_other_reports(office: Office) -> None:
    office.lead(source_channel="Офис")
    text = text_of(signed_in(office.olim), f"{ROOT}compare/?source=Офис&period=4w&by=team")
    assert 'href="/reports/cohorts/?source=%D0%9E%D1%84%D0%B8%D1%81&amp;period=4w"' in text


def test_a_products_own_funnel_counts_its_own_leads_alone(office: Office) -> None:
    own = create_funnel(by=office.adiba, kind="agent", product=office.product, name="Рассрочка: агенты")
    office.lead(product_id=office.product.pk)
    office.lead()
    client = signed_in(office.olim)
    for name in PAGES:
        assert numbers(client, name, f"funnel={own.code}"), name
    for query, entered in ((f"funnel={own.code}", [1]), ("", [1, 0]), ("funnel=agent", [1])):
        sides = client.get(f"{FUNNEL}?{query}").context["sides"]
        assert [side.lines[0].entered.count for side in sides] == entered
    assert "Рассрочка: агенты" in text_of(client, FUNNEL)
    assert not wrong_numbers(office.olim, numbers(client, "funnel", f"funnel={own.code}"))
