"""The door to one hypothesis."""

from uuid import UUID

from accounts.access import one_visible
from accounts.models import User
from hypotheses.models import Hypothesis


def get_hypothesis_for(user: User, pk: UUID | str, *, lock: bool = False) -> Hypothesis:
    """Raises NotFound, the same for hidden and missing."""
    return one_visible(Hypothesis.objects.for_list(), user, pk, lock=lock)
