"""Who let the bank use his data: the further he came, the more surely; a few do not want letters any more."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from math import ceil
from random import Random
from uuid import UUID

from accounts.models import User
from agents.choices import ConsentPurpose, ConsentSource, Kind
from agents.models import Consent
from agents.services.consents import ConsentDraft, record_consents, withdraw_consent
from demo.drafting import SIGNED, VERBAL, Tale

# Of those spoken to, and of those who agreed on terms. Clients sign the bank's own papers later on, at the product.
PROCESSING = {Kind.AGENT: (0.65, 0.95), Kind.CLIENT: (0.15, 0.35)}
MARKETING, TRANSFER, WITHDRAWN = 0.5, 0.4, 0.08
NEW_TEXT_SINCE = timedelta(days=40)
WORDING = "согласен, отозвать могу в любой день"
EVIDENCE = {ConsentSource.PAPER: "Анкета в деле агента", ConsentSource.CALL: "Запись разговора на АТС"}
EARLY = (ConsentSource.SITE, ConsentSource.CALL, ConsentSource.MESSAGE)


def record(tales: Iterable[Tale], at: datetime, seed: int) -> int:
    """Write down consents of the tales' parties, each by the owner of his lead. Returns how many.

    Draws from a source of its own, so that the rest of the story is told the same with it as without.
    """
    random = Random(seed)  # noqa: S311 - a story, not a secret
    given: dict[User, list[tuple[UUID, ConsentDraft]]] = defaultdict(list)
    for tale in tales:
        given[tale.owner] += [(tale.lead.party_id, draft) for draft in _of(tale, random, at)]
    made = sum(record_consents(given=drafts, by=owner, at=at) for owner, drafts in given.items())
    letters = [
        (party, owner)
        for owner, drafts in given.items()
        for party, draft in drafts
        if draft.purpose == ConsentPurpose.MARKETING
    ]
    for party, owner in random.sample(letters, ceil(len(letters) * WITHDRAWN)):
        _withdraw([party], owner, at)
    return made


def _of(tale: Tale, random: Random, at: datetime) -> Iterator[ConsentDraft]:
    """Somebody found and not spoken to yet has agreed to nothing."""
    steps, furthest = tale.road.steps, tale.road.furthest
    if len(steps) < 2 or random.random() > PROCESSING[Kind(tale.plan.kind)][furthest >= VERBAL]:
        return
    moment = min(steps[min(len(steps) - 1, VERBAL)][1], at)
    source = ConsentSource.PAPER if furthest >= SIGNED else random.choice(EARLY)
    version = "2.0" if moment > at - NEW_TEXT_SINCE else "1.4"
    yield _draft(ConsentPurpose.PROCESSING, source, version, moment)
    if random.random() < MARKETING:
        yield _draft(ConsentPurpose.MARKETING, source, version, moment)
    if furthest >= SIGNED and random.random() < TRANSFER:
        yield _draft(ConsentPurpose.TRANSFER, ConsentSource.PAPER, version, moment)


def _draft(purpose: ConsentPurpose, source: ConsentSource, version: str, moment: datetime) -> ConsentDraft:
    text = f"{purpose.label}: {WORDING} ({version})"
    return ConsentDraft(purpose, source, version, moment, text=text, evidence=EVIDENCE.get(source, ""))


def _withdraw(parties: Iterable[UUID], owner: User, at: datetime) -> None:
    live = Consent.objects.filter(
        party_id__in=list(parties), purpose=ConsentPurpose.MARKETING, withdrawn_at__isnull=True
    )
    for consent in live:
        moment = consent.given_at + (at - consent.given_at) * 0.6
        withdraw_consent(consent=consent, by=owner, at=moment)
