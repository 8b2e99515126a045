"""Every number of every report opens exactly the rows that it counts, for everybody who may read it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.models import Team, User
from agents.models import Initiative, Segment
from funnel.models import Passage
from leads.models import Lead
from tests.web.reports_page import PAGES, ROOT, numbers, signed_in, text_of, told_region, wrong_numbers

pytestmark = pytest.mark.django_db
READERS = ("owner", "owner2", "head", "leadgen", "kam", "admin", "auditor")


@pytest.fixture(scope="module")
def region(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, User]]:
    with django_db_blocker.unblock():
        yield from told_region()


@pytest.mark.parametrize("who", READERS)
def test_every_number_of_the_funnel_opens_exactly_its_rows(region: dict[str, User], who: str) -> None:
    found = numbers(signed_in(region[who]), "funnel")
    assert found or who in {"leadgen", "kam"}
    assert not wrong_numbers(region[who], found)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("who", "query"), [("head", "period=all&funnel=client"), ("owner", "")])
def test_every_number_of_every_report_opens_exactly_its_rows(
    region: dict[str, User], name: str, who: str, query: str
) -> None:
    found = numbers(signed_in(region[who]), name, query)
    assert found
    assert not wrong_numbers(region[who], found)


@pytest.mark.parametrize("by", ["owner", "team", "segment", "utp", "source", "initiative", "product"])
@pytest.mark.parametrize("who", ["admin", "head", "owner"])
def test_every_comparison_opens_its_rows_now_and_before(region: dict[str, User], by: str, who: str) -> None:
    found = numbers(signed_in(region[who]), "compare", f"by={by}&period=4w&funnel=client")
    assert any("from=" in rows for rows, _shown in found), "the period before has numbers too"
    assert not wrong_numbers(region[who], found)


@pytest.mark.parametrize("query", ["step=month&period=all", "step=week&period=quarter"])
def test_cohorts_open_the_leads_that_came(region: dict[str, User], query: str) -> None:
    found = numbers(signed_in(region["head"]), "cohorts", f"{query}&funnel=client")
    assert {"open", "lost"} <= {part for rows, _shown in found for part in ("open", "lost") if f"state={part}" in rows}
    assert not wrong_numbers(region["head"], found)


def test_numbers_hold_under_every_filter(region: dict[str, User]) -> None:
    head, today = region["head"], timezone.localdate()
    dimensions = {
        "initiative": Initiative.objects.first().pk,
        "segment": Segment.objects.get(name="Продавцы: Chevrolet до 5 лет").pk,
        "utp": Passage.objects.filter(utp_id__isnull=False).order_by("utp_id").values_list("utp_id", flat=True)[0],
        "owner": region["owner"].pk,
        "team": Team.objects.get(name="Авто").pk,
        "source": "Офис",
        "from": today - timedelta(days=40),
        "to": today - timedelta(days=3),
    }
    queries = [f"{name}={value}" for name, value in dimensions.items()]
    for query in [*queries, "owner=none", "&".join(queries[3:5] + queries[6:])]:
        found = numbers(signed_in(head), "funnel", query)
        assert found, query
        assert not wrong_numbers(head, found)


def test_a_row_adds_up_and_the_first_stage_is_everybody(region: dict[str, User]) -> None:
    response = signed_in(region["admin"]).get(f"{ROOT}funnel/", {"period": "all"})
    for side in response.context["sides"]:
        for line in side.lines:
            row = line.row
            assert row.entered == row.passed + row.open + row.lost + row.done
        assert side.lines[0].entered.count == Lead.objects.filter(stage__funnel=side.funnel).count()


def test_steps_and_reasons_add_up_to_the_stage(region: dict[str, User]) -> None:
    for period in ("4w", "12w", "all"):
        response = signed_in(region["head"]).get(f"{ROOT}funnel/", {"period": period})
        for side in response.context["sides"]:
            for place, line in enumerate(side.lines):
                assert sum(found[place].count for _label, found in side.movement.rows) == line.entered.count
            lost = {row.stage.code: sum(count.count for _name, count in row.reasons) for row in side.losses.rows}
            assert lost == {line.row.stage.code: line.lost.count for line in side.lines if line.lost.count}


def test_the_reasons_of_a_loss_are_told_by_name(region: dict[str, User]) -> None:
    assert "Нет потребности" in text_of(signed_in(region["head"]), f"{ROOT}funnel/?period=all")


def test_a_comparison_adds_up_to_the_stage(region: dict[str, User]) -> None:
    client = signed_in(region["admin"])
    whole = client.get(f"{ROOT}funnel/", {"funnel": "client"}).context["sides"][0].lines[0].entered.count
    for by in ("owner", "team", "segment", "source"):
        lines = client.get(f"{ROOT}compare/", {"funnel": "client", "by": by}).context["lines"]
        assert sum(line.tally.entered for line in lines) == whole


@pytest.mark.parametrize("name", PAGES)
def test_a_report_costs_as_many_queries_for_one_lead_as_for_all(region: dict[str, User], name: str) -> None:
    counts = []
    for query in ("period=all", "source=%D0%9E%D1%84%D0%B8%D1%81"):
        client = signed_in(region["head"])
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{ROOT}{name}/?{query}")
        counts.append(len(asked))
    assert max(counts) <= 48, counts
    assert abs(counts[0] - counts[1]) <= 8, counts
