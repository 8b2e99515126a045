"""Keeps the programs of the system alive, and takes all of them down in order.

A worker leaves with exit code 0 when its broker stays away, and may hang without leaving; so any exit
and an old heartbeat both mean a restart. The web server and the database are another matter: for whoever
sits before the screen a loud end beats a half-dead system; where nobody does (`up --keep`) they are started
again like the rest.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType

from runner.console import LogTail, complain
from runner.postmaster import Adopted
from runner.processes import Child, Program, Running

FIRST_DELAY, LONGEST_DELAY = 0.5, 15.0
STEADY_SECONDS = 30.0
TICK_SECONDS = 0.2


@dataclass
class Post:
    """One program's place: who stands there now, and what happens when he falls."""

    running: Running
    # None: the fall of this one ends the whole system.
    again: Program | None = None
    delay: float = FIRST_DELAY
    start_at: float | None = None
    started_at: float = 0.0

    @property
    def name(self) -> str:
        return self.running.name


def vital(running: Running) -> Post:
    return Post(running, started_at=time.monotonic())


def restarted(running: Child | Adopted) -> Post:
    return Post(running, again=running.program, started_at=time.monotonic())


class Supervisor:
    """Posts are given in the order of their start; they stop in reverse, but the web server always first."""

    def __init__(self, report: Callable[[str], None] = complain) -> None:
        self.posts: list[Post] = []
        self.tails: list[LogTail] = []
        self._report = report
        self._asked_to_stop = 0

    def add(self, post: Post, tail: LogTail | None = None) -> None:
        self.posts.append(post)
        if tail is not None:
            self.tails.append(tail)

    def obey_signals(self) -> None:
        """The first signal asks for an orderly end; the second kills what bears it, never the database."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.ask_to_stop)

    def ask_to_stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        self._asked_to_stop += 1
        if self._asked_to_stop > 1:
            for post in self.posts:
                if isinstance(post.running, Child) and post.running.program.expendable:
                    post.running.sweep()

    @property
    def stopping(self) -> bool:
        return self._asked_to_stop > 0

    def watch(self) -> int:
        """Until asked to stop (0) or until a vital program dies (1)."""
        while not self.stopping:
            fallen = self.tick()
            if fallen is not None:
                self.show_troubles()
                code = fallen.running.exit_code()
                self._report(f"{fallen.name} died with exit code {code}: stopping everything")
                return 1
            time.sleep(TICK_SECONDS)
        return 0

    def tick(self) -> Post | None:
        """Look at every post once; the vital one that fell is handed back."""
        for post in self.posts:
            if post.again is None:
                if post.running.exit_code() is not None:
                    return post
            else:
                self._tend(post, post.again)
        self.show_troubles()
        return None

    def show_troubles(self) -> None:
        for tail in self.tails:
            for line in tail.troubles():
                self._report(line)

    def stop(self, order: Sequence[str] = ()) -> None:
        """Take down the named ones first, in that order, then the rest from the last started to the first."""
        rank = {name: place for place, name in enumerate(order)}
        rest = {id(post): len(order) + place for place, post in enumerate(reversed(self.posts))}
        for post in sorted(self.posts, key=lambda post: rank.get(post.name, rest[id(post)])):
            post.running.stop()

    def _tend(self, post: Post, program: Program) -> None:
        now = time.monotonic()
        if post.start_at is not None:
            if now >= post.start_at:
                post.running, post.start_at, post.started_at = Child(program), None, now
            return
        code = post.running.exit_code()
        if code is None and isinstance(post.running, Child) and post.running.is_hung():
            self._report(f"{post.name} hangs: no heartbeat for {program.heartbeat_limit:.0f} s, killing it")
            post.running.kill()
            code = post.running.exit_code()
        if code is None:
            return
        if isinstance(post.running, Child):
            post.running.sweep()
        steady = now - post.started_at >= STEADY_SECONDS
        post.delay = FIRST_DELAY if steady else min(post.delay * 2, LONGEST_DELAY)
        post.start_at = now + post.delay
        self._report(f"{post.name} left with exit code {code}: starting it again in {post.delay:g} s")
