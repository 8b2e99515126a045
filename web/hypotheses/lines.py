"""A hypothesis as its card and its page show it: the sentence, the arms with their bars, what the rule says."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from funnel.statistics import Rate
from hypotheses.choices import OFFERED, Decision, Status, Word
from hypotheses.evidence import ArmCount
from hypotheses.judging import State
from hypotheses.models import Arm, Hypothesis
from hypotheses.wording import Sentence, sentence_of
from priority.verdict import LONGEST_DAYS
from web import formats
from web.ui.registry import language

WIDTH = 1000
"""Units of the drawing from 0 to its top."""
TONES = {
    Word.CONFIRMED: ("success", "check"),
    Word.REFUTED: ("error", "close"),
    Word.NO_DIFFERENCE: ("info", "scales"),
    Word.LEANING: ("warning", "clock"),
    Word.COLLECTING: ("neutral", "clock"),
}
DECIDED = {
    Decision.CONFIRMED: ("success", "check"),
    Decision.REFUTED: ("error", "close"),
    Decision.CHANGED: ("info", "refresh"),
}
_FATES = ("", "reached", "failed", "open")


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval as a drawing ``WIDTH`` units wide: from, how long, the rate itself, the threshold."""

    low: int
    length: int
    rate: int
    threshold: int


@dataclass(frozen=True, slots=True)
class ArmLine:
    """``links`` open the leads behind the numbers: all, reached, failed, open. ``low`` and ``high``: per cent."""

    arm: Arm
    count: ArmCount
    leads: bool
    bar: Bar | None
    links: dict[str, str]
    low: int | None
    high: int | None

    @property
    def rate(self) -> Rate:
        return self.count.rate


@dataclass(frozen=True, slots=True)
class Line:
    """``top`` is the share at the right end of the bars."""

    state: State
    sentence: Sentence
    arms: Sequence[ArmLine]
    top: float
    tone: str
    icon: str
    word: str
    advice: str
    holds: bool
    mine: bool
    reason: str = ""
    """Why it was decided or stopped, in the words of who did."""

    @property
    def hypothesis(self) -> Hypothesis:
        return self.state.hypothesis

    @property
    def offered(self) -> list[dict[str, object]]:
        """The four verdicts with their keys."""
        icons = {Decision.CONFIRMED: "check", Decision.REFUTED: "close", Decision.CHANGED: "refresh"}
        return [
            {"value": one.value, "label": one.label, "icon": icons.get(one, "clock"), "key": f"Digit{number}"}
            for number, one in enumerate(OFFERED, start=1)
        ]

    @property
    def days(self) -> int:
        return int(self.state.running_days)


def line_of(state: State, *, may_write: bool, holds: bool = False, reason: str = "") -> Line:
    row = state.hypothesis
    tone, icon = _look(state)
    top = _top(state)
    return Line(
        state=state,
        sentence=sentence_of(row, formats.percent(row.expected_rate, language(), 0 if _whole(row) else 1)),
        arms=[_arm_line(state, arm, top) for arm in row.arms.all()],
        top=top,
        tone=tone,
        icon=icon,
        word=word_of(state),
        advice=advice_of(state),
        holds=holds,
        mine=may_write,
        reason=reason,
    )


def _whole(row: Hypothesis) -> bool:
    return row.expected_rate * 100 % 1 == 0


def _look(state: State) -> tuple[str, str]:
    row = state.hypothesis
    if row.status == Status.DECIDED:
        return DECIDED.get(Decision(row.verdict), ("neutral", "check"))
    if row.status in {Status.DRAFT, Status.STOPPED}:
        return ("neutral", "edit" if row.is_draft else "none")
    return TONES[state.word]


def _top(state: State) -> float:
    """The bars end at the next ten per cent above all that they show."""
    highs = [count.rate.interval[1] for count in state.counts.values() if count.rate.interval]
    return min(ceil(max([*highs, float(state.hypothesis.expected_rate) * 1.25]) * 10) / 10, 1.0)


def _arm_line(state: State, arm: Arm, top: float) -> ArmLine:
    count = state.count(arm)
    interval = count.rate.interval
    bar = None
    if interval is not None:
        low, high, rate = (round(share / top * WIDTH) for share in (*interval, count.rate.value or 0.0))
        bar = Bar(low, max(high - low, 4), rate, round(float(state.hypothesis.expected_rate) / top * WIDTH))
    percents = (round(interval[0] * 100), round(interval[1] * 100)) if interval else (None, None)
    return ArmLine(arm, count, arm == state.leader, bar, _links(state.hypothesis, arm), *percents)


def _links(row: Hypothesis, arm: Arm) -> dict[str, str]:
    base = {"hypothesis": str(row.pk), "arm": arm.letter, "view": "all"}
    where = reverse("leads:list")
    return {
        fate or "all": f"{where}?{urlencode(base | ({'fate': fate} if fate else {}))}" for fate in _FATES
    }  # fmt: skip


def word_of(state: State) -> str:
    """The rule's word in a few words, or what a person decided."""
    row = state.hypothesis
    if row.status == Status.DECIDED:
        return str(Decision(row.verdict).label)
    if not row.is_running:
        return str(Status(row.status).label)
    if state.word == Word.CONFIRMED and len(row.arms.all()) > 1 and state.leader:
        return _("%(arm)s лучше остальных") % {"arm": state.leader.letter}
    if state.word == Word.CONFIRMED:
        return _("Порог взят")
    if state.word == Word.LEANING:
        return _("Сигнал: впереди %(arm)s") % {"arm": state.leader.letter} if state.leader else _("Сигнал: ниже порога")
    return str(Word(state.word).label)


def advice_of(state: State) -> str:
    """What it means and what is missing, said honestly."""
    row = state.hypothesis
    if not row.is_running:
        return ""
    if state.word == Word.COLLECTING:
        return _collecting(state)
    if state.word == Word.LEANING:
        return _("Около трети таких сигналов — шум. До вердикта по правилу %(more)s.") % {"more": _more(state.needed)}
    if state.word == Word.NO_DIFFERENCE:
        return _no_difference(state)
    if state.word == Word.REFUTED:
        return _("Доля надёжно ниже черты. Смените УТП или сегмент.")
    return _("Разница надёжна: так ошибаются 3–5 проверок из 100, даже если смотреть каждый день.")


def _collecting(state: State) -> str:
    if state.saying.unripe:
        return _("Числа уже говорят, но часть лидов ещё молода. Ждём, пока у них выйдет срок ответа.")
    return _("До вердикта по правилу %(more)s.") % {"more": _more(state.needed)}


def _more(count: int) -> str:
    return ngettext("ещё %(n)s исход на вариант", "ещё %(n)s исходов на вариант", count) % {
        "n": formats.number(count, language())
    }


def _no_difference(state: State) -> str:
    if state.saying.below_threshold:
        return _("Доля ниже порога, но выше черты опровержения. Меняйте УТП или порог.")
    if state.running_days > LONGEST_DAYS and not state.hypothesis.open_ended:
        return _("За 90 дней разница не показалась. Берите то, что удобнее, и ничего не утверждайте.")
    if state.leader is not None:
        return _("Возьмите %(arm)s и двигайтесь дальше: ждать ради остатка не стоит.") % {"arm": state.leader.letter}
    return _("Ждать ради остатка не стоит.")
