"""Fixtures of the pages' tests."""

import pytest
from django.test import Client

from accounts.models import User
from tests.web.lead_desk import Browse


@pytest.fixture
def browse(client: Client) -> Browse:
    """A browser signed in as somebody."""

    def signed_in(user: User) -> Client:
        client.force_login(user)
        return client

    return signed_in
