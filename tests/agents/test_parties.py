"""Who somebody is: one record a person, found by number, phone and the other system's id."""

from datetime import date, timedelta

import pytest

from agents.choices import BantMark
from agents.models import Agent, Client, Contact, Party
from agents.services.bant import BantAnswer, answer_bant, answers_of
from agents.services.client_base import set_client_base
from agents.services.contacts import ContactDraft, ContactTaken, add_contact, guess_type, remove_contact
from agents.services.parties import KnownParty, PartyDraft, create_party, update_party
from common import taxid
from common.changes import StaleVersion
from common.errors import Invalid, NotAllowed
from tests.office import Office

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
FIRM_INN, PERSON_INN, STIR = "7707083893", "500100732259", "301234567"
PINFL = "3120477889265" + str(taxid.pinfl_check_digit("3120477889265"))


def draft(name: str = "Ирина К.", kind: str = "agent", *contacts: str, **more: object) -> PartyDraft:
    return PartyDraft(kind, name, contacts=tuple(ContactDraft(guess_type(c), c) for c in contacts), **more)


# Numbers


@pytest.mark.parametrize("number", [FIRM_INN, PERSON_INN, STIR, PINFL])
def test_a_well_formed_number_is_taken_without_its_blanks(office: Office, number: str) -> None:
    spaced = f" {number[:4]} {number[4:7]}-{number[7:]} "
    assert create_party(by=office.olim, draft=draft(tax_id=spaced)).tax_id == number


@pytest.mark.parametrize(
    "number",
    [
        FIRM_INN[:-1] + "4",  # the check digit is off by one
        PERSON_INN[:-1] + "8",
        PINFL[:-1] + str((int(PINFL[-1]) + 1) % 10),
        "101234567",  # no STIR begins with 1
        "12345678",
        "ИНН7707083893",
        "٧٧٠٧٠٨٣٨٩٣",
    ],
)
def test_a_number_that_does_not_add_up_is_refused(office: Office, number: str) -> None:
    with pytest.raises(Invalid) as refusal:
        create_party(by=office.olim, draft=draft(tax_id=number))
    assert [error.field for error in refusal.value.errors] == ["tax_id"]
    assert not Party.objects.exists()


def test_one_number_belongs_to_one_agent_and_may_be_a_clients_too(office: Office) -> None:
    first = create_party(by=office.olim, draft=draft(tax_id=FIRM_INN))
    with pytest.raises(KnownParty) as refusal:
        create_party(by=office.olim, draft=draft("Другое имя", tax_id=FIRM_INN))
    assert refusal.value.party == first
    create_party(by=office.olim, draft=draft("Он же", "client", tax_id=FIRM_INN))
    assert Party.objects.filter(tax_id=FIRM_INN).count() == 2


def test_taking_anothers_number_names_him_to_those_who_may_see_him(office: Office) -> None:
    holder = create_party(by=office.olim, draft=draft("Владелец номера", tax_id=FIRM_INN))
    near = create_party(by=office.oksana, draft=draft("Рядом"))
    far = create_party(by=office.sitora, draft=draft("Далеко"))
    with pytest.raises(KnownParty) as seen:
        update_party(party=near, by=office.oksana, changes={"tax_id": FIRM_INN})
    assert seen.value.party == holder
    with pytest.raises(KnownParty) as hidden:
        update_party(party=far, by=office.sitora, changes={"tax_id": FIRM_INN})
    assert hidden.value.party is None
    assert "Владелец номера" not in hidden.value.message


# Phones and other contacts


@pytest.mark.parametrize("typed", ["90 123 45 67", "+998 90 123-45-67", "998901234567", "(90) 123 45 67"])
def test_a_phone_typed_in_any_form_is_the_same_phone(office: Office, typed: str) -> None:
    known = create_party(by=office.olim, draft=draft("Первая", "agent", "+998901234567"))
    with pytest.raises(KnownParty) as refusal:
        create_party(by=office.olim, draft=draft("Вторая", "agent", typed))
    assert refusal.value.party == known
    assert known.contacts.get().value == "+998901234567"


def test_a_russian_phone_is_read_as_such(office: Office) -> None:
    party = create_party(by=office.olim, draft=draft("Москва", "agent", "+7 495 123-45-67"))
    assert party.contacts.get().key == "+74951234567"


