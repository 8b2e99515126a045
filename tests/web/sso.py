"""The way to the bank's sign-in service and back, as a browser goes it."""

from typing import Any

from django.test import Client

from tests.accounts.idp import Provider

HOME = "/login/sso/"


def address(begun: Any) -> str:
    """Where the press leads. No redirect: the content policy would hold a form to this site."""
    assert begun.status_code == 200
    return str(begun["Refresh"].removeprefix("0; url="))


def come_back(client: Client, idp: Provider, **post: str) -> Any:
    return client.get(f"{HOME}back/?{idp.authorize(address(client.post(HOME, post)))}")
