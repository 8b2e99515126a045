"""Bombs at every door by which a file comes in: refused in words, quickly, and without being unpacked."""

import base64
import gzip
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts import tokens
from common import clock
from documents.models import TemplateFile
from imports.models import Import
from leads.models import Contract
from tests.documents.desk import prepared
from tests.imports.bad_files import crafted
from tests.imports.bad_files.crafted import MEGABYTE
from tests.imports.bad_files.wizard import Cost, measured
from tests.office import Office

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
MOST_MEGABYTES, MOST_SECONDS = 120, 10
Send = Callable[[Office, str, bytes], Any]


@cache
def squeezed() -> bytes:
    """A quarter of a gigabyte of zeros in a quarter of a megabyte."""
    return gzip.compress(bytes(MEGABYTE), 6) * 256


@cache
def bomb(body: str) -> bytes:
    return crafted.bomb(42 * MEGABYTE, [body, *(f"x{number}" for number in range(100))])


@cache
def lying() -> bytes:
    return crafted.lying(300 * MEGABYTE, 1000)


BOMBS: dict[str, Callable[[], bytes]] = {
    "a squeezed stream": squeezed,
    "an archive of gigabytes": lambda: bomb("xl/worksheets/sheet1.xml"),
    "a document of gigabytes": lambda: bomb("word/document.xml"),
    "an archive that lies": lying,
}  # fmt: skip


def by_page(office: Office, who: str, address: str, named: str, content: bytes, **fields: Any) -> Any:
    client = Client(raise_request_exception=False)
    client.force_login(getattr(office, who))
    where = fields.pop("field", "file")
    return client.post(address, {**fields, where: SimpleUploadedFile(named, content)})


def by_api(path: str, name: str, content: bytes, **fields: Any) -> Any:
    issued = tokens.issue(account="core", scopes=tokens.SCOPES, days=1, at=clock.now())
    body = {**fields, "file": {"name": name, "content": base64.b64encode(content).decode()}}
    headers = {"Authorization": f"Bearer {issued.plain}"}
    client = Client(raise_request_exception=False)
    return client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)


def _gate(office: Office, name: str, content: bytes) -> Any:
    lead = office.lead()
    sent = {"gate": "1", "version": lead.version, "contract-number": "14", "contract-signed_on": "2026-01-15"}
    address = f"{reverse('leads:move', args=[lead.pk])}?to=signed_contract"
    return by_page(office, "olim", address, name, content, field="contract-file", **sent)


def _sign(office: Office, name: str, content: bytes) -> Any:
    document = prepared(office)
    fields = {"signed_on": "2026-01-15", "version": document.version}
    return by_page(office, "olim", reverse("documents:sign", args=[document.pk]), name, content, **fields)


def _template(office: Office, name: str, content: bytes) -> Any:
    fields = {"kind": "agent", "language": "ru", "name": "Шаблон"}
    return by_page(office, "adiba", reverse("documents:template_new"), name, content, **fields)


def _api_sign(office: Office, name: str, content: bytes) -> Any:
    return by_api(f"contract-documents/{prepared(office).pk}/sign/", name, content, signed_on="2026-01-15")


# By the field of the form or of the body; each with the ending that it lets pass.
DOORS: dict[str, tuple[str, Send]] = {
    "web/imports/forms.py: table": (
        ".csv", lambda o, n, c: by_page(o, "olim", reverse("imports:create"), n, c, kind="agent")),
    "web/imports/forms.py: book": (
        ".xlsx", lambda o, n, c: by_page(o, "olim", reverse("imports:create"), n, c, kind="agent")),
    "web/leads/forms_facts.py": (".docx", _gate),
    "web/documents/forms.py: signed": (".docx", _sign),
    "web/documents/forms.py: template": (".docx", _template),
    "api/v1/imports.py": (".xlsx", lambda o, n, c: by_api("imports/", n, c, mode="dry_run")),
    "api/v1/fact_shapes.py": (
        ".docx", lambda o, n, c: by_api("contracts/", n, c, lead=str(o.lead().pk), number="7", signed_on="2026-01-30")),
    "api/v1/documents.py": (".docx", _api_sign),
}  # fmt: skip


def kept() -> tuple[int, ...]:
    return Import.objects.count(), Contract.objects.count(), TemplateFile.objects.count()


@pytest.mark.parametrize("says", BOMBS)
@pytest.mark.parametrize("door", DOORS)
def test_a_bomb_is_refused_at_every_door(office: Office, door: str, says: str) -> None:
    ending, send = DOORS[door]
    content, before, cost = BOMBS[says](), kept(), Cost()
    with measured(cost):
        answer = send(office, f"bomb{ending}", content)
    assert answer.status_code in {400, 413, 422}, answer.content.decode()[:500]
    assert kept() == before
    assert cost.megabytes < MOST_MEGABYTES
    assert cost.seconds < MOST_SECONDS


def test_every_door_is_among_them() -> None:
    """A field for files that is new has to be told here."""
    found: dict[str, int] = {}
    for room, field in (("web", r"forms\.FileField\("), ("api", r"(?<!class )\bInlineFile\(")):
        for path in sorted((ROOT / room).rglob("*.py")):
            if count := len(re.findall(field, path.read_text(encoding="utf-8"))):
                found[str(path.relative_to(ROOT))] = count
    doors = [door.partition(":")[0] for door in DOORS if door != "web/imports/forms.py: book"]
    assert found == {path: doors.count(path) for path in sorted(set(doors))}


def test_a_squeezed_body_is_not_unpacked(office: Office) -> None:
    """Nobody here reads ``Content-Encoding``: what comes squeezed is no JSON and no form."""
    issued = tokens.issue(account="core", scopes=tokens.SCOPES, days=1, at=clock.now())
    body = gzip.compress(json.dumps({"name": "x" * 60 * MEGABYTE}).encode(), 1)
    cost, client = Cost(), Client(raise_request_exception=False)
    client.force_login(office.olim)
    with measured(cost):
        for address, kind in (
            ("/api/v1/leads/", "application/json"),
            ("/imports/new/", "multipart/form-data; boundary=x"),
        ):
            said = {"Content-Encoding": "gzip"} | (
                {"Authorization": f"Bearer {issued.plain}"} if "api" in address else {}
            )
            answer = client.post(address, body, content_type=kind, headers=said)
            assert 400 <= answer.status_code < 500
    assert cost.megabytes < 30
