"""The doors to calls."""

from uuid import UUID

from accounts.access import one_visible
from accounts.models import User
from calls.models import Call


def get_call_for(user: User, pk: UUID | str, *, lock: bool = False) -> Call:
    """Raises NotFound, the same for hidden and missing."""
    return one_visible(Call.objects.for_list(), user, pk, lock=lock)
