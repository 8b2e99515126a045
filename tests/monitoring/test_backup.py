"""The drill: what is saved can be loaded into an empty database by the published commands, whole, or not at all.

Only the last test has the usual mark, which makes the test base where this file runs alone: the others open no
transaction, their source is what is committed in that base, and copies are databases beside it.
"""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client

from channels import quarantine
from channels.models import Stand
from common import clock
from monitoring import heartbeats
from monitoring.models import Heartbeat
from runner.backup import contents, loading
from runner.backup.database import Database
from tests.monitoring.copies import another_database, restore
from worktime.models import Holiday


@pytest.fixture(autouse=True)
def unlocked(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield
        quarantine._known = quarantine.State()


@pytest.fixture(scope="module")
def saved(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """One backup for all the tests; what was written for it is taken back."""
    folder = tmp_path_factory.mktemp("saved")
    storage = FileSystemStorage(folder / "media")
    storage.save("contracts/договор.pdf", ContentFile(b"%PDF-1.7 signed"))
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "MEDIA_ROOT", folder / "media")
        heartbeats.beat("web", at=clock.now(), detail="Зимородок")
        try:
            call_command("backup", str(folder / "backups"), stdout=StringIO(), stderr=StringIO())
            assert heartbeats.ages(at=clock.now())["backup"] is not None
        finally:
            Stand.objects.all().delete()
            Heartbeat.objects.all().delete()
    (made,) = (folder / "backups").iterdir()
    return made


@pytest.fixture
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def test_a_copy_is_equal_row_by_row_and_stays_silent(saved: Path, media: Path, tmp_path: Path, settings: Any) -> None:
    """Loaded a day later: what was written down of the audit meanwhile says nothing against it."""
    settings.AUDIT_ANCHOR = str(tmp_path / "anchor.txt")
    later = (clock.now() + timedelta(days=1)).isoformat()
    (tmp_path / "anchor.txt").write_text(f"7 {later} {'ab' * 32}\n", encoding="utf-8")
    holidays = set(Holiday.objects.values_list("pk", "name"))
    with another_database("drill"):
        said = restore(saved)
        assert "all digests are equal" in said
        assert set(Holiday.objects.values_list("pk", "name")) == holidays
        assert Heartbeat.objects.get(name="web").detail == "Зимородок"
        assert quarantine.state() == quarantine.State(quarantined=True, sealed=False)
        assert "Восстановленная копия" in Client().get("/login/").content.decode()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM accounts_session")
            assert cursor.fetchone() == (0,)
        with pytest.raises(CommandError, match="is not empty"):
            restore(saved)
    assert (media / "contracts/договор.pdf").read_bytes() == b"%PDF-1.7 signed"
    assert quarantine.state() == quarantine.State(), "the original speaks on"


def test_a_damaged_file_writes_nothing(saved: Path, media: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.crmbackup"
    content = bytearray(saved.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    with another_database("drill_damaged"):
        with pytest.raises(CommandError, match="Nothing was written"):
            restore(damaged)
        with Database.of_settings(connection.settings_dict).connect() as found:
            assert contents.is_empty(found)
    assert not media.exists()


def test_a_row_that_changed_on_the_way_is_named(saved: Path, media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the digests: one letter of one row, and the copy stays shut to everybody."""
    plain = loading.compare

    def tampered(**given: Any) -> int:
        with given["database"].connect() as found:
            found.execute("UPDATE monitoring_heartbeat SET detail = 'Зимородки' WHERE name = 'web'")
        return plain(**given)

    monkeypatch.setattr(loading, "compare", tampered)
    with another_database("drill_tampered"):
        with pytest.raises(CommandError, match=r"stays shut.*monitoring_heartbeat"):
            restore(saved)
        assert quarantine.look().sealed
        answer, call = Client().get("/login/"), Client().get("/api/v1/me/")
        assert (answer.status_code, call.status_code) == (503, 503)
        assert call["Content-Type"] == "application/problem+json"
        assert Client().get("/health/live/").status_code == 200


def test_somebody_who_is_connected_keeps_a_backup_from_being_loaded(saved: Path, media: Path) -> None:
    with another_database("drill_guests"):
        guest = Database.of_settings(connection.settings_dict).connect()
        try:
            with pytest.raises(CommandError, match="1 others are connected"):
                restore(saved)
        finally:
            guest.close()


def test_a_backup_of_a_newer_version_is_refused(saved: Path, media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitoring.management.commands.restore.unknown_migrations", lambda _applied: ["leads.9999"])
    with another_database("drill_newer"), pytest.raises(CommandError, match=r"Nothing was written.*newer version"):
        restore(saved)


def test_a_backup_that_fails_leaves_no_file(tmp_path: Path, media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: Any, **_kwargs: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Database, "dump", full)
    try:
        with pytest.raises(CommandError, match="disk full"):
            call_command("backup", str(tmp_path / "none"), stdout=StringIO())
    finally:
        Stand.objects.all().delete()
    assert list((tmp_path / "none").iterdir()) == []


@pytest.mark.django_db
def test_without_the_file_that_a_row_names_the_operator_is_told(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from monitoring import backups

    monkeypatch.setattr(backups, "_missing_of", lambda model, field: [f"{model._meta.db_table}.{field.column}: x"])
    assert any(line.startswith("leads_") for line in backups.missing_files())
