"""What a change of a stage would do is told before it is done, and is what happens then."""

from datetime import timedelta

import pytest

from common import clock
from common.changes import StaleVersion
from common.errors import Invalid, NotAllowed
from funnel import rollups
from funnel.figures import FunnelQuery, funnel_table
from funnel.models import Passage, Stage, StageEntry
from leads import stage_effects
from leads.models import Lead
from leads.services import outcomes, stages
from leads.services.moves import move
from tests.office import Office

pytestmark = pytest.mark.django_db


def _at(office: Office, stage: str, *, back_to: str = "") -> Lead:
    """A lead that went through each stage up to this one, whatever the gates ask."""
    lead = office.lead()
    for row in Stage.objects.of_kind("agent").filter(position__lte=office.stage(stage).position)[1:]:
        lead = move(lead=lead, to=row, by=office.nodira, at=clock.now(), reason="для проверки", waive=True)
    if back_to:
        lead = move(lead=lead, to=office.stage(back_to), by=office.nodira, at=clock.now(), reason="вернули")
    return lead


def _table(office: Office) -> dict[str, tuple[int, int]]:
    """Entered and passed, by the stage's code, once the counts have caught up."""
    rollups.refresh(at=clock.now())
    return {row.stage.code: (row.entered, row.passed) for row in funnel_table(FunnelQuery(kind="agent"))}


class TestTheOrder:
    def test_what_the_preview_says_is_what_the_figures_become(self, office: Office) -> None:
        for stage in ("contact", "meeting", "meeting", "custdev", "custdev", "verbal_contract"):
            _at(office, stage)
        _at(office, "custdev", back_to="meeting")
        meeting = office.stage("meeting")
        found = stage_effects.shift_effect(stage=meeting, earlier=False)
        assert found is not None
        assert (found.earlier.code, found.later.code, found.recounted) == ("meeting", "custdev", 3)
        before = _table(office)
        assert before["meeting"] == (found.earlier_now.n, found.earlier_now.k) == (6, 4)
        assert before["custdev"] == (found.later_now.n, found.later_now.k) == (4, 1)
        stages.shift(stage=meeting, by=office.adiba, at=clock.now(), earlier=False)
        after = _table(office)
        assert after["meeting"] == (found.earlier_then.n, found.earlier_then.k) == (6, 1)
        assert after["custdev"] == (found.later_then.n, found.later_then.k) == (4, 4)
        assert after["contact"] == before["contact"]

    def test_the_preview_writes_nothing(self, office: Office) -> None:
        _at(office, "custdev")
        before = (list(Stage.objects.values_list("pk", "position")), _table(office))
        stage_effects.shift_effect(stage=office.stage("meeting"), earlier=False)
        assert before == (list(Stage.objects.values_list("pk", "position")), _table(office))

    def test_the_log_is_the_same_after_any_shuffle(self, office: Office) -> None:
        _at(office, "custdev")
        log = list(StageEntry.objects.order_by("pk").values())
        for earlier in (False, True, True):
            stages.shift(stage=office.stage("meeting"), by=office.adiba, at=clock.now(), earlier=earlier)
        assert list(StageEntry.objects.order_by("pk").values()) == log

    def test_there_and_back_again_gives_the_figures_of_before(self, office: Office) -> None:
        for stage in ("meeting", "custdev", "verbal_contract"):
            _at(office, stage)
        before = _table(office)
        for earlier in (False, True):
            stages.shift(stage=office.stage("meeting"), by=office.adiba, at=clock.now(), earlier=earlier)
        assert _table(office) == before

    def test_at_the_edge_there_is_nothing_to_show(self, office: Office) -> None:
        assert stage_effects.shift_effect(stage=office.stage("contact"), earlier=True) is None
        assert stage_effects.shift_effect(stage=office.stage("value_delivered"), earlier=False) is None

    def test_moving_the_last_stage_is_said(self, office: Office) -> None:
        found = stage_effects.shift_effect(stage=office.stage("signed_contract"), earlier=False)
        assert found is not None
        assert found.new_last
        other = stage_effects.shift_effect(stage=office.stage("meeting"), earlier=False)
        assert other is not None
        assert not other.new_last

    def test_of_two_administrators_the_second_meets_other_neighbours(self, office: Office) -> None:
        meeting, custdev = office.stage("meeting"), office.stage("custdev")
        stages.shift(stage=meeting, by=office.adiba, at=clock.now(), earlier=False, beside=custdev.pk)
        with pytest.raises(stages.OrderChanged):
            stages.shift(stage=meeting, by=office.adiba, at=clock.now(), earlier=False, beside=custdev.pk)
        assert office.stage("meeting").position == custdev.position

    def test_nobody_but_an_administrator_moves_stages(self, office: Office) -> None:
        with pytest.raises(NotAllowed):
            stages.shift(stage=office.stage("meeting"), by=office.nodira, at=clock.now(), earlier=True)


