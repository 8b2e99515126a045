"""What the auditor's pages are narrowed by."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Case, When
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from audit.choices import Look
from audit.reading import Asked, Mark
from web.leads.forms_base import Moment

PORTION = 50
# Bounds of what the database compares with: a mark from the address may hold anything.
_FIRST_YEAR, _LONGEST_ID = 1900, 19
THREE_YEARS, WEEK = timedelta(days=3 * 366), timedelta(days=7)


class Period(forms.Form):
    since = Moment(label=_("С"), required=False)
    until = Moment(label=_("По"), required=False)

    def period(self, now: datetime, usual: timedelta) -> tuple[datetime, datetime]:
        """What was asked, as far as it was understood; else the usual time until now. The minute named last counts."""
        self.is_valid()
        until = self.cleaned_data.get("until")
        end = until + timedelta(minutes=1) if until else now
        return self.cleaned_data.get("since") or end - usual, end


class SeenFilter(Period):
    user = forms.ModelChoiceField(label=_("Кто"), queryset=User.objects.none(), required=False, empty_label=_("Все"))
    look = forms.ChoiceField(label=_("Как"), choices=[("", _("Любым способом")), *Look.choices], required=False)
    field_order = ["user", "look", "since", "until"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = everybody()  # type: ignore[attr-defined]

    def asked(self, now: datetime, subjects: tuple[UUID, ...]) -> Asked:
        since, until = self.period(now, THREE_YEARS if subjects else WEEK)
        user, look = self.cleaned_data.get("user"), self.cleaned_data.get("look") or ""
        return Asked(since, until, subjects=subjects, user_id=user.pk if user else None, look=look)


class PersonFilter(Period):
    user = forms.ModelChoiceField(
        label=_("Сотрудник или система"), queryset=User.objects.none(), required=False, empty_label=_("Выберите")
    )
    token = forms.CharField(label=_("Ключ системы"), max_length=64, required=False)
    field_order = ["user", "token", "since", "until"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = everybody()  # type: ignore[attr-defined]

    def asked(self, now: datetime) -> Asked:
        since, until = self.period(now, WEEK)
        user = self.cleaned_data.get("user")
        token = self.cleaned_data.get("token") or ""
        return Asked(since, until, user_id=user.pk if user else None, token_key=token)

    @property
    def named(self) -> bool:
        return bool(self.cleaned_data.get("user") or self.cleaned_data.get("token"))


def everybody() -> Any:
    """Those who left too: what they did stays. People first, then systems."""
    return User.objects.order_by(Case(When(role=Role.SERVICE, then=1), default=0), "name", "pk")


def after_of(query: QueryDict) -> Mark | None:
    """The row after which to go on; what is no such mark begins from the newest."""
    moment, _dash, number = query.get("after", "").partition("_")
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    known = at is not None and at.tzinfo is not None and at.year >= _FIRST_YEAR
    known = known and number.isascii() and number.isdigit() and len(number) < _LONGEST_ID
    return (at, int(number)) if at is not None and known else None


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
