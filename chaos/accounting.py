"""Counting again: what was acknowledged against what is there. Nothing here asks a system; lists in, findings out."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chaos.journal import ACK, UNKNOWN, Entry

Place = tuple[str, str]
"""Noun and key of one written thing."""
STEP, OVERDUE = "step_due", "overdue"
AHEAD_SECONDS = 15 * 60
"""How long before a step its first reminder rings (``notifications.chains``)."""


def digest_of(**values: object) -> str:
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Found:
    """A row of the database: its id and the digest of the values that were written."""

    id: str
    digest: str


@dataclass(slots=True)
class Fate:
    """What the journal knows of one thing. ``open`` are digests whose writing was cut off and never resolved."""

    acked: list[str] = field(default_factory=list)
    id: str = ""
    open: set[str] = field(default_factory=set)
    step_at: float | None = None


@dataclass(slots=True)
class Account:
    """Findings by name; each is a line for the report. Empty lists mean that the promise was kept."""

    acknowledged: int = 0
    unknown: int = 0
    things: int = 0
    lost: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    phantoms: list[str] = field(default_factory=list)
    audit: list[str] = field(default_factory=list)


def fates_of(entries: Iterable[Entry]) -> tuple[dict[Place, Fate], Account]:
    """The fate of every thing, and how many acknowledgements and unknown outcomes the journal holds."""
    fates: dict[Place, Fate] = {}
    account = Account()
    for entry in entries:
        for row in entry.rows:
            fate = fates.setdefault((entry.noun, row.key), Fate())
            if entry.said == ACK:
                account.acknowledged += 1
                fate.acked.append(row.digest)
                fate.id, fate.step_at = row.id or fate.id, row.step_at or fate.step_at
                fate.open.clear()
            elif entry.said == UNKNOWN:
                account.unknown += 1
                fate.open.add(row.digest)
    account.things = len(fates)
    return fates, account


def compare(fates: Mapping[Place, Fate], found: Mapping[Place, Sequence[Found]], account: Account) -> None:
    """Lost, changed, doubled; there without a journal's word; there though never acknowledged."""
    for place, fate in fates.items():
        rows = found.get(place, ())
        if len(rows) > 1:
            account.doubled.append(f"{_name(place)}: {len(rows)} times")
        elif rows:
            _judge(place, fate, rows[0], account)
        elif fate.acked:
            account.lost.append(_name(place))
    account.strays += [_name(place) for place in found if place not in fates]


def _judge(place: Place, fate: Fate, row: Found, account: Account) -> None:
    if not fate.acked:
        known = row.digest in fate.open
        (account.phantoms if known else account.strays).append(_name(place))
    elif row.digest not in {fate.acked[-1], *fate.open} or fate.id not in {"", row.id}:
        account.changed.append(_name(place))


def check_audit(fates: Mapping[Place, Fate], events: Mapping[Place, Sequence[str]], account: Account) -> None:
    """One event for each acknowledged change: ``events`` are the digests of a thing in the order of its history."""
    for place, fate in fates.items():
        seen = list(events.get(place, ()))
        wrong = [digest for digest in set(fate.acked) if seen.count(digest) != 1]
        if wrong:
            account.audit.append(f"{_name(place)}: {len(wrong)} of {len(fate.acked)} changes not once in the history")


@dataclass(slots=True)
class Rings:
    """Reminders in the browser and outside. ``repeated`` came more than once under their one id, as is allowed."""

    due: int = 0
    missing: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    many_ids: list[str] = field(default_factory=list)
    repeated: int = 0


def expected_rings(fates: Mapping[Place, Fate], until: float) -> set[Place]:
    """Kind and key of every reminder that was due by then: ahead of the step, and at it."""
    due: set[Place] = set()
    for (noun, key), fate in fates.items():
        if noun == "lead" and fate.acked and fate.step_at is not None:
            due |= {(STEP, key)} if fate.step_at - AHEAD_SECONDS <= until else set()
            due |= {(OVERDUE, key)} if fate.step_at <= until else set()
    return due


def check_rings(
    due: Iterable[Place], lines: Mapping[Place, Sequence[str]], heard: Mapping[str, Sequence[str]], plain: set[str]
) -> Rings:
    """``lines`` are the notices of each reminder, ``heard`` the outside ids under which each notice came.

    Notices in ``plain`` go by a way that knows no ids: there it is enough that they came.
    """
    rings = Rings()
    for place in due:
        rings.due += 1
        notices = lines.get(place, ())
        if len(notices) != 1:
            (rings.doubled if notices else rings.missing).append(_name(place))
            continue
        ids = heard.get(notices[0], ())
        if not ids:
            rings.silent.append(_name(place))
        elif len(set(ids)) > 1 and notices[0] not in plain:
            rings.many_ids.append(_name(place))
        rings.repeated += len(ids) > 1
    return rings


def _name(place: Place) -> str:
    return " ".join(place)
