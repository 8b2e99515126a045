"""Writing calls down: one function for the API, the exchange's webhook and the demo."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import demand_write, one_visible
from accounts.models import User
from accounts.roles import Role
from accounts.scope import may_see_owner
from agents.models import Party
from calls import finding
from calls.choices import LONGEST_SECONDS, CallResult, Direction
from calls.events import CallLogged
from calls.models import Call
from common import phones
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid, Refused
from common.events import publish
from jobs import versions
from leads.models import Lead
from leads.services.touching import touch

RECORDING = URLValidator(schemes=["https"])
CLOCK_SKEW = timedelta(minutes=5)
"""By how much the exchange's clock may be ahead of ours."""
EDITABLE = frozenset(
    {"direction", "at", "duration_seconds", "result", "recording_url", "phone", "lead", "party", "owner"}
)


class KnownCall(Refused):
    """A call with this external id is there. ``call`` is set where the caller may see it."""

    code: ClassVar[str] = "duplicate"
    status: ClassVar[int] = 409

    def __init__(self, message: str, call: Call | None) -> None:
        super().__init__(message, [FieldError("external_id", "duplicate", message)])
        self.call = call


class Status(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class CallDraft:
    """Who was on the line may be named (``party``, ``lead``: rows that the caller sees) or found by ``phone``.

    ``owner`` is the employee who talked. ``source_version`` orders messages about one call.
    """

    direction: str
    at: datetime
    result: str
    duration_seconds: int = 0
    phone: str = ""
    recording_url: str = ""
    party: Party | None = None
    lead: Lead | None = None
    owner: User | None = None
    source: str = ""
    external_id: str = ""
    source_version: int | None = None


@dataclass(frozen=True, slots=True)
class Logged:
    call: Call
    status: Status


def log_call(*, draft: CallDraft, by: User, at: datetime, fresh: bool = False) -> Logged:
    """Write a call down; the same external id again updates it, or with ``fresh`` is refused.

    Raises Invalid with every error at once, NotAllowed, StaleMessage for an older ``source_version``, and KnownCall:
    always for an external id that is out of the caller's sight.
    """
    demand_write(by)
    if errors := problems(draft, at):
        raise Invalid(errors[0].message, errors)
    try:
        with transaction.atomic():
            return _log(draft, by, at, fresh=fresh)
    except IntegrityError:  # another transaction wrote the same external id a moment ago: now it is there to update
        with transaction.atomic():
            return _log(draft, by, at, fresh=fresh)


@transaction.atomic
def update_call(
    *, call: Call, by: User, at: datetime, changes: Mapping[str, Any], expected_version: int | None = None
) -> Call:
    """Mend a call. Raises Invalid, NotAllowed, StaleVersion."""
    demand_write(by)
    if foreign := sorted(set(changes) - EDITABLE):
        message = _("Это поле не меняется.")
        raise Invalid(message, [FieldError(name, "read_only", message) for name in foreign])
    current = _locked(call)
    check_version(current, expected_version, changes)
    draft = _draft_of(current, changes)
    if errors := problems(draft, at):
        raise Invalid(errors[0].message, errors)
    _demand_sight(draft, by)
    values = {name: getattr(draft, name) for name in EDITABLE} | {"phone": phones.normalise(draft.phone) or ""}
    team = finding.team_of(draft.owner, draft.lead, draft.party, by) or current.team
    return save_changes(current, values | {"team": team})


def problems(draft: CallDraft, at: datetime) -> list[FieldError]:
    """What is wrong with the draft by itself."""
    found = []
    if draft.direction not in Direction.values:
        found.append(FieldError("direction", "invalid_choice", _("Направление: in или out.")))
    if draft.result not in CallResult.values:
        found.append(FieldError("result", "invalid_choice", _("Неизвестный результат звонка.")))
    if not 0 <= draft.duration_seconds <= LONGEST_SECONDS:
        found.append(FieldError("duration_seconds", "range", _("Длительность — от 0 до 86 400 секунд.")))
    if draft.at > at + CLOCK_SKEW:
        found.append(FieldError("at", "future", _("Звонок не мог начаться в будущем. Проверьте время и пояс.")))
    if draft.phone and phones.normalise(draft.phone) is None:
        found.append(FieldError("phone", "invalid", _("Проверьте номер: нужен телефон с кодом страны или города.")))
    if draft.recording_url and not _is_recording(draft.recording_url):
        found.append(FieldError("recording_url", "invalid", _("Ссылка на запись — адрес https до 500 знаков.")))
    if draft.external_id and not draft.source:
        found.append(FieldError("source", "required", _("Вместе с external_id назовите source: чей это номер.")))
    if draft.lead is not None and draft.party is not None and draft.lead.party_id != draft.party.pk:
        found.append(FieldError("lead", "conflict", _("Лид — по другому агенту или клиенту.")))
    return found


def _is_recording(url: str) -> bool:
    """An address to show as a link and never to fetch; one that carries a password would show it to every reader."""
    try:
        RECORDING(url)
    except ValidationError:
        return False
    return len(url) <= 500 and "@" not in url.partition("://")[2].partition("/")[0]


def _log(draft: CallDraft, by: User, at: datetime, *, fresh: bool) -> Logged:
    _demand_sight(draft, by)
    known = _known(draft, by)
    if known is not None and fresh:
        raise KnownCall(_("Звонок с таким внешним номером уже есть. Чтобы обновить его, пришлите PUT."), known)
    if known is not None:
        return _again(known, draft, by)
    call = Call(source=draft.source, external_id=draft.external_id, **_columns(draft, by))
    call.save(force_insert=True)
    if call.is_talk and call.lead is not None:
        touch(lead=call.lead, by=by, at=min(call.at, at))
    publish(
        CallLogged(
            call_id=call.pk, lead_id=call.lead_id, party_id=call.party_id, owner_id=call.owner_id,
            direction=call.direction, result=call.result, duration_seconds=call.duration_seconds, by_id=by.pk, at=at,
        )
    )  # fmt: skip
    return Logged(call, Status.CREATED)


def _again(known: Call, draft: CallDraft, by: User) -> Logged:
    versions.demand_newer(known.source_version, draft.source_version)
    version = known.version
    changed = save_changes(known, _columns(draft, by, known=known))
    return Logged(changed, Status.UNCHANGED if changed.version == version else Status.UPDATED)


def _known(draft: CallDraft, by: User) -> Call | None:
    """The call of this external id, locked. Raises KnownCall where the caller may not see it."""
    if not draft.external_id:
        return None
    rows = Call.objects.filter(source=draft.source, external_id=draft.external_id)
    found: Call | None = rows.select_for_update(no_key=True).first()
    if found is None or Call.objects.visible_to(by).filter(pk=found.pk).exists():
        return found
    raise KnownCall(_("Звонок с таким внешним номером принадлежит другой команде."), None)


def _locked(call: Call) -> Call:
    return Call.objects.select_for_update(no_key=True).get(pk=call.pk)


def _demand_sight(draft: CallDraft, by: User) -> None:
    """Rows that the caller names are rows that he sees. Raises NotFound, Invalid."""
    if draft.lead is not None:
        one_visible(Lead.objects.all(), by, draft.lead.pk)
    if draft.party is not None:
        one_visible(Party.objects.all(), by, draft.party.pk)
    if draft.owner is not None and (draft.owner.role == Role.SERVICE or not may_see_owner(by, draft.owner)):
        message = _("Такого сотрудника нет, или он вам не виден.")
        raise Invalid(message, [FieldError("owner", "does_not_exist", message)])


def _columns(draft: CallDraft, by: User, known: Call | None = None) -> dict[str, Any]:
    """The draft as columns. Whom it does not name stays as known, or is found by the number."""
    phone, owner = phones.normalise(draft.phone) or "", draft.owner or (known.owner if known else None)
    if owner is None and known is None and by.role != Role.SERVICE:
        owner = by  # whoever writes a call down by hand talked himself
    party = draft.party or (draft.lead.party if draft.lead else None) or (known.party if known else None)
    party = party or finding.party_of(phone, by, owner)
    lead = draft.lead or (known.lead if known is not None and known.party == party else None)
    lead = lead or finding.lead_of(party, by, owner)
    number = draft.source_version if draft.source_version is not None else (known.source_version if known else 0)
    return {
        "direction": draft.direction, "at": draft.at, "duration_seconds": draft.duration_seconds,
        "result": draft.result, "phone": phone, "recording_url": draft.recording_url, "party": party, "lead": lead,
        "owner": owner, "team": finding.team_of(owner, lead, party, by), "source_version": number,
    }  # fmt: skip


def _draft_of(call: Call, changes: Mapping[str, Any]) -> CallDraft:
    """The call as it would be. Another party leaves the lead of the former one behind."""
    kept = {name: getattr(call, name) for name in EDITABLE}
    if "party" in changes and "lead" not in changes and changes["party"] != call.party:
        kept["lead"] = None
    if changes.get("lead") is not None and "party" not in changes:
        kept["party"] = changes["lead"].party
    return CallDraft(**{**kept, **changes}, source_version=call.source_version)
