"""The door to one row of a plan."""

from uuid import UUID

from accounts.access import one_visible
from accounts.models import User
from plans.models import LeadPlan


def get_plan_for(user: User, pk: UUID | str, *, lock: bool = False) -> LeadPlan:
    """Raises NotFound, the same for hidden and missing."""
    return one_visible(LeadPlan.objects.for_list(), user, pk, lock=lock)
