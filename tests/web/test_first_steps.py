"""First steps: what is done is read from what exists; each screen is filled in; put off, they come no more."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from agents.models import Segment
from backlog.firststeps import StepCode, invitation, steps_of
from backlog.models import Action, Goal
from backlog.services.results import record_result
from backlog.services.starting import set_goal
from backlog.starters import drafts_for
from common import clock
from tests.office import Office
from tests.web.parties import queries, signed_in, text_of
from web.start.steps import invite
from worktime.models import WorkSchedule
from worktime.selectors import calendar_of

pytestmark = pytest.mark.django_db
HOURS = {"language": "ru", "timezone": "Asia/Tashkent", "start": "09:00", "end": "18:00",
         "lunch_start": "13:00", "lunch_end": "14:00"}  # fmt: skip


def done(user: User) -> list[str]:
    return [step.code for step in steps_of(user) if step.done]


def lines(user: User) -> dict[str, str]:
    """What the screen of actions would send untouched."""
    form = signed_in(user).get(reverse("start:actions")).context["form"]
    return {bound.html_name: str(bound.subwidgets[0].data.get("value") or "") if bound.name == "slot" else str(
        bound.value() or "") for bound in form}  # fmt: skip


def test_the_way_is_walked_by_five_forms_and_every_step_is_read_from_what_exists(office: Office) -> None:
    user = office.olim
    browser = signed_in(user)
    assert done(user) == []
    assert browser.post(reverse("start:hours"), HOURS)["Location"] == reverse("start:segment")
    assert WorkSchedule.objects.filter(user=user).exists()
    made = browser.post(reverse("start:segment"), {"name": "Оценщики", "kind": "agent", "reach": "120"})
    segment = Segment.objects.get()
    assert made["Location"] == reverse("start:goal") + f"?segment={segment.pk}"
    sent = {"metric": "meeting", "target": "8", "segment": segment.pk}
    assert browser.post(made["Location"], sent)["Location"] == reverse("start:actions")
    assert Goal.objects.get().statement == "Созвоны и встречи: 8 за неделю, «Оценщики»"
    assert done(user) == ["hours", "segment", "goal"]
    goes = browser.post(reverse("start:actions"), lines(user))["Location"]
    assert goes.startswith("/results/action/")
    assert done(user) == ["hours", "segment", "goal", "actions"]
    assert browser.post(goes, {"outcome": "agreed"})["Location"] == reverse("start:page")
    assert done(user) == [code.value for code in StepCode]
    assert "5 из 5" in text_of(browser, reverse("start:page"))


def test_a_segment_that_stands_already_is_chosen_by_one_press(office: Office) -> None:
    segment = office.segment
    browser = signed_in(office.oksana)
    assert segment.name in text_of(browser, reverse("start:segment"))
    chosen = browser.post(reverse("start:segment"), {"segment": segment.pk})
    assert chosen["Location"] == reverse("start:goal") + f"?segment={segment.pk}"
    assert f'value="{segment.pk}" selected' in text_of(browser, chosen["Location"])
    foreign = Segment.objects.create(kind="agent", name="Чужие", owner=office.sitora, team=office.south)
    assert browser.post(reverse("start:segment"), {"segment": foreign.pk}).status_code == 404
    assert browser.get(reverse("start:goal") + f"?segment={foreign.pk}").status_code == 404


def test_the_proposed_times_are_free_working_time_and_no_action_is_due_before_its_slot(office: Office) -> None:
    friday = datetime(2026, 11, 20, 6, 40, tzinfo=UTC)  # 11:40 in Tashkent, lunch at 13
    goal = set_goal(user=office.olim, metric="meeting", target=Decimal(8), segment=office.segment, at=friday)
    drafts = drafts_for(goal, friday, count=3)
    local = [draft.slot_at.astimezone(office.olim.zone) for draft in drafts if draft.slot_at]
    assert [f"{slot:%H:%M}" for slot in local] == ["12:00", "14:00", "14:30"]
    calendar = calendar_of(office.olim)
    assert all(calendar.local_day(slot) == goal.sprint.starts_on + timedelta(days=4) for slot in local)
    assert [draft.priority for draft in drafts] == [1, 1, 1]


def test_on_a_sunday_the_first_week_is_the_next_one(office: Office) -> None:
    sunday = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
    goal = set_goal(user=office.olim, metric="custdev", target=Decimal(3), segment=None, at=sunday)
    assert f"{goal.sprint.starts_on}" == "2026-11-23"
    assert all(draft.slot_at and draft.slot_at > sunday for draft in drafts_for(goal, sunday, count=3))


def test_what_is_wrong_comes_back_with_what_was_typed(office: Office) -> None:
    browser = signed_in(office.olim)
    wrong = browser.post(reverse("start:hours"), HOURS | {"end": "08:00"})
    assert (wrong.status_code, "раньше начала" in wrong.content.decode()) == (422, True)
    assert not WorkSchedule.objects.exists()
    for target in ("", "0", "много", "1e400"):
        assert browser.post(reverse("start:goal"), {"metric": "meeting", "target": target}).status_code == 422
    assert browser.post(reverse("start:goal"), {"metric": "gold", "target": "8"}).status_code == 422
    assert browser.post(reverse("start:segment"), {"name": "", "kind": "agent"}).status_code == 422
    assert not Goal.objects.exists()
    set_goal(user=office.olim, metric="meeting", target=Decimal(8), segment=None, at=clock.now())
    typed = lines(office.olim)
    past = browser.post(reverse("start:actions"), typed | {"a1-slot": "2026-01-02T10:00", "a2-title": "Моё дело"})
    assert past.status_code == 422
    assert "уже прошёл" in past.content.decode()
    assert "Моё дело" in past.content.decode()
    bare = browser.post(reverse("start:actions"), typed | dict.fromkeys(["a1-title", "a2-title", "a3-title"], ""))
    assert (bare.status_code, "хотя бы одно" in bare.content.decode()) == (422, True)
    assert not Action.objects.exists()


def test_two_actions_leave_one_to_be_made(office: Office) -> None:
    set_goal(user=office.olim, metric="meeting", target=Decimal(8), segment=None, at=clock.now())
    browser = signed_in(office.olim)
    browser.post(reverse("start:actions"), lines(office.olim) | {"a3-title": ""})
    assert next(step for step in steps_of(office.olim) if step.code is StepCode.ACTIONS).left == 1
    assert len(browser.get(reverse("start:actions")).context["form"].lines) == 1


def test_put_off_they_come_no_more_and_are_opened_again_from_the_profile(office: Office) -> None:
    user, browser = office.olim, signed_in(office.olim)
    assert len(invitation(user)) == 5
    assert browser.post(reverse("start:skip"))["Location"] == reverse("home")
    user.refresh_from_db()
    assert invitation(user) == []
    assert reverse("start:page") in text_of(browser, reverse("profile"))
    assert "Показывать подсказку снова" in text_of(browser, reverse("start:page"))
    browser.post(reverse("start:again"))
    user.refresh_from_db()
    assert len(invitation(user)) == 5


def test_the_invitation_is_for_those_who_work_a_week_and_goes_when_all_is_done(office: Office) -> None:
    assert [bool(invitation(user)) for user in (office.olim, office.lola, office.nodira, office.adiba)] == [
        True, True, False, False,
    ]  # fmt: skip
    at = clock.now()
    WorkSchedule.objects.create(user=office.olim)
    goal = set_goal(user=office.olim, metric="meeting", target=Decimal(8), segment=office.segment, at=at)
    common = {"owner": office.olim, "team": office.north, "sprint": goal.sprint, "due_at": at}
    made = [Action.objects.create(title=f"Дело {number}", **common) for number in range(3)]
    assert len(invitation(office.olim)) == 5
    record_result(action=made[0], by=office.olim, at=at, outcome="agreed")
    assert invitation(office.olim) == []
    assert invite(office.olim) is None


def test_the_invitation_costs_two_queries_and_leads_to_the_next_step(office: Office) -> None:
    user = office.olim
    with CaptureQueriesContext(connection) as asked:
        found = invite(user)
    assert len(asked) <= 2
    text = render_to_string("start/invite.html", {"invite": found})
    assert reverse("start:hours") in text
    assert "0 из 5" in text
    assert render_to_string("start/invite.html", {"invite": None}).strip() == ""


def test_who_only_reads_has_no_first_steps(office: Office) -> None:
    names = ("page", "hours", "segment", "goal", "actions")
    assert {signed_in(office.aziz).get(reverse(f"start:{name}")).status_code for name in names} == {403}
    assert signed_in(office.aziz).post(reverse("start:skip")).status_code == 403


def test_the_pages_cost_few_queries(office: Office) -> None:
    browser = signed_in(office.olim)
    set_goal(user=office.olim, metric="meeting", target=Decimal(8), segment=office.segment, at=clock.now())
    found = {
        name: queries(browser, reverse(f"start:{name}")) for name in ("page", "hours", "segment", "goal", "actions")
    }
    assert max(found.values()) <= 14, found
