"""«Журнал обращений»: every call of the API, newest first, by portions that no new row shifts."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts import calls, service_accounts
from accounts.calls import FAILED, Asked, template_of
from accounts.models import User
from common import clock
from web.integrations.rights import reader
from web.leads.forms_base import Day
from web.pages import page, show

PORTION = 50
USUAL = timedelta(days=7)
OUTCOMES = (
    ("", _("Все")), ("2", _("Выполнено")), (str(FAILED), _("Отказано и ошибки")), ("4", _("Отказано: 4xx")),
    ("5", _("Ошибки у нас: 5xx")),
)  # fmt: skip
_NAMESPACE = "api"
# Bounds of what the database compares with: a mark from the address may hold anything.
_FIRST_YEAR, _LONGEST_ID = 1900, 19


@lru_cache(maxsize=1)
def routes() -> tuple[str, ...]:
    """The addresses of the API as templates, as the log keeps them."""
    found = (one for one in get_resolver().url_patterns if getattr(one, "namespace", None) == _NAMESPACE)
    return tuple(sorted({one for room in found for one in _templates(room, "") if "/v1/" in one}))


def _templates(one: URLPattern | URLResolver, prefix: str) -> Iterator[str]:
    whole = prefix + str(one.pattern)
    if isinstance(one, URLPattern):
        yield template_of(whole)
        return
    for inner in one.url_patterns:
        yield from _templates(inner, whole)


class LogFilter(forms.Form):
    account = forms.ModelChoiceField(
        label=_("Система"), queryset=User.objects.none(), required=False, empty_label=_("Все")
    )
    outcome = forms.ChoiceField(label=_("Ответ"), choices=OUTCOMES, required=False)
    route = forms.ChoiceField(
        label=_("Адрес"), choices=lambda: [("", _("Все")), *((one, one) for one in routes())], required=False
    )
    since = Day(label=_("С"), required=False)
    until = Day(label=_("По"), required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = service_accounts.listed(by)  # type: ignore[attr-defined]

    def asked(self, now: datetime) -> Asked:
        """What was asked, as far as it was understood; without a day, the last week."""
        self.is_valid()
        found = self.cleaned_data
        since, until = found.get("since"), found.get("until")
        start = _midnight(since) if since else (_midnight(until) if until else now) - USUAL
        account: User | None = found.get("account")
        return Asked(
            since=start, until=_midnight(until) + timedelta(days=1) if until else None,
            account_id=account.pk if account else None, route=found.get("route") or "",
            status=int(found.get("outcome") or 0),
        )  # fmt: skip


@page("GET")
def index(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    bar = LogFilter(request.GET, by=user)
    found = calls.portion(calls.listed(user, bar.asked(clock.now())), _after(request.GET.get("after", "")), PORTION)
    rows, following = found[:PORTION], ""
    if len(found) > PORTION:
        query = request.GET.copy()
        query["after"] = f"{rows[-1].at.isoformat()}_{rows[-1].pk}"
        following = f"?{query.urlencode()}"
    context = {"rows": rows, "following": following, "bar": bar, "kept": settings.API_LOG_DAYS}
    return show(request, "integrations/log.html", context | {"narrowed": bool(request.GET)})


def _after(text: str) -> tuple[datetime, int] | None:
    """The row after which to go on; what is no such mark begins from the newest."""
    moment, _dash, number = text.partition("_")
    try:
        at = parse_datetime(moment)
        known = at is not None and at.tzinfo is not None and at.year >= _FIRST_YEAR
        known = known and number.isascii() and number.isdigit() and len(number) < _LONGEST_ID
    except ValueError:
        return None
    return (at, int(number)) if at is not None and known else None


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
