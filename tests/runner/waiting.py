"""What the tests of the runner share besides fixtures."""

import time
from collections.abc import Callable

from runner.processes import Child

Start = Callable[..., Child]


def wait_for(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
