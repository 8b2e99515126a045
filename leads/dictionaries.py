"""Reading the bank's own definitions: stages, refusal reasons, products, and what of them is unfinished."""

from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.access import demand_settings
from accounts.models import User
from accounts.roles import Role
from agents.models import Product
from common.errors import NotFound
from funnel.models import Funnel, Stage
from leads.choices import Outcome
from leads.models import Lead, LossReason

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Gaps:
    """What an administrator has not finished yet; zeros where all is set."""

    stages: int
    stages_without_norm: int
    stages_without_gate: int
    reasons: int
    products: int
    products_without_margin: int
    people: int
    people_without_team: int


def stages(by: User, funnel: Funnel) -> QuerySet[Stage]:
    """A funnel's stages in order, with ``open_leads`` on each."""
    demand_settings(by)
    return Stage.objects.of_funnel(funnel.pk).annotate(open_leads=Count("leads", filter=Q(leads__outcome=Outcome.OPEN)))


def funnels(by: User) -> QuerySet[Funnel]:
    """The default ones first, with ``open_leads`` on each."""
    demand_settings(by)
    working = Count("stages__leads", filter=Q(stages__leads__outcome=Outcome.OPEN))
    return Funnel.objects.annotate(open_leads=working).order_by(F("product_id").asc(nulls_first=True), "kind", "name")


def get_funnel(by: User, code: str) -> Funnel:
    """Raises NotFound, NotAllowed."""
    demand_settings(by)
    return _found(Funnel.objects.filter(code=code).first())


def get_funnel_by_id(by: User, pk: UUID) -> Funnel:
    """Raises NotFound, NotAllowed."""
    demand_settings(by)
    return _found(Funnel.objects.select_related("product").filter(pk=pk).first())


def get_stage(by: User, pk: UUID) -> Stage:
    """Raises NotFound, NotAllowed."""
    demand_settings(by)
    return _found(Stage.objects.select_related("funnel").filter(pk=pk).first())


def reasons(by: User) -> QuerySet[LossReason]:
    """The list in order, those in use first, with ``used`` on each."""
    demand_settings(by)
    return LossReason.objects.annotate(used=Count("lead")).order_by("-active", "position", "name")


def get_reason(by: User, pk: UUID) -> LossReason:
    """Raises NotFound, NotAllowed."""
    demand_settings(by)
    return _found(LossReason.objects.filter(pk=pk).first())


def products(by: User) -> QuerySet[Product]:
    demand_settings(by)
    return Product.objects.order_by("-active", "name")


def get_product(by: User, pk: UUID) -> Product:
    """Raises NotFound, NotAllowed."""
    demand_settings(by)
    return _found(Product.objects.filter(pk=pk).first())


def open_leads_of(by: User, owner: User) -> int:
    """How many leads somebody still works: what to hand over before his sign-in is closed."""
    return Lead.objects.visible_to(by).filter(owner=owner, outcome=Outcome.OPEN).count()


def gaps(by: User) -> Gaps:
    """Four queries."""
    demand_settings(by)
    stage = Stage.objects.active().aggregate(
        stages=Count("pk"),
        stages_without_norm=Count("pk", filter=Q(norm_hours__isnull=True)),
        stages_without_gate=Count("pk", filter=Q(gate=[])),
    )
    product = Product.objects.filter(active=True).aggregate(
        products=Count("pk"), products_without_margin=Count("pk", filter=Q(margin__isnull=True))
    )
    needs_team = ~Q(role__in=[Role.ADMINISTRATOR, Role.AUDITOR])
    people = User.objects.filter(is_active=True).exclude(role=Role.SERVICE)
    person = people.aggregate(
        people=Count("pk"), people_without_team=Count("pk", filter=Q(team__isnull=True) & needs_team)
    )
    return Gaps(**stage, **product, **person, reasons=LossReason.objects.filter(active=True).count())


def _found(row: M | None) -> M:
    if row is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return row
