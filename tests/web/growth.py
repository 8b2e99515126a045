"""Fifty of everything, hung on the records of one owner: what a list or a card must not pay for row by row."""

from datetime import timedelta
from decimal import Decimal

from django.contrib.auth.hashers import make_password

from accounts.models import Team, User
from agents.models import Consent, Contact, Initiative, InitiativeMember, InitiativeSegment, Product, Segment, Utp
from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft, create_party
from approvals.models import Approval
from backlog.models import Action, Borrowing, Finding, FindingLike
from calls.models import Call
from common import clock
from common.ids import uuid7
from documents.models import Document, LegalRequest, Version
from documents.models import Template as PaperTemplate
from forms.models import PublicForm, Submission
from funnel.choices import Origin
from funnel.models import Stage
from hypotheses.models import Hypothesis
from hypotheses.services.assignment import record_earlier
from hypotheses.services.editing import create_hypothesis
from imports.models import Import
from inbox.models import Arrival, InboundSource
from leads.choices import BlockerCategory
from leads.drafts import LeadDraft
from leads.models import Lead, LossReason, Note
from leads.services import blockers, editing, recording
from leads.services.intake import take_in
from leads.services.moves import move
from leads.value import bank_day
from notifications.models import Notice, NoticeKind
from outreach.models import Campaign, Message, Template
from plans.services import open_plan, set_targets
from tests.office import Office
from tests.web.world import World
from webhooks.models import Attempt, Delivery, Endpoint, Event
from worktime.models import DayOff, Holiday


def grow(world: World, rows: int = 50) -> None:
    """Adds so many rows to every list, and so many of every kind to Olim's lead, agent, segment and initiative."""
    office, own = world.office, world.of["olim"]
    lead = Lead.objects.select_related("party", "stage", "segment", "initiative", "utp").get(pk=own["lead"])
    _leads(office, lead, rows)
    _card(office, lead, rows)
    _offers(office, lead, rows)
    _bank(office, rows)
    _outreach(world, rows)
    at = clock.now()
    _webhooks(world, rows)
    _incoming(world, lead, rows)
    _free_days(office, rows)
    _community(office, lead, rows)
    _hypotheses(office, lead, rows)
    _plans(office, rows)
    _papers(office, lead, rows)
    _approvals(office, rows)
    Import.objects.bulk_create([
        Import(kind="agent", file_name=f"f{n}.csv", owner=office.olim, team=office.north, total=3) for n in range(rows)
    ])  # fmt: skip
    Notice.objects.bulk_create([
        Notice(user=office.olim, kind=NoticeKind.LEAD_ASSIGNED, key=f"grown:{n}", lead=other, at=at)
        for n, other in enumerate(Lead.objects.filter(owner=office.olim)[:rows])
    ])  # fmt: skip


def _incoming(world: World, lead: Lead, rows: int) -> None:
    """As many calls of Olim's lead, and as many of all that systems and visitors send."""
    at, office, bank = clock.now(), world.office, world.of["bank"]
    about = {"lead": lead, "party": lead.party, "owner": office.olim, "team": office.north}
    Call.objects.bulk_create([
        Call(direction="out", at=at - timedelta(minutes=n), result="talked", duration_seconds=n, **about)
        for n in range(rows)
    ])  # fmt: skip
    source = InboundSource.objects.get(pk=bank["source"])
    said = {"account": source.account, "secret": source.secret}
    InboundSource.objects.bulk_create([
        InboundSource(name=f"Система {n}", code=f"s-{n}", key=f"k{n}", **said) for n in range(rows)
    ])  # fmt: skip
    Arrival.objects.bulk_create([
        Arrival(source=source, message_id=f"grown-{n}", stamp=at, at=at, body=b"{}") for n in range(rows)
    ])  # fmt: skip
    form = PublicForm.objects.get(pk=bank["public_form"])
    PublicForm.objects.bulk_create([
        PublicForm(key=f"k{n}", title=f"Форма {n}", account=form.account, owner=form.owner, languages=["ru"], fields=[])
        for n in range(rows)
    ])  # fmt: skip
    wording = form.consent_texts.get()
    kept = {"ip_hash": "-", "digest": "-", "language": "ru", "consent_text": wording}
    Submission.objects.bulk_create([
        Submission(form=form, at=at, token=f"t{n}", lead=lead, state="accepted", **kept) for n in range(rows)
    ])  # fmt: skip


