"""How numbers, money, dates, spans of time and phones are written for people.

Pure functions: the language comes in as a code (`ru`, `uz`, `en`), nothing is read from settings.
The system's ICU tables are not used, since for Uzbek and for UZS they differ from bank practice.
"""

import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import sqrt
from typing import TypeAlias

from common.format_tables import CURRENCY, DEFAULT, MINUS, NBSP, WORDS, Words

Number: TypeAlias = int | float | Decimal

FEW = 10
PHONE_GROUPS = {"998": (2, 3, 2, 2), "7": (3, 3, 2, 2)}
SCALES = ((10**9, 2), (10**6, 1), (10**3, 0))
FULL_BELOW = 10_000
HOUR, DAY = 60, 60 * 24
TEENS = range(11, 15)
A_FEW = range(2, 5)


def words(lang: str) -> Words:
    """The words of a language, or the Russian ones when it is not known."""
    return WORDS.get(lang.split("-", maxsplit=1)[0], WORDS[DEFAULT])


def rounded(value: Number, places: int) -> Decimal:
    """Round half away from zero, as people do on paper."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def number(value: Number, lang: str = DEFAULT, places: int | None = None) -> str:
    """1234567.89 → «1 234 567,89». Without `places` the fraction stays as it is."""
    exact = Decimal(str(value))
    if places is None:
        places = max(0, -int(exact.as_tuple().exponent)) if exact != exact.to_integral() else 0
    shown = rounded(exact, places)
    text = f"{abs(shown):,.{places}f}"
    own = words(lang)
    text = text.replace(",", "\0").replace(".", own.point).replace("\0", own.group)
    return f"{MINUS}{text}" if shown < 0 else text


def percent(share: Number, lang: str = DEFAULT, places: int = 0) -> str:
    """A share from 0 to 1 as «62 %»."""
    return number(Decimal(str(share)) * 100, lang, places) + words(lang).percent


def points(change: Number, lang: str = DEFAULT, places: int = 0) -> str:
    """The change of a share, in percentage points: «+18 п. п.»."""
    shown = rounded(Decimal(str(change)) * 100, places)
    sign = "+" if shown > 0 else ""
    return f"{sign}{number(shown, lang, places)}{NBSP}{words(lang).points}"


def money(value: Number, currency: str = "UZS", lang: str = DEFAULT, *, exact: bool = False) -> str:
    """12500000 → «12 500 000 сум»; tiyin and kopecks only when `exact`."""
    return _with_currency(number(value, lang, 2 if exact else 0), currency, lang)


def short_money(value: Number, currency: str = "UZS", lang: str = DEFAULT) -> str:
    """12500000 → «12,5 млн сум», for tiles and headers."""
    amount = Decimal(str(value))
    for scale, index in SCALES:
        if abs(rounded(amount / scale, 1)) >= 1 and abs(amount) >= FULL_BELOW:
            return _scaled(amount / scale, words(lang).thousands[index], currency, lang)
    return money(amount, currency, lang)


def _scaled(amount: Decimal, scale: str, currency: str, lang: str) -> str:
    shown = rounded(amount, 1).normalize()
    gap = "" if lang.startswith("en") else NBSP
    return _with_currency(f"{number(shown, lang)}{gap}{scale}", currency, lang)


def _with_currency(text: str, currency: str, lang: str) -> str:
    code = lang.split("-", maxsplit=1)[0]
    name = CURRENCY.get(currency, {}).get(code, currency)
    if code != "en":
        return f"{text}{NBSP}{name}"
    sign, digits = (MINUS, text[1:]) if text.startswith(MINUS) else ("", text)
    gap = NBSP if name.isalpha() else ""
    return f"{sign}{name}{gap}{digits}"


def day(value: date, lang: str = DEFAULT) -> str:
    """22.11.2026; in English «22 Nov 2026»."""
    if lang.startswith("en"):
        return f"{value.day} {words(lang).months_short[value.month - 1]} {value.year}"
    return f"{value.day:02}.{value.month:02}.{value.year}"


def long_day(value: date, lang: str = DEFAULT) -> str:
    """22 ноября 2026 г."""
    month = words(lang).months[value.month - 1]
    if lang.startswith("uz"):
        return f"{value.day}-{month}, {value.year}"
    return f"{value.day}{NBSP}{month} {value.year}" + ("" if lang.startswith("en") else f"{NBSP}г.")


def list_day(value: date, lang: str = DEFAULT, today: date | None = None) -> str:
    """«вс, 22 нояб.», with the year when it is not the current one."""
    own = words(lang)
    weekday, month = own.days_short[value.weekday()], own.months_short[value.month - 1]
    far = today is not None and today.year != value.year
    if lang.startswith("uz"):
        return f"{weekday}, {value.day}-{month}" + (f" {value.year}" if far else "")
    comma = " " if lang.startswith("en") else ", "
    return f"{weekday}{comma}{value.day}{NBSP}{month}" + (f" {value.year}" if far else "")


def near_day(value: date, today: date, lang: str = DEFAULT) -> str:
    """«сегодня», «вчера», «завтра», else the day as it stands in lists."""
    own = words(lang)
    near = {-1: own.yesterday, 0: own.today, 1: own.tomorrow}
    return near.get((value - today).days) or list_day(value, lang, today)


def moment(value: datetime, lang: str = DEFAULT) -> str:
    """22.11.2026 14:05, on a 24-hour clock. The zone is that of `value`."""
    return f"{day(value, lang)} {value:%H:%M}"


def near_moment(value: datetime, now: datetime, lang: str = DEFAULT) -> str:
    """«сегодня, 14:05». Both times must stand in the reader's zone."""
    return f"{near_day(value.date(), now.date(), lang)}, {value:%H:%M}"


