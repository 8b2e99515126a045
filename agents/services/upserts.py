"""An agent or a client as another system knows him: made when he is new to us, changed when he is not."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from accounts.access import demand_write
from accounts.models import User
from agents.models import Party
from agents.services.contacts import lock_contacts
from agents.services.parties import (
    KnownParty,
    PartyDraft,
    create_party,
    known_message,
    problems,
    save_contacts,
    update_party,
)
from common.errors import Invalid
from jobs import versions

NOUN = "party"


@transaction.atomic
def upsert_party(
    *,
    by: User,
    draft: PartyDraft,
    changes: Mapping[str, Any],
    owner: User | None = None,
    source_version: int | None = None,
) -> tuple[Party, bool]:
    """The party of the draft's ``source`` and ``external_id``, and whether it was made now.

    A known one takes over ``changes`` and the contacts that it had not; the same again changes nothing. Raises
    Invalid, NotAllowed, KnownParty (somebody else's, or the number is another's), StaleMessage.
    """
    demand_write(by)
    lock_contacts(draft.contacts)
    known = _locked(draft)
    if known is None:
        try:
            with transaction.atomic():
                party, made = create_party(by=by, draft=draft, owner=owner), True
        except IntegrityError as error:
            raise KnownParty(known_message(Party(), visible=False), None) from error
    else:
        party, made = _changed(known, by, draft, changes, source_version), False
    if source_version is not None:
        versions.note(noun=NOUN, given={(draft.source, draft.external_id): source_version})
    return party, made


def _locked(draft: PartyDraft) -> Party | None:
    rows = Party.objects.filter(source=draft.source, external_id=draft.external_id)
    return rows.exclude(external_id="").select_for_update(no_key=True, of=("self",)).first()


def _changed(
    known: Party, by: User, draft: PartyDraft, changes: Mapping[str, Any], source_version: int | None
) -> Party:
    visible = Party.objects.visible_to(by).filter(pk=known.pk, kind=draft.kind).exists()
    if not visible:
        raise KnownParty(known_message(known, visible=False), None)
    pair = draft.source, draft.external_id
    versions.demand_newer(versions.newest(noun=NOUN, pairs=[pair]).get(pair), source_version)
    if errors := problems(draft):
        raise Invalid(errors[0].message, errors)
    save_contacts([known], [draft])
    return update_party(party=known, by=by, changes=changes)
