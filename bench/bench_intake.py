"""How many leads a second come in through the one intake, with every rule, the audit and the log; COPY beside it."""

import time
from collections.abc import Iterable
from typing import Any

from django.db import connection

from accounts.models import Team, User
from accounts.roles import Role
from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft
from common import clock
from demo.scale import load
from leads.drafts import LeadDraft
from leads.services.intake import take_in

LEADS, BATCH = 10_000, 500


def run() -> Iterable[dict[str, Any]]:
    team = Team.objects.create(name="Bench")
    user = User.objects.create_user("bench@bank.test", None, name="Bench", role=Role.PRODUCT_OWNER, team=team)
    started = time.perf_counter()
    for first in range(0, LEADS, BATCH):
        drafts = [_draft(number, user) for number in range(first, first + BATCH)]
        take_in(drafts=drafts, by=user, at=clock.now(), origin="import")
    ours = time.perf_counter() - started
    bare = _copy()
    yield {"figure": "intake", "leads": LEADS, "seconds": round(ours, 2), "per_second": round(LEADS / ours)}
    yield {"figure": "bare_copy", "rows": LEADS, "seconds": round(bare, 2), "times_faster": round(ours / bare, 1)}
    load.reset()


def _draft(number: int, user: User) -> LeadDraft:
    contact = ContactDraft("phone", f"+99890{number:07d}")
    party = PartyDraft(kind="agent", name=f"Агент {number}", contacts=(contact,))
    return LeadDraft(kind="agent", party=party, owner=user)


def _copy() -> float:
    """The same facts into one table without an index, as the floor under any answer."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bare (name text, phone text, stage text, at timestamptz)")
        started = time.perf_counter()
        with cursor.copy("COPY bare FROM STDIN") as copy:
            for number in range(LEADS):
                copy.write_row((f"Агент {number}", f"+99890{number:07d}", "contact", clock.now()))
        return time.perf_counter() - started
