"""Lending one record to a named colleague who does not see it otherwise, and taking it back."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import Share, ShareLevel, ShareNoun, User
from accounts.roles import LEADS_A_TEAM, Role
from accounts.scope import may_see_owner
from common.changes import save_changes
from common.errors import FieldError, Invalid, NotAllowed, NotFound
from common.text import one_line

LONGEST = timedelta(days=180)


def may_lend(by: User, owner: User | None) -> bool:
    """The owner, whoever heads him, and an administrator: not everybody who sees a record may show it further."""
    if not by.may_write or owner is None:
        return by.is_administrator
    heads = by.role in LEADS_A_TEAM and may_see_owner(by, owner)
    return owner.pk == by.pk or heads or by.is_administrator


@transaction.atomic
def lend(
    *, by: User, owner: User | None, noun: str, subject: UUID, email: str, level: str, until: date, reason: str,
    at: datetime,
) -> Share:  # fmt: skip
    """Let a colleague read one record, or read and work on it, to the end of a day. Lent to him already, the new words
    take the place of the old. Raises Invalid, NotAllowed."""
    _demand_lender(by, owner)
    to = User.objects.filter(email__iexact=email.strip(), is_active=True).exclude(role=Role.SERVICE).first()
    today = at.astimezone(by.zone).date()
    if errors := _problems(to, by, level, until, reason, today):
        raise Invalid(errors[0].message, errors)
    values = {"by": by, "level": level, "until": until, "reason": one_line(reason)}
    key = {"noun": ShareNoun(noun), "subject": subject, "to": to, "revoked_at": None}
    share, made = Share.objects.select_for_update(no_key=True).get_or_create(**key, defaults=values)
    return share if made else save_changes(share, values)


def _demand_lender(by: User, owner: User | None) -> None:
    demand_write(by)
    if not may_lend(by, owner):
        raise NotAllowed(_("Поделиться записью может её владелец или его руководитель. Попросите их."))


def _problems(to: User | None, by: User, level: str, until: date, reason: str, today: date) -> list[FieldError]:
    found = []
    if to is None or to.pk == by.pk:
        found.append(FieldError("email", "unknown", _("Такого коллеги нет. Проверьте адрес почты.")))
    elif level == ShareLevel.WORK and not to.may_write:
        found.append(FieldError("level", "invalid", _("Этот коллега только читает. Выберите «Читать».")))
    if level not in ShareLevel.values:
        found.append(FieldError("level", "invalid", _("Выберите, что можно коллеге.")))
    if not today <= until <= today + LONGEST:
        message = _("Выберите день не раньше сегодня и не позже чем через %(days)s дней.") % {"days": LONGEST.days}
        found.append(FieldError("until", "range", message))
    if not one_line(reason):
        found.append(FieldError("reason", "required", _("Напишите, зачем коллеге эта запись.")))
    return found


def standing(noun: str, subject: UUID, today: date) -> "list[Share]":
    """To whom a record is lent today, for its card."""
    rows = Share.objects.filter(noun=noun, subject=subject, revoked_at__isnull=True, until__gte=today)
    return list(rows.select_related("to", "by"))


@transaction.atomic
def take_back(*, by: User, owner: User | None, subject: UUID, share: UUID, at: datetime) -> None:
    """End a share at once; ended already it stays so. Raises NotFound, NotAllowed."""
    _demand_lender(by, owner)
    found = Share.objects.select_for_update(no_key=True).filter(pk=share, subject=subject).first()
    if found is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    if found.revoked_at is None:
        save_changes(found, {"revoked_at": at})
