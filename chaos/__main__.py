"""`python -m chaos --minutes 3 --seed 7`: the whole system under load and faults, then the account.

Prints the report; leaves with 1 when a promise is broken, with 2 when the run itself could not be made.
"""

import argparse
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from chaos import accounting, evidence, faults, journal, watching
from chaos.api_writers import ApiWriter, BulkWriter
from chaos.caller import Caller, Tally
from chaos.page_writers import PageWriter
from chaos.report import Run, markdown
from chaos.stubs import Outside, outside
from chaos.system import ROOT, System, SystemFailed, running
from chaos.watching import Struck
from chaos.writing import BREAK_ACKS, BREAK_KEYS, Bench, Pool, Writer

PEOPLE, PAGES, APIS, BULKS = 16, 3, 2, 1
GRACE_SECONDS = 10.0
SETTLE_SECONDS = 900.0


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    place = Path(tempfile.mkdtemp(prefix="salescrm-chaos-"))
    # The account that services run under must get through.
    place.chmod(0o711)
    if options.template:
        subprocess.run(["cp", "-a", f"{options.template}/.", str(place)], check=True)
    try:
        with outside() as world, running(place, world, PEOPLE) as system:
            run = _run(system, world, options)
    except SystemFailed as failure:
        print(failure, file=sys.stderr)
        return 2
    finally:
        _keep_logs(place, options.keep)
        shutil.rmtree(place, ignore_errors=True)
    text = markdown(run)
    print(text, flush=True)
    if options.out:
        Path(options.out).write_text(text, encoding="utf-8")
    return 0 if run.holds else 1


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--rate", type=float, default=60.0, help="rows a second by batches")
    parser.add_argument("--reminders", type=float, default=4.8, help="new leads with a step a second")
    parser.add_argument("--out", default="", help="write the report there too")
    parser.add_argument("--keep", default="", help="copy the system's logs and the journal into this folder")
    parser.add_argument(
        "--template", default="", help="start from a copy of this data directory: migrations take a while"
    )
    parser.add_argument("--break", dest="breaks", default="", choices=["", BREAK_ACKS, BREAK_KEYS],
                        help="a writer without its guard: the account must find it")  # fmt: skip
    return parser.parse_args(arguments)


def _run(system: System, world: Outside, options: argparse.Namespace) -> Run:
    run = Run(options.seed, options.minutes, _commit(), _machine(), system.settings())
    book = journal.Journal(system.place / "journal.jsonl")
    tally, ends_at = Tally(), time.time() + options.minutes * 60
    people = system.told["people"]
    bench = Bench(book, Pool(), people, people[:PAGES], ends_at, options.seed, breaks=options.breaks)
    writers = _writers(system, bench, tally, options)
    for writer in writers:
        writer.start()
    run.struck = _storm(system, tally, ends_at, random.Random(options.seed))
    bench.stop.set()
    for writer in writers:
        writer.join(bench.patience + 60)
    cutoff = time.time()
    run.settled = evidence.settle(system, SETTLE_SECONDS)
    book.close()
    run.seen = tally.seen
    errors = [
        writer.error or f"{writer.name} never came back" for writer in writers if writer.error or writer.is_alive()
    ]
    _count(run, system, world, cutoff)
    run.broken["writers came to their end"] = errors
    run.broken["nobody signed out"] = tally.signed_out
    return run


def _writers(system: System, bench: Bench, tally: Tally, options: argparse.Namespace) -> list[Writer]:
    token = {"Authorization": f"Bearer {system.told['token']}"}
    host, port = "127.0.0.1", system.port
    api = lambda: Caller(host, port, "api", tally, dict(token))  # noqa: E731
    page = lambda: Caller(host, port, "page", tally)  # noqa: E731
    rates = options.rate / BULKS, options.reminders / BULKS
    return [
        *(ApiWriter(f"api{n}", bench, api(), n) for n in range(APIS)),
        *(BulkWriter(f"bulk{n}", bench, api(), APIS + n, *rates) for n in range(BULKS)),
        *(PageWriter(f"page{n}", bench, page(), person) for n, person in enumerate(bench.at_pages)),
    ]


def _storm(system: System, tally: Tally, ends_at: float, rng: random.Random) -> list[Struck]:
    """Fault after fault, each once the one before is over, spread so that a short run meets every part."""
    struck: list[Struck] = []
    minutes = (ends_at - time.time()) / 60
    pause = min(60.0, max(4.0, minutes * 1.2))
    _sleep(rng.uniform(5, 8), ends_at)
    while time.time() < ends_at:
        for fault in faults.plan(rng):
            if time.time() >= ends_at:
                break
            hold = rng.uniform(*fault.holds)
            struck.append(watching.strike(system, tally, fault, hold))
            _say(struck)
            _sleep(rng.uniform(pause / 2, pause), ends_at)
    return struck


def _sleep(seconds: float, ends_at: float) -> None:
    time.sleep(max(0.0, min(seconds, ends_at - time.time())))


def _say(struck: list[Struck]) -> None:
    one = struck[-1]
    print(f"{len(struck):3} {one.fault.name}: requests {one.requests}, jobs {one.jobs}", file=sys.stderr, flush=True)


def _count(run: Run, system: System, world: Outside, cutoff: float) -> None:
    fates, account = accounting.fates_of(journal.read(system.place / "journal.jsonl"))
    there = evidence.read(system)
    accounting.compare(fates, there.found, account)
    accounting.check_audit(fates, there.events, account)
    with world.lock:
        heard, plain, hooks = dict(world.heard), set(world.plain), world.hooks.copy()
    rings = accounting.check_rings(accounting.expected_rings(fates, cutoff - GRACE_SECONDS), there.lines, heard, plain)
    run.account, run.rings, run.jobs = account, rings, there.jobs
    run.hooks, run.hooks_again = len(hooks), sum(times > 1 for times in hooks.values())
    run.broken |= {
        "nothing acknowledged is lost": account.lost,
        "nothing acknowledged is changed": account.changed,
        "nothing is doubled": account.doubled,
        "nothing is there that nobody wrote": account.strays,
        "every acknowledged change stands once in the history": account.audit,
        "each reminder is one line in the browser": rings.missing + rings.doubled,
        "each reminder has one id outside": rings.silent + rings.many_ids,
        "each event came to the receiver": sorted(there.hooks ^ set(hooks)),
        "no job gave up": ["dead jobs"] * there.dead,
        "no 5xx but 503 with Retry-After while PostgreSQL is away": watching.wrong_answers(run.seen, run.struck),
        "all goes on in time, without an operator": watching.slow_recoveries(run.struck),
    }


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"], cwd=ROOT, check=False, text=True, capture_output=True
    )
    return done.stdout.strip() or "unknown"


def _machine() -> str:
    return f"{platform.system()} {platform.machine()}, {_cores()} cores, Python {platform.python_version()}"


def _cores() -> int:
    return os.cpu_count() or 1


def _keep_logs(place: Path, folder: str) -> None:
    if folder:
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        for path in (*(place / "logs").glob("*.log*"), place / "up.log", place / "journal.jsonl"):
            if path.exists():
                shutil.copy(path, target / path.name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