def _webhooks(world: World, rows: int) -> None:
    """As many endpoints, and as many deliveries and tries of the first."""
    at = clock.now()
    first = Endpoint.objects.get(pk=world.of["bank"]["webhook"])
    Endpoint.objects.bulk_create([
        Endpoint(url=f"http://127.0.0.1:9/{n}", secret=first.secret, account=first.account, owner=world.office.adiba)
        for n in range(rows)
    ])  # fmt: skip
    told = Event.objects.bulk_create([
        Event(type="lead.created", object_id=uuid7(), at=at, number=1, position=n + 2) for n in range(rows)
    ])  # fmt: skip
    Delivery.objects.bulk_create([Delivery(event=one, endpoint=first, position=one.position or 0) for one in told])
    delivery = Delivery.objects.get(pk=world.of["bank"]["delivery"])
    Attempt.objects.bulk_create([Attempt(delivery=delivery, status=500, milliseconds=1) for _n in range(rows)])


def _papers(office: Office, lead: Lead, rows: int) -> None:
    """Contracts with a version each, templates, questions to the lawyers."""
    at, own = clock.now(), {"by": office.olim}
    template = Version.objects.filter(document__lead=lead)[0].template
    Document.objects.bulk_create([
        Document(lead=lead, kind="agent", number=f"Р-{n}", dated_on=at.date(), **own) for n in range(rows)
    ])  # fmt: skip
    first = Document.objects.get(pk=Version.objects.filter(document__lead=lead)[0].document_id)
    Version.objects.bulk_create([
        Version(document=first, number=n + 2, template=template, values={}, **own) for n in range(rows)
    ])  # fmt: skip
    LegalRequest.objects.bulk_create([
        LegalRequest(lead=lead, document=first, question=f"Вопрос {n}", asked_at=at, due_on=at.date(), **own)
        for n in range(rows)
    ])  # fmt: skip
    PaperTemplate.objects.bulk_create([PaperTemplate(kind="agent", name=f"Шаблон {n}", **own) for n in range(rows)])


def _approvals(office: Office, rows: int) -> None:
    """Half of them wait, half were agreed to."""
    at, told = clock.now(), {"words": [["Вид", "Все"]], "conditions": [], "count": 5000, "reason": "Сверка"}
    said = {"decided_by": office.nodira, "decided_at": at, "state": "agreed"}
    Approval.objects.bulk_create([
        Approval(asked_by=office.olim, deed="leads", digest=str(n), asked_at=at, until=at + timedelta(days=1), **told,
                 **(said if n % 2 else {}))
        for n in range(rows)
    ])  # fmt: skip


def _community(office: Office, lead: Lead, rows: int) -> None:
    """Findings of Olim's segment that Oksana took; each is liked."""
    said = {"segment_id": lead.segment_id, "metric": "custdev", "action_title": "Спросить о сроке"}
    at, written = clock.now(), {"owner": office.olim, "team": office.north}
    findings = Finding.objects.bulk_create([Finding(claim=f"Находка {n}", **said, **written) for n in range(rows)])
    taken = Action.objects.bulk_create([
        Action(owner=office.oksana, title=f"Взято {n}", due_at=at, finding=one) for n, one in enumerate(findings)
    ])  # fmt: skip
    Borrowing.objects.bulk_create([
        Borrowing(finding=one, user=office.oksana, action=action, at=at)
        for one, action in zip(findings, taken, strict=True)
    ])  # fmt: skip
    FindingLike.objects.bulk_create([FindingLike(finding=one, user=office.oksana, at=at) for one in findings])


