"""The overview, the forecast with its words, plan, load, overdue, show-up: numbers open their rows, scopes hold."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from accounts.models import User
from backlog.models import Action
from common import clock
from dashboards.choices import PeriodKind
from dashboards.days import begin, day_of
from dashboards.forecasting.runs import recount
from dashboards.loading import count_desks
from dashboards.models import Commitment
from leads.models import Lead, Meeting
from tests.dashboards.past import live_through
from tests.dashboards.test_loading import _action
from tests.office import Office
from tests.web.reports_page import ROOT, csv_of, signed_in, text_of, wrong_numbers, xlsx_of

pytestmark = pytest.mark.django_db
PAGES = ("", "forecast/", "plan/", "load/", "overdue/", "meetings/")
LINK = re.compile(r'<a href="(/(?:leads|reports)/[^"]*)"[^>]*>([\d\xa0]+)</a>')


@pytest.fixture
def office_with_past(office: Office) -> Office:
    """Olim and Anvar lived through five months; Sitora too, in the other branch."""
    for seed, owner in enumerate((office.olim, office.anvar, office.sitora)):
        live_through(office, owner, seed=seed, count=30)
    now = clock.now()
    for number, lead in enumerate(Lead.objects.filter(outcome="open").order_by("created_at", "pk")[:40]):
        Lead.objects.filter(pk=lead.pk).update(
            next_action_at=now - timedelta(hours=30 * (number - 8)), next_action="Звонок"
        )
        status = ("held", "no_show", "cancelled", "planned")[number % 4]
        Meeting.objects.create(lead=lead, planned_at=now - timedelta(days=number - 5), status=status)
    for days in (-1, -6, 2):
        _action(office.olim, now + timedelta(days=days))
    recount(at=now)
    return office


def linked(text: str) -> Iterator[tuple[str, int]]:
    """(address, number shown) of every number that opens something."""
    for address, shown in LINK.findall(text):
        yield unescape(address), int(shown.replace("\xa0", ""))


def rows_behind(client: Client, address: str) -> int:
    """How many the page at that address says it holds."""
    response = client.get(address)
    assert response.status_code == 200, address
    context = response.context
    for name in ("paged", "page"):
        if name in context and hasattr(context[name], "paginator"):
            return int(context[name].paginator.count)
    found = re.search(r"(?:Найдено|Всего)\D*([\d\xa0]+)", response.content.decode())
    assert found, address
    return int(found[1].replace("\xa0", ""))


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_for_everybody(office_with_past: Office, name: str) -> None:
    for who in ("olim", "lola", "nodira", "adiba", "aziz", "kamila"):
        text = text_of(signed_in(getattr(office_with_past, who)), f"{ROOT}{name}")
        assert "Traceback" not in text


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_bank_is_said_in_words(office: Office, name: str) -> None:
    text = text_of(signed_in(office.nodira), f"{ROOT}{name}")
    assert "nan" not in text
    assert "None" not in re.sub(r"<[^>]+>", "", text)


@pytest.mark.parametrize("name", ["forecast/", "plan/"])
@pytest.mark.parametrize("who", ["nodira", "nargiza", "adiba", "olim"])
def test_facts_open_exactly_their_rows(office_with_past: Office, name: str, who: str) -> None:
    user = getattr(office_with_past, who)
    found = [
        (address.removeprefix("/reports/rows/?"), shown)
        for address, shown in linked(text_of(signed_in(user), f"{ROOT}{name}"))
        if address.startswith("/reports/rows/")
    ]
    assert found
    assert wrong_numbers(user, found) == []


@pytest.mark.parametrize("name", ["load/", "overdue/"])
@pytest.mark.parametrize("who", ["nodira", "nargiza", "olim"])
def test_numbers_of_desks_open_exactly_their_rows(office_with_past: Office, name: str, who: str) -> None:
    client = signed_in(getattr(office_with_past, who))
    found = list(linked(text_of(client, f"{ROOT}{name}")))
    assert found
    assert [(address, shown) for address, shown in found if rows_behind(client, address) != shown] == []


@pytest.mark.parametrize("query", ["", "segment=none", "period=4w"])
def test_numbers_of_meetings_open_exactly_their_rows(office_with_past: Office, query: str) -> None:
    client = signed_in(office_with_past.nodira)
    found = list(linked(text_of(client, f"{ROOT}meetings/?{query}")))
    assert found
    assert [(address, shown) for address, shown in found if rows_behind(client, address) != shown] == []


def test_a_head_sees_nobody_of_the_other_branch(office_with_past: Office) -> None:
    client = signed_in(office_with_past.nodira)
    for name in PAGES:
        assert "Sitora" not in text_of(client, f"{ROOT}{name}")
    address = f"{ROOT}forecast/?owner={office_with_past.sitora.pk}"
    assert "Условие «Владелец» не применено" in text_of(client, address)


def test_a_head_lands_on_the_overview_and_an_owner_on_his_day(office: Office) -> None:
    landed = {
        user.name: signed_in(user).get("/").headers["Location"] for user in (office.nodira, office.olim, office.adiba)
    }
    assert landed == {"Nodira": "/reports/", "Olim": "/today/", "Adiba": "/reports/"}


def test_the_overview_says_the_pace_against_the_teams_word(office_with_past: Office) -> None:
    month = begin(PeriodKind.MONTH, day_of(clock.now()))
    client = signed_in(office_with_past.nodira)
    assert "Плана на этот месяц никто не дал" in text_of(client, ROOT)
    sent = {"period": "month", "starts_on": month.isoformat(), "count": "45", "team": str(office_with_past.north.pk)}
    assert client.post(f"{ROOT}forecast/commit/", sent | {"version": "0"}).status_code == 302
    text = text_of(client, ROOT)
    assert "обязательство команды" in text
    assert "45" in text


def commit(client: Client, **changes: str) -> object:
    monday = begin(PeriodKind.WEEK, day_of(clock.now())).isoformat()
    return client.post(
        f"{ROOT}forecast/commit/", {"period": "week", "starts_on": monday, "count": "5", "version": "0"} | changes
    )


def test_a_word_is_one_press_and_stands_on_the_page(office: Office) -> None:
    client = signed_in(office.olim)
    response = commit(client)
    assert (response.status_code, response.headers["Location"]) == (302, f"{ROOT}forecast/?")
    found = Commitment.objects.get()
    assert (found.user, found.count) == (office.olim, 5)
    assert f"неделя {begin(PeriodKind.WEEK, day_of(clock.now())).isocalendar().week} — 5" in text_of(
        client, f"{ROOT}forecast/"
    )


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"count": "много"}, "Укажите целое число от 0 до 10 000"),
        ({"count": "-3"}, "Укажите целое число от 0 до 10 000"),
        ({"count": "99999999999999999999"}, "Укажите целое число от 0 до 10 000"),
        ({"count": ""}, "Укажите, сколько контрактов или какую маржу"),
        ({"margin": "1e99999"}, "Укажите сумму числом"),
        ({"margin": "NaN"}, "Укажите сумму числом"),
        ({"margin": "сто"}, "Укажите сумму числом"),
        ({"currency": "ZZZ"}, "Выберите валюту из списка"),
        ({"starts_on": "2026-11-31"}, "Укажите первый день периода"),
        ({"starts_on": "9999-12-27"}, "До этого периода больше года"),
        ({"period": "century"}, "Выберите неделю или месяц"),
        ({"team": "nowhere"}, "Такой команды нет"),
    ],
)
def test_a_word_that_makes_no_sense_comes_back_with_what_was_typed(
    office: Office, sent: dict[str, str], says: str
) -> None:
    response = commit(signed_in(office.olim), **sent)
    text = response.content.decode()
    assert response.status_code == 422
    assert says in text
    if "margin" in sent:
        assert f'value="{sent["margin"]}"' in text
    assert not Commitment.objects.exists()


def test_an_older_word_does_not_overwrite_a_newer_one(office: Office) -> None:
    client = signed_in(office.olim)
    commit(client)
    commit(client, count="6", version="1")
    response = commit(client, count="9", version="1")
    assert response.status_code == 409
    assert Commitment.objects.get().count == 6


def test_nobody_speaks_for_another_team(office: Office) -> None:
    assert commit(signed_in(office.sardor), team=str(office.north.pk)).status_code in {403, 422}
    assert commit(signed_in(office.olim), team=str(office.north.pk)).status_code == 403
    assert not Commitment.objects.exists()


def test_who_reads_only_has_no_form(office: Office) -> None:
    assert "Обязуюсь" not in text_of(signed_in(office.aziz), f"{ROOT}forecast/")
    assert "Обязуюсь" in text_of(signed_in(office.olim), f"{ROOT}forecast/")


def test_a_short_history_is_named_on_the_page(office: Office) -> None:
    live_through(office, office.olim, seed=2, count=10, days=30)
    recount(at=clock.now())
    assert "Мало истории" in text_of(signed_in(office.olim), f"{ROOT}forecast/")


def test_before_the_first_night_the_page_says_when(office: Office) -> None:
    assert "Прогноз считается ночью" in text_of(signed_in(office.olim), f"{ROOT}forecast/")


@pytest.mark.parametrize("name", ["plan/", "forecast/", "load/", "overdue/"])
@pytest.mark.parametrize(
    "query", ["team=%27--", "owner=" + "9" * 300, "funnel=x", "team=%F0%9F%92%A9"],
)  # fmt: skip
def test_garbage_in_the_address_is_named(office: Office, name: str, query: str) -> None:
    assert "не применено" in text_of(signed_in(office.olim), f"{ROOT}{name}?{query}")


@pytest.mark.parametrize(
    "address",
    ["plan/?span=eon", "actions/?age=eon", "meetings/rows/?state=x&then_owner=7", "meetings/rows/?then_segment=x"],
)
def test_garbage_behind_a_number_is_named(office: Office, address: str) -> None:
    assert "не применено" in text_of(signed_in(office.olim), f"{ROOT}{address}")


def test_a_period_ahead_has_a_plan_and_no_pace(office: Office) -> None:
    client = signed_in(office.olim)
    monday = begin(PeriodKind.WEEK, day_of(clock.now())) + timedelta(weeks=1)
    commit(client, starts_on=monday.isoformat())
    assert "Период ещё впереди" in text_of(client, f"{ROOT}plan/?span=next-week")


def test_files_say_what_the_page_says(office_with_past: Office) -> None:
    client = signed_in(office_with_past.nodira)
    for name in ("forecast", "plan", "load", "overdue", "meetings"):
        assert len(csv_of(client, name, "")) > 1
        assert len(xlsx_of(client, name, "")) > 1
    assert list(xlsx_of(client, "", ""))[:3] == ["Обзор", "Воронка", "Отказы"]
    load = {row[0]: int(row[1]) for row in csv_of(client, "load", "")[1:]}
    assert load["Olim"] == Lead.objects.filter(owner=office_with_past.olim, outcome="open").count()


def test_what_was_counted_last_is_shown_with_its_hour(
    office_with_past: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    count_desks(at=clock.now())
    monkeypatch.setattr("dashboards.loading.LIVE_PEOPLE", 0)
    assert "обновляется каждые 10 минут" in text_of(signed_in(office_with_past.nodira), f"{ROOT}load/")


def test_an_action_of_a_late_age_stands_behind_its_number(office_with_past: Office) -> None:
    client = signed_in(office_with_past.nodira)
    owner: User = office_with_past.olim
    assert rows_behind(client, f"{ROOT}actions/?owner={owner.pk}&age=any") == 2
    assert rows_behind(client, f"{ROOT}actions/?owner={owner.pk}") == Action.objects.filter(owner=owner).count()
