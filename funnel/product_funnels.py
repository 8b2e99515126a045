"""Deeds on funnels: a product gets a road of its own, made as a copy of the default one of its kind.

Whether leads stand in a funnel is known one floor above (``leads.services.funnels``).
"""

from typing import ClassVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import demand_administrator
from accounts.models import User
from agents.choices import Kind
from agents.models import Product
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid, Refused
from common.text import has_control_characters, one_line
from common.translit import code_of
from funnel.models import Funnel, Stage

NAME_LENGTH = 80
COPIED = (
    "code", "name", "position", "key", "probability", "norm_hours", "gate", "hint", "effort_hours", "half_life_hours",
    "pass_guess",
)  # fmt: skip


class DefaultFunnel(Refused):
    """The agents' and the clients' funnel take in whoever has none of his own: they stay."""

    code: ClassVar[str] = "default_funnel"
    status: ClassVar[int] = 409


@transaction.atomic
def create_funnel(*, by: User, kind: str, product: Product, name: str) -> Funnel:
    """A funnel for a product, with the active stages of the default one; its code never changes.

    The stages are copies: what is changed here changes nothing there. Leads in work stay where they are. Raises Invalid
    (no such kind, a name in use, a product that has one already), NotAllowed.
    """
    demand_administrator(by)
    if kind not in Kind.values:
        raise _wrong("kind", _("Выберите, чья это воронка: агентов или клиентов."))
    known = Funnel.objects.filter(kind=kind, product=product).first()
    if known is not None:
        raise _wrong("product", _("У продукта уже есть воронка «%(name)s». Измените её.") % {"name": known.name})
    name = _name(name)
    try:
        with transaction.atomic():
            funnel = Funnel.objects.create(kind=kind, product=product, code=_free_code(name), name=name)
    except IntegrityError as error:  # two administrators at the same moment
        raise _wrong("product", _("У продукта уже есть воронка. Обновите список.")) from error
    stages = Stage.objects.of_kind(kind).active()
    for place, stage in enumerate(stages, 1):
        copied = {column: getattr(stage, column) for column in COPIED} | {"position": place}
        Stage.objects.create(funnel=funnel, kind=kind, **copied)
    return funnel


@transaction.atomic
def rename_funnel(*, funnel: Funnel, by: User, name: str, expected_version: int | None = None) -> Funnel:
    """Raises Invalid, StaleVersion, NotAllowed."""
    demand_administrator(by)
    current = _locked(funnel)
    name = _name(name, current)
    check_version(current, expected_version, {"name": name})
    return save_changes(current, {"name": name})


@transaction.atomic
def set_funnel_active(*, funnel: Funnel, by: User, active: bool, expected_version: int | None = None) -> Funnel:
    """Take a product's funnel out of use or bring it back; its history stays. Raises DefaultFunnel, StaleVersion."""
    demand_administrator(by)
    current = _locked(funnel)
    if current.active == active:
        return current
    check_version(current, expected_version)
    if current.product_id is None:
        raise DefaultFunnel(_("Это основная воронка: в неё входят все, у чьего продукта нет своей. Снять её нельзя."))
    return save_changes(current, {"active": active})


def _locked(funnel: Funnel) -> Funnel:
    return Funnel.objects.select_for_update(no_key=True).get(pk=funnel.pk)


def _name(text: str, current: Funnel | None = None) -> str:
    name = one_line(text)
    if not name or has_control_characters(name):
        raise _wrong("name", _("Назовите воронку так, чтобы её узнали в списке: «Ипотека»."))
    if len(name) > NAME_LENGTH:
        raise _wrong("name", _("Здесь помещается 80 знаков. Сократите."))
    others = Funnel.objects.filter(name__iexact=name)
    if (others if current is None else others.exclude(pk=current.pk)).exists():
        raise _wrong("name", _("Воронка с таким названием уже есть. Назовите иначе."))
    return name


def _free_code(name: str) -> str:
    base, taken = code_of(name, limit=36) or "funnel", set(Funnel.objects.values_list("code", flat=True))
    codes = [base, *(f"{base}_{number}" for number in range(2, len(taken) + 3))]
    return next(code for code in codes if code not in taken)


def _wrong(field: str, message: str) -> Invalid:
    return Invalid(message, [FieldError(field, "invalid", message)])
