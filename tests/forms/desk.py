"""A form on a site and its visitors."""

from datetime import timedelta
from typing import Any

from common import clock
from forms import guard
from forms.models import PublicForm, Submission
from forms.services.answering import Visitor, answer
from forms.services.editing import create_form
from jobs.models import Job, JobState
from jobs.services import run_one
from tests.office import Office

SAID = {
    "ru": {"heading": "Заявка", "intro": "", "thanks": "Спасибо, перезвоним", "consent": "Согласен на обработку"},
    "uz": {"heading": "Ariza", "intro": "", "thanks": "Rahmat", "consent": "Roziman"},
    "en": {"heading": "Request", "intro": "", "thanks": "Thank you", "consent": "I agree"},
}


def form_of(office: Office, **fields: Any) -> PublicForm:
    given = {
        "title": "Сайт", "kind": "client", "fields": ["phone", "email", "city", "text"], "required": ["phone"],
        "languages": ["ru", "uz", "en"], "texts": SAID, "origins": ["https://bank.uz"],
    }  # fmt: skip
    receiver = {} if {"owner", "team"} & set(fields) else {"owner": office.olim}
    return create_form(by=office.adiba, at=clock.now(), fields=given | receiver | fields)


def page_of(form: PublicForm, *, seconds: float = 30) -> str:
    """The hidden field of a page that was drawn so long ago."""
    return guard.sign(form.key, clock.now() - timedelta(seconds=seconds))


def visitor(form: PublicForm, **given: Any) -> Visitor:
    usual = {"ip": "10.1.1.1", "agent": "Mozilla/5.0 Firefox/140.0", "language": "ru", "trap": "", "agreed": True}
    return Visitor(**({"token": page_of(form)} | usual | given))


def send(form: PublicForm, *, by: dict[str, Any] | None = None, **values: str) -> None:
    typed = {"name": "Зафар Каримов", "phone": "+998 90 123-45-67"} | values
    answer(form=form, values=typed, visitor=visitor(form, **(by or {})), at=clock.now())


def work_off() -> None:
    """What is due. A test is one transaction, whose «now» was before the duty was owed."""
    Job.objects.filter(state=JobState.READY).update(due_at=clock.now() - timedelta(minutes=1))
    while run_one():
        pass


def worked_off() -> list[tuple[str, str]]:
    """State and reason of every sending, oldest first, once the queue is empty."""
    work_off()
    return list(Submission.objects.order_by("at", "id").values_list("state", "reason"))
