"""The verdict: what a person makes of a test, and the daily look that keeps what the rule said first."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import User
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid
from common.events import publish
from hypotheses.choices import ENDING, FINAL, OFFERED, Decision, Status, Word
from hypotheses.events import VerdictReady
from hypotheses.judging import State, state_of, states_of
from hypotheses.models import LONGEST_REASON, Arm, Hypothesis, Look, Verdict
from hypotheses.services.editing import locked_row
from hypotheses.services.running import NotRunning

_AGREES = {
    Decision.CONFIRMED: {Word.CONFIRMED, Word.NO_DIFFERENCE},
    Decision.REFUTED: {Word.REFUTED, Word.NO_DIFFERENCE},
}


@transaction.atomic
def decide(
    *,
    hypothesis: Hypothesis,
    by: User,
    at: datetime,
    decision: str,
    reason: str = "",
    winner: Arm | None = None,
    expected_version: int | None = None,
) -> Hypothesis:
    """A person's verdict, kept beside what the rule said of the sample at that moment.

    Before the planned sample, or against the rule, it takes a sentence why. «Ещё копим» leaves the test running.
    Deciding the same again changes nothing. Raises Invalid, NotRunning, StaleVersion.
    """
    demand_write(by)
    row = locked_row(hypothesis)
    if row.status == Status.DECIDED and row.verdict == decision:
        return row
    check_version(row, expected_version)
    if not row.is_running:
        raise NotRunning(_("Вердикт дают тому, что идёт. Эта проверка %(state)s.") % {"state": _state_word(row)})
    state = state_of(row, at)
    _check_decision(state, decision, reason.strip(), winner)
    ends = decision in ENDING
    chosen = (winner or state.leader or _only(state)) if decision == Decision.CONFIRMED else None
    Verdict.objects.create(
        hypothesis=row, at=at, by=by, decision=decision, reason=reason.strip(), rule=state.word, leader=state.leader,
        early=ends and not state.complete, counts=state.counted,
    )  # fmt: skip
    changes: dict[str, Any] = {"verdict": decision}
    if ends:
        changes |= {"status": Status.DECIDED, "ended_at": at, "winner": chosen}
    return save_changes(row, changes)


def _only(state: State) -> Arm | None:
    arms = list(state.hypothesis.arms.all())
    return arms[0] if len(arms) == 1 else None


def _check_decision(state: State, decision: str, reason: str, winner: Arm | None) -> None:
    if decision not in OFFERED:
        message = _("Такого вердикта нет.")
        raise Invalid(message, [FieldError("decision", "invalid_choice", message)])
    if len(reason) > LONGEST_REASON:
        message = _("Не больше %(most)s знаков.") % {"most": LONGEST_REASON}
        raise Invalid(message, [FieldError("reason", "max_length", message)])
    if winner is not None and winner.hypothesis_id != state.hypothesis.pk:
        message = _("Это вариант другой гипотезы.")
        raise Invalid(message, [FieldError("winner", "invalid_choice", message)])
    if (why := reason_wanted(state, decision)) and not reason:
        raise Invalid(why, [FieldError("reason", "required", why)])
    if decision == Decision.CONFIRMED and winner is None and state.leader is None and _only(state) is None:
        message = _("Выберите, какое УТП подтвердили: по числам лидера нет.")
        raise Invalid(message, [FieldError("winner", "required", message)])


def reason_wanted(state: State, decision: str) -> str:
    """Why this decision needs a sentence, or nothing where it needs none."""
    if decision not in ENDING:
        return ""
    if not state.complete and not state.final:
        return _("Выборка не набрана: осталось %(left)s. Напишите одной фразой, почему решаете сейчас.") % {
            "left": state.remaining
        }
    if decision in _AGREES and state.final and state.word not in _AGREES[Decision(decision)]:
        return _("По правилу выходит иначе. Напишите одной фразой, почему решаете так.")
    if not state.final and decision in _AGREES:
        return _("Правило вердикта ещё не даёт. Напишите одной фразой, почему решаете сейчас.")
    return ""


def _state_word(row: Hypothesis) -> str:
    words = {
        Status.DRAFT: _("ещё не начата"),
        Status.DECIDED: _("уже решена"),
        Status.STOPPED: _("остановлена"),
    }
    return words[Status(row.status)]


@transaction.atomic
def look(*, at: datetime) -> int:
    """Every running test as of now; the first final word of each is kept and told. Returns how many were new."""
    running = list(Hypothesis.objects.running().filter(look__isnull=True).for_list())
    ripe = [state for state in states_of(running, at) if state.saying.word in FINAL]
    found = 0
    for state in ripe:
        row, said = state.hypothesis, state.saying
        _kept, new = Look.objects.get_or_create(
            hypothesis=row, defaults={"at": at, "word": said.word, "leader": said.leader, "counts": state.counted}
        )
        if new:
            found += 1
            publish(VerdictReady(row.pk, row.code, row.owner_id, at))
    return found
