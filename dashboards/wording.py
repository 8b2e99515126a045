"""The overview in words: one sentence and six tiles, in the language that is on, for the page and the letter alike."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from common import formats
from common.format_tables import MINUS, NBSP
from dashboards.figures import Figures, Pair
from dashboards.pacing import Stand
from dashboards.planning import Source
from funnel.statistics import FEW

HOURS_A_DAY = 24
UP, DOWN, SAME = "up", "down", "same"


@dataclass(frozen=True, slots=True)
class Tile:
    """``change`` is against a week ago, empty where nothing is known of it; ``way`` where it went, ``good`` whether
    that is what one wants (None for neither). ``note`` stands under the value."""

    code: str
    name: str
    value: str
    note: str = ""
    change: str = ""
    way: str = SAME
    good: bool | None = None


def lang() -> str:
    return get_language() or "ru"


def sentence(found: Figures) -> str:
    """«Темп 81 %: к концу месяца ждём 31–44 контракта при плане 45»."""
    if found.stand == Stand.NO_PLAN:
        return _no_plan(found)
    if found.stand == Stand.ZERO_PLAN:
        return _("План нулевой: темп не считается. Подписано %(fact)s.") % {"fact": contracts(found.fact)}
    if found.stand == Stand.OVER:
        values = {"fact": contracts(found.fact), "plan": whole(found.plan or 0), "share": _done(found)}
        return _("Период закончился: %(fact)s при плане %(plan)s%(share)s.") % values
    if found.stand == Stand.AHEAD:
        text = _("Рабочее время периода ещё не началось: темп появится в первый рабочий день. План %(plan)s.")
        return text % {"plan": whole(found.plan or 0)}
    return _running(found)


def _running(found: Figures) -> str:
    values = {
        "pace": formats.percent(found.pace or 0, lang()),
        "when": _when(found),
        "plan": whole(found.plan or 0),
        "fact": contracts(found.fact),
    }
    if found.expected and found.enough and found.until == found.last:
        values["band"] = band_words(found.expected)
        return _("Темп %(pace)s: %(when)s ждём %(band)s при плане %(plan)s.") % values
    values["projected"] = whole(found.projected or 0)
    text = (
        _("Темп %(pace)s: подписано %(fact)s, таким темпом %(when)s будет %(projected)s при плане %(plan)s.") % values
    )
    return f"{text} {few_words(found)}".strip() if found.until and not found.enough else text


def _no_plan(found: Figures) -> str:
    head = _("Плана на этот месяц никто не дал, темп не считается. Подписано %(fact)s.")
    text = head % {"fact": contracts(found.fact)}
    if found.expected and found.enough:
        more = _("К концу месяца ждём %(band)s.") % {"band": band_words(found.expected)}
        return f"{text} {more}"
    return text


def _when(found: Figures) -> str:
    last = date.fromisoformat(found.last)
    if (last + timedelta(days=1)).day == 1:
        return _("к концу месяца")
    return _("к %(day)s") % {"day": formats.list_day(last, lang(), last)}


def _done(found: Figures) -> str:
    return f" ({formats.percent(found.fact / found.plan, lang())})" if found.plan else ""


def few_words(found: Figures) -> str:
    """Why there is no forecast to lean on, and what it wants."""
    return few_history(found.days_missing, found.past_error)


def few_history(days_missing: int, past_error: float) -> str:
    if days_missing:
        text = ngettext(
            "Мало истории: для прогноза не хватает %(days)s дня.",
            "Мало истории: для прогноза не хватает %(days)s дней.",
            days_missing,
        )
        return text % {"days": whole(days_missing)}
    text = _("Прогнозу рано верить: прошлые ошибались на %(error)s, а опираться можно при ошибке до 50 %%.")
    return text % {"error": formats.percent(past_error, lang())}


def contracts(count: float) -> str:
    number = round(count)
    text = ngettext("%(n)s контракт", "%(n)s контрактов", number)
    return text % {"n": whole(number)}


def band_words(expected: tuple[float, float, float]) -> str:
    """«31–44 контракта»: whole contracts, the lower end down and the upper up, so that nobody is promised more."""
    text = ngettext("%(band)s контракт", "%(band)s контрактов", ceil(expected[2]))
    return text % {"band": band(expected[0], expected[2])}


def band(low: float, high: float) -> str:
    first, last = int(low), ceil(high)
    return whole(first) if first == last else f"{whole(first)}–{whole(last)}"


def whole(value: float) -> str:
    return formats.number(formats.rounded(value, 0), lang())


def source_words(source: str, people: int) -> str:
    """Whose plan it is."""
    if source == Source.TEAM:
        return _("обязательство команды")
    if source == Source.PEOPLE:
        text = ngettext("обязательство %(n)s человека", "обязательства %(n)s человек", people)
        return text % {"n": whole(people)}
    if source == Source.LEAD_PLANS:
        text = ngettext("план лидов %(n)s человека", "планы лидов %(n)s человек", people)
        return text % {"n": whole(people)}
    if source == Source.GOALS:
        text = ngettext("цели недель %(n)s человека", "цели недель %(n)s человек", people)
        return text % {"n": whole(people)}
    return ""


def tiles(found: Figures) -> list[Tile]:
    return [_pace(found), _forecast(found), _conversion(found), _touch(found), _late(found), _shown(found)]


def _pace(found: Figures) -> Tile:
    name = _("Темп")
    if found.pace is None:
        return Tile("pace", name, "—", _("нет плана") if found.plan is None else _("ещё не считается"))
    note = _("план %(plan)s, факт %(fact)s") % {"plan": whole(found.plan or 0), "fact": whole(found.fact)}
    change, way = _points(found.pace, found.pace_before)
    return Tile("pace", name, formats.percent(found.pace, lang()), note, change, way, _good(way, up=True))


def _forecast(found: Figures) -> Tile:
    name = _("Прогноз")
    if found.expected is None:
        return Tile("forecast", name, "—", _("считается ночью"))
    if not found.enough:
        return Tile("forecast", name, "—", few_words(found))
    before = None if found.expected_before is None else float(round(found.expected_before))
    change, way = _moved(float(round(found.expected[1])), before, whole)
    note = _("контрактов к концу месяца")
    return Tile("forecast", name, band(found.expected[0], found.expected[2]), note, change, way, _good(way, up=True))


def _conversion(found: Figures) -> Tile:
    change, way = _points(_share(found.conversion), _share(found.conversion_before))
    return Tile("conversion", _("Лид → контракт"), *_of(found.conversion, _("лидов")), change, way, _good(way, up=True))


def _late(found: Figures) -> Tile:
    before = _share(found.late_before) if found.late_before else None
    change, way = _points(_share(found.late), before)
    return Tile("late", _("Просрочено"), *_of(found.late, _("в работе")), change, way, _good(way, up=False))


def _shown(found: Figures) -> Tile:
    change, way = _points(_share(found.shown), _share(found.shown_before))
    return Tile("shown", _("Доходимость"), *_of(found.shown, _("встреч")), change, way, _good(way, up=True))


def _touch(found: Figures) -> Tile:
    name = _("До первой встречи")
    if found.touch is None:
        return Tile("touch", name, "—", _("никто ещё не дошёл"))
    before = found.touch_before
    # A twentieth of the time is the width of what it is counted by, and no news.
    steady = before is not None and abs(found.touch - before) < before / 20
    change, way = _moved(found.touch, found.touch if steady else before, span)
    return Tile("touch", name, span(found.touch), _("медиана от взятия лида"), change, way, _good(way, up=False))


def _of(pair: Pair, of: str) -> tuple[str, str]:
    """«12 %» and «310 лидов»; of few cases «2 из 7»."""
    k, n = pair
    if not n:
        return "—", ""
    if n < FEW:
        return formats.out_of(k, n, lang()), of
    return formats.percent(k / n, lang()), f"{whole(n)}{NBSP}{of}"


def _share(pair: Pair) -> float | None:
    return pair[0] / pair[1] if pair[1] >= FEW else None


def _points(now: float | None, before: float | None) -> tuple[str, str]:
    if now is None or before is None:
        return "", SAME
    change = round(now * 100) - round(before * 100)
    return (formats.points(change / 100, lang()), UP if change > 0 else DOWN) if change else (_("без изменений"), SAME)


def _moved(now: float, before: float | None, say: Callable[[float], str]) -> tuple[str, str]:
    if before is None:
        return "", SAME
    change = now - before
    if say(abs(change)) == say(0):
        return _("без изменений"), SAME
    return (f"+{say(change)}", UP) if change > 0 else (f"{MINUS}{say(-change)}", DOWN)


def _good(way: str, *, up: bool) -> bool | None:
    return None if way == SAME else (way == UP) == up


def span(hours: float) -> str:
    """«3 ч», «7,3 дн.»."""
    if hours < HOURS_A_DAY:
        return formats.duration(timedelta(hours=hours), lang())
    days = formats.rounded(hours / HOURS_A_DAY, 1).normalize()
    return f"{formats.number(days, lang())}{NBSP}{formats.words(lang()).day}"
