"""One's working time and the bank's holidays, as pages: what is saved, what is refused, who may."""

from datetime import date, time, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.office import Office
from worktime.models import DayOff, Holiday, WorkSchedule

pytestmark = pytest.mark.django_db
HOURS, ADD = "/account/hours/", "/account/hours/days-off/"


@pytest.fixture
def olim(office: Office, client: Client) -> Client:
    client.force_login(office.olim)
    return client


@pytest.fixture
def admin(office: Office, client: Client) -> Client:
    client.force_login(office.adiba)
    return client


def hours(**changes: object) -> dict[str, object]:
    values = {
        "start": "09:00", "end": "18:00", "lunch_start": "13:00", "lunch_end": "14:00",
        "weekdays": ["1", "2", "3", "4", "5"], "region": "UZ", "version": "0", "_once": str(uuid4()),
    }  # fmt: skip
    return values | changes


def day(**changes: object) -> dict[str, object]:
    return {"region": "UZ", "day": "2027-03-10", "name": "Рамазан хайит", "_once": str(uuid4())} | changes


def ahead(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def test_the_profile_leads_to_the_working_time(olim: Client) -> None:
    assert f'href="{HOURS}"' in olim.get(reverse("profile")).content.decode()


def test_the_page_starts_with_the_usual_week_and_the_nearest_holidays(office: Office, olim: Client) -> None:
    Holiday.objects.create(region="UZ", day=ahead(1), name="Завтрашний праздник")
    Holiday.objects.create(region="RU", day=ahead(1), name="Чужой праздник")
    text = olim.get(HOURS).content.decode()
    assert 'value="09:00"' in text
    assert text.count("checked") == 5
    assert "Завтрашний праздник" in text
    assert "Чужой праздник" not in text


def test_hours_are_saved(office: Office, olim: Client) -> None:
    sent = hours(start="10:00", lunch_start="", lunch_end="", weekdays=["1", "6"], region="RU")
    assert olim.post(HOURS, sent).status_code == 302
    kept = WorkSchedule.objects.get(user=office.olim)
    assert (kept.start, kept.lunch_start, kept.weekdays, kept.region) == (time(10), None, [1, 6], "RU")
    assert "Рабочее время сохранено" in olim.get(HOURS).content.decode()


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"end": "08:00"}, "Конец дня раньше начала"), ({"end": ""}, "Обязательное поле"),
        ({"lunch_end": "19:00"}, "Обед выходит за рабочие часы"), ({"weekdays": []}, "хотя бы один рабочий день"),
        ({"start": "01:00", "end": "23:00"}, "длиннее 16 часов"), ({"start": "25:00"}, "Введите правильное время"),
        ({"lunch_end": ""}, "и начало, и конец обеда"), ({"weekdays": ["9"]}, "Выберите"),
    ],
)  # fmt: skip
def test_hours_that_cannot_be_are_refused_and_what_was_typed_stays(
    olim: Client, sent: dict[str, object], message: str
) -> None:
    answer = olim.post(HOURS, hours(start="08:55") | sent)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert message in text
    assert "start" in sent or 'value="08:55"' in text
    assert not WorkSchedule.objects.exists()


def test_two_tabs_of_one_person_choose_between_their_hours(office: Office, olim: Client) -> None:
    olim.post(HOURS, hours(start="08:00", weekdays=["1", "2"]))
    answer = olim.post(HOURS, hours(start="10:00", weekdays=["3"]))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "08:00" in text
    assert "понедельник, вторник" in text.lower()
    olim.post(HOURS, hours(start="10:00", weekdays=["1,2"], version="1"))
    assert WorkSchedule.objects.get(user=office.olim).weekdays == [1, 2]


def test_a_day_off_is_added_listed_and_removed(office: Office, olim: Client) -> None:
    sent = {"starts_on": ahead(3).isoformat(), "ends_on": "", "note": "обучение", "_once": str(uuid4())}
    for _press in range(2):
        assert olim.post(ADD, sent).status_code == 302
    kept = DayOff.objects.get(user=office.olim)
    assert kept.ends_on == kept.starts_on == ahead(3)
    assert "обучение" in olim.get(HOURS).content.decode()
    assert olim.post(reverse("day_off_remove", args=[kept.pk])).status_code == 302
    assert "обучение" not in olim.get(HOURS).content.decode()


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"ends_on": "2020-01-01"}, "раньше первого"), ({"starts_on": ""}, "Обязательное поле"),
        ({"starts_on": "2098-01-01", "ends_on": "2098-01-02"}, "больше двух лет"),
        ({"note": "я" * 121}, "длиннее 120 знаков"), ({"starts_on": "вчера"}, "правильную дату"),
    ],
)  # fmt: skip
def test_days_off_that_cannot_be_are_refused(olim: Client, sent: dict[str, str], message: str) -> None:
    answer = olim.post(ADD, {"starts_on": ahead(3).isoformat(), "ends_on": "", "note": "отпуск"} | sent)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not DayOff.objects.exists()


