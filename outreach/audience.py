"""The audience: the same filters as the lists, read from the query string that the campaign keeps."""

from types import SimpleNamespace
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from agents.choices import ConsentPurpose
from agents.filters import AgentFilter, ClientFilter
from agents.models import Agent, Client, Consent, Party
from common import clock
from common.errors import FieldError, Invalid
from leads.filters import LeadFilter
from leads.models import Lead
from outreach.addresses import writable
from outreach.choices import AudienceOf
from outreach.models import Campaign, Message, OptOut

_LISTS: dict[str, tuple[Any, Any]] = {
    AudienceOf.AGENTS: (AgentFilter, Agent),
    AudienceOf.CLIENTS: (ClientFilter, Client),
    AudienceOf.LEADS: (LeadFilter, Lead),
}
_OF_THE_LIST = frozenset({"page", "sort", "cols"})


def filterset(audience_of: str, query: str, owner: User) -> Any:
    """The list's filter set over what the owner may see."""
    filters, model = _LISTS[audience_of]
    data = QueryDict(query, mutable=True)
    for name in [name for name in data if name in _OF_THE_LIST or not any(data.getlist(name))]:
        del data[name]
    return filters(data, queryset=model.objects.visible_to(owner), request=SimpleNamespace(user=owner))


def clean_query(audience_of: str, query: str, owner: User) -> str:
    """The conditions alone, without the list's page and order. Raises Invalid for one that is not understood."""
    if audience_of not in _LISTS:
        message = _("Выберите, кому писать: агентам, клиентам или по лидам.")
        raise Invalid(message, [FieldError("audience_of", "unknown", message)])
    found = filterset(audience_of, query.lstrip("?"), owner)
    strange = [name for name in found.data if not _known(found, name)]
    for name in [*strange, *found.errors]:
        label = found.filters[name].label if name in found.filters else name
        message = _("Условие «%(name)s» не подходит: такого значения нет, или оно вам не видно.") % {"name": label}
        raise Invalid(message, [FieldError("audience", "invalid", message)])
    return str(found.data.urlencode())


def _known(found: Any, name: str) -> bool:
    """Ranges come as two fields with endings of their own."""
    return name in found.filters or any(name.removesuffix(end) in found.filters for end in ("_after", "_before"))


def leads_of(campaign: Campaign) -> Any:
    """Leads of the audience; of an audience of parties, whatever the owner works on with them."""
    if campaign.audience_of == AudienceOf.LEADS:
        return filterset(campaign.audience_of, campaign.audience, campaign.owner).qs
    return Lead.objects.visible_to(campaign.owner).open()


def parties_of(campaign: Campaign) -> Any:
    """Parties of the audience, each once."""
    found = filterset(campaign.audience_of, campaign.audience, campaign.owner)
    if found.errors:  # a segment or colleague that is gone: nobody is written to by half a condition
        return Party.objects.none()
    if campaign.audience_of == AudienceOf.LEADS:
        return Party.objects.filter(pk__in=found.qs.order_by().values("party_id"))
    return Party.objects.filter(pk__in=found.qs.order_by().values("pk"))


def conditions(campaign: Campaign) -> dict[str, Q]:
    """What stands for and against writing to a party, each as a condition on parties."""
    mine = Message.objects.filter(campaign=campaign, party=OuterRef("pk"))
    live = Consent.objects.live(clock.now())
    consent = live.filter(party=OuterRef("pk"), purpose=ConsentPurpose.MARKETING)
    return {
        "written": Q(Exists(mine)),
        "address": Q(Exists(writable(campaign.template.channel).filter(party=OuterRef("pk")))),
        "consent": Q(Exists(consent)),
        "refused": Q(Exists(OptOut.objects.of_party())),
    }


def eligible(campaign: Campaign) -> Any:
    """Parties that may be written to now, in a fixed order. An address may still be refused by itself at sending."""
    on = conditions(campaign)
    rows = parties_of(campaign).filter(on["address"] & on["consent"] & ~on["refused"] & ~on["written"])
    return rows.select_related("segment", "agent", "owner").order_by("pk")
