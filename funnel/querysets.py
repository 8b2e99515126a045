"""Chainable filters over stages and passages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from funnel.choices import PassageState

IN_ORDER = Q(state=PassageState.PASSED, passed_at__gte=F("entered_at"))
REVERSED_DATES = Q(state=PassageState.PASSED, passed_at__lt=F("entered_at"))


class FunnelQuerySet(models.QuerySet[Any]):
    def defaults(self) -> "FunnelQuerySet":
        """The agents' and the clients' funnel: those of no product."""
        return self.filter(product=None)


class StageQuerySet(models.QuerySet[Any]):
    def of_kind(self, kind: str) -> "StageQuerySet":
        """Stages of the default funnel of the kind, in order."""
        return self.filter(funnel__kind=kind, funnel__product=None).order_by("position", "code")

    def of_funnel(self, funnel_id: UUID) -> "StageQuerySet":
        """In order."""
        return self.filter(funnel_id=funnel_id).order_by("position", "code")

    def active(self) -> "StageQuerySet":
        return self.filter(active=True)


class StageEntryQuerySet(models.QuerySet[Any]):
    def standing(self) -> "StageEntryQuerySet":
        """Without what was undone within seconds, and without what took it back: ``sql.STANDS`` for the ORM."""
        taken_back = self.model._default_manager.filter(undoes=OuterRef("pk"))
        return self.filter(~Exists(taken_back), undoes=None)


class PassageQuerySet(models.QuerySet[Any]):
    """Filters take the dimensions as they stood when the lead entered the stage."""

    def of_leads(self, lead_ids: Any) -> "PassageQuerySet":
        """Only these leads: give the ids of the leads that the reader may see."""
        return self.filter(lead_id__in=lead_ids)

    def entered_between(self, start: datetime | None, end: datetime | None) -> "PassageQuerySet":
        """First entry from ``start`` on and before ``end``."""
        rows = self
        if start is not None:
            rows = rows.filter(entered_at__gte=start)
        if end is not None:
            rows = rows.filter(entered_at__lt=end)
        return rows

    def in_order_of_time(self) -> "PassageQuerySet":
        """Those that got further after they had entered: only of them a time in stage can be told."""
        return self.filter(IN_ORDER)

    def with_reversed_dates(self) -> "PassageQuerySet":
        """Those whose further stage is dated before the entry: backdated by hand or by file."""
        return self.filter(REVERSED_DATES)

    def with_dimensions(self, dimensions: Mapping[str, Any]) -> "PassageQuerySet":
        """Exact match on owner_id, team_id, segment_id, initiative_id, ...; lists mean any of them."""
        rows = self
        for name, value in dimensions.items():
            rows = rows.filter(**({f"{name}__in": value} if isinstance(value, list | set) else {name: value}))
        return rows
