"""Why a lead or an action stands where it stands: the parts of its score in the reader's words, and the sum itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from agents.models import Segment
from backlog.models import Action, LeadScore, RateCell
from backlog.ranking.actions import score_action
from backlog.ranking.funnels import Funnel, funnel_of
from common import formats
from common.format_tables import DEFAULT
from funnel.models import Stage
from leads.models import Lead
from priority.reason import Reason, recompute, unpack

NOTICED = 0.005
"""A UTP that changes the rate by less than half a percentage point is not worth a word."""


@dataclass(frozen=True, slots=True)
class Part:
    """A factor of the score: what it is called, as people read it, as it is counted with, where it comes from."""

    sign: str
    name: str
    shown: str
    exact: float
    origin: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """``score`` is what the list was sorted by, margin per hour; ``recomputed`` the same from ``parts`` alone."""

    sentence: str
    comparison: str = ""
    facts: Sequence[str] = ()
    parts: Sequence[Part] = ()
    formula: str = ""
    score: float | None = None
    recomputed: float | None = None
    per_hour: str = ""
    rank: int | None = None
    proposed: int | None = None
    own: str = ""
    """What the engine would have done, where the person chose otherwise."""
    as_of: datetime | None = None
    reason: Reason | None = field(default=None, repr=False)


def explain(lead: Lead, at: datetime) -> Explanation:
    """A lead's place. At most eight queries; a lead that is not ranked says why."""
    stored = LeadScore.objects.filter(lead_id=lead.pk).first()
    if stored is None or not lead.is_open:
        return Explanation(sentence=_not_ranked(lead))
    reason, known = unpack(stored.parts), funnel_of(lead.stage_id)
    stages = _stages(lead, known) if known else None
    return Explanation(
        sentence=sentence(reason, utp=lead.utp.statement if lead.utp else ""),
        comparison=_comparison(lead.segment, *stages) if stages else "",
        facts=_facts(lead.segment),
        parts=_parts(reason, idle=at - lead.touched_at),
        formula=reason.formula(),
        score=stored.score,
        recomputed=recompute(reason),
        per_hour=_money(stored.score),
        rank=stored.rank,
        proposed=stored.proposed,
        as_of=timezone.localtime(stored.as_of),
        reason=reason,
    )


def explain_action(action: Action, at: datetime) -> Explanation:
    """An action's place: its lead's, or that of a lead of one step with the margin of its goal's metric."""
    if action.lead is not None and LeadScore.objects.filter(lead_id=action.lead.pk).exists():
        found = explain(action.lead, at)
        return _with_own(found, action)
    worth = score_action(action)
    if worth is None:
        return Explanation(sentence=_("Без оценки: у действия нет лида, а у цели — маржи за единицу метрики."))
    reason = worth.reason
    text = _("%(margin)s × %(chance)s ÷ %(hours)s: столько приносит час этого действия")
    return _with_own(
        Explanation(
            sentence=text % {
                "margin": _money(reason.margin), "chance": _percent(reason.chance), "hours": _hours(reason.hours),
            },
            facts=_facts(action.segment),
            parts=_parts(reason, idle=None, origin=worth.origin),
            formula=reason.formula(),
            score=worth.score,
            recomputed=recompute(reason),
            per_hour=_money(worth.score),
            reason=reason,
        ),
        action,
    )  # fmt: skip


def sentence(reason: Reason, *, utp: str = "") -> str:
    """«маржа 420 тыс. сум × 31 % × 18 % ÷ 2,1 ч; остыл до 71 %; 12 из 40 таких прошли; УТП «…»: +6 п. п. к сегменту».

    The rate is the one by which leads are ranked, so that the line can be checked with a pocket calculator."""
    return "; ".join(_said(reason, utp))


def stored_reasons(action: Action) -> list[str]:
    """Why an action stands where it stands, by the scores that were joined to its row: no query is made for it."""
    scored = getattr(action.lead, "score", None) if action.lead is not None else None
    if scored is not None and action.lead is not None:
        return _said(unpack(scored.parts), action.lead.utp.statement if action.lead.utp else "")
    own = getattr(action, "score", None)
    return [] if own is None else [_("час этого действия приносит %(margin)s") % {"margin": _money(own.score)}]


def reasons(reason: Reason, *, utp: str = "") -> list[str]:
    """The same, a line each."""
    return _said(reason, utp)


def _said(reason: Reason, utp: str) -> list[str]:
    said = [
        _("маржа %(margin)s × %(chance)s × %(onward)s ÷ %(hours)s")
        % {
            "margin": _money(reason.margin), "chance": _percent(reason.chance * reason.freshness),
            "onward": _percent(reason.onward), "hours": _hours(reason.effort_hours),
        },
        _("остыл до %(share)s") % {"share": _percent(reason.freshness)},
        _tried(round(reason.passes), round(reason.trials)),
    ]  # fmt: skip
    if utp and abs(reason.utp_effect) >= NOTICED:
        short = utp if len(utp) <= 40 else f"{utp[:39].rstrip()}…"
        effect = formats.points(round(reason.utp_effect, 4), _language())
        said.append(_("УТП «%(utp)s»: %(points)s к сегменту") % {"utp": short, "points": effect})
    return said


