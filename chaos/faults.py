"""The faults: how each strikes, how long it holds, how it is lifted. Each touches processes of the run's own system."""

import random
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psycopg
import redis

from chaos import anatomy
from chaos.system import System

KILL, STOP, CONTINUE = signal.SIGKILL, signal.SIGSTOP, signal.SIGCONT
TERM_GRACE = 10.0
"""A deploy asks, and kills what has not left by then."""
Strike = Callable[[System, float], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """``group`` is what it strikes; ``holds`` from how many to how many seconds it lasts."""

    name: str
    group: str
    strike: Strike
    holds: tuple[float, float] = (0.0, 0.0)

    @property
    def takes_database(self) -> bool:
        return self.group == "postgres"


def _head(system: System, role: str) -> int:
    """Whoever is just being started again is waited for."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if (pid := system.head(role)) is not None:
            return pid
        time.sleep(0.1)
    raise TimeoutError(f"no {role} to strike")


def _child(system: System, role: str) -> list[int]:
    for _try in range(200):
        if found := anatomy.children_of(_head(system, role)):
            return found[-1:]
        time.sleep(0.1)
    raise TimeoutError(f"no child of {role} to strike")


def kill(role: str) -> Strike:
    return lambda system, _hold: anatomy.send([_head(system, role)], KILL)


def kill_child(role: str) -> Strike:
    return lambda system, _hold: anatomy.send(_child(system, role), KILL)


def freeze(role: str, *, child: bool = False) -> Strike:
    """The whole of it, or one of its children: it stands with its connections and locks, and says nothing."""

    def strike(system: System, hold: float) -> None:
        struck = _child(system, role) if child else anatomy.whole(_head(system, role))
        anatomy.send(struck, STOP)
        try:
            time.sleep(hold)
        finally:
            anatomy.send(struck, CONTINUE)

    return strike


def deploy(role: str) -> Strike:
    """SIGTERM, and SIGKILL to whatever has not left in ten seconds."""

    def strike(system: System, _hold: float) -> None:
        pid = _head(system, role)
        struck = anatomy.whole(pid)
        anatomy.send([pid], signal.SIGTERM)
        deadline = time.monotonic() + TERM_GRACE
        while time.monotonic() < deadline and system.head(role) == pid:
            time.sleep(0.1)
        if system.head(role) == pid:
            anatomy.send(struck, KILL)

    return strike


def flush(system: System, _hold: float) -> None:
    client = redis.Redis.from_url(system.redis_url, socket_timeout=5)
    client.flushall()
    client.close()


def immediate_stop(system: System, _hold: float) -> None:
    """What ``pg_ctl stop -m immediate`` sends: no checkpoint, the next start recovers from the log."""
    anatomy.send([_head(system, "postgres")], signal.SIGQUIT)


def terminate_all(system: System, hold: float) -> None:
    """Every second anew, for as long as it holds."""
    end = time.monotonic() + hold
    while time.monotonic() < end:
        with suppress(psycopg.Error), system.connect() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE usename = current_user AND pid <> pg_backend_pid()"
            )
        time.sleep(1)


FAULTS = (
    Fault("web process killed", "web", kill_child("web")),
    Fault("web server killed", "web", kill("web")),
    Fault("web process frozen", "web", freeze("web", child=True), (3, 8)),
    Fault("web server deployed", "web", deploy("web")),
    Fault("worker's child killed", "worker", kill_child("worker")),
    Fault("worker killed", "worker", kill("worker")),
    Fault("worker frozen", "worker", freeze("worker"), (5, 20)),
    Fault("worker deployed", "worker", deploy("worker")),
    Fault("relay killed", "relay", kill("relay")),
    Fault("relay frozen", "relay", freeze("relay"), (5, 20)),
    Fault("beat killed", "beat", kill("beat")),
    Fault("Redis killed", "redis", kill("redis")),
    Fault("Redis emptied", "redis", flush),
    Fault("Redis frozen", "redis", freeze("redis"), (5, 20)),
    Fault("PostgreSQL stopped at once", "postgres", immediate_stop),
    Fault("PostgreSQL killed", "postgres", kill("postgres")),
    Fault("PostgreSQL frozen", "postgres", freeze("postgres"), (5, 30)),
    Fault("PostgreSQL connections ended", "postgres", terminate_all, (3, 8)),
)
# What a short run must not miss comes first in each round.
ORDER = ("postgres", "worker", "redis", "web", "relay", "beat")


def plan(rng: random.Random) -> Sequence[Fault]:
    """One round: every fault once, one of each group in turn."""
    groups = {name: [fault for fault in FAULTS if fault.group == name] for name in ORDER}
    for faults in groups.values():
        rng.shuffle(faults)
    turns = max(len(faults) for faults in groups.values())
    return [faults[turn] for turn in range(turns) for faults in groups.values() if turn < len(faults)]
