"""What on the bank's side holds people back, dearest first: the sales head's list of what to remove."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from agents.access import get_party_for
from agents.models import Product
from common import clock
from leads.access import get_blocker_for
from leads.choices import BlockerStatus
from leads.models import Blocker, Lead
from leads.services.blockers import add_blocker, remove_blocker, reopen_blocker, update_blocker
from web.agents.addresses import party_address
from web.listing import PORTION
from web.pages import only_once, page, person, show
from web.record_forms import RecordForm, save, with_present, writer

FORM = "records/form.html"


class BlockerForm(RecordForm):
    class Meta:
        model = Blocker
        fields = ("description", "category", "product", "responsible")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        product: Any = self.fields["product"]
        product.queryset = with_present(Product.objects.filter(active=True), self.instance.product)
        product.empty_label = _("Любой продукт")


@page("GET")
def blocker_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    status = request.GET.get("status", "")
    status = status if status in BlockerStatus.values else BlockerStatus.OPEN
    blockers = Blocker.objects.visible_to(user).filter(status=status).select_related("product")
    rows = blockers.with_margin_held(Lead.objects.visible_to(user))
    listed = Paginator(rows, PORTION).get_page(request.GET.get("page"))
    return show(request, "blockers/list.html", {"page": listed, "status": status}, fragment="results")


@page("GET", "POST")
def create(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say what holds this agent or client back."""
    user = writer(request)
    party = get_party_for(user, pk)
    back = party_address(party)
    form = BlockerForm(request.POST or None)
    context = {"form": form, "title": _("Что мешает: %s") % party.name, "back": back, "draft": f"blocker-{pk}"}

    def deed(changes: dict[str, Any], _version: int | None) -> str:
        add_blocker(party=party, by=user, at=clock.now(), **changes)
        return back

    if request.method == "POST":
        return save(request, form, deed, template=FORM, context=context, said=_("Блокатор записан"))
    return show(request, FORM, context)


@page("GET", "POST")
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    blocker = get_blocker_for(user, pk)
    back = reverse("blockers:list")
    form = BlockerForm(request.POST or None, instance=blocker)
    context = {"form": form, "title": _("Блокатор"), "back": back, "draft": f"blocker-{pk}"}

    def deed(changes: dict[str, Any], version: int | None) -> str:
        update_blocker(blocker=blocker, by=user, changes=changes, expected_version=version)
        return back

    if request.method == "POST":
        return save(request, form, deed, template=FORM, context=context, said=_("Сохранено"))
    return show(request, FORM, context)


@page("POST")
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    blocker = get_blocker_for(user, pk)

    def deed() -> str:
        remove_blocker(blocker=blocker, by=user, at=clock.now())
        return reverse("blockers:list")

    return only_once(request, deed, said=_("Блокатор снят. Вернуть его можно на вкладке «Снятые»"))


@page("POST")
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    blocker = get_blocker_for(user, pk)

    def deed() -> str:
        reopen_blocker(blocker=blocker, by=user)
        return reverse("blockers:list")

    return only_once(request, deed, said=_("Блокатор снова держит лиды"))