def _hypotheses(office: Office, lead: Lead, rows: int) -> None:
    """As many tests of Olim's, each with its leads, in every state that a list shows."""
    stage = Stage.objects.of_kind("agent").order_by("position")[1]
    fields = {
        "initiative": lead.initiative, "segment": lead.segment, "success_stage": stage, "expected_rate": Decimal("0.2"),
    }  # fmt: skip
    at = clock.now()
    others = list(Lead.objects.filter(owner=office.olim, party__name__startswith="Ряд")[:rows])
    for other in others:
        made = create_hypothesis(by=office.olim, fields=fields, utps=[lead.utp])
        Hypothesis.objects.filter(pk=made.pk).update(status="running", started_at=at)
        record_earlier(hypothesis=made, members=[(other.pk, made.arms.get().pk, at)])


def _plans(office: Office, rows: int) -> None:
    """As many rows of Olim's plan of this week, each with a number at every stage."""
    at, stages = clock.now(), list(Stage.objects.of_kind("agent"))
    owned = {"kind": "agent", "owner": office.olim, "team": office.north}
    segments = Segment.objects.bulk_create([Segment(name=f"План {n}", reach=9, **owned) for n in range(rows)])
    for segment in segments:
        plan = open_plan(owner=office.olim, segment=segment, week=bank_day(at), by=office.olim, at=at)
        set_targets(plan=plan, by=office.olim, at=at, targets=dict.fromkeys(stages, 3))


def _free_days(office: Office, rows: int) -> None:
    today = bank_day(clock.now())
    days = [today.replace(month=1, day=2) + timedelta(days=n) for n in range(rows)]
    made = [Holiday(region="UZ", day=day, name=f"День {day}") for day in days]
    Holiday.objects.bulk_create(made, ignore_conflicts=True)
    ahead = [today + timedelta(days=n) for n in range(rows)]
    DayOff.objects.bulk_create([DayOff(user=office.olim, starts_on=day, ends_on=day) for day in ahead])


def _outreach(world: World, rows: int) -> None:
    """Campaigns and templates for the lists, and a log of letters to as many parties."""
    office, own = world.office, world.of["olim"]
    owned = {"owner": office.olim, "team": office.north}
    templates = Template.objects.bulk_create([
        Template(name=f"Шаблон {n}", channel="email", subject="Тема", body="Текст", **owned) for n in range(rows)
    ])  # fmt: skip
    Campaign.objects.bulk_create([
        Campaign(name=f"Рассылка {n}", template=template, **owned) for n, template in enumerate(templates)
    ])  # fmt: skip
    parties = Lead.objects.filter(owner=office.olim, party__name__startswith="Ряд").values_list("party", flat=True)
    Message.objects.bulk_create([
        Message(
            campaign_id=own["campaign"], party_id=party, channel="email", address=f"p{n}@agent.test", text="Текст",
            state="sent", sent_at=clock.now(),
        )
        for n, party in enumerate(parties[:rows])
    ])  # fmt: skip


def _leads(office: Office, like: Lead, rows: int) -> None:
    """On the board's first columns, half of them with a step; each with a party, an agent, an offer."""
    fields = {
        "segment_id": like.segment_id, "initiative_id": like.initiative_id, "utp_id": like.utp_id,
        "product_id": like.product_id, "amount": Decimal(1000), "source_channel": "канал", "base": "база",
    }  # fmt: skip
    drafts = []
    for n in range(rows):
        kind, more = ("client", {"agent_id": like.party_id}) if n % 2 else ("agent", {})
        contacts = (ContactDraft("phone", office.phone(), person="Кто-то"),)
        party = PartyDraft(kind=kind, name=f"Ряд {n}", contacts=contacts, **more)
        same_kind = (
            fields if kind == "agent" else {k: v for k, v in fields.items() if k not in {"segment_id", "utp_id"}}
        )
        drafts.append(LeadDraft(kind=kind, party=party, owner=office.olim, fields=same_kind | more))
    taken = take_in(drafts=drafts, by=office.olim, at=clock.now(), origin=Origin.PAGE)
    for made in Lead.objects.filter(pk__in=[one.lead_id for one in taken[::2]]):
        step_at = clock.now() + timedelta(hours=3)
        editing.plan_next_step(lead=made, by=office.olim, at=clock.now(), step_at=step_at, text="Позвонить")


