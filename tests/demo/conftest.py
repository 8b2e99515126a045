"""A tenth of the story, told once for the module and taken back at its end."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from common import clock
from demo import story

SCALE = 0.1


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[story.Told]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield story.tell(password="demo-demo-demo", at=clock.now(), scale=SCALE)
        transaction.set_rollback(True)