def test_days_off_that_are_over_are_not_listed(office: Office, olim: Client) -> None:
    DayOff.objects.create(user=office.olim, starts_on=ahead(-5), ends_on=ahead(-1), note="давний отпуск")
    DayOff.objects.create(user=office.olim, starts_on=ahead(-5), ends_on=ahead(0), note="нынешний отпуск")
    text = olim.get(HOURS).content.decode()
    assert "давний" not in text
    assert "нынешний" in text


def test_a_colleagues_days_off_are_neither_shown_nor_removed(office: Office, olim: Client) -> None:
    other = DayOff.objects.create(user=office.oksana, starts_on=ahead(1), ends_on=ahead(1), note="чужой отпуск")
    assert "чужой" not in olim.get(HOURS).content.decode()
    assert olim.post(reverse("day_off_remove", args=[other.pk])).status_code == 404
    assert DayOff.objects.filter(pk=other.pk).exists()


# Holidays


def test_a_holiday_is_added_and_its_year_opens(admin: Client) -> None:
    answer = admin.post(reverse("settings:holiday_create"), day())
    assert answer.headers["Location"] == "/settings/holidays/?region=UZ&year=2027"
    assert "Рамазан хайит" in admin.get(answer.headers["Location"]).content.decode()


def test_a_moved_working_day_is_marked_as_one(admin: Client) -> None:
    admin.post(reverse("settings:holiday_create"), day(day="2027-03-13", name="Перенос", working="on"))
    assert "рабочий день" in admin.get("/settings/holidays/?region=UZ&year=2027").content.decode()


def test_a_holiday_is_changed_and_removed(admin: Client) -> None:
    kept = Holiday.objects.create(region="UZ", day=date(2027, 3, 10), name="Хайит")
    edit = reverse("settings:holiday_edit", args=[kept.pk])
    assert 'value="2027-03-10"' in admin.get(edit).content.decode()
    admin.post(edit, day(name="Рамазан хайит", version="1"))
    kept.refresh_from_db()
    assert kept.name == "Рамазан хайит"
    answer = admin.post(reverse("settings:holiday_remove", args=[kept.pk]))
    assert answer.headers["Location"] == "/settings/holidays/?region=UZ&year=2027"
    assert not Holiday.objects.filter(pk=kept.pk).exists()


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"day": "2027-01-01"}, "уже есть"), ({"name": " "}, "Обязательное поле"),
        ({"day": "2090-01-01"}, "Проверьте год"), ({"region": "XX"}, "Выберите"),
    ],
)  # fmt: skip
def test_holidays_that_cannot_be_are_refused(admin: Client, sent: dict[str, str], message: str) -> None:
    Holiday.objects.get_or_create(region="UZ", day=date(2027, 1, 1), defaults={"name": "Новый год"})
    answer = admin.post(reverse("settings:holiday_create"), day(name="Свой день") | sent)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not Holiday.objects.filter(name="Свой день").exists()


@pytest.mark.parametrize(
    "query", ["region=XX&year=2027", "year=99999", "year=-1", "year=²⁰²⁷", "year=1900", "region=&year="]
)
def test_an_address_that_cannot_be_read_shows_this_year(admin: Client, query: str) -> None:
    assert admin.get(f"/settings/holidays/?{query}").status_code == 200


def test_an_auditor_reads_the_holidays_and_changes_none(office: Office, client: Client) -> None:
    client.force_login(office.aziz)
    text = client.get("/settings/holidays/").content.decode()
    assert "Добавить день" not in text
    assert client.post(reverse("settings:holiday_create"), day()).status_code == 403


def test_others_are_sent_to_the_administrator(olim: Client) -> None:
    assert olim.get("/settings/holidays/").status_code == 403


def test_the_settings_name_the_holidays(admin: Client) -> None:
    assert 'href="/settings/holidays/"' in admin.get(reverse("settings:index")).content.decode()
