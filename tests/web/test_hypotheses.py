"""Hypotheses in the browser: what can be decided, the plan before the start, a verdict by one press and a sentence."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agents.models import Segment, Utp
from common import clock
from funnel import log
from hypotheses.models import Hypothesis, Membership
from hypotheses.services.assignment import record_earlier
from leads.models import Lead
from leads.services.editing import update_lead
from leads.services.moves import move
from leads.services.outcomes import close
from leads.services.recording import record_interview
from tests.hypotheses.bench import draft, running, sample, second_utp, without_leads
from tests.hypotheses.test_assignment import arrive
from tests.office import Office

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def where(name: str, row: Hypothesis) -> str:
    return reverse(f"hypotheses:{name}", args=[row.pk])


def sent(office: Office, **changes: object) -> dict[str, object]:
    return {
        "initiative": office.initiative.pk, "segment": office.segment.pk, "utps": [office.utp.pk],
        "success_stage": office.stage("meeting").pk, "expected_rate": "25", "problem": "не верят оценке",
    } | changes  # fmt: skip


def test_from_the_segments_card_a_hypothesis_takes_a_threshold_and_two_presses(office: Office) -> None:
    browser, promise = signed_in(office.olim), office.utp
    office.initiative.segments.add(office.segment)
    card = browser.get(reverse("segments:detail", args=[office.segment.pk])).content.decode()
    address = f"{reverse('hypotheses:create')}?segment={office.segment.pk}"
    assert address in card
    form = browser.get(address).context["form"]
    assert form["segment"].value() == office.segment.pk
    assert form["utps"].value() == [promise.pk]
    assert form["initiative"].value() == office.initiative.pk
    assert form["success_stage"].value() == office.stage("verbal_contract").pk
    made = browser.post(address, sent(office))
    row = Hypothesis.objects.get()
    assert made["Location"] == where("start", row)
    assert (row.expected_rate, row.owner) == (Decimal("0.25"), office.olim)


def test_the_form_keeps_what_was_typed_and_names_what_to_mend(office: Office) -> None:
    browser = signed_in(office.olim)
    answer = browser.post(reverse("hypotheses:create"), sent(office, expected_rate="0", problem="моя проблема"))
    assert answer.status_code == 422
    assert "expected_rate" in answer.context["form"].errors
    assert "моя проблема" in answer.content.decode()
    none = browser.post(reverse("hypotheses:create"), sent(office, utps=[]))
    assert "utps" in none.context["form"].errors
    first = browser.post(reverse("hypotheses:create"), sent(office, success_stage=office.stage("contact").pk))
    assert "success_stage" in first.context["form"].errors
    assert not Hypothesis.objects.exists()


def test_promises_of_another_segment_are_not_offered(office: Office) -> None:
    other = Segment.objects.create(kind="agent", name="Риелторы", team=office.north)
    foreign = Utp.objects.create(segment=other, statement="Чужое обещание", team=office.north)
    common = Utp.objects.create(statement="Общее обещание")
    form = signed_in(office.olim).get(f"{reverse('hypotheses:create')}?segment={office.utp.segment_id}").context["form"]
    offered = set(form.fields["utps"].queryset)
    assert offered == {office.utp, common}
    assert foreign not in offered


def test_choosing_a_segment_keeps_what_was_typed(office: Office) -> None:
    typed = {"segment": office.utp.segment_id, "problem": "не верят", "expected_rate": "12,5", "initiative": ""}
    form = signed_in(office.olim).get(reverse("hypotheses:create"), typed).context["form"]
    assert (form["problem"].value(), form["expected_rate"].value()) == ("не верят", "12,5")


def test_the_plan_is_told_before_the_start_also_where_it_is_unwelcome(office: Office) -> None:
    row = draft(office)
    page = signed_in(office.olim).get(where("start", row)).content.decode()
    assert "За квартал такая выборка не наберётся" in page
    assert "за последние 4 недели ни одного" in page


def test_started_by_one_press_and_only_once(office: Office) -> None:
    row, browser = draft(office), signed_in(office.olim)
    for _n in range(2):
        assert browser.post(where("start", row), {"_once": "x1"}).status_code == 302
    row.refresh_from_db()
    assert row.is_running


def test_a_start_that_would_overlap_says_with_what(office: Office) -> None:
    first = running(office)
    answer = signed_in(office.olim).post(where("start", draft(office)))
    assert answer.status_code == 409
    assert first.code in answer.content.decode()


def ripe(office: Office, reached: tuple[int, int] = (40, 90)) -> Hypothesis:
    without_leads()
    row = running(office, at=clock.now() - timedelta(days=40), sample=150)
    since = clock.now() - timedelta(days=30)
    stages = office.stage("contact"), office.stage("meeting")
    for arm, count in zip(row.arms.all(), reached, strict=True):
        sample(arm, [("reached" if n < count else "failed", since) for n in range(200)], stages)
    return row


def test_the_list_puts_what_can_be_decided_on_top(office: Office) -> None:
    ready = ripe(office)
    other = Segment.objects.create(kind="agent", name="Риелторы", team=office.north)
    promise = Utp.objects.create(segment=other, statement="Риелторам", team=office.north)
    fresh = running(office, segment=other, utps=[promise])
    page = signed_in(office.olim).get(reverse("hypotheses:list"))
    assert [line.hypothesis for line in page.context["lines"]] == [ready, fresh]
    assert (page.context["ready"], page.context["overall"].running) == (1, 2)
    assert "B лучше остальных" in page.content.decode()


def test_filters_narrow_the_list_and_not_the_false_alarms_to_expect(office: Office) -> None:
    running(office)
    other = Segment.objects.create(kind="agent", name="Риелторы", team=office.north)
    promise = Utp.objects.create(segment=other, statement="Риелторам", team=office.north)
    second = running(office, segment=other, utps=[promise])
    page = signed_in(office.olim).get(reverse("hypotheses:list"), {"segment": other.pk})
    assert [line.hypothesis for line in page.context["lines"]] == [second]
    assert page.context["overall"].running == 2
    found = signed_in(office.olim).get(reverse("hypotheses:list"), {"q": second.code.lower()})
    assert [line.hypothesis for line in found.context["lines"]] == [second]


def test_strangers_tests_are_neither_listed_nor_opened(office: Office) -> None:
    row = running(office)
    browser = signed_in(office.sitora)
    assert browser.get(reverse("hypotheses:list")).context["lines"] == []
    assert browser.get(where("detail", row)).status_code == 404
    assert browser.post(where("decide", row), {"decision": "refuted", "reason": "—"}).status_code == 404


def test_a_verdict_from_the_card_is_one_press_where_the_rule_agrees(office: Office) -> None:
    row = ripe(office)
    answer = signed_in(office.olim).post(where("decide", row), {"decision": "confirmed", "next": "/hypotheses/"})
    assert (answer.status_code, answer["Location"]) == (302, "/hypotheses/")
    row.refresh_from_db()
    assert (row.verdict, row.winner.letter) == ("confirmed", "B")


def test_an_early_verdict_asks_why_and_keeps_what_was_pressed(office: Office) -> None:
    row, browser = running(office), signed_in(office.olim)
    asked = browser.post(where("decide", row), {"decision": "refuted", "version": row.version, "next": "/hypotheses/"})
    assert asked.status_code == 422
    assert asked.context["form"]["next"].value() == asked.context["back"] == "/hypotheses/"
    assert asked.context["form"]["decision"].value() == "refuted"
    assert "reason" in asked.context["form"].errors
    told = browser.post(where("decide", row), {"decision": "refuted", "reason": "Все смеются", "version": row.version})
    assert told.status_code == 302
    page = browser.get(where("detail", row)).content.decode()
    assert "Все смеются" in page
    assert "раньше плана" in page


def test_enter_in_the_sentence_decides_nothing_and_keeps_the_words(office: Office) -> None:
    row = running(office)
    answer = signed_in(office.olim).post(where("decide", row), {"reason": "Все смеются", "version": row.version})
    assert answer.status_code == 422
    assert answer.context["form"]["reason"].value() == "Все смеются"
    row.refresh_from_db()
    assert row.is_running


def test_changing_the_promise_goes_on_to_the_new_edition(office: Office) -> None:
    row = running(office)
    answer = signed_in(office.olim).post(where("decide", row), {"decision": "changed", "reason": "Не цепляет"})
    second = Hypothesis.objects.get(replaces=row)
    assert answer["Location"] == where("edit", second)


def test_a_decided_test_becomes_a_finding_with_its_counts(office: Office) -> None:
    row, browser = ripe(office), signed_in(office.olim)
    browser.post(where("decide", row), {"decision": "confirmed"})
    address = f"{reverse('community:create')}?hypothesis={row.pk}"
    assert address.replace("&", "&amp;") in browser.get(where("detail", row)).content.decode()
    form = browser.get(address).context["form"]
    told = {name: form[name].value() for name in ("claim", "metric", "before_passed", "before_tries", "after_passed")}
    assert told == {
        "claim": row.arms.last().utp.statement, "metric": "meeting", "before_passed": 40, "before_tries": 200,
        "after_passed": 90,
    }  # fmt: skip
    assert signed_in(office.sitora).get(address).status_code == 404


def test_a_verdict_on_what_somebody_else_decided_meanwhile_is_a_conflict(office: Office) -> None:
    row, browser = running(office), signed_in(office.olim)
    browser.post(where("decide", row), {"decision": "collecting", "version": row.version})
    late = browser.post(where("decide", row), {"decision": "refuted", "reason": "Нет", "version": row.version})
    assert late.status_code == 409


def test_what_runs_is_not_edited_but_revised(office: Office) -> None:
    row, browser = running(office), signed_in(office.olim)
    assert browser.get(where("edit", row))["Location"] == where("detail", row)
    assert browser.post(where("edit", row), sent(office)).status_code == 422
    answer = browser.post(where("revise", row))
    assert answer["Location"] == where("edit", Hypothesis.objects.get(replaces=row))


def test_stopping_asks_why(office: Office) -> None:
    row, browser = running(office), signed_in(office.olim)
    assert browser.post(where("stop", row), {"reason": ""}).status_code == 422
    assert browser.post(where("stop", row), {"reason": "Сегмент закончился"}).status_code == 302
    row.refresh_from_db()
    assert row.status == "stopped"


def lived(office: Office) -> Hypothesis:
    """A test with three leads of its own: one reached the meeting, one was lost, one is open."""
    row = running(office, utps=[office.utp])
    reached, failed, _still = Lead.objects.filter(pk__in=arrive(office, 3)).order_by("pk")
    move(lead=reached, to=office.stage("meeting"), by=office.nodira, at=clock.now(), waive=True, reason="Знаю его")
    close(lead=failed, outcome="archived", by=office.olim, at=clock.now(), note="Не наш")
    return row


def test_every_number_of_an_arm_opens_exactly_its_leads(office: Office) -> None:
    row, browser = lived(office), signed_in(office.olim)
    office.lead(segment_id=office.segment.pk, initiative_id=office.initiative.pk, utp_id=office.utp.pk)
    [arm] = browser.get(where("detail", row)).context["line"].arms
    numbers = {"all": arm.count.members, "reached": arm.count.k, "failed": arm.count.failed, "open": arm.count.open}
    assert numbers == {"all": 3, "reached": 1, "failed": 1, "open": 1}
    for fate, count in numbers.items():
        assert browser.get(arm.links[fate]).context["totals"].count == count, fate


def test_rows_that_the_reader_may_not_see_are_counted_and_told(office: Office) -> None:
    row = lived(office)
    Lead.objects.filter(pk=Membership.objects.first().lead_id).update(owner=office.sitora, team=office.south)
    page = signed_in(office.olim).get(where("detail", row))
    assert page.context["hidden"] == 1
    assert page.context["line"].state.sample.members == 3
    assert "Ведут другие команды: 1" in page.content.decode()


def test_voices_quotes_and_changed_promises_stand_beside_the_counts(office: Office) -> None:
    row = lived(office)
    lead = Lead.objects.filter(outcome="open").first()
    record_interview(
        lead=lead, by=office.olim, at=clock.now(), problem="ждут", problem_validated="yes", utp_validated="no",
        quotes="«А бумага от кого?»",
    )  # fmt: skip
    lead.refresh_from_db()
    update_lead(lead=lead, by=office.olim, changes={"utp": second_utp(office)})
    page = signed_in(office.olim).get(where("detail", row))
    assert page.context["voices"].rows == [
        ("problem_validated", 1, 0), ("value_validated", 0, 0), ("utp_validated", 0, 1),
    ]  # fmt: skip
    assert "А бумага от кого?" in page.content.decode()
    assert page.context["changed"] == 1
    assert page.context["line"].state.sample.members == 3


def test_quotes_of_hidden_leads_stay_hidden(office: Office) -> None:
    row = lived(office)
    lead = Lead.objects.filter(outcome="open").first()
    record_interview(
        lead=lead, by=office.olim, at=clock.now(), problem="ждут", problem_validated="yes", quotes="«Тайна»"
    )
    Lead.objects.filter(pk=lead.pk).update(owner=office.sitora, team=office.south)
    page = signed_in(office.olim).get(where("detail", row))
    assert page.context["voices"].total == 0
    assert "Тайна" not in page.content.decode()


def test_a_lead_that_is_taken_back_leaves_the_sample(office: Office) -> None:
    row = running(office)
    [pk] = arrive(office)
    log.withdraw([pk])
    Lead.objects.filter(pk=pk).delete()
    assert not Membership.objects.filter(hypothesis=row).exists()


def test_an_initiative_shows_its_hypotheses(office: Office) -> None:
    row = running(office)
    page = signed_in(office.olim).get(f"{reverse('initiatives:detail', args=[office.initiative.pk])}?tab=hypotheses")
    assert [line.hypothesis for line in page.context["lines"]] == [row]


def test_sub_segments_are_told_with_a_warning_where_they_are_few(office: Office) -> None:
    narrow = Segment.objects.create(kind="agent", name="Оценщики Kia", parent=office.segment, team=office.north)
    row = lived(office)
    lead = office.lead(segment_id=narrow.pk)
    close(lead=lead, outcome="archived", by=office.olim, at=clock.now(), note="Нет")
    record_earlier(hypothesis=row, members=[(lead.pk, row.arms.get().pk, clock.now() - timedelta(minutes=1))])
    page = signed_in(office.olim).get(where("detail", row)).content.decode()
    assert "Исходов меньше десяти" in page
