"""People at work: signed in once, with forms that carry a key, and with undo."""

import re
import time

from chaos.accounting import digest_of
from chaos.api_writers import SOURCE
from chaos.caller import Answer, Caller, Form
from chaos.journal import ACK, REFUSED, UNKNOWN, Row
from chaos.system import PASSWORD
from chaos.writing import CUT_SHARE, PAUSE_SECONDS, Bench, Writer

SIGN_IN = "/login/"
UNDO_SHARE = 0.25
PAGES = ("/today/", "/leads/", "/notifications/")
_UNDO = r"<p>{name}:[^<]*</p>\s*<form action=\"(/results/([0-9a-f-]{{36}})/undo/)\""
"""Of the messages on a page the one about this lead: one of a deed whose answer got lost may stand there too."""


class PageWriter(Writer):
    noun = "result"
    rest = 0.3

    def __init__(self, name: str, bench: Bench, caller: Caller, person: dict[str, str]) -> None:
        super().__init__(name, bench, caller)
        self.person = person

    def run(self) -> None:
        if self._sign_in():
            super().run()
        else:
            self.error = f"{self.name}: could not sign in"

    def _sign_in(self) -> bool:
        for _try in range(10):
            self.caller.call("GET", SIGN_IN)
            answer = self._post(SIGN_IN, {"login": self.person["email"], "password": PASSWORD}, cut=False)
            if answer.status == 302:
                return True
            time.sleep(1)
        return False

    def turn(self) -> None:
        if self.rng.random() < 0.3:
            self._look(self.rng.choice(PAGES))
        lead = self.bench.pool.take(self.person["id"])
        if lead is not None:
            self._result(*lead)

    def _look(self, path: str) -> Answer:
        answer = self.caller.call("GET", path)
        self._is_signed_in(answer, path)
        return answer

    def _result(self, lead: str, name: str) -> None:
        key = self.fresh()
        note = f"{SOURCE} {key} {self.words()}"
        row = Row(key, digest_of(note=note, undone=False))
        home = f"/leads/{lead}/"
        fields = {"outcome": "not_reached", "when": "default", "note": note}

        def send(once: str, cut: bool) -> Answer:
            answer = self._post(f"/results/lead/{lead}/", fields | {"_once": once}, cut=cut)
            # Who is signed out has done nothing: it is counted, and told as no answer.
            return answer if self._is_signed_in(answer, home) else Answer(None, why="signed out")

        recorded = self.write([row], send, lambda answer: [row] if answer.status == 302 else None)
        if recorded and self.rng.random() < UNDO_SHARE:
            self._undo(home, name, key, note)

    def _undo(self, home: str, name: str, key: str, note: str) -> None:
        """The link stands in the message that the next page shows once; without it there is nothing to take back."""
        found = re.search(_UNDO.format(name=re.escape(name)), self._look(home).body.decode("utf-8", "replace"))
        if found is None:
            return
        row = Row(key, digest_of(note=note, undone=True), found[2])
        given_up = time.monotonic() + self.bench.patience
        unknown = False
        while time.monotonic() < given_up:
            answer = self._post(found[1], {}, cut=self.rng.random() < CUT_SHARE)
            if answer.status == 302 and self._is_signed_in(answer, home):
                self.bench.journal.note(ACK, self.noun, [row])
                return
            if answer.status is not None and answer.status < 500:
                # Too late after an unknown first try says nothing of that try: its outcome stays open.
                self.bench.journal.note(UNKNOWN if unknown else REFUSED, self.noun, [row], f"{answer.status}")
                return
            self.bench.journal.note(UNKNOWN, self.noun, [row], f"{answer.status or answer.why}")
            unknown = True
            time.sleep(PAUSE_SECONDS)

    def _post(self, path: str, fields: dict[str, str], *, cut: bool) -> Answer:
        token = self.caller.cookies.get("csrftoken", "")
        return self.caller.call("POST", path, Form({**fields, "csrfmiddlewaretoken": token}), cut=cut)

    def _is_signed_in(self, answer: Answer, path: str) -> bool:
        if answer.status in {301, 302} and answer.headers.get("location", "").startswith(SIGN_IN):
            self.caller.tally.signed_out.append(f"{self.person['email']} at {path}")
            return False
        return True
