"""Bank systems at work: single deeds with a key of repetition, and leads by the hundred."""

import time
from datetime import UTC, datetime
from typing import Any

from chaos.accounting import AHEAD_SECONDS, digest_of
from chaos.caller import Answer, Caller
from chaos.journal import ACK, REFUSED, UNKNOWN, Row
from chaos.writing import CUT_SHARE, PAUSE_SECONDS, Bench, Writer

SOURCE = "chaos"
MOST_OWN = 200
_OPERATORS = ("90", "91", "93", "94", "95", "97", "98", "99", "88", "33")


def lead_digest(base: str, problem: str) -> str:
    return digest_of(base=base, problem=problem)


def iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


class LeadWriter(Writer):
    noun = "lead"

    def __init__(self, name: str, bench: Bench, caller: Caller, number: int) -> None:
        super().__init__(name, bench, caller)
        self.number = number

    def new(self, key: str, serial: int, owner: str) -> dict[str, Any]:
        phone = f"+998{_OPERATORS[self.number % len(_OPERATORS)]}{serial:07d}"
        return {
            "kind": "agent" if serial % 3 else "client", "name": f"Лид {key}", "source": SOURCE, "external_id": key,
            "contacts": [{"type": "phone", "value": phone}], "owner": owner, "base": self.word(),
            "problem": self.words(),
        }  # fmt: skip

    def word(self) -> str:
        """Another one each time: the history shows by it which change is which."""
        return f"{self.name}-{self.rng.getrandbits(64):x}"


class ApiWriter(LeadWriter):
    """Creates, changes and moves leads one by one, and plans actions."""

    rest = 0.2

    def __init__(self, name: str, bench: Bench, caller: Caller, number: int) -> None:
        super().__init__(name, bench, caller, number)
        self.leads: list[tuple[str, str]] = []
        self.unmoved: list[tuple[str, str]] = []
        self.serial = 0

    def turn(self) -> None:
        deeds = [self.create, self.action] + ([self.patch] * 3 if self.leads else [])
        self.rng.choice(deeds + ([self.move] if self.unmoved else []))()

    def create(self) -> None:
        key, self.serial = self.fresh(), self.serial + 1
        owner = self.rng.choice(self.bench.people)["id"]
        body = self.new(key, self.serial, owner)
        row = Row(key, lead_digest(body["base"], body["problem"]))

        def good(answer: Answer) -> list[Row] | None:
            if answer.status != 201:
                return None
            self.leads = [*self.leads[-MOST_OWN:], (answer.json["id"], key)]
            self.unmoved.append((answer.json["id"], key))
            return [Row(key, row.digest, answer.json["id"], _version(answer))]

        self.write([row], self._post("/api/v1/leads/", body), good)

    def action(self) -> None:
        key, words = self.fresh(), self.words()[:150].strip()
        body = {"title": f"{SOURCE} {key} {words}", "owner": self.rng.choice(self.bench.people)["id"]}
        row = Row(key, digest_of(title=body["title"]))
        made = lambda answer: [Row(key, row.digest, answer.json["id"])] if answer.status == 201 else None  # noqa: E731
        self.write([row], self._post("/api/v1/actions/", body), made, noun="action")

    def move(self) -> None:
        pk, key = self.unmoved.pop(0)
        at, reason = iso(time.time() - 60), f"{SOURCE} {self.words()}"[:400].strip()
        body = {"to": "meeting", "reason": reason, "facts": {"meeting": {"planned_at": at, "held_at": at}}}
        row = Row(key, digest_of(to="meeting", reason=reason))
        moved = lambda answer: [row] if answer.status in {200, 201} else None  # noqa: E731
        self.write([row], self._post(f"/api/v1/leads/{pk}/moves/", body), moved, noun="move")

    def _post(self, path: str, body: Any) -> Any:
        return lambda key, cut: self.caller.call("POST", path, body, cut=cut, Idempotency_Key=key)

    def patch(self) -> None:
        """A change knows no key of repetition: what became of it is read from the record itself."""
        pk, key = self.rng.choice(self.leads)
        changes = {"base": self.word(), "problem": self.words()}
        row = Row(key, lead_digest(**changes), pk)
        given_up, path = time.monotonic() + self.bench.patience, f"/api/v1/leads/{pk}/"
        while time.monotonic() < given_up:
            now = self.caller.call("GET", path)
            if now.status == 200 and now.json["base"] == changes["base"]:
                self.bench.journal.note(ACK, self.noun, [_at(row, now)], "read")
                return
            if now.status == 200:
                cut = self.rng.random() < CUT_SHARE
                answer = self.caller.call("PATCH", path, changes, cut=cut, If_Match=now.headers["etag"])
                if answer.status == 200:
                    self.bench.journal.note(ACK, self.noun, [_at(row, answer)])
                    return
                if answer.status is not None and answer.status < 500 and answer.status != 412:
                    self.bench.journal.note(REFUSED, self.noun, [row], f"{answer.status}")
                    return
                if answer.status != 412:
                    self.bench.journal.note(UNKNOWN, self.noun, [row], f"{answer.status or answer.why}")
            time.sleep(PAUSE_SECONDS)


