"""The run of one batch of arriving leads; see ``intake.take_in`` for what it promises."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import may_see_owner
from agents.models import Party, Segment
from agents.services import consents, parties
from agents.services.contacts import lock_contacts
from common import bulk
from common.errors import FieldError, Invalid, NotAllowed, NotFound, Refused
from common.events import publish
from funnel import log
from funnel.choices import Origin
from funnel.gates import GateClosed, missing_facts
from hypotheses.services import assignment
from jobs import versions
from leads.access import all_locked, locked
from leads.drafts import FIELDS, MAX_AMOUNT, KnownLead, LeadDraft, Status, Taken, refused
from leads.events import LeadsTaken, NextStepPlanned
from leads.facts import labels
from leads.models import Lead
from leads.services.history import Road, arrival_entries, missing_entries
from leads.services.roads import Roads
from leads.services.updating import Updates

NOUN = "lead"


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A draft on its way: its party (saved or not), its lead to be."""

    index: int
    draft: LeadDraft
    party: Party
    new_party: bool
    lead: Lead
    road: Road


class Arriving:
    """One batch in one transaction: look everything up, judge draft by draft, write all at once."""

    def __init__(
        self,
        drafts: Sequence[LeadDraft],
        by: User,
        at: datetime,
        origin: str,
        batch: UUID | None,
        *,
        update_known: bool,
    ) -> None:
        self.drafts, self.by, self.at, self.origin, self.batch = drafts, by, at, origin, batch
        self.update_known = update_known
        self.updates = Updates(by, at)
        self.answers: dict[int, Taken] = {}
        self.arrivals: list[_Arrival] = []
        self.updated: dict[int, Lead] = {}

    def run(self) -> list[Taken]:
        lock_contacts(contact for draft in self.drafts if draft.party for contact in draft.party.contacts)
        self._look_up()
        for index, draft in enumerate(self.drafts):
            try:
                self._take(index, draft)
            except Refused as refusal:
                self.answers[index] = refused(refusal)
        self._write()
        return [self.answers[index] for index in range(len(self.drafts))]

    def _look_up(self) -> None:
        self.known = parties.Known([d.party for d in self.drafts if d.party])
        given = [d.party_id for d in self.drafts if d.party_id]
        self.given = {p.pk: p for p in Party.objects.visible_to(self.by).filter(pk__in=given)}
        found = [p.pk for d in self.drafts if d.party and (p := self.known.find(d.party))]
        self.visible = set(Party.objects.visible_to(self.by).filter(pk__in=found).values_list("pk", flat=True))
        external = [d.external_id for d in self.drafts if d.external_id]
        sources = {d.source for d in self.drafts if d.external_id}
        pairs = Lead.objects.filter(source__in=sources, external_id__in=external).exclude(external_id="")
        self.held = all_locked(list(pairs.values_list("pk", flat=True)) if external else [])
        rows = self.held.values()
        self.by_external = {(lead.source, lead.external_id): lead for lead in rows}
        numbered = [d.pair for d in self.drafts if d.source_version is not None and d.external_id]
        self.newest = versions.newest(noun=NOUN, pairs=numbered)
        self.visible_leads = self._visible_lead_ids(self.by_external.values())
        concerned = set(found) | set(self.given)
        self.open: dict[tuple[Any, ...], Lead] = {
            (lead.party_id, lead.initiative_id, lead.product_id): lead
            for lead in Lead.objects.open().filter(party_id__in=concerned)
        }
        self.roads = Roads(self.drafts)
        self.owners: dict[UUID, bool] = {}
        segment_ids = {d.fields["segment_id"] for d in self.drafts if d.fields.get("segment_id")}
        self.segment_kinds = dict(Segment.objects.filter(pk__in=segment_ids).values_list("pk", "kind"))

    def _visible_lead_ids(self, leads: Iterable[Lead]) -> set[UUID]:
        ids = [lead.pk for lead in leads]
        return set(Lead.objects.visible_to(self.by).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()

    def _take(self, index: int, draft: LeadDraft) -> None:
        check(draft, self.at)
        self._check_people_and_segment(draft)
        existing = self.by_external.get(draft.pair) if draft.external_id else None
        step_at = draft.fields.get("next_action_at")
        if not draft.history and self.origin != Origin.IMPORT and (not existing or existing.next_action_at != step_at):
            demand_future_step(step_at, self.at)
        if existing is not None:
            self.answers[index] = self._update(existing, draft)
            self.updated[index] = existing
            return
        party, new = self._party(draft)
        road = Road.of(draft, self.roads.stages_for(draft), self.at)
        if not draft.history:
            self._pass_first_gate(draft, party, road)
        lead = self._build(draft, party, road)
        key = (party.pk, lead.initiative_id, lead.product_id)
        if (worked := self.open.get(key)) is not None:
            if self.update_known and not worked._state.adding:
                self.visible_leads |= self._visible_lead_ids([worked])
                self.answers[index] = self._update(worked, draft)
                self.updated[index] = worked
                return
            raise self._known_lead(worked)
        self.open[key] = lead
        if new and draft.party:  # only now: a party whose lead was refused must not be found by the next row
            self.known.add(party, draft.party)
            self.visible.add(party.pk)
        if draft.external_id:
            self.by_external[draft.source, draft.external_id] = lead
            self.visible_leads.add(lead.pk)
        self.arrivals.append(_Arrival(index, draft, party, new, lead, road))
        self.answers[index] = Taken(Status.CREATED, lead.pk, party_created=new, warnings=road.warnings)

    def _check_people_and_segment(self, draft: LeadDraft) -> None:
        segment_id, owner = draft.fields.get("segment_id"), draft.owner
        if segment_id and self.segment_kinds.get(UUID(str(segment_id)), draft.kind) != draft.kind:
            message = _("Сегмент — из другой воронки. Выберите подходящий.")
            raise Invalid(message, [FieldError("segment", "other_funnel", message)])
        if owner is None:
            return
        if owner.pk not in self.owners:
            self.owners[owner.pk] = may_see_owner(self.by, owner)
        if not self.owners[owner.pk]:
            message = _("Закрепить лид можно за тем, чью работу вы видите.")
            raise NotAllowed(message, [FieldError("owner", "not_visible", message)])

    def _party(self, draft: LeadDraft) -> tuple[Party, bool]:
        if draft.party_id is not None:
            if (given := self.given.get(draft.party_id)) is None or given.kind != draft.kind:
                raise NotFound(_("Такой записи нет, или она вам не видна."))
            return given, False
        if draft.party is None:
            raise Invalid(_("Укажите, с кем работаем."), [FieldError("party", "required", _("Укажите имя и контакт."))])
        known = self.known.find(draft.party)
        if known is None:
            party = parties.build(draft.party, owner=draft.owner)
            if draft.owner is None:
                party.team = self.by.team
            return party, True
        if known.pk not in self.visible:
            raise parties.KnownParty(parties.known_message(known, visible=False), None)
        return known, False

    def _pass_first_gate(self, draft: LeadDraft, party: Party, road: Road) -> None:
        facts = {"name"} if party.name else set()
        if (draft.party and draft.party.contacts) or (not party._state.adding and party.contacts.exists()):
            facts.add("contact")
        facts |= {name for name in ("problem", "resources") if draft.fields.get(name)}
        facts |= {"utp"} if draft.fields.get("utp_id") else set()
        missing = missing_facts([road.stage], facts)
        if missing:
            raise GateClosed(road.stage, missing, labels(missing))

    def _build(self, draft: LeadDraft, party: Party, road: Road) -> Lead:
        fields = {"segment_id": party.segment_id, "agent_id": party.agent_id, **draft.fields}
        fields["tags"] = list(fields.get("tags") or ())
        owner = draft.owner
        return Lead(
            kind=draft.kind,
            party=party,
            owner=owner,
            team=owner.team if owner else self.by.team,
            source=draft.source,
            external_id=draft.external_id,
            stage=road.stage,
            stage_entered_at=road.entered_at,
            touched_at=road.entered_at,
            outcome=road.outcome,
            closed_at=road.closed_at,
            batch=self.batch,
            **fields,
        )

    def _known_lead(self, lead: Lead) -> KnownLead:
        visible = lead._state.adding or Lead.objects.visible_to(self.by).filter(pk=lead.pk).exists()
        if visible:
            return KnownLead(_("По этому контакту уже идёт лид. Откройте его или выберите другую инициативу."), lead)
        return KnownLead(_("Этот контакт уже в работе у другого сотрудника."), None)

    def _update(self, lead: Lead, draft: LeadDraft) -> Taken:
        if lead.pk not in self.visible_leads:
            raise KnownLead(_("Запись с таким внешним номером ведёт другой сотрудник."), None)
        if lead._state.adding:
            message = _("Этот внешний номер уже был выше. Вторая строка не загружена.")
            raise Invalid(message, [FieldError("external_id", "repeated", message)])
        versions.demand_newer(self.newest.get(draft.pair), draft.source_version)
        lead = self.held.get(lead.pk) or locked(lead)
        changes: dict[str, Any] = {name: value for name, value in draft.fields.items() if value not in (None, "", ())}
        if draft.owner is not None:
            changes |= {"owner": draft.owner, "team": draft.owner.team}
        stages = self.roads.stages_of(lead)
        entries, warnings = missing_entries(lead, draft, stages, by_id=self.by.pk, origin=self.origin)
        if entries:
            road = Road.of(draft, stages, self.at)
            if road.stage.position > lead.stage.position:
                changes |= {"stage": road.stage, "stage_entered_at": road.entered_at, "touched_at": road.entered_at}
            log.record(entries)
        before = {name: _plain(getattr(lead, name)) for name, value in changes.items() if getattr(lead, name) != value}
        self.updates.add(lead, changes)
        status = Status.UPDATED if before or entries else Status.UNCHANGED
        ids = tuple(entry.pk for entry in entries)
        return Taken(status, lead.pk, warnings=warnings, before=before, entry_ids=ids)

    def _write(self) -> None:
        self.updates.write()
        new = [a for a in self.arrivals if a.new_party]
        bulk.insert([a.party for a in new])
        with_contacts = [(a.party, a.draft.party) for a in self.arrivals if a.draft.party and a.draft.party.contacts]
        parties.save_contacts([p for p, _d in with_contacts], [d for _p, d in with_contacts])
        # Before the first entry, so that the UTP drawn by lot stands in the log. A road from elsewhere is no trial.
        members = assignment.assign(leads=[a.lead for a in self.arrivals if not a.draft.history], at=self.at)
        bulk.insert([a.lead for a in self.arrivals])
        assignment.keep(members=members)
        log.record(
            [
                entry
                for a in self.arrivals
                for entry in arrival_entries(a.lead, a.road, by_id=self.by.pk, origin=self.origin, batch=self.batch)
            ]
        )
        self._note_consents()
        self._note_versions()
        self._publish()

    def _note_consents(self) -> None:
        if not any(draft.consents for draft in self.drafts):
            return
        of = {arrival.index: arrival.party.pk for arrival in self.arrivals}
        of |= {index: self.updated[index].party_id for index in self.updated}
        given = [(of[index], one) for index, draft in enumerate(self.drafts) if index in of for one in draft.consents]
        consents.record_consents(given=given, by=self.by, at=self.at, batch=self.batch)

    def _note_versions(self) -> None:
        given = {
            draft.pair: draft.source_version
            for index, draft in enumerate(self.drafts)
            if draft.source_version is not None and self.answers[index].refusal is None
        }
        versions.note(noun=NOUN, given=given)

    def _publish(self) -> None:
        ids = tuple(a.lead.pk for a in self.arrivals)
        if not ids:
            return
        parties.tell_added([a.party for a in self.arrivals if a.new_party], by_id=self.by.pk)
        publish(LeadsTaken(ids, self.by.pk, self.at, self.origin))
        for lead in (a.lead for a in self.arrivals if a.lead.next_action_at):
            publish(NextStepPlanned(lead.pk, lead.owner_id, lead.next_action_at, None, self.by.pk, self.at))


def _plain(value: Any) -> Any:
    """A column's value in a form that JSON takes and ``imports`` can put back."""
    if value is None or isinstance(value, bool | int | str | list):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(getattr(value, "pk", value))


def check(draft: LeadDraft, at: datetime) -> None:
    """What is wrong with the draft by itself. Raises Invalid with every error at once."""
    errors = parties.problems(draft.party) if draft.party else []
    for consent in draft.consents:
        errors += [replace(one, field=f"consent.{one.field}") for one in consents.problems(consent, at)]
    for name in sorted(set(draft.fields) - FIELDS):
        errors.append(FieldError(name, "unknown", _("Такого поля у лида нет.")))
    amount = draft.fields.get("amount")
    if amount is not None and not 0 <= amount <= MAX_AMOUNT:
        errors.append(FieldError("amount", "range", _("Сумма — от нуля до 9 999 999 999 999 999.")))
    if errors:
        raise Invalid(errors[0].message, errors)


def demand_future_step(step_at: datetime | None, at: datetime) -> None:
    """Raises Invalid for a step in the past: it would be overdue before it is planned."""
    if step_at is not None and step_at < at:
        message = _("Укажите время шага не раньше, чем сейчас.")
        raise Invalid(message, [FieldError("next_action_at", "past", message)])
