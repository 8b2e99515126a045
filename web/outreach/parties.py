"""What was written to a party, on its card; and «больше не писать»."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from agents.access import get_party_for
from common import clock
from outreach.services.refusals import opt_out_by_hand
from web.agents.addresses import party_address
from web.pages import only_once, page, person


@page("POST")
def stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    party = get_party_for(user, pk)

    def deed() -> str:
        opt_out_by_hand(party=party, by=user, at=clock.now())
        return f"{party_address(party)}?tab=messages"

    return only_once(request, deed, said=_("Больше не пишем"))
