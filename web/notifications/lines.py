"""A notice in the reader's own language, made from its kind and facts when it is shown."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common import clock
from leads.choices import MeetingKind
from notifications.models import Notice, NoticeKind
from notifications.selectors import Line
from web import formats

ICONS = {
    NoticeKind.STEP_DUE: "clock", NoticeKind.ACTION_DUE: "clock", NoticeKind.SLOT: "calendar",
    NoticeKind.OVERDUE: "warning", NoticeKind.MEETING: "users", NoticeKind.PROMISE: "target",
    NoticeKind.REPLY: "mail", NoticeKind.LEGAL: "scales", NoticeKind.LEAD_ASSIGNED: "leads",
    NoticeKind.IMPORT_FINISHED: "import", NoticeKind.WEEKLY_REPORT: "chart",
    NoticeKind.HYPOTHESIS: "scales", NoticeKind.TOKEN: "lock", NoticeKind.WEBHOOK_STOPPED: "warning",
    NoticeKind.CAME_AGAIN: "user", NoticeKind.SECURITY: "lock",
    NoticeKind.APPROVAL: "users",
}  # fmt: skip


@dataclass(slots=True)
class Shown:
    """One line of the bell. ``new_day`` is the day's title where the line opens a day; ``earlier`` are the lines of
    the same lead and day that fold under this one."""

    notice: Notice
    icon: str
    text: str
    url: str
    new_day: str = ""
    lead_name: str = ""
    muted: bool = False
    earlier: list["Shown"] = field(default_factory=list)

    @property
    def lead_id(self) -> UUID | None:
        """Only of a lead that the reader may see."""
        return self.notice.lead_id if self.lead_name else None


def shown(lines: Iterable[Line], *, previous: datetime | None = None, grouped: bool = False) -> list[Shown]:
    """``previous`` is the moment of the line that stands before these, on an earlier portion."""
    lang, today = get_language() or "ru", timezone.localdate()
    day: date | None = timezone.localtime(previous).date() if previous else None
    found: list[Shown] = []
    heads: dict[UUID, Shown] = {}
    for line in lines:
        own = timezone.localtime(line.notice.at).date()
        title = formats.near_day(own, today, lang) if own != day else ""
        heads = {} if title else heads
        made = _shown(line, title)
        head = heads.get(made.lead_id) if grouped and made.lead_id else None
        if head is not None:
            head.earlier.append(made)
            continue
        if made.lead_id:
            heads[made.lead_id] = made
        found.append(made)
        day = own
    return found


def _shown(line: Line, title: str) -> Shown:
    icon = ICONS.get(NoticeKind(line.notice.kind), "bell")
    name = line.lead.party.name if line.lead else ""
    return Shown(line.notice, icon, text_of(line), address_of(line), title, name, line.muted)


def text_of(line: Line) -> str:
    """A line about a lead that went out of the reader's sight names neither the lead nor the step."""
    name = line.lead.party.name if line.lead else ""
    if line.notice.lead_id and not name:
        return _gone(line.notice.kind)
    make = TEXTS.get(line.notice.kind)
    return make(line.notice.facts, name) if make else str(line.notice.get_kind_display())


def _gone(kind: str) -> str:
    if kind == NoticeKind.LEAD_ASSIGNED:
        return _("Вам передали лид, он уже у другого")
    if kind == NoticeKind.STEP_DUE:
        return _("Подошёл срок шага по лиду, который уже ведёт другой")
    return _("Напоминание по лиду, который уже ведёт другой")


def _step(facts: dict[str, Any], name: str) -> str:
    """«Позвонить: Orient Auto, сегодня, 14:05»; an action of one's own may have no lead."""
    step = str(facts.get("step") or _("Следующий шаг"))
    when = _moment(facts.get("step_at"))
    if not name:
        return _("%(step)s, %(when)s") % {"step": step, "when": when}
    return _("%(step)s: %(name)s, %(when)s") % {"step": step, "name": name, "when": when}


def _action(facts: dict[str, Any], name: str) -> str:
    return _("Подходит срок. %(what)s") % {"what": _step(facts, name)}


def _slot(facts: dict[str, Any], name: str) -> str:
    return _("Начинается. %(what)s") % {"what": _step(facts, name)}


def _overdue(facts: dict[str, Any], name: str) -> str:
    return _("Просрочено. %(what)s") % {"what": _step(facts, name)}


def _meeting(facts: dict[str, Any], name: str) -> str:
    kind = facts.get("meeting")
    step = str(MeetingKind(kind).label) if kind in MeetingKind.values else str(MeetingKind.VISIT.label)
    return _step(facts | {"step": step}, name)


def _promise(facts: dict[str, Any], name: str) -> str:
    due = facts.get("due_on")
    day = formats.near_day(date.fromisoformat(str(due)), timezone.localdate(), get_language() or "ru") if due else ""
    values = {"metric": facts.get("metric", ""), "name": name, "day": day}
    if facts.get("short"):
        return _("Недокрутили: %(metric)s, %(name)s, срок %(day)s") % values
    return _("Обещанная ценность: %(metric)s, %(name)s, срок %(day)s") % values


def _legal(facts: dict[str, Any], name: str) -> str:
    values = {"name": name or _("лид"), "question": Truncator(str(facts.get("question", ""))).chars(80)}
    if facts.get("answered"):
        return _("Юристы ответили: %(name)s. %(question)s") % values
    if facts.get("late"):
        return _("Юристы не ответили в срок: %(name)s. %(question)s") % values
    return _("Сегодня срок ответа юристов: %(name)s. %(question)s") % values


