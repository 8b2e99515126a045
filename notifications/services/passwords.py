"""The letter with the link by which a person chooses a new password. Sent at once, whatever his quiet hours."""

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import passwords
from accounts.events import PasswordForgotten
from accounts.models import User
from channels.messages import Outgoing, Rejected, TryLater
from channels.registry import NotConfigured, send
from jobs.registry import Again, JobRun
from jobs.services import Duty, owe

JOB = "password_letter"


def owe_letter(event: PasswordForgotten) -> None:
    """One letter a minute and person, however often the button is pressed. The link is not written down anywhere."""
    key = f"password:{event.user_id}:{event.at:%Y%m%d%H%M}"
    owe([Duty(kind=JOB, dedupe_key=key, payload={"user": str(event.user_id), "key": key}, due_at=event.at)])


def letter_from_job(run: JobRun) -> Again | None:
    """The job. A letter that nobody can take is given up: whoever needs it asks again."""
    user = User.objects.filter(pk=UUID(run.payload["user"]), is_active=True).first()
    if user is None:
        return None
    with override(user.language):
        text = _(
            "Здравствуйте, %(name)s.\n\nКто-то попросил новый пароль к CRM продаж для вашей почты. Если это вы, "
            "откройте ссылку и придумайте пароль. Она действует один час и один раз:\n\n%(link)s\n\nЕсли это не вы, "
            "ничего не делайте: прежний пароль остаётся."
        ) % {"name": user.name, "link": passwords.link_for(user)}
        outgoing = Outgoing(id=str(run.job_id), to=user.email, subject=_("Новый пароль к CRM продаж"), text=text)
    try:
        send("email", outgoing)
    except TryLater as refusal:
        return Again(refusal.retry_after)
    except (Rejected, NotConfigured):
        return None
    return None
