"""What the rule says of a test. The arithmetic is ``priority.verdict``; here it meets the arms and the calendar."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import combinations
from statistics import fmean
from typing import Any
from uuid import UUID

from hypotheses import evidence
from hypotheses.choices import FINAL, Status, Word
from hypotheses.evidence import NOTHING, ArmCount, Days
from hypotheses.models import Arm, Hypothesis, Look
from priority import verdict as rule
from priority.verdict import Arm as Counted

KNOWN_FOR_CERTAIN = 1_000_000
"""Leads that a threshold counts for as an arm of an e-value: so many that its rate is no estimate."""
ALPHA = 0.05
NONE = Counted(n=0, k=0)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Saying:
    """The rule's word on one sample. ``needed``: resolved leads that the hungriest arm still wants, 0 after the end."""

    word: Word
    leader: Arm | None
    chance: float
    """That the leader is really better: than the runner-up, or than the threshold."""
    needed: int
    below_threshold: bool = False
    """Surely below the threshold, yet not below what refutes it."""
    unripe: bool = False
    """All resolved leads would say more; the mature ones do not yet."""


@dataclass(frozen=True, slots=True)
class State:
    """A test as it stands: the sample, what the rule says of it, and what it said first."""

    hypothesis: Hypothesis
    counts: Mapping[int, ArmCount]
    saying: Saying
    running_days: float
    look: Look | None
    ripening: int
    """Resolved leads that are still young: while the word rests on them it is not said."""

    @property
    def word(self) -> Word:
        """A final word once said stands: counts that wander back do not take it away."""
        return Word(self.look.word) if self.look else self.saying.word

    @property
    def leader(self) -> Arm | None:
        return self.look.leader if self.look else self.saying.leader

    @property
    def final(self) -> bool:
        return self.word in FINAL

    @property
    def needed(self) -> int:
        return 0 if self.final else self.saying.needed

    @property
    def remaining(self) -> int:
        """Resolved leads that the poorest arm lacks to the planned sample."""
        return max(self.hypothesis.sample - self.least, 0)

    @property
    def least(self) -> int:
        return min((self.count(arm).n for arm in self.hypothesis.arms.all()), default=0)

    @property
    def complete(self) -> bool:
        return self.remaining == 0

    @property
    def sample(self) -> ArmCount:
        """All arms together."""
        rows = list(self.counts.values())
        return ArmCount(sum(r.members for r in rows), sum(r.n for r in rows), sum(r.k for r in rows))

    def count(self, arm: Arm) -> ArmCount:
        return self.counts.get(arm.pk, NOTHING)

    @property
    def counted(self) -> list[dict[str, Any]]:
        """The sample as it stands, in a form that JSON keeps."""
        rows = [(arm, self.count(arm)) for arm in self.hypothesis.arms.all()]
        return [{"arm": a.pk, "utp": str(a.utp_id), "n": c.n, "k": c.k, "open": c.open} for a, c in rows]


def states_of(hypotheses: Sequence[Hypothesis], at: datetime) -> list[State]:
    """Two or three queries for any number of tests (their arms are prefetched). An ended test is judged as of its end.

    A test without an end date is confirmed or refuted only where its e-value says so too: the rule's error is that of
    ninety days.
    """
    counts = evidence.counts_of(hypotheses, at)
    looks = {look.hypothesis_id: look for look in _looks(hypotheses)}
    endless = [row for row in hypotheses if row.open_ended]
    days = evidence.by_day(endless, at) if endless else {}
    held = {row.pk for row in endless if e_value(row, days.get(row.pk, {})) < 1 / ALPHA}
    return [_state(row, counts, looks.get(row.pk), at, held=row.pk in held) for row in hypotheses]


def state_of(hypothesis: Hypothesis, at: datetime) -> State:
    return states_of([hypothesis], at)[0]


def _looks(hypotheses: Sequence[Hypothesis]) -> Iterable[Look]:
    return Look.objects.filter(hypothesis__in=[row.pk for row in hypotheses]).select_related("leader__utp")


def _state(row: Hypothesis, counts: Mapping[int, ArmCount], look: Look | None, at: datetime, *, held: bool) -> State:
    own = {arm.pk: counts[arm.pk] for arm in row.arms.all() if arm.pk in counts}
    days = running_days(own.values(), row.ended_at or at)
    young = sum(count.n - count.mature_n for count in own.values())
    said = saying_on(row, own, days)
    if held and said.word in {Word.CONFIRMED, Word.REFUTED}:
        said = replace(said, word=Word.LEANING, needed=1)
    return State(row, own, said, days, look, young)


def running_days(counts: Iterable[ArmCount], at: datetime) -> float:
    """Since the first lead of the test."""
    first = min((count.first_joined_at for count in counts if count.first_joined_at), default=None)
    return max((at - first) / _DAY, 0.0) if first else 0.0


