"""Every number of the funnel page opens exactly the rows that it counts, for everybody who may read it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.models import Team, User
from agents.models import Initiative, Segment
from common import clock
from demo import story
from funnel.models import DirtyLead
from leads.models import Lead, LossReason
from leads.services import outcomes
from tests.web.funnel_page import EXPORT, PAGE, listed, numbers, signed_in

pytestmark = pytest.mark.django_db
READERS = ("owner", "owner2", "head", "leadgen", "kam", "admin", "auditor")


@pytest.fixture(scope="module")
def region(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, User]]:
    """A twentieth of the demo story, with some leads changed after the rollup's last run."""
    with django_db_blocker.unblock(), transaction.atomic():
        story.tell(password="demo-demo-demo", at=clock.now(), scale=0.05)
        people = {user.email.partition("@")[0]: user for user in User.objects.all()}
        reason = LossReason.objects.get(code="no_need")
        for lead in Lead.objects.open().order_by("pk")[:7]:
            outcomes.close(lead=lead, outcome="lost", by=people["head"], at=clock.now(), reason=reason)
        assert DirtyLead.objects.count() == 7
        yield people
        transaction.set_rollback(True)


@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize("period", ["", "period=4w", "period=all"])
def test_every_number_opens_exactly_its_rows(region: dict[str, User], who: str, period: str) -> None:
    found = numbers(signed_in(region[who]), period)
    assert found or who in {"leadgen", "kam"}
    assert [(rows, listed(region[who], rows)) for rows, _shown in found] == found


def test_numbers_hold_under_every_filter(region: dict[str, User]) -> None:
    head, today = region["head"], timezone.localdate()
    dimensions = {
        "initiative": Initiative.objects.first().pk,
        "segment": Segment.objects.get(name="Продавцы: Chevrolet до 5 лет").pk,
        "owner": region["owner"].pk,
        "team": Team.objects.get(name="Авто").pk,
        "source": "Офис",
        "from": today - timedelta(days=40),
        "to": today - timedelta(days=3),
    }
    queries = [f"{name}={value}" for name, value in dimensions.items()]
    for query in [*queries, "owner=none", "&".join(queries[2:4] + queries[5:])]:
        found = numbers(signed_in(head), query)
        assert found, query
        assert [(rows, listed(head, rows)) for rows, _shown in found] == found


def test_a_row_adds_up_and_the_first_stage_is_everybody(region: dict[str, User]) -> None:
    response = signed_in(region["admin"]).get(PAGE, {"period": "all"})
    for side in response.context["sides"]:
        for line in side.lines:
            row = line.row
            assert row.entered == row.passed + row.open + row.lost + row.done
        assert side.lines[0].entered.count == Lead.objects.filter(kind=side.kind).count()


def test_an_owner_counts_only_what_he_may_see(region: dict[str, User]) -> None:
    response = signed_in(region["owner2"]).get(PAGE, {"period": "all"})
    shown = sum(side.lines[0].entered.count for side in response.context["sides"])
    assert shown == Lead.objects.visible_to(region["owner2"]).count() < Lead.objects.count()


def test_the_page_offers_no_row_that_the_reader_may_not_see(region: dict[str, User]) -> None:
    text = signed_in(region["owner2"]).get(PAGE).content.decode()
    assert str(region["owner2"].name) in text
    assert region["owner"].name not in text
    assert "Оценка под брендом банка" not in text


def test_a_hidden_owner_is_refused_like_a_missing_one(region: dict[str, User]) -> None:
    client = signed_in(region["owner2"])
    hidden = client.get(PAGE, {"owner": region["owner"].pk}).content.decode()
    missing = client.get(PAGE, {"owner": "01a0e7d0-0000-7000-8000-000000000000"}).content.decode()
    line = "Условие «Владелец» не применено"
    assert line in hidden
    assert line in missing


def test_the_file_holds_the_numbers_of_the_page(region: dict[str, User]) -> None:
    client = signed_in(region["head"])
    page = client.get(PAGE, {"period": "all"})
    text = b"".join(client.get(EXPORT, {"period": "all"}).streaming_content).decode("utf-8-sig")
    cells = [line.split(";") for line in text.splitlines()]
    assert cells[0][:4] == ["Воронка", "Этап", "Вошли", "Прошли дальше"]
    lines = [line for side in page.context["sides"] for line in side.lines]
    assert [int(row[2]) for row in cells[1:]] == [line.entered.count for line in lines]


@pytest.mark.parametrize("who", ["owner", "head", "admin"])
def test_the_page_costs_fourteen_queries_at_most(region: dict[str, User], who: str) -> None:
    client = signed_in(region[who])
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(PAGE, {"owner": region["owner"].pk})
    assert len(asked) <= 14, "\n".join(query["sql"][:150] for query in asked)


def test_a_fragment_is_the_results_alone_and_keeps_the_address_short(region: dict[str, User]) -> None:
    query = {"team": "", "source": "Офис", "from": ""}
    response = signed_in(region["owner"]).get(PAGE, query, headers={"HX-Request": "true"})
    assert response["HX-Push-Url"] == f"{PAGE}?source=%D0%9E%D1%84%D0%B8%D1%81"
    text = response.content.decode()
    assert "<html" not in text
    assert 'id="results"' in text
    assert "HX-Request" in response["Vary"]
