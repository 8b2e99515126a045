"""The list of erasures outside the database: a restored copy is older than they are, and must not bring anybody back.

Ids only, one a line. It stands beside the database's own directory (``ERASURES_LIST``), goes into no backup's dump, and
is read by ``manage.py reapply_erasures`` together with what the restored database itself remembers.
"""

from pathlib import Path
from uuid import UUID

from django.conf import settings

from agents.models import Party
from common.files import replaced
from privacy.choices import ErasureState
from privacy.models import Erasure


def listed(path: Path | None = None) -> list[UUID]:
    """Who was erased, by the list and by the database, oldest first."""
    known = dict.fromkeys(_in_file(path or place()))
    known |= dict.fromkeys(_in_database())
    return list(known)


def write_list() -> None:
    """Replace the list by one that has everybody in it: a line lost to a crash is there after the next erasure."""
    target = place()
    target.parent.mkdir(parents=True, exist_ok=True)
    replaced(target, "".join(f"{party_id}\n" for party_id in listed()))


def place() -> Path:
    return Path(settings.ERASURES_LIST)


def to_erase_again(path: Path | None = None) -> list[UUID]:
    """Those of the list whom this database knows."""
    ids = listed(path)
    known = set(Party.objects.filter(pk__in=ids).values_list("pk", flat=True))
    return [party_id for party_id in ids if party_id in known]


def _in_file(path: Path) -> list[UUID]:
    return [UUID(line) for line in path.read_text().split()] if path.exists() else []


def _in_database() -> list[UUID]:
    done = Erasure.objects.filter(state=ErasureState.DONE).order_by("number")
    return list(done.values_list("party_id", flat=True))
