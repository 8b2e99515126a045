"""A result and something else at the very same moment: one deed wins, the other hears why, nobody waits in a ring."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread, get_ident
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from backlog.choices import ActionStatus
from backlog.models import Action, ActionResult
from backlog.services import effects, results
from backlog.services.actions import create_action, drop_action
from backlog.services.results import AlreadyRecorded, record_for_lead, record_result, undo_result
from backlog.services.slots import put_on_slot
from backlog.services.sprints import open_sprint
from common import clock
from common.errors import Invalid
from leads.models import Lead, Note
from tests.concurrency.together import together
from tests.faults.watching import until, waiting_in
from tests.office import Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]


def plan(office: Office, lead: Lead | None = None, **fields: Any) -> Action:
    at = clock.now()
    week = open_sprint(owner=office.olim, day=at.astimezone(office.olim.zone).date(), by=office.olim)
    due = {"sprint": week, "due_at": at + timedelta(minutes=5)}
    return create_action(owner=office.olim, title="Звонок", by=office.olim, at=at, lead=lead, **(due | fields))


# --- the page pressed twice ------------------------------------------------------------------------------------


def pressed_twice(office: Office, address: str, form: dict[str, Any]) -> list[Any]:
    clients = [Client() for _n in range(2)]
    for client in clients:
        client.force_login(office.olim)
    return together([lambda client=client: client.post(address, form) for client in clients])


@pytest.mark.parametrize("once", [True, False], ids=["with the form's key", "without it"])
@pytest.mark.parametrize("of", ["lead", "bare action", "action of a lead"])
def test_a_result_posted_twice_at_the_same_moment_is_one_result_and_one_step(
    office: Office, of: str, once: bool
) -> None:
    lead = None if of == "bare action" else office.lead()
    action = plan(office, lead)
    address = reverse("results:lead", args=[lead.pk]) if lead and of == "lead" else reverse(
        "results:action", args=[action.pk]
    )  # fmt: skip
    form = {"outcome": "not_reached", "when": "default", "note": "Гудки"} | ({"_once": str(uuid4())} if once else {})
    answers = pressed_twice(office, address, form)
    assert [answer.status_code for answer in answers] == [302, 302], answers
    assert answers[0]["Location"] == answers[1]["Location"]
    result = ActionResult.objects.get()
    if lead is None:
        assert Action.objects.get(follows=action) == result.next_action
    else:
        lead.refresh_from_db()
        assert lead.next_action_at == result.next_at
        assert Note.objects.filter(lead=lead).count() == 1
    assert Action.objects.open().count() == (lead is None)


def test_without_the_look_at_the_last_press_a_lead_would_have_two_results(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the press without a key: by then the planned action is done, so another is made."""
    monkeypatch.setattr(results, "_pressed", lambda *_args: None)
    lead = office.lead()
    pressed_twice(office, reverse("results:lead", args=[lead.pk]), {"outcome": "not_reached", "when": "default"})
    assert ActionResult.objects.count() == 2


# --- a result and another deed on the same action --------------------------------------------------------------


@pytest.mark.parametrize("turn", range(4))
def test_of_a_result_and_dropping_the_same_action_at_once_one_holds(office: Office, turn: int) -> None:
    """Who is let go first differs from turn to turn; who wins is PostgreSQL's choice."""
    action, by = plan(office), office.olim
    deeds = [
        lambda: record_result(action=action, by=by, at=clock.now(), outcome="agreed"),
        lambda: drop_action(action=action, by=by, at=clock.now()),
    ]
    answers = together(deeds if turn % 2 else deeds[::-1])
    refusals = [answer for answer in answers if isinstance(answer, Exception)]
    assert [type(refusal) for refusal in refusals] in ([AlreadyRecorded], [Invalid]), answers
    action.refresh_from_db()
    recorded = action.status == ActionStatus.DONE
    assert ActionResult.objects.count() == recorded
    assert isinstance(refusals[0], Invalid if recorded else AlreadyRecorded)


