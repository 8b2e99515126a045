"""Fixtures of the pages' tests."""

from collections.abc import Iterator

import pytest
import pytest_django
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
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
