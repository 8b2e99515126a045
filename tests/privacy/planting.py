"""A person whose traces are in every place that there is, each with a mark of its own."""

import io
import zipfile
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from openpyxl import Workbook

from accounts.session_store import SessionStore
from agents.models import Consent, Contact, Party
from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft
from backlog.models import Action, ActionResult, Finding, PriorityChange
from calls.models import Call
from common import clock
from common.changes import save_changes
from demo.models import Receipt
from documents.models import Document, LegalRequest, Rendition, Template, Version
from forms.models import ConsentText, PublicForm, Submission
from funnel.models import StageEntry
from hypotheses.models import Hypothesis
from imports.models import BulkLoad, BulkRow, Import, ImportRow, ImportState
from inbox.models import Arrival, InboundSource
from jobs.models import Job, KeptAnswer, SourceVersion
from leads.drafts import LeadDraft
from leads.models import (
    Agreement,
    Contract,
    Interview,
    Lead,
    LossReason,
    Meeting,
    Note,
    ValueMeasurement,
    ValuePromise,
)
from leads.services.intake import take_in_one
from leads.services.outcomes import close
from notifications.models import Notice
from outreach.models import Campaign, KnownAddress, Message, OptOut, Reply
from outreach.models import Template as Letter
from tests.office import Office
from webhooks.models import Attempt, Delivery, Endpoint, Event

PHONE, FORMER, SECOND = "+998901730001", "+998901730002", "+998901730003"
GROUPED = "90 173-00-01"
SESSION = "planted-session-key-0123456789ab"


@dataclass
class Planted:
    """``marks``: place → text that stands there and nowhere else."""

    office: Office
    party: Party
    lead: Lead
    marks: dict[str, str] = field(default_factory=dict)

    def mark(self, place: str) -> str:
        return self.marks.setdefault(place, f"mark{len(self.marks):02d}zq")

    @property
    def by(self) -> Any:
        return self.office.olim


def plant(office: Office) -> Planted:
    contacts = (ContactDraft("phone", PHONE), ContactDraft("phone", SECOND))
    draft = PartyDraft(kind="agent", name="Прежнее mark00zq", contacts=contacts)
    lead = take_in_one(draft=LeadDraft(kind="agent", party=draft, owner=office.olim), by=office.olim, at=clock.now())
    planted = Planted(office, lead.party, lead, {"former name": "mark00zq"})
    for sow in (_card, _contacts, _lead, _facts, _papers, _plan, _told, _loaded, _systems, _messages, _elsewhere):
        sow(planted)
    reason = LossReason.objects.first()
    close(lead=Lead.objects.get(pk=lead.pk), outcome="lost", by=office.olim, at=clock.now(), reason=reason)
    return planted


def _card(p: Planted) -> None:
    p.party = save_changes(p.party, {
        "name": f"Аброр {p.mark('name')}", "sort_key": f"аброр {p.mark('name')}", "tax_id": "31730000000017",
        "city": p.mark("city"), "bant": {"budget": {"text": p.mark("bant")}}, "client_base_source": p.mark("base"),
        "problem": p.mark("problem"), "resources": p.mark("resources"), "external_id": p.mark("external id"),
        "source": "core",
    })  # fmt: skip
    p.marks["tax id"] = "31730000000017"


def _contacts(p: Planted) -> None:
    p.marks["phone"], p.marks["second phone"] = PHONE.lstrip("+"), SECOND.lstrip("+")
    Contact.objects.create(party=p.party, type="phone", value=FORMER, key=FORMER).delete()
    p.marks["former phone"] = FORMER.lstrip("+")
    for kind, person, note in (("email", p.mark("contact person"), ""), ("telegram", "", p.mark("contact note"))):
        value = f"{p.mark(kind)}@agent.test" if kind == "email" else f"@{p.mark(kind)}"
        Contact.objects.create(party=p.party, type=kind, value=value, key=value, person=person, note=note)

    Consent.objects.create(
        party=p.party, purpose="processing", source="call", text_version="1", given_at=clock.now(),
        evidence=p.mark("consent evidence"),
    )  # fmt: skip


def _lead(p: Planted) -> None:
    p.lead = save_changes(Lead.objects.get(pk=p.lead.pk), {
        "problem": p.mark("lead problem"), "resources": p.mark("lead resources"), "tags": [p.mark("tag")],
        "external_id": p.mark("lead external id"), "source": "core",
    })  # fmt: skip
    Note.objects.create(lead=p.lead, text=p.mark("note"), at=clock.now(), by=p.by)
    Note.objects.create(lead=p.lead, text=p.mark("deleted note"), at=clock.now(), by=p.by).delete()
    StageEntry.objects.create(
        lead_id=p.lead.pk, kind="agent", event="entered", stage=p.lead.stage, at=clock.now(), by=p.by,
        reason=p.mark("reason in the log"), origin="page",
    )  # fmt: skip


