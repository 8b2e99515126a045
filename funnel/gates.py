"""Gates: which facts a lead lacks to enter a stage. What the facts mean is known one floor above."""

from collections.abc import Collection, Sequence
from typing import ClassVar

from django.utils.translation import gettext as _

from common.errors import FieldError, Refused
from funnel.models import Stage


class GateClosed(Refused):
    """Facts are missing. ``missing`` holds their codes in the order of the stages that ask for them."""

    code: ClassVar[str] = "gate_closed"
    status: ClassVar[int] = 409

    def __init__(self, to: Stage, missing: Sequence[str], labels: Sequence[str]) -> None:
        text = _("Для этапа «%(stage)s» не хватает: %(facts)s.")
        super().__init__(text % {"stage": to.name, "facts": ", ".join(labels)})
        self.to = to
        self.missing = tuple(missing)
        self.errors = tuple(
            FieldError(code, "missing", str(label)) for code, label in zip(missing, labels, strict=True)
        )


def missing_facts(path: Sequence[Stage], known: Collection[str]) -> list[str]:
    """Codes of the facts that the stages of ``path`` ask for and ``known`` lacks, each once, in stage order.

    ``path`` is every stage entered or passed over: jumping ahead does not jump the gates in between.
    """
    asked = dict.fromkeys(fact for stage in path for fact in stage.gate)
    return [fact for fact in asked if fact not in known]


def path_between(stages: Sequence[Stage], current: Stage, to: Stage) -> list[Stage]:
    """The active stages after ``current`` up to and including ``to``; empty when ``to`` lies behind."""
    return [s for s in stages if current.position < s.position <= to.position and (s.active or s.pk == to.pk)]
