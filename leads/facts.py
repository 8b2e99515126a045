"""The facts that gates may ask for: what each is called, on which record it stands, and how it is seen in the base.

To add a fact, add one line to ``FACTS``; stages ask for it by its code, pages and the API show its label and the
form of its record.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agents.models import Contact
from leads.choices import MeetingStatus
from leads.models import Agreement, Contract, Interview, Lead, Meeting, ValuePromise


@dataclass(frozen=True, slots=True)
class Fact:
    """``record`` is the form that supplies it; ``condition`` holds for a lead that has it."""

    code: str
    label: str | Promise
    record: str
    condition: Q | Exists


def _of_lead(model: type, **conditions: object) -> Exists:
    return Exists(model.objects.filter(lead=OuterRef("pk"), **conditions))  # type: ignore[attr-defined]


def _filled(model: type, field: str) -> Exists:
    return Exists(model.objects.filter(lead=OuterRef("pk")).exclude(**{field: ""}))  # type: ignore[attr-defined]


def promises_with_verdict() -> Any:
    """Promises with their latest measured value and whether it meets the target in the promised direction."""
    return ValuePromise.objects.annotate(
        latest=F("measured"),
        met=Case(When(kept_on__isnull=False, then=Value(True)), default=Value(False), output_field=BooleanField()),
    )


def _value_measured() -> Q:
    unmet = _of_lead(ValuePromise, kept_on__isnull=True)
    return Q(_of_lead(ValuePromise)) & ~Q(unmet)


_HELD = _of_lead(Meeting, status=MeetingStatus.HELD, held_at__isnull=False)
_APPOINTED = Exists(Meeting.objects.filter(lead=OuterRef("pk")).exclude(status=MeetingStatus.CANCELLED))
_CONTACT = Exists(Contact.objects.filter(party=OuterRef("party")))

FACTS: dict[str, Fact] = {
    fact.code: fact
    for fact in (
        Fact("name", _("имя"), "party", ~Q(party__name="")),
        Fact("contact", _("контакт"), "contact", _CONTACT),
        Fact("meeting_appointed", _("созвон или встреча назначены"), "meeting", _APPOINTED),
        Fact("meeting_held", _("созвон или встреча состоялись"), "meeting", _HELD),
        Fact("problem", _("проблема выяснена"), "interview", _filled(Interview, "problem_validated")),
        Fact("value_checked", _("ценность проверена"), "interview", _filled(Interview, "value_validated")),
        Fact("utp_checked", _("УТП проверено"), "interview", _filled(Interview, "utp_validated")),
        Fact("resources", _("ресурсы на оплату известны"), "lead", ~Q(resources="")),
        Fact("utp", _("УТП выбрано"), "lead", Q(utp__isnull=False)),
        Fact("agent_gives", _("что даёт агент или клиент"), "agreement", _filled(Agreement, "agent_gives")),
        Fact("bank_gives", _("что даёт банк"), "agreement", _filled(Agreement, "bank_gives")),
        Fact("contract_number", _("номер контракта"), "contract", _filled(Contract, "number")),
        Fact("contract_date", _("дата контракта"), "contract", _of_lead(Contract, signed_on__isnull=False)),
        Fact("contract_file", _("файл контракта"), "contract", _filled(Contract, "file")),
        Fact("value_promised", _("обещание с метрикой и сроком"), "promise", _of_lead(ValuePromise)),
        Fact("value_measured", _("измерено не хуже обещанного"), "measurement", _value_measured()),
    )
}


def known_facts(lead_id: UUID, asked: Collection[str] | None = None) -> frozenset[str]:
    """Codes of the facts that the lead has; only of those ``asked`` where they are given. At most one query."""
    return facts_of([lead_id], asked).get(lead_id, frozenset())


def facts_of(lead_ids: Collection[UUID], asked: Collection[str] | None = None) -> dict[UUID, frozenset[str]]:
    """The same for many leads, in one query. Each fact is a condition of its own: asking for few is cheaper."""
    codes = [code for code in FACTS if asked is None or code in asked]
    if not codes:
        return {}
    conditions = {f"has_{code}": Case(When(FACTS[code].condition, then=True), default=False) for code in codes}
    rows = Lead.objects.filter(pk__in=lead_ids).order_by().annotate(**conditions).values("pk", *conditions)
    return {row["pk"]: frozenset(code for code in codes if row[f"has_{code}"]) for row in rows}


def labels(codes: Iterable[str]) -> list[str]:
    """What people call these facts; a code that is no longer known stands for itself."""
    return [str(FACTS[code].label) if code in FACTS else code for code in codes]


def records(codes: Iterable[str]) -> list[str]:
    """The forms that supply these facts, each once, in order."""
    return list(dict.fromkeys(FACTS[code].record for code in codes if code in FACTS))