class TestTheNorm:
    def test_the_new_norm_tells_who_becomes_late(self, office: Office) -> None:
        meeting = office.stage("meeting")
        now = clock.now()
        for days in (0, 2, 4, 9):
            lead = _at(office, "meeting")
            Lead.objects.filter(pk=lead.pk).update(stage_entered_at=now - timedelta(days=days))
        _at(office, "custdev")
        found = [
            stage_effects.norm_effect(stage=meeting, norm_hours=hours, at=now) for hours in (24, 120, 24 * 30, None)
        ]
        assert {(one.standing, one.late) for one in found} == {(4, 1)}
        assert [one.late_then for one in found] == [3, 1, 0, 0]

    def test_a_closed_lead_is_not_late(self, office: Office) -> None:
        lead = _at(office, "meeting")
        Lead.objects.filter(pk=lead.pk).update(stage_entered_at=clock.now() - timedelta(days=30), outcome="lost")
        assert stage_effects.norm_effect(stage=office.stage("meeting"), norm_hours=24, at=clock.now()).late_then == 0


class TestTheGate:
    def test_those_who_would_be_held_are_named(self, office: Office) -> None:
        held = office.lead(name="Без ресурсов")
        free = office.lead(name="С ресурсами", resources="депозит")
        before = stages.stage_before(office.stage("meeting"))
        found = stage_effects.gate_effect(before=before, gate=["resources"], names=True)
        assert (found.standing, found.held, [lead.pk for lead in found.leads]) == (2, 1, [held.pk])
        assert free.pk not in {lead.pk for lead in found.leads}


