"""The keys of the house, for the help page. What is valid on the page at hand, ``?`` shows there."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Shortcut(NamedTuple):
    """``keys`` are pressed one after another; each may be a chord like «Ctrl+Enter»."""

    keys: tuple[str, ...]
    does: Promise


class Group(NamedTuple):
    title: Promise
    shortcuts: tuple[Shortcut, ...]


GROUPS = (
    Group(
        _("Везде"),
        (
            Shortcut(("Ctrl+K",), _("Поиск и команды; на Mac — ⌘+K")),
            Shortcut(("?",), _("Клавиши этой страницы")),
            Shortcut(("/",), _("Поиск в списке на странице")),
            Shortcut(("C",), _("Создать лид или агента")),
            Shortcut(("U",), _("Отменить последнее действие")),
            Shortcut(("Ctrl+Enter",), _("Сохранить форму")),
            Shortcut(("Esc",), _("Закрыть окно или меню")),
        ),
    ),
    Group(
        _("Перейти"),
        (
            Shortcut(("G", "L"), _("Лиды")),
            Shortcut(("G", "F"), _("Воронка")),
            Shortcut(("G", "A"), _("Агенты")),
            Shortcut(("G", "S"), _("Сегменты")),
            Shortcut(("G", "I"), _("Инициативы")),
            Shortcut(("G", "U"), _("Импорт")),
            Shortcut(("G", ","), _("Настройки")),
        ),
    ),
    Group(
        _("В списке"),
        (
            Shortcut(("J",), _("Следующая строка; то же — стрелка вниз")),
            Shortcut(("K",), _("Предыдущая строка; то же — стрелка вверх")),
            Shortcut(("Enter",), _("Открыть строку")),
            Shortcut(("X",), _("Выбрать строку")),
            Shortcut(("Shift+X",), _("Выбрать все показанные")),
        ),
    ),
    Group(
        _("На доске"),
        (
            Shortcut(("←",), _("Соседняя карточка; так же →, ↑, ↓")),
            Shortcut(("[",), _("Вернуть карточку на этап назад")),
            Shortcut(("]",), _("Перевести карточку на этап вперёд")),
        ),
    ),
)
