"""Making the offer: products, segments, initiatives, UTPs."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import User
from agents.models import Initiative, Product, Segment, Utp
from agents.services import offers as services
from demo.offer_data import INITIATIVES, PRODUCTS, UTPS
from demo.segment_data import SEGMENTS, SegmentPlan

CITY, REGION = "Ташкент", "Ташкентская область"
PERSONS_MEAN = 1_500_000  # soums that one person of a segment stands for in its money mass


@dataclass(frozen=True, slots=True)
class Offer:
    """Everything by its code; a segment without a UTP of its own uses its parent's, else one of the product's."""

    products: dict[str, Product]
    segments: dict[str, Segment]
    initiatives: dict[str, Initiative]
    utps: dict[tuple[str, str], Utp]

    def utp_for(self, plan: SegmentPlan) -> Utp | None:
        product = next(i.product for i in INITIATIVES if i.code == plan.initiative)
        own = self.utps.get((plan.code, product)) or self.utps.get((plan.parent, product))
        others = (
            utp
            for (_code, sold), utp in self.utps.items()
            if sold == product and utp.segment is not None and utp.segment.kind == plan.kind
        )
        return own or next(others, None)


def make(people: dict[str, User], today: date) -> Offer:
    admin = people["admin"]
    products = {
        plan.code: services.save_product(
            by=admin, product=None, changes={"code": plan.code, "name": plan.name, "margin": Decimal(plan.margin)}
        )
        for plan in PRODUCTS
    }  # fmt: skip
    owners = {plan.code: people[plan.owners[0][0]] for plan in INITIATIVES}
    segments: dict[str, Segment] = {}
    for plan in SEGMENTS:
        segments[plan.code] = _segment(plan, owners[plan.initiative], segments.get(plan.parent))
    initiatives = {
        plan.code: services.save_initiative(
            by=owners[plan.code],
            initiative=None,
            fields={
                "name": plan.name,
                "description": plan.description,
                "product": products[plan.product],
                "margin_goal": Decimal(plan.goal),
                "starts_on": today - timedelta(weeks=13),
                "ends_on": today + timedelta(weeks=13),
            },
            members=[people[code] for code, _weight in plan.owners],
            segments=[segments[s.code] for s in SEGMENTS if s.initiative == plan.code],
        )
        for plan in INITIATIVES
    }
    return Offer(products, segments, initiatives, _utps(owners, products, segments))


def _segment(plan: SegmentPlan, owner: User, parent: Segment | None) -> Segment:
    fields = {
        "kind": plan.kind,
        "name": plan.name,
        "reach": plan.reach,
        "parent": parent,
        "abc_class": plan.abc,
        "problem_sharpness": plan.sharpness,
        "money_mass": Decimal(plan.reach * plan.sharpness * PERSONS_MEAN),
        "traits": plan.traits,
        "city": CITY,
        "region": REGION,
    }
    return services.create_segment(by=owner, fields=fields).segment


def _utps(
    owners: dict[str, User], products: dict[str, Product], segments: dict[str, Segment]
) -> dict[tuple[str, str], Utp]:
    initiative_of = {plan.code: plan.initiative for plan in SEGMENTS}
    return {
        (plan.segment, plan.product): services.save_utp(
            by=owners[initiative_of[plan.segment]],
            utp=None,
            fields={
                "segment": segments[plan.segment],
                "product": products[plan.product],
                "statement": plan.statement,
                "promised_metric": plan.metric,
            },
        )
        for plan in UTPS
    }
