"""Two contracts in preparation and three questions to the lawyers: one answered, one in work, one late."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from accounts.models import User
from documents.models import Document
from documents.services import legal
from documents.services.preparing import add_version, prepare
from documents.services.templates import by_key
from documents.variables import first_values, terms_of
from funnel.defaults import VERBAL_CONTRACT
from leads.models import Lead
from leads.value import bank_day

BANK = "АО «Демобанк»"
PERIOD = "до 31 декабря"
QUESTIONS = (
    ("Можно ли платить вознаграждение агенту без статуса предпринимателя?", 12, "Д. Каримов"),
    ("Согласуйте пункт о рекламе услуги банка в салоне партнёра.", 1, "Н. Алиева"),
    ("Нужна ли доверенность, если подписывает директор филиала?", 6, "Д. Каримов"),
)


def write(people: Mapping[str, User], at: datetime) -> None:
    """On the leads of one product owner that stand at the verbal contract; where there are none, nothing."""
    owner = people["owner"]
    rows = Lead.objects.for_card().open().filter(owner=owner, stage__code=VERBAL_CONTRACT, agreements__isnull=False)
    leads = list(rows.order_by("-stage_entered_at", "pk").distinct()[: len(QUESTIONS)])
    papers = [_prepare(lead, key, owner, at) for lead, key in zip(leads, ("agent-ru", "agent-uz"), strict=False)]
    for number, lead in enumerate(leads):
        text, days_ago, lawyer = QUESTIONS[number]
        asked = legal.ask(
            lead=lead, by=owner, at=at - timedelta(days=days_ago), question=text, lawyer=lawyer,
            document=papers[number] if number < len(papers) else None,
        )  # fmt: skip
        if number == 1:
            legal.take(request=asked, by=owner, at=at)
        if number == 2:
            legal.answer(
                request=asked, by=owner, at=at, text="Нужна: подпись филиала без доверенности недействительна."
            )


def _prepare(lead: Lead, key: str, owner: User, at: datetime) -> Document:
    template, day = by_key(key, "agent"), bank_day(at)
    values = first_values(terms_of(lead, template.language), template.variables) | {"bank.name": BANK}
    document = prepare(lead=lead, template=template, by=owner, at=at, dated_on=day, values=values)
    if key.endswith("ru"):
        add_version(document=document, template=template, by=owner, at=at, values=values | {"terms.period": PERIOD})
    return document
