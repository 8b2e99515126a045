"""Two deciders, and two presses, at the same moment."""

from datetime import UTC, datetime

import pytest

from approvals.models import Approval
from approvals.services import ask, decide
from approvals.subject import Mass
from notifications.models import Notice
from tests.concurrency.together import together
from tests.office import Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
NOW = datetime(2026, 11, 25, 6, tzinfo=UTC)
WHAT = Mass.of("leads", {"view": ["all"]}, 5_000, [])


def test_of_two_who_decide_at_once_one_counts(office: Office) -> None:
    request = ask(what=WHAT, by=office.olim, reason="Сверка", at=NOW)
    nodira, adiba = office.nodira, office.adiba
    answers = together([
        lambda: decide(approval=request, by=nodira, agree=True, note="", at=NOW),
        lambda: decide(approval=request, by=adiba, agree=False, note="Нет", at=NOW),
    ])  # fmt: skip
    assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyClosed", "Approval"]
    won = next(answer for answer in answers if isinstance(answer, Approval))
    request.refresh_from_db()
    assert (request.state, request.decided_by) == (won.state, won.decided_by)
    assert Notice.objects.filter(user=office.olim, kind="approval").count() == 1


def test_asked_from_two_windows_at_once_it_is_one_request(office: Office) -> None:
    assert office.nodira
    olim = office.olim
    answers = together([lambda: ask(what=WHAT, by=olim, reason="Сверка", at=NOW)] * 4)
    assert len({answer.pk for answer in answers}) == 1
    assert Notice.objects.filter(user=office.nodira, kind="approval").count() == 1
