"""Every page and every list of the API as somebody to whom contacts and numbers are hidden: none of them in any answer.

The walk takes its addresses from the policy, so that a page which is added tomorrow is walked tomorrow.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from agents.models import Contact, Party
from calls.models import Call
from outreach.models import Message, OptOut
from tests.office import Office
from tests.web.matrix import quiet
from tests.web.policy import POLICY, Door, Rule
from tests.web.routes import address
from tests.web.test_markers import said
from tests.web.world import World

pytestmark = pytest.mark.django_db
TAX_IDS = ("305558913", "7707083893")
MAIL, NICK, STREET = "tayna@lichnoe.test", "@tainik_lichno", "Тайный проезд, 7"
ELSEWHERE = ("+998901112233", "+998935550077")  # in a file that was loaded, of a caller whom nobody knows
SHOWN_ON_PURPOSE = frozenset({
    "privacy:archive",  # everything about a person, for himself: asked for and noted by itself
})  # fmt: skip
ASKED = ("/leads/?view=all&cols=phone", "/leads/export/?view=all", "/leads/export/?view=all&format=xlsx",
         "/calls/export/", "/agents/clients/", "/search/?q=Зимо", "/agents/?q=Зимо", "/api/v1/agents/?expand=owner",
         "/api/v1/calls/", "/api/v1/messages/")  # fmt: skip
ACTORS = {"aziz": {}, "adiba": {}, "olim": {"MASKING": {"product_owner": "masked"}}}


class Planted:
    """A world of Olim's with a number in every place that holds one, and what finds them however they are written."""

    def __init__(self, office: Office) -> None:
        self.world = World(office).fill(["olim"])
        mine = self.world.of["olim"]
        for pk, tax_id in zip((mine["agent"], mine["client"]), TAX_IDS, strict=True):
            Party.objects.filter(pk=pk).update(tax_id=tax_id)
            for kind, value in (("email", MAIL), ("telegram", NICK), ("address", STREET)):
                Contact.objects.create(party_id=pk, type=kind, value=value, key=value.casefold())
        self.second = office.lead(office.olim, name="Зимородок Второй")
        Call.objects.filter(pk=mine["call"]).update(phone=ELSEWHERE[1])
        unknown = Call.objects.get(pk=mine["call"])
        unknown.pk, unknown.lead, unknown.party, unknown.external_id = None, None, None, "unknown-1"
        unknown.save(force_insert=True)
        Message.objects.update(address=MAIL)
        OptOut.objects.create(party_id=mine["agent"], channel="email", address=MAIL, source="hand", at=unknown.at)
        phones = Contact.objects.filter(type="phone").values_list("value", flat=True)
        self.finds: dict[str, re.Pattern[str]] = {
            value: _finder(value) for value in (*phones, *ELSEWHERE, *TAX_IDS, MAIL, NICK, STREET)
        }

    def addresses(self) -> Iterator[str]:
        known = self.world.of["bank"] | self.world.of["olim"]
        for rule in POLICY:
            if "GET" in rule.methods and rule.name not in SHOWN_ON_PURPOSE and _is_known(rule, known):
                yield address(rule, known.get(rule.of), {name: known[name] for name in rule.also})
        yield from ASKED
        yield f"/leads/{known['lead']}/merge/?with={self.second.pk}"

    def told(self, body: bytes) -> list[str]:
        text = said(body).decode(errors="replace")
        return [value for value, finder in self.finds.items() if finder.search(text)]


def _is_known(rule: Rule, known: dict[str, Any]) -> bool:
    return rule.door is not Door.PUBLIC and all(name in known for name in filter(None, (rule.of, *rule.also)))


def _finder(value: str) -> re.Pattern[str]:
    """A number is found whatever stands between its digits, and without its country."""
    digits = value.lstrip("+").removeprefix("998")
    if not digits.isdigit():
        return re.compile(re.escape(value), re.I)
    return re.compile(r"(?<!\d)(?:998)?" + r"[\s()\-\u00a0]*".join(digits) + r"(?!\d)")


@pytest.mark.parametrize("name", ACTORS)
def test_no_answer_tells_a_masked_reader_a_number(office: Office, settings: Any, name: str) -> None:
    for setting, value in ACTORS[name].items():
        setattr(settings, setting, value)
    planted, client = Planted(office), Client(raise_request_exception=False)
    client.force_login(getattr(office, name), backend="allauth.account.auth_backends.AuthenticationBackend")
    if name == "olim":  # the file is one that he brought himself
        del planted.finds[ELSEWHERE[0]]
    told, seen = {}, 0
    with quiet():
        for path in planted.addresses():
            answer = client.get(path)
            seen += answer.status_code == 200
            if found := planted.told(answer.getvalue()):
                told[path] = found
    assert told == {}
    assert seen > 150, "most of what was asked for was shown"


def test_the_walk_finds_what_is_not_masked(office: Office, settings: Any) -> None:
    """The control: the same addresses without masks tell every one of the planted values."""
    settings.MASKING = {}
    planted, client = Planted(office), Client(raise_request_exception=False)
    client.force_login(office.olim, backend="allauth.account.auth_backends.AuthenticationBackend")
    agent, lead = planted.world.of["olim"]["agent"], planted.world.of["olim"]["lead"]
    with quiet():
        paths = (f"/agents/{agent}/", f"/leads/{lead}/", "/calls/", "/agents/clients/", "/calls/export/",
                 f"/api/v1/agents/{agent}/", *ASKED)  # fmt: skip
        found = {value for path in paths for value in planted.told(client.get(path).getvalue())}
    assert found >= {MAIL, NICK, STREET, ELSEWHERE[1], TAX_IDS[0]}