def _assigned(_facts: dict[str, Any], name: str) -> str:
    return _("Вам передан лид: %(name)s") % {"name": name} if name else _gone(NoticeKind.LEAD_ASSIGNED)


def _reply(_facts: dict[str, Any], name: str) -> str:
    """Without a lead the name is not told: it stands on the action in «Мой день»."""
    return _("Ответили на рассылку: %(name)s") % {"name": name} if name else _("Ответили на рассылку: см. «Мой день»")


def _came_again(facts: dict[str, Any], name: str) -> str:
    """Without a lead of his own the name is not told: it stands on the party's card."""
    text = _("Снова обратился с формы «%(form)s»") % {"form": facts.get("form", "")}
    return f"{text}: {name}" if name else text


def _import(facts: dict[str, Any], _name: str) -> str:
    title = str(facts.get("file") or facts.get("name") or "")
    text = _("Импорт закончен: %(file)s") % {"file": title} if title else _("Импорт закончен")
    done, errors = facts.get("created"), facts.get("errors")
    if done is not None:
        text += ". " + _("Новых лидов: %(n)s") % {"n": formats.number(int(done), get_language() or "ru")}
    if errors:
        text += ". " + _("Строк с ошибками: %(n)s") % {"n": formats.number(int(errors), get_language() or "ru")}
    return text


def _hypothesis(facts: dict[str, Any], _name: str) -> str:
    return _("Гипотезу %(code)s можно решить: правило дало вердикт") % {"code": facts.get("code", "")}


def _webhook(facts: dict[str, Any], _name: str) -> str:
    host = facts.get("host", "")
    if facts.get("why") == "gone":
        return _("Вебхук отключён: %(host)s ответил, что адреса больше нет") % {"host": host}
    return _("Вебхук на паузе: %(host)s не отвечает больше суток") % {"host": host}


def _token(facts: dict[str, Any], _name: str) -> str:
    day = date.fromisoformat(str(facts.get("due_on")))
    values = {"account": facts.get("account", ""), "day": formats.near_day(day, timezone.localdate(), _language())}
    return _("Ключ системы «%(account)s» действует до %(day)s. Замените секрет") % values


def _security(facts: dict[str, Any], _name: str) -> str:
    if viewer := facts.get("viewer"):
        words = {"name": viewer, "n": formats.number(facts.get("cards", 0), _language())}
        return _("%(name)s открывает необычно много карточек: за час %(n)s") % words
    values = {"by": facts.get("by", "")}
    return _("%(by)s снял ваш второй фактор. Если вы об этом не просили, сообщите в службу безопасности") % values


def _approval(facts: dict[str, Any], _name: str) -> str:
    if asker := facts.get("asker"):
        return _("%(name)s просит согласия на массовое действие") % {"name": asker}
    return _("Согласие получено, можно продолжать") if facts.get("agreed") else _("В согласии отказано")


def _language() -> str:
    return get_language() or "ru"


TEXTS: Mapping[str, Callable[[dict[str, Any], str], str]] = {
    NoticeKind.STEP_DUE: _step,
    NoticeKind.ACTION_DUE: _action,
    NoticeKind.SLOT: _slot,
    NoticeKind.OVERDUE: _overdue,
    NoticeKind.MEETING: _meeting,
    NoticeKind.PROMISE: _promise,
    NoticeKind.REPLY: _reply,
    NoticeKind.LEGAL: _legal,
    NoticeKind.LEAD_ASSIGNED: _assigned,
    NoticeKind.HYPOTHESIS: _hypothesis,
    NoticeKind.IMPORT_FINISHED: _import,
    NoticeKind.TOKEN: _token,
    NoticeKind.WEBHOOK_STOPPED: _webhook,
    NoticeKind.CAME_AGAIN: _came_again,
    NoticeKind.SECURITY: _security,
    NoticeKind.APPROVAL: _approval,
}


def _moment(text: object) -> str:
    if not text:
        return ""
    here, now = timezone.localtime(datetime.fromisoformat(str(text))), timezone.localtime(clock.now())
    return formats.near_moment(here, now, get_language() or "ru")


def address_of(line: Line) -> str:
    """Where a press leads: the lead, the import, the action; nothing where none of them is there for him."""
    facts = line.notice.facts
    if line.lead is not None:
        return _reverse("leads:card", line.lead.pk)
    if number := facts.get("import"):
        return _reverse("imports:run", number)
    if number := facts.get("hypothesis"):
        return _reverse("hypotheses:detail", number)
    if number := facts.get("endpoint"):
        return _reverse("integrations:webhook", number)
    if number := facts.get("viewed_by"):
        return f"{_reverse('audit:person')}?user={number}"
    if number := facts.get("approval"):
        return f"{_reverse('approvals:list')}#approval-{number}"
    if number := facts.get("service_account"):
        return _reverse("integrations:account", number)
    if line.notice.lead_id is not None:
        return ""
    if number := facts.get("action"):
        return _reverse("actions:page", number)
    if number := facts.get("party"):
        return _reverse("agents:card" if facts.get("kind") == "agent" else "agents:client", number)
    if line.notice.kind == NoticeKind.WEEKLY_REPORT:
        return _reverse("reports:overview")
    return _reverse("today:page") if line.notice.kind == NoticeKind.REPLY else ""


def _reverse(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
