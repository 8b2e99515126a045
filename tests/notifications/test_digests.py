"""The digest: one message a day and way, at the chosen time of a working day, also when the clocks change."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from accounts.models import User
from common import clock
from notifications.choices import Mode, NoticeKind, Quiet
from notifications.models import Delivery, DeliveryLine
from notifications.services import digests
from tests.channels.servers import Mailbox
from tests.notifications.desk import BERLIN, MOSCOW, NOON, TASHKENT, choose, drain, tell
from tests.office import Office
from worktime.services import add_day_off, set_schedule

pytestmark = pytest.mark.django_db(transaction=True)
EVERY_DAY = list(range(1, 8))


@pytest.fixture
def travel() -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def olim(office: Office) -> User:
    choose(office.olim, email=Mode.DIGEST)
    return User.objects.get(pk=office.olim.pk)


def tick() -> int:
    made = digests.gather(at=clock.now())
    drain()
    return made


def test_a_days_lines_come_in_one_letter_on_the_next_morning(olim: User, mailbox: Mailbox, travel: Any) -> None:
    assert tick() == 0
    travel.move_to(NOON.replace(hour=9))
    tick()
    travel.move_to(NOON)
    for number in range(3):
        tell(olim, f"step {number}", step=f"Шаг {number}")
    tell(olim, "late", kind=NoticeKind.OVERDUE, step="Договор")
    travel.move_to(datetime(2026, 11, 26, 8, 59, tzinfo=TASHKENT))
    assert tick() == 0
    travel.move_to(datetime(2026, 11, 26, 9, 0, tzinfo=TASHKENT))
    assert tick() == 1
    (letter,) = mailbox.letters
    assert letter["Subject"].strip().startswith("Сводка: 4")
    text = letter.get_content()
    assert text.count("Подошёл срок шага:") == 1
    assert [text.count(f"— Шаг {number}") for number in range(3)] == [1, 1, 1]
    row = Delivery.objects.get()
    assert (row.wall_at, row.zone) == ("2026-11-26T09:00", "Asia/Tashkent")


def test_any_number_of_ticks_make_one_letter_a_day(olim: User, mailbox: Mailbox, travel: Any) -> None:
    tell(olim, "one")
    assert [tick() for _ in range(4)] == [1, 0, 0, 0]
    tell(olim, "two")
    assert tick() == 0
    travel.move_to(NOON + timedelta(days=1))
    assert tick() == 1
    assert len(mailbox.letters) == 2
    assert len({letter["Message-ID"] for letter in mailbox.letters}) == 2


def test_killed_before_the_lines_are_taken_nothing_is_made(
    olim: User, travel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(olim, "one")
    with monkeypatch.context() as patch:
        patch.setattr(digests, "owe_sending", lambda *_: exec("raise KeyboardInterrupt"))
        with pytest.raises(KeyboardInterrupt):
            digests.gather(at=clock.now())
    assert not Delivery.objects.exists()
    assert DeliveryLine.objects.filter(delivery__isnull=True).count() == 1
    assert digests.gather(at=clock.now()) == 1


def test_days_off_bring_no_digest(olim: User, mailbox: Mailbox, travel: Any) -> None:
    tell(olim, "one")
    add_day_off(user=olim, by=olim, starts_on=date(2026, 11, 26), ends_on=date(2026, 11, 27), at=clock.now())
    digests_on = []
    for day in range(26, 31):  # two days off, a weekend, a Monday
        travel.move_to(datetime(2026, 11, day, 10, tzinfo=TASHKENT))
        if tick():
            digests_on.append(day)
    assert digests_on == [30]


def test_a_worker_back_after_two_hours_sends_the_missed_digest_once(olim: User, mailbox: Mailbox, travel: Any) -> None:
    tell(olim, "one")
    travel.move_to(datetime(2026, 11, 26, 11, 3, tzinfo=TASHKENT))
    assert [tick(), tick()] == [1, 0]
    assert len(mailbox.letters) == 1


@pytest.mark.parametrize(
    ("zone", "day", "digest_at", "local"),
    [
        (BERLIN, date(2026, 3, 29), time(2, 30), "03:00"),
        (BERLIN, date(2026, 10, 25), time(2, 30), "02:30"),
        (BERLIN, date(2026, 3, 29), time(9), "09:00"),
        (BERLIN, date(2026, 10, 25), time(9), "09:00"),
        (MOSCOW, date(2026, 3, 29), time(9), "09:00"),
        (TASHKENT, date(2026, 3, 29), time(9), "09:00"),
    ],
)
def test_the_day_of_changing_clocks_has_one_digest(
    office: Office, mailbox: Mailbox, zone: ZoneInfo, day: date, digest_at: time, local: str
) -> None:
    """Every minute of the day is ticked through, the hour that comes twice included."""
    User.objects.filter(pk=office.olim.pk).update(timezone=zone.key)
    olim = User.objects.get(pk=office.olim.pk)
    set_schedule(user=olim, by=olim, changes={"weekdays": EVERY_DAY})
    choose(olim, email=Mode.DIGEST, digest_at=digest_at, quiet=Quiet.NEVER)
    midnight = datetime.combine(day, time.min, zone)
    with time_machine.travel(midnight, tick=False) as traveller:
        tell(User.objects.get(pk=olim.pk), "one")
        made = []
        for minute in range(60 * 12):
            traveller.move_to(midnight.timestamp() + 60 * minute)
            made += [clock.now().astimezone(zone)] * digests.gather(at=clock.now())
            if made and minute % 30 == 0:
                tell(User.objects.get(pk=olim.pk), f"more {minute}")
    assert [f"{moment:%H:%M}" for moment in made] == [local]
    assert made[0].fold == 0


def test_a_digest_waits_for_the_end_of_the_quiet_hours(office: Office, mailbox: Mailbox, travel: Any) -> None:
    choose(office.olim, email=Mode.DIGEST, digest_at=time(7), quiet=Quiet.CALENDAR)
    tell(User.objects.get(pk=office.olim.pk), "one")
    travel.move_to(datetime(2026, 11, 26, 7, tzinfo=TASHKENT))
    assert tick() == 1
    assert mailbox.letters == []
    travel.move_to(datetime(2026, 11, 26, 9, tzinfo=TASHKENT))
    drain()
    assert len(mailbox.letters) == 1


def test_a_long_digest_says_how_much_more_there_is(olim: User, mailbox: Mailbox, travel: Any) -> None:
    for number in range(200):
        tell(olim, f"step {number}")
    tick()
    text = mailbox.letters[0].get_content()
    assert text.count("— ") == 30
    assert "…и ещё 170" in text


def test_each_gets_his_own(office: Office, mailbox: Mailbox, travel: Any) -> None:
    for user in (office.olim, office.oksana):
        choose(user, email=Mode.DIGEST)
        tell(User.objects.get(pk=user.pk), f"of {user.name}", step=user.name)
    assert tick() == 2
    said = {letter["To"]: letter.get_content() for letter in mailbox.letters}
    assert [name in said[f"{name.lower()}@bank.test"] for name in ("Olim", "Oksana")] == [True, True]
    assert "Oksana" not in said["olim@bank.test"]


def test_gathering_costs_the_same_for_one_person_and_for_five(
    office: Office, travel: Any, django_assert_num_queries: Any
) -> None:
    """Before their time has come: the tick of every half a minute."""
    for people in ([office.olim], [office.oksana, office.lola, office.kamila, office.anvar]):
        for user in people:
            choose(user, email=Mode.DIGEST, digest_at=time(23))
            tell(User.objects.get(pk=user.pk), f"of {user.name}")
        with django_assert_num_queries(5):
            assert digests.gather(at=clock.now()) == 0
