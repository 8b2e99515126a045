"""The dates that every base starts with. An administrator adds the rest in the settings.

Fixed by law: the date itself and, where it falls on Saturday or Sunday, the next working day (article 208 of the
Labour Code of Uzbekistan, article 112 of that of Russia). Left out on purpose: Ramazon hayit and Qurbon hayit, which
follow the moon, and days moved by a decree that was not out yet.
"""

from datetime import date

_UZBEKISTAN = (
    (1, 1, "Новый год"),
    (3, 8, "День женщин"),
    (3, 21, "Навруз"),
    (5, 9, "День памяти и почестей"),
    (9, 1, "День независимости"),
    (10, 1, "День учителя и наставника"),
    (12, 8, "День Конституции"),
)
_RUSSIA = (
    *((1, day, "Рождество Христово" if day == 7 else "Новогодние каникулы") for day in range(1, 9)),
    (2, 23, "День защитника Отечества"),
    (3, 8, "Международный женский день"),
    (5, 1, "Праздник Весны и Труда"),
    (5, 9, "День Победы"),
    (6, 12, "День России"),
    (11, 4, "День народного единства"),
)
_MOVED = (
    ("UZ", date(2026, 3, 9), "Перенос с 8 марта"),
    ("UZ", date(2026, 3, 23), "Перенос с 21 марта"),
    ("UZ", date(2026, 5, 11), "Перенос с 9 мая"),
    ("UZ", date(2027, 3, 22), "Перенос с 21 марта"),
    ("UZ", date(2027, 5, 10), "Перенос с 9 мая"),
    ("RU", date(2026, 1, 9), "Перенос с 3 января"),
    ("RU", date(2026, 3, 9), "Перенос с 8 марта"),
    ("RU", date(2026, 5, 11), "Перенос с 9 мая"),
    ("RU", date(2026, 12, 31), "Перенос с 4 января"),
    ("RU", date(2027, 5, 3), "Перенос с 1 мая"),
    ("RU", date(2027, 5, 10), "Перенос с 9 мая"),
    ("RU", date(2027, 6, 14), "Перенос с 12 июня"),
)
_YEARS = (2026, 2027)

HOLIDAYS: tuple[tuple[str, date, str], ...] = (
    *(("UZ", date(year, month, day), name) for year in _YEARS for month, day, name in _UZBEKISTAN),
    *(("RU", date(year, month, day), name) for year in _YEARS for month, day, name in _RUSSIA),
    *_MOVED,
)
