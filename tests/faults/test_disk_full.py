"""The disk for files is full: no half of a file, no row that names it; once there is room, all goes on."""

import base64
import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.test import Client

from accounts import tokens
from common import clock
from common.files import NoRoom
from leads.models import Contract
from tests.office import Office

pytestmark = [pytest.mark.django_db, pytest.mark.faults]
ROOM = 64 * 1024
BIG = os.urandom(4 * ROOM)


@pytest.fixture
def disk(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """A disk with room for 64 KB of a file: what comes after is refused as the kernel refuses it. Call it to say
    whether it is full."""
    settings.MEDIA_ROOT = tmp_path
    full = [True]

    def chunks(self: File, chunk_size: int | None = None) -> Iterator[bytes]:
        self.seek(0)
        yield self.read(ROOM)
        if full[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        yield self.read()

    for kind in (File, InMemoryUploadedFile):
        monkeypatch.setattr(kind, "chunks", chunks)
    return lambda is_full: full.__setitem__(0, is_full)


def files(place: Path) -> list[Path]:
    return [path for path in place.rglob("*") if path.is_file()]


def test_a_file_that_does_not_fit_leaves_nothing_behind(disk: Callable[[bool], None], tmp_path: Path) -> None:
    with pytest.raises(NoRoom, match="нет места"):
        default_storage.save("contracts/7.pdf", ContentFile(BIG))
    assert files(tmp_path) == []
    disk(False)
    saved = default_storage.save("contracts/7.pdf", ContentFile(BIG))
    assert Path(default_storage.path(saved)).read_bytes() == BIG


def test_without_the_care_half_of_it_would_stay(
    disk: Callable[[bool], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: Django's own storage."""
    monkeypatch.setattr("common.files._FULL", frozenset())
    with pytest.raises(OSError, match="No space left"):
        default_storage.save("contracts/7.pdf", ContentFile(BIG))
    assert [path.stat().st_size for path in files(tmp_path)] == [ROOM]


def test_a_contract_whose_file_does_not_fit_is_not_recorded_and_goes_in_later(
    office: Office, disk: Callable[[bool], None], tmp_path: Path
) -> None:
    issued = tokens.issue(account="core", scopes=tokens.SCOPES, days=1, at=clock.now())
    client, said = Client(), {"Authorization": f"Bearer {issued.plain}", "Idempotency-Key": str(uuid4())}
    body = {
        "lead": str(office.lead().pk), "number": "7", "signed_on": "2026-01-30",
        "file": {"name": "7.pdf", "content": base64.b64encode(b"%PDF-1.4\n" + BIG).decode()},
    }  # fmt: skip
    post = lambda: client.post("/api/v1/contracts/", body, content_type="application/json", headers=said)  # noqa: E731
    answer = post()
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "no_room", "60")
    assert not Contract.objects.exists()
    assert files(tmp_path) == []
    disk(False)
    assert post().status_code == 201
    contract = Contract.objects.get()
    assert Path(contract.file.path).stat().st_size == len(BIG) + len(b"%PDF-1.4\n")
