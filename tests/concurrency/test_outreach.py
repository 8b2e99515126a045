"""Two planners and two workers at once: the quota holds, and everybody is written to once."""

from collections.abc import Callable

import pytest

from jobs import services as jobs
from outreach.services.planning import owe_plans, plan_day
from tests.channels.conftest import mailbox
from tests.channels.servers import Mailbox
from tests.concurrency.together import together
from tests.outreach.conftest import WEDNESDAY, Desk, desk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
__all__ = ["desk", "mailbox"]


def drain() -> int:
    count = 0
    while jobs.run_one():
        count += 1
    return count


def test_two_plans_of_one_day_hold_one_quota(desk: Desk) -> None:
    for _ in range(6):
        desk.agent()
    campaign = desk.started(quota=4)
    campaign.refresh_from_db()

    def plan() -> int:
        return plan_day(campaign_id=campaign.pk, day=WEDNESDAY, run=campaign.run, at=desk.at)

    assert sorted(together([plan, plan, plan])) == [0, 0, 4]
    assert len(desk.messages()) == 4


def test_two_beats_and_two_workers_send_the_quota_and_no_more(desk: Desk, mailbox: Mailbox) -> None:
    for _ in range(9):
        desk.agent()
    desk.started(quota=5)
    beats: list[Callable[[], int]] = [lambda: owe_plans(at=desk.at)] * 2
    answers = together([*beats, drain, drain])
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers
    together([drain, drain])
    assert desk.states() == ["sent"] * 5
    assert len({letter["To"] for letter in mailbox.letters}) == len(mailbox.letters) == 5
