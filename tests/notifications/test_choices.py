"""What leaves the house is what the person chose; what he did himself, and what he muted, does not."""

from datetime import time, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from common import clock
from common.errors import Invalid
from jobs.models import Job
from leads.services import editing
from notifications.choices import Mode, NoticeKind, Quiet, Way
from notifications.models import Delivery, DeliveryLine, Mute, Notice, NotificationSettings
from notifications.services import notify, preferences
from tests.notifications.desk import NOON, choose, lines, states, tell
from tests.office import Office

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def test_in_the_browser_it_is_always(office: Office) -> None:
    choose(office.olim)
    assert tell(office.olim, "one") is True
    assert [notice.key for notice in lines(office.olim)] == ["one"]
    assert states() == []


@pytest.mark.parametrize(("mode", "messages", "in_digest"), [("none", 0, 0), ("at_once", 1, 0), ("digest", 0, 1)])
def test_each_mode_does_what_it_says(office: Office, mode: str, messages: int, in_digest: int) -> None:
    choose(office.olim, email=mode)
    tell(office.olim, "one")
    assert Delivery.objects.count() == messages
    assert DeliveryLine.objects.filter(delivery__isnull=True).count() == in_digest


def test_the_same_key_again_sends_nothing_again(office: Office) -> None:
    choose(office.olim, email=Mode.AT_ONCE)
    assert [tell(office.olim, "one") for _ in range(3)] == [True, False, False]
    assert (Notice.objects.count(), Delivery.objects.count(), Job.objects.count()) == (1, 1, 1)


def test_a_kind_may_be_chosen_apart(office: Office) -> None:
    modes = {Way.EMAIL: {NoticeKind.OVERDUE: Mode.AT_ONCE, NoticeKind.STEP_DUE: Mode.NONE}}
    preferences.save_settings(
        user=office.olim, modes=modes, digest_at=time(9), quiet=Quiet.NEVER, quiet_from=None, quiet_to=None
    )
    for kind in (NoticeKind.OVERDUE, NoticeKind.STEP_DUE):
        tell(User.objects.get(pk=office.olim.pk), kind, kind=kind)
    assert [row.notices.get().kind for row in Delivery.objects.all()] == [NoticeKind.OVERDUE]


def test_who_chose_nothing_gets_what_may_wait_in_the_digest(office: Office) -> None:
    for kind in (NoticeKind.OVERDUE, NoticeKind.STEP_DUE):
        tell(office.olim, kind, kind=kind)
    assert [line.notice.kind for line in DeliveryLine.objects.all()] == [NoticeKind.OVERDUE]


def test_a_way_that_is_not_set_up_takes_nothing(office: Office, settings: Any) -> None:
    choose(office.olim, email=Mode.AT_ONCE, telegram=Mode.AT_ONCE)
    settings.SMTP_URL = ""
    tell(office.olim, "one")
    assert states() == []


def test_nobody_hears_of_his_own_acts(office: Office) -> None:
    assert tell(office.olim, "mine", by_id=office.olim.pk) is False
    assert tell(office.olim, "another's", by_id=office.oksana.pk) is True
    assert [notice.key for notice in lines()] == ["another's"]


def test_who_may_not_sign_in_hears_nothing(office: Office) -> None:
    choose(office.olim, email=Mode.AT_ONCE)
    User.objects.filter(pk=office.olim.pk).update(is_active=False)
    assert tell(office.olim, "one") is False
    assert not Notice.objects.exists()


def test_a_muted_lead_speaks_softly(office: Office) -> None:
    choose(office.olim, email=Mode.AT_ONCE)
    loud, soft = office.lead(office.oksana), office.lead(office.oksana)
    preferences.mute(user=office.olim, lead=soft)
    preferences.mute(user=office.olim, lead=soft)
    for lead in (loud, soft):
        editing.assign(lead=lead, owner=office.olim, by=office.oksana, at=clock.now())
    by_lead = {notice.lead_id: notice for notice in lines(office.olim)}
    assert by_lead[soft.pk].read_at is not None
    assert by_lead[loud.pk].read_at is None
    assert [row.notices.get().lead_id for row in Delivery.objects.all()] == [loud.pk]


def test_muting_is_ones_own_and_ends(office: Office) -> None:
    lead = office.lead()
    preferences.mute(user=office.oksana, lead=lead)
    tell(office.olim, "loud", lead_id=lead.pk)
    preferences.unmute(user=office.oksana, lead=lead)
    tell(office.oksana, "loud again", lead_id=lead.pk)
    assert not Mute.objects.exists()
    assert [notice.read_at for notice in lines()] == [None, None]


def test_in_quiet_hours_only_the_browser_hears(office: Office, noon: Any) -> None:
    choose(office.olim, email=Mode.AT_ONCE, quiet=Quiet.CALENDAR)
    noon.move_to(NOON.replace(hour=22))
    tell(office.olim, "late")
    assert len(lines(office.olim)) == 1
    assert Job.objects.get().due_at == (NOON + timedelta(days=1)).replace(hour=9)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"quiet": "sometimes"}, "quiet"),
        ({"quiet": Quiet.OWN, "quiet_from": time(22)}, "quiet_to"),
        ({"quiet": Quiet.OWN, "quiet_to": time(8)}, "quiet_from"),
        ({"quiet": Quiet.OWN, "quiet_from": time(8), "quiet_to": time(8)}, "quiet_to"),
        ({"modes": {"email": {"step_due": "loudly"}}}, "email-step_due"),
        ({"modes": {"pigeon": {"step_due": "none"}}}, "pigeon-step_due"),
        ({"modes": {"email": {"weather": "none"}}}, "email-weather"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(office: Office, changes: dict[str, Any], field: str) -> None:
    given: dict[str, Any] = {
        "modes": {},
        "digest_at": time(9),
        "quiet": Quiet.NEVER,
        "quiet_from": None,
        "quiet_to": None,
    }
    with pytest.raises(Invalid) as refused:
        preferences.save_settings(user=office.olim, **given | changes)
    assert [error.field for error in refused.value.errors] == [field]
    assert not NotificationSettings.objects.exists()


def test_saving_the_same_again_writes_nothing(office: Office) -> None:
    for _ in range(3):
        kept = choose(office.olim, email=Mode.AT_ONCE)
    assert kept.version == 2


def test_a_lead_handed_to_oneself_is_no_news(office: Office) -> None:
    lead = office.lead(office.oksana)
    editing.assign(lead=lead, owner=office.nodira, by=office.nodira, at=clock.now())
    assert lines(office.nodira) == []


def test_an_unknown_person_is_no_error(office: Office) -> None:
    assert notify(user_id=office.lead().pk, kind=NoticeKind.STEP_DUE, key="x", at=clock.now()) is False
