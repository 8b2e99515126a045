"""Four eyes: whoever does something to more than so many people needs the word of somebody else, for exactly this."""

from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.access import deciders, is_needed, may_decide
from approvals.choices import GROWTH, HOLDS, LONGEST, WAITS, State
from approvals.events import ConsentAsked, ConsentDecided
from approvals.models import Approval
from approvals.subject import Mass
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid, NotAllowed, Refused
from common.events import publish
from common.text import has_control_characters, one_line


class SecondPersonNeeded(Refused):
    """So many at once need somebody else's consent, which is not there. ``what`` is what it would be given to."""

    code: ClassVar[str] = "second_person_needed"
    status: ClassVar[int] = 403

    def __init__(self, what: Mass) -> None:
        super().__init__(_("Данных слишком много для одного сотрудника: нужно согласие второго."))
        self.what = what


class AlreadyClosed(Refused):
    """Somebody decided it already, or it waited too long."""

    code: ClassVar[str] = "already_closed"
    status: ClassVar[int] = 409


def demand(*, what: Mass, by: User, at: datetime) -> None:
    """The door before the deed. Raises SecondPersonNeeded.

    A consent stands for exactly these conditions, for its person, until its end, for a tenth more rows than it was
    given to; and as long as whoever gave it could still give it.
    """
    if is_needed(what.count) and standing(what=what, by=by, at=at) is None:
        raise SecondPersonNeeded(what)


def standing(*, what: Mass, by: User, at: datetime) -> Approval | None:
    """The newest consent that covers this, has not run out, and whose giver could still give it."""
    rows = Approval.objects.filter(asked_by=by, digest=what.digest, state=State.AGREED, until__gt=at)
    for given in rows.select_related("decided_by__team").order_by("-decided_at"):
        covers = what.count <= given.count + given.count // GROWTH
        if covers and given.decided_by is not None and may_decide(given.decided_by, by):
            return given
    return None


@transaction.atomic
def ask(*, what: Mass, by: User, reason: str, at: datetime) -> Approval:
    """Ask for a consent. One request a person and subject waits; asked again it takes the new figures and words, so
    that whoever is about to decide the old ones is told. Raises Invalid."""
    if not is_needed(what.count):
        raise Invalid(_("Согласие не нужно: столько строк можно взять и так."))
    why = _text(reason, "reason", _("Напишите, зачем это нужно."))
    values = {"count": what.count, "words": [list(pair) for pair in what.words], "reason": why}
    fresh = {"asked_at": at, "until": at + WAITS}
    key = {"asked_by": by, "deed": what.deed, "digest": what.digest, "state": State.WAITING}
    rows = Approval.objects.select_for_update(no_key=True)
    found, made = rows.get_or_create(**key, defaults=values | fresh | {"conditions": what.conditions})
    lapsed = found.until <= at
    if not made:
        save_changes(found, values | (fresh if lapsed else {}))
    if made or lapsed:
        people = tuple(deciders(by).values_list("pk", flat=True))
        publish(ConsentAsked(found.pk, by.pk, by.name, people, at))
    return found


def _text(given: str, name: str, missing: str) -> str:
    text = one_line(given)
    if not text and missing:
        raise Invalid(missing, [FieldError(name, "required", missing)])
    if len(text) > LONGEST or has_control_characters(text):
        message = _("Не длиннее %(most)s знаков, без служебных символов.") % {"most": LONGEST}
        raise Invalid(message, [FieldError(name, "invalid", message)])
    return text


@transaction.atomic
def decide(
    *, approval: Approval, by: User, agree: bool, note: str, at: datetime, expected_version: int | None = None
) -> Approval:
    """Agree or refuse; a refusal says why. Of two at once the first counts: the row is locked.

    Raises NotAllowed for the asker and whoever is not over him, AlreadyClosed, StaleVersion where more was asked for
    meanwhile, Invalid.
    """
    rows = Approval.objects.select_for_update(no_key=True, of=("self",)).select_related("asked_by__team")
    current = rows.get(pk=approval.pk)
    if not may_decide(by, current.asked_by):
        raise NotAllowed(_("Решает другой сотрудник: руководитель того, кто просит, или администратор."))
    if current.state != State.WAITING:
        raise AlreadyClosed(_("Запрос уже решён. Обновите страницу."))
    if current.until <= at:
        raise AlreadyClosed(_("Запрос ждал дольше трёх дней и закрыт. Пусть сотрудник попросит заново."))
    check_version(current, expected_version)
    text = _text(note, "note", "" if agree else _("Напишите, почему отказываете."))
    state, until = (State.AGREED, at + HOLDS) if agree else (State.REFUSED, current.until)
    changes = {"state": state, "until": until, "decided_by": by, "decided_at": at, "note": text}
    decided = save_changes(current, changes)
    publish(ConsentDecided(decided.pk, decided.asked_by_id, by.pk, agree, at))
    return decided
