"""What a lead looks like, and what its deeds take."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.scope import people
from agents.choices import Kind
from agents.models import Agent, Initiative, Party, Segment, Utp
from api.fields import MONEY_SCHEMA, Choice, Code, Day, Flag, Moment, Money, Ref, Text, Words
from api.personal import FreeText, PersonName
from api.shapes import FromOutside, SourceVersion, Strict
from api.v1.fact_shapes import FactsShape
from api.v1.offers import every_product
from api.v1.parties import ConsentNew, Contacts, ContactShape
from backlog.scored import freshness_of, score_of
from common import clock
from common.money import Currency
from leads.choices import Outcome, PromiseState
from leads.models import Lead, LossReason
from leads.value import bank_day, worst_of


class PartyContacts(Contacts):
    def get_attribute(self, instance: Any) -> Any:
        return instance.party.contacts


class ScoreShape(serializers.Serializer[Any]):
    """The engine's last word on an open lead with an owner (``backlog.scored``)."""

    value = serializers.FloatField(help_text=_("Ожидаемая маржа за час работы, в сумах: по ней стоит очередь"))
    p = serializers.FloatField(help_text=_("Шанс пройти этап, от 0 до 1"))
    margin = serializers.SerializerMethodField(help_text=_("Маржа одной продажи"))
    minutes = serializers.IntegerField(help_text=_("Сколько минут работы ещё потребуется"))
    reasons = serializers.ListField(child=serializers.CharField(), help_text=_("То же словами"))
    rank = serializers.IntegerField(help_text=_("Место в очереди владельца"))
    as_of = Moment()

    @extend_schema_field(MONEY_SCHEMA)
    def get_margin(self, score: Any) -> dict[str, str]:
        return {"amount": f"{score.margin:.2f}", "currency": Currency.UZS.value}


class LeadShape(FromOutside):
    """A lead as it is read. Who the party is stands on the party and is shown along."""

    expandable = ("segment", "agent", "initiative", "owner", "product", "utp", "team", "lead_generator")

    source = serializers.CharField(read_only=True)
    external_id = serializers.CharField(read_only=True)
    kind = Choice(Kind, read_only=True)
    party = Ref()
    name = PersonName(source="party.name", read_only=True)
    contacts = PartyContacts(read_only=True)
    segment = Ref(allow_null=True)
    agent = Ref(allow_null=True)
    initiative = Ref(allow_null=True)
    utp = Ref(allow_null=True)
    hypothesis = serializers.UUIDField(source="hypothesis_id", read_only=True, allow_null=True)
    product = Ref(allow_null=True)
    owner = Ref(allow_null=True)
    lead_generator = Ref(allow_null=True)
    team = Ref(allow_null=True)
    stage = Code()
    stage_entered_at = Moment(read_only=True)
    outcome = Choice(Outcome, read_only=True)
    loss_reason = Code(allow_null=True)
    closed_at = Moment(read_only=True, allow_null=True)
    return_on = serializers.DateField(read_only=True, allow_null=True)
    problem = FreeText(read_only=True)
    resources = FreeText(read_only=True)
    next_action = serializers.CharField(read_only=True)
    next_action_at = Moment(read_only=True, allow_null=True)
    touched_at = Moment(read_only=True)
    amount = Money("amount", read_only=True, allow_null=True)
    source_channel = serializers.CharField(read_only=True)
    base = serializers.CharField(read_only=True)
    tags = serializers.ListField(child=serializers.CharField(), read_only=True)
    freshness = serializers.SerializerMethodField()
    score = serializers.SerializerMethodField()
    value_state = serializers.SerializerMethodField()
    merged_into = Ref(allow_null=True, help_text=_("Лид, с которым этот объединён: работа идёт там"))
    expanded = serializers.DictField(read_only=True)

    @extend_schema_field(
        serializers.FloatField(
            allow_null=True, help_text=_("1 — только что говорили, 0 — остыл; null у закрытого лида")
        )
    )
    def get_freshness(self, lead: Lead) -> float | None:
        """To two digits, so that an answer, and its ETag, stays the same for a while."""
        found = freshness_of(lead, clock.now())
        return None if found is None else round(found, 2)

    @extend_schema_field(ScoreShape(allow_null=True))
    def get_score(self, lead: Lead) -> dict[str, Any] | None:
        found = score_of(lead)
        return None if found is None else dict(ScoreShape(found).data)

    @extend_schema_field(Choice(PromiseState, allow_null=True))
    def get_value_state(self, lead: Lead) -> str | None:
        """The state that asks for most among the promises of value; null without any."""
        if hasattr(lead, "promised"):  # a list counts it in its own query
            return lead.promised or None
        state = worst_of(lead, bank_day(clock.now()))
        return state.value if state else None


