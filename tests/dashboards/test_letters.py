"""The Monday letter: to whom it is due, once, at eight by his clock, with the figures of the page."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import override_settings

from accounts.models import User
from common.events import publish
from dashboards import duties
from dashboards.days import day_of
from dashboards.events import WeekReported
from dashboards.figures import figures_of
from dashboards.forecasting.runs import recount
from dashboards.overview import OverviewQuery, overview, usual_query
from dashboards.weekly import letter_moment
from dashboards.wording import sentence, tiles
from funnel.audience import audience_of
from funnel.models import Funnel
from jobs.models import Job
from notifications.choices import Mode, NoticeKind, Way
from notifications.models import Delivery, Notice
from notifications.services.preferences import save_settings, settings_of, wants
from notifications.services.sending import deliver
from tests.channels.servers import Mailbox
from tests.dashboards.past import live_through
from tests.notifications.conftest import bot, mailbox
from tests.office import Office
from worktime.models import DayOff
from worktime.selectors import calendar_of

__all__ = ["bot", "mailbox"]
pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def eight(user: User) -> datetime:
    return datetime.combine(MONDAY.date(), time(8), user.zone)


def report(user: User, at: datetime) -> None:
    with transaction.atomic():
        publish(WeekReported(user_id=user.pk, at=at))


def letters_owed() -> list[str]:
    return sorted(Job.objects.filter(kind=duties.LETTER_JOB).values_list("payload__user", flat=True))


def test_it_is_due_at_eight_of_the_first_working_day_by_the_persons_clock(office: Office) -> None:
    User.objects.filter(pk=office.nodira.pk).update(timezone="Europe/Moscow")
    nodira = User.objects.get(pk=office.nodira.pk)
    due = letter_moment(calendar_of(nodira), MONDAY + timedelta(days=3))
    assert due == datetime(2026, 11, 23, 8, tzinfo=ZoneInfo("Europe/Moscow"))
    DayOff.objects.create(user=nodira, starts_on=MONDAY.date(), ends_on=MONDAY.date())
    assert letter_moment(calendar_of(nodira), MONDAY) == due + timedelta(days=1)
    DayOff.objects.create(user=nodira, starts_on=MONDAY.date(), ends_on=MONDAY.date() + timedelta(days=6))
    assert letter_moment(calendar_of(nodira), MONDAY) is None


def test_the_duty_is_owed_once_a_person_and_week(office: Office) -> None:
    for minutes in (-300, 0, 5, 400):
        duties.owe_by_the_clock(at=eight(office.nodira) + timedelta(minutes=minutes))
    assert letters_owed() == [str(office.nodira.pk)]
    assert Job.objects.get(kind=duties.LETTER_JOB).due_at == eight(office.nodira)


def test_a_letter_half_a_day_old_is_not_written(office: Office) -> None:
    duties.owe_by_the_clock(at=eight(office.nodira) + timedelta(hours=13))
    assert not letters_owed()


def test_heads_get_it_unasked_and_owners_when_they_ask(office: Office, mailbox: Mailbox) -> None:
    assert wants(office.nodira, NoticeKind.WEEKLY_REPORT)
    assert not wants(office.olim, NoticeKind.WEEKLY_REPORT)
    report(office.olim, eight(office.olim))
    assert not Notice.objects.exists()
    choose(office.olim, Mode.AT_ONCE)
    report(User.objects.get(pk=office.olim.pk), eight(office.olim))
    assert Notice.objects.get().user == office.olim


def choose(user: User, mode: str) -> None:
    kept = settings_of(user)
    save_settings(
        user=user, modes={Way.EMAIL: {NoticeKind.WEEKLY_REPORT: mode}}, digest_at=kept.digest_at, quiet=kept.quiet,
        quiet_from=None, quiet_to=None,
    )  # fmt: skip


def test_a_head_may_do_without(office: Office) -> None:
    choose(office.nodira, Mode.NONE)
    report(User.objects.get(pk=office.nodira.pk), eight(office.nodira))
    assert not Notice.objects.exists()


def test_twice_reported_is_written_once(office: Office, mailbox: Mailbox) -> None:
    for minutes in (0, 7):
        report(office.nodira, eight(office.nodira) + timedelta(minutes=minutes))
    assert Notice.objects.count() == Delivery.objects.count() == 1


def test_the_letter_says_what_the_page_says(office: Office, mailbox: Mailbox) -> None:
    live_through(office, office.olim, seed=1, count=40)
    at = eight(office.nodira)
    recount(at=at)
    report(office.nodira, at)
    deliver(delivery_id=Delivery.objects.get().pk, attempt=0, at=at)
    (letter,) = mailbox.letters
    text, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    funnel = Funnel.objects.get(code="agent")
    query = usual_query(funnel, audience_of(office.nodira), at)
    found = overview(OverviewQuery(office.nodira, funnel, query, at))
    assert found is not None
    said = figures_of(found, at)
    assert sentence(said) in text
    assert sentence(said) in html
    for tile in tiles(said):
        assert f"{tile.name}: {tile.value}" in text
        assert tile.value in html
    assert f"/reports/?from=2026-09-01&to={day_of(at).isoformat()}" in text
    assert "style=" not in html


def test_it_leaves_at_eight_though_the_working_day_begins_at_nine(office: Office, mailbox: Mailbox) -> None:
    report(office.nodira, eight(office.nodira))
    job = Job.objects.get(kind="send_notice")
    assert job.due_at == eight(office.nodira)


def test_a_server_that_is_busy_gets_the_same_letter_later(office: Office, mailbox: Mailbox) -> None:
    at = eight(office.nodira)
    mailbox.answers["DATA"] = "451 later"
    report(office.nodira, at)
    delivery = Delivery.objects.get()
    deliver(delivery_id=delivery.pk, attempt=0, at=at)
    assert not mailbox.letters
    del mailbox.answers["DATA"]
    for _again in range(2):
        deliver(delivery_id=delivery.pk, attempt=1, at=at + timedelta(minutes=10))
    assert len(mailbox.letters) == 1
    assert mailbox.letters[0]["Message-ID"].startswith(f"<notice-{delivery.pk}@")


@override_settings(LANGUAGE_CODE="ru")
def test_it_comes_in_the_readers_language(office: Office, mailbox: Mailbox) -> None:
    User.objects.filter(pk=office.nodira.pk).update(language="en")
    at = eight(office.nodira)
    report(User.objects.get(pk=office.nodira.pk), at)
    deliver(delivery_id=Delivery.objects.get().pk, attempt=0, at=at)
    html = mailbox.letters[0].get_body(("html",)).get_content()
    assert '<html lang="en">' in html
    assert "November 2026" in html


def test_somebody_who_left_gets_nothing(office: Office, mailbox: Mailbox) -> None:
    User.objects.filter(pk=office.nodira.pk).update(is_active=False)
    report(office.nodira, eight(office.nodira))
    assert not Notice.objects.exists()
