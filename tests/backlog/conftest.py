"""Fixtures of this room."""

import pytest

from tests.backlog.plan_desk import Desk
from tests.office import Office


@pytest.fixture
def desk(office: Office, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(office, monkeypatch)
