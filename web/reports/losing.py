"""Where leads are lost and, as far as anybody said, why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from funnel.choices import PassageState
from funnel.figures import FunnelQuery, losses
from funnel.models import Funnel, Stage
from leads.models import LossReason
from web.reports.asking import Asked
from web.reports.files import Sheet
from web.reports.words import Number, number, said

NO_REASON = "none"
"""How an address names a loss without a reason."""


@dataclass(frozen=True, slots=True)
class LossRow:
    stage: Stage
    lost: Number
    reasons: list[tuple[str, Number]]


@dataclass(frozen=True, slots=True)
class Losses:
    """``rows`` are the stages where somebody was lost, in order."""

    rows: list[LossRow]
    total: int

    @property
    def top(self) -> int:
        return max((row.lost.count for row in self.rows), default=0)

    @property
    def sentence(self) -> str:
        if not self.rows:
            return _("Отказов за период нет.")
        worst = max(self.rows, key=lambda row: row.lost.count)
        text = ngettext(
            "Отказ или архив — %(total)s лид. Больше всего на этапе «%(stage)s»: %(lost)s.",
            "Отказ или архив — %(total)s лидов. Больше всего на этапе «%(stage)s»: %(lost)s.",
            self.total,
        )
        return text % {"total": said(self.total), "stage": worst.stage.name, "lost": said(worst.lost.count)}


def of(asked: Asked, funnel: Funnel, query: FunnelQuery) -> Losses:
    names = reason_names()
    rows = []
    for found in losses(query):
        if not found.lost:
            continue
        where = {"funnel": funnel.code, "stage": found.stage.code, "state": PassageState.LOST.value}
        reasons = [
            (names.get(code, code), number(count, asked.rows(**where, reason=code or NO_REASON)))
            for code, count in sorted(found.reasons.items(), key=lambda item: (-item[1], item[0]))
        ]
        rows.append(LossRow(found.stage, number(found.lost, asked.rows(**where)), reasons))
    return Losses(rows, sum(row.lost.count for row in rows))


def reason_names() -> Mapping[str, str]:
    """By code, with a word for «nobody said»."""
    return {"": _("причина не указана")} | dict(LossReason.objects.values_list("code", "name"))


def sheet(sides: Sequence[tuple[str, Losses]]) -> Sheet:
    header = [_("Воронка"), _("Этап"), _("Причина"), _("Отказ или архив")]
    rows = [
        (name, row.stage.name, reason, lost.count)
        for name, found in sides
        for row in found.rows
        for reason, lost in row.reasons
    ]
    return Sheet(_("Отказы"), header, rows)
