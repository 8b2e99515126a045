"""A proposal in sentences: what is needed, whether the segment holds so many people, whether the week so many hours."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from common.formats import number, percent
from plans.needed import MOST, Needed, StepRate
from plans.proposals import Hours, Proposal


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence; ``doubtful`` when the plan does not hold as it stands. It never forbids anything."""

    text: str
    doubtful: bool = False


def remarks(found: Proposal) -> list[Remark]:
    """What needs to be said of a proposal, the answer first."""
    return [Remark(_answer(found)), *_of_people(found), *_of_hours(found), *_of_evidence(found)]


def span(needed: Needed) -> str:
    """«34–61», «10» when there is nothing between."""
    low, high = _count(needed.low), _count(needed.high)
    if needed.beyond:
        return _("от %(low)s и больше, чем можно посчитать") % {"low": low}
    return low if low == high else f"{low}–{high}"


def basis(rate: StepRate, guess: float) -> str:
    """What a rate leans on, where its own cases are few."""
    if rate.leans_on_guess:
        return _("мало данных: опирались на вашу оценку, %(guess)s") % {"guess": percent(guess, _lang())}
    return _("мало данных: опирались на общую долю этапа") if rate.leans_on_stage else ""


def _answer(found: Proposal) -> str:
    names = {"goal": found.goal.name, "first": found.first.stage.name, "n": _count(found.wanted)}
    if found.wanted == 0:
        return _("Цель 0: новых лидов для неё не нужно.")
    if len(found.steps) == 1:
        return _("«%(goal)s» — первый этап: чтобы вошли %(n)s, столько и нужно.") % names
    names |= {"span": span(found.first.needed), "middle": _count(found.first.needed.middle)}
    if found.first.needed.beyond:
        text = ngettext(
            "Чтобы до «%(goal)s» дошёл %(n)s лид, на «%(first)s» нужно %(span)s: доля прошедших слишком мала.",
            "Чтобы до «%(goal)s» дошли %(n)s лидов, на «%(first)s» нужно %(span)s: доля прошедших слишком мала.",
            found.wanted,
        )
    else:
        text = ngettext(
            "Чтобы до «%(goal)s» дошёл %(n)s лид, на «%(first)s» нужно %(span)s, скорее всего %(middle)s: "
            "так выходит в четырёх случаях из пяти.",
            "Чтобы до «%(goal)s» дошли %(n)s лидов, на «%(first)s» нужно %(span)s, скорее всего %(middle)s: "
            "так выходит в четырёх случаях из пяти.",
            found.wanted,
        )
    return text % names


def _of_people(found: Proposal) -> Iterator[Remark]:
    need, reach = found.first.needed, found.reach
    if found.wanted == 0:
        return
    if reach is None:
        yield Remark(_("Охват сегмента не указан: хватит ли людей, сказать нельзя."), doubtful=True)
        return
    left = max(reach - found.taken, 0)
    known = {"reach": _count(reach), "taken": _count(found.taken), "left": _count(left), "n": _count(need.low)}
    if found.taken > reach:
        yield Remark(_("Охват сегмента %(reach)s, а взято уже %(taken)s: уточните охват.") % known, doubtful=True)
    elif need.low > left:
        text = _("Охват сегмента %(reach)s, уже взято %(taken)s: %(n)s новых взять неоткуда, осталось %(left)s.")
        yield Remark(text % known, doubtful=True)
    elif need.high > left:
        text = _("Охват сегмента %(reach)s, уже взято %(taken)s: осталось %(left)s, может не хватить.")
        yield Remark(text % known, doubtful=True)
    else:
        yield Remark(_("Охват сегмента %(reach)s, уже взято %(taken)s: людей хватает.") % known)


def _of_hours(found: Proposal) -> Iterator[Remark]:
    hours = found.hours
    if found.wanted == 0 or hours.high == 0:
        return
    known = {"need": _hours_span(hours), "left": _hours(hours.left), "working": _hours(hours.working)}
    known |= {"busy": _hours(hours.busy), "over": _hours(max(hours.low - hours.left, 0))}
    if hours.working == 0:
        yield Remark(_("Работы на %(need)s ч, а рабочих часов на этой неделе не осталось.") % known, doubtful=True)
    elif hours.low > hours.left:
        text = _("Работы на %(need)s ч, а свободно %(left)s из %(working)s ч: не поместится хотя бы %(over)s ч.")
        yield Remark(text % known, doubtful=True)
    elif hours.high > hours.left:
        text = _("Работы на %(need)s ч, свободно %(left)s из %(working)s ч: может не поместиться.")
        yield Remark(text % known, doubtful=True)
    else:
        text = _("Работы на %(need)s ч, свободно %(left)s из %(working)s ч: помещается.")
        yield Remark(text % known)


def _of_evidence(found: Proposal) -> Iterator[Remark]:
    rates = [step.rate for step in found.steps if step.rate is not None]
    if found.wanted and any(rate.leans_on_guess or rate.leans_on_stage for rate in rates):
        yield Remark(_("Своих данных по сегменту мало, поэтому разброс широкий: он сузится с каждым исходом."))


def _hours_span(hours: Hours) -> str:
    if hours.high >= MOST:
        return _("больше %(low)s") % {"low": _hours(hours.low)}
    low, high = _hours(hours.low), _hours(hours.high)
    return low if low == high else f"{low}–{high}"


def _hours(value: float) -> str:
    """Whole hours; halves below ten."""
    return number(round(value * 2) / 2 if value < 10 else round(value), _lang()).removesuffix(",0")


def _count(value: int) -> str:
    return number(value, _lang())


def _lang() -> str:
    return get_language() or "ru"
