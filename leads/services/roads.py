"""Which funnel an arriving lead goes through: that of its product, where the product has one in use."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Q

from agents.models import Initiative
from funnel.models import Stage
from leads.drafts import LeadDraft
from leads.models import Lead

Key = tuple[str, UUID | None]


class Roads:
    """The funnels of a batch. Two queries, whatever its size.

    A lead without a product of its own goes by that of its initiative. What is chosen here holds for the lead's whole
    road: one that is in work stays in its funnel when the product gets another.
    """

    def __init__(self, drafts: Iterable[LeadDraft]) -> None:
        given = list(drafts)
        asked = {UUID(str(pk)) for draft in given if (pk := draft.fields.get("initiative_id"))}
        self._sold = dict(Initiative.objects.filter(pk__in=asked).values_list("pk", "product_id")) if asked else {}
        products = {self._product(draft) for draft in given} - {None}
        own = Q(funnel__product=None) | Q(funnel__product__in=products, funnel__active=True)
        self._stages: dict[Key, list[Stage]] = defaultdict(list)
        self._of_funnel: dict[UUID, list[Stage]] = defaultdict(list)
        rows = Stage.objects.filter(own, kind__in={draft.kind for draft in given}).select_related("funnel")
        for stage in rows.order_by("position", "code"):
            self._stages[stage.kind, stage.funnel.product_id].append(stage)
            self._of_funnel[stage.funnel_id].append(stage)

    def stages_for(self, draft: LeadDraft) -> Sequence[Stage]:
        """Stages of a new lead's funnel, in order."""
        return self._stages.get((draft.kind, self._product(draft))) or self._stages[draft.kind, None]

    def stages_of(self, lead: Lead) -> Sequence[Stage]:
        """Stages of the funnel in which a known lead stands."""
        funnel_id = lead.stage.funnel_id
        if funnel_id not in self._of_funnel:
            self._of_funnel[funnel_id] = list(Stage.objects.of_funnel(funnel_id))
        return self._of_funnel[funnel_id]

    def _product(self, draft: LeadDraft) -> UUID | None:
        own = draft.fields.get("product_id")
        if own:
            return UUID(str(own))
        led = draft.fields.get("initiative_id")
        return self._sold.get(UUID(str(led))) if led else None
