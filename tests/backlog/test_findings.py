"""Findings: nobody's client in them, liked once, borrowed once a week, and their effect counted from results."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from agents.models import Contact, Party
from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft, create_party
from backlog.anonymity import leaks_in, without
from backlog.community import effect_of, findings_for, goals_to_serve, matching, of_my_segments, own_record
from backlog.models import Borrowing, Finding, FindingLike
from backlog.services.actions import drop_action
from backlog.services.findings import PersonalData, borrow, edit_finding, publish_finding, set_liked, set_retired
from backlog.services.results import record_result, undo_result
from backlog.services.reworking import replace_action, split_action
from backlog.services.sprints import close_sprint
from common.changes import StaleVersion
from common.errors import Invalid, NotAllowed
from funnel.statistics import wilson
from tests.backlog.plan_desk import NOW, Desk
from tests.office import Office

pytestmark = pytest.mark.django_db
GOOD: dict[str, Any] = {
    "claim": "Начинать с вопроса о сроке выдачи", "metric": "custdev", "action_title": "Спросить о сроке выдачи",
}  # fmt: skip


def publish(by: User, **fields: Any) -> Finding:
    return publish_finding(by=by, **(GOOD | fields))


def party(office: Office, name: str, form: str = "person", phone: str = "+998901112233", **more: Any) -> Party:
    contacts = (ContactDraft("phone", phone, person=more.pop("person", "")),)
    return create_party(
        by=office.olim, draft=PartyDraft(kind="agent", name=name, legal_form=form, contacts=contacts, **more)
    )


def found(office: Office, text: str) -> list[str]:
    return [leak.text for leak in leaks_in({"text": text}, [office.olim])]


class TestPublishing:
    def test_a_finding_keeps_the_segments_name_and_its_authors_team(self, office: Office) -> None:
        made = publish(office.olim, segment=office.segment, before_passed=9, before_tries=22)
        assert (made.segment_name, made.team, made.owner) == ("Оценщики", office.north, office.olim)

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"claim": "  "}, "claim"),
            ({"action_title": ""}, "action_title"),
            ({"metric": "luck"}, "metric"),
            ({"metric": "own"}, "metric_name"),
            ({"claim": "я" * 301}, "claim"),
            ({"before_passed": 3}, "before_tries"),
            ({"after_tries": 3}, "after_passed"),
            ({"after_passed": 4, "after_tries": 3}, "after_passed"),
            ({"after_passed": 0, "after_tries": 0}, "after_tries"),
            ({"after_passed": 0, "after_tries": 10**9}, "after_tries"),
            ({"action_minutes": 1800}, "action_minutes"),
            ({"action_minutes": None}, "action_minutes"),
            ({"action_kind": "dance"}, "action_kind"),
        ],
    )
    def test_what_is_wrong_is_told_at_its_field(self, office: Office, fields: dict[str, Any], wrong: str) -> None:
        with pytest.raises(Invalid) as refused:
            publish(office.olim, **fields)
        assert [error.field for error in refused.value.errors] == [wrong]

    def test_an_auditor_publishes_nothing(self, office: Office) -> None:
        with pytest.raises(NotAllowed):
            publish(office.aziz)

    def test_others_do_not_change_it_and_two_editors_do_not_overwrite_each_other(self, office: Office) -> None:
        made = publish(office.olim)
        with pytest.raises(NotAllowed):
            edit_finding(finding=made, by=office.sitora, changes={"claim": "Иначе"})
        edit_finding(finding=made, by=office.olim, changes={"claim": "Короче"}, expected_version=1)
        with pytest.raises(StaleVersion):
            edit_finding(finding=made, by=office.nodira, changes={"claim": "Длиннее"}, expected_version=1)
        made.refresh_from_db()
        assert made.claim == "Короче"

    def test_a_retired_one_leaves_the_feed_and_comes_back(self, office: Office) -> None:
        made = publish(office.olim)
        for retired in (True, True, False):
            made = set_retired(finding=made, retired=retired, by=office.olim)
        assert (made.retired, made.version) == (False, 3)


class TestAnonymity:
    def test_a_name_is_found_in_any_case_and_order_and_a_surname_alone(self, office: Office) -> None:
        party(office, "Каримов Олим Рустамович")
        assert found(office, "Говорил с Олимом Каримовым о сроке") == ["Олимом Каримовым"]
        assert found(office, "Каримову срок важнее ставки") == ["Каримову"]
        assert found(office, "Клиенту срок важнее ставки") == []

    def test_a_firm_is_found_with_and_without_its_form_and_a_common_word_is_not(self, office: Office) -> None:
        party(office, "ООО «Саморканд Савдо»", "firm")
        assert found(office, "У Саморканд Савдо получилось") == ["Саморканд Савдо"]
        assert found(office, "у саморканд савдо получилось") == ["саморканд савдо"]
        assert found(office, "В городе Саморканд это работает") == []

    def test_a_contact_person_is_found(self, office: Office) -> None:
        party(office, "Камолот", "firm", person="Ирина Ким")
        assert found(office, "Договариваться с Ириной Ким и через Камолот") == ["Ириной Ким", "Камолот"]

    @pytest.mark.parametrize(
        "text", ["90 111-22-33", "+998 (90) 111-22-33", "998901112233", "901112233", "8 912 345-67-89"]
    )
    def test_a_phone_is_found_in_any_form(self, office: Office, text: str) -> None:
        party(office, "Камолот", "firm")
        assert found(office, f"Звонить на {text} утром") == [text]

    def test_sums_dates_and_shares_are_no_phones(self, office: Office) -> None:
        party(office, "Камолот", "firm")
        text = "Сделка на 12 500 000 сум, 900 000 000 сум в год, 23.11.2026 – 27.11.2026, 15 из 26 = 58 %"
        assert found(office, text) == []

    def test_mail_nick_and_tax_number_are_found(self, office: Office) -> None:
        made = party(office, "Камолот", "firm", tax_id="301234567")
        Contact.objects.create(party=made, type="telegram", value="@kamolot_uz", key="@kamolot_uz")
        text = "Писать на boss@kamolot.uz или @kamolot_uz, СТИР 301 234 567"
        assert found(office, text) == ["boss@kamolot.uz", "@kamolot_uz", "301 234 567"]

    def test_a_stranger_of_another_team_is_not_looked_for(self, office: Office) -> None:
        """The author cannot tell what he does not know; the negative control of the search."""
        create_party(by=office.sitora, draft=PartyDraft(kind="agent", name="Каримов Олим"))
        assert found(office, "Олим Каримов") == []

    def test_publishing_is_refused_with_what_and_where_and_the_cleaned_text_passes(self, office: Office) -> None:
        party(office, "Каримов Олим")
        texts = {"claim": "Олим Каримов сказал «да»", "text": "Его номер 90 111 22 33"}
        with pytest.raises(PersonalData) as refused:
            publish(office.olim, **texts)
        assert [error.field for error in refused.value.errors] == ["claim", "text"]
        assert "Олим Каримов" in refused.value.errors[0].message
        clean = without(texts, refused.value.leaks)
        assert clean == {"claim": "… сказал «да»", "text": "Его номер …"}
        assert publish(office.olim, **clean).pk
        with pytest.raises(PersonalData):
            edit_finding(finding=Finding.objects.get(), by=office.olim, changes=texts)

    def test_it_costs_the_same_for_a_long_text_and_many_parties(self, office: Office) -> None:
        def cost(text: str) -> int:
            with CaptureQueriesContext(connection) as seen:
                leaks_in({"text": text}, [office.olim])
            return len(seen)

        office.olim.refresh_from_db()
        cost("прогрев")
        few = cost("Звонить на 90 111 22 33 Каримову")
        for n in range(20):
            party(office, f"Каримов Олим {n}", phone=f"+9989011122{n:02d}")
        assert cost("Звонить на 90 111 22 33 Каримову " * 40) == few <= 4


class TestVisibilityAndSearch:
    def test_the_bank_reads_it_unless_it_is_kept_to_the_team(self, office: Office) -> None:
        publish(office.olim, claim="Всем")
        publish(office.olim, claim="Своим", bank_wide=False)
        seen = {who: {f.claim for f in findings_for(getattr(office, who))} for who in ("oksana", "nodira", "sitora")}
        assert seen == {"oksana": {"Всем", "Своим"}, "nodira": {"Всем", "Своим"}, "sitora": {"Всем"}}

    def test_words_are_found_everywhere_and_a_slip_is_forgiven(self, office: Office) -> None:
        publish(office.olim, segment=office.segment, text="Ещё до ставки")
        rows = findings_for(office.olim)
        for words in ("срок выдачи", "оценщики", "еще", "СПРОСИТЬ", "вопрса"):
            assert matching(rows, words).count() == 1, words
        assert matching(rows, "ипотека").count() == 0
        assert matching(rows, "100%").count() == 0

    def test_my_segments_are_those_of_my_goals_leads_and_care(self, desk: Desk) -> None:
        office = desk.office
        publish(office.oksana, segment=office.segment)
        assert of_my_segments(findings_for(office.olim), office.olim).count() == 1  # he looks after it
        assert of_my_segments(findings_for(office.anvar), office.anvar).count() == 0
        desk.goal(desk.week(owner=office.anvar))
        assert of_my_segments(findings_for(office.anvar), office.anvar).count() == 1


class TestLikes:
    def test_a_person_likes_once_and_may_take_it_back_twice(self, office: Office) -> None:
        made = publish(office.olim)
        for by, liked in ((office.sitora, True), (office.sitora, True), (office.anvar, True), (office.anvar, False)):
            set_liked(finding=made, liked=liked, by=by, at=NOW)
        set_liked(finding=made, liked=False, by=office.anvar, at=NOW)
        assert FindingLike.objects.filter(finding=made).count() == 1
        row = findings_for(office.sitora).get()
        assert (row.like_count, row.liked) == (1, True)
        assert findings_for(office.anvar).get().liked is False

    def test_an_auditor_only_reads(self, office: Office) -> None:
        with pytest.raises(NotAllowed):
            set_liked(finding=publish(office.olim), liked=True, by=office.aziz, at=NOW)


class TestBorrowing:
    def test_it_lands_in_this_week_with_its_origin_and_twice_is_once(self, desk: Desk) -> None:
        made = publish(desk.olim, segment=desk.office.segment, action_kind="call", action_minutes=20)
        anvar = desk.office.anvar
        first = borrow(finding=made, by=anvar, at=NOW)
        assert borrow(finding=made, by=anvar, at=NOW + timedelta(hours=5)).pk == first.pk
        action = first.action
        assert (action.finding, action.kind, action.minutes, action.owner) == (made, "call", 20, anvar)
        assert action.sprint is not None
        assert action.sprint.code == "2026-W48"
        assert borrow(finding=made, by=anvar, at=NOW + timedelta(days=7)).pk != first.pk

    def test_a_dropped_one_comes_back(self, desk: Desk) -> None:
        made, oksana = publish(desk.olim), desk.office.oksana
        first = borrow(finding=made, by=oksana, at=NOW)
        drop_action(action=first.action, by=oksana, at=NOW)
        again = borrow(finding=made, by=oksana, at=NOW)
        again.action.refresh_from_db()
        assert (again.pk, again.action.status) == (first.pk, "planned")

    def test_its_parts_and_what_follows_it_still_say_whence_they_came(self, desk: Desk) -> None:
        taken = borrow(finding=publish(desk.office.oksana), by=desk.olim, at=NOW).action
        parts = split_action(action=taken, titles=["Половина", "Другая"], by=desk.olim, at=NOW)
        assert {part.finding for part in parts} == {taken.finding}
        assert replace_action(action=parts[1], title="Совсем другое", by=desk.olim, at=NOW).finding is None

    def test_a_week_summed_up_gives_way_to_the_next(self, desk: Desk) -> None:
        close_sprint(sprint=desk.week(), by=desk.olim, at=NOW)
        taken = borrow(finding=publish(desk.office.oksana), by=desk.olim, at=NOW)
        assert taken.action.sprint is not None
        assert taken.action.sprint.code == "2026-W49"

    def test_it_serves_the_goal_that_is_chosen_and_the_fitting_ones_stand_first(self, desk: Desk) -> None:
        other = desk.goal(statement="2 контракта", metric="signed_contract", segment=None)
        fitting = desk.goal(statement="5 CustDev", metric="custdev")
        made = publish(desk.office.oksana, segment=desk.office.segment)
        assert list(goals_to_serve(made, desk.olim, NOW)) == [fitting, other]
        assert borrow(finding=made, by=desk.olim, at=NOW, goal=fitting).action.goal == fitting

    def test_a_retired_one_and_another_persons_goal_are_refused(self, desk: Desk) -> None:
        made = publish(desk.olim)
        with pytest.raises(Invalid):
            borrow(finding=made, by=desk.office.oksana, at=NOW, goal=desk.goal())
        set_retired(finding=made, retired=True, by=desk.olim)
        with pytest.raises(Invalid):
            borrow(finding=made, by=desk.office.oksana, at=NOW)
        assert not Borrowing.objects.exists()

    def test_a_hidden_segment_is_not_carried_along(self, desk: Desk) -> None:
        made = publish(desk.olim, segment=desk.office.segment)
        assert borrow(finding=made, by=desk.office.sitora, at=NOW).action.segment is None
        assert borrow(finding=made, by=desk.office.oksana, at=NOW).action.segment == desk.office.segment


class TestEffect:
    def test_it_is_counted_from_standing_results_of_others(self, desk: Desk) -> None:
        office = desk.office
        made = publish(desk.olim)
        outcomes = {"oksana": "agreed", "anvar": "objection", "sitora": "meeting", "kamila": "not_reached"}
        for name, outcome in outcomes.items():
            person = getattr(office, name)
            record_result(action=borrow(finding=made, by=person, at=NOW).action, by=person, at=NOW, outcome=outcome)
        own = borrow(finding=made, by=desk.olim, at=NOW).action
        record_result(action=own, by=desk.olim, at=NOW, outcome="agreed")
        row = findings_for(desk.olim).get()
        assert (row.borrowers, row.done_count) == (4, 4)
        rate = effect_of(row)
        assert (rate.k, rate.n) == (2, 3)
        interval = wilson(2, 3)
        assert interval is not None
        assert row.effect == pytest.approx(interval[0])

    def test_an_undone_result_is_no_evidence(self, desk: Desk) -> None:
        made, oksana = publish(desk.olim), desk.office.oksana
        action = borrow(finding=made, by=oksana, at=NOW).action
        result = record_result(action=action, by=oksana, at=NOW, outcome="agreed")
        assert findings_for(oksana).get().reached == 1
        undo_result(result=result, by=oksana, at=NOW)
        row = findings_for(oksana).get()
        assert (row.reached, row.done_count, row.effect) == (0, 0, None)

    def test_the_feed_costs_the_same_for_one_and_for_thirty(self, desk: Desk) -> None:
        def cost() -> int:
            with CaptureQueriesContext(connection) as seen:
                assert all(row.owner.name and effect_of(row) for row in findings_for(desk.olim))
            return len(seen)

        publish(desk.office.oksana)
        cost()  # fills what a request keeps
        one = cost()
        for n in range(29):
            made = publish(desk.office.oksana, claim=f"Находка {n}")
            borrow(finding=made, by=desk.olim, at=NOW)
        assert cost() == one == 1

    def test_what_the_author_shares_brings_its_own_count(self, desk: Desk) -> None:
        action = desk.action("Спросить о сроке")
        for outcome in ("agreed", "objection", "not_reached"):
            record_result(action=desk.action("Спросить о сроке"), by=desk.olim, at=NOW, outcome=outcome)
        record = own_record(action, desk.olim, NOW)
        assert (record.k, record.n) == (1, 2)
        assert Decimal(record.k) / record.n == Decimal("0.5")
