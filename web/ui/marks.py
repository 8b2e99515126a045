"""Marks of work in progress: next step, staleness, path, measures."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from web import formats
from web.ui.elements import icon
from web.ui.registry import component, language, register

BADLY_STALE = 1.5
PATH_ICONS = {"done": "done", "current": "current", "next": "circle", "refused": "refused"}


@register.simple_tag
def step_mark(due: datetime | None = None, title: str = "", now: datetime | None = None) -> SafeString:
    """When the next step is due: planned, overdue, or none at all."""
    if due is None and not title:
        return _mark("warning", "none", _("нет шага"))
    if due is None:
        return _mark("plain", "next", _("%(title)s, без даты") % {"title": title})
    here, clock = timezone.localtime(due), timezone.localtime(now or timezone.now())
    moment = formats.near_moment(here, clock, language())
    if here >= clock:
        return _mark("plain", "next", f"{title} {moment}".strip())
    late = _("просрочено %(span)s") % {"span": formats.duration(clock - here, language())}
    return _mark("error", "warning", f"{title}, {late}" if title else late, note=moment)


@register.simple_tag
def stale_mark(days: int | None, norm: int | None = None) -> SafeString:
    """Days on the stage against the norm; loud only when over it."""
    if days is None:
        return SafeString("")
    if not norm:
        return _mark("muted", "", formats.duration(timedelta(days=days), language()))
    text = f"{days}/{norm}"
    spoken = _("%(days)s дн. на этапе при норме %(norm)s") % {"days": days, "norm": norm}
    if days < norm:
        return _mark("muted", "", text, spoken)
    return _mark("error" if days >= norm * BADLY_STALE else "warning", "stale", text, spoken)


def _mark(kind: str, drawing: str, text: str, spoken: str = "", *, note: str = "") -> SafeString:
    """The words for a reader and the short form for the eye."""
    shown = format_html("<span>{}</span>", text)
    if spoken:
        shown = format_html('<span aria-hidden="true">{}</span><span class="sr-only">{}</span>', text, spoken)
    hint = format_html(' title="{}"', note or spoken) if note or spoken else ""
    drawn = icon(drawing) if drawing else ""
    return format_html('<span class="mark mark-{}"{}>{}{}</span>', kind, hint, drawn, shown)


@register.simple_tag(takes_context=True)
def stage_path(context: Context, steps: Iterable[Mapping[str, object]], *, action: str = "") -> SafeString:
    """The stages of a record. A step: `name`, `state` (done, current, next, refused), `url`, `note`."""
    rows = [{**step, "icon": PATH_ICONS[str(step["state"])]} for step in steps]
    place = next((n for n, step in enumerate(rows, 1) if step["state"] == "current"), 0)
    current = rows[place - 1] if place else None
    values = {"steps": rows, "place": place, "total": len(rows), "current": current, "action": action}
    return component(context, "stage_path", values)


@register.inclusion_tag("ui/meter.html")
def meter(
    value: float, plan: float, label: str, *, pace: float | None = None, unit: str = "", note: str = ""
) -> dict[str, object]:
    """Plan and fact as one bar; `pace` is where the fact should be by now."""
    lang, top = language(), max(plan, value, 1)
    shown = {"fact": formats.number(value, lang), "plan": formats.number(plan, lang)}
    return {
        "label": label,
        "value": value,
        "plan": plan,
        "top": top,
        "unit": unit,
        "note": note,
        "behind": pace is not None and value < pace,
        "fact_width": f"{100 * value / top:.1f}",
        "plan_x": f"{100 * plan / top:.1f}",
        "pace_x": None if pace is None else f"{100 * min(pace, top) / top:.1f}",
        "pace_text": None if pace is None else formats.number(pace, lang),
        **shown,
    }


@register.simple_tag
def bar(value: float, top: float, tone: str = "1") -> SafeString:
    """The length of a figure that stands beside it in the same row of a table."""
    width = 100 * value / top if top else 0
    return format_html(
        '<svg class="bar" aria-hidden="true" focusable="false" preserveAspectRatio="none">'
        '<rect class="bar-track" width="100%" height="100%" rx="2"/>'
        '<rect class="bar-{}" width="{}%" height="100%" rx="2"/></svg>',
        tone, f"{min(width, 100):.2f}",
    )  # fmt: skip


@register.simple_tag
def progress(value: int, label: str, text: str = "") -> SafeString:
    """A long job: how much is done, in percent."""
    return format_html(
        '<div class="progress-box"><div class="progress-head">'
        '<span id="progress-label">{}</span><span>{}</span></div>'
        '<div role="progressbar" aria-labelledby="progress-label" aria-valuemin="0" aria-valuemax="100"'
        ' aria-valuenow="{}">{}</div></div>',
        label, text or formats.percent(value / 100, language()), value, bar(value, 100),
    )  # fmt: skip