def saying_on(row: Hypothesis, counts: Mapping[int, ArmCount], days: float) -> Saying:
    """The word on all resolved leads, held back while the mature ones alone do not say the same.

    Refusals come fast and contracts slowly, or the other way round: early on, the resolved are not like the rest.
    """
    arms = list(row.arms.all())
    found = [counts.get(arm.pk, NOTHING) for arm in arms]
    said = judge(row, arms, [Counted(count.n, count.k) for count in found], days)
    if said.word not in {Word.CONFIRMED, Word.REFUTED, Word.LEANING} or not row.mature_days:
        return said
    mature = judge(row, arms, [Counted(count.mature_n, count.mature_k) for count in found], days)
    if mature.word == said.word and mature.leader == said.leader:
        return said
    return Saying(Word.COLLECTING, said.leader, said.chance, max(mature.needed, 1), unripe=True)


def judge(row: Hypothesis, arms: Sequence[Arm], counts: Sequence[Counted], days: float) -> Saying:
    """The rule on counts as given: one arm against the threshold, several against each other."""
    if not arms:
        return Saying(Word.COLLECTING, None, 0.5, row.sample)
    limit = min(days, rule.LONGEST_DAYS) if row.open_ended else days
    if len(arms) == 1:
        return _against_threshold(row, arms[0], counts[0], limit)
    return _against_each_other(arms, counts, limit)


def _against_threshold(row: Hypothesis, arm: Arm, count: Counted, days: float) -> Saying:
    aim = float(row.expected_rate)
    found = rule.verdict_against(aim, count, running_days=days)
    low = rule.verdict_against(float(row.refuted_below or aim), count, running_days=days)
    sure = max(found.chance_b_better, 1 - found.chance_b_better)
    above = found.better == "B"
    if found.word == "confirmed" and above:
        return Saying(Word.CONFIRMED, arm, sure, 0)
    if low.word == "confirmed" and low.better == "A":
        return Saying(Word.REFUTED, None, 1 - low.chance_b_better, 0)
    if found.word == "confirmed":
        return Saying(Word.NO_DIFFERENCE, None, sure, 0, below_threshold=True)
    return Saying(Word(found.word), arm if above else None, sure, found.needed)


def _against_each_other(arms: Sequence[Arm], counts: Sequence[Counted], days: float) -> Saying:
    """The leader must hold against every other arm: the weakest of the words about it is the word.

    With more than two arms this errs on the side of waiting: to be first by chance, one must beat all the others.
    """
    order = sorted(range(len(arms)), key=lambda n: (-_rate(counts[n]), n))
    first = order[0]
    pairs = [rule.verdict(counts[other], counts[first], running_days=days) for other in order[1:]]
    words = {pair.word for pair in pairs}
    sure = min(pair.chance_b_better for pair in pairs)
    leader = arms[first] if any(count.n for count in counts) and pairs[0].better else None
    if words == {"confirmed"}:
        return Saying(Word.CONFIRMED, leader, sure, 0)
    if words <= {"confirmed", "no_difference"}:
        return Saying(Word.NO_DIFFERENCE, leader, sure, 0)
    word = Word.LEANING if words <= {"confirmed", "leaning"} else Word.COLLECTING
    return Saying(word, leader, sure, max(pair.needed for pair in pairs))


def _rate(count: Counted) -> float:
    return count.k / count.n if count.n else 0.0


@dataclass(frozen=True, slots=True)
class Together:
    """Several tests at once. ``holding`` are those that stand although many were looked at."""

    running: int
    expected_false: float
    holding: frozenset[UUID]


def together(running: Sequence[Hypothesis], at: datetime) -> Together:
    """Among the running tests: false confirmations to expect, and which stand by their e-values (e-BH at 5 %).

    One query.
    """
    days = evidence.by_day(running, at)
    values = [e_value(row, days.get(row.pk, {})) for row in running]
    holding = frozenset(row.pk for row, stands in zip(running, rule.confirmed_of(values), strict=True) if stands)
    return Together(len(running), rule.expected_false(len(running)), holding)


def e_value(row: Hypothesis, days: Days) -> float:
    """Against «all arms are equal», or «the arm's rate is the threshold». May be looked at whenever.

    The mean of the e-values of all pairs is one itself. A threshold stands as an arm so large that its rate is known.
    """
    keys = [arm.pk for arm in row.arms.all()]
    if len(keys) == 1:
        known = Counted(KNOWN_FOR_CERTAIN, round(KNOWN_FOR_CERTAIN * float(row.expected_rate)))
        return rule.evidence_value([(known, days[day].get(keys[0], NONE)) for day in sorted(days)])
    pairs = [
        rule.evidence_value([(days[day].get(a, NONE), days[day].get(b, NONE)) for day in sorted(days)])
        for a, b in combinations(keys, 2)
    ]
    return fmean(pairs) if pairs else 0.0


def decidable_first(states: Iterable[State]) -> list[State]:
    """What can be decided today on top, then by what is still missing."""
    rank = {Word.LEANING: 1, Word.COLLECTING: 2}
    drafts_last = {Status.RUNNING: 0, Status.DRAFT: 1}
    return sorted(
        states,
        key=lambda s: (
            drafts_last.get(Status(s.hypothesis.status), 2), 0 if s.final or s.complete else rank[s.word],
            s.remaining, -s.hypothesis.number,
        ),
    )  # fmt: skip
