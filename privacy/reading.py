"""What the pages of this room show."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from agents.models import Party
from privacy import registry
from privacy.models import Erasure, LegalHold, RetentionRun, SubjectExport
from privacy.services import aging
from privacy.services.aging import Due

LAST = 50


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """A table or place: fields that go with an erasure, fields that stay by law, fields searched for mentions."""

    title: str
    table: str
    goes: str
    stays: str
    mentions: str


@dataclass(frozen=True, slots=True)
class RetentionLine:
    due: Due
    last: RetentionRun | None


def register() -> list[RegisterLine]:
    """From the declarations alone: no query."""
    lines = [
        RegisterLine(
            str(one.title),
            one.model._meta.label,
            f"{one.erase} {one.anonym} {one.unique}".strip(),
            one.keep,
            one.mentions,
        )
        for one in registry.tables()
    ]
    lines += [RegisterLine(str(aside.title), aside.key, "", "", "") for aside in registry.asides()]
    return sorted(lines, key=lambda line: line.title)


def retention(at: datetime) -> list[RetentionLine]:
    """A count or two a rule."""
    runs = {run.key: run for run in RetentionRun.objects.order_by("key", "-at", "-id").distinct("key")}
    return [RetentionLine(aging.due(rule, at), runs.get(rule.key)) for rule in aging.rules()]


def last_erasures() -> list[Erasure]:
    rows = Erasure.objects.select_related("party", "confirmed_by").defer("act", "extract")
    return list(rows.order_by("-number")[:LAST])


def live_holds() -> list[LegalHold]:
    return list(LegalHold.objects.select_related("party", "by").filter(lifted_at__isnull=True)[:LAST])


def last_export(party: Party, by: User) -> SubjectExport | None:
    return SubjectExport.objects.filter(party=party, by=by).order_by("-created_at").first()


def last_erasure(party: Party) -> Erasure | None:
    return Erasure.objects.select_related("confirmed_by").filter(party=party).order_by("-number").first()
