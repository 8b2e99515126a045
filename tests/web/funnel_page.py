"""Reading the funnel page as a visitor does: its linked numbers and the rows behind them."""

import re
from html import unescape

from django.http import QueryDict
from django.test import Client, RequestFactory

from accounts.models import User
from web.leads.filtering import ask

PAGE, EXPORT = "/reports/funnel/", "/reports/funnel/export/"
NUMBER = re.compile(r'<a href="/leads/\?([^"]+)"(?: title="\D*([\d\xa0]+)[^"]*")?>([^<]+)</a>')


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def numbers(client: Client, query: str = "") -> list[tuple[str, int]]:
    """(query string of the list, number shown) of every linked number of the page."""
    response = client.get(f"{PAGE}?{query}")
    assert response.status_code == 200
    text = response.content.decode()
    found = NUMBER.findall(text)
    assert len(found) == text.count('href="/leads/?')
    return [(unescape(rows), int((timed or shown).replace("\xa0", ""))) for rows, timed, shown in found]


def listed(user: User, rows: str) -> int:
    """How many leads the list of leads shows this person under that address."""
    request = RequestFactory().get(f"/leads/?{rows}")
    request.user = User.objects.get(pk=user.pk)
    asked = ask(request, QueryDict(rows))
    assert not asked.problems
    return asked.rows.count()
