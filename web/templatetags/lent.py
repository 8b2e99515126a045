"""What of a row may be offered to whoever was lent it for reading: `{% load lent %}`."""

from django.template import Library

from accounts.models import User
from leads.access import may_work_on
from leads.models import Lead

register = Library()


@register.filter
def works_on(user: User, lead: Lead) -> bool:
    """{% if user|works_on:lead %}: writes at all, and was not lent this lead only to read."""
    return may_work_on(user, lead)