def paused(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> tuple[Event, Event]:
    """The first thread to come out of a function stands still; whoever comes later passes. Reached, go on."""
    reached, go_on, first = Event(), Event(), []
    true_function = getattr(module, name)

    def stopping(*args: Any, **kwargs: Any) -> Any:
        answer = true_function(*args, **kwargs)
        if not first:
            first.append(get_ident())
            reached.set()
            assert go_on.wait(20)
        return answer

    monkeypatch.setattr(module, name, stopping)
    return reached, go_on


@contextmanager
def deed_of_its_own(deed: Callable[[], Any]) -> Iterator[list[Any]]:
    """Run a deed beside the block; the list holds its answer, or what it raised, once the block is left."""
    answers: list[Any] = []

    def run() -> None:
        try:
            answers.append(deed())
        except Exception as error:
            answers.append(error)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    yield answers
    thread.join(30)
    assert not thread.is_alive()


def result_and_slot(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A result stands with its action locked; somebody puts that action on a slot; the result then plans a slot."""
    action, by = plan(office), office.olim
    slot = clock.now() + timedelta(days=1)
    reached, go_on = paused(monkeypatch, results, "_locked")
    deed = lambda: record_result(  # noqa: E731
        action=action, by=by, at=clock.now(), outcome="postponed", next_at=slot + timedelta(hours=1)
    )
    with deed_of_its_own(deed) as one:
        assert reached.wait(20)
        with deed_of_its_own(lambda: put_on_slot(action=action, slot_at=slot, by=by, at=clock.now())) as other:
            until(lambda: waiting_in("") or other, "the second waits for the first")
            go_on.set()
    return [*one, *other]


def test_a_result_and_a_slot_of_the_same_action_wait_in_line(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    result, refusal = result_and_slot(office, monkeypatch)
    assert isinstance(result, ActionResult), result
    assert isinstance(refusal, Invalid), refusal
    assert result.next_action
    assert result.next_action.slot_at == result.next_at


def test_without_the_plan_held_first_they_would_wait_for_each_other(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: PostgreSQL ends one of the two by force."""
    monkeypatch.setattr(results, "hold_plan", lambda _owner_id: None)
    assert deadlocked(result_and_slot(office, monkeypatch))


def deadlocked(answers: list[Any]) -> bool:
    return any(isinstance(answer, OperationalError) and "deadlock" in str(answer) for answer in answers)


def two_bars(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The same action by its own bar and by its lead's: one comes from the action to the lead, one the other way."""
    lead, by = office.lead(), office.olim
    action = plan(office, lead)
    reached, go_on = paused(monkeypatch, results, "_locked")
    with deed_of_its_own(lambda: record_result(action=action, by=by, at=clock.now(), outcome="objection")) as one:
        assert reached.wait(20)
        other_bar = lambda: record_for_lead(lead=lead, by=by, at=clock.now(), outcome="objection")  # noqa: E731
        with deed_of_its_own(other_bar) as other:
            until(lambda: waiting_in("") or other, "the second waits for the first")
            go_on.set()
    return [*one, *other]


def test_one_deed_by_the_bars_of_action_and_lead_at_once_is_one_result(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two_bars(office, monkeypatch)
    assert one == other == ActionResult.objects.get()


def test_without_the_plan_held_first_the_two_bars_would_wait_for_each_other(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "hold_plan", lambda _owner_id: None)
    assert deadlocked(two_bars(office, monkeypatch))


def test_undo_and_the_next_result_of_the_lead_at_once_wait_in_line(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Undo comes from the action to the lead too. Whatever is said to the second, it is said in words."""
    lead, by = office.lead(), office.olim
    plan(office, lead)
    first = record_for_lead(lead=lead, by=by, at=clock.now(), outcome="not_reached")
    reached, go_on = paused(monkeypatch, effects, "take_back")
    with deed_of_its_own(lambda: undo_result(result=first, by=by, at=clock.now())) as one:
        assert reached.wait(20)
        again = lambda: record_for_lead(lead=lead, by=by, at=clock.now(), outcome="agreed")  # noqa: E731
        with deed_of_its_own(again) as other:
            until(lambda: waiting_in("") or other, "the second waits for the first")
            go_on.set()
    assert not [answer for answer in [*one, *other] if isinstance(answer, Exception)], [*one, *other]
    assert ActionResult.objects.filter(undone_at__isnull=True).count() == 1
