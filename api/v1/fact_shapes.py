"""The facts behind the gates, as they may be sent along with a move."""

from agents.choices import ContactType
from agents.models import Utp
from api.fields import Choice, Day, InlineFile, Moment, Number, Ref, Text, Words
from api.personal import FreeText, PersonContact, PersonName
from api.shapes import Outside, Strict
from leads.choices import Answer, Direction, MeetingKind, MeetingStatus


class PartyFact(Strict):
    name = PersonName(max_length=200)


class ContactFact(Strict):
    value = PersonContact(max_length=200)
    type = Choice(ContactType, required=False)
    person = PersonName(max_length=120, required=False, allow_blank=True, always=True)


class LeadFact(Strict):
    resources = Words()
    problem = FreeText()
    utp = Ref(Utp.objects.visible_to, required=False)


class MeetingFact(Outside):
    planned_at = Moment(required=False)
    held_at = Moment(required=False)
    status = Choice(MeetingStatus, required=False)
    kind = Choice(MeetingKind, required=False)
    place = Words(max_length=200)
    note = FreeText()


class InterviewFact(Outside):
    problem = FreeText()
    problem_validated = Choice(Answer, blank=True, required=False)
    value_validated = Choice(Answer, blank=True, required=False)
    utp_validated = Choice(Answer, blank=True, required=False)
    quotes = FreeText()
    held_at = Moment(required=False)


class AgreementFact(Outside):
    agent_gives = Words()
    bank_gives = Words()


class ContractFact(Outside):
    number = Words(max_length=60)
    signed_on = Day(required=False)
    provides = Words()
    terms = Words()
    bank_service = Words()
    file = InlineFile(required=False, write_only=True)


class PromiseFact(Outside):
    metric = Text(max_length=200)
    unit = Words(max_length=40)
    baseline = Number(required=False)
    target = Number()
    direction = Choice(Direction, required=False)
    promised_on = Day(required=False)
    due_on = Day()


class MeasurementFact(Outside):
    value = Number()
    measured_at = Moment(required=False)
    taken_from = Words(max_length=200)


class FactsShape(Strict):
    """Facts behind the gates, keyed by the record that each stands on; written down before the move."""

    party = PartyFact(required=False)
    contact = ContactFact(required=False)
    lead = LeadFact(required=False)
    meeting = MeetingFact(required=False)
    interview = InterviewFact(required=False)
    agreement = AgreementFact(required=False)
    contract = ContractFact(required=False)
    promise = PromiseFact(required=False)
    measurement = MeasurementFact(required=False)
