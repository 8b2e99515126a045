"""How agents, clients, segments and initiatives stand by the leads that the reader may see.

Every figure is a subquery of the row, so a list costs one query whatever its length. «Signed» is what the funnel
counts: the lead has entered the stage whose gate asks for the contract.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from agents.choices import Kind
from agents.models import Party
from agents.querysets import PartyQuerySet
from agents.selectors import InBranch
from funnel.choices import MOVES
from funnel.models import Stage, StageEntry
from funnel.statistics import Rate
from leads.choices import BlockerStatus
from leads.facts import FACTS
from leads.models import BlockerHold
from leads.querysets import LeadQuerySet

CONTRACT_FACTS = [code for code, fact in FACTS.items() if fact.record == "contract"]


def active_stages() -> Any:
    """Of all funnels, each funnel's in order; ``road`` is the code of the funnel."""
    return Stage.objects.active().annotate(road=F("funnel__code")).order_by("road", "position", "code")


def signing_stages(stages: Iterable[Any] | None = None) -> dict[str, Stage]:
    """Of each funnel, by its code, the first stage that asks for the contract, else its last active one. One query;
    none where the ``active_stages`` are at hand."""
    found: dict[str, Stage] = {}
    for stage in active_stages() if stages is None else stages:
        known = found.get(stage.road)
        if known is None or not _asks_for_contract(known):
            found[stage.road] = stage
    return found


def _asks_for_contract(stage: Stage) -> bool:
    return any(fact in CONTRACT_FACTS for fact in stage.gate)


def has_signed(stages: dict[str, Stage]) -> Exists:
    """A condition on a lead: it has entered the signing stage of its funnel."""
    entered = StageEntry.objects.standing().filter(lead_id=OuterRef("pk"), event__in=MOVES)
    return Exists(entered.filter(stage_id__in=[stage.pk for stage in stages.values()]))


def count_of(rows: QuerySet[Any], group: str) -> Coalesce:
    """How many of ``rows`` (already bound to the outer row by their ``group`` column) there are, as a subquery."""
    counted = rows.order_by().values(group).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _latest_touch(leads: LeadQuerySet, group: str) -> Subquery:
    return Subquery(leads.order_by().values(group).annotate(at=Max("touched_at")).values("at"))


def with_lead_counts(rows: Any, leads: LeadQuerySet, column: str, stages: dict[str, Stage]) -> Any:
    """Adds ``all_leads``, ``live_leads`` and ``signed_leads``: those whose ``column`` is the row."""
    own = leads.filter(**{column: OuterRef("pk")})
    return _with_counts(rows, own, column, stages)


def segments_standing(segments: Any, *, leads: LeadQuerySet, stages: dict[str, Stage]) -> Any:
    """Adds the same counts; a segment counts what stands in all that narrow it too, as the filter of leads does."""
    own = leads.filter(InBranch(F("segment_id"), OuterRef("pk"))).annotate(branch=Value(1))
    return _with_counts(segments, own, "branch", stages)


def _with_counts(rows: Any, own: LeadQuerySet, column: str, stages: dict[str, Stage]) -> Any:
    return rows.annotate(
        all_leads=count_of(own, column),
        live_leads=count_of(own.open(), column),
        signed_leads=count_of(own.filter(has_signed(stages)), column),
    )


def agents_standing(
    agents: PartyQuerySet, *, leads: LeadQuerySet, parties: PartyQuerySet, stages: dict[str, Stage]
) -> PartyQuerySet:
    """Adds the lead counts of the clients that an agent brought, ``stage_name`` of the work on himself,
    ``own_lead`` (the id of his open lead), ``last_touch`` over both, ``open_blockers`` on him and his clients,
    ``clients``.

    ``leads`` and ``parties`` are those that the reader may see.
    """
    himself = leads.filter(party=OuterRef("pk"))
    brought = leads.filter(agent=OuterRef("pk"))
    circle = parties.filter(Q(pk=OuterRef(OuterRef("pk"))) | Q(agent=OuterRef(OuterRef("pk"))))
    holds = BlockerHold.objects.filter(blocker__status=BlockerStatus.OPEN, party__in=circle.values("pk"))
    blockers = holds.order_by().values("blocker__status").annotate(n=Count("blocker", distinct=True)).values("n")
    rows: PartyQuerySet = with_lead_counts(agents, leads, "agent", stages).annotate(
        clients=count_of(parties.filter(kind=Kind.CLIENT, agent=OuterRef("pk")), "agent"),
        stage_name=Subquery(himself.order_by("-created_at").values("stage__name")[:1]),
        own_lead=Subquery(himself.open().order_by("-created_at").values("pk")[:1]),
        last_touch=Greatest(_latest_touch(himself, "party"), _latest_touch(brought, "agent")),
        open_blockers=Coalesce(Subquery(blockers, output_field=IntegerField()), 0),
    )
    return rows


def clients_standing(clients: PartyQuerySet, *, leads: LeadQuerySet) -> PartyQuerySet:
    """Adds the newest lead of a client: ``lead_id``, ``lead_stage``, ``lead_outcome``, its problem and resources;
    and ``last_touch``."""
    newest = leads.filter(party=OuterRef("pk")).order_by("-created_at", "-id")
    rows: PartyQuerySet = clients.annotate(
        lead_id=Subquery(newest.values("pk")[:1]),
        lead_stage=Subquery(newest.values("stage__name")[:1]),
        lead_outcome=Subquery(newest.values("outcome")[:1]),
        lead_problem=Subquery(newest.values("problem")[:1]),
        lead_resources=Subquery(newest.values("resources")[:1]),
        last_touch=_latest_touch(leads.filter(party=OuterRef("pk")), "party"),
    )
    return rows


def utps_standing(utps: Any, *, leads: LeadQuerySet, stages: dict[str, Stage]) -> Any:
    """Adds the counts of the leads worked under each UTP."""
    return with_lead_counts(utps, leads, "utp", stages)


def conversion(row: Any) -> Rate:
    """Lead → signed of a row that carries the counts."""
    return Rate(row.signed_leads, row.all_leads)


def leads_of_agent(leads: LeadQuerySet, agent: Party) -> LeadQuerySet:
    """The work on the agent himself and on the clients he brought."""
    return leads.filter(Q(party=agent) | Q(agent=agent))


def counts_by_stage(leads: LeadQuerySet) -> list[dict[str, Any]]:
    """Open and all leads by the stage where they stand now, in the order of the funnels. One query."""
    rows = leads.order_by().values("kind", "stage__code", "stage__name", "stage__position")
    counted = rows.annotate(total=Count("pk"), live=Count("pk", filter=Q(outcome="open")))
    return list(counted.order_by("kind", "stage__position"))
