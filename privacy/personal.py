"""What this room holds of people, and what Django and its applications do."""

import json
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _
from pghistory.models import Context, Events, MiddlewareEvents

from audit.models import Anchoring, Reach, Segment, View
from audit.redaction import retire_views
from common.personal import Ages, Aside, Holds, Whom
from common.words import holds_any
from privacy.choices import ACT_KEPT
from privacy.models import Erasure, LegalHold, RetentionRule, RetentionRun, SubjectExport

_OF_PARTY = {"party": "agents.Party"}
_EVENTS = "pgh_slug pgh_model pgh_label pgh_data pgh_diff pgh_context pgh_obj_model pgh_obj_id"

HOLDS = (
    Holds(LegalHold, _("Запреты на удаление"), via=_OF_PARTY, keep="reason"),
    Holds(Erasure, _("Требования об удалении"), via=_OF_PARTY, keep="letter counts done", untold="act extract"),
    Holds(
        SubjectExport, _("Выгрузки данных человека"), via=_OF_PARTY, erase="archive", keep="sha256", untold="archive"
    ),
)
PLAIN: Mapping[type[models.Model], str] = {
    RetentionRule: "key",
    RetentionRun: "key",
    # Of colleagues and of the system itself; a view over all events is no table of its own.
    Segment: "table columns pks digests note key link",
    Reach: "table",
    Anchoring: "link",
    View: "token_key route fields purpose ip request_id",
    Context: "metadata",
    Events: _EVENTS,
    MiddlewareEvents: f"{_EVENTS} url",
    Permission: "name codename",
    Group: "name",
    ContentType: "app_label model",
    EmailAddress: "email",
    Authenticator: "data",
    EmailConfirmation: "key",
}


AGES = (
    # Looks are sealed in the chain: what goes leaves a signed link (audit.redaction).
    Ages(
        "views", _("Журнал просмотров"), 1826, lambda before: View.objects.filter(at__lt=before), least=365,
        drop=lambda before, at: retire_views(before=before, at=at),
    ),
    # The row stays, without the paper: by it a restored copy forgets the person again.
    Ages(
        "acts", _("Акты об удалении"), ACT_KEPT.days,
        lambda before: Erasure.objects.filter(finished_at__lt=before).exclude(act=b""),
        clear={"act": b"", "extract": []}, party=("party",), least=ACT_KEPT.days,
    ),
)  # fmt: skip


def _store() -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore


def _sessions(whom: Whom) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Sessions are packed, so all are opened: some ten thousand a second."""
    for session in _store().get_model_class().objects.iterator():
        kept = _store()().decode(session.session_data)
        if holds_any(json.dumps(kept, ensure_ascii=False, default=str), (*whom.words, *whom.ids)):
            yield session, kept


def _tell_sessions(whom: Whom) -> Iterator[Mapping[str, Any]]:
    for _session, kept in _sessions(whom):
        yield {key: value for key, value in kept.items() if not key.startswith("_")}


def _forget_sessions(whom: Whom) -> int:
    """What a page had remembered for its reader goes; he stays signed in."""
    total = 0
    for session, kept in list(_sessions(whom)):
        left = {key: value for key, value in kept.items() if key.startswith(("_", "account"))}
        session.session_data = _store()().encode(left)
        session.save(update_fields=["session_data"])
        total += 1
    return total


ASIDES = (Aside("sessions", _("Сеансы сотрудников"), _tell_sessions, _forget_sessions),)
