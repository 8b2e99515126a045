"""Four eyes: who may agree for whom, to what, for how long."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from approvals.access import deciders, may_decide
from approvals.choices import HOLDS, WAITS
from approvals.models import Approval
from approvals.services import AlreadyClosed, SecondPersonNeeded, ask, decide, demand
from approvals.subject import Mass
from audit.redaction import event_model
from common.changes import StaleVersion
from common.errors import Invalid, NotAllowed
from notifications.models import Delivery, Notice
from tests.office import Office

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 6, tzinfo=UTC)
SOON = NOW + timedelta(hours=1)
OPEN = {"view": ["open"]}


@pytest.fixture(autouse=True)
def ten(settings: Any) -> None:
    settings.FOUR_EYES_OVER = 10


def mass(count: int = 100, *, deed: str = "leads", **conditions: list[str]) -> Mass:
    return Mass.of(deed, conditions or OPEN, count, [("Вид", "В работе")])


def asked(by: User, what: Mass | None = None, at: datetime = NOW) -> Approval:
    return ask(what=what or mass(), by=by, reason="Сверка с АБС", at=at)


def agreed(by: User, head: User, what: Mass | None = None) -> Approval:
    return decide(approval=asked(by, what), by=head, agree=True, note="", at=NOW)


def passes(by: User, what: Mass | None = None, at: datetime = SOON) -> bool:
    try:
        demand(what=what or mass(), by=by, at=at)
    except SecondPersonNeeded:
        return False
    return True


def test_up_to_the_limit_one_pair_of_eyes_is_enough_and_one_row_more_is_too_many(office: Office) -> None:
    assert passes(office.olim, mass(10))
    assert not passes(office.olim, mass(11))


def test_without_a_limit_nothing_is_held_back(office: Office, settings: Any) -> None:
    settings.FOUR_EYES_OVER = 0
    assert passes(office.olim, mass(1_000_000))


def test_whoever_is_over_the_asker_lets_him_through(office: Office) -> None:
    assert not passes(office.olim)
    agreed(office.olim, office.nodira)
    assert passes(office.olim)


@pytest.mark.parametrize(
    ("by", "may"),
    [
        ("olim", False), ("oksana", False), ("kamila", False), ("nargiza", False), ("sardor", False), ("aziz", False),
        ("nodira", True), ("adiba", True),
    ],
)  # fmt: skip
def test_only_a_head_over_him_or_an_administrator_decides(office: Office, by: str, may: bool) -> None:
    """Olim himself, his mates, a head below, a head beside, the auditor: no."""
    request, person = asked(office.olim), getattr(office, by)
    assert may_decide(person, office.olim) is may
    assert deciders(office.olim).filter(pk=person.pk).exists() is may
    if may:
        assert decide(approval=request, by=person, agree=True, note="", at=NOW).decided_by == person
    else:
        with pytest.raises(NotAllowed):
            decide(approval=request, by=person, agree=True, note="", at=NOW)
        assert not passes(office.olim)


def test_an_administrator_does_not_agree_to_his_own_either(office: Office) -> None:
    with pytest.raises(NotAllowed):
        decide(approval=asked(office.adiba), by=office.adiba, agree=True, note="", at=NOW)
    assert not passes(office.adiba)


def test_the_base_itself_takes_no_word_of_the_asker(office: Office) -> None:
    """Also past the service."""
    request = asked(office.adiba)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=request.pk).update(state="agreed", decided_by=office.adiba)


def test_a_head_does_not_agree_for_whoever_sees_more_than_he(office: Office) -> None:
    User.objects.filter(pk=office.aziz.pk).update(team=office.north)
    office.aziz.refresh_from_db()
    request = asked(office.aziz)
    with pytest.raises(NotAllowed):
        decide(approval=request, by=office.nodira, agree=True, note="", at=NOW)
    decide(approval=request, by=office.adiba, agree=True, note="", at=NOW)
    assert passes(office.aziz)


def test_a_head_himself_asks_whoever_is_over_him(office: Office) -> None:
    assert not may_decide(office.nodira, office.nodira)
    assert may_decide(office.nodira, office.nargiza)
    assert not may_decide(office.nargiza, office.nodira)


def test_whoever_may_not_sign_in_any_more_decides_nothing(office: Office) -> None:
    request = asked(office.olim)
    office.nodira.is_active = False
    office.nodira.save()
    with pytest.raises(NotAllowed):
        decide(approval=request, by=office.nodira, agree=True, note="", at=NOW)


@pytest.mark.parametrize("changes", [{"is_active": False}, {"role": "product_owner"}, {"team": None}])
def test_a_consent_of_somebody_who_could_not_give_it_any_more_stands_no_longer(
    office: Office, changes: dict[str, Any]
) -> None:
    agreed(office.olim, office.nodira)
    assert passes(office.olim)
    User.objects.filter(pk=office.nodira.pk).update(**changes)
    assert not passes(office.olim)


def test_a_consent_lasts_eight_hours_and_not_a_second_longer(office: Office) -> None:
    agreed(office.olim, office.nodira)
    assert passes(office.olim, at=NOW + HOLDS - timedelta(seconds=1))
    assert not passes(office.olim, at=NOW + HOLDS)


def test_a_request_waits_three_days_and_is_then_decided_by_nobody(office: Office) -> None:
    request = asked(office.olim)
    with pytest.raises(AlreadyClosed):
        decide(approval=request, by=office.nodira, agree=True, note="", at=NOW + WAITS)
    assert not passes(office.olim, at=NOW + WAITS)
    decide(approval=request, by=office.nodira, agree=True, note="", at=NOW + WAITS - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("what", "may"),
    [
        (mass(view=["open"]), True),
        (mass(view=["all"]), False),
        (mass(view=["open"], q=["Зимородок"]), False),
        (mass(deed="calls"), False),
        (mass(110), True),
        (mass(111), False),
        (mass(150), False),
        (mass(40), True),
    ],
)
def test_a_consent_is_to_exactly_this_list_and_to_a_tenth_more_rows(office: Office, what: Mass, may: bool) -> None:
    agreed(office.olim, office.nodira)
    assert passes(office.olim, what) is may


def test_the_order_of_conditions_does_not_count(office: Office) -> None:
    agreed(office.olim, office.nodira, mass(stage=["b", "a"], view=["open"]))
    assert passes(office.olim, mass(view=["open"], stage=["a", "b"]))


def test_a_consent_is_one_person_s(office: Office) -> None:
    agreed(office.olim, office.nodira)
    assert not passes(office.oksana)


def test_a_refusal_says_why_and_opens_nothing(office: Office) -> None:
    request = asked(office.olim)
    with pytest.raises(Invalid):
        decide(approval=request, by=office.nodira, agree=False, note=" ", at=NOW)
    told = decide(approval=request, by=office.nodira, agree=False, note="Хватит сводки", at=NOW)
    assert (told.state, told.note) == ("refused", "Хватит сводки")
    assert not passes(office.olim)


def test_what_was_decided_is_not_decided_again(office: Office) -> None:
    request = asked(office.olim)
    decide(approval=request, by=office.nodira, agree=False, note="Нет", at=NOW)
    with pytest.raises(AlreadyClosed):
        decide(approval=request, by=office.adiba, agree=True, note="", at=NOW)
    assert not passes(office.olim)


def test_asked_twice_it_is_one_request_and_one_notice(office: Office) -> None:
    assert office.nodira
    first, second = asked(office.olim), asked(office.olim, at=SOON)
    assert first.pk == second.pk
    assert Approval.objects.count() == 1
    assert Notice.objects.filter(user=office.nodira, kind="approval").count() == 1


def test_more_rows_asked_for_meanwhile_are_not_agreed_to_unseen(office: Office) -> None:
    seen = asked(office.olim)
    asked(office.olim, mass(9_000), at=SOON)
    with pytest.raises(StaleVersion):
        decide(approval=seen, by=office.nodira, agree=True, note="", at=SOON, expected_version=seen.version)
    assert not passes(office.olim, mass(9_000))


def test_a_request_that_lapsed_is_asked_anew(office: Office) -> None:
    assert office.nodira
    asked(office.olim)
    later = NOW + WAITS + timedelta(hours=1)
    again = asked(office.olim, at=later)
    assert again.until == later + WAITS
    assert Notice.objects.filter(user=office.nodira, kind="approval").count() == 2
    decide(approval=again, by=office.nodira, agree=True, note="", at=later)
    assert passes(office.olim, at=later)


@pytest.mark.parametrize("reason", ["", "  ", "я" * 301, "a\u202eb"])
def test_a_reason_is_said_in_a_line(office: Office, reason: str) -> None:
    with pytest.raises(Invalid) as refusal:
        ask(what=mass(), by=office.olim, reason=reason, at=NOW)
    assert refusal.value.errors[0].field == "reason"
    assert not Approval.objects.exists()


def test_nobody_asks_for_what_needs_no_consent(office: Office) -> None:
    with pytest.raises(Invalid):
        asked(office.olim, mass(10))


def test_those_who_decide_hear_of_it_and_the_asker_of_the_answer(office: Office) -> None:
    """Nobody beside; no condition, reason or note leaves the page."""
    people = [office.nodira, office.adiba, office.sardor, office.nargiza, office.oksana, office.aziz]
    what = mass(q=["Зимородок"])
    request = ask(what=what, by=office.olim, reason="Пустельга", at=NOW)
    told = Notice.objects.filter(kind="approval")
    assert {notice.user for notice in told} == {office.nodira, office.adiba}
    decide(approval=request, by=office.nodira, agree=True, note="Щегол", at=NOW)
    assert told.filter(user=office.olim).count() == 1
    text = str(list(told.values_list("facts", "key")))
    assert not any(word in text for word in ("Зимородок", "Пустельга", "Щегол"))
    assert Delivery.objects.filter(user__in=people).exists()


def test_the_digest_is_keyed(office: Office, settings: Any) -> None:
    what = mass(q=["+998901112233"])
    before = what.digest
    settings.SECRET_KEY = "another" * 9
    assert what.digest != before


def test_each_step_stands_in_the_journal(office: Office) -> None:
    agreed(office.olim, office.nodira)
    events = event_model(Approval)
    assert events is not None
    assert list(events.objects.order_by("pgh_id").values_list("state", flat=True)) == ["waiting", "agreed"]