def _facts(p: Planted) -> None:
    at = clock.now()
    Meeting.objects.create(lead=p.lead, planned_at=at, place=p.mark("place"), note=p.mark("meeting note"))
    Interview.objects.create(lead=p.lead, at=at, problem=p.mark("interview"), quotes=p.mark("quotes"))
    Agreement.objects.create(lead=p.lead, at=at, agent_gives=p.mark("agreement"))
    contract = Contract(lead=p.lead, number="К-17", signed_on=date(2026, 3, 1), terms=p.mark("contract terms"))
    contract.file.save("signed.pdf", ContentFile(b"%PDF " + p.mark("contract file").encode()), save=False)
    contract.file_name = f"{p.mark('contract file name')}.pdf"
    contract.save()
    promise = ValuePromise.objects.create(
        lead=p.lead, metric="Оценок в день", target=5, promised_on=date(2026, 1, 1), due_on=date(2026, 6, 1)
    )
    ValueMeasurement.objects.create(promise=promise, at=at, value=3, taken_from=p.mark("measurement"))


def _papers(p: Planted) -> None:
    template = Template.objects.create(kind="agent", name="Шаблон")
    paper = Document.objects.create(lead=p.lead, kind="agent", number="17/2026", dated_on=date(2026, 3, 1))
    version = Version.objects.create(
        document=paper, number=1, template=template, values={"party.name": p.mark("contract values")}
    )
    Rendition.objects.create(version=version, docx=p.mark("contract docx").encode(), pdf=b"\xff\xd8")
    LegalRequest.objects.create(
        lead=p.lead, question=p.mark("legal question"), answer=p.mark("legal answer"), asked_at=clock.now(),
        due_on=date(2026, 3, 9),
    )  # fmt: skip


def _plan(p: Planted) -> None:
    action = Action.objects.create(
        owner=p.by, lead=p.lead, title=p.mark("action"), note=p.mark("action note"), due_at=clock.now(), status="done"
    )
    PriorityChange.objects.create(
        action=action, at=clock.now(), cause="hand", before=1, after=2, reason=p.mark("priority"), by=p.by
    )
    ActionResult.objects.create(
        action=action, lead=p.lead, outcome="done", note=p.mark("result"), next_text=p.mark("next step"),
        before={"next_action": p.mark("before")}, at=clock.now(), by=p.by,
    )  # fmt: skip


def _told(p: Planted) -> None:
    Call.objects.create(
        party=p.party, lead=p.lead, direction="in", at=clock.now(), result="talked", phone=PHONE,
        recording_url=f"https://pbx.bank.test/{p.mark('recording')}",
    )  # fmt: skip
    Call.objects.create(
        direction="in", at=clock.now(), result="missed", phone=SECOND, source="pbx",
        external_id=p.mark("call of a stranger"),
    )  # fmt: skip
    Notice.objects.create(
        user=p.by, lead=p.lead, kind="assigned", key="n1", facts={"x": p.mark("notice")}, at=clock.now()
    )


def _loaded(p: Planted) -> None:
    rows = [("Имя", "Телефон", "Заметка"), ("Другой", "+998901111111", "чужое"),
            ("Аброр", "", p.mark("import file")), ("Не вошёл", GROUPED, p.mark("refused row"))]  # fmt: skip
    text = "\r\n".join(";".join(row) for row in rows)
    run = _import(p, "csv", text.encode("utf-8-sig"), list(rows[0]), [list(rows[2])])
    ImportRow.objects.create(
        run=run, number=3, status="updated", lead=p.lead, errors=[], before={"problem": p.mark("import row before")},
        warnings=[{"field": "", "message": p.mark("import row warning")}],
    )  # fmt: skip
    ImportRow.objects.create(run=run, number=4, status="refused", errors=[{
        "field": "phone", "message": f"{PHONE} {p.mark('import row error')}"}])  # fmt: skip
    book = Workbook()
    for row in (rows[0], ("Второй", "+998902222222", "чужое"), ("Аброр", PHONE, p.mark("workbook"))):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    _import(p, "xlsx", target.getvalue(), list(rows[0]), [])
    load = BulkLoad.objects.create(noun="lead", total=1, owner=p.by, state="done")
    BulkRow.objects.create(run=load, number=0, status="refused", problem={"detail": f"{PHONE} {p.mark('bulk row')}"})


