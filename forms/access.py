"""The doors to forms: everybody to one that works, by its key; administrators and auditors to all, by id."""

from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.access import demand_settings
from accounts.models import User
from common.errors import NotFound
from forms.models import PublicForm, Submission

R = TypeVar("R")


def get_open_form(key: str) -> PublicForm:
    """A form that takes answers. Raises NotFound, the same for paused and missing."""
    found: PublicForm | None = PublicForm.objects.filter(key=key, active=True).first()
    return _found(found)


def get_form_for(user: User, pk: UUID | str) -> PublicForm:
    """Raises NotAllowed, NotFound."""
    demand_settings(user)
    found: PublicForm | None = PublicForm.objects.visible_to(user).filter(pk=pk).first()
    return _found(found)


def get_submission_for(user: User, pk: UUID | str) -> Submission:
    """Raises NotAllowed, NotFound."""
    demand_settings(user)
    found: Submission | None = Submission.objects.for_list().visible_to(user).filter(pk=pk).first()
    return _found(found)


def _found(row: R | None) -> R:
    if row is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return row
