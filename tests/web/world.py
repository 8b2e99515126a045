"""One record of every kind for each of several owners, each marked by its owner's bird, which no other carries."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile

from accounts import service_accounts, tokens
from accounts.models import User
from agents.choices import ContactType
from agents.models import Party, Product, Segment
from agents.services import offers
from agents.services.consents import record_consent
from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft, create_party
from agents.services.rates import set_rate
from approvals.services import ask as ask_consent
from approvals.subject import Mass
from backlog.services.actions import create_action
from backlog.services.findings import publish_finding
from backlog.services.goals import create_goal
from backlog.services.results import record_result
from backlog.services.sprints import open_sprint
from calls.services import CallDraft, log_call
from common import clock
from dashboards.choices import PeriodKind
from dashboards.committing import commit
from dashboards.days import begin, day_of
from documents.builtin import built_in
from documents.services.legal import ask
from documents.services.preparing import prepare
from documents.services.templates import by_key, upload_template
from forms.models import Submission
from forms.services.editing import create_form
from funnel import rollups
from funnel.models import Funnel, Stage
from funnel.product_funnels import create_funnel
from hypotheses.services.assignment import record_earlier
from hypotheses.services.editing import create_hypothesis
from hypotheses.services.running import start
from imports import bulk
from imports import services as imports
from inbox.models import Arrival
from inbox.services import sources
from leads.choices import BlockerCategory
from leads.drafts import LeadDraft
from leads.models import Lead, LossReason
from leads.services import blockers, editing, recording
from leads.services.intake import take_in_one
from leads.value import bank_day
from notifications.models import Notice, NoticeKind
from notifications.services import notify
from outreach.links import opt_out_token
from outreach.models import Message, OptOut
from outreach.services.campaigns import create_campaign
from outreach.services.refusals import opt_out_by_hand
from outreach.services.templates import save_template
from plans.services import open_plan, set_targets
from tests.office import Office
from webhooks import keys
from webhooks.models import Attempt, Delivery, Endpoint, Event, Line
from worktime import services as worktime

BIRDS = {"olim": "Зимородок", "lola": "Свиристель", "anvar": "Щегол", "sitora": "Пустельга"}
MISSING = {"contact": 987_654_321, "consent": 987_654_322, "refusal": 987_654_323}
NOWHERE = UUID("0190aaaa-bbbb-7ccc-8ddd-eeeeffff0000")
Objects = dict[str, Any]


@dataclass
class World:
    """``of["olim"]["lead"]`` is the id of Olim's lead; ``of["bank"]`` holds what belongs to nobody in particular."""

    office: Office
    of: dict[str, Objects] = field(default_factory=dict)

    def fill(self, owners: Iterable[str] = BIRDS, *, troubles: bool = True) -> "World":
        if "bank" not in self.of:
            self.of["bank"] = self._bank()
        for name in owners:
            self.of[name] = self._records(getattr(self.office, name), BIRDS[name], troubles=troubles)
        # The reports show what was counted last: without it they would keep every secret by being empty.
        rollups.refresh(at=clock.now())
        return self

    def _bank(self) -> Objects:
        """What an administrator shapes. Everybody of the office is made, so that lists have their choices."""
        people = ("olim", "oksana", "lola", "kamila", "nodira", "nargiza", "anvar", "sardor", "sitora", "adiba", "aziz")
        for name in people:
            getattr(self.office, name)
        agents = Stage.objects.of_kind("agent").order_by("position")
        return {
            "user": self.office.oksana.pk,
            "team": self.office.north_auto.pk,
            "stage": agents[2].pk,
            "funnel": self._funnel(),
            "reason": LossReason.objects.order_by("position")[0].pk,
            "product": self.office.product.pk,
            "holiday": self._holiday(),
            "rate": self._rate(),
            "paper_template": self._template(),
            "hook": settings.TELEGRAM_HOOK_SECRET,
            **self._system(),
            **self._incoming(),
            **self._listening(),
        }

    def _listening(self) -> Objects:
        """An endpoint that got one event, at the second try."""
        at, account = clock.now(), service_accounts.create(by=self.office.adiba, name="Хранилище")
        url, secret = "http://127.0.0.1:9/hook", keys.seal(keys.new_secret())
        endpoint = Endpoint.objects.create(url=url, secret=secret, account=account, last_ok_at=at)
        event = Event.objects.create(type="lead.created", object_id=NOWHERE, at=at, number=1, position=1)
        delivery = Delivery.objects.create(event=event, endpoint=endpoint, position=1, state="delivered", attempts=2)
        for status in (500, 204):
            Attempt.objects.create(delivery=delivery, status=status, milliseconds=12, body="ok")
        Line.objects.get_or_create(pk=1, defaults={"position": 1})
        return {"webhook": endpoint.pk, "delivery": delivery.pk}

    def _system(self) -> Objects:
        """A service account with a token."""
        account = service_accounts.create(by=self.office.adiba, name="АБС")
        scopes, at = ["leads:read"], clock.now()
        issued = tokens.issue_for(user=account, by=self.office.adiba, scopes=scopes, days=9, at=at)
        return {"service_account": account.pk, "service_token": issued.token.pk}

    def _incoming(self) -> Objects:
        """A source with a message that could not be carried out, and a form that somebody sent."""
        at, account = clock.now(), service_accounts.create(by=self.office.adiba, name="Телефония")
        fields = {"name": "Телефония", "code": "pbx", "account": account, "types": []}
        source = sources.create_source(by=self.office.adiba, fields=fields).source
        arrival = Arrival.objects.create(
            source=source, message_id="m-1", stamp=at, at=at, type="call.ended", body=b"{}", state="failed", error="-"
        )
        said = {"heading": "Заявка", "intro": "", "thanks": "Спасибо", "consent": "Согласен"}
        form = create_form(
            by=self.office.adiba, at=at,
            fields={
                "title": "Сайт", "kind": "client", "owner": self.office.olim, "fields": ["phone"], "languages": ["ru"],
                "texts": {"ru": said},
            },
        )  # fmt: skip
        sent = Submission.objects.create(
            form=form, at=at, state="failed", consent_text=form.consent_texts.get(), language="ru", ip_hash="-",
            digest="-", token="-", kept={"name": "Имя", "phone": "+998901112233"},
        )  # fmt: skip
        return {
            "source": source.pk, "source_key": source.key, "arrival": arrival.pk, "public_form": form.pk,
            "public_key": form.key, "submission": sent.pk,
        }  # fmt: skip

    def _funnel(self) -> UUID:
        """Of a product that nobody's lead is about."""
        product = Product.objects.create(code="mortgage", name="Ипотека", margin=Decimal("900000"))
        return create_funnel(by=self.office.adiba, kind="agent", product=product, name="Ипотека").pk

    def _template(self) -> UUID:
        file = ContentFile(built_in("agent", "ru"), name="Шаблон.docx")
        return upload_template(by=self.office.adiba, kind="client", language="en", name="Наш", file=file).pk

    def _papers(self, owner: User, bird: str, lead: Lead) -> Objects:
        at = clock.now()
        sides = {"terms.party_gives": f"{bird} даёт", "terms.bank_gives": f"{bird} получает"}
        document = prepare(
            lead=lead, template=by_key("agent-ru", "agent"), by=owner, at=at, dated_on=at.date(),
            number=f"{bird}-2026/1", values={"party.name": f"{bird} Моторс", **sides},
        )  # fmt: skip
        question = {"question": f"{bird}: можно ли?", "lawyer": f"{bird} юрист"}
        asked = ask(lead=lead, by=owner, at=at, document=document, **question)
        return {"document": document.pk, "legal_request": asked.pk}

    def _records(self, owner: User, bird: str, *, troubles: bool) -> Objects:
        lead = self._lead(owner, bird)
        facts = self._facts(lead, owner, bird)
        client = self._party(owner, bird, "client", agent_id=lead.party_id)
        made = {
            "colleague": owner.pk,
            "own_team": owner.team_id,
            "lead": lead.pk,
            "agent": lead.party_id,
            "client": client.pk,
            "contact": lead.party.contacts.get().pk,
            "consent": self._consent(lead.party, owner, bird),
            "segment": lead.segment_id,
            "utp": lead.utp_id,
            "initiative": lead.initiative_id,
            **facts,
            "import": self._import(owner, bird),
            "job": self._job(owner, bird),
            "notice": self._notice(owner, lead, bird),
            "day_off": self._day_off(owner, bird),
            "finding": self._finding(owner, bird, lead.segment),
            "hypothesis": self._hypothesis(owner, bird, lead),
            "goal": self._goal(owner, bird, lead.segment),
            "sprint": open_sprint(owner=owner, day=clock.now().date(), by=owner).pk,
            "plan": self._plan(owner, lead.segment),
            "commitment": self._commitment(owner),
            "action": self._action(owner, bird, lead),
            "result": self._result(owner, bird),
            "call": self._call(owner, lead, bird),
            **self._outreach(owner, lead, bird),
            "refusal": self._refusal(client, owner),
            "approval": self._approval(owner, bird),
            **self._papers(owner, bird, lead),
        }
        return made | (self._trouble(lead.party, owner) if troubles else {})

    def _lead(self, owner: User, bird: str) -> Lead:
        segment, utp, initiative = self._offer(owner, bird)
        party = PartyDraft(
            kind="agent", name=f"{bird} Моторс", segment_id=segment.pk,
            contacts=(ContactDraft("phone", self.office.phone(), person=f"{bird} Директор", note=f"{bird} вечером"),),
            source=bird.lower(), external_id=f"{bird}-1",
        )  # fmt: skip
        draft = LeadDraft(
            kind="agent", party=party, owner=owner, source=bird.lower(), external_id=f"{bird}-1",
            fields={
                "segment_id": segment.pk, "initiative_id": initiative, "utp_id": utp,
                "product_id": self.office.product.pk, "problem": f"{bird}: долгая выдача",
                "resources": f"{bird}: депозит", "amount": Decimal("918273645"), "source_channel": f"{bird} канал",
                "base": f"{bird} база", "tags": [f"{bird} метка"],
            },
        )  # fmt: skip
        return take_in_one(draft=draft, by=owner, at=clock.now())

    def _offer(self, owner: User, bird: str) -> tuple[Segment, UUID, UUID]:
        fields = {"kind": "agent", "name": f"{bird} сегмент", "city": f"{bird}град", "reach": 700}
        segment = offers.create_segment(by=owner, fields=fields).segment
        utp = offers.save_utp(
            by=owner, utp=None,
            fields={"segment": segment, "statement": f"{bird} УТП", "promised_metric": f"{bird} продаж в месяц"},
        )  # fmt: skip
        days = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
        named = {"name": f"{bird} инициатива", "product": self.office.product, "margin_goal": Decimal("777000111")}
        opened = offers.save_initiative(by=owner, initiative=None, fields=named | days, segments=[segment])
        return segment, utp.pk, opened.pk

    def _party(self, owner: User, bird: str, kind: str, **more: Any) -> Party:
        contacts = (ContactDraft(ContactType.PHONE, self.office.phone(), person=f"{bird} Клиентов"),)
        draft = PartyDraft(kind=kind, name=f"{bird} Покупатель", problem=f"{bird} ремонт", contacts=contacts, **more)
        return create_party(by=owner, draft=draft)

    @staticmethod
    def _consent(party: Party, owner: User, bird: str) -> int:
        at = clock.now()
        made = record_consent(
            party=party, by=owner, at=at, purpose="marketing", source="paper", text_version=f"{bird} 2026", given_at=at
        )
        return made.pk

    @staticmethod
    def _facts(lead: Lead, owner: User, bird: str) -> Objects:
        """A fact of each kind, a note and a step."""
        at = clock.now()
        who = {"lead": lead, "by": owner, "at": at}
        meeting = recording.record_meeting(**who, planned_at=at, held_at=at, status="held", note=f"{bird} встреча")
        answers = {"problem": f"{bird} проблема", "problem_validated": "yes", "quotes": f"{bird} цитата"}
        interview = recording.record_interview(**who, **answers)
        agreement = recording.record_agreement(**who, agent_gives=f"{bird} даёт", bank_gives=f"{bird} получает")
        promise = recording.record_promise(
            **who, metric=f"{bird} метрика", baseline=Decimal(1), target=Decimal(9), due_on=date(2027, 1, 1)
        )
        measured = recording.record_measurement(**who, value=Decimal(5), promise=promise)
        paper = ContentFile(b"%PDF-1.4 " + bird.encode(), name=f"{bird}.pdf")
        contract = recording.record_contract(**who, number=f"{bird}-77", signed_on=at.date(), file=paper)
        editing.add_note(**who, text=f"{bird} заметка")
        lead.refresh_from_db()
        editing.plan_next_step(**who, step_at=at + timedelta(hours=3), text=f"{bird} позвонить")
        return {
            "meeting": meeting.pk, "interview": interview.pk, "agreement": agreement.pk, "contract": contract.pk,
            "promise": promise.pk, "measurement": measured.pk,
        }  # fmt: skip

    @staticmethod
    def _import(owner: User, bird: str) -> UUID:
        rows = f"Имя,Телефон\r\n{bird} из файла,+998901112233\r\n"
        return imports.take_file(
            by=owner, name=f"{bird}.csv", file=ContentFile(rows.encode(), name=f"{bird}.csv")
        ).pk  # fmt: skip

    @staticmethod
    def _job(owner: User, bird: str) -> UUID:
        """A large batch with one item, which was no lead."""
        item = {"kind": "agent", "name": f"{bird} из пачки"}
        lines = BytesIO(json.dumps(item, ensure_ascii=False).encode() + b"\n")
        made = bulk.accept(by=owner, noun="leads", lines=lines, total=1, masked=False, at=clock.now())
        made.rows.create(number=0, status="refused", problem={"code": "invalid", "detail": bird, "errors": []})
        return made.pk

    def _rate(self) -> UUID:
        day = clock.now().date()
        made = set_rate(by=self.office.adiba, currency="USD", since=day, per_unit=Decimal(12650), today=day)
        return made.pk

    def _holiday(self) -> UUID:
        fields = {"region": "UZ", "day": date(2030, 5, 6), "name": "Рамазан хайит"}
        return worktime.save_holiday(by=self.office.adiba, holiday=None, changes=fields).pk

    @staticmethod
    def _day_off(owner: User, bird: str) -> UUID:
        at = clock.now()
        days = {"starts_on": at.date() + timedelta(days=30), "ends_on": at.date() + timedelta(days=31)}
        return worktime.add_day_off(user=owner, by=owner, **days, note=f"{bird} отпуск", at=at).pk

    @staticmethod
    def _finding(owner: User, bird: str, segment: Segment | None) -> UUID:
        """Kept to the author's team: what the whole bank may read says nothing of who sees whom."""
        made = publish_finding(
            by=owner, claim=f"{bird}: сначала срок", text=f"{bird}: потом ставка", segment=segment, metric="custdev",
            action_title=f"{bird}: спросить о сроке", bank_wide=False,
        )  # fmt: skip
        return made.pk

    @staticmethod
    def _plan(owner: User, segment: Segment) -> UUID:
        at = clock.now()
        plan = open_plan(owner=owner, segment=segment, week=bank_day(at), by=owner, at=at)
        targets = dict.fromkeys(Stage.objects.of_kind("agent")[:2], 7)
        return set_targets(plan=plan, by=owner, at=at, targets=targets).pk

    @staticmethod
    def _commitment(owner: User) -> UUID:
        """For the month: the plan of the reports, whatever else is planned."""
        at, agents = clock.now(), Funnel.objects.get(code="agent")
        month = begin(PeriodKind.MONTH, day_of(at))
        return commit(by=owner, at=at, period=PeriodKind.MONTH, starts_on=month, funnel_id=agents.pk, count=3).pk

    @staticmethod
    def _hypothesis(owner: User, bird: str, lead: Lead) -> UUID:
        """Running, with the owner's lead in its sample."""
        stage = Stage.objects.of_kind("agent").order_by("position")[1]
        made = create_hypothesis(
            by=owner, utps=[lead.utp],
            fields={
                "initiative": lead.initiative, "segment": lead.segment, "problem": f"{bird}: ждут неделю",
                "success_stage": stage, "expected_rate": Decimal("0.25"),
            },
        )  # fmt: skip
        at = clock.now()
        started = start(hypothesis=made, by=owner, at=at)
        record_earlier(hypothesis=started, members=[(lead.pk, started.arms.get().pk, at)])
        return made.pk

    @staticmethod
    def _approval(owner: User, bird: str) -> UUID:
        what = Mass.of("leads", {"q": [bird]}, 5_000, [("Поиск", bird)])
        return ask_consent(what=what, by=owner, reason=f"{bird}: сверка", at=clock.now()).pk

    @staticmethod
    def _call(owner: User, lead: Lead, bird: str) -> UUID:
        at = clock.now()
        draft = CallDraft(
            direction="out", at=at - timedelta(minutes=20), result="talked", duration_seconds=300, lead=lead,
            owner=owner, recording_url=f"https://pbx.test/{lead.pk}", source=f"{bird} АТС", external_id=f"{bird}-9",
        )  # fmt: skip
        return log_call(draft=draft, by=owner, at=at).call.pk

    @staticmethod
    def _result(owner: User, bird: str) -> UUID:
        at = clock.now()
        action = create_action(owner=owner, by=owner, at=at, title=f"{bird} сделано")
        return record_result(action=action, by=owner, at=at, outcome="agreed", note=f"{bird} итог").pk

    @staticmethod
    def _action(owner: User, bird: str, lead: Lead) -> UUID:
        at = clock.now()
        made = create_action(
            owner=owner, title=f"{bird} действие", by=owner, at=at, lead=lead, note=f"{bird} о действии",
            location=f"{bird} офис", slot_at=at + timedelta(hours=1),
        )  # fmt: skip
        return made.pk

    @staticmethod
    def _goal(owner: User, bird: str, segment: Segment | None) -> UUID:
        week = open_sprint(owner=owner, day=clock.now().date(), by=owner)
        named = {"statement": f"{bird}: 5 устных контрактов", "metric": "verbal_contract", "target": Decimal(5)}
        return create_goal(sprint=week, by=owner, segment=segment, **named).pk

    @staticmethod
    def _notice(owner: User, lead: Lead, bird: str) -> UUID:
        key = f"matrix:{lead.pk}"
        at = clock.now()
        facts = {"step": f"{bird} позвонить", "step_at": at.isoformat()}
        notify(user_id=owner.pk, kind=NoticeKind.STEP_DUE, key=key, at=at, lead_id=lead.pk, facts=facts)
        return Notice.objects.get(key=key).pk

    @staticmethod
    def _outreach(owner: User, lead: Lead, bird: str) -> Objects:
        """A campaign with one letter of its log, and the link by which that letter is refused."""
        text = {"name": f"{bird} шаблон", "channel": "email", "subject": f"{bird} тема", "body": f"{bird} письмо"}
        template = save_template(by=owner, template=None, fields=text)
        fields = {"name": f"{bird} рассылка", "template": template, "audience": f"segment={lead.segment_id}"}
        campaign = create_campaign(by=owner, fields=fields)
        message = Message.objects.create(
            campaign=campaign, party=lead.party, lead=lead, channel="email", address=f"{bird}@agent.test",
            subject=f"{bird} тема", text=f"{bird} письмо", state="sent", sent_at=clock.now(),
        )  # fmt: skip
        return {
            "template": template.pk, "campaign": campaign.pk, "message": message.pk,
            "opt_out": opt_out_token(message.pk),
        }  # fmt: skip

    @staticmethod
    def _refusal(party: Party, owner: User) -> int:
        opt_out_by_hand(party=party, by=owner, at=clock.now())
        return OptOut.objects.get(party=party).pk

    @staticmethod
    def _trouble(party: Party, owner: User) -> Objects:
        made = blockers.add_blocker(
            party=party, by=owner, at=clock.now(), description=f"Не кредитуем авто старше 5 лет {owner.name}",
            category=BlockerCategory.values[0], responsible="Риски",
        )  # fmt: skip
        return {"blocker": made.pk}
