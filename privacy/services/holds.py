"""A legal hold: put upon a person, and lifted."""

from datetime import datetime
from typing import ClassVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from agents.models import Party
from common.changes import save_changes
from common.errors import FieldError, Invalid, Refused
from common.text import one_line
from privacy.access import demand_officer
from privacy.models import LegalHold

LONGEST = 300


class Held(Refused):
    """A legal hold stands: nothing about the person may be erased."""

    code: ClassVar[str] = "legal_hold"
    status: ClassVar[int] = 409


@transaction.atomic
def put(*, party: Party, by: User, reason: str) -> LegalHold:
    """Nothing about the person goes until it is lifted. Where one stands already, it stays as it is. Raises Invalid."""
    demand_officer(by)
    words = one_line(reason)
    if not words or len(words) > LONGEST:
        message = _("Назовите основание запрета: спор, запрос суда. До %(limit)s знаков.") % {"limit": LONGEST}
        raise Invalid(message, [FieldError("reason", "required", message)])
    try:
        with transaction.atomic():
            return LegalHold.objects.create(party=party, by=by, reason=words)
    except IntegrityError:  # told by the constraint, since two people may put it at once
        return LegalHold.objects.get(party=party, lifted_at__isnull=True)


@transaction.atomic
def lift(*, hold: LegalHold, by: User, at: datetime) -> LegalHold:
    """Harmless to repeat: it keeps its first day."""
    demand_officer(by)
    locked = LegalHold.objects.select_for_update(no_key=True).get(pk=hold.pk)
    return locked if locked.lifted_at else save_changes(locked, {"lifted_at": at, "lifted_by": by})


def demand_free(party: Party) -> None:
    """Raises Held. Call it inside the transaction that takes data away."""
    if LegalHold.objects.select_for_update().filter(party=party, lifted_at__isnull=True).exists():
        raise held()


def held() -> Held:
    return Held(_("О человеке стоит запрет на удаление. Пока он не снят, данные остаются."))