def _card(office: Office, lead: Lead, rows: int) -> None:
    who = {"lead": lead, "by": office.olim}
    stages = list(Stage.objects.of_kind("agent").order_by("position")[:2])
    for n in range(rows):
        at = clock.now()
        recording.record_meeting(**who, at=at, planned_at=at, held_at=at, status="held", note="встреча")
        recording.record_interview(**who, at=at, problem=f"проблема {n}", problem_validated="yes")
        if n % 10 == 0:
            lead.refresh_from_db()
            move(lead=lead, to=stages[n // 10 % 2], by=office.olim, at=at, reason="Так надо")
            blockers.add_blocker(
                party=lead.party, by=office.olim, at=at, description=f"Помеха {n}",
                category=BlockerCategory.values[0],
            )  # fmt: skip
    Note.objects.bulk_create([Note(lead=lead, by=office.olim, text="заметка", at=clock.now()) for _ in range(rows)])
    Contact.objects.bulk_create([
        Contact(party=lead.party, type="phone", value=f"+99890222{n:04d}", key=f"+99890222{n:04d}") for n in range(rows)
    ])  # fmt: skip
    at = clock.now()
    Consent.objects.bulk_create([
        Consent(party=lead.party, purpose="transfer", source="site", text_version="2", given_at=at, withdrawn_at=at)
        for _ in range(rows)
    ])  # fmt: skip
    for n in range(rows):
        draft = PartyDraft(kind="client", name=f"Клиент {n}", agent_id=lead.party_id)
        create_party(by=office.olim, draft=draft)


def _offers(office: Office, lead: Lead, rows: int) -> None:
    owned = {"owner": office.olim, "team": office.north}
    segments = Segment.objects.bulk_create([
        Segment(kind="agent", name=f"Сегмент {n}", parent_id=lead.segment_id, reach=3, **owned) for n in range(rows)
    ])  # fmt: skip
    Utp.objects.bulk_create([Utp(segment_id=lead.segment_id, statement=f"УТП {n}", **owned) for n in range(rows)])
    days = {"starts_on": bank_day(clock.now()), "ends_on": bank_day(clock.now()) + timedelta(days=30)}
    opened = Initiative.objects.bulk_create([
        Initiative(name=f"Инициатива {n}", product=office.product, **days, **owned) for n in range(rows)
    ])  # fmt: skip
    InitiativeSegment.objects.bulk_create([
        *(InitiativeSegment(initiative_id=lead.initiative_id, segment=segment) for segment in segments),
        *(InitiativeSegment(initiative=one, segment_id=lead.segment_id) for one in opened),
    ])  # fmt: skip
    people = [office.olim, office.oksana, office.lola, office.kamila]
    InitiativeMember.objects.bulk_create([
        InitiativeMember(initiative_id=pk, user=person)
        for pk in [lead.initiative_id, *(one.pk for one in opened)]
        for person in people
    ], ignore_conflicts=True)  # fmt: skip


def _bank(office: Office, rows: int) -> None:
    password = make_password(None)
    teams = Team.objects.bulk_create([Team(name=f"Команда {n}", parent=office.north) for n in range(rows)])
    User.objects.bulk_create([
        User(email=f"p{n}@bank.test", name=f"Сотрудник {n}", role=office.olim.role, team=teams[n], password=password)
        for n in range(rows)
    ])  # fmt: skip
    Product.objects.bulk_create([Product(code=f"p{n}", name=f"Продукт {n}", margin=Decimal(1)) for n in range(rows)])
    last = LossReason.objects.count()
    LossReason.objects.bulk_create([
        LossReason(code=f"r{n}", name=f"Причина {n}", position=last + n + 1) for n in range(rows)
    ])  # fmt: skip
