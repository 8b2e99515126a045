"""A sending from the public page: judged, kept, and answered before anybody is looked up.

Whether somebody is known is found out by a job afterwards (``taking``): neither the answer nor the time it takes can
tell a stranger.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils.translation import gettext as _

from common import phones
from common.errors import FieldError, Invalid, Refused
from common.text import has_control_characters, one_line
from forms import guard
from forms.choices import (
    ADDRESS_WINDOW,
    CONTACTS,
    FASTEST,
    FORM_WINDOW,
    PER_ADDRESS,
    PER_FORM,
    REPEAT_WITHIN,
    Field,
    Spam,
    State,
)  # fmt: skip
from forms.models import PublicForm, Submission
from forms.services.editing import current_wording
from jobs.services import Duty, owe

TAKE_JOB = "forms.take"
LENGTHS = {"name": 200, "phone": 40, "email": 200, "city": 120, "text": 2000}


class TooMany(Refused):
    """This address, or the form as a whole, has sent as much as it may for now."""

    code = "rate_limited"
    status = 429
    retry_after = int(ADDRESS_WINDOW.total_seconds())


class DrawAgain(Refused):
    """The page is not ours, too old, or sent faster than anybody types: it is to be sent once more."""

    code = "draw_again"
    status = 422


@dataclass(frozen=True, slots=True)
class Visitor:
    """``ip`` and ``agent`` are hashed or shortened before anything is kept. ``trap`` is the field nobody sees."""

    ip: str
    agent: str
    language: str
    token: str
    trap: str
    agreed: bool


def answer(*, form: PublicForm, values: Mapping[str, str], visitor: Visitor, at: datetime) -> None:
    """Keep a sending. Returns nothing on purpose: accepted, known, spam and a double press are all thanked alike.

    Raises Invalid (what the visitor is to mend), DrawAgain, TooMany.
    """
    given = {name: one_line(values.get(name) or "") for name in ("name", *form.fields) if name != Field.TEXT}
    if Field.TEXT in form.fields:
        given[Field.TEXT] = (values.get(Field.TEXT) or "").strip()
    drawn = guard.read(visitor.token, form.key)
    if drawn is None or guard.is_old(drawn, at):
        raise DrawAgain(_("Страница открыта давно. Проверьте поля и отправьте ещё раз."))
    if errors := problems(form, given, agreed=visitor.agreed):
        raise Invalid(_("Проверьте поля."), errors)
    if at - drawn.at < FASTEST and not visitor.trap:
        raise DrawAgain(_("Проверьте поля и отправьте ещё раз."))
    with transaction.atomic():
        _keep(form, given, visitor, drawn, at)


def problems(form: PublicForm, given: Mapping[str, str], *, agreed: bool) -> list[FieldError]:
    found = []
    if not given["name"]:
        found.append(FieldError("name", "required", _("Напишите, как к вам обращаться.")))
    for name in form.required:
        if not given[name]:
            found.append(FieldError(name, "required", _("Заполните это поле.")))
    if not any(given.get(name) for name in CONTACTS) and not found:
        asked = next(name for name in CONTACTS if name in form.fields)
        found.append(FieldError(asked, "required", _("Оставьте контакт, по которому вам ответить.")))
    found += _shapes(given)
    if not agreed:
        found.append(FieldError("agreed", "required", _("Без согласия мы не можем принять ваши данные.")))
    return found


def _shapes(given: Mapping[str, str]) -> list[FieldError]:
    found = []
    for name, text in given.items():
        if len(text) > LENGTHS[name]:
            found.append(FieldError(name, "too_long", _("Не длиннее %(most)s знаков.") % {"most": LENGTHS[name]}))
        elif has_control_characters(text):
            found.append(FieldError(name, "invalid", _("Уберите из поля непечатные знаки.")))
    if given.get(Field.PHONE) and phones.normalise(given[Field.PHONE]) is None:
        found.append(FieldError("phone", "invalid", _("Проверьте номер, например +998 90 123-45-67.")))
    if given.get(Field.EMAIL) and not _is_email(given[Field.EMAIL]):
        found.append(FieldError("email", "invalid", _("Проверьте адрес почты.")))
    return found


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _keep(form: PublicForm, given: dict[str, str], visitor: Visitor, drawn: guard.Drawn, at: datetime) -> None:
    address = guard.keyed("ip", visitor.ip)
    _demand_room(form, address, at)
    digest = guard.digest_of(given)
    spam = _spam_of(form, given, visitor, digest, at)
    row = Submission(
        form=form, at=at, state=State.SPAM if spam else State.RECEIVED, reason=spam, language=visitor.language,
        consent_text=current_wording(form), agent_family=guard.family_of(visitor.agent), ip_hash=address, digest=digest,
        token=drawn.digest, kept={} if spam else given,
    )  # fmt: skip
    Submission.objects.bulk_create([row], ignore_conflicts=True)  # a double press: the first one counts
    if not spam and Submission.objects.filter(pk=row.pk).exists():
        owe([duty_of(row, at)])


def duty_of(row: Submission, at: datetime) -> Duty:
    return Duty(TAKE_JOB, f"{TAKE_JOB}:{row.pk}:{row.tries}", {"submission": str(row.pk)}, at)


def _demand_room(form: PublicForm, address: str, at: datetime) -> None:
    """Counted one after another, so that a hundred at the same moment do not all find room. Raises TooMany."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"forms:{form.pk}"])
    rows = Submission.objects.filter(form=form)
    mine = rows.filter(ip_hash=address, at__gt=at - ADDRESS_WINDOW).count()
    if mine >= PER_ADDRESS or rows.filter(at__gt=at - FORM_WINDOW).count() >= PER_FORM:
        raise TooMany(_("С этого адреса пришло слишком много обращений. Попробуйте через час."))


def _spam_of(form: PublicForm, given: Mapping[str, str], visitor: Visitor, digest: str, at: datetime) -> str:
    """Why nobody should call back; empty for a person."""
    if visitor.trap:
        return Spam.HONEYPOT
    if guard.only_links(given.get(Field.TEXT, "")) or guard.only_links(given["name"]):
        return Spam.LINKS
    same = Submission.objects.filter(form=form, digest=digest, at__gt=at - REPEAT_WITHIN)
    return Spam.REPEAT if same.exists() else ""