class BulkWriter(LeadWriter):
    """Leads by batches: new ones with a step whose reminders ring during the run, and changes of those that are there.

    ``steps`` is how many leads with a step are wanted a second, ``rate`` how many rows.
    """

    rest = 0.0
    NEW, OLD = 40, 200

    def __init__(self, name: str, bench: Bench, caller: Caller, number: int, rate: float, steps: float) -> None:
        super().__init__(name, bench, caller, number)
        self.rate, self.steps = rate, steps
        self.known: dict[str, str] = {}
        self.made = 0
        self.began = time.monotonic()

    def turn(self) -> None:
        started, passed = time.monotonic(), time.monotonic() - self.began
        late = self.made < passed * self.steps or len(self.known) < self.OLD
        rows = self._new() if late else self._old()
        self.bench.stop.wait(max(0.0, rows / self.rate - (time.monotonic() - started)))

    def _new(self) -> int:
        items, rows = [], []
        for _n in range(self.NEW):
            key, self.made = self.fresh(), self.made + 1
            left = max(5.0, min(300.0, self.bench.ends_at - time.time()))
            step_at = round(time.time() + AHEAD_SECONDS + self.rng.uniform(2.0, left))
            # A few wait without a step for those at the pages to work with them.
            ringing = self.made % 5 != 0
            owner = self.rng.choice(self.bench.people if ringing else self.bench.at_pages)["id"]
            step = {"next_action": f"Шаг {key}", "next_action_at": iso(step_at)} if ringing else {}
            items.append(self.new(key, self.made, owner) | step)
            rows.append(Row(key, _digest(items[-1]), step_at=float(step_at) if ringing else None))
        self._send(items, rows)
        return self.NEW

    def _old(self) -> int:
        items, rows = [], []
        for key in self.rng.sample(list(self.known), self.OLD):
            item = {"source": SOURCE, "external_id": key, "kind": self.known[key], "name": f"Лид {key}"}
            items.append(item | {"base": self.word(), "problem": self.words()})
            rows.append(Row(key, _digest(items[-1])))
        self._send(items, rows)
        return self.OLD

    def _send(self, items: list[dict[str, Any]], rows: list[Row]) -> None:
        def good(answer: Answer) -> list[Row] | None:
            if answer.status != 200:
                return None
            told = list(zip(items, rows, answer.json["data"], strict=True))
            taken = [(item, row, one["id"]) for item, row, one in told if one["status"] in {"created", "updated"}]
            for item, row, pk in taken:
                if "owner" in item:
                    self.known[row.key] = item["kind"]
                    self._offer(item, pk)
            refused = [row for _item, row, one in told if one["status"] not in {"created", "updated"}]
            if refused:
                self.bench.journal.note(REFUSED, self.noun, refused, "of a batch")
            return [Row(row.key, row.digest, pk, step_at=row.step_at) for _item, row, pk in taken]

        send = lambda key, cut: self.caller.call(  # noqa: E731
            "POST", "/api/v1/bulk/leads/", {"items": items}, cut=cut, Idempotency_Key=key
        )
        self.write(rows, send, good)

    def _offer(self, item: dict[str, Any], pk: str) -> None:
        if "next_action_at" not in item:
            self.bench.pool.give(item["owner"], pk, item["name"])


def _digest(item: dict[str, Any]) -> str:
    return lead_digest(item["base"], item["problem"])


def _version(answer: Answer) -> int:
    return int(answer.headers["etag"].strip('"').partition("-")[0])


def _at(row: Row, answer: Answer) -> Row:
    return Row(row.key, row.digest, row.id, _version(answer))
