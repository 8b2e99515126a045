"""A hypothesis said as one sentence, in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hypotheses.models import Hypothesis


@dataclass(frozen=True, slots=True)
class Sentence:
    """The sentence in parts, so that a page may set some of them off: (text, whether it is a part that was chosen)."""

    parts: tuple[tuple[str, bool], ...]

    def __str__(self) -> str:
        return "".join(text for text, _chosen in self.parts)


def sentence_of(row: Hypothesis, percent: str) -> Sentence:
    """«Для *сегмента* при проблеме *…* УТП *X* даст *этап* ≥ порог за n лидов». ``percent``: the threshold."""
    arms = list(row.arms.all())
    values = {
        "segment": row.segment.name,
        "problem": row.problem,
        "utp": _listed([(arm.letter, arm.utp.statement.rstrip(" .")) for arm in arms]),
        "stage": row.success_stage.name,
        "rate": percent,
        "leads": _leads(row.sample),
    }
    return Sentence(tuple(_split(_pattern(row, len(arms)), values)))


def _pattern(row: Hypothesis, arms: int) -> str:
    if arms > 1 and row.problem:
        return _(
            "Для сегмента «{segment}» при проблеме «{problem}» одно из УТП — {utp} — даст «{stage}» чаще других "
            "и ≥ {rate} за {leads} на вариант"
        )
    if arms > 1:
        return _(
            "Для сегмента «{segment}» одно из УТП — {utp} — даст «{stage}» чаще других и ≥ {rate} за {leads} на вариант"
        )
    if row.problem:
        return _("Для сегмента «{segment}» при проблеме «{problem}» УТП {utp} даст «{stage}» ≥ {rate} за {leads}")
    return _("Для сегмента «{segment}» УТП {utp} даст «{stage}» ≥ {rate} за {leads}")


def _listed(arms: Sequence[tuple[str, str]]) -> str:
    """«…» of one arm; of several each with its letter."""
    said = [f"{letter} «{text}»" if len(arms) > 1 else f"«{text}»" for letter, text in arms]
    return _(" или ").join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def _leads(count: int) -> str:
    return ngettext("%(n)s лид", "%(n)s лидов", count) % {"n": count}


def _split(pattern: str, values: dict[str, str]) -> list[tuple[str, bool]]:
    """The pattern cut at its braces. Translators may put the parts in another order."""
    found: list[tuple[str, bool]] = []
    for piece in pattern.split("{"):
        name, closed, rest = piece.partition("}")
        if not closed:
            found.append((piece, False))
            continue
        found.append((values.get(name, ""), True))
        found.append((rest, False))
    return [part for part in found if part[0]]
