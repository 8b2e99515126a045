"""Forty marks and more, each in another place: all are given out, and all are gone. What is counted stays."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import TestCase

from backlog.models import Finding
from common import clock
from common.errors import Invalid, NotAllowed
from funnel.rollups import refresh
from jobs.models import Job
from leads.models import Contract, Lead, Note
from privacy import archives, wiping
from privacy.models import Erasure
from privacy.services import erasing, exporting, holds
from tests.office import Office
from tests.privacy import planting, scanning
from tests.privacy.planting import Planted

pytestmark = pytest.mark.django_db


@pytest.fixture
def planted(office: Office, erasures: Path) -> Planted:
    return planting.plant(office)


@pytest.fixture(autouse=True)
def erasures(tmp_path: Path, settings: Any) -> Path:
    """A list and a folder of files of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ERASURES_LIST = str(tmp_path / "erasures.txt")
    return Path(settings.ERASURES_LIST)


def confirmed(planted: Planted) -> Erasure:
    erasure = erasing.ask(party=planted.party, by=planted.office.adiba, at=clock.now(), basis="request", letter="№ 5")
    return erasing.confirm(erasure=erasure, by=planted.office.adiba, at=clock.now())


def erase(planted: Planted) -> Erasure:
    """What waits for the commit is done here, at the end."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        return erasing.carry_out(confirmed(planted))


def left(planted: Planted) -> list[str]:
    marks = list(planted.marks.values())
    return [*scanning.in_database(marks), *scanning.in_files(marks), *scanning.in_redis(marks)]


def figures() -> dict[str, Any]:
    """All that is counted of the funnel, and the log without its words."""
    refresh(at=clock.now())
    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        for table in scanning.tables():
            if table.startswith("funnel_") and table.endswith("cell"):
                cursor.execute(
                    f"SELECT md5(coalesce(string_agg(t::text, ';' ORDER BY t::text), '')) FROM \"{table}\" t"
                )
                found[table] = cursor.fetchone()[0]
        cursor.execute("SELECT lead_id, event, stage_id, at, owner_id, segment_id FROM funnel_stageentry ORDER BY id")
        found["log"] = cursor.fetchall()
    found["leads"] = list(Lead.objects.order_by("pk").values_list("pk", "outcome", "amount", "stage_id"))
    return found | {"contracts": list(Contract.objects.values_list("number", "signed_on"))}


def test_every_mark_stands_in_the_base_and_is_given_out(planted: Planted) -> None:
    marks = planted.marks
    assert len(marks) >= 40
    seen = {line.split(": ")[1] for line in [*scanning.in_database(marks.values()), *scanning.in_files(marks.values())]}
    assert [place for place, mark in marks.items() if mark not in seen] == []
    archive = archives.make(planted.party).content
    told = planting.unpacked(archive)
    assert [place for place, mark in marks.items() if mark not in told] == []
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        paper = pypdf.PdfReader(io.BytesIO(files.read("report.pdf")))
        text = "".join(page.extract_text() for page in paper.pages)
    assert f"Персональные данные: Аброр {marks['name']}" in text
    assert marks["quotes"] in text


def test_every_mark_is_gone_and_what_is_counted_stays(planted: Planted) -> None:
    before = figures()
    erased = erase(planted)
    assert left(planted) == []
    assert figures() == before
    assert (erased.state, erased.act[:4]) == ("done", b"%PDF")
    assert {line["step"]: line["rows"] for line in erased.extract[1:]}["table:leads.Note"] == 1
    # Other people's texts lose his number and nothing else; other people's rows of the same file stay whole.
    assert "соседнее слово цело" in Note.objects.get(text__contains="Просил звонить").text
    assert Finding.objects.get().claim == "Пишите [удалено]"
    assert scanning.in_files(["901111111"]) != []


def test_a_killed_erasure_goes_on_where_it_stood(planted: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, seen = wiping.wipe, []

    def killed(holds_: Any, *rest: Any) -> int:
        seen.append(holds_)
        if len(seen) == 9:
            raise SystemExit
        return whole(holds_, *rest)

    erasure = confirmed(planted)
    monkeypatch.setattr(wiping, "wipe", killed)
    with TestCase.captureOnCommitCallbacks(execute=True):
        with pytest.raises(SystemExit):
            erasing.carry_out(erasure)
        done = len(Erasure.objects.get().done)
        assert done > 8
        erasing.carry_out(Erasure.objects.get())
    assert len(seen) == 9 + (len(Erasure.objects.get().done) - done)
    assert left(planted) == []


def test_a_restored_copy_loses_whom_the_list_names(planted: Planted, erasures: Path) -> None:
    """The copy is older than the erasure: it knows the person, and of the erasure nothing."""
    erasures.write_text(f"{planted.party.pk}\n")
    out = io.StringIO()
    with TestCase.captureOnCommitCallbacks(execute=True):
        call_command("reapply_erasures", stdout=out)
    assert out.getvalue().startswith("Erased again: 1 people")
    assert left(planted) == []
    call_command("reapply_erasures", stdout=out)


def test_an_erasure_adds_to_the_list_that_a_restore_reads(planted: Planted, erasures: Path) -> None:
    erasures.write_text(f"{planted.lead.pk}\n")
    erase(planted)
    assert erasures.read_text().split() == [str(planted.lead.pk), str(planted.party.pk)]


def test_a_legal_hold_stops_an_erasure_before_and_under_way(planted: Planted) -> None:
    hold = holds.put(party=planted.party, by=planted.office.adiba, reason="Спор")
    with pytest.raises(holds.Held):
        confirmed(planted)
    holds.lift(hold=hold, by=planted.office.adiba, at=clock.now())
    erasure = confirmed(planted)
    holds.put(party=planted.party, by=planted.office.adiba, reason="Запрос суда")
    with pytest.raises(holds.Held):
        erasing.carry_out(erasure)
    assert planted.marks["note"] in Note.objects.values_list("text", flat=True)


def test_nobody_with_an_open_lead_is_erased(office: Office) -> None:
    erasure = erasing.ask(party=office.lead().party, by=office.adiba, at=clock.now(), basis="request")
    with pytest.raises(Invalid, match="закройте его лиды"):
        erasing.confirm(erasure=erasure, by=office.adiba, at=clock.now())


def test_only_an_administrator_erases(office: Office) -> None:
    party = office.lead().party
    for user in (office.olim, office.nodira, office.aziz):
        with pytest.raises(NotAllowed):
            erasing.ask(party=party, by=user, at=clock.now(), basis="request")


def test_a_request_repeated_is_one_request_and_one_job(planted: Planted) -> None:
    first, second = confirmed(planted), confirmed(planted)
    assert first.pk == second.pk
    assert Job.objects.filter(kind=erasing.JOB).count() == 1
    done = erase(planted)
    assert erasing.carry_out(done).act == done.act


def test_a_shared_phone_is_left_to_the_other_who_has_it(planted: Planted) -> None:
    other = planted.office.lead(planted.office.oksana)
    other.party.contacts.create(type="phone", value=planting.SECOND, key=planting.SECOND)
    erase(planted)
    assert other.party.contacts.filter(key=planting.SECOND).exists()
    assert Finding.objects.get().claim.endswith(planting.SECOND)


def test_the_command_writes_the_archive(planted: Planted, tmp_path: Path) -> None:
    target = tmp_path / "out.zip"
    call_command("subject_export", str(planted.lead.pk), str(target), stdout=io.StringIO())
    assert planted.marks["quotes"] in planting.unpacked(target.read_bytes())
    assert target.stat().st_mode & 0o077 == 0


def test_an_archive_is_handed_out_for_a_day(planted: Planted) -> None:
    export = exporting.ask(party=planted.party, by=planted.office.adiba, at=clock.now())
    exporting.fill(export=export, at=clock.now())
    assert exporting.download(export=export, by=planted.office.adiba, at=clock.now())[:2] == b"PK"
    assert exporting.sweep(at=clock.now() + timedelta(hours=25)) == 1
    export.refresh_from_db()
    assert bytes(export.archive) == b""
