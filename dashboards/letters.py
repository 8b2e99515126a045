"""The Monday letter in words: what leaves the house, as text and as HTML, without anybody's name or phone."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from common import formats
from dashboards.days import day_of
from dashboards.figures import Figures
from dashboards.overview import TWELVE_WEEKS
from dashboards.wording import Tile, lang, sentence, tiles

Letter = tuple[str, str, str]
"""Subject, text, HTML."""


def weekly(facts: Mapping[str, Any], _user: User) -> Letter | None:
    """In the language that is on. Made anew from the same facts, it is the same; None where they hold no figures, or
    those of an earlier release."""
    found = Figures.of(facts.get("figures") or {})
    if found is None:
        return None
    day = day_of(datetime.fromisoformat(found.at))
    subject = _("Отчёт недели: %(day)s") % {"day": formats.long_day(day, lang())}
    said, lines, link = sentence(found), tiles(found), address(day)
    return subject, _text(subject, said, lines, link), _html(subject, said, lines, link)


def address(day: date) -> str:
    """The overview over the same days."""
    days = f"?from={(day - TWELVE_WEEKS).isoformat()}&to={day.isoformat()}"
    return f"{settings.PUBLIC_URL}{reverse('reports:overview')}{days}"


def _text(subject: str, said: str, lines: list[Tile], link: str) -> str:
    body = [subject, "", said, "", *(f"{tile.name}: {_value(tile)}" for tile in lines), "", link, "", _why()]
    return "\n".join(body) + "\n"


def _value(tile: Tile) -> str:
    note = f" ({tile.note})" if tile.note else ""
    return f"{tile.value}{note}" + (f", {_against(tile)}" if tile.change else "")


def _against(tile: Tile) -> str:
    return _("за неделю %(change)s") % {"change": tile.change}


def _html(subject: str, said: str, lines: list[Tile], link: str) -> str:
    """Plain tables: mail programs differ, and whoever reads by ear needs none of the rest."""
    rows: SafeString = format_html_join(
        "\n",
        '<tr><th scope="row" align="left">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>',
        ((tile.name, tile.value, tile.note, _against(tile) if tile.change else "") for tile in lines),
    )
    return format_html(
        '<!doctype html>\n<html lang="{}">\n<head><meta charset="utf-8"><title>{}</title></head>\n<body>\n<h1>{}</h1>\n'
        '<p>{}</p>\n<table cellpadding="6">\n{}\n</table>\n<p><a href="{}">{}</a></p>\n<p>{}</p>\n</body>\n</html>\n',
        lang(), subject, subject, said, rows, link, _("Открыть отчёт"), _why(),
    )  # fmt: skip


def _why() -> str:
    return _("Письмо приходит по понедельникам. Отключить его можно в настройках уведомлений.")
