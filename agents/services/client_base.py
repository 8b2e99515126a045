"""The size of an agent's client base: a number is worth little without its day and its source."""

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from agents.models import Party
from agents.services.parties import update_party
from common.errors import FieldError, Invalid
from common.text import one_line

MAX_BASE = 2_147_483_647


def set_client_base(
    *, agent: Party, by: User, size: int, known_at: date, source: str, today: date, expected_version: int | None = None
) -> Party:
    """What an agreement yields at least: how many clients the agent has, on which day, from whom it is known.

    Raises Invalid when the size is no count, the day has not come or nobody says where it is from, StaleVersion.
    """
    errors = []
    if not 0 <= size <= MAX_BASE:
        message = _("Размер базы — целое число от нуля до %(limit)s.") % {"limit": MAX_BASE}
        errors.append(FieldError("client_base_size", "range", message))
    if known_at > today:
        message = _("Размер базы не мог стать известен в будущем. Проверьте дату.")
        errors.append(FieldError("client_base_at", "future", message))
    if not one_line(source):
        errors.append(FieldError("client_base_source", "required", _("Напишите, откуда известен размер базы.")))
    if errors:
        raise Invalid(errors[0].message, errors)
    changes = {"client_base_size": size, "client_base_at": known_at, "client_base_source": one_line(source)[:200]}
    return update_party(party=agent, by=by, changes=changes, expected_version=expected_version)
