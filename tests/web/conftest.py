"""Fixtures of the pages' tests."""

from collections.abc import Iterator
from typing import Any

import pytest
import pytest_django
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from tests.accounts.idp import CLIENT, SECRET, Provider, running
from tests.office import Office
from tests.web.lead_desk import Browse


@pytest.fixture
def browse(client: Client) -> Browse:
    """A browser signed in as somebody."""

    def signed_in(user: User) -> Client:
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture(scope="module")
def kept_office(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[Office]:
    """One bank for all tests of a module that walk over it and leave nothing behind (each case takes itself back).

    Its tests must not ask for ``office`` besides: the two would share their people's addresses.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:  # it stands as long as the module's tests take
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield Office()
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def idp_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def idp(idp_key: rsa.RSAPrivateKey, office: Office, settings: Any) -> Iterator[Provider]:
    """The bank's sign-in service on a port, known to the settings; it tells the truth, and knows Olim."""
    with running(Provider(idp_key, mail=office.olim.email)) as provider:
        # Of this process alone: whether keys were kept must not hang on how busy Redis is.
        memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": provider.issuer}
        settings.CACHES = {"default": memory}
        cache.clear()
        settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = provider.issuer, CLIENT, SECRET
        settings.OIDC_NAME = "Bank ID"
        yield provider
