"""The account in Markdown, and whether every promise was kept."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from chaos.accounting import Account, Rings
from chaos.caller import Seen
from chaos.watching import JOBS_LIMIT, REQUESTS_LIMIT, START_LIMIT, Struck

SHOWN = 5


@dataclass
class Run:
    """All that a run has to tell. ``broken`` is what breaks a promise, by name."""

    seed: int
    minutes: float
    commit: str
    machine: str
    settings: dict[str, str]
    struck: Sequence[Struck] = ()
    seen: Sequence[Seen] = ()
    account: Account = field(default_factory=Account)
    rings: Rings = field(default_factory=Rings)
    jobs: int = 0
    hooks: int = 0
    hooks_again: int = 0
    settled: float = 0.0
    broken: dict[str, list[str]] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return not any(self.broken.values())


def markdown(run: Run) -> str:
    parts = [_head(run), _figures(run), _promises(run), _faults(run.struck)]
    return "\n".join(parts)


def _head(run: Run) -> str:
    return (
        f"# {'Every promise kept' if run.holds else 'A PROMISE IS BROKEN'}\n\n"
        f'`make chaos ARGS="--minutes {run.minutes:g} --seed {run.seed}"` at commit {run.commit} on {run.machine}.\n'
        f"PostgreSQL {run.settings['server_version']}, "
        + ", ".join(f"{name}={value}" for name, value in run.settings.items() if name != "server_version")
        + ".\n"
    )


def _figures(run: Run) -> str:
    statuses = Counter(str(one.status or "no answer") for one in run.seen)
    account, rings = run.account, run.rings
    rows = [
        ("faults", len(run.struck)),
        ("acknowledged writes", account.acknowledged),
        ("things written", account.things),
        ("attempts whose outcome was unknown at first", account.unknown),
        ("lost", len(account.lost)),
        ("changed", len(account.changed)),
        ("doubled", len(account.doubled)),
        ("there without any word of it", len(account.strays)),
        ("there, never acknowledged, known by their key", len(account.phantoms)),
        ("acknowledged changes not exactly once in the history", len(account.audit)),
        ("reminders that were due", rings.due),
        ("of these not exactly one line in the browser", len(rings.missing) + len(rings.doubled)),
        ("of these not exactly one id outside", len(rings.silent) + len(rings.many_ids)),
        ("of these sent again under the same id", rings.repeated),
        ("events at the webhook's receiver", run.hooks),
        ("of these delivered again under the same id", run.hooks_again),
        ("jobs done", run.jobs),
        ("seconds until nothing due was left, after the last fault", round(run.settled)),
        *((f"answers: {status}", count) for status, count in sorted(statuses.items())),
    ]
    lines = [f"| {name} | " + f"{count:,}".replace(",", " ") + " |" for name, count in rows]
    return "\n".join(["| figure | |", "| --- | ---: |", *lines, ""])


def _promises(run: Run) -> str:
    lines = ["## Promises", ""]
    for name, found in run.broken.items():
        lines.append(f"- {name}: {'kept' if not found else f'BROKEN, {len(found)} times'}")
        lines += [f"  - {text}" + (f" (×{times})" if times > 1 else "") for text, times in _most(found)]
    return "\n".join([*lines, ""])


def _most(found: Sequence[str]) -> list[tuple[str, int]]:
    return Counter(found).most_common(SHOWN)


def _faults(struck: Sequence[Struck]) -> str:
    lines = [
        "## Faults",
        "",
        "«Requests» and «jobs»: seconds until both faces answered again and until jobs were done again (those that the",
        "struck worker held among them), counted from the end of the fault, for PostgreSQL from its first answer.",
        f"In time: requests within {REQUESTS_LIMIT:.0f} s ({START_LIMIT:.0f} s where a web server starts anew), jobs",
        f"within {JOBS_LIMIT:.0f} s.",
        "",
        "| # | second | fault | lasted | database back | requests | jobs |",
        "| ---: | ---: | --- | ---: | ---: | ---: | ---: |",
    ]
    for number, one in enumerate(struck, 1):
        began, lasted = one.at - struck[0].at, one.lifted - one.at
        back = f"{one.back - one.lifted:.1f}" if one.fault.takes_database else ""
        times = [_seconds(one.requests), _seconds(one.jobs)]
        lines.append(f"| {number} | {began:.0f} | {one.fault.name} | {lasted:.1f} | {back} | {times[0]} | {times[1]} |")
    return "\n".join([*lines, ""])


def _seconds(took: float | None) -> str:
    return "never" if took is None else f"{took:.1f}"
