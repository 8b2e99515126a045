"""A Redis of the test's own: it can be frozen, killed and brought back at the same address."""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runner.binaries import find_valkey
from runner.identity import Identity
from runner.processes import Child
from runner.valkey import Valkey
from tests.faults.processes import send
from tests.faults.watching import until


@dataclass
class Broker:
    valkey: Valkey
    child: Child
    url: str

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2].partition("/")[0])

    def freeze(self) -> None:
        """It takes connections and never answers: worse than a refusal."""
        send(self.child, signal.SIGSTOP)

    def kill(self) -> None:
        """Everything it held is gone: it keeps nothing on disk."""
        self.child.kill()

    def come_back(self) -> None:
        self.child = Child(self.valkey.program(self.port))
        until(lambda: self.valkey._answers(self.port), "Redis is back")


@contextmanager
def broker() -> Iterator[Broker]:
    """Its folder is open to the account that services run under; pytest's own are not."""
    place, identity = Path(tempfile.mkdtemp(prefix="crm-faults-")), Identity.for_services()
    place.chmod(0o711)
    valkey = Valkey(
        data=place / "valkey", log=place / "valkey.log", binary=find_valkey(place, identity), password="faults",
        identity=identity, durable=False,
    )  # fmt: skip
    child, url = valkey.start()
    running = Broker(valkey, child, url)
    try:
        yield running
    finally:
        running.child.kill()
        shutil.rmtree(place, ignore_errors=True)
