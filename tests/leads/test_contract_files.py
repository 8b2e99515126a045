"""What a refused deed leaves on the disk is cleared away; what a contract names never is."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from pytest_django import Settings

from common import clock
from leads.models import Contract
from leads.services.contract_files import sweep_files
from leads.services.recording import record_contract
from leads.tasks import sweep_contract_files
from tests.office import Office

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def stored() -> list[str]:
    """Names of all files, as a contract would name them."""
    root = Path(default_storage.path(""))
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def written(name: str, at: datetime) -> None:
    stamp = at.timestamp()
    os.utime(default_storage.path(name), (stamp, stamp))


def attach(office: Office, number: str) -> Contract:
    paper = SimpleUploadedFile(f"{number}.pdf", b"%PDF-1.7")
    return record_contract(lead=office.lead(), by=office.olim, at=clock.now(), number=number, file=paper)


def leave_behind(office: Office) -> str:
    """A file whose deed was refused after it was written."""
    before = set(stored())
    with transaction.atomic():
        attach(office, "refused")
        transaction.set_rollback(True)
    [left] = set(stored()) - before
    return left


def test_what_a_refused_deed_left_is_swept_and_the_contracts_files_stay(office: Office) -> None:
    kept, left = attach(office, "kept"), leave_behind(office)
    long_ago = clock.now() - timedelta(days=400)
    for name in (kept.file.name, left):
        written(name, long_ago)
    assert sweep_files(before=clock.now() - timedelta(days=1)) == 1
    assert stored() == [kept.file.name]
    assert sweep_files(before=clock.now()) == 0


def test_the_sweep_spares_a_file_whose_deed_may_still_be_under_way(office: Office) -> None:
    left = leave_behind(office)
    written(left, clock.now() - timedelta(hours=20))
    sweep_contract_files()
    assert stored() == [left]
    written(left, clock.now() - timedelta(hours=25))
    sweep_contract_files()
    assert stored() == []


def test_files_of_other_folders_are_nobodys_business_here(office: Office) -> None:
    default_storage.save("imports/a.csv", SimpleUploadedFile("a.csv", b"x"))
    written("imports/a.csv", clock.now() - timedelta(days=400))
    sweep_contract_files()
    assert stored() == ["imports/a.csv"]
