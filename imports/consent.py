"""A file under which very many leads change hands is loaded once a second person has agreed."""

import hashlib
import json
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from approvals.access import is_needed
from approvals.choices import Deed
from approvals.services import demand
from approvals.subject import Mass
from imports.models import Import, ImportState
from imports.services import start_check, start_loading

UNCHECKED = frozenset({ImportState.UPLOADED, ImportState.STOPPED, ImportState.FAILED})


def press_load(*, run: Import, by: User, at: datetime, accept_good: bool) -> Import:
    """``start_loading`` as a person presses it. Raises SecondPersonNeeded besides.

    Only the check tells how many leads would change hands, so that a large file that was not checked to its end is
    checked first. A load that has begun goes on: it was asked about then.
    """
    if is_needed(run.total):
        if run.state == ImportState.CHECKED:
            demand(what=handing_over(run), by=by, at=at)
        elif run.state in UNCHECKED and not run.rows.filter(lead__isnull=False).exists():
            return start_check(run=run, by=by, at=at)
    return start_loading(run=run, by=by, at=at, accept_good=accept_good)


def handing_over(run: Import) -> Mass:
    """How many leads the check found to change hands. Other columns, or another fixed owner, are another matter."""
    count = run.rows.filter(before__has_key="owner").count()
    meant = hashlib.sha256(json.dumps(run.mapping, sort_keys=True).encode()).hexdigest()
    conditions = {"import": [str(run.pk)], "mapping": [meant]}
    return Mass.of(Deed.LOAD, conditions, count, [(_("Файл"), run.file_name)])
