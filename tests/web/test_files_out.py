"""A file that somebody sent leaves as a download that can do nothing in our pages' name, by every door."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

import api.downloads
import web.documents.pages
import web.leads.files
from common import clock
from leads.models import Contract
from leads.services.recording import record_contract
from tests.documents.desk import prepared
from tests.office import Office

pytestmark = pytest.mark.django_db
NAME = 'Договор"; filename="evil.html\r\nX-Evil: 1.pdf'


def contract(office: Office) -> Contract:
    paper = ContentFile(b"%PDF-1.7 signed", name="x.pdf")
    return record_contract(lead=office.lead(), by=office.olim, at=clock.now(), number="7", file=paper)


def doors(found: Contract) -> list[str]:
    return [reverse("leads:contract_file", args=[found.lead_id, found.pk]), f"/api/v1/contracts/{found.pk}/file/"]


def addresses(office: Office) -> list[str]:
    paper = prepared(office)
    return [
        *doors(contract(office)),
        reverse("documents:pdf", args=[paper.pk, 1]),
        reverse("documents:docx", args=[paper.pk, 1]),
    ]


def shut(answer: Any) -> None:
    """Read to its end: to close the answer would close the test's connection too."""
    if answer.streaming:
        b"".join(answer.streaming_content)


def wrong(answer: Any) -> list[str]:
    """What a download lacks."""
    shut(answer)
    policy = answer.get("Content-Security-Policy", "")
    promised = {
        "is there": answer.status_code == 200,
        "a download": answer.get("Content-Disposition", "").startswith("attachment"),
        "nosniff": answer.get("X-Content-Type-Options") == "nosniff",
        "a sandbox": "sandbox" in policy.split("; ") and "default-src 'none'" in policy,
        "kept nowhere": "no-store" in answer.get("Cache-Control", ""),
    }
    return [name for name, kept in promised.items() if not kept]


def test_every_file_leaves_as_a_download_in_a_sandbox(office: Office, client: Client) -> None:
    client.force_login(office.olim)
    assert {address: wrong(client.get(address)) for address in addresses(office) if wrong(client.get(address))} == {}


def test_a_door_that_forgets_the_sandbox_is_found(
    office: Office, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    client.force_login(office.olim)
    for door in (web.leads.files, api.downloads, web.documents.pages):
        monkeypatch.setattr(door, "FILE_POLICY", "default-src 'self'")
    assert [wrong(client.get(address)) for address in addresses(office)] == [["a sandbox"]] * 4


def test_the_name_that_a_file_came_with_adds_no_header(office: Office, client: Client) -> None:
    found = contract(office)
    Contract.objects.filter(pk=found.pk).update(file_name=NAME)
    client.force_login(office.olim)
    for address in doors(found):
        answer: Any = client.get(address)
        shut(answer)
        assert "X-Evil" not in answer
        assert answer["Content-Disposition"].startswith("attachment; filename")
        assert not {"\r", "\n"} & set(answer["Content-Disposition"])
