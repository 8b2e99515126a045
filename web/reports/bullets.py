"""The bullet bar of a plan: fact, plan, what is due by now and where it goes, in percent of the longest of them."""

from dataclasses import dataclass

from dashboards.pacing import Pace, Stand


@dataclass(frozen=True, slots=True)
class Bullet:
    """Fact, plan and the tick of what is due by now, in percent of the longest of them."""

    fact: str
    plan: str
    due: str
    projected: str
    behind: bool


def drawn(pace: Pace) -> Bullet | None:
    """None where there is no plan to draw against."""
    if pace.plan is None:
        return None
    fact, plan, due = (float(value or 0) for value in (pace.fact, pace.plan, pace.due))
    projected = float(pace.projected or 0) if pace.stand == Stand.RUNNING else fact
    top = max(fact, plan, projected, 1e-9)

    def part(value: float) -> str:
        return f"{100 * value / top:.2f}"

    return Bullet(part(fact), part(plan), part(due), part(projected), fact < due)