class LeadPatch(Strict):
    """What may be changed. Stage, outcome and owner have deeds of their own."""

    segment = Ref(Segment.objects.visible_to, required=False, allow_null=True)
    agent = Ref(Agent.objects.visible_to, required=False, allow_null=True)
    initiative = Ref(Initiative.objects.visible_to, required=False, allow_null=True)
    utp = Ref(Utp.objects.visible_to, required=False, allow_null=True)
    product = Ref(every_product, required=False, allow_null=True)
    lead_generator = Ref(people, required=False, allow_null=True)
    problem = FreeText()
    resources = FreeText()
    next_action = Words(max_length=200)
    next_action_at = Moment(required=False, allow_null=True)
    amount = Money("amount", required=False, allow_null=True)
    source_channel = Words(max_length=60)
    base = Words(max_length=120)
    tags = serializers.ListField(child=Text(max_length=40), required=False, max_length=50)


class LeadNew(LeadPatch):
    """A new lead: on a known ``party``, or on whom ``name`` and ``contacts`` find or make."""

    example: ClassVar = {
        "kind": "agent",
        "name": "Азиз Каримов",
        "contacts": [{"type": "phone", "value": "+998901234567"}],
        "source": "site",
        "external_id": "form-1042",
        "amount": {"amount": "1500000.00", "currency": "UZS"},
        "source_channel": "Сайт",
        "consent": {
            "purpose": "processing",
            "source": "site",
            "text_version": "2026-01",
            "given_at": "2026-01-30T09:00:00Z",
        },
    }

    source = Words(max_length=60)
    external_id = Words(max_length=120)
    source_version = SourceVersion()
    kind = Choice(Kind)
    party = Ref(Party.objects.visible_to, required=False)
    name = PersonName(max_length=200, required=False, allow_blank=True)
    contacts = serializers.ListField(child=ContactShape(), required=False, max_length=20)
    owner = Ref(people, required=False, allow_null=True)
    consent = ConsentNew(required=False, help_text=_("Согласие, с которым пришли: на что, по какому тексту, как"))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = [name for name in ("name", "contacts") if attrs.get(name)]
        if "party" in attrs and given:
            raise _error(given[0], _("Либо party, либо name и contacts."), "conflict")
        if "party" not in attrs and "name" not in given:
            raise _error("name", _("Укажите party или name."), "required")
        if attrs.get("external_id") and not attrs.get("source"):
            raise _error("source", _("Вместе с external_id назовите source: чей это номер."), "required")
        return attrs


class LeadUpsert(LeadNew):
    """The same with the pair of the other system in the address."""

    source = None
    external_id = None


class LeadOfBatch(LeadNew):
    """An item of a batch: known or made by its pair, so the pair is required."""

    source = Text(max_length=60)
    external_id = Text(max_length=120)


def _error(field: str, message: Any, code: str) -> serializers.ValidationError:
    return serializers.ValidationError({field: [serializers.ErrorDetail(message, code=code)]})


class MoveNew(Strict):
    example: ClassVar = {
        "to": "meeting",
        "reason": "Созвонились",
        "facts": {"meeting": {"planned_at": "2026-03-05T08:00:00Z", "held_at": "2026-03-05T08:05:00Z"}},
    }

    to = Text(max_length=40)
    reason = Words(max_length=500)
    facts = FactsShape(required=False)
    waive = Flag(required=False)


class MoveLine(serializers.Serializer[Any]):
    """One entry of the history."""

    id = serializers.CharField()
    event = serializers.CharField()
    to = Code(source="stage")
    at = Moment()
    recorded_at = Moment()
    by = Ref(allow_null=True)
    reason = serializers.CharField()
    waived = serializers.ListField(child=serializers.CharField())
    origin = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        """``from`` is a word of Python, so the field gets its name here."""
        return {**super().get_fields(), "from": Code(source="from_stage", allow_null=True)}


class MoveMade(MoveLine):
    """The new entry, and the lead as it stands now."""

    lead = LeadShape()


class MoveList(serializers.Serializer[Any]):
    data = MoveLine(many=True)
    next = serializers.CharField(allow_null=True)


class CloseNew(Strict):
    outcome = serializers.ChoiceField(choices=[Outcome.LOST.value, Outcome.ARCHIVED.value])
    loss_reason = Code(LossReason.objects.filter(active=True), required=False, allow_null=True)
    reason = Words(max_length=500)
    return_on = Day(required=False, allow_null=True)


class ReopenNew(Strict):
    reason = Text(max_length=500)


class AssignNew(Strict):
    owner = Ref(people, allow_null=True)


class MergeNew(Strict):
    lead = Ref(Lead.objects.visible_to, help_text=_("Лишний лид: он уйдёт в архив, факты и контакты перейдут"))


class UnmergeNew(Strict):
    lead = Ref(Lead.objects.visible_to, help_text=_("Лид, который объединили с этим: он вернётся в работу"))
    reason = Words(max_length=500)
