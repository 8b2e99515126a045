"""Taking leads in: one function for a form, an API call, a bulk call and an import. Batch-first, so that the rules
stand once and ten thousand rows cost a few statements a batch."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.access import demand_write
from accounts.models import User
from funnel.choices import Origin
from jobs import versions
from jobs.versions import StaleMessage
from leads.drafts import LeadDraft, Taken
from leads.models import Lead
from leads.services.arriving import Arriving

_RETRIES = 3


def take_in_one(*, draft: LeadDraft, by: User, at: datetime, origin: str = Origin.PAGE) -> Lead:
    """Take in a single lead. Raises what ``take_in`` would report: Invalid, KnownParty, KnownLead, GateClosed."""
    taken = take_in(drafts=[draft], by=by, at=at, origin=origin)[0]
    if taken.refusal is not None:
        raise taken.refusal
    return Lead.objects.for_card().get(pk=taken.lead_id)


def take_in_turns(
    *, drafts: Sequence[LeadDraft], by: User, at: datetime, origin: str, all_or_none: bool = False
) -> list[Taken]:
    """Take in messages of another system in their order: a second one about the same record comes after the first.

    With ``all_or_none`` one refusal undoes them all, and the answers say what would have been; an older message than
    is known (``versions.StaleMessage``) undoes nothing, it is left out.
    """
    answers: dict[int, Taken] = {}
    with transaction.atomic():
        for turn in versions.turns([draft.pair for draft in drafts]):
            taken = take_in(drafts=[drafts[index] for index in turn], by=by, at=at, origin=origin)
            answers |= dict(zip(turn, taken, strict=True))
        if all_or_none and any(refuses(one) for one in answers.values()):
            transaction.set_rollback(True)
    return [answers[index] for index in range(len(drafts))]


def refuses(taken: Taken) -> bool:
    return taken.refusal is not None and not isinstance(taken.refusal, StaleMessage)


def take_in(
    *,
    drafts: Sequence[LeadDraft],
    by: User,
    at: datetime,
    origin: str,
    batch: UUID | None = None,
    update_known: bool = False,
) -> list[Taken]:
    """Take in leads; the answer stands in the order of the drafts, and the good ones go in past the refused.

    A draft whose ``source`` and ``external_id`` are known updates that lead; the same draft again changes nothing.
    With ``update_known`` an open lead of the same party, initiative and product is updated too, instead of refused.
    A party is found by its external id, tax number or contact, else made. A draft with ``history`` enters its
    stages at the given times without gates (they were passed elsewhere, and the entries say so); one without
    enters the first stage through its gate. Raises NotAllowed for those who only read.
    """
    demand_write(by)
    for attempt in range(_RETRIES):
        try:
            with transaction.atomic():
                return Arriving(drafts, by, at, origin, batch, update_known=update_known).run()
        except IntegrityError:  # another transaction took in the same external id or number a moment ago
            if attempt == _RETRIES - 1:
                raise
    raise AssertionError("unreachable")
