"""Consents: for what a party lets the bank use its data, by which text, and when it took that back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import User
from agents.choices import ConsentPurpose, ConsentSource
from agents.models import Consent, Party
from common.errors import FieldError, Invalid, Refused
from common.text import one_line

VERSION_LENGTH = 40


@dataclass(frozen=True, slots=True)
class ConsentDraft:
    """``text_version`` names the wording that was agreed to: its number or its day."""

    purpose: str
    source: str
    text_version: str
    given_at: datetime


class ConsentStands(Refused):
    """The party has given a consent for this purpose, and it is in force."""

    code: ClassVar[str] = "duplicate"
    status: ClassVar[int] = 409


def record_consent(
    *, party: Party, by: User, at: datetime, purpose: str, source: str, text_version: str, given_at: datetime
) -> Consent:
    """Write down a consent. Raises Invalid, NotAllowed, or ConsentStands while one for the same purpose is in force."""
    demand_write(by)
    draft = ConsentDraft(purpose, source, one_line(text_version), given_at)
    if errors := problems(draft, at):
        raise Invalid(errors[0].message, errors)
    consent = _build(party.pk, draft)
    try:
        with transaction.atomic():
            consent.save()
    except IntegrityError as error:  # told by the constraint, since two people may write the same one down at once
        raise _stands(draft) from error
    return consent


def record_consents(*, given: Iterable[tuple[UUID, ConsentDraft]], by: User, at: datetime) -> int:
    """Write down many at once, by party id; those that are in force already stay as they are. Returns how many were
    given. Raises Invalid for the first one that does not fit, and then writes none."""
    demand_write(by)
    rows = []
    for party_id, draft in given:
        if errors := problems(draft, at):
            raise Invalid(errors[0].message, errors)
        rows.append(_build(party_id, draft))
    Consent.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return len(rows)


def withdraw_consent(*, consent: Consent, by: User, at: datetime) -> Consent:
    """End a consent; one that was withdrawn before keeps its day. Given again, it is a new record."""
    demand_write(by)
    Consent.objects.filter(pk=consent.pk, withdrawn_at__isnull=True).update(withdrawn_at=at)
    consent.refresh_from_db(fields=["withdrawn_at"])
    return consent


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
    return found


def _build(party_id: UUID, draft: ConsentDraft) -> Consent:
    return Consent(
        party_id=party_id,
        purpose=draft.purpose,
        source=draft.source,
        text_version=one_line(draft.text_version),
        given_at=draft.given_at,
    )


def _stands(draft: ConsentDraft) -> ConsentStands:
    message = _("Согласие «%(purpose)s» уже действует. Чтобы записать новое, сначала отзовите прежнее.")
    message %= {"purpose": ConsentPurpose(draft.purpose).label}
    return ConsentStands(message, [FieldError("purpose", "duplicate", message)])
