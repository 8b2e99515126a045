"""What the list says goes is what goes; what is young or held stays."""

from datetime import timedelta

import pytest

from audit import sequencer
from audit.choices import Fields, Look
from audit.models import Segment, View
from calls.models import Call
from common import clock
from common.errors import Invalid, NotAllowed
from jobs.models import Job
from leads.models import Lead
from privacy.models import Erasure, RetentionRun
from privacy.services import aging, erasing, holds
from tests.office import Office

pytestmark = pytest.mark.django_db
OLD, YOUNG = timedelta(days=2000), timedelta(days=20)


def call(office: Office, *, ago: timedelta, phone: str, party: object = None) -> Call:
    return Call.objects.create(direction="in", at=clock.now() - ago, result="talked", phone=phone, party=party)


def rule(key: str) -> aging.Rule:
    return next(rule for rule in aging.rules() if rule.key == key)


def test_the_dry_list_is_what_then_goes_and_the_rest_stays(office: Office) -> None:
    at, held = clock.now(), office.lead().party
    old = [call(office, ago=OLD, phone=f"+99890000000{n}") for n in range(3)]
    young = call(office, ago=YOUNG, phone="+998901112233")
    kept = call(office, ago=OLD, phone="+998902223344", party=held)
    holds.put(party=held, by=office.adiba, reason="Спор")
    listed = aging.due_ids(rule("calls"), at)
    assert listed == sorted(one.pk for one in old)
    report = aging.carry_out(rule("calls"), at)
    assert (report.due, report.gone, report.held) == (3, 3, 1)
    assert set(Call.objects.filter(phone="").values_list("pk", flat=True)) == set(listed)
    assert set(Call.objects.exclude(phone="").values_list("pk", flat=True)) == {young.pk, kept.pk}
    assert aging.carry_out(rule("calls"), at).gone == 3


def test_without_the_hold_the_same_row_goes(office: Office) -> None:
    party = office.lead().party
    call(office, ago=OLD, phone="+998902223344", party=party)
    hold = holds.put(party=party, by=office.adiba, reason="Спор")
    holds.lift(hold=hold, by=office.adiba, at=clock.now())
    assert aging.carry_out(rule("calls"), clock.now()).gone == 1


def test_an_administrator_sets_the_days_and_a_rule_that_is_off_owes_nothing(office: Office) -> None:
    aging.set_rule(key="calls", days=10, active=True, by=office.adiba)
    call(office, ago=YOUNG, phone="+998901112233")
    assert aging.due(rule("calls"), clock.now()).gone == 1
    aging.set_rule(key="calls", days=10, active=False, by=office.adiba)
    aging.owe_day(at=clock.now())
    aging.owe_day(at=clock.now())
    keys = list(Job.objects.filter(kind=aging.JOB).values_list("payload__rule", flat=True))
    assert "calls" not in keys
    assert sorted(keys) == sorted(set(keys))
    for wrong in ({"key": "calls", "days": 0}, {"key": "none", "days": 5}):
        with pytest.raises(Invalid):
            aging.set_rule(**wrong, active=True, by=office.adiba)
    with pytest.raises(NotAllowed):
        aging.set_rule(key="calls", days=5, active=True, by=office.olim)


def test_people_of_whom_nothing_came_are_erased_and_others_are_not(office: Office) -> None:
    lost, open_one = office.lead(), office.lead()
    Lead.objects.filter(pk=lost.pk).update(outcome="lost", touched_at=clock.now() - OLD)
    Lead.objects.filter(pk=open_one.pk).update(touched_at=clock.now() - OLD)
    assert aging.carry_out(rule(aging.PEOPLE), clock.now()).gone == 1
    asked = Erasure.objects.get()
    assert (asked.party_id, asked.basis, asked.state) == (lost.party_id, "retention", "running")
    assert Job.objects.filter(kind=erasing.JOB).count() == 1
    assert RetentionRun.objects.get().key == aging.PEOPLE


def look(office: Office, *, ago: timedelta) -> None:
    View.objects.create(
        at=clock.now() - ago, user_id=office.olim.pk, look=Look.CARD, route="leads:card", fields=[Fields.CONTACTS],
        subjects=[office.olim.pk],
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_looks_age_out_of_the_journal_and_the_chain_says_so(office: Office) -> None:
    for ago in (OLD, OLD, YOUNG):
        look(office, ago=ago)
    assert aging.carry_out(rule("views"), clock.now()).gone == 0  # what is not sealed yet stays
    sequencer.run(at=clock.now())
    assert aging.due(rule("views"), clock.now()).gone == 2
    assert aging.carry_out(rule("views"), clock.now() + timedelta(seconds=1)).gone == 2
    assert View.objects.count() == 1
    assert Segment.objects.order_by("-n")[0].kind == "retired"


def test_an_act_is_kept_three_years_and_then_only_that_there_was_one(office: Office) -> None:
    at, usual = clock.now(), {"basis": "request", "state": "done", "act": b"%PDF", "extract": [{"step": "x"}]}
    acts = [
        Erasure.objects.create(number=days, party=office.lead().party, finished_at=at - timedelta(days=days), **usual)
        for days in (1, 1000, 1100)
    ]
    assert aging.carry_out(rule("acts"), at).gone == 1
    assert [bytes(Erasure.objects.get(pk=one.pk).act) for one in acts] == [b"%PDF", b"%PDF", b""]
    assert Erasure.objects.get(pk=acts[2].pk).extract == []
    with pytest.raises(Invalid, match="от 1098"):
        aging.set_rule(key="acts", days=30, active=True, by=office.adiba)
