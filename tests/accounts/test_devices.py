"""The mark of a known device speaks for one person, for half a year, and only when it was made here."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts import devices
from common import clock
from tests.office import Office

pytestmark = pytest.mark.django_db


def bringing(mark: str) -> HttpRequest:
    request = RequestFactory().get("/login/")
    request.COOKIES[devices.cookie_name()] = mark
    return request


def marked(office: Office) -> str:
    response = HttpResponse()
    devices.remember(RequestFactory().get("/login/"), response, office.olim)
    return str(response.cookies[devices.cookie_name()].value)


def test_a_mark_is_known_of_its_person_and_of_nobody_else(office: Office) -> None:
    mark = marked(office)
    assert len(devices.known(bringing(mark), office.olim)) == 16
    assert devices.known(bringing(mark), office.oksana) == ""
    assert devices.known(bringing(mark), None) == ""


def test_a_device_keeps_its_name_and_has_another_for_another_person(office: Office) -> None:
    mark, again = marked(office), HttpResponse()
    devices.remember(bringing(mark), again, office.olim)
    same = str(again.cookies[devices.cookie_name()].value)
    assert devices.known(bringing(same), office.olim) == devices.known(bringing(mark), office.olim)
    devices.remember(bringing(mark), again, office.oksana)
    other = str(again.cookies[devices.cookie_name()].value)
    assert devices.known(bringing(other), office.oksana) != devices.known(bringing(mark), office.olim)


def test_a_mark_ends_after_half_a_year(office: Office) -> None:
    mark = marked(office)
    with time_machine.travel(clock.now() + devices.LIFE - timedelta(hours=1)):
        assert devices.known(bringing(mark), office.olim)
    with time_machine.travel(clock.now() + devices.LIFE + timedelta(hours=1)):
        assert devices.known(bringing(mark), office.olim) == ""


@pytest.mark.parametrize("salt", ["accounts.other", "django.core.signing"])
def test_a_mark_that_was_signed_for_something_else_is_none(office: Office, salt: str) -> None:
    """The control: the same words under the right salt are a mark."""
    words = [str(office.olim.pk), "made-up"]
    assert devices.known(bringing(signing.dumps(words, salt=salt)), office.olim) == ""
    assert devices.known(bringing(signing.dumps(words, salt=devices._SALT)), office.olim) == "made-up"


@pytest.mark.parametrize("mark", ["", "x", "a:b:c", "\x00"])
def test_what_is_no_mark_is_none(office: Office, mark: str) -> None:
    assert devices.known(bringing(mark), office.olim) == ""