@pytest.mark.parametrize("typed", ["12345", "+998 90 123", "irina@bank", "irina bank@uz.uz"])
def test_a_contact_that_is_none_is_refused_with_an_example(office: Office, typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        create_party(by=office.olim, draft=draft("Ирина", "agent", typed))
    assert "Пример" in refusal.value.message
    assert not Party.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kind"),
    [("90 123 45 67", "phone"), ("a@b.uz", "email"), ("@irina", "telegram"), ("t.me/irina", "telegram"),
     ("12345", "phone"), ("офис на Амира Темура, 5", "other")],
)  # fmt: skip
def test_one_line_says_what_kind_of_contact_it_is(typed: str, kind: str) -> None:
    assert guess_type(typed) == kind


def test_a_known_contact_of_a_stranger_tells_nothing_of_him(office: Office) -> None:
    create_party(by=office.sitora, draft=draft("Тайна юга", "agent", "90 123 45 67"))
    with pytest.raises(KnownParty) as refusal:
        create_party(by=office.olim, draft=draft("Снова", "agent", "90 123 45 67"))
    assert refusal.value.party is None
    assert "Тайна юга" not in refusal.value.message


def test_the_same_contact_is_kept_once_and_one_is_preferred(office: Office) -> None:
    party = create_party(by=office.olim, draft=draft("Ирина", "agent", "90 123 45 67"))
    with pytest.raises(ContactTaken):
        add_contact(party=party, by=office.olim, draft=ContactDraft("phone", "+998 90 123 45 67"))
    for mail in ("a@bank.uz", "b@bank.uz"):
        add_contact(party=party, by=office.olim, draft=ContactDraft("email", mail, preferred=True))
    assert [contact.value for contact in party.contacts.filter(preferred=True)] == ["b@bank.uz"]
    remove_contact(contact=party.contacts.get(value="a@bank.uz"), by=office.olim)
    assert Contact.objects.count() == 2


# Making and changing


def test_the_other_systems_id_is_the_same_party(office: Office) -> None:
    known = create_party(by=office.olim, draft=draft(source="abs", external_id="17"))
    with pytest.raises(KnownParty) as refusal:
        create_party(by=office.olim, draft=draft("Другое имя", source="abs", external_id="17"))
    assert refusal.value.party == known
    create_party(by=office.olim, draft=draft("Другая система", source="site", external_id="17"))


def test_an_agent_and_a_client_are_two_faces_of_one_table(office: Office) -> None:
    agent = create_party(by=office.olim, draft=draft())
    client = create_party(by=office.olim, draft=draft("Orient Auto", "client", agent_id=agent.pk))
    assert list(Agent.objects.values_list("pk", flat=True)) == [agent.pk]
    assert list(Client.objects.values_list("pk", flat=True)) == [client.pk]
    assert list(agent.client_list.all()) == [client]
    ignored = create_party(by=office.olim, draft=draft("Агент агента", agent_id=agent.pk))
    assert ignored.agent_id is None


@pytest.mark.parametrize("name", ["", "   ", "я" * 201])
def test_a_name_is_needed_and_fits_its_column(office: Office, name: str) -> None:
    with pytest.raises(Invalid):
        create_party(by=office.olim, draft=draft(name))
    party = create_party(by=office.olim, draft=draft("Ирина"))
    with pytest.raises(Invalid):
        update_party(party=party, by=office.olim, changes={"name": name})


def test_a_changed_name_is_found_and_sorted_by_its_new_self(office: Office) -> None:
    party = create_party(by=office.olim, draft=draft("Ирина"))
    update_party(party=party, by=office.olim, changes={"name": "  Ёлкина   Gʻayrat "})
    for typed in ("елкина", "g'ayrat", "Ёлкина Gʼayrat"):
        assert list(Party.objects.matching(typed)) == [party]
    assert not Party.objects.matching("Ирина").exists()


def test_a_party_is_handed_only_to_those_whose_work_one_sees(office: Office) -> None:
    party = create_party(by=office.olim, draft=draft())
    handed = update_party(party=party, by=office.olim, changes={"owner": office.oksana})
    assert (handed.owner, handed.team) == (office.oksana, office.north)
    with pytest.raises(NotAllowed):
        update_party(party=party, by=office.olim, changes={"owner": office.sitora})
    with pytest.raises(NotAllowed):
        create_party(by=office.olim, draft=draft("Чужой"), owner=office.sitora)
    update_party(party=party, by=office.adiba, changes={"owner": office.sitora})
    renamed = update_party(party=party, by=office.olim, changes={"owner": office.sitora, "city": "Хива"})
    assert renamed.city == "Хива"


