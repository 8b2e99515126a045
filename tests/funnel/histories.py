"""Random histories of leads, made through the services alone: every rule of the house holds in them."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from accounts.models import User
from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft
from backlog.services.results import record_for_lead, undo_result
from funnel import rollups
from funnel import services as stages
from funnel.choices import Origin
from funnel.defaults import STAGES
from funnel.models import Stage
from leads.drafts import HistoryStep, LeadDraft
from leads.models import Lead, LossReason
from leads.services import editing, moves, outcomes
from leads.services.intake import take_in
from tests.office import Office

CODES = [stage["code"] for stage in STAGES]
SOURCES = ("", "Сайт", "Выставка")
DAYS = 60

arrival = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["agent", "client"]),
        "owner": st.integers(0, 2),
        "source": st.sampled_from(SOURCES),
        # A stage may be missing (skipped), and a later one may be dated before an earlier one (backdated by file).
        "steps": st.dictionaries(st.sampled_from(CODES), st.integers(0, DAYS), max_size=5),
    }
)
deed = st.one_of(
    st.tuples(st.just("move"), st.integers(0, 99), st.integers(0, 5)),
    st.tuples(st.just("close"), st.integers(0, 99), st.sampled_from(["lost", "archived"])),
    st.tuples(st.just("result"), st.integers(0, 99), st.tuples(st.sampled_from(["agreed", "refused"]), st.booleans())),
    st.tuples(st.just("reopen"), st.integers(0, 99), st.none()),
    st.tuples(st.just("assign"), st.integers(0, 99), st.integers(0, 2)),
    st.tuples(st.just("refresh"), st.none(), st.none()),
    st.tuples(st.just("retire"), st.integers(0, 11), st.none()),
    st.tuples(st.just("restore"), st.integers(0, 11), st.none()),
    st.tuples(st.just("shift"), st.integers(0, 11), st.booleans()),
)
history = st.tuples(st.lists(arrival, min_size=1, max_size=8), st.lists(deed, max_size=14))


class World:
    """Plays a history. A deed that the house refuses is simply not done."""

    def __init__(self, office: Office, start: datetime) -> None:
        self.office, self.at = office, start
        self.owners: list[User | None] = [office.olim, office.anvar, None]
        self.leads: list[Lead] = []

    def later(self) -> datetime:
        self.at += timedelta(hours=7)
        return self.at

    def arrive(self, kind: str, owner: int, source: str, steps: dict[str, int]) -> None:
        day = self.at - timedelta(days=DAYS)
        road = tuple(HistoryStep(code, day + timedelta(days=age)) for code, age in steps.items())
        party = PartyDraft(kind=kind, name="Лид", contacts=(ContactDraft("phone", self.office.phone()),))
        draft = LeadDraft(
            kind=kind, party=party, owner=self.owners[owner], fields={"source_channel": source}, history=road
        )
        taken = take_in(drafts=[draft], by=self.office.adiba, at=self.at, origin=Origin.IMPORT)[0]
        if taken.lead_id is not None:
            self.leads.append(Lead.objects.get(pk=taken.lead_id))

    def do(self, name: str, which: int | None, what: Any) -> None:
        getattr(self, name)(which, what)

    def _lead(self, which: int) -> Lead:
        return Lead.objects.select_related("stage").get(pk=self.leads[which % len(self.leads)].pk)

    def move(self, which: int, to: int) -> None:
        lead = self._lead(which)
        stage = Stage.objects.get(kind=lead.kind, code=CODES[to])
        if stage.active and lead.outcome in {"open", "won"}:
            moves.move(lead=lead, to=stage, by=self.office.adiba, at=self.later(), reason="так вышло", waive=True)

    def close(self, which: int, outcome: str) -> None:
        reason = LossReason.objects.get(code="other")
        outcomes.close(lead=self._lead(which), outcome=outcome, by=self.office.adiba, at=self.later(), reason=reason)

    def result(self, which: int, what: tuple[str, bool]) -> None:
        """A press on the result bar, often taken back within seconds."""
        lead, (outcome, undone) = self._lead(which), what
        if not lead.is_open:
            return
        reason = LossReason.objects.get(code="other")
        pressed = record_for_lead(lead=lead, by=self.office.adiba, at=self.later(), outcome=outcome, reason=reason)
        if undone:
            undo_result(result=pressed, by=self.office.adiba, at=self.at + timedelta(seconds=9))

    def reopen(self, which: int, _what: None) -> None:
        outcomes.reopen(lead=self._lead(which), by=self.office.adiba, at=self.later(), reason="вернулся")

    def assign(self, which: int, owner: int) -> None:
        editing.assign(lead=self._lead(which), owner=self.owners[owner], by=self.office.adiba, at=self.later())

    def refresh(self, _which: None, _what: None) -> None:
        rollups.refresh(at=self.at)

    def _stage(self, which: int) -> Stage:
        return Stage.objects.get(kind=["agent", "client"][which // 6], code=CODES[which % 6])

    def retire(self, which: int, _what: None) -> None:
        stage = self._stage(which)
        if Stage.objects.filter(kind=stage.kind, active=True).count() > 1:
            stages.set_active(stage=stage, by=self.office.adiba, at=self.at, active=False)

    def restore(self, which: int, _what: None) -> None:
        stages.set_active(stage=self._stage(which), by=self.office.adiba, at=self.at, active=True)

    def shift(self, which: int, earlier: bool) -> None:
        stages.shift_stage(stage=self._stage(which), by=self.office.adiba, at=self.at, earlier=earlier)
