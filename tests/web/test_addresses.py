"""Addresses made by the hundred are those that Django's own reverse gives."""

from uuid import uuid4

import pytest
from django.urls import NoReverseMatch, reverse

from web.addresses import address_of


@pytest.mark.parametrize("name", ["actions:page", "results:lead", "leads:card", "today:why_action"])
def test_an_address_is_that_of_reverse(name: str) -> None:
    for pk in (uuid4(), uuid4()):
        assert address_of(name, pk) == reverse(name, args=[pk])


def test_a_page_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(NoReverseMatch):
        address_of("actions:nowhere", uuid4())
