"""The page of rates: what is missing is said, a rate is written and removed."""

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from agents.models import CurrencyRate, Product
from tests.office import Office

pytestmark = pytest.mark.django_db
PAGE, NEW = "/settings/rates/", "/settings/rates/new/"


@pytest.fixture
def admin(office: Office) -> Client:
    client = Client()
    client.force_login(office.adiba)
    return client


def _said(**changes: str) -> dict[str, str]:
    day = timezone.localdate().strftime("%d.%m.%Y")
    return {"currency": "USD", "per_unit": "12 650,5", "since": day, "_once": "a"} | changes


def test_a_currency_of_products_without_a_rate_is_named(office: Office, admin: Client) -> None:
    Product.objects.create(code="mortgage", name="Ипотека", margin=Decimal(100), currency="USD")
    assert "Курса для USD нет" in admin.get(PAGE).content.decode()
    assert admin.post(NEW, _said()).url == PAGE
    text = admin.get(PAGE).content.decode()
    assert "Курса для USD нет" not in text
    assert CurrencyRate.objects.get().per_unit == Decimal("12650.5")
    assert "650,5</td>" in text


def test_what_makes_no_sense_is_said_and_what_was_typed_stays(admin: Client) -> None:
    wrong = admin.post(NEW, _said(per_unit="0", since="01.01.2019"))
    assert wrong.status_code == 422
    assert "больше нуля" in wrong.content.decode()
    assert "01.01.2019" in wrong.content.decode()
    assert not CurrencyRate.objects.exists()


def test_a_rate_is_removed_by_one_press(admin: Client) -> None:
    admin.post(NEW, _said())
    rate = CurrencyRate.objects.get()
    assert admin.post(f"/settings/rates/{rate.pk}/remove/", {"_once": "b"}).url == PAGE
    assert not CurrencyRate.objects.exists()


def test_an_auditor_reads_and_a_product_owner_does_not(office: Office, admin: Client) -> None:
    admin.post(NEW, _said())
    for person, reads in ((office.aziz, 200), (office.olim, 403)):
        client = Client()
        client.force_login(person)
        assert client.get(PAGE).status_code == reads
        assert client.post(NEW, _said(_once="c")).status_code == 403