def _tried(passed: int, trials: int) -> str:
    if not trials:
        return _("таких ещё не пробовали: шанс взят у сегмента и УТП")
    told = {"passed": formats.number(passed, _language()), "trials": formats.number(trials, _language())}
    return ngettext("%(passed)s из %(trials)s таких прошёл", "%(passed)s из %(trials)s таких прошли", passed) % told


def _parts(reason: Reason, *, idle: object, origin: str = "") -> list[Part]:
    """The factors of rule 8 in the order of the formula."""
    seen = _("по опыту %(p)s, от %(low)s до %(high)s") % {
        "p": _percent(reason.p), "low": _percent(reason.p_low), "high": _percent(reason.p_high),
    }  # fmt: skip
    days = formats.duration(idle, _language()) if idle is not None else ""  # type: ignore[arg-type]
    touched = _("без касания %(time)s") % {"time": days} if days else _("действие не остывает")
    return [
        Part("", _("Маржа"), _money(reason.margin), reason.margin, origin or _("маржа продукта")),
        Part("×", _("Шанс пройти этап"), _percent(reason.chance, 1), reason.chance,
             _("%(seen)s; новому дана фора") % {"seen": seen}),
        Part("×", _("Свежесть"), _percent(reason.freshness, 1), reason.freshness, touched),
        Part("×", _("Шанс пройти остальные этапы"), _percent(reason.onward, 1), reason.onward, ""),
        Part("÷", _("Часов на этот шаг"), _hours(reason.hours), reason.hours, _("усилие на этап из настроек")),
        Part("+", _("Часов на остальные этапы"), _hours(reason.further_hours), reason.further_hours,
             _("нужны, только если этот шаг удался")),
    ]  # fmt: skip


def _stages(lead: Lead, known: Funnel) -> tuple[Stage, Stage | None] | None:
    """The stage whose step the lead is on, and the one that it leads to."""
    step = known.place.get(lead.stage_id)
    if step is None:
        return None
    here = known.stages[step]
    ahead = Stage.objects.of_funnel(lead.stage.funnel_id).active().filter(position__gt=here.position).first()
    return here, ahead


def _comparison(segment: Segment | None, here: Stage, ahead: Stage | None) -> str:
    """«Сегмент «Оценщики»: 6 из 14 дошли до этапа «Устный контракт», против 2 из 15 в среднем»."""
    if segment is None or ahead is None:
        return ""
    mine, others = Q(segment=segment), ~Q(segment=segment) | Q(segment=None)
    sums = RateCell.objects.filter(stage=here).aggregate(
        got_on=Sum("passed", filter=mine),
        tried=Sum("trials", filter=mine),
        others_got_on=Sum("passed", filter=others),
        others_tried=Sum("trials", filter=others),
    )
    if not sums["tried"]:
        return _("Сегмент «%(segment)s» на этом этапе ещё не пробовали.") % {"segment": segment.name}
    lang = _language()
    said = {
        "segment": segment.name,
        "mine": formats.out_of(sums["got_on"], sums["tried"], lang),
        "stage": ahead.name,
        "others": formats.out_of(sums["others_got_on"] or 0, sums["others_tried"] or 0, lang),
    }
    if not sums["others_tried"]:
        return _("Сегмент «%(segment)s»: %(mine)s дошли до этапа «%(stage)s».") % said
    return _("Сегмент «%(segment)s»: %(mine)s дошли до этапа «%(stage)s», против %(others)s в других.") % said


def _facts(segment: Segment | None) -> list[str]:
    """What is known of the segment beside the score: the formula does not count with it."""
    if segment is None:
        return []
    facts = []
    if segment.problem_sharpness is not None:
        facts.append(_("острота проблемы сегмента %(sharpness)s из 10") % {"sharpness": segment.problem_sharpness})
    if segment.money_mass is not None:
        mass = formats.short_money(segment.money_mass, segment.currency, _language())
        facts.append(_("денежная масса сегмента %(mass)s") % {"mass": mass})
    return facts


def _with_own(found: Explanation, action: Action) -> Explanation:
    """A person's own choice and a pin win; the engine says what it would have done."""
    if not (action.priority_own or action.pinned) or found.proposed is None or found.proposed == action.priority:
        return found
    return replace(found, own=_("Движок поставил бы %(priority)s.") % {"priority": found.proposed})


def _not_ranked(lead: Lead) -> str:
    if not lead.is_open:
        return _("Лид закрыт: в списке дел его нет.")
    if lead.owner_id is None:
        return _("У лида нет владельца: ранжируются лиды, за которые кто-то отвечает.")
    return _("Оценка ещё не посчитана. Она появится после ближайшего пересчёта.")


def _language() -> str:
    return get_language() or DEFAULT


def _money(value: float) -> str:
    return formats.short_money(round(value, 2), lang=_language())


def _percent(share: float, places: int = 0) -> str:
    """Small chances keep a digit: «0,4 %», not «0 %»."""
    return formats.percent(round(share, 6), _language(), places if share >= 0.1 else max(places, 1))


def _hours(hours: float) -> str:
    lang = _language()
    return f"{formats.number(round(hours, 2), lang, 1)}\u00a0{formats.words(lang).hour}"
