"""What every writer shares: a thing is written until somebody says for sure what became of it."""

import itertools
import random
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from uuid import UUID

from chaos.caller import Answer, Caller
from chaos.journal import ACK, REFUSED, UNKNOWN, Journal, Row

PAUSE_SECONDS = 0.5
CUT_SHARE = 0.02
"""So many requests are hung up on by the writer itself: a torn cable is the fault that happens most."""
TORN_SHARE = 0.05
BREAK_ACKS, BREAK_KEYS = "acks", "keys"
_WORDS = ["агент", "осмотр", "залог", "рассрочка", "встреча", "оценка", "договор", "площадка", "продавец", "скидка"]


def spelled(number: int) -> str:
    """A number in letters: long digits are hidden from what leaves the house."""
    text = ""
    while True:
        text, number = chr(97 + number % 26) + text, number // 26
        if not number:
            return text.rjust(5, "a")


@dataclass
class Pool:
    """Leads that page writers may work with, by their owner; each is handed out once."""

    leads: dict[str, deque[tuple[str, str]]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def give(self, owner: str, lead: str, name: str) -> None:
        with self.lock:
            self.leads.setdefault(owner, deque(maxlen=500)).append((lead, name))

    def take(self, owner: str) -> tuple[str, str] | None:
        """A lead's id and its name."""
        with self.lock:
            waiting = self.leads.get(owner)
            return waiting.popleft() if waiting else None


@dataclass
class Bench:
    """What writers are given: where to write, how to stop, and the guard that a negative control takes off."""

    journal: Journal
    pool: Pool
    people: list[dict[str, str]]
    at_pages: list[dict[str, str]]
    ends_at: float
    seed: int
    stop: Event = field(default_factory=Event)
    breaks: str = ""
    patience: float = 180.0
    until: float = field(default=float("inf"))


class Writer(Thread, ABC):
    """One hand. ``turn`` does one deed; between deeds it rests, so that a run has the load that was asked for."""

    noun = ""
    rest = 0.1

    def __init__(self, name: str, bench: Bench, caller: Caller) -> None:
        super().__init__(name=name, daemon=True)
        self.bench, self.caller = bench, caller
        self.rng = random.Random(f"{bench.seed}:{name}")
        self._numbers = itertools.count()
        self.error = ""

    def run(self) -> None:
        try:
            while not self.bench.stop.is_set():
                self.turn()
                self.bench.stop.wait(self.rest)
        except Exception as error:
            self.error = f"{self.name}: {type(error).__name__}: {error}"

    @abstractmethod
    def turn(self) -> None:
        """One deed, acknowledged or not."""

    def fresh(self) -> str:
        """A key that nothing in this run has had."""
        return f"{self.name}-{spelled(next(self._numbers))}"

    def words(self) -> str:
        return " ".join(self.rng.choices(_WORDS, k=self.rng.randint(5, 40)))

    def once_key(self) -> str:
        return str(UUID(int=self.rng.getrandbits(128), version=4))

    def write(
        self,
        rows: list[Row],
        send: Callable[[str, bool], Answer],
        good: Callable[[Answer], list[Row] | None],
        noun: str = "",
    ) -> bool:
        """Send until there is a word of what became of it. True when it was acknowledged.

        ``send`` gets the key of repetition and whether to hang up; ``good`` makes the rows of the acknowledgement of
        an answer, or None where the deed was refused.
        """
        noun, key, given_up = noun or self.noun, self.once_key(), time.monotonic() + self.bench.patience
        if self.bench.breaks == BREAK_ACKS:
            return self._believe(noun, rows, key, send)
        cut = self.rng.random() < CUT_SHARE
        while True:
            answer = send(key if self.bench.breaks != BREAK_KEYS else self.once_key(), cut)
            cut = False
            if answer.status is not None and answer.status < 500 and not _come_back(answer):
                acked = good(answer)
                said = REFUSED if acked is None else ACK
                self.bench.journal.note(said, noun, acked or rows, f"{answer.status}")
                return acked is not None
            self.bench.journal.note(UNKNOWN, noun, rows, f"{answer.status or answer.why}")
            if time.monotonic() > given_up:
                return False
            time.sleep(PAUSE_SECONDS)

    def _believe(self, noun: str, rows: list[Row], key: str, send: Callable[[str, bool], Answer]) -> bool:
        """The negative control: takes for acknowledged what it means to send. Now and then the line is torn before."""
        self.bench.journal.note(ACK, noun, rows)
        if self.rng.random() < TORN_SHARE:
            return False
        answer = send(key, False)
        return answer.status is not None and answer.status < 400


def _come_back(answer: Answer) -> bool:
    """The first request is still at work, or there were too many: nothing is said of the deed."""
    return answer.status in {409, 429} and "retry-after" in answer.headers
