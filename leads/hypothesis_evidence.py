"""What the leads of a test add to its counts: voices for and against, promises that were changed, rows one may not see.

The counts themselves are made a floor below, from the log; this joins them with what only a lead knows.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from hypotheses.models import Hypothesis, Membership
from leads.choices import Answer
from leads.models import Interview, Lead
from leads.querysets import LeadQuerySet

QUOTES_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Voices:
    """Interviews with leads of the test that the reader may see: how many, of each question how many of each answer.

    ``quotes`` are the newest.
    """

    total: int
    answers: Mapping[str, Mapping[str, int]]
    quotes: tuple[Interview, ...]

    @property
    def rows(self) -> list[tuple[str, int, int]]:
        """(question, for, against)."""
        return [
            (name, self.answers[name].get(Answer.YES, 0), self.answers[name].get(Answer.NO, 0)) for name in QUESTIONS
        ]


QUESTIONS = ("problem_validated", "value_validated", "utp_validated")


def voices(hypothesis: Hypothesis, leads: LeadQuerySet) -> Voices:
    """Two queries. ``leads`` are those that the reader may see."""
    members = Membership.objects.filter(hypothesis=hypothesis)
    held = Interview.objects.filter(lead__in=leads.filter(pk__in=members.values("lead_id")).values("pk"))
    answers: dict[str, Counter[str]] = {name: Counter() for name in QUESTIONS}
    rows = list(held.order_by().values_list(*QUESTIONS))
    for row in rows:
        for name, answer in zip(QUESTIONS, row, strict=True):
            answers[name][answer] += 1
    quoted = held.exclude(quotes="").select_related("lead__party").order_by("-at", "-id")
    return Voices(len(rows), answers, tuple(quoted[:QUOTES_SHOWN]))


def changed_promise(hypothesis: Hypothesis) -> dict[int, int]:
    """By arm: members whose lead carries another UTP by now. They stay counted where the lot had put them."""
    moved = Lead.objects.filter(pk=OuterRef("lead_id")).filter(~Q(utp_id=OuterRef("arm__utp_id")) | Q(utp__isnull=True))
    rows = Membership.objects.filter(hypothesis=hypothesis).filter(Exists(moved)).values_list("arm_id", flat=True)
    return dict(Counter(rows))


def hidden_members(hypothesis: Hypothesis, leads: LeadQuerySet) -> int:
    """Members that the reader may not see: they count, their rows are not shown."""
    members = Membership.objects.filter(hypothesis=hypothesis)
    return members.exclude(lead_id__in=leads.order_by().values("pk")).count()
