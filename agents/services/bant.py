"""BANT: whether a partner has the budget, the say, the need and the time. Four short answers, dated and sourced."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from agents.choices import BantMark, BantQuestion
from agents.models import Party
from agents.services.parties import update_party
from common.errors import FieldError, Invalid
from common.text import one_line

NOTE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class BantAnswer:
    """``known_at`` is the day on which it was said, ``source`` who said it."""

    mark: str
    note: str = ""
    known_at: date | None = None
    source: str = ""


def answers_of(party: Party) -> dict[BantQuestion, BantAnswer | None]:
    """The four questions in order, each with its answer or None where nobody asked yet."""
    return {question: _read(party.bant.get(question)) for question in BantQuestion}


def answer_bant(
    *,
    agent: Party,
    by: User,
    answers: Mapping[str, BantAnswer | None],
    today: date,
    expected_version: int | None = None,
) -> Party:
    """Write down the given answers; None takes an answer away, questions not named stay.

    Raises Invalid, StaleVersion.
    """
    changes = {"bant": joined(agent.bant, answers, today)}
    return update_party(party=agent, by=by, changes=changes, expected_version=expected_version)


def joined(stored: Mapping[str, Any], answers: Mapping[str, BantAnswer | None], today: date) -> dict[str, Any]:
    """What is stored with these answers in it. Raises Invalid."""
    errors = [error for question, answer in answers.items() for error in _problems(question, answer, today)]
    if errors:
        raise Invalid(errors[0].message, errors)
    kept = {name: value for name, value in stored.items() if name not in answers}
    return kept | {str(question): _plain(answer) for question, answer in answers.items() if answer is not None}


def _problems(question: str, answer: BantAnswer | None, today: date) -> list[FieldError]:
    if question not in BantQuestion.values:
        return [FieldError(question, "unknown", _("Такого вопроса в BANT нет."))]
    if answer is None:
        return []
    found = []
    if answer.mark not in BantMark.values:
        found.append(FieldError(f"{question}-mark", "required", _("Отметьте: да, отчасти или нет.")))
    if answer.known_at is not None and answer.known_at > today:
        found.append(FieldError(f"{question}-known_at", "future", _("Ответ не мог прозвучать в будущем.")))
    return found


def _plain(answer: BantAnswer) -> dict[str, Any]:
    return {
        "mark": str(answer.mark),
        "note": one_line(answer.note)[:NOTE_LENGTH],
        "at": answer.known_at.isoformat() if answer.known_at else "",
        "source": one_line(answer.source)[:NOTE_LENGTH],
    }


def _read(stored: Any) -> BantAnswer | None:
    """What is stored may come from a bank system: anything that is no answer reads as not asked."""
    if not isinstance(stored, dict) or stored.get("mark") not in BantMark.values:
        return None
    try:
        known_at = date.fromisoformat(str(stored.get("at", "")))
    except ValueError:
        known_at = None
    return BantAnswer(stored["mark"], str(stored.get("note", "")), known_at, str(stored.get("source", "")))
