"""A backup's file tells by itself whether it is what was written. No database here."""

import os
from pathlib import Path
from typing import Any

import pytest

from runner.backup import archive


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of the same make, without a database: damages are the same."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / archive.DUMP).write_bytes(os.urandom(300_000))
    (folder / "a.pdf").write_bytes(b"one" * 5000)
    write(folder / "whole.crmbackup", folder, {archive.DUMP: archive.DUMP, "media/a.pdf": "a.pdf"})
    return folder / "whole.crmbackup"


def write(target: Path, folder: Path, files: dict[str, str], *, told: dict[str, Any] | None = None) -> None:
    with archive.writing(target) as writer:
        about = {name: vars(writer.add(name, folder / place)) for name, place in files.items()}
        writer.close({"format": archive.FORMAT, "files": about if told is None else told})


def test_a_whole_file_passes(whole: Path) -> None:
    assert set(archive.check(whole)["files"]) == {archive.DUMP, "media/a.pdf"}


@pytest.mark.parametrize("place", [0, 5, 700, 0.3, 0.6, 0.99, -1, -30, -200])
def test_one_flipped_byte_anywhere_is_found(whole: Path, tmp_path: Path, place: float) -> None:
    content = bytearray(whole.read_bytes())
    content[int(place * len(content)) if isinstance(place, float) else place] ^= 1
    damaged = tmp_path / "damaged.crmbackup"
    damaged.write_bytes(content)
    with pytest.raises(archive.Damaged):
        archive.check(damaged)


@pytest.mark.parametrize("kept", [0.0, 0.1, 0.5, 0.999])
def test_a_file_that_was_cut_off_is_found(whole: Path, tmp_path: Path, kept: float) -> None:
    damaged = tmp_path / "cut.crmbackup"
    damaged.write_bytes(whole.read_bytes()[: int(kept * whole.stat().st_size)])
    with pytest.raises(archive.Damaged):
        archive.check(damaged)


def test_a_file_without_what_its_manifest_names_is_found(whole: Path, tmp_path: Path) -> None:
    told = archive.check(whole)["files"]
    write(tmp_path / "less.crmbackup", whole.parent, {archive.DUMP: archive.DUMP}, told=told)
    with pytest.raises(archive.Damaged, match="is in its manifest and not in it"):
        archive.check(tmp_path / "less.crmbackup")
