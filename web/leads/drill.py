"""A number of the funnel opened its rows: say in one sentence what is listed."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team
from accounts.scope import people
from agents.models import Initiative, Segment
from funnel.choices import PassageState
from funnel.models import Stage
from leads.filters import IN_ORDER, NOBODY, REVERSED
from web import formats
from web.leads.filtering import Asked
from web.ui.registry import language


def sentence(asked: Asked, count: int) -> str:
    """«Вошли в «CustDev» с 1 по 30 ноября 2026 г. и ещё на этапе: 19»."""
    data = asked.filterset.form.cleaned_data
    stages = Stage.objects.filter(code=data.get("reached", ""))
    stage = (stages.filter(kind=data["kind"]) if data.get("kind") else stages).first()
    if stage is None:
        return _("Этапа «%(code)s» нет: возможно, его переименовали.") % {"code": asked.query["reached"][:40]}
    became: dict[str, str] = {
        PassageState.PASSED: _("и прошли дальше"),
        PassageState.OPEN: _("и ещё на этапе"),
        PassageState.LOST: _("и ушли в отказ или архив"),
        PassageState.DONE: _("и дошли до конца"),
    }
    order = {IN_ORDER: _("(даты по порядку)"), REVERSED: _("(даты в обратном порядке)")}
    period = _period(data.get("entered_from"), data.get("entered_to"))
    parts = [_("Вошли в «%(stage)s»") % {"stage": stage.name}, period, became.get(data.get("state") or "", "")]
    parts.append(order.get(data.get("dates") or "", ""))
    text = " ".join(part for part in parts if part)
    return "; ".join([text, *_dimensions(asked)]) + f": {formats.number(count, language())}"


def _period(start: datetime | None, end: datetime | None) -> str:
    """``end`` is the first moment after the period."""
    lang = language()
    first = timezone.localtime(start).date() if start else None
    last = timezone.localtime(end - timedelta(microseconds=1)).date() if end else None
    if first and last and first == last:
        return formats.long_day(first, lang)
    if first and last:
        same = (first.year, first.month) == (last.year, last.month)
        begin = str(first.day) if same else formats.long_day(first, lang)
        return _("с %(start)s по %(end)s") % {"start": begin, "end": formats.long_day(last, lang)}
    if first:
        return _("с %(start)s") % {"start": formats.long_day(first, lang)}
    return _("по %(end)s") % {"end": formats.long_day(last, lang)} if last else ""


def _dimensions(asked: Asked) -> list[str]:
    """What was known when the lead entered the stage; a name only of what the reader may see."""
    user = asked.user
    rows = {
        "then_owner": people(user),
        "then_team": Team.objects.all(),
        "then_segment": Segment.objects.visible_to(user),
        "then_initiative": Initiative.objects.visible_to(user),
    }
    found = []
    for name in (*rows, "then_source_channel"):
        value = asked.query.get(name)
        if not value or name in asked.filterset.errors:
            continue
        label = str(asked.filterset.filters[name].label).lower()
        found.append(f"{label} — {_named(rows.get(name), value)}")
    return found


def _named(rows: object, value: str) -> str:
    if value == NOBODY:
        return _("не указано")
    if rows is None:
        return _("«%s»") % value[:60]
    row = rows.filter(pk=UUID(value)).first()  # type: ignore[attr-defined]
    return _("«%s»") % row if row else _("другой")
