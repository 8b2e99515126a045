"""The facts that a lead picks up on its road, as ``recording`` and its batch take them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from demo.drafting import Tale
from demo.texts import Talk
from leads.models import ValuePromise
from leads.services import fact_batch
from leads.services.fact_batch import FactDraft, MeasurementDraft
from leads.services.recording import record_contract

FILES = 12
PLACES = ("офис банка, ул. Навои", "у него на работе", "кафе рядом с рынком", "")
RECORDS: dict[str, Callable[[Sequence[FactDraft]], list[Any]]] = {
    "meeting": fact_batch.record_meetings,
    "interview": fact_batch.record_interviews,
    "agreement": fact_batch.record_agreements,
    "contract": fact_batch.record_contracts,
}


class Evidence:
    """Draws facts. ``facts`` are what the gate of a stage asks for, keyed by record."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._number = 0

    def facts(self, code: str, talk: Talk, at: datetime) -> dict[str, dict[str, Any]]:
        makers: dict[str, dict[str, Callable[[Talk, datetime], dict[str, Any]]]] = {
            "meeting": {"meeting": self._meeting},
            "custdev": {"interview": self._interview},
            "verbal_contract": {"agreement": self._agreement},
            "signed_contract": {"contract": self._contract, "promise": self._promise},
            "value_delivered": {"measurement": self._kept},
        }
        return {record: make(talk, at) for record, make in makers.get(code, {}).items()}

    def _meeting(self, _talk: Talk, at: datetime) -> dict[str, Any]:
        call = self.random.random() < 0.55
        return {
            "planned_at": at - timedelta(minutes=self.random.choice((0, 0, 10, 30))),
            "held_at": at,
            "kind": "call" if call else "visit",
            "place": "" if call else self.random.choice(PLACES),
        }

    def _interview(self, talk: Talk, at: datetime) -> dict[str, Any]:
        draw = self.random.random
        return {
            "problem": self.random.choice(talk.problems),
            "problem_validated": "yes" if draw() < 0.85 else "no",
            "value_validated": "yes" if draw() < 0.7 else "no",
            "utp_validated": "yes" if draw() < 0.65 else "no",
            "quotes": self.random.choice(talk.quotes),
            "held_at": at,
        }

    def _agreement(self, talk: Talk, _at: datetime) -> dict[str, Any]:
        return {"agent_gives": self.random.choice(talk.gives), "bank_gives": self.random.choice(talk.bank_gives)}

    def _contract(self, talk: Talk, at: datetime) -> dict[str, Any]:
        self._number += 1
        return {
            "number": f"АД-{at:%y}/{self._number:04d}",
            "signed_on": timezone.localdate(at),
            "provides": self.random.choice(talk.gives),
            "terms": self.random.choice(talk.bank_gives),
            "bank_service": "Проверка и подпись за один рабочий день",
        }

    def _promise(self, talk: Talk, at: datetime) -> dict[str, Any]:
        metric, unit, baseline, target, direction = talk.promise
        return {
            "metric": metric, "unit": unit, "baseline": Decimal(baseline), "target": Decimal(target),
            "direction": direction, "due_on": timezone.localdate(at) + timedelta(days=self.random.choice((21, 30, 45))),
        }  # fmt: skip

    def _kept(self, talk: Talk, at: datetime) -> dict[str, Any]:
        """A little better than promised."""
        _metric, _unit, _baseline, target, direction = talk.promise
        better = self.random.randint(0, max(1, target // 4))
        value = target + better if direction == "up" else max(0, target - better)
        return {"value": Decimal(value), "measured_at": at, "taken_from": "выгрузка агента за неделю"}

    def short(self, talk: Talk, at: datetime) -> dict[str, Any]:
        """On the way, but not there yet."""
        _metric, _unit, baseline, target, _direction = talk.promise
        value = Decimal(baseline + (target - baseline) * self.random.choice((3, 5, 7)) // 10)
        return {"value": value, "measured_at": at, "taken_from": "звонок"}


def record_past(tales: Iterable[Tale], evidence: Evidence, at: datetime) -> int:
    """Write down the facts of the stages passed before the story's last days. Returns how many."""
    drafts: dict[str, list[FactDraft]] = {record: [] for record in (*RECORDS, "promise")}
    values: list[tuple[Tale, dict[str, Any], datetime]] = []
    for tale in tales:
        for code, moment in tale.past:
            for record, fact in evidence.facts(code, tale.talk, moment).items():
                if record == "measurement":
                    values.append((tale, fact, moment))
                else:
                    drafts[record].append(FactDraft(tale.lead, tale.owner, moment, fact))
        if tale.past[-1][0] == "signed_contract" and not tale.live and evidence.random.random() < 0.4:
            values.append((tale, evidence.short(tale.talk, at - timedelta(hours=2)), at))
    made = sum(len(record(drafts[name])) for name, record in RECORDS.items())
    promises = {p.lead_id: p for p in fact_batch.record_promises(drafts["promise"])}
    _attach_files(drafts["contract"][:FILES])
    return made + len(promises) + _measure(values, promises)


def _measure(values: list[tuple[Tale, dict[str, Any], datetime]], promises: dict[Any, ValuePromise]) -> int:
    drafts = [
        MeasurementDraft(promises[tale.lead.pk], tale.owner, moment, fact)
        for tale, fact, moment in values
        if tale.lead.pk in promises
    ]
    return len(fact_batch.record_measurements(drafts))


def _attach_files(drafts: list[FactDraft]) -> None:
    for draft in drafts:
        record_contract(lead=draft.lead, by=draft.by, at=draft.at, file=contract_file(str(draft.values["number"])))


def contract_file(number: str) -> SimpleUploadedFile:
    """A one-page PDF with the contract's number, made by hand: no library is worth a demo."""
    text = b"BT /F1 18 Tf 72 760 Td (Contract %s) Tj ET" % number.replace("АД", "AD").encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R "
        b"/Resources << /Font << /F1 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
    )
    body, places = b"%PDF-1.4\n", []
    for place, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (place, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return SimpleUploadedFile(f"{number.replace('/', '-')}.pdf", body + tail % (table, len(body)), "application/pdf")
