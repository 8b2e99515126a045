"""The community: what one reads, publishes without names, likes and borrows."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from backlog.models import Action, Borrowing, Finding, FindingLike
from backlog.services.actions import create_action
from backlog.services.findings import borrow, publish_finding
from backlog.services.results import record_result
from backlog.services.sprints import open_sprint
from common import clock
from tests.office import Office
from tests.web.parties import make_agent, queries, signed_in, text_of

pytestmark = pytest.mark.django_db
LIST, NEW = reverse("community:list"), reverse("community:create")
FORM = {
    "claim": "Начинать с вопроса о сроке выдачи", "metric": "custdev", "action_title": "Спросить о сроке",
    "action_kind": "call", "action_minutes": "20", "bank_wide": "on", "text": "Сначала срок, потом ставка",
    "before_passed": "9", "before_tries": "22", "after_passed": "15", "after_tries": "26",
}  # fmt: skip


def publish(by: User, **fields: Any) -> Finding:
    said = {"claim": "Сначала срок", "metric": "custdev", "action_title": "Спросить о сроке"}
    return publish_finding(by=by, **(said | fields))


def address(name: str, finding: Finding) -> str:
    return reverse(f"community:{name}", args=[finding.pk])


class TestReading:
    def test_an_empty_community_says_what_will_be_the_first(self, office: Office) -> None:
        assert "Первой находкой станет" in text_of(signed_in(office.olim), LIST)
        assert NEW not in text_of(signed_in(office.aziz), LIST)

    def test_ones_own_segments_come_first_and_all_is_one_press_away(self, office: Office) -> None:
        publish(office.oksana, claim="Про оценщиков", segment=office.segment)
        publish(office.sitora, claim="Про вклады")
        browser = signed_in(office.olim)
        mine, everything = text_of(browser, LIST), text_of(browser, LIST + "?view=all")
        assert ("Про оценщиков" in mine, "Про вклады" in mine) == (True, False)
        assert "Про вклады" in everything
        stranger = text_of(signed_in(office.sitora), LIST)
        assert "Про вклады" in stranger  # no segment of hers has a finding: she sees all

    def test_a_card_tells_evidence_and_what_others_made_of_it(self, office: Office) -> None:
        at = clock.now()
        made = publish(office.olim, before_passed=9, before_tries=22, after_passed=15, after_tries=26)
        for name, outcome in (("oksana", "agreed"), ("sitora", "objection")):
            person = getattr(office, name)
            record_result(action=borrow(finding=made, by=person, at=at).action, by=person, at=at, outcome=outcome)
        text = text_of(signed_in(office.olim), LIST + "?view=all")
        for words in ("9 из 22", "15 из 26", "+17", "41\u00a0% → 58", "2 человека, сделано 2", "1 из 2"):
            assert words in text, words

    def test_search_filters_and_orders_stand_in_the_address(self, office: Office) -> None:
        publish(office.olim, claim="Срок выдачи", metric="custdev")
        liked = publish(office.olim, claim="Ставка", metric="agreed")
        FindingLike.objects.create(finding=liked, user=office.sitora, at=clock.now())
        publish(office.olim, claim="Новейшая", metric="agreed")
        browser = signed_in(office.sitora)

        def claims(query: str) -> list[str]:
            return [line.finding.claim for line in browser.get(f"{LIST}?view=all&{query}").context["lines"]]

        assert claims("q=выдачи") == ["Срок выдачи"]
        assert claims("metric=agreed") == ["Новейшая", "Ставка"]
        assert claims("sort=-likes")[0] == "Ставка"
        assert len(claims("sort=-effect")) == 3
        assert "Под эти условия" in text_of(browser, f"{LIST}?view=all&q=ипотека")

    def test_a_team_finding_is_hidden_from_strangers_as_if_it_were_not(self, office: Office) -> None:
        made = publish(office.olim, bank_wide=False)
        stranger = signed_in(office.sitora)
        assert stranger.get(address("detail", made)).status_code == 404
        assert stranger.post(address("borrow", made)).status_code == 404
        assert "только команде" in text_of(signed_in(office.oksana), address("detail", made))

    def test_the_feed_costs_the_same_for_one_and_for_thirty(self, office: Office) -> None:
        browser = signed_in(office.oksana)
        publish(office.olim)
        browser.get(LIST)
        one = queries(browser, LIST)
        for n in range(29):
            borrow(finding=publish(office.olim, claim=f"Находка {n}"), by=office.sitora, at=clock.now())
        assert queries(browser, LIST) == one


class TestPublishing:
    def test_it_is_published_once_however_often_the_form_is_sent(self, office: Office) -> None:
        browser = signed_in(office.olim)
        for _press in range(2):
            response = browser.post(NEW, FORM | {"_once": "key-1"})
            assert response.status_code == 302
        made = Finding.objects.get()
        assert (made.owner, made.after_tries, made.action_minutes) == (office.olim, 26, 20)
        assert "Начинать с вопроса" in text_of(browser, response["Location"])

    def test_names_are_refused_nothing_is_lost_and_one_press_takes_them_out(self, office: Office) -> None:
        agent = make_agent(office, name="Каримов Олим")
        phone = agent.contacts.get().value
        browser = signed_in(office.olim)
        told = FORM | {"text": f"Так делает Олим Каримов, {phone}. Сначала срок"}
        response = browser.post(NEW, told)
        text = response.content.decode()
        assert response.status_code == 422
        assert "Олим Каримов" in text
        assert phone in text
        assert 'name="clean"' in text
        assert not Finding.objects.exists()
        cleaned = browser.post(NEW, told | {"clean": "1"})
        assert cleaned.status_code == 200
        form = cleaned.context["form"]
        assert form["text"].value() == "Так делает …, …. Сначала срок"
        assert form["claim"].value() == FORM["claim"]
        assert browser.post(NEW, told | {"text": form["text"].value()}).status_code == 302

    def test_what_is_wrong_stands_at_its_field(self, office: Office) -> None:
        browser = signed_in(office.olim)
        for wrong in ({"after_passed": "30"}, {"claim": ""}, {"before_tries": ""}, {"metric": "luck"}):
            response = browser.post(NEW, FORM | wrong)
            assert response.status_code == 422
            assert set(response.context["form"].errors) == set(wrong)
            assert response.context["form"]["text"].value() == FORM["text"]

    def test_sharing_an_action_brings_what_is_known_of_it_without_names(self, office: Office) -> None:
        at = clock.now()
        make_agent(office, name="Каримов Олим")
        week = open_sprint(owner=office.olim, day=at.date(), by=office.olim)
        made = create_action(
            owner=office.olim, title="Спросить: Каримов Олим", by=office.olim, at=at, sprint=week,
            segment=office.segment, kind="call", minutes=15,
        )  # fmt: skip
        record_result(action=made, by=office.olim, at=at, outcome="agreed")
        browser = signed_in(office.olim)
        form = browser.get(f"{NEW}?action={made.pk}").context["form"]
        values = {name: form[name].value() for name in ("action_title", "action_kind", "after_passed", "after_tries")}
        assert values == {"action_title": "Спросить: …", "action_kind": "call", "after_passed": 1, "after_tries": 1}
        assert signed_in(office.sitora).get(f"{NEW}?action={made.pk}").status_code == 404
        assert browser.get(f"{NEW}?action=nonsense").status_code == 404

    def test_a_clash_of_two_editors_is_shown(self, office: Office) -> None:
        made = publish(office.olim)
        browser = signed_in(office.olim)
        assert browser.post(address("edit", made), FORM | {"version": "1"}).status_code == 302
        assert browser.post(address("edit", made), FORM | {"claim": "Иначе", "version": "1"}).status_code == 409

    def test_a_stranger_reads_it_and_does_not_change_it(self, office: Office) -> None:
        made = publish(office.olim)
        stranger = signed_in(office.sitora)
        page = text_of(stranger, address("detail", made))
        assert address("edit", made) not in page
        assert stranger.post(address("edit", made), FORM).status_code == 403
        assert stranger.post(address("retire", made)).status_code == 403

    def test_a_retired_one_leaves_the_feed_but_not_those_who_know_its_address(self, office: Office) -> None:
        made = publish(office.olim)
        browser = signed_in(office.olim)
        browser.post(address("retire", made))
        assert made.claim not in text_of(browser, LIST + "?view=all")
        assert made.claim in text_of(browser, LIST + "?view=own")
        assert "снята с показа" in text_of(signed_in(office.sitora), address("detail", made))
        browser.post(address("retire", made), {"retired": "0"})
        assert made.claim in text_of(browser, LIST + "?view=all")


class TestPresses:
    def test_useful_is_said_once_and_answers_with_its_own_piece(self, office: Office) -> None:
        made = publish(office.olim)
        browser = signed_in(office.sitora)
        for _press in range(2):
            piece = browser.post(address("like", made), {"liked": "1"}, headers={"hx-request": "true"})
        assert 'aria-pressed="true"' in piece.content.decode()
        assert FindingLike.objects.count() == 1
        response = browser.post(address("like", made), {"liked": "0", "next": LIST})
        assert (response.status_code, response["Location"], FindingLike.objects.count()) == (302, LIST, 0)

    def test_borrowing_takes_two_presses_and_lands_in_the_week_with_its_origin(self, office: Office) -> None:
        made = publish(office.olim)
        browser = signed_in(office.sitora)
        assert "Целей на эту неделю" in text_of(browser, address("borrow", made))
        for _press in range(2):
            assert browser.post(address("borrow", made), {"goal": ""}).status_code == 302
        action = Action.objects.get(owner=office.sitora)
        assert (action.finding, Borrowing.objects.count()) == (made, 1)
        page = text_of(browser, address("detail", made))
        assert "В вашем бэклоге" in page
        assert "взято вами" in page

    def test_another_persons_goal_cannot_be_smuggled_in(self, office: Office) -> None:
        made = publish(office.olim)
        browser = signed_in(office.sitora)
        response = browser.post(address("borrow", made), {"goal": "0190aaaa-bbbb-7ccc-8ddd-eeeeffff0000"})
        assert response.status_code == 422
        assert not Borrowing.objects.exists()

    def test_keys_stand_on_the_controls(self, office: Office) -> None:
        publish(office.olim)
        text = text_of(signed_in(office.sitora), LIST)
        assert all(f'data-key="{key}"' in text for key in ("KeyC", "KeyB", "KeyR"))

    def test_a_week_later_it_may_be_taken_again(self, office: Office) -> None:
        made, at = publish(office.olim), clock.now()
        first = borrow(finding=made, by=office.sitora, at=at - timedelta(days=7))
        assert borrow(finding=made, by=office.sitora, at=at).pk != first.pk
