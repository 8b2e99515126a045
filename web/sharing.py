"""Lending a lead or a party to a colleague: who has it now, taking it back, and a form for the next one."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import sharing
from accounts.models import ShareLevel, User
from common import clock
from common.errors import Refused
from web.leads.forms_base import Day, PageForm
from web.pages import only_once, show
from web.record_forms import writer

_PAGES = frozenset({403, 404})
_DAYS = 14


class ShareForm(PageForm):
    layout = (("level", "until"),)
    email = forms.EmailField(label=gettext_lazy("Почта коллеги"), max_length=254)
    level = forms.ChoiceField(label=gettext_lazy("Что можно коллеге"), choices=ShareLevel.choices)
    until = Day(label=gettext_lazy("До какого дня"))
    reason = forms.CharField(label=gettext_lazy("Зачем"), max_length=200)


def shares_of(
    user: User, *, noun: str, subject: UUID, owner: User | None, address: str, at: datetime
) -> dict[str, Any]:
    """For a record's card: who sees it besides, until when, and where the lender ends it at once."""
    rows = sharing.standing(noun, subject, at.astimezone(user.zone).date())
    return {"shares": rows, "share_url": address, "may_lend": bool(rows) and sharing.may_lend(user, owner)}


def sharing_page(
    request: HttpRequest, *, noun: str, subject: UUID, owner: User | None, name: str, back: str
) -> HttpResponse:
    """The dialog. ``owner`` is the record's, who may lend it, as may his head."""
    user, at = writer(request), clock.now()
    today = at.astimezone(user.zone).date()
    form = ShareForm(
        request.POST if request.method == "POST" and "share" not in request.POST else None,
        initial={"until": today + timedelta(days=_DAYS)},
    )
    record: dict[str, Any] = {"by": user, "owner": owner, "subject": subject, "at": at}
    if share := _id(request.POST.get("share", "")):
        return only_once(request, lambda: _taken_back(share, record, back), said=_("Доступ закрыт"))
    if form.is_bound and form.is_valid():
        try:
            return only_once(request, lambda: _lent(noun, form.cleaned_data, record, back), said=_("Доступ открыт"))
        except Refused as refusal:
            if refusal.status in _PAGES:
                raise
            form.take(refusal)
    context = {"form": form, "shares": sharing.standing(noun, subject, today), "name": name, "back": back}
    context |= {"may_lend": sharing.may_lend(user, owner), "title": _("Поделиться")}
    return show(request, "sharing/dialog.html", context, status=422 if form.is_bound and form.errors else 200)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _lent(noun: str, values: dict[str, Any], record: dict[str, Any], back: str) -> str:
    sharing.lend(noun=noun, **values, **record)
    return back


def _taken_back(share: UUID, record: dict[str, Any], back: str) -> str:
    sharing.take_back(share=share, **record)
    return back