def test_who_only_reads_changes_nobody(office: Office) -> None:
    party = create_party(by=office.olim, draft=draft())
    with pytest.raises(NotAllowed):
        create_party(by=office.aziz, draft=draft("Новый"))
    with pytest.raises(NotAllowed):
        update_party(party=party, by=office.aziz, changes={"city": "Хива"})
    with pytest.raises(NotAllowed):
        add_contact(party=party, by=office.aziz, draft=ContactDraft("email", "a@b.uz"))


def test_a_stale_version_is_refused_and_the_same_change_again_is_not(office: Office) -> None:
    party = create_party(by=office.olim, draft=draft())
    update_party(party=party, by=office.oksana, changes={"city": "Термез"}, expected_version=1)
    with pytest.raises(StaleVersion):
        update_party(party=party, by=office.olim, changes={"city": "Хива"}, expected_version=1)
    again = update_party(party=party, by=office.olim, changes={"city": "Термез"}, expected_version=2)
    assert again.version == 2


# The base of clients and BANT


def test_the_base_is_a_number_with_a_day_and_a_source(office: Office) -> None:
    agent = create_party(by=office.olim, draft=draft())
    known = {"agent": agent, "by": office.olim, "today": TODAY}
    set_client_base(size=46, known_at=TODAY, source=" с его  слов ", **known)
    agent.refresh_from_db()
    assert (agent.client_base_size, agent.client_base_at, agent.client_base_source) == (46, TODAY, "с его слов")
    set_client_base(size=0, known_at=TODAY, source="договор", **known)


@pytest.mark.parametrize(
    ("size", "days", "source", "field"),
    [(-1, 0, "договор", "client_base_size"), (2**31, 0, "договор", "client_base_size"),
     (5, 1, "договор", "client_base_at"), (5, 0, "  ", "client_base_source")],
)  # fmt: skip
def test_a_base_that_cannot_be_is_refused(office: Office, size: int, days: int, source: str, field: str) -> None:
    agent = create_party(by=office.olim, draft=draft())
    with pytest.raises(Invalid) as refusal:
        set_client_base(
            agent=agent, by=office.olim, size=size, known_at=TODAY + timedelta(days), source=source, today=TODAY
        )
    assert [error.field for error in refusal.value.errors] == [field]


def test_bant_keeps_what_is_not_asked_again_and_forgets_on_demand(office: Office) -> None:
    agent = create_party(by=office.olim, draft=draft())
    given = {"budget": BantAnswer(BantMark.YES, "20 млн", TODAY, "Ирина"), "need": BantAnswer(BantMark.PARTLY)}
    agent = answer_bant(agent=agent, by=office.olim, answers=given, today=TODAY)
    agent = answer_bant(agent=agent, by=office.olim, answers={"need": None}, today=TODAY)
    found = {str(question): answer for question, answer in answers_of(agent).items()}
    assert found["budget"] == BantAnswer("yes", "20 млн", TODAY, "Ирина")
    assert (found["need"], found["authority"]) == (None, None)


@pytest.mark.parametrize(
    ("question", "answer"),
    [("budget", BantAnswer("maybe")), ("colour", BantAnswer("yes")),
     ("budget", BantAnswer("yes", known_at=TODAY + timedelta(1)))],
)  # fmt: skip
def test_bant_takes_only_its_own_questions_and_marks(office: Office, question: str, answer: BantAnswer) -> None:
    agent = create_party(by=office.olim, draft=draft())
    with pytest.raises(Invalid):
        answer_bant(agent=agent, by=office.olim, answers={question: answer}, today=TODAY)


def test_bant_that_came_misshapen_from_elsewhere_reads_as_not_asked(office: Office) -> None:
    agent = create_party(by=office.olim, draft=draft())
    agent.bant = {"budget": "да", "need": {"mark": "yes", "at": "вчера"}, "timeline": {"mark": 3}}
    found = {str(question): answer for question, answer in answers_of(agent).items()}
    assert (found["budget"], found["timeline"]) == (None, None)
    assert found["need"] == BantAnswer("yes")
