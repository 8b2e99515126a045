"""The guards of files, each taken away: what it kept out comes in."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile

from common import archives
from common.archives import BadArchive, Limits, look_into
from common.errors import Invalid
from imports import reading
from leads.services import contract_files
from tests.imports.bad_files import crafted

MOST = Limits(entries=50, unpacked=4 * crafted.MEGABYTE)
TABLE = "Код,Имя\nA-1,Олим Р.\n".encode()
PICTURE = b"%PDF-1.7," + TABLE
PAGE = b"<script>fetch('/leads/export/')</script>"


def one_of(name: str) -> Callable[[], bytes]:
    return lambda: crafted.packed({name: "x"})


ARCHIVES = {
    "a link": (lambda: crafted.linked("/etc/passwd"), "unsafe_name", "_check_entry"),
    "an entry that climbs out": (one_of("../../x"), "unsafe_name", "_check_entry"),
    "an entry of the root": (one_of("/etc/cron.d/x"), "unsafe_name", "_check_entry"),
    "a lie about the size": (lambda: crafted.lying(8 * crafted.MEGABYTE, 1000), "lying", "_unpack_and_forget"),
    "a list that is the attack": (lambda: crafted.many_entries(2000), "too_many", "_directory_size"),
}


@pytest.mark.parametrize("case", ARCHIVES)
def test_without_its_guard_a_bad_archive_is_let_through(monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    make, reason, guard = ARCHIVES[case]
    with pytest.raises(BadArchive) as refused:
        look_into(io.BytesIO(make()), MOST)
    assert refused.value.reason == reason
    monkeypatch.setattr(archives, guard, lambda *_: 0)
    if guard == "_directory_size":  # the list is read then, all of it, and only afterwards found too long
        monkeypatch.setattr(zipfile.ZipFile, "infolist", lambda _self: [])
    look_into(io.BytesIO(make()), MOST)


def test_without_a_look_at_the_whole_size_a_bomb_is_let_through() -> None:
    bomb = crafted.bomb(3 * crafted.MEGABYTE, ["a", "b"])
    with pytest.raises(BadArchive, match="too_large"):
        look_into(io.BytesIO(bomb), MOST)
    look_into(io.BytesIO(bomb), Limits(entries=MOST.entries, unpacked=400 * crafted.MEGABYTE))


def test_without_a_look_at_its_first_bytes_a_picture_is_read_as_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Invalid, match="не таблица"):
        reading.look_at("leads.csv", io.BytesIO(PICTURE))
    monkeypatch.setattr(reading, "OTHER_KINDS", ())
    assert reading.look_at("leads.csv", io.BytesIO(PICTURE)).total == 1


def test_without_a_look_at_its_ending_what_is_no_workbook_is_taken_by_its_name() -> None:
    """The control is the same file under a name that promises less."""
    with pytest.raises(Invalid, match="Это не файл Excel"):
        reading.look_at("leads.xlsx", io.BytesIO(TABLE))
    assert reading.look_at("leads.csv", io.BytesIO(TABLE)).total == 1


@pytest.mark.parametrize("ending", sorted(contract_files.FILE_TYPES))
def test_without_a_look_at_its_first_bytes_a_page_is_taken_as_a_contract(
    monkeypatch: pytest.MonkeyPatch, settings: Any, ending: str
) -> None:
    settings.UPLOAD_SCANNER = ""
    with pytest.raises(Invalid):
        contract_files.check_file(ContentFile(PAGE, name=f"contract{ending}"))
    monkeypatch.setattr(contract_files, "FILE_TYPES", dict.fromkeys(contract_files.FILE_TYPES, b""))
    monkeypatch.setattr(contract_files, "_check_packed", lambda *_: None)
    contract_files.check_file(ContentFile(PAGE, name=f"contract{ending}"))


def test_a_program_named_otherwise_than_it_is_and_one_named_as_it_is_are_no_contract(settings: Any) -> None:
    settings.UPLOAD_SCANNER = ""
    for name, content in (("a.exe", b"MZ"), ("a.pdf.exe", b"%PDF-1.7"), ("a", b"%PDF-1.7"), ("a.html", PAGE)):
        with pytest.raises(Invalid):
            contract_files.check_file(ContentFile(content, name=name))
