"""The choice of a stage that some reports share."""

from django.utils.translation import gettext_lazy

from funnel.models import Stage
from web.reports.asking import Asked, Own
from web.reports.choices import Pairs


def offered(asked: Asked) -> Pairs:
    """Active stages of the funnel but the last: nobody passes on from there."""
    stages = Stage.objects.of_funnel(asked.one_funnel.pk).active()
    return [(stage.code, stage.name) for stage in stages][:-1]


def _elsewhere(code: str) -> bool:
    """A stage of another funnel: the reader has just changed the funnel."""
    return Stage.objects.filter(code=code[:40]).exists()


STAGE = Own("stage", gettext_lazy("Этап"), offered, _elsewhere)


def chosen(asked: Asked) -> Stage | None:
    """None in a funnel of less than two stages."""
    found: Stage | None = Stage.objects.of_funnel(asked.one_funnel.pk).filter(code=asked.own["stage"]).first()
    return found
