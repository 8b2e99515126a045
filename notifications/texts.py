"""What is said outside the house: the name of the step, its time and a link; no name, phone or tax id of anybody."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from channels.messages import Outgoing
from notifications import letters
from notifications.choices import NoticeKind
from notifications.models import Delivery, Notice

MOST_LINES = 30
LONGEST_LINE = 100
# Seven digits or more, written in groups or not, are a phone, a tax id, an account or a card: people put them
# into the name of a step, and a letter is read by more than one.
_NUMBER = re.compile(r"\+?\d(?:[\s().\-–  ]*\d){6,}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def compose(delivery: Delivery, address: str) -> Outgoing:
    """The message in the person's language, by the clock of his zone. Made anew, it is the same."""
    notices = list(delivery.notices.order_by("kind", "at", "pk"))
    user = delivery.user
    with translation.override(user.language):
        own = None if delivery.is_digest else letters.write(notices[0].kind, notices[0].facts, user)
        subject, text, html = own or (*(_digest(notices, user) if delivery.is_digest else _one(notices[0], user)), "")
    return Outgoing(id=delivery.outside_id, to=address, subject=subject, text=text, html=html)


def without_numbers(text: str) -> str:
    return _MAIL.sub("…", _NUMBER.sub("…", text))


def _one(notice: Notice, user: User) -> tuple[str, str]:
    line = _line(notice, user)
    title = str(NoticeKind(notice.kind).label)
    return f"{title}: {line}" if line else title, _body([f"{title}: {line}" if line else title, "", _link(notice)])


def _digest(notices: Sequence[Notice], user: User) -> tuple[str, str]:
    """Grouped by occasion; of a long one the first lines, the rest is a press away."""
    count = len(notices)
    subject = ngettext("Сводка: %(n)d уведомление", "Сводка: %(n)d уведомлений", count) % {"n": count}
    parts = [subject]
    for kind, group in groupby(notices[:MOST_LINES], key=lambda notice: notice.kind):
        parts += [
            "",
            f"{NoticeKind(kind).label}:",
            *(f"— {_line(notice, user) or _('без названия')}" for notice in group),
        ]
    if count > MOST_LINES:
        parts.append(_("…и ещё %(n)d") % {"n": count - MOST_LINES})
    return subject, _body([*parts, "", f"{settings.PUBLIC_URL}{reverse('notifications:list')}"])


def _body(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


def _link(notice: Notice) -> str:
    return f"{settings.PUBLIC_URL}{reverse('notifications:open', args=[notice.pk])}"


def _line(notice: Notice, user: User) -> str:
    """«Позвонить, 22.11 14:05». The lead's name stays inside: it is that of a person."""
    facts = notice.facts
    words = str(next(filter(None, map(facts.get, ("step", "metric", "file", "account", "host"))), ""))
    said = Truncator(without_numbers(words)).chars(LONGEST_LINE)
    return ", ".join(part for part in (said, _when(facts, user)) if part)


def _when(facts: dict[str, object], user: User) -> str:
    if moment := facts.get("step_at"):
        return f"{datetime.fromisoformat(str(moment)).astimezone(user.zone):%d.%m %H:%M}"
    if day := facts.get("due_on"):
        return f"{date.fromisoformat(str(day)):%d.%m}"
    return ""
