"""A mailing that runs and one that waits: those who agreed to letters get a few a day; answers become actions."""

from collections.abc import Mapping
from datetime import datetime

from accounts.models import User
from outreach.services.campaigns import create_campaign, start_campaign
from outreach.services.templates import save_template

OWNER, QUOTA = "owner", 15
HELLO = (
    "Здравствуйте, {{ name }}.\n\nС оценкой под брендом банка машина продаётся быстрее: покупатель видит, чему верить. "
    "Первую оценку проведём вместе с вами. Ответьте на это письмо, и {{ owner }} позвонит."
)
NEWS = (
    "Здравствуйте, {{ name }}.\n\nНа этой неделе одобряем рассрочку за день. Расскажите о ней одному клиенту и "
    "напишите, что он ответил: за каждую выданную рассрочку начислим комиссию."
)


def prepare(people: Mapping[str, User], at: datetime) -> None:
    """Letters of the demo stay in a folder: nobody outside is written to."""
    by = people[OWNER]
    hello = save_template(
        by=by, template=None, fields=_letter("Первая оценка вместе", "Первая оценка за наш счёт", HELLO)
    )
    news = save_template(by=by, template=None, fields=_letter("Рассрочка за день", "Рассрочку одобряем за день", NEWS))
    first = create_campaign(by=by, fields=_campaign("Оценщикам: первая оценка", hello, at))
    start_campaign(campaign=first, by=by, at=at)
    create_campaign(by=by, fields=_campaign("Автосалонам: рассрочка за день", news, at))


def _letter(name: str, subject: str, body: str) -> dict[str, object]:
    return {"name": name, "channel": "email", "subject": subject, "body": body}


def _campaign(name: str, template: object, at: datetime) -> dict[str, object]:
    return {"name": name, "template": template, "quota": QUOTA, "starts_on": at.date()}
