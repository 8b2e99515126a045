"""The overview: one sentence, six tiles against last week, then the funnel. A sales head begins his day here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from common import clock
from dashboards.figures import Figures, figures_of
from dashboards.overview import OverviewQuery, overview
from dashboards.wording import Tile, sentence, source_words, tiles
from funnel.models import Stage
from leads.filters import NOBODY
from web.pages import page
from web.reports import files
from web.reports.asking import Asked, ask
from web.reports.files import Sheet
from web.reports.frame import report
from web.reports.funnel import sheets_of, side

USES = ("funnel", "team", "segment", "utp", "owner", "initiative", "source", "period", "from", "to")


@dataclass(frozen=True, slots=True)
class Shown:
    """A tile with the page that explains it."""

    tile: Tile
    url: str

    @property
    def icon(self) -> str:
        return {"up": "arrow-up", "down": "arrow-down"}.get(self.tile.way, "")

    @property
    def tone(self) -> str:
        return "" if self.tile.good is None else "success" if self.tile.good else "warning"


@page("GET")
def page_of_overview(request: HttpRequest) -> HttpResponseBase:
    asked, at = ask(request), clock.now()
    found = overview(OverviewQuery(asked.user, asked.one_funnel, asked.query(asked.one_funnel), at, owner_of(asked)))
    said = figures_of(found, at) if found else None
    below = side(asked, asked.one_funnel)
    context = {
        "sentence": sentence(said) if said else _("В этой воронке нет ни одного этапа: считать нечего."),
        "source": source_words(said.source, said.people) if said else "",
        "tiles": shown(asked, said) if said else [],
        "side": below,
        "narrowed": bool(set(asked.chosen) - {"team"}),
    }
    return report(
        request, "reports/overview.html", asked, context, uses=USES,
        sheets=lambda: [*([_sheet(said)] if said else []), *sheets_of([below])],
    )  # fmt: skip


def owner_of(asked: Asked) -> UUID | None:
    """The person to whom the address narrows; «nobody» narrows nothing here."""
    owner = asked.chosen.get("owner", "")
    return UUID(owner) if owner not in {"", NOBODY} else None


def win_rows(asked: Asked, win: Stage, first: date, last: date, owner_id: UUID | None) -> str:
    """The rows behind contracts of these days, both included, without the conditions that plans do not know."""
    plain = dict.fromkeys(("owner", "segment", "utp", "initiative", "source", "period"), "")
    days = {"from": first.isoformat(), "to": last.isoformat(), "owner": str(owner_id or "")}
    return asked.rows(**plain | days, stage=win.code)


def shown(asked: Asked, said: Figures) -> list[Shown]:
    shared = asked.shared()
    pages: Mapping[str, str] = {
        "pace": "plan", "forecast": "forecast", "conversion": "cohorts", "touch": "time", "late": "overdue",
        "shown": "meetings",
    }  # fmt: skip
    return [Shown(tile, f"{reverse(f'reports:{pages[tile.code]}')}{shared}") for tile in tiles(said)]


def _sheet(said: Figures) -> Sheet:
    header = [_("Показатель"), _("Значение"), _("Пояснение"), _("За неделю")]
    rows: list[list[files.Cell]] = [[tile.name, tile.value, tile.note, tile.change] for tile in tiles(said)]
    return Sheet(_("Обзор"), header, [[_("Вывод"), sentence(said), "", ""], *rows])
