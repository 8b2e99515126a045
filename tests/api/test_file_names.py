"""The name of a file inside a body: kept to its last sign, or refused in words; never cut off unseen."""

import base64

import pytest

from leads.models import Contract
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db
CONTENT = base64.b64encode(b"%PDF-1.7 signed").decode()


@pytest.mark.parametrize("name", ["договор.pdf", "я" * 196 + ".pdf"])
def test_a_name_that_fits_is_kept_with_its_ending(api: Api, office: Office, name: str) -> None:
    body = {"lead": str(office.lead().pk), "number": "АК-7", "signed_on": "2026-01-15"}
    made = api.post("contracts/", body | {"file": {"name": name, "content": CONTENT}})
    assert (made.status_code, made.json()["file_name"]) == (201, name)
    assert Contract.objects.get().file_name == name


@pytest.mark.parametrize("path", ["contracts/", "imports/"])
def test_one_that_does_not_fit_says_so_and_nothing_of_it_is_kept(api: Api, office: Office, path: str) -> None:
    body = {"contracts/": {"lead": str(office.lead().pk), "number": "АК-7"}, "imports/": {"mode": "dry_run"}}[path]
    answer = api.post(path, body | {"file": {"name": "я" * 197 + ".pdf", "content": CONTENT}})
    assert answer.status_code == 400
    [wrong] = answer.json()["errors"]
    assert (wrong["pointer"], wrong["code"]) == ("#/file/name", "too_long")
    assert "длиннее 200 знаков" in wrong["detail"]
    assert not Contract.objects.exists()
