"""Who opens these pages: administrators and auditors read, administrators change."""

from django.http import HttpRequest

from accounts.access import demand_administrator, demand_settings
from accounts.models import User
from web.pages import person


def reader(request: HttpRequest) -> User:
    """The person, when he may read settings. Raises NotAllowed."""
    demand_settings(person(request))
    return person(request)


def administrator(request: HttpRequest) -> User:
    """The person, when he may change settings. Raises NotAllowed, so that nobody fills in a form in vain."""
    demand_administrator(person(request))
    return person(request)
