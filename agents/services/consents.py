"""Consents: for what a party lets the bank use its data, by which text, and when it took that back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import User
from agents.choices import ConsentEnd, ConsentPurpose, ConsentSource
from agents.models import Consent, Party
from agents.services import wordings
from common.errors import FieldError, Invalid, Refused
from common.text import one_line

VERSION_LENGTH = 40
EVIDENCE_LENGTH = 300
TEXT_LENGTH = 20_000


@dataclass(frozen=True, slots=True)
class ConsentDraft:
    """``text_version`` names the wording that was agreed to: its number or its day; ``text`` is the wording itself,
    kept as a fingerprint. Without ``expires_at`` the term of the purpose holds (``CONSENT_DAYS``), where it has one."""

    purpose: str
    source: str
    text_version: str
    given_at: datetime
    text: str = ""
    evidence: str = ""
    expires_at: datetime | None = None


class ConsentStands(Refused):
    """The party has given a consent for this purpose, and it is in force."""

    code: ClassVar[str] = "duplicate"
    status: ClassVar[int] = 409


def record_consent(*, party: Party, by: User, at: datetime, **given: Any) -> Consent:
    """Write down a consent; ``given`` are the fields of ``ConsentDraft``. One whose term is over makes room.

    Raises Invalid, NotAllowed, or ConsentStands while one for the same purpose is in force.
    """
    demand_write(by)
    draft = tidy(ConsentDraft(**given))
    if errors := problems(draft, at):
        raise Invalid(errors[0].message, errors)
    try:
        with transaction.atomic():
            _make_room([party.pk], at)
            consent = _build(party.pk, draft, wordings.known(_wordings_of([draft])))
            consent.save()
    except IntegrityError as error:  # told by the constraint, since two people may write the same one down at once
        raise _stands(draft) from error
    return consent


@transaction.atomic
def record_consents(
    *, given: Iterable[tuple[UUID, ConsentDraft]], by: User, at: datetime, batch: UUID | None = None
) -> int:
    """Write down many at once, by party id; those that are in force already stay as they are. Returns how many were
    given. ``batch`` is the import that they come with. Raises Invalid for the first one that does not fit, and then
    writes none."""
    demand_write(by)
    drafts = [(party_id, tidy(draft)) for party_id, draft in given]
    for _party_id, draft in drafts:
        if errors := problems(draft, at):
            raise Invalid(errors[0].message, errors)
    _make_room([party_id for party_id, _draft in drafts], at)
    known = wordings.known(_wordings_of(draft for _party_id, draft in drafts))
    rows = [_build(party_id, draft, known, batch) for party_id, draft in drafts]
    Consent.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return len(rows)


def withdraw_consent(*, consent: Consent, by: User, at: datetime) -> Consent:
    """End a consent; one that was withdrawn before keeps its day. Given again, it is a new record."""
    demand_write(by)
    Consent.objects.filter(pk=consent.pk, withdrawn_at__isnull=True).update(withdrawn_at=at)
    consent.refresh_from_db(fields=["withdrawn_at"])
    return consent


def end_of_batch(*, batch: UUID, at: datetime, end: ConsentEnd, most: int) -> int:
    """Withdraw what an import gave and is still in force, ``most`` at a time: nobody stands behind it any more. What
    was in force before the import, and what was given since, is not of it. Returns how many were withdrawn."""
    with transaction.atomic():
        standing = Consent.objects.filter(batch=batch, withdrawn_at__isnull=True).order_by("pk")
        ids = list(standing.select_for_update(no_key=True).values_list("pk", flat=True)[:most])
        return Consent.objects.filter(pk__in=ids).update(withdrawn_at=at, end_reason=end)


def problems(draft: ConsentDraft, at: datetime) -> list[FieldError]:
    """What is wrong with a consent by itself."""
    found = []
    if draft.purpose not in ConsentPurpose.values:
        found.append(FieldError("purpose", "required", _("Выберите, на что дано согласие.")))
    if draft.source not in ConsentSource.values:
        found.append(FieldError("source", "required", _("Выберите, как получено согласие.")))
    if not draft.text_version:
        message = _("Укажите редакцию текста, на который согласились: её номер или дату.")
        found.append(FieldError("text_version", "required", message))
    elif len(draft.text_version) > VERSION_LENGTH:
        message = _("Редакция текста длиннее %(limit)s знаков. Оставьте номер или дату.") % {"limit": VERSION_LENGTH}
        found.append(FieldError("text_version", "too_long", message))
    if draft.given_at > at:
        found.append(FieldError("given_at", "future", _("Согласие не могли дать в будущем. Проверьте дату.")))
    if draft.expires_at is not None and draft.expires_at <= draft.given_at:
        found.append(FieldError("expires_at", "order", _("Согласие кончается раньше, чем дано. Проверьте даты.")))
    return found + _too_long(draft)


def _too_long(draft: ConsentDraft) -> list[FieldError]:
    found = []
    for name, words, limit in (("evidence", draft.evidence, EVIDENCE_LENGTH), ("text", draft.text, TEXT_LENGTH)):
        if len(words) > limit:
            found.append(FieldError(name, "too_long", _("Длиннее %(limit)s знаков. Сократите.") % {"limit": limit}))
    return found


def tidy(draft: ConsentDraft) -> ConsentDraft:
    """As it is kept: in one line, and with the end of the purpose's term where no other was named."""
    days = settings.CONSENT_DAYS.get(draft.purpose)
    end = draft.expires_at or (draft.given_at + timedelta(days=days) if days else None)
    version, evidence = one_line(draft.text_version), one_line(draft.evidence)
    return replace(draft, text_version=version, evidence=evidence, expires_at=end)


def _make_room(party_ids: list[UUID], at: datetime) -> None:
    """What has run out is closed with the day it did: only one that was not closed stands for a purpose."""
    over = Consent.objects.filter(party_id__in=party_ids, withdrawn_at__isnull=True, expires_at__lte=at)
    over.update(withdrawn_at=F("expires_at"))


def _wordings_of(drafts: Iterable[ConsentDraft]) -> set[wordings.Wording]:
    return {(draft.purpose, draft.text_version) for draft in drafts if not draft.text.strip()}


def _build(
    party_id: UUID, draft: ConsentDraft, known: Mapping[wordings.Wording, str], batch: UUID | None = None
) -> Consent:
    return Consent(
        party_id=party_id, purpose=draft.purpose, source=draft.source, text_version=draft.text_version,
        text_hash=wordings.fingerprint(draft.text) or known.get((draft.purpose, draft.text_version), ""),
        evidence=draft.evidence, given_at=draft.given_at, expires_at=draft.expires_at, batch=batch,
    )  # fmt: skip


def _stands(draft: ConsentDraft) -> ConsentStands:
    message = _("Согласие «%(purpose)s» уже действует. Чтобы записать новое, сначала отзовите прежнее.")
    message %= {"purpose": ConsentPurpose(draft.purpose).label}
    return ConsentStands(message, [FieldError("purpose", "duplicate", message)])