class TestTheEnd:
    def test_a_stage_with_leads_leaves_only_when_it_is_said_where_they_go(self, office: Office) -> None:
        lead = _at(office, "custdev")
        custdev = office.stage("custdev")
        with pytest.raises(stages.StageInUse):
            stages.retire(stage=custdev, by=office.adiba, at=clock.now())
        assert Stage.objects.get(pk=custdev.pk).active
        stages.retire(stage=custdev, by=office.adiba, at=clock.now(), move_to=office.stage("meeting"))
        assert not Stage.objects.get(pk=custdev.pk).active
        assert Lead.objects.get(pk=lead.pk).stage.code == "meeting"
        last = StageEntry.objects.filter(lead_id=lead.pk).latest("pk")
        assert (last.event, last.stage.code, last.by, last.reason) == (
            "returned", "meeting", office.adiba, "Этап «CustDev» снят",
        )  # fmt: skip

    def test_leads_may_go_on_past_gates_and_the_log_says_what_was_waived(self, office: Office) -> None:
        lead = _at(office, "custdev")
        to = office.stage("verbal_contract")
        stages.retire(stage=office.stage("custdev"), by=office.adiba, at=clock.now(), move_to=to)
        last = StageEntry.objects.filter(lead_id=lead.pk).latest("pk")
        assert (last.event, last.stage.code) == ("entered", "verbal_contract")
        assert set(last.waived) == set(to.gate)

    def test_history_stays_true(self, office: Office) -> None:
        for stage in ("meeting", "custdev", "verbal_contract"):
            _at(office, stage)
        entries, before = StageEntry.objects.count(), _table(office)
        stages.retire(stage=office.stage("custdev"), by=office.adiba, at=clock.now(), move_to=office.stage("meeting"))
        assert StageEntry.objects.count() == entries + 1  # the one move
        after = _table(office)
        assert after["custdev"] == before["custdev"]
        assert {code: counted[0] for code, counted in after.items()} == {code: n[0] for code, n in before.items()}

    def test_closed_leads_stay_where_they_ended(self, office: Office) -> None:
        lead = _at(office, "custdev")
        outcomes.close(
            lead=lead, by=office.nodira, at=clock.now(), outcome="archived", note="не сейчас",
            reason=None,
        )  # fmt: skip
        stages.retire(stage=office.stage("custdev"), by=office.adiba, at=clock.now())
        assert Lead.objects.get(pk=lead.pk).stage.code == "custdev"

    @pytest.mark.parametrize("where", ["itself", "other_funnel", "retired"])
    def test_a_place_that_is_none_is_refused_and_nobody_has_moved(self, office: Office, where: str) -> None:
        lead = _at(office, "custdev")
        custdev = office.stage("custdev")
        stages.retire(stage=office.stage("signed_contract"), by=office.adiba, at=clock.now())
        other, retired = office.stage("meeting", "client"), office.stage("signed_contract")
        to = {"itself": custdev, "other_funnel": other, "retired": retired}[where]
        with pytest.raises(Invalid):
            stages.retire(stage=custdev, by=office.adiba, at=clock.now(), move_to=to)
        assert Lead.objects.get(pk=lead.pk).stage_id == custdev.pk
        assert Stage.objects.get(pk=custdev.pk).active

    def test_too_many_for_one_step_is_said(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(stages, "MOST_MOVED", 1)
        for _lead in range(2):
            office.lead()
        with pytest.raises(stages.StageInUse, match="больше 1"):
            stages.retire(
                stage=office.stage("contact"), by=office.adiba, at=clock.now(), move_to=office.stage("meeting")
            )
        assert Lead.objects.filter(stage__code="contact").count() == 2

    def test_two_administrators_meet_over_one_stage(self, office: Office) -> None:
        custdev = office.stage("custdev")
        stages.update(stage=custdev, by=office.adiba, changes={"norm_hours": 48}, expected_version=custdev.version)
        with pytest.raises(StaleVersion):
            stages.retire(stage=custdev, by=office.adiba, at=clock.now(), expected_version=custdev.version)
        assert Stage.objects.get(pk=custdev.pk).active

    def test_retired_twice_it_is_retired_once(self, office: Office) -> None:
        for _press in range(2):
            stages.retire(stage=office.stage("custdev"), by=office.adiba, at=clock.now())
        assert not Stage.objects.get(pk=office.stage("custdev").pk).active

    def test_the_preview_counts_who_stands_there_and_what_stays(self, office: Office) -> None:
        _at(office, "custdev")
        _at(office, "verbal_contract")
        found = stage_effects.retirement(office.stage("custdev"))
        assert (found.standing, found.entries, len(found.leads)) == (1, 2, 1)
        assert [stage.code for stage in found.targets][:3] == ["meeting", "contact", "verbal_contract"]
        assert (found.before.code, found.after.code) == ("meeting", "verbal_contract")

    def test_a_new_name_changes_no_figure(self, office: Office) -> None:
        _at(office, "custdev")
        before = _table(office)
        stages.update(stage=office.stage("custdev"), by=office.adiba, changes={"name": "Интервью"})
        assert _table(office) == before
        assert Passage.objects.filter(stage__name="Интервью").count() == 1