def _import(p: Planted, kind: str, content: bytes, headers: list[str], samples: list[Any]) -> Import:
    layout = {"format": kind, "encoding": "utf-8-sig" if kind == "csv" else "", "separator": ";", "samples": samples}
    run = Import(owner=p.by, file_name=f"file.{kind}", sha256="", shape="", layout=layout, headers=headers,
                 state=ImportState.DONE, total=3)  # fmt: skip
    run.file.save(f"{run.pk}.{kind}", ContentFile(content), save=True)
    return run


def _systems(p: Planted) -> None:
    source = InboundSource.objects.create(name="АБС", code="core", key="k" * 20, account=p.by, secret="s")
    body = f'{{"phone": "{GROUPED}", "name": "{p.mark("inbox body")}"}}'.encode()
    Arrival.objects.create(source=source, message_id="m1", stamp=clock.now(), at=clock.now(), body=body, state="failed")
    KeptAnswer.objects.create(
        place="a" * 64, asked="b" * 64, status=201, created_at=clock.now(),
        content=f'{{"id": "{p.lead.pk}", "name": "{p.mark("kept answer")}"}}',
    )  # fmt: skip
    Job.objects.create(
        kind="x", dedupe_key="x1", due_at=clock.now() + timedelta(days=900), state="dead",
        last_error=f"{PHONE}: {p.mark('job error')}",
    )  # fmt: skip
    SourceVersion.objects.create(noun="lead", source="core", external_id=p.marks["lead external id"], number=1)
    endpoint = Endpoint.objects.create(url="https://r.test", account=p.by, types=["lead.created"], secret="s")
    event = Event.objects.create(type="lead.created", object_id=p.lead.pk, at=clock.now(), data={"id": str(p.lead.pk)})
    delivery = Delivery.objects.create(event=event, endpoint=endpoint, position=1)
    Attempt.objects.create(delivery=delivery, milliseconds=1, body=f"bad {PHONE} {p.mark('receiver')}")
    Receipt.objects.create(at=clock.now(), key="k", body=f"{PHONE} {p.mark('sandbox')}", verdict="genuine")
    session = SessionStore(SESSION)
    session.update({"draft": {"phone": PHONE, "note": p.mark("session")}})
    session.save(must_create=True)


def _messages(p: Planted) -> None:
    letter = Letter.objects.create(name="Т", channel="email", body="Т", owner=p.by)
    campaign = Campaign.objects.create(name="Р", template=letter, owner=p.by)
    message = Message.objects.create(
        campaign=campaign, party=p.party, lead=p.lead, channel="email", address="a@b.test", text=p.mark("message"),
        subject=p.mark("subject"), state="sent", sent_at=clock.now(),
    )  # fmt: skip
    Reply.objects.create(
        message=message, party=p.party, channel="email", external_id=p.mark("reply id"), address="a@b.test",
        text=p.mark("reply"), at=clock.now(),
    )  # fmt: skip
    OptOut.objects.create(party=p.party, source="hand", at=clock.now(), lift_reason=p.mark("opt-out"))
    KnownAddress.objects.create(
        channel="telegram", handle=f"@{p.marks['telegram']}", address=p.mark("chat"), seen_at=clock.now()
    )
    form = PublicForm.objects.create(
        key="f" * 20, title="Ф", kind="agent", account=p.by, owner=p.by, fields=["name"], languages=["ru"],
        initiative=p.office.initiative,
    )  # fmt: skip
    text = ConsentText.objects.create(form=form, number=1, purpose="processing", texts={}, at=clock.now(), by=p.by)
    for party, key in ((p.party, "form"), (None, "form not taken")):
        Submission.objects.create(
            form=form, at=clock.now(), consent_text=text, language="ru", ip_hash="", digest="", token=key, party=party,
            kept={"phone": PHONE, "note": p.mark(key)},
        )  # fmt: skip


def _elsewhere(p: Planted) -> None:
    """In texts about others: only his number goes out of them."""
    other = p.office.lead(p.office.oksana)
    Note.objects.create(lead=other, text=f"Просил звонить на {GROUPED}, соседнее слово цело", at=clock.now())
    Finding.objects.create(owner=p.by, claim=f"Пишите {SECOND}", text="Находка", segment_name="Оценщики")
    Hypothesis.objects.create(
        number=1, initiative=p.office.initiative, segment=p.office.segment, owner=p.by, success_stage=p.lead.stage,
        expected_rate="0.1", difference="0.05", sample=10, mature_days=5, problem=f"{PHONE} сказал",
    )  # fmt: skip


def unpacked(archive: bytes) -> str:
    """All that an archive says, bytes as letters."""
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        return "".join(files.read(name).decode("utf-8", "replace") for name in files.namelist() if name != "report.pdf")
