"""The doors to leads and what hangs off them."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.access import one_visible
from accounts.models import User
from accounts.roles import LEADS_A_TEAM
from accounts.scope import may_change
from common.errors import NotFound
from leads.models import Blocker, Lead
from leads.querysets import FactQuerySet


def get_lead_for(user: User, pk: UUID | str, *, lock: bool = False) -> Lead:
    """A lead with all that its card shows. Raises NotFound, the same for hidden and missing."""
    return one_visible(Lead.objects.for_card(), user, pk, lock=lock)


def get_fact_for(user: User, facts: FactQuerySet, pk: UUID | str) -> Any:
    """One of these facts behind a gate, seen with its lead. Raises NotFound."""
    return one_visible(facts, user, pk)


def get_blocker_for(user: User, pk: UUID | str) -> Blocker:
    """A blocker is the bank's own trouble: whoever works here may see it. Raises NotFound."""
    return one_visible(Blocker.objects.select_related("product"), user, pk)


def get_counted_blocker_for(user: User, pk: UUID | str) -> Blocker:
    """The same with what it holds back, of the leads that the user may see. Raises NotFound."""
    rows = Blocker.objects.with_margin_held(Lead.objects.visible_to(user)).select_related("product")
    return one_visible(rows, user, pk)


def may_work_on(user: User, lead: Lead) -> bool:
    """Whether a lead that this person sees is more than lent to him for reading: what would be refused is not offered.
    No query."""
    return may_change(user, lead.pk, owner_id=lead.owner_id, team_id=lead.team_id)


def locked(lead: Lead) -> Lead:
    """The lead's row as it is now, locked until the end of the transaction; foreign keys to it are not blocked."""
    found = all_locked([lead.pk]).get(lead.pk)
    if found is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return found


def all_locked(ids: Collection[UUID]) -> dict[UUID, Lead]:
    """The same for several leads, by id. Locked in the order of the ids: two batches that share leads cannot meet
    head on.

    The lock is taken without joins, and the row read after: PostgreSQL judges a joined row that was waited for by
    the old partner, so that a lead whose stage changed meanwhile would seem not to exist.
    """
    bare = Lead.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    held = list(bare.values_list("pk", flat=True))
    rows = Lead.objects.select_related("stage", "party", "owner", "team").filter(pk__in=held)
    return {lead.pk: lead for lead in rows}


def may_waive_gates(user: User) -> bool:
    """A sales head may let a lead through a gate, with a written reason that stays in the log."""
    return user.role in LEADS_A_TEAM
