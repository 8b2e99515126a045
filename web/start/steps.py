"""The steps in words and addresses, and which of them comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from backlog.firststeps import Step, StepCode, first_action, invitation, steps_of

NAMES = {
    StepCode.HOURS: _("Язык, часовой пояс, рабочее время"),
    StepCode.SEGMENT: _("Один сегмент"),
    StepCode.GOAL: _("Цель недели"),
    StepCode.ACTIONS: _("Три действия"),
    StepCode.RESULT: _("Первый итог"),
}
WHY = {
    StepCode.HOURS: _("По ним считают сроки и предлагают свободное время."),
    StepCode.SEGMENT: _("С одной группой людей проще понять, что работает."),
    StepCode.GOAL: _("Одно число, по которому видно, удалась ли неделя."),
    StepCode.ACTIONS: _("Что сделать ради цели: текст и время предложены."),
    StepCode.RESULT: _("Одно нажатие: что вышло и что дальше."),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A step of the list. ``url`` is empty for one that is done and has nothing more to ask."""

    code: StepCode
    name: str
    why: str
    done: bool
    url: str
    current: bool


def shown(user: User, steps: Sequence[Step]) -> list[Shown]:
    """The first step that is not done is the current one; the time settings stay open to changes."""
    current = next((step.code for step in steps if not step.done), None)
    return [
        Shown(
            code=step.code, name=str(NAMES[step.code]), why=str(WHY[step.code]), done=step.done,
            url="" if step.done and step.code is not StepCode.HOURS else address(user, step.code),
            current=step.code is current,
        )
        for step in steps
    ]  # fmt: skip


def address(user: User, code: StepCode, **query: str) -> str:
    """Where a step is made. The result is written on the bar of the first action; without one actions come first."""
    if code is not StepCode.RESULT:
        return reverse(f"start:{code}") + (f"?{urlencode(query)}" if query else "")
    action = first_action(user)
    if action is None:
        return reverse("start:actions")
    back = urlencode({"next": reverse("start:page")})
    return f"{reverse('results:action', args=[action.pk])}?{back}"


def following(user: User, after: StepCode, **query: str) -> str:
    """The next step that is not done, past ``after``; the list of steps when none is left."""
    steps = steps_of(user)
    later = steps[[step.code for step in steps].index(after) + 1 :]
    code = next((step.code for step in later if not step.done), None)
    if code is None:
        return reverse("start:page")
    return address(user, code, **(query if code is StepCode.GOAL else {}))


def invite(user: User) -> dict[str, Any] | None:
    """What ``start/invite.html`` shows, None where there is nothing to offer. At most two queries."""
    steps = invitation(user)
    if not steps:
        return None
    current = next(step for step in steps if not step.done)
    return {
        "done": sum(step.done for step in steps),
        "total": len(steps),
        "next_name": NAMES[current.code],
        "next_url": address(user, current.code),
    }
