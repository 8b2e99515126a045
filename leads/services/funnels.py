"""Funnels as leads feel them: a road is closed only when nobody is on it."""

from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import Refused
from funnel import product_funnels
from funnel.models import Funnel
from leads.models import Lead


class FunnelInUse(Refused):
    """Open leads go by this funnel; close them or bring them to its end first."""

    code: ClassVar[str] = "funnel_in_use"
    status: ClassVar[int] = 409


@transaction.atomic
def retire_funnel(*, funnel: Funnel, by: User, expected_version: int | None = None) -> Funnel:
    """Take a product's funnel out of use: leads of the product enter the default one from then on.

    Raises FunnelInUse while open leads stand in it, DefaultFunnel, StaleVersion, NotAllowed. A lead that comes in
    at the same instant stays in it and goes on by it as usual.
    """
    retired = product_funnels.set_funnel_active(funnel=funnel, by=by, active=False, expected_version=expected_version)
    standing = Lead.objects.open().filter(stage__funnel=funnel).count()
    if standing:
        text = _("В воронке ещё есть открытые лиды: %(n)s. Доведите или закройте их, потом снимайте воронку.")
        raise FunnelInUse(text % {"n": standing})
    return retired


@transaction.atomic
def restore_funnel(*, funnel: Funnel, by: User, expected_version: int | None = None) -> Funnel:
    """Leads of the product that come from now on enter it again."""
    return product_funnels.set_funnel_active(funnel=funnel, by=by, active=True, expected_version=expected_version)
