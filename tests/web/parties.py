"""Agents and clients for the tests of pages, and what a page costs."""

from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from agents.models import Party
from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft, create_party
from tests.office import Office


def signed_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def make_agent(office: Office, owner: User | None = None, name: str = "Ирина К.", **more: object) -> Party:
    draft = PartyDraft(kind="agent", name=name, contacts=(ContactDraft("phone", office.phone()),), **more)
    return create_party(by=owner or office.olim, draft=draft)


def make_client(office: Office, of: Party | None, name: str = "Orient Auto", *, phone: bool = True) -> Party:
    contacts = (ContactDraft("phone", office.phone()),) if phone else ()
    draft = PartyDraft(kind="client", name=name, contacts=contacts, agent_id=of.pk if of else None)
    return create_party(by=office.olim, draft=draft)


def text_of(browser: Browser, address: str) -> str:
    return browser.get(address).content.decode()


def queries(browser: Browser, address: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert browser.get(address).status_code == 200
    return len(caught)
