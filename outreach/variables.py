"""Variables of a template: a fixed table, so that a slip is told when the text is written and not when it is sent.

``{{ city }}`` puts the recipient's city in; ``{{ city | вашем городе }}`` says what to write where it is unknown.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from agents.models import Party
from common.errors import FieldError, Invalid
from leads.models import Lead

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

_VARIABLE = re.compile(r"\{\{([^{}|]*)(?:\|([^{}|]*))?\}\}")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom the text is for. ``lead`` is the work on the party, where there is any; ``sender`` owns the campaign."""

    party: Party
    lead: Lead | None
    sender: User
    person: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    label: "str | StrPromise"
    example: str
    value: Callable[[Recipient], str]


def _agent(to: Recipient) -> str:
    agent = (to.lead.agent if to.lead else None) or to.party.agent
    return agent.name if agent else ""


def _segment(to: Recipient) -> str:
    segment = (to.lead.segment if to.lead else None) or to.party.segment
    return segment.name if segment else ""


VARIABLES: dict[str, Variable] = {
    "name": Variable(gettext_lazy("имя или название"), "Зафар Каримов", lambda to: to.party.name),
    "person": Variable(gettext_lazy("контактное лицо"), "Зафар", lambda to: to.person),
    "agent": Variable(gettext_lazy("агент, через которого пришёл"), "Orient Auto", _agent),
    "city": Variable(gettext_lazy("город"), "Ташкент", lambda to: to.party.city),
    "segment": Variable(gettext_lazy("сегмент"), "Автосалоны", _segment),
    "product": Variable(
        gettext_lazy("продукт"), "Рассрочка", lambda to: to.lead.product.name if to.lead and to.lead.product else ""
    ),
    "utp": Variable(
        gettext_lazy("УТП"), "Решение по заявке за 15 минут",
        lambda to: to.lead.utp.statement if to.lead and to.lead.utp else "",
    ),
    "initiative": Variable(
        gettext_lazy("инициатива"), "Авто в рассрочку",
        lambda to: to.lead.initiative.name if to.lead and to.lead.initiative else "",
    ),
    "owner": Variable(gettext_lazy("кто пишет"), "Олим Рахимов", lambda to: to.sender.name),
}  # fmt: skip


class EmptyVariable(Exception):
    """The recipient has nothing to put in; ``name`` is the variable's."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def check(field: str, text: str) -> list[FieldError]:
    """What is wrong with a text's variables, in words that say what there is."""
    found = []
    for name in _names(text):
        if name not in VARIABLES:
            message = _("Переменной «%(name)s» нет. Есть: %(known)s.")
            found.append(FieldError(field, "unknown_variable", message % {"name": name[:40], "known": known_words()}))
    rest = _VARIABLE.sub("", text)
    if "{{" in rest or "}}" in rest:
        message = _("Скобки переменной не закрыты. Пишите так: {{ name }}.")
        found.append(FieldError(field, "broken_variable", message))
    return found


def known_words() -> str:
    return ", ".join(f"{name} — {variable.label}" for name, variable in VARIABLES.items())


def _names(text: str) -> Iterator[str]:
    for match in _VARIABLE.finditer(text):
        yield match.group(1).strip()


def render(text: str, to: Recipient) -> str:
    """The text for this recipient. Raises EmptyVariable, Invalid (a variable that does not exist)."""

    def value(name: str) -> str:
        return VARIABLES[name].value(to).strip()

    return _fill(text, value)


def render_example(text: str) -> str:
    """The text for somebody made up: what the author sees while writing. Raises Invalid."""
    return _fill(text, lambda name: VARIABLES[name].example)


def _fill(text: str, value: Callable[[str], str]) -> str:
    if errors := check("body", text):
        raise Invalid(errors[0].message, errors)

    def put(match: re.Match[str]) -> str:
        name, spare = match.group(1).strip(), (match.group(2) or "").strip()
        found = value(name) or spare
        if not found:
            raise EmptyVariable(name)
        return found

    return _VARIABLE.sub(put, text)
