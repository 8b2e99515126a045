"""The bell and its page."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from common import clock
from leads.models import Lead
from leads.services import editing
from notifications.models import Notice, NoticeKind
from notifications.services import notify
from tests.office import Office

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


@pytest.fixture
def olim(office: Office, client: Client) -> Client:
    client.force_login(office.olim)
    return client


def ring(user: User, lead: Lead | None = None, *, days: float = 0, key: str = "", **facts: object) -> Notice:
    at = clock.now() - timedelta(days=days)
    key = key or f"{user.name}:{Notice.objects.count()}"
    kind = NoticeKind.STEP_DUE if lead else NoticeKind.IMPORT_FINISHED
    notify(user_id=user.pk, kind=kind, key=key, at=at, lead_id=lead.pk if lead else None, facts=facts)
    return Notice.objects.get(key=key)


def test_the_page_groups_lines_by_day_and_names_the_lead(office: Office, olim: Client) -> None:
    lead = office.lead(name="Orient Auto")
    ring(office.olim, lead, step="Позвонить", step_at=clock.now().isoformat())
    ring(office.olim, lead, days=1, step="Встретиться", step_at=clock.now().isoformat())
    ring(office.olim, days=1, file="base.csv", created=431, errors=14)
    text = olim.get("/notifications/").content.decode()
    assert "Позвонить: Orient Auto, сегодня" in text
    assert "Импорт закончен: base.csv. Новых лидов: 431. Строк с ошибками: 14" in text
    assert text.count('class="notices-day"') == 2
    assert text.index("сегодня") < text.index("вчера")


def test_each_reads_in_his_own_language(office: Office, olim: Client) -> None:
    ring(office.olim, office.lead(name="Orient Auto"), step="Call", step_at=clock.now().isoformat())
    User.objects.filter(pk=office.olim.pk).update(language="en")
    assert "Call: Orient Auto, today" in olim.get("/notifications/").content.decode()


def test_nobody_sees_or_marks_anothers_lines(office: Office, olim: Client) -> None:
    foreign = ring(office.sitora, office.lead(office.sitora, name="Чужой лид"), step="Тайна")
    assert "Тайна" not in olim.get("/notifications/").content.decode()
    assert olim.post(f"/notifications/{foreign.pk}/read/").status_code == 404
    olim.post("/notifications/read/")
    foreign.refresh_from_db()
    assert foreign.read_at is None


def test_a_lead_that_went_out_of_sight_is_not_named(office: Office, olim: Client) -> None:
    lead = office.lead(name="Orient Auto")
    notice = ring(office.olim, lead, step="Позвонить")
    Lead.objects.filter(pk=lead.pk).update(owner=office.sitora, team=office.south)
    for text in (
        olim.get("/notifications/").content.decode(),
        olim.get("/notifications/bell/?lines=1", headers=HX).content.decode(),
    ):
        assert "Orient Auto" not in text
        assert str(lead.pk) not in text
    assert olim.post(f"/notifications/{notice.pk}/read/", {"open": "1"})["Location"] == "/notifications/"


def test_opening_a_line_marks_it_and_leads_to_the_lead(office: Office, olim: Client) -> None:
    lead = office.lead()
    notice = ring(office.olim, lead, step="Позвонить")
    answer = olim.post(f"/notifications/{notice.pk}/read/", {"open": "1"})
    assert str(lead.pk) in answer["Location"]
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_a_press_on_read_stays_where_one_is(office: Office, olim: Client) -> None:
    notice = ring(office.olim)
    answer = olim.post(f"/notifications/{notice.pk}/read/", {"next": "/notifications/?page=2"})
    assert answer["Location"] == "/notifications/?page=2"
    evil = olim.post(f"/notifications/{notice.pk}/read/", {"next": "//evil.test/"})
    assert evil["Location"] == "/notifications/"


def test_all_are_read_with_one_press(office: Office, olim: Client) -> None:
    for _ in range(3):
        ring(office.olim)
    assert "Прочитать всё" in olim.get("/notifications/").content.decode()
    assert olim.post("/notifications/read/").status_code == 302
    assert "Прочитать всё" not in olim.get("/notifications/").content.decode()


def test_looking_marks_nothing(office: Office, olim: Client) -> None:
    ring(office.olim)
    olim.get("/notifications/")
    olim.get("/notifications/bell/?lines=1", headers=HX)
    assert Notice.objects.filter(read_at__isnull=True).count() == 1


def test_the_bell_counts_and_shows_the_last_five(office: Office, olim: Client) -> None:
    for number in range(7):
        ring(office.olim, days=number, file=f"file-{number}.csv")
    assert "новых: 7" in olim.get("/notifications/bell/", headers=HX).content.decode()
    text = olim.get("/notifications/bell/?lines=1", headers=HX).content.decode()
    assert [number for number in range(7) if f"file-{number}.csv" in text] == [0, 1, 2, 3, 4]
    assert "<html" not in text


def test_an_unchanged_bell_answers_with_nothing_and_costs_one_look(
    office: Office, olim: Client, django_assert_num_queries
) -> None:
    ring(office.olim)
    first = olim.get("/notifications/bell/", headers=HX)
    assert first["Cache-Control"] == "private, no-cache"
    with django_assert_num_queries(3):  # the session, the person, the state of the bell
        again = olim.get("/notifications/bell/", headers=HX | {"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("change", ["ring", "read", "language"])
def test_a_changed_bell_is_sent_anew(office: Office, olim: Client, change: str) -> None:
    notice = ring(office.olim)
    etag = olim.get("/notifications/bell/", headers=HX)["ETag"]
    if change == "ring":
        ring(office.olim)
    elif change == "read":
        olim.post(f"/notifications/{notice.pk}/read/")
    else:
        olim.post("/account/language/", {"language": "uz"})
    assert olim.get("/notifications/bell/", headers=HX | {"If-None-Match": etag}).status_code == 200


def test_the_bell_in_the_address_bar_leads_to_the_page(olim: Client) -> None:
    assert olim.get("/notifications/bell/")["Location"] == "/notifications/"


def test_a_guest_hears_nothing(client: Client, db: None) -> None:
    for address in ("/notifications/", "/notifications/bell/"):
        assert client.get(address)["Location"].startswith("/login/")
    assert client.post("/notifications/read/").status_code == 302


def test_a_long_list_comes_in_portions_and_no_day_is_titled_twice(office: Office, olim: Client) -> None:
    for number in range(60):
        ring(office.olim, days=number / 1_000_000)
    first, second = (olim.get(f"/notifications/?page={n}").content.decode() for n in (1, 2))
    assert "Показать ещё 10" in first
    assert first.count('class="notice-line') == 50
    assert second.count('class="notices-day"') == 0


def test_the_page_costs_the_same_for_one_line_and_for_fifty(
    office: Office, olim: Client, django_assert_max_num_queries
) -> None:
    for _ in range(50):
        ring(office.olim, office.lead(), step="Позвонить")
    with django_assert_max_num_queries(8):
        assert olim.get("/notifications/").status_code == 200


def test_handing_over_a_lead_rings_at_its_new_owner(office: Office, olim: Client) -> None:
    lead = office.lead(office.oksana, name="Silk Trade")
    editing.assign(lead=lead, owner=office.olim, by=office.oksana, at=clock.now())
    assert "Вам передан лид: Silk Trade" in olim.get("/notifications/").content.decode()