def duration(span: timedelta, lang: str = DEFAULT) -> str:
    """One unit is enough: «40 мин», «3 ч», «12 дн.»."""
    own, minutes = words(lang), int(abs(span).total_seconds() // 60)
    if minutes < HOUR:
        return f"{minutes}{NBSP}{own.minute}"
    if minutes < DAY:
        return f"{minutes // HOUR}{NBSP}{own.hour}"
    return f"{number(minutes // DAY, lang)}{NBSP}{own.day}"


def ago(value: datetime, now: datetime, lang: str = DEFAULT) -> str:
    """«3 ч назад» or «через 2 дн.»."""
    own, span = words(lang), now - value
    if abs(span) < timedelta(minutes=1):
        return own.now
    return (own.ago if span > timedelta(0) else own.ahead).format(duration(span, lang))


def iso_week(value: date) -> str:
    """2026-W48, as it stands in addresses."""
    year, week, _ = value.isocalendar()
    return f"{year}-W{week:02}"


def phone(value: str) -> str:
    """+998901234567 → «+998 90 123-45-67». What is not a number stays as typed."""
    digits = re.sub(r"\D", "", value)
    for code, groups in PHONE_GROUPS.items():
        if digits.startswith(code) and len(digits) == len(code) + sum(groups):
            area, *rest = _split(digits[len(code) :], groups)
            return f"+{code}{NBSP}{area}{NBSP}{'-'.join(rest)}"
    return value


def dial(value: str) -> str:
    """The address of a `tel:` link."""
    return "tel:+" + re.sub(r"\D", "", value)


def _split(digits: str, groups: tuple[int, ...]) -> list[str]:
    parts, start = [], 0
    for size in groups:
        parts.append(digits[start : start + size])
        start += size
    return parts


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson: honest for small counts."""
    z, share = 1.96, hits / total
    middle = share + z * z / (2 * total)
    spread = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def out_of(hits: int, total: int, lang: str = DEFAULT) -> str:
    """«2 из 7»."""
    return words(lang).out_of.format(number(hits, lang), number(total, lang))


def rate(hits: int, total: int, lang: str = DEFAULT, *, few: int = FEW) -> str:
    """«62 %, 192 из 310, интервал 56–67». Under `few` cases a percent would mislead: «2 из 7»."""
    if total < few:
        return out_of(hits, total, lang)
    low, high = (number(edge * 100, lang, 0) for edge in wilson(hits, total))
    share = percent(hits / total, lang)
    return f"{share}, {out_of(hits, total, lang)}, {words(lang).interval.format(low, high)}"


def plural(count: int, forms: str, lang: str = DEFAULT) -> str:
    """Pick the form of a noun from «лид|лида|лидов», «lead|leads» or «lid»."""
    variants = forms.split("|")
    return variants[min(_plural_index(abs(count), lang), len(variants) - 1)]


def _plural_index(count: int, lang: str) -> int:
    if lang.startswith("uz"):
        return 0
    if lang.startswith("en"):
        return int(count != 1)
    if count % 100 in TEENS:
        return 2
    if count % 10 == 1:
        return 0
    return 1 if count % 10 in A_FEW else 2
