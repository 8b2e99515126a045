"""A person's own settings: ways and modes, the digest, quiet hours, leads he wants to hear of more quietly."""

from collections.abc import Mapping
from datetime import time

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.changes import save_changes
from common.errors import FieldError, Invalid
from leads.models import Lead
from notifications.choices import Mode, NoticeKind, Quiet, Way, usual_mode
from notifications.models import Mute, NotificationSettings

Modes = Mapping[str, Mapping[str, str]]


def settings_of(user: User) -> NotificationSettings:
    """The person's settings; an unsaved row with the defaults when he has chosen nothing yet."""
    known: NotificationSettings | None = getattr(user, "notification_settings", None)
    return known or NotificationSettings(user=user)


def wants(user: User, kind: str) -> bool:
    """Whether the person wants to hear of this outside the browser by any way at all."""
    chosen = settings_of(user)
    return any(chosen.mode(way, kind) != Mode.NONE for way in Way.values)


@transaction.atomic
def save_settings(
    *, user: User, modes: Modes, digest_at: time, quiet: str, quiet_from: time | None, quiet_to: time | None
) -> NotificationSettings:
    """Write the whole of it; the same again changes nothing. Raises Invalid."""
    errors = [*_wrong_modes(modes), *_wrong_quiet(quiet, quiet_from, quiet_to)]
    if errors:
        raise Invalid(errors[0].message, errors)
    own = {
        way: {kind: mode for kind, mode in kinds.items() if mode != usual_mode(user.role, way, kind)}
        for way, kinds in modes.items()
    }
    NotificationSettings.objects.get_or_create(user=user)
    row = NotificationSettings.objects.select_for_update(no_key=True).get(user=user)
    return save_changes(
        row,
        {"modes": own, "digest_at": digest_at, "quiet": quiet, "quiet_from": quiet_from, "quiet_to": quiet_to},
    )


def _wrong_modes(modes: Modes) -> list[FieldError]:
    return [
        FieldError(f"{way}-{kind}", "invalid", _("Выберите из списка."))
        for way, kinds in modes.items()
        for kind, mode in kinds.items()
        if way not in Way.values or kind not in NoticeKind.values or mode not in Mode.values
    ]


def _wrong_quiet(quiet: str, start: time | None, end: time | None) -> list[FieldError]:
    if quiet not in Quiet.values:
        return [FieldError("quiet", "invalid", _("Выберите из списка."))]
    if quiet != Quiet.OWN:
        return []
    if start is None or end is None:
        empty = "quiet_from" if start is None else "quiet_to"
        return [FieldError(empty, "required", _("Укажите, с какого и до какого часа держать тишину."))]
    if start == end:
        return [FieldError("quiet_to", "range", _("Начало и конец тишины совпадают. Измените одно из них."))]
    return []


@transaction.atomic
def mute(*, user: User, lead: Lead) -> None:
    """From now on this lead's lines come read already and leave by no way. Twice is once."""
    Mute.objects.bulk_create([Mute(user=user, lead=lead)], ignore_conflicts=True)


@transaction.atomic
def unmute(*, user: User, lead: Lead) -> None:
    Mute.objects.filter(user=user, lead=lead).delete()
