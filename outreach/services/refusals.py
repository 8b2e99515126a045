"""«Больше не писать»: by the link in a letter, by a word in a reply, by hand; and taking it back at a person's wish."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import User
from agents.models import Consent, Party
from agents.services.consents import ConsentDraft, record_consent, withdraw_consent
from common.errors import FieldError, Invalid
from common.text import has_control_characters, one_line
from outreach.choices import OptOutSource
from outreach.models import Message, OptOut

REASON_LENGTH = 300


@transaction.atomic
def opt_out(*, message: Message, source: OptOutSource, at: datetime) -> None:
    """The party of this message is written to no more, by any campaign; said twice, the first counts."""
    refusal = OptOut(
        party_id=message.party_id, channel=message.channel, address=message.address, source=source, at=at,
        message=message,
    )  # fmt: skip
    OptOut.objects.bulk_create([refusal], ignore_conflicts=True)


@transaction.atomic
def opt_out_by_hand(*, party: Party, by: User, at: datetime) -> None:
    """A colleague writes down what he was told by word of mouth. Raises NotAllowed."""
    demand_write(by)
    OptOut.objects.bulk_create([OptOut(party=party, source=OptOutSource.HAND, at=at)], ignore_conflicts=True)


@transaction.atomic
def lift(*, refusal: OptOut, by: User, at: datetime, reason: str, consent: ConsentDraft) -> OptOut:
    """Write to somebody again who refused: he has changed his mind, and said so in a consent of a later day.

    The refusal stays with who lifted it and why; the consent that stood before ends, the new one stands. Lifted twice
    it changes nothing. Raises Invalid (no reason, a consent as old as the refusal, an address that is nobody's),
    NotAllowed.
    """
    demand_write(by)
    current = OptOut.objects.select_for_update(no_key=True).get(pk=refusal.pk)
    if current.lifted_at is not None:
        return current
    party = current.party or (current.message.party if current.message else None)
    words = one_line(reason)
    if errors := [*_wrong_reason(words), *_wrong_consent(current, party, consent)]:
        raise Invalid(errors[0].message, errors)
    given = _anew(party, by, at, consent) if party is not None else None
    current.lifted_at, current.lifted_by, current.lift_reason, current.consent = at, by, words, given
    current.save(update_fields=["lifted_at", "lifted_by", "lift_reason", "consent"])
    return current


def _anew(party: Party, by: User, at: datetime, draft: ConsentDraft) -> Consent:
    """The consent of before ends where the new one begins: one of a purpose is in force."""
    for standing in party.consents.filter(purpose=draft.purpose, withdrawn_at__isnull=True):
        withdraw_consent(consent=standing, by=by, at=at)
    return record_consent(party=party, by=by, at=at, **asdict(draft))


def _wrong_reason(words: str) -> list[FieldError]:
    if not words:
        return [FieldError("reason", "required", _("Напишите, почему снова можно писать: кто попросил и когда."))]
    if len(words) > REASON_LENGTH:
        text = _("Помещается %(limit)d знаков. Сократите.") % {"limit": REASON_LENGTH}
        return [FieldError("reason", "too_long", text)]
    if has_control_characters(words):
        return [FieldError("reason", "unreadable", _("В тексте есть знаки, которые нельзя сохранить. Уберите их."))]
    return []


def _wrong_consent(refusal: OptOut, party: Party | None, consent: ConsentDraft) -> list[FieldError]:
    if party is None:
        text = _("Этот адрес ни за кем не записан: согласие дать некому. Сначала заведите агента или клиента.")
        return [FieldError("refusal", "nobody", text)]
    if consent.given_at <= refusal.at:
        text = _("Согласие должно быть дано после отказа. Укажите более поздний день.")
        return [FieldError("given_at", "order", text)]
    return []


def message_of(message_id: UUID | None) -> Message | None:
    """The message that an opt-out link came with."""
    return Message.objects.filter(pk=message_id).first() if message_id else None
